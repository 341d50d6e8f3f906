"""How each tool of the comparison is called on one server, and what counts as its report of a fault.

Every call answers with the set of what the tool reports, each in a form that is the same from run to run, so that what
it reports of the reference server too can be left out of account. None where it came to no end.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "benchmarks" / "peers" / "node_modules" / ".bin"
CONTRACT = ROOT / "openapi.yaml"
PATH = "/v1/benchmarks/start_run"
TOKEN = "Tok-3fA9-proof-of-the-suite-7Zq1"
Reports = frozenset[str]


def called(command: list[str], folder: str, within: float) -> str | None:
    """What a tool prints, in a folder of its own; None where it does not end in time."""
    environment = os.environ | {"RUNLOOP_API_KEY": TOKEN, "NO_COLOR": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=within,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return None
    return (done.stdout + done.stderr).decode(errors="replace")


def ours(url: str, seed: int, within: float) -> Reports | None:
    """`runloop-conformance run URL --seed N --report-dir …`: the clauses that failed, MUST and SHOULD."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "runloop_conformance", "run", url, "--seed", str(seed), "--report-dir", folder]
        if called(command, folder, within) is None:
            return None
        report = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
    failed = {f"{clause['level']} {clause['id']}" for clause in report["clauses"] if clause["status"] == "fail"}
    if report["verdict"] in ("inconclusive", "error"):
        failed.add(f"verdict {report['verdict']}")
    return frozenset(failed)


def st_run(url: str, seed: int, within: float) -> Reports | None:
    """`st run openapi.yaml --url URL --header 'Authorization: Bearer …'`, all else by default: the failures it lists.

    A failure is its code, its title, the status, and, of a refusal, what the server said.
    """
    st = str(Path(sys.executable).with_name("st"))
    header = f"Authorization: Bearer {TOKEN}"
    with tempfile.TemporaryDirectory() as folder:
        command = [st, "run", str(CONTRACT), "--url", url, "--header", header, "--seed", str(seed)]
        said = called([*command, "--report", "junit", "--report-junit-path", "junit.xml"], folder, within)
        if said is None:
            return None
    reports: set[str] = set()
    for case in re.split(r"^\d+\. Test Case ID: ", said, flags=re.MULTILINE)[1:]:
        titles = re.findall(r"^- (ST\d+ .+)$", case, re.MULTILINE)
        answer = re.search(r"^\[(\d+)\][^\n]*:\n\n(?:    (.*))?", case, re.MULTILINE)
        status = answer[1] if answer else "no answer"
        told = f": {(answer[2] or '')[:120]}" if answer and int(status) >= 400 else ""
        reports.update(f"{title}, {status}{told}" for title in titles)
    summary = re.search(r"^Errors:\n((?:.+\n)+)", said, re.MULTILINE)
    reports.update(re.sub(r"\d+", "N", line.strip()) for line in (summary[1].splitlines() if summary else ()))
    return frozenset(reports)


def lowered(node: Any) -> Any:
    """OpenAPI 3.1 as 3.0: what Dredd reads."""
    if isinstance(node, list):
        return [lowered(item) for item in node]
    if not isinstance(node, dict):
        return node
    low = {name: lowered(value) for name, value in node.items() if not name.startswith("x-")}
    if isinstance(low.get("type"), list):
        low["nullable"] = "null" in low["type"]
        low["type"] = next(one for one in low["type"] if one != "null")
    if "const" in low:
        low["enum"] = [low.pop("const")]
    if {"type": "null"} in low.get("anyOf", []):
        low["allOf"] = [one for one in low.pop("anyOf") if one != {"type": "null"}]
        low["nullable"] = True
    return low


def dredd(url: str, _seed: int, within: float) -> Reports | None:
    """`dredd openapi.json URL -h 'Authorization: Bearer …'`: what it calls a failure or an error."""
    document = lowered(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))
    document["openapi"] = "3.0.3"
    document["info"].pop("summary")
    document["info"]["license"].pop("identifier")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "openapi.json").write_text(json.dumps(document), encoding="utf-8")
        command = [str(NODE / "dredd"), "openapi.json", url, "-h", f"Authorization: Bearer {TOKEN}"]
        said = called(command, folder, within)
    if said is None:
        return None
    plain = re.sub(r"\x1b\[\d+m", "", said)
    ended = re.search(r"^complete: \d+ passing, (\d+) failing, (\d+) errors", plain, re.MULTILINE)
    if ended is not None and ended.groups() == ("0", "0"):
        return frozenset()
    return frozenset(re.findall(r"^(?:fail: )?((?:headers|body): .+)$", plain, re.MULTILINE) or ["error"])


def traffic() -> list[tuple[str, str, Mapping[str, str], bytes]]:
    """What is sent through Prism: the contract's examples, three times each, and simple requests that are invalid.

    None is other than JSON: Prism's proxy never answers such a request, whatever is behind it.
    """
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    examples = contract["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["examples"]
    right = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    minimal = examples["minimal"]["value"]
    sent = [
        (f"{name} ({number})", "POST", right, json.dumps(example["value"]).encode())
        for number in (1, 2, 3)
        for name, example in examples.items()
    ]
    wrong: list[tuple[str, Any]] = [
        ("nothing required", {}),
        ("benchmark_id is a number", {"benchmark_id": 1}),
        ("run_name is an array", minimal | {"run_name": []}),
        ("metadata is text", minimal | {"metadata": "text"}),
        ("runProfile is text", minimal | {"runProfile": "text"}),
        ("an array", [minimal]),
    ]
    sent += [(name, "POST", right, json.dumps(body).encode()) for name, body in wrong]
    body = json.dumps(minimal).encode()
    sent += [
        ("no token", "POST", {"Content-Type": "application/json"}, body),
        ("a wrong token", "POST", right | {"Authorization": "Bearer wrong"}, body),
        ("another media type", "POST", right | {"Content-Type": "text/plain"}, body),
        ("another method", "PUT", right, body),
    ]
    return sent


class Prism:
    """`prism proxy openapi.yaml URL --port N`, which stays up: each server is put behind it, on the same port."""

    def __init__(self, port: int, upstream: int) -> None:
        self.port = port
        self.command = [
            str(NODE / "prism"),
            "proxy",
            str(CONTRACT),
            f"http://127.0.0.1:{upstream}",
            "--port",
            str(port),
        ]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=5).connect()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise TimeoutError("Prism did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    def reports(self, _url: str, _seed: int, _within: float) -> Reports | None:
        """What whoever sends the traffic sees.

        A violation of the response in `sl-violations`; one of the request beside a 2xx, which Prism does not call a
        fault of the server and a reader would; a failure of the proxy itself (problem+json); no answer, which ends it.
        """
        reports: set[str] = set()
        for name, method, headers, body in traffic():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request(method, PATH, body, dict(headers))
                answer = connection.getresponse()
                text = answer.read(1_000_000).decode(errors="replace")
            except (OSError, http.client.HTTPException):
                self.stop()
                self.start()
                return frozenset(reports | {"no answer"})
            finally:
                connection.close()
            for violation in json.loads(answer.headers.get("sl-violations") or "[]"):
                where = ".".join(map(str, violation["location"]))
                if violation["severity"] == "Error" and (where.startswith("response") or 200 <= answer.status < 300):
                    reports.add(f"{name.partition(' (')[0]}: {where}: {violation['message']}")
            if "problem+json" in (answer.headers.get("content-type") or "") and "stoplight.io" in text:
                reports.add(f"{name.partition(' (')[0]}: {json.loads(text).get('title')}")
        return frozenset(reports)
