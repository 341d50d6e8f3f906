"""Nothing gets out: canaries in every place a secret can be, looked for in every place a secret can leak."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import EVERY_WAY, TOKEN, Caller
from fault_server import FaultServer, drop_without_response, fine, stall, status

ENV = "canary-env-7c2d41"
MOUNT = "canary-mount-91aa0e"
HEADER = "canary-header-33f08b"
QUERY = "canary-query-8e5512"
CANARIES = [TOKEN, ENV, MOUNT, HEADER, QUERY]
ARGUMENTS = {
    "run_profile": {
        "env_vars": {"KEY": ENV},
        "mounts": [{"type": "code_mount", "repo_name": "r", "repo_owner": "o", "token": MOUNT}],
    },
    "extra_headers": {"X-Gateway": HEADER},
    "extra_query": {"signature": QUERY},
}


def assert_clean(text):
    leaked = [canary for canary in CANARIES if canary in text]
    assert not leaked, f"{leaked} in {text[:2000]}"


def full_report_of(error):
    """Everything that a logger, a debugger or an error tracker shows of an error, except the frames of this test."""
    shown = [repr(error), str(error), *(repr(value) for value in vars(error).values())]
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    while report is not None:
        shown += [report.format_exception_only().__next__(), *(report.__notes__ or [])]
        for frame in report.stack:
            if "tests/client" not in frame.filename:
                shown.append(f"{frame.filename}:{frame.name}: {frame.locals}")
        report = report.__cause__ or report.__context__
    return "\n".join(shown)


def echo(exchange):
    """A server that repeats everything that it received."""
    exchange.act()
    text = "\n".join([str(exchange.request.headers), exchange.request.line, exchange.request.body.decode()])
    exchange.respond(500, json.dumps({"message": text}).encode())


def echo_in_a_header(exchange):
    exchange.act()
    exchange.respond(500, b"", f"x-echo: {exchange.request.headers['authorization']}")


def echo_unreadable(exchange):
    exchange.act()
    exchange.respond(200, b'{"id": "bmr_1", "state": ' + exchange.request.body)


FAILURES = {
    "500": status(500),
    "404": status(404, acts=False),
    "an echo": echo,
    "an echo in a header": echo_in_a_header,
    "an echo in a 200": echo_unreadable,
    "a drop": drop_without_response,
    "a time-out": stall,
}


@pytest.mark.parametrize("how", EVERY_WAY)
@pytest.mark.parametrize("failure", FAILURES)
def test_errors_show_no_secret(failure, how, caplog):
    caplog.set_level(logging.DEBUG)
    with FaultServer([FAILURES[failure]]) as server:
        error = Caller(how, server.url, max_retries=0, timeout=0.5 if failure == "a time-out" else 20).failure(
            **ARGUMENTS
        )
    assert server.requests[0].headers["x-gateway"] == HEADER
    assert_clean(full_report_of(error))
    assert_clean(caplog.text)
    assert_clean(repr(pickle.dumps(error)))
    assert_clean(repr(error.request.headers) + str(error.request.url) + repr(error.request.content))


@pytest.mark.parametrize("how", EVERY_WAY)
def test_logs_of_a_success_show_no_secret(how, caplog):
    caplog.set_level(logging.DEBUG)
    with FaultServer([fine]) as server:
        Caller(how, server.url).start_run(**ARGUMENTS)
    assert_clean(caplog.text)


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"metadata": {"a": 1}},
        {"extra_body": {"x": float("nan")}},
        {"idempotency_key": "a\nb"},
        {"run_name": "\ud800"},
        {"timeout": -1},
    ],
)
def test_errors_about_arguments_show_no_secret(how, wrong, server):
    with pytest.raises((TypeError, ValueError)) as caught:
        Caller(how, server.url).start_run(**{**ARGUMENTS, **wrong})
    assert_clean(full_report_of(caught.value))


@pytest.mark.parametrize("kind", [rb.Runloop, rb.AsyncRunloop])
@pytest.mark.parametrize("token", [TOKEN + "\n", TOKEN + "\x00x", TOKEN + " x", "é" + TOKEN])
def test_a_bad_token_is_not_shown(kind, token):
    with pytest.raises(ValueError, match="token") as caught:
        kind(bearer_token=token)
    assert_clean(full_report_of(caught.value))


def test_bad_headers_and_urls_are_not_shown():
    for wrong in (
        {"default_headers": {"X-Gateway": HEADER + "\n"}},
        {"base_url": f"https://user:{TOKEN}@host.example"},
        {"extra": None},
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            rb.Runloop(bearer_token=TOKEN, **wrong)
        assert_clean(full_report_of(caught.value))


@pytest.mark.parametrize("kind", [rb.Runloop, rb.AsyncRunloop])
def test_a_client_shows_no_token_and_is_not_pickled(kind):
    client = kind(bearer_token=TOKEN, default_headers={"X-Gateway": HEADER}, default_query={"signature": QUERY})
    assert_clean(repr(client) + str(client) + repr(client.benchmarks) + repr(client.with_options(timeout=1)))
    assert_clean("".join(repr(value) for value in vars(client).values()))
    with pytest.raises(TypeError, match="pickled") as caught:
        pickle.dumps(client)
    assert_clean(str(caught.value))


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_raw_response_shows_no_secret(how, server):
    raw = Caller(how, server.url).raw(**ARGUMENTS)
    assert_clean(repr(raw) + repr(vars(raw)) + repr(raw.http_request.headers.raw) + str(raw.http_request.url))
    assert_clean(repr(pickle.dumps(raw.http_response)))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(raw)


def test_models_show_names_and_keep_values():
    profile = rb.RunProfile(
        env_vars=rb.StringMap.from_dict({"KEY": ENV}),
        mounts=[rb.CodeMount(type_="code_mount", repo_name="r", repo_owner="o", token=MOUNT)],
        purpose="visible",
    )
    later = rb.RunProfile.from_dict({"laterMember": {"x": ENV}})
    run = rb.BenchmarkRunView(
        id="bmr_1",
        benchmark_id="b",
        start_time_ms=1,
        state="running",
        metadata=rb.StringMap.from_dict({"team": "agents"}),
        environment_variables=rb.StringMap.from_dict({"KEY": ENV}),
    )
    mount = rb.AgentMount(type_="agent_mount", agent_id=None, agent_name="a", auth_token=MOUNT)
    for model in (profile, later, run, mount, profile.env_vars, rb.FileMount("file_mount", "t", MOUNT)):
        assert_clean(repr(model) + str(model) + f"{model}")
        assert pickle.loads(pickle.dumps(model)) == model
    assert "KEY" in repr(run)
    assert "'team': 'agents'" in repr(run)
    assert "purpose='visible'" in repr(profile)
    assert "secrets" not in repr(profile)  # what is not set is not shown
    assert ENV in repr(pickle.dumps(run))  # a model's pickle keeps its values
    assert run.to_dict()["environment_variables"] == {"KEY": ENV}


def test_what_the_server_sends_back_is_masked_and_the_rest_is_unchanged(server):
    server.faults = [echo, echo_in_a_header]
    error = Caller("sync", server.url).failure(**ARGUMENTS)
    assert "***" in error.response.text
    assert "benchmark_id" in error.body["message"]
    error = Caller("sync", server.url).failure(**ARGUMENTS)
    assert error.response.headers["x-echo"] == "***"


@pytest.mark.parametrize("failure", ["500", "an echo in a 200", "a drop", "404"])
def test_errors_pickle(failure, server):
    server.faults = [FAILURES[failure]]
    error = Caller("sync", server.url, max_retries=0).failure()
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.idempotency_key == error.idempotency_key
    assert copy.attempts == error.attempts
    assert copy.body == error.body
    assert copy.request.method == "POST"
    if hasattr(error, "response"):
        assert copy.status_code == error.status_code
        assert copy.response.content == error.response.content
    if isinstance(error, rb.RunMayHaveStartedError):
        assert copy.run_id == error.run_id


def test_a_note_on_an_interruption_shows_no_secret(server):
    def interrupt(_):
        raise KeyboardInterrupt

    client = httpx.Client(event_hooks={"response": [interrupt]})
    with (
        pytest.raises(KeyboardInterrupt) as caught,
        rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=client) as runloop,
    ):
        runloop.benchmarks.start_run(benchmark_id="b", idempotency_key="my-key", **ARGUMENTS)
    assert "idempotency_key='my-key'" in caught.value.__notes__[0]
    assert_clean(full_report_of(caught.value))
