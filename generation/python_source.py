"""What a generated module may contain, so that a contract that is not trusted cannot put code into the client.

A generator writes names, descriptions, defaults and enumerations of the contract into Python. If one of them ended its
string or comment, the rest would be code that runs when somebody imports the client.
"""

from __future__ import annotations

import ast
import builtins
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Python 3.11 counts the depth of the trees of all threads together, and fails if two are parsed at the same time.
PARSING = threading.Lock()

# Module to what may be used of it; None: everything.
MODULES: dict[str, frozenset[str] | None] = {
    **dict.fromkeys(("__future__", "attrs", "collections.abc", "datetime", "enum", "typing", "uuid")),
    "http": frozenset(("HTTPStatus",)),
    "httpx": frozenset(("AsyncClient", "Client", "Response", "Timeout", "TimeoutException")),
    "io": frozenset(("BytesIO",)),
    "json": frozenset(("dumps",)),
    "ssl": frozenset(("SSLContext",)),
    "urllib.parse": frozenset(("quote",)),
}
BUILTINS = frozenset((
    "AttributeError", "Exception", "IndexError", "KeyError", "NotImplementedError", "TypeError", "ValueError", "bool",
    "bytes", "classmethod", "dict", "enumerate", "float", "int", "isinstance", "iter", "len", "list", "object",
    "property", "range", "set", "staticmethod", "str", "super", "tuple", "type",
))  # fmt: skip
CALLS_ON_IMPORT = frozenset((
    "TypeVar", "Unset", "UUID", "_attrs_define", "_attrs_field", "datetime.date.fromisoformat",
    "datetime.datetime.fromisoformat", "define", "field", "set",
))  # fmt: skip
DUNDERS = frozenset(("__aenter__", "__aexit__", "__enter__", "__exit__", "__init__"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module.

    Raises:
        SyntaxError: it is not Python.
    """
    with PARSING:
        return ast.parse(path.read_text(encoding="utf-8"))


def unexpected(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the text of everything that no generated module contains."""
    yield from _statements(tree.body)
    own = _bound(tree)
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Import) and any(alias.name not in MODULES for alias in node.names))
            or (isinstance(node, ast.ImportFrom) and not node.level and not _may_import(node))
            or (isinstance(node, ast.Name) and hasattr(builtins, node.id) and node.id not in BUILTINS | own)
            or (isinstance(node, ast.Attribute) and not _may_use(node))
        ):
            yield node.lineno, ast.unparse(node)


def _may_import(node: ast.ImportFrom) -> bool:
    usable = MODULES.get(str(node.module), frozenset())
    return usable is None or all(alias.name in usable for alias in node.names)


def _may_use(node: ast.Attribute) -> bool:
    usable = MODULES.get(ast.unparse(node.value))
    return (usable is None or node.attr in usable) and (not node.attr.startswith("__") or node.attr in DUNDERS)


def _bound(tree: ast.Module) -> set[str]:
    """The names that a module binds itself: a property may be called `id` or `input`."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names | {node.name for node in ast.walk(tree) if isinstance(node, (ast.ClassDef, *FUNCTIONS))}


def _statements(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """What runs when the module is imported, and is no definition, import, constant or documentation."""
    for statement in body:
        if isinstance(statement, FUNCTIONS):
            defaults = [*statement.args.defaults, *(value for value in statement.args.kw_defaults if value)]
            yield from _calls([*statement.decorator_list, *defaults])
        elif isinstance(statement, ast.ClassDef):
            yield from _calls(
                [*statement.decorator_list, *statement.bases, *(word.value for word in statement.keywords)]
            )
            yield from _statements(statement.body)
        elif isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING" and not statement.orelse:
            yield from _statements(statement.body)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            yield from _calls([statement.value] if statement.value else [])
        elif not (
            isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass))
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        ):
            yield statement.lineno, ast.unparse(statement)


def _calls(expressions: list[ast.expr]) -> Iterator[tuple[int, str]]:
    for expression in expressions:
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and ast.unparse(node.func) not in CALLS_ON_IMPORT:
                yield node.lineno, ast.unparse(node)
