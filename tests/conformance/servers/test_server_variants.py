"""Each variant is correct, as far as a few requests can tell, and is different from the reference server."""

import asyncio
import contextlib
import json
from collections import Counter

import httpx
import pytest
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.servers.hosting import RawServer, running

PATH = "/v1/benchmarks/start_run"
LEGAL = "#/paths/~1v1~1benchmarks~1start_run/post/x-legal"
ASKED = {
    "benchmark_id": BENCHMARK,
    "run_name": "nächtlich \U0001f3c3",
    "metadata": {"team": "agents", "": ""},
    "runProfile": {"purpose": "regression", "envVars": {"LOG_LEVEL": "a=b"}},
}
REFUSED = [
    with_body(ASKED, authorization=()),
    with_body(ASKED, authorization=("Bearer wrong",)),
    with_body({"run_name": "x"}),
    with_body({"benchmark_id": 1}),
    with_body([]),
    with_body(b'{"benchmark_id":'),
]


@contextlib.contextmanager
def poster(server):
    """Give a function that posts a body with headers, over a socket only where that is needed."""
    if isinstance(server, RawServer):
        # A connection that is kept may be dropped, and httpx only finds out by using it.
        limits = httpx.Limits(max_keepalive_connections=0)
        with running(server) as url, httpx.Client(base_url=url, trust_env=False, verify=False, limits=limits) as client:
            yield lambda body, headers: client.post(PATH, content=body, headers=headers)
        return

    async def post(body, headers):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://server") as client:
            return await client.post(PATH, content=body, headers=headers)

    yield lambda body, headers: asyncio.run(post(body, headers))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_starts_a_run_as_asked_and_refuses_the_rest(variant, document, token):
    with poster(variant.build(document, token, [BENCHMARK])) as post:

        def send(each):
            each = each.with_token(token)
            headers = [("authorization", value) for value in each.authorization]
            while True:
                response = post(each.body, [*headers, ("content-type", "application/json")])
                if response.headers.get("retry-after") is None:
                    return response

        runs = [json.loads(send(with_body(ASKED)).content) for _ in range(2)]
        for run in runs:
            assert run["benchmark_id"] == BENCHMARK
            assert run["metadata"] == ASKED["metadata"]
            assert run["name"] == ASKED["run_name"]
            assert run["purpose"] == "regression"
            assert run["environment_variables"]["LOG_LEVEL"] == "a=b"
            assert (run.get("score") is not None) == (run["state"] == "completed")
        assert runs[0]["id"] != runs[1]["id"]
        assert json.loads(send(start_run()).content)["metadata"] == {}
        statuses = [send(each).status_code for each in REFUSED]
        assert all(400 <= status < 500 for status in statuses), statuses
        assert set(statuses[:2]) <= {401, 403}


def test_every_statement_of_x_legal_has_a_variant(document):
    used = Counter(variant.legal for variant in VARIANTS)
    unused = [name for name in document["paths"][PATH]["post"]["x-legal"] if f"{LEGAL}/{name}" not in used]
    assert unused == []
    assert len(VARIANTS) >= 40


def test_every_pointer_points_at_something(document):
    for variant in VARIANTS:
        node = document
        for part in variant.legal.removeprefix("#/").split("/"):
            step = part.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        assert node, variant.name


def test_the_names_are_unique():
    assert [name for name, count in Counter(variant.name for variant in VARIANTS).items() if count > 1] == []
