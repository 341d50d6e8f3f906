"""Arguments and answers against the generated types."""

from __future__ import annotations

import math
from types import MappingProxyType

import pytest
import runloop_benchmarks as rb
from runloop_benchmarks._arguments import members_of
from runloop_benchmarks_api import models

AGENT = {"type": "agent_mount", "agent_id": None, "agent_name": "a"}
LOOP: dict = {}
LOOP["itself"] = LOOP


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"benchmark_id": None}, "benchmark_id"),
        ({"benchmark_id": 5}, "benchmark_id"),
        ({"benchmark_id": b"x"}, "benchmark_id"),
        ({"run_name": 5}, "run_name"),
        ({"metadata": {"a": 1}}, r"metadata\.a"),
        ({"metadata": {"a": None}}, r"metadata\.a"),
        ({"metadata": {1: "a"}}, "metadata"),
        ({"metadata": [("a", "b")]}, "metadata"),
        ({"metadata": "ab"}, "metadata"),
        ({"run_profile": "fast"}, "run_profile"),
        ({"run_profile": {"purpose": 5}}, r"run_profile\.purpose"),
        ({"run_profile": {"envVars": {"A": 1}}}, r"run_profile\.envVars\.A"),
        ({"run_profile": {"env_vars": ["A"]}}, r"run_profile\.envVars"),
        ({"run_profile": {"env_vars": {}, "envVars": {}}}, "twice"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": "2"}}}, r"launchParameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": True}}}, r"launchParameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": 2.0}}}, r"launchParameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"architecture": "vax"}}}, "arm64, x86_64"),
        ({"run_profile": {"launch_parameters": {"available_ports": [80, "81"]}}}, r"available_ports\[1\]"),
        ({"run_profile": {"launch_parameters": {"after_idle": {"idle_time_seconds": 5}}}}, "on_idle"),
        ({"run_profile": {"launch_parameters": {"user_parameters": None}}}, "user_parameters"),
        ({"run_profile": {"mounts": {}}}, "mounts"),
        ({"run_profile": {"mounts": [5]}}, r"mounts\[0\]"),
        ({"run_profile": {"mounts": [{"object_id": "x"}]}}, r"mounts\[0\]\.type"),
        ({"run_profile": {"mounts": [{"type": "file_mount", "target": "x"}]}}, "content"),
        ({"run_profile": {"mounts": [AGENT | {"agent_name": 1}]}}, "agent_name"),
        ({"run_profile": {"later": math.nan}}, r"run_profile\.later"),
        ({"run_profile": {"later": [1, {"x": math.inf}]}}, r"run_profile\.later\[1\]\.x"),
        ({"run_profile": {"later": object()}}, r"run_profile\.later"),
        ({"run_profile": {"later": LOOP}}, "nested"),
        ({"run_profile": rb.RunProfile(purpose=5)}, r"run_profile\.purpose"),
        ({"run_profile": rb.RunProfile(env_vars={"A": 5})}, r"run_profile\.envVars\.A"),
        ({"metadata": rb.StringMap.from_dict({"a": 1})}, r"metadata\.a"),
        ({"extra_body": {"x": math.nan}}, "extra_body"),
        ({"extra_body": {"x": {1, 2}}}, "extra_body"),
        ({"run_name": "lone \udcff"}, "surrogate"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "a\nb"}, "idempotency_key"),
        ({"idempotency_key": 5}, "idempotency_key"),
        ({"extra_headers": {"a": "b\r\nc: d"}}, "extra_headers"),
        ({"extra_headers": {"a": 5}}, "extra_headers"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "5"}, "timeout"),
        ({"max_retries": -1}, "max_retries"),
    ],
)
def test_wrong_arguments_send_nothing(call, server, arguments, where):
    with pytest.raises((TypeError, ValueError), match=where):
        call.start_run(**arguments)
    with pytest.raises((TypeError, ValueError), match=where):
        call.raw(**arguments)
    assert server.requests == []
    assert server.connections == 0


def test_unknown_arguments(call):
    for way in (call.start_run, call.raw):
        with pytest.raises(TypeError, match="nonsense"):
            way(nonsense=1)


def sent(call, server, **arguments):
    call.start_run(**arguments)
    return server.requests[-1].json()


def test_what_is_not_given_is_not_sent(call, server):
    assert sent(call, server) == {"benchmark_id": "bmd_1"}
    assert sent(call, server, metadata=None, run_profile=None) == {"benchmark_id": "bmd_1"}
    assert sent(call, server, run_name=None) == {"benchmark_id": "bmd_1", "run_name": None}
    assert sent(call, server, metadata={}, run_profile={}) == {
        "benchmark_id": "bmd_1",
        "metadata": {},
        "runProfile": {},
    }


FULL = {
    "purpose": "p",
    "envVars": {"A": "1"},
    "secrets": {"B": "NAME"},
    "launchParameters": {
        "after_idle": {"idle_time_seconds": 5, "on_idle": "suspend"},
        "available_ports": [80],
        "keep_alive_time_seconds": 60,
        "user_parameters": {"uid": 0, "username": "root"},
        "resource_size_request": "SMALL",
    },
    "mounts": [
        {"type": "object_mount", "object_id": "o", "object_path": "/o"},
        AGENT,
        {"type": "code_mount", "repo_name": "n", "repo_owner": "o", "token": "t"},
        {"type": "file_mount", "target": "/t", "content": ""},
        {"type": "bucket_mount", "bucket": {"deep": [1, None, True]}},
    ],
    "laterMember": {"x": [1.5, "y", None]},
}


def test_dicts_in_both_spellings_and_models(call, server):
    snake = {
        "purpose": "p",
        "env_vars": MappingProxyType({"A": "1"}),
        "secrets": {"B": "NAME"},
        "launch_parameters": {
            "afterIdle": {"idleTimeSeconds": 5, "on_idle": "suspend"},
            "availablePorts": (80,),
            "keepAliveTimeSeconds": 60,
            "user_parameters": {"uid": 0, "username": "root"},
            "resource_size_request": "SMALL",
        },
        "mounts": [*FULL["mounts"][:3], rb.FileMount("file_mount", "/t", ""), FULL["mounts"][4]],
        "laterMember": {"x": [1.5, "y", None]},
    }
    model = rb.RunProfile.from_dict({**FULL, "mounts": FULL["mounts"][:4]})
    assert sent(call, server, run_profile=FULL)["runProfile"] == FULL
    assert sent(call, server, run_profile=snake)["runProfile"] == FULL
    assert sent(call, server, run_profile=model)["runProfile"] == {**FULL, "mounts": FULL["mounts"][:4]}
    assert sent(call, server, metadata=rb.StringMap.from_dict({"a": "b"}))["metadata"] == {"a": "b"}


def test_the_callers_dicts_are_left_alone(call, server):
    given = {"env_vars": {"A": "1"}, "mounts": [dict(AGENT)]}
    body, headers = {"x": {"y": 1}}, {"a": "b"}
    call.start_run(run_profile=given, extra_body=body, extra_headers=headers)
    assert given == {"env_vars": {"A": "1"}, "mounts": [AGENT]}
    assert (body, headers) == ({"x": {"y": 1}}, {"a": "b"})


def test_extra_body_is_over_all_and_unchecked(call, server):
    assert sent(call, server, extra_body={"later": 1, "run_name": 5}) == {
        "benchmark_id": "bmd_1",
        "later": 1,
        "run_name": 5,
    }


def test_awkward_text_arrives(call, server):
    text = 'Ünï \U0001f3c3 "q" \\ / \r\n \u2028 \u202e __proto__ \x01'
    assert sent(call, server, run_name=text, metadata={"": text})["run_name"] == text


def test_names_on_the_wire_are_learnt_from_the_generated_code():
    assert members_of(models.RunProfile)["env_vars"] == "envVars"
    assert members_of(models.ObjectMount)["type_"] == "type"
    assert set(members_of(models.BenchmarkRunView)) == set(members_of(models.BenchmarkRunView).values())
