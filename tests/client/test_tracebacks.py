"""Tools that print the local variables of a traceback print no secret of ours. The frames of the caller are the
caller's own: only those of the packages are looked at."""

from __future__ import annotations

import asyncio
import io
import json
import traceback

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import EVERY_WAY, Caller
from fault_server import FaultServer, drop_without_response, stall, status
from rich.console import Console
from rich.traceback import Traceback
from sentry_sdk.consts import DEFAULT_OPTIONS
from sentry_sdk.utils import event_from_exception
from test_secrets import ARGUMENTS, CANARIES, ENV, HEADER, MOUNT, QUERY, TOKEN, echo, echo_in_a_header, echo_unreadable

OWN = ("runloop_benchmarks", "site-packages")


def by_rich(error):
    """rich reads the fields of attrs classes and dataclasses and ignores their repr."""
    frames = Traceback.extract(type(error), error, error.__traceback__, show_locals=True, locals_max_length=1000)
    for stack in frames.stacks:
        stack.frames = [frame for frame in stack.frames if any(name in frame.filename for name in OWN)]
    console = Console(file=io.StringIO(), width=1000)
    console.print(Traceback(frames, show_locals=True, width=1000))
    return console.file.getvalue()


def by_sentry(error):
    event, _ = event_from_exception(error, client_options=DEFAULT_OPTIONS | {"max_value_length": 10**6})
    for value in event["exception"]["values"]:
        frames = value.get("stacktrace", {}).get("frames", [])
        for frame in frames:
            if not any(name in frame["abs_path"] for name in OWN):
                frame.clear()
    return json.dumps(event, default=repr)


def by_the_standard_library(error):
    """As cgitb, `traceback` with locals, and loggers that use it."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    text = []
    while report is not None:
        text += [*report.format_exception_only(), *(report.__notes__ or [])]
        text += [str(frame.locals) for frame in report.stack if any(name in frame.filename for name in OWN)]
        report = report.__cause__ or report.__context__
    return "\n".join(text)


FORMATTERS = [by_rich, by_sentry, by_the_standard_library]
every_formatter = pytest.mark.parametrize("formatter", FORMATTERS)


def finish(call):
    if asyncio.iscoroutine(call):
        asyncio.run(call)


def assert_clean(formatter, error):
    text = formatter(error)
    assert type(error).__name__ in text, "the formatter shows the error"
    assert [canary for canary in CANARIES if canary in text] == [], text[:3000]


FAILURES = {
    "500": status(500),
    "404": status(404, acts=False),
    "an echo": echo,
    "an echo in a header": echo_in_a_header,
    "an echo in a 200": echo_unreadable,
    "a drop": drop_without_response,
    "a time-out": stall,
}


@every_formatter
@pytest.mark.parametrize("how", EVERY_WAY)
@pytest.mark.parametrize("failure", FAILURES)
def test_errors_of_calls(failure, how, formatter):
    with FaultServer([FAILURES[failure]]) as server:
        options = {"default_headers": {"X-Gateway": HEADER}, "default_query": {"signature": QUERY}, "max_retries": 0}
        call = Caller(how, server.url, timeout=0.5 if failure == "a time-out" else 20, **options)
        assert_clean(formatter, call.failure(**ARGUMENTS))


def failure_in_a_file_of_ours(folder, **objects):
    """An error whose traceback has a frame, in a file that looks like one of ours, with these local variables."""
    file = folder / "runloop_benchmarks" / "_fake.py"
    file.parent.mkdir()
    file.write_text(f"def fail({', '.join(objects)}):\n    raise ValueError('x')\nfail(**objects)")
    with pytest.raises(ValueError, match="x") as caught:
        exec(compile(file.read_text(), file, "exec"), {"objects": objects})
    return caught.value


@every_formatter
def test_the_formatters_find_what_is_there(formatter, tmp_path):
    """Without this the tests of the formatters could not fail."""
    assert TOKEN in formatter(failure_in_a_file_of_ours(tmp_path, secret=TOKEN))


@every_formatter
@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("kind", [rb.Runloop, rb.AsyncRunloop])
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
def test_errors_about_arguments(kind, raw, wrong, formatter):
    client = kind(bearer_token=TOKEN, default_headers={"X-Gateway": HEADER})
    benchmarks = client.benchmarks.with_raw_response if raw else client.benchmarks
    with pytest.raises((TypeError, ValueError)) as caught:
        finish(benchmarks.start_run(benchmark_id="b", **{**ARGUMENTS, **wrong}))
    assert_clean(formatter, caught.value)


@every_formatter
@pytest.mark.parametrize("kind", [rb.Runloop, rb.AsyncRunloop])
@pytest.mark.parametrize(
    "wrong",
    [
        {"bearer_token": TOKEN + "\n"},
        {"default_headers": {"X-Gateway": HEADER + "\n"}},
        {"base_url": f"https://user:{TOKEN}@host.example"},
        {"timeout": -1},
        {"http_client": object()},
        {"default_query": {"signature": QUERY}, "max_retries": -1},
    ],
)
@pytest.mark.parametrize("at", ["construction", "with_options"])
def test_errors_about_options(kind, wrong, at, formatter):
    options = {"bearer_token": TOKEN, "default_headers": {"X-Gateway": HEADER}, "default_query": {"signature": QUERY}}
    make = kind if at == "construction" else kind(**options).with_options
    with pytest.raises((TypeError, ValueError)) as caught:
        make(**{**options, **wrong})
    assert_clean(formatter, caught.value)


@every_formatter
@pytest.mark.parametrize("how", ["sync http_client", "async http_client"])
def test_interruptions(how, formatter, server):
    def interrupt(_):
        raise KeyboardInterrupt

    async def interrupt_async(_):
        raise KeyboardInterrupt

    if how == "sync http_client":
        client = httpx.Client(event_hooks={"response": [interrupt]})
        with (
            pytest.raises(KeyboardInterrupt) as caught,
            rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=client) as runloop,
        ):
            runloop.benchmarks.start_run(benchmark_id="b", **ARGUMENTS)
    else:

        async def main():
            client = httpx.AsyncClient(event_hooks={"response": [interrupt_async]})
            async with rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, http_client=client) as runloop:
                await runloop.benchmarks.start_run(benchmark_id="b", **ARGUMENTS)

        with pytest.raises(KeyboardInterrupt) as caught:
            asyncio.run(main())
    assert_clean(formatter, caught.value)


@every_formatter
def test_objects_of_ours_in_frames_of_the_caller(formatter, server, tmp_path):
    """A client, a raw response, a run: they are in local variables of every program."""
    with rb.Runloop(bearer_token=TOKEN, base_url=server.url, default_headers={"X-Gateway": HEADER}) as client:
        raw = client.benchmarks.with_raw_response.start_run(benchmark_id="b", **ARGUMENTS)
    profile = rb.RunProfile(
        env_vars=rb.StringMap.from_dict({"KEY": ENV}),
        mounts=[rb.CodeMount(type_="code_mount", repo_name="r", repo_owner="o", token=MOUNT)],
    )
    run = raw.parse()
    run.environment_variables = rb.StringMap.from_dict({"KEY": ENV})
    error = failure_in_a_file_of_ours(
        tmp_path, client=client, benchmarks=client.benchmarks, raw=raw, profile=profile, run=run
    )
    assert_clean(formatter, error)
