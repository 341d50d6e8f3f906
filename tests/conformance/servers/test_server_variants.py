"""Each variant responds correctly to a few requests, and names what makes it legal."""

import asyncio
import contextlib
import json
from collections import Counter

import httpx
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.servers.hosting import RawServer, running

PATH = "/v1/benchmarks/start_run"
LEGAL = "#/paths/~1v1~1benchmarks~1start_run/post/x-legal"
VALID = {
    "benchmark_id": BENCHMARK,
    "run_name": "nächtlich \U0001f3c3",
    "metadata": {"team": "agents", "": ""},
    "runProfile": {"purpose": "regression", "envVars": {"LOG_LEVEL": "a=b"}},
}
INVALID = [
    with_body(VALID, authorization=()),
    with_body(VALID, authorization=("Bearer wrong",)),
    with_body({"run_name": "x"}),
    with_body({"benchmark_id": 1}),
    with_body([]),
    with_body(b'{"benchmark_id":'),
]


@contextlib.contextmanager
def poster(server):
    """Yield a function that posts a body with headers, over a socket only if the server needs one."""
    if isinstance(server, RawServer):
        # The server may drop idle connections, and httpx notices only when it uses one.
        limits = httpx.Limits(max_keepalive_connections=0)
        with running(server) as url, httpx.Client(base_url=url, trust_env=False, verify=False, limits=limits) as client:
            yield lambda body, headers: client.post(PATH, content=body, headers=headers)
        return

    async def post(body, headers):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://server") as client:
            return await client.post(PATH, content=body, headers=headers)

    yield lambda body, headers: asyncio.run(post(body, headers))


def test_every_variant_starts_runs_as_requested_and_rejects_invalid_requests(document, token):
    wrong = {}
    for variant in VARIANTS:
        with poster(variant.build(document, token, [BENCHMARK])) as post:
            try:
                check(post, token)
            except AssertionError as error:
                wrong[variant.name] = error
    assert wrong == {}


def check(post, token):
    def send(request):
        request = request.with_token(token)
        headers = [("authorization", value) for value in request.authorization]
        while True:
            response = post(request.body, [*headers, ("content-type", "application/json")])
            if response.headers.get("retry-after") is None:
                return response

    runs = [json.loads(send(with_body(VALID)).content) for _ in range(2)]
    for run in runs:
        assert run["benchmark_id"] == BENCHMARK
        assert run["metadata"] == VALID["metadata"]
        assert run["name"] == VALID["run_name"]
        assert run["purpose"] == "regression"
        assert run["environment_variables"]["LOG_LEVEL"] == "a=b"
        assert (run.get("score") is not None) == (run["state"] == "completed")
    assert runs[0]["id"] != runs[1]["id"]
    assert json.loads(send(start_run()).content)["metadata"] == {}
    statuses = [send(request).status_code for request in INVALID]
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
