"""A 2xx response is parsed, or rejected with one error that has all known facts."""

from __future__ import annotations

import json

import pytest
import runloop_benchmarks as rb
from conftest import Caller
from fault_server import HTML, body, status, view
from runloop_benchmarks._outcome import MAX_RESPONSE_BYTES, Received, run_id_in


def test_the_run(call):
    run = call.start_run(metadata={"team": "agents"})
    assert isinstance(run, rb.BenchmarkRunView)
    assert run.metadata["team"] == "agents"
    assert run.state == "running"
    assert run.to_dict()["metadata"] == {"team": "agents"}


def test_later_properties_are_preserved(call, server):
    server.faults = [view(state="failed", later={"a": [1]}, duration_ms=5.0, score=1)]
    run = call.start_run()
    assert run.state == "failed"
    assert run["later"] == {"a": [1]}
    assert run.duration_ms == 5
    assert isinstance(run.duration_ms, int)
    assert run.to_dict() | {"state": "failed", "later": {"a": [1]}} == run.to_dict()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": ...}, "no id"),
        ({"benchmark_id": ...}, "no benchmark_id"),
        ({"start_time_ms": ...}, "no start_time_ms"),
        ({"state": ...}, "no state"),
        ({"metadata": ...}, "no metadata"),
        ({"id": None}, "id must be"),
        ({"id": 5}, "id must be"),
        ({"start_time_ms": "now"}, "start_time_ms must be"),
        ({"start_time_ms": True}, "start_time_ms must be"),
        ({"start_time_ms": 1.5}, "start_time_ms must be"),
        ({"state": 5}, "state must be"),
        ({"state": None}, "state must be"),
        ({"metadata": None}, "metadata must be"),
        ({"metadata": {"a": 1}}, r"metadata\.a must be"),
        ({"name": 5}, "name must be"),
        ({"score": "1"}, "score must be"),
        ({"environment_variables": None}, "environment_variables must be"),
        ({"secrets_provided": []}, "secrets_provided must be"),
        ({"benchmark_id": ..., "benchmarkId": "x"}, "no benchmark_id"),
    ],
)
def test_missing_and_mistyped_properties(call, server, changes, problem):
    server.faults = [view(**changes)]
    error = call.failure()
    assert type(error) is rb.APIResponseValidationError
    assert isinstance(error, rb.RunMayHaveStartedError)
    with pytest.raises(AssertionError, match=problem):
        raise AssertionError(str(error))
    started = server.runs[error.idempotency_key][0]
    assert error.run_id == (started if "id" not in changes else None)
    assert error.status_code == 200
    assert error.headers["content-type"] == "application/json"
    assert error.body == json.loads(error.response.content)


@pytest.mark.parametrize(
    "content",
    [b"", HTML, b"null", b"[]", b'"x"', b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000],
)
def test_what_is_no_run_at_all(call, server, content):
    server.faults = [body(content, "content-type: text/html")]
    error = call.failure()
    assert type(error) is rb.APIResponseValidationError
    assert error.response.content == content
    assert error.run_id is None
    assert error.status_code == 200


def test_another_2xx_that_reads_is_a_run(call, server):
    server.faults = [lambda exchange: exchange.respond(201, exchange.view())]
    assert call.start_run().id


def test_responses_are_bounded(call, server):
    server.faults = [lambda exchange: exchange.respond(200, exchange.view(name="x" * 2 * MAX_RESPONSE_BYTES))]
    error = call.failure()
    assert type(error) is rb.APIResponseValidationError
    assert len(error.response.content) == MAX_RESPONSE_BYTES
    assert error.run_id in str(error)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, rb.BadRequestError),
        (401, rb.AuthenticationError),
        (403, rb.PermissionDeniedError),
        (404, rb.NotFoundError),
        (409, rb.ConflictError),
        (418, rb.APIStatusError),
        (422, rb.UnprocessableEntityError),
        (500, rb.InternalServerError),
        (520, rb.InternalServerError),
        (599, rb.InternalServerError),
    ],
)
def test_errors_by_status(call, server, code, kind):
    server.faults = [status(code)]
    error = call.failure()
    assert isinstance(error, kind)
    assert isinstance(error, rb.RunMayHaveStartedError) == (code >= 500)
    assert error.status_code == code
    assert error.body == {"message": f"number {code}"}
    assert f"{code}: number {code}" in str(error)
    assert error.response.request is error.request
    assert error.request.url.path == "/v1/benchmarks/start_run"
    assert len(server.requests) == 1


@pytest.mark.parametrize("content", [b"", b"plain text", b"[1]", b'{"error": 1}', b'{"message": 5}', b"\xff\xfe"])
def test_any_error_body_will_do(call, server, content):
    server.faults = [status(400, body=content, acts=False)] if content else [lambda e: e.respond(400)]
    error = call.failure()
    assert type(error) is rb.BadRequestError
    assert error.response.content == content


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(call, server, code):
    server.faults = [status(code, f"location: {server.url}/elsewhere", acts=False)]
    error = call.failure()
    assert error.status_code == code
    assert len(server.requests) == 1


def test_raw_responses(call, server):
    raw = call.raw(idempotency_key="k")
    assert raw.status_code == 200
    assert raw.headers["content-type"] == "application/json"
    assert json.loads(raw.content)["id"] == server.runs["k"][0]
    assert raw.http_response.json()["state"] == "running"
    assert raw.idempotency_key == "k"
    assert raw.retries_taken == 0


@pytest.mark.parametrize("how", ["sync", "async"])
def test_raw_responses_parse(how, server):
    server.faults = [lambda e: e.respond(200, e.view()), view(id=...), status(404, acts=False)]
    call = Caller(how, server.url)
    if how == "sync":
        assert call.raw().parse().id
        raw = call.raw()
        assert raw.text() == raw.read().decode() == json.dumps(raw.json())
        with pytest.raises(rb.APIResponseValidationError):
            raw.parse()
    else:

        async def work(client, _):
            raw = await client.benchmarks.with_raw_response.start_run(benchmark_id="b")
            assert (await raw.parse()).id
            raw = await client.benchmarks.with_raw_response.start_run(benchmark_id="b")
            assert await raw.text() == (await raw.read()).decode() == json.dumps(await raw.json())
            with pytest.raises(rb.APIResponseValidationError):
                await raw.parse()
            return True

        assert call.do(work)
    with pytest.raises(rb.NotFoundError):
        call.raw()


@pytest.mark.parametrize(
    ("text", "run_id"),
    [
        ('{"id": "bmr_1"', "bmr_1"),
        ('{"metadata": {"id": "no"}, "id": "bmr_1", ', "bmr_1"),
        ('{"metadata": {"id": "no"', None),
        ('{"name": "\\"id\\": \\"no\\"", "id":"bmr_\\u0031"', "bmr_1"),
        ('{"name": "id", "id": "bmr_1"}', "bmr_1"),
        ('{"id": "bmr_', None),
        ('{"id": 5}', None),
        ('[{"id": "no"}]', None),
        ("", None),
        ('<a id="no">', None),
    ],
)
def test_the_id_is_read_from_a_partial_response(text, run_id):
    import httpx

    assert run_id_in(Received(200, httpx.Headers(), text.encode())) == run_id
    assert run_id_in(Received(404, httpx.Headers(), text.encode())) is None
