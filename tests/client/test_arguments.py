"""Arguments and responses against the generated types."""

from __future__ import annotations

import copy
import json
import math
import pickle
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

import pytest
import runloop_benchmarks as rb
from conftest import Caller
from runloop_api_client._qs import Querystring
from runloop_benchmarks._arguments import _check_limits, wire_names_of
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
        ({"run_profile": {"envVars": {"A": 1}}}, r"run_profile\.env_vars\.A"),
        ({"run_profile": {"env_vars": ["A"]}}, r"run_profile\.env_vars"),
        ({"run_profile": {"env_vars": {}, "envVars": {}}}, "twice"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": "2"}}}, r"launch_parameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": True}}}, r"launch_parameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"custom_cpu_cores": 2.0}}}, r"launch_parameters\.custom_cpu_cores"),
        ({"run_profile": {"launch_parameters": {"architecture": "vax"}}}, "arm64, x86_64"),
        ({"run_profile": {"launch_parameters": {"available_ports": [80, "81"]}}}, r"available_ports\[1\]"),
        ({"run_profile": {"launch_parameters": {"after_idle": {"idle_time_seconds": 5}}}}, "on_idle"),
        ({"run_profile": {"launch_parameters": {"user_parameters": None}}}, "user_parameters"),
        ({"run_profile": {"launch_parameters": {"keep_alive_time_seconds": 172801}}}, "at most 172800"),
        ({"run_profile": {"launchParameters": {"keepAliveTimeSeconds": 172801}}}, r"launch_parameters\.keep_alive_"),
        ({"run_profile": {"launch_parameters": rb.LaunchParameters(keep_alive_time_seconds=172801)}}, "at most 172800"),
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
        ({"run_profile": rb.RunProfile(env_vars={"A": 5})}, r"run_profile\.env_vars\.A"),
        ({"metadata": rb.StringMap.from_dict({"a": 1})}, r"metadata\.a"),
        ({"extra_query": {"x": {"y": object()}}}, r"extra_query: x\[y\] is of type object"),
        ({"extra_query": {"x": [b"1"]}}, "extra_query: x is of type bytes"),
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


def test_the_limits_of_numbers_are_inclusive(call, server):
    parameters = {"keep_alive_time_seconds": 172800}
    assert sent(call, server, run_profile={"launch_parameters": parameters})["runProfile"] == {
        "launchParameters": parameters
    }


@pytest.mark.parametrize(
    ("limits", "value", "error"),
    [
        ({"minimum": 1}, 0, "n must be at least 1."),
        ({"minimum": 1}, 1, None),
        ({"maximum": 1.5}, 2, "n must be at most 1.5."),
        ({"exclusiveMinimum": 1}, 1, "n must be more than 1."),
        ({"exclusiveMaximum": 1}, 1, "n must be less than 1."),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 2}, 1, None),
        ({"minimum": 1}, [1, 0], "n must be at least 1."),
        ({"minimum": 1}, rb.UNSET, None),
        ({"minimum": 1}, None, None),
    ],
)
def test_each_limit_of_a_number(limits, value, error):
    if error is None:
        _check_limits(limits, value, where="n")
    else:
        with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
            _check_limits(limits, value, where="n")


@pytest.mark.parametrize(
    ("profile", "unknown"),
    [
        ({"env_var": {"A": "canary"}}, {"run_profile.env_var": "env_vars"}),
        (
            {"launch_parameters": {"keep_alive_seconds": 5}},
            {"run_profile.launch_parameters.keep_alive_seconds": "keep_alive_time_seconds"},
        ),
        ({"zzz": "canary"}, {"run_profile.zzz": None}),
        (
            {"mounts": [AGENT, {"type": "file_mnt", "content": "canary"}]},
            {"run_profile.mounts[1].type 'file_mnt'": "file_mount"},
        ),
        (
            {"mounts": [AGENT | {"agentt_path": "canary"}], "purpos": "canary"},
            {"run_profile.purpos": "purpose", "run_profile.mounts[0].agentt_path": "agent_path"},
        ),
    ],
)
def test_an_unknown_property_is_sent_with_one_warning(call, server, caplog, profile, unknown):
    body = sent(call, server, run_profile=profile)["runProfile"]
    assert {("launch_parameters" if name == "launchParameters" else name): body[name] for name in body} == profile
    sentences = [
        f"{path} is not in the contract, and is sent as it is." + (f" Did you mean {nearest!r}?" if nearest else "")
        for path, nearest in unknown.items()
    ]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == [f"start_run: {' '.join(sentences)}"]


def test_known_properties_are_sent_without_a_warning(call, server, caplog):
    call.start_run(run_profile={**FULL, "mounts": FULL["mounts"][:4], "laterMember": {}} | {"secrets": None})
    assert "laterMember" in caplog.text
    caplog.clear()
    profile = {name: value for name, value in FULL.items() if name != "laterMember"}
    call.start_run(run_profile={**profile, "mounts": FULL["mounts"][:4]}, metadata={"any": "key"})
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"a": 1, "b": True, "c": "x y&z", "d": 1.5},
        {"a": [1, "b", None, False], "b": (), "c": ("x",)},
        {"a": {"b": {"c": 1}, "d": [1, 2]}},
        {"a": None, "b": "", "c": [], "d": 0, "e": False},
    ],
)
def test_parameters_of_the_url_are_written_as_the_official_sdk_writes_them(call, server, query):
    expected = [(name, value) for name, value in Querystring(array_format="comma").stringify_items(query)]
    call.start_run(extra_query=query)
    Caller(call.how, server.url, default_query=query).start_run()
    for request in server.requests:
        line = request.line.split()[1].partition("?")[2]
        assert parse_qsl(line, keep_blank_values=True) == expected


def test_a_map_is_a_mapping(call):
    metadata = call.start_run(metadata={"team": "agents", "n": "1"}).metadata
    assert isinstance(metadata, Mapping)
    assert dict(metadata) == metadata == {"team": "agents", "n": "1"}
    assert {"team": "agents", "n": "1"} == metadata != {"team": "agents"}
    assert metadata == rb.StringMap.from_dict({"n": "1", "team": "agents"})
    assert (list(metadata), len(metadata)) == (["team", "n"], 2)
    assert "team" in metadata
    assert 5 not in metadata
    assert metadata.get("absent") is None
    assert {**metadata} == dict(metadata.items()) == metadata.to_dict()
    metadata["more"] = "x"
    del metadata["n"]
    assert metadata == {"team": "agents", "more": "x"}
    for copied in (copy.deepcopy(metadata), pickle.loads(pickle.dumps(metadata))):
        assert copied == metadata
    assert json.loads(json.dumps(dict(metadata))) == metadata


def test_a_dict_in_a_generated_class_becomes_a_map():
    profile = rb.RunProfile(env_vars={"A": "canary"}, secrets=None)
    assert isinstance(profile.env_vars, rb.StringMap)
    assert profile.to_dict() == {"envVars": {"A": "canary"}, "secrets": None}
    assert "canary" not in repr(profile)
    assert rb.RunProfile(env_vars=profile.env_vars).env_vars is profile.env_vars
    assert rb.RunProfile().env_vars is rb.UNSET


def test_omitted_arguments_are_not_sent(call, server):
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


def test_the_callers_dicts_are_not_changed(call, server):
    profile = {"env_vars": {"A": "1"}, "mounts": [dict(AGENT)]}
    body, headers = {"x": {"y": 1}}, {"a": "b"}
    call.start_run(run_profile=profile, extra_body=body, extra_headers=headers)
    assert profile == {"env_vars": {"A": "1"}, "mounts": [AGENT]}
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
    assert wire_names_of(models.RunProfile)["env_vars"] == "envVars"
    assert wire_names_of(models.ObjectMount)["type_"] == "type"
    assert set(wire_names_of(models.BenchmarkRunView)) == set(wire_names_of(models.BenchmarkRunView).values())
