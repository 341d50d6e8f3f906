"""Each degenerate server does its worst, and nothing else: it starts, is wrong, and goes away."""

from collections import Counter

import pytest
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.mutants.witness import start_run
from runloop_conformance.proof.raw_http import Wire
from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Reference


@pytest.mark.parametrize("degenerate", DEGENERATES, ids=lambda degenerate: degenerate.name)
def test_is_nothing_like_the_reference(degenerate, document, token, observe):
    server = degenerate.build(document, token, ())
    assert isinstance(server, RawServer) == degenerate.needs_socket
    reference = Reference(document, token)
    right = Wire(reference) if degenerate.needs_socket else reference
    assert observe(server, [start_run()]) != observe(right, [start_run()])


def test_the_names_are_unique():
    assert [name for name, count in Counter(each.name for each in DEGENERATES).items() if count > 1] == []
