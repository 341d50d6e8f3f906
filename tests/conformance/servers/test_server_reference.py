"""The reference server accepts what the contract allows, rejects the rest, and returns the run that it started."""

import asyncio
import json
import time

import httpx
import jsonschema_rs
import pytest
from runloop_conformance.servers.reference import Reference, default_document
from starlette.applications import Starlette
from starlette.routing import Mount

TOKEN = "token-0123456789abcdef"
AUTHORIZATION = f"Bearer {TOKEN}"
PATH = "/v1/benchmarks/start_run"
DOCUMENT = default_document()
OPERATION = DOCUMENT["paths"][PATH]["post"]
EXAMPLES = {
    name: example["value"]
    for name, example in OPERATION["requestBody"]["content"]["application/json"]["examples"].items()
}
VIEW = jsonschema_rs.Draft202012Validator(
    {"components": DOCUMENT["components"], "$ref": "#/components/schemas/BenchmarkRunView"}
)


def server(*benchmark_ids):
    return Reference(DOCUMENT, TOKEN, benchmark_ids)


def send(app, body=None, *, authorization=(AUTHORIZATION,), headers=(), **where):
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    lines = [("authorization", each) for each in authorization] + list(headers)

    async def exchange():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            method, path = where.get("method", "POST"), where.get("path", PATH)
            return await client.request(method, path, content=content, headers=lines)

    return asyncio.run(exchange())


def body_with(**properties):
    return {"benchmark_id": "bmd_1", **properties}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_contract_start_a_run_and_are_echoed(name):
    app, run_request = server(), EXAMPLES[name]
    before = time.time_ns() // 1_000_000
    response = send(app, run_request)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    run = response.json()
    assert [error.message for error in VIEW.iter_errors(run)] == []
    assert before <= run.pop("start_time_ms") <= time.time_ns() // 1_000_000
    assert run.pop("id")
    profile = run_request.get("runProfile", {})
    assert run == {
        "benchmark_id": run_request["benchmark_id"],
        "state": "running",
        "metadata": run_request.get("metadata", {}),
        "name": run_request.get("run_name"),
        "duration_ms": None,
        "score": None,
        "purpose": profile.get("purpose"),
        "environment_variables": profile.get("envVars", {}),
        "secrets_provided": profile.get("secrets", {}),
    }
    assert app.runs == 1


ACCEPTED = {
    "null run_name": body_with(run_name=None),
    "empty objects": body_with(metadata={}, runProfile={}),
    "null properties of runProfile": body_with(runProfile=dict.fromkeys(["envVars", "secrets", "purpose", "mounts"])),
    "1,000 characters": body_with(run_name="\U0001f600" * 1000),
    "64 properties": body_with(metadata={f"key {n}": "v" * 500 for n in range(64)}),
    "unknown properties": body_with(more={"a": [1, None]}, runProfile={"more": 1}),
    "an integer of 6,000 digits in an unknown property": b'{"benchmark_id":"b","more":' + b"9" * 6000 + b"}",
    "a float beyond all bounds in an unknown property": b'{"benchmark_id":"b","more":1e999}',
    "whitespace and escapes": b' \r\n\t{ "bench\\u006dark_id" :\n"\\ud83d\\ude00\\/" } ',
    "noncharacters": body_with(run_name="\ufffe\uffff\U0010ffff\u202e\u2028\x7f\x01"),
    "awkward keys": body_with(metadata={"__proto__": "x", "": "", "0": "", "constructor": "y"}),
}
REJECTED = {
    "no benchmark_id": ({"run_name": "x"}, 422),
    "null benchmark_id": ({"benchmark_id": None}, 422),
    "number benchmark_id": ({"benchmark_id": 1}, 422),
    "array benchmark_id": ({"benchmark_id": ["a"]}, 422),
    "number run_name": (body_with(run_name=1), 422),
    "null metadata": (body_with(metadata=None), 422),
    "array metadata": (body_with(metadata=[]), 422),
    "number in metadata": (body_with(metadata={"a": 1}), 422),
    "string runProfile": (body_with(runProfile="{}"), 422),
    "number purpose": (body_with(runProfile={"purpose": 1}), 422),
    "number in envVars": (body_with(runProfile={"envVars": {"A": 1}}), 422),
    "unknown mount": (body_with(runProfile={"mounts": [{"type": "?"}]}), 422),
    "infinite integer": (b'{"benchmark_id":"b","runProfile":{"launchParameters":{"custom_cpu_cores":1e999}}}', 422),
    "array": (b"[]", 422),
    "string": (b'"x"', 422),
    "null": (b"null", 422),
    "empty": (b"", 400),
    "truncated": (b'{"benchmark_id":"b"', 400),
    "open string": (b'{"benchmark_id":"b' + b'\\"' * 200_000, 400),
    "trailing garbage": (b'{"benchmark_id":"b"}x', 400),
    "two documents": (b'{"benchmark_id":"b"}{"benchmark_id":"b"}', 400),
    "trailing comma": (b'{"benchmark_id":"b",}', 400),
    "single quotes": (b"{'benchmark_id':'b'}", 400),
    "comment": (b'{"benchmark_id":"b"/* */}', 400),
    "NaN": (b'{"benchmark_id":"b","more":NaN}', 400),
    "Infinity": (b'{"benchmark_id":"b","more":-Infinity}', 400),
    "duplicate key": (b'{"benchmark_id":"b","benchmark_id":"b"}', 400),
    "byte order mark": (b'\xef\xbb\xbf{"benchmark_id":"b"}', 400),
    "UTF-16": ('{"benchmark_id":"b"}'.encode("utf-16"), 400),
    "invalid UTF-8": (b'{"benchmark_id":"\xff"}', 400),
    "raw control character": (b'{"benchmark_id":"\n"}', 400),
    "NUL": (body_with(run_name="\0"), 400),
    "lone surrogate": (body_with(run_name="\ud800"), 400),
    "lone surrogate in a key": (body_with(metadata={"\udfff": ""}), 400),
    "deep": (b'{"benchmark_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "too large": (b" " * (1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepts(name):
    app = server()
    response = send(app, ACCEPTED[name])
    assert response.status_code == 200, response.text
    assert [error.message for error in VIEW.iter_errors(response.json())] == []
    assert app.runs == 1


@pytest.mark.parametrize("name", REJECTED)
def test_rejects(name):
    body, status = REJECTED[name]
    app = server()
    response = send(app, body)
    assert response.status_code == status
    assert response.json()["message"]
    assert app.runs == 0


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ((), 401),
        (("",), 400),
        (("Bearer",), 400),
        (("Bearer ",), 400),
        ((TOKEN,), 400),
        (("Basic dXNlcjpwYXNz",), 401),
        ((f"Token {TOKEN}",), 401),
        ((f"Bearer {TOKEN}x",), 401),
        ((f"Bearer {TOKEN[:-1]}",), 401),
        ((f"Bearer {TOKEN.upper()}",), 401),
        ((f"Bearer {TOKEN} x",), 400),
        ((f"Bearer {TOKEN},",), 400),
        ((f"Bearer {TOKEN[:-1]}\xe9".encode("latin-1"),), 400),
        ((AUTHORIZATION, AUTHORIZATION), 400),
        ((f"bearer {TOKEN}",), 200),
        ((f"BEARER   {TOKEN}",), 200),
    ],
)
def test_authorization(authorization, status):
    app = server()
    response = send(app, body_with(), authorization=authorization)
    assert response.status_code == status
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert app.runs == (status == 200)
    assert TOKEN not in response.text


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("APPLICATION/JSON; charset=UTF-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("application/vnd.runloop+json", 200),
        ("application/json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ],
)
def test_media_types(content_type, status):
    assert send(server(), body_with(), headers=[("content-type", content_type)]).status_code == status


def test_a_compressed_body_is_rejected():
    assert send(server(), body_with(), headers=[("content-encoding", "gzip")]).status_code == 415


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_no_other_method_starts_a_run(method):
    app = server()
    response = send(app, body_with(), method=method)
    assert (response.status_code, response.headers["allow"], app.runs) == (405, "POST", 0)


def test_other_paths_are_not_found():
    for path in ("/", PATH + "/", "/v1/benchmarks"):
        assert send(server(), body_with(), path=path).status_code == 404


def test_unknown_benchmarks_are_rejected_with_a_list_of_known_ones():
    app = server("bmd_1", "bmd_2")
    assert send(app, body_with()).status_code == 200
    assert send(app, {"benchmark_id": "bmd_3"}).status_code == 404
    assert app.runs == 1


def test_can_be_mounted_under_a_prefix():
    mounted = Starlette(routes=[Mount("/some/prefix", server())])
    assert send(mounted, body_with(), path=f"/some/prefix{PATH}").status_code == 200


def test_simultaneous_requests_get_ids_of_their_own():
    app = server()

    async def all_at_once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as client:
            headers = {"authorization": AUTHORIZATION}
            return await asyncio.gather(*(client.post(PATH, json=body_with(), headers=headers) for _ in range(100)))

    ids = {response.json()["id"] for response in asyncio.run(all_at_once())}
    assert len(ids) == app.runs == 100


def test_a_message_quotes_no_value():
    response = send(server(), body_with(runProfile={"secrets": {"A": ["s3cret"]}}))
    assert response.status_code == 422
    assert "s3cret" not in response.text


def test_an_empty_token_is_a_mistake():
    with pytest.raises(ValueError, match="token is empty"):
        Reference(DOCUMENT, "")
