"""Each degenerate server starts, is wrong, and stops."""

from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.mutants.witness import start_run
from runloop_conformance.proof.raw_http import Wire
from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Reference

from tests.conformance.servers.conftest import HANG_S


def test_no_degenerate_server_responds_like_the_reference(document, token, observe):
    alike = []
    for degenerate in DEGENERATES:
        server, reference = degenerate.build(document, token, ()), Reference(document, token)
        assert isinstance(server, RawServer) == degenerate.needs_socket
        correct = Wire(reference) if degenerate.needs_socket else reference
        if observe(server, [start_run()], patience=HANG_S) == observe(correct, [start_run()]):
            alike.append(degenerate.name)
    assert alike == []
