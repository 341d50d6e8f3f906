"""What a generated client offers, read from its source: classes and their fields, named types, functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def offers(package: Path) -> dict[str, str]:
    """Name to type: `StartRunRequest.run_name` to `str | None | Unset`, `get_run` to nothing."""
    found = {f"{module.stem}()": "" for module in sorted((package / "api").glob("*/*.py")) if module.stem != "__init__"}
    for module in sorted((package / "models").glob("*.py")):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = ""
                found |= {f"{node.name}.{name}": kind for name, kind in _fields(node)}
            elif (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and "Literal" in ast.unparse(node)
            ):
                found[node.targets[0].id] = ast.unparse(node.value)
    return found


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line in node.body:
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and line.target.id != "additional_properties"
        ):
            yield line.target.id, ast.unparse(line.annotation)


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """What came (`+`), what went (`-`), what has another type (`→`). The fields of a class that came are not listed."""
    said: list[str] = []
    for name in [*new, *(name for name in old if name not in new)]:
        outer = name.partition(".")[0]
        if old.get(name) == new.get(name) or (outer != name and (outer in new) != (outer in old)):
            continue
        if name in old and name in new:
            said.append(f"{name}: {_short(old[name])} → {_short(new[name])}")
        else:
            kind = new.get(name, "") if name in new else ""
            said.append(f"{'+' if name in new else '-'}{name}{f': {_short(kind)}' if kind else ''}")
    return said


def _short(kind: str) -> str:
    return kind.replace("Literal[", "[") if kind.startswith("Literal[") else kind
