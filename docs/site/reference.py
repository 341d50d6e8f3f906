"""The Python reference: every public name of `runloop_benchmarks`, from its source. Nothing is imported for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import griffe
from attrs import frozen

from docs.site.pages import ROOT, DocumentationError

PACKAGE = "runloop_benchmarks"
BESIDE = ("Benchmarks", "AsyncBenchmarks")
"""What is reached through a client (`client.benchmarks`), and not imported by name."""
KINDS = ("Clients", "Answers", "Requests", "Errors", "Constants")
GENERATED = {  # the generator gives these no word
    "UNSET": "What a member is that was not answered, and what an argument is that was not given. It is false.",
    "Unset": "The type of `UNSET`.",
}
FIRST = {
    "Runloop": 0,
    "Benchmarks": 1,
    "AsyncRunloop": 2,
    "AsyncBenchmarks": 3,
    "BenchmarkRunView": 0,
    "RunloopError": 0,
}
ANSWERS = {"BenchmarkRunView", "BenchmarkRunState", "RawResponse", "AsyncRawResponse", "StringMap", "UNSET", "Unset"}


@frozen
class Item:
    """A name, an argument, a field, an exception: what it is called, its type as written, what is said of it."""

    name: str
    type: str
    text: str


@frozen
class Part:
    """A titled list of a docstring: Arguments, Attributes, Raises, Returns."""

    title: str
    items: tuple[Item, ...]


@frozen
class Name:
    """A public name, or a member of one. `signature` is code; `text` the paragraphs of its docstring."""

    name: str
    anchor: str
    signature: str
    text: tuple[str, ...]
    parts: tuple[Part, ...]
    members: tuple[Name, ...]
    kind: str = ""
    bases: tuple[str, ...] = ()


def names() -> tuple[Name, ...]:
    """Every name of `__all__`, and what is reached through them.

    Raises:
        DocumentationError: a name without a word about it.
    """
    loader = griffe.GriffeLoader(
        search_paths=[str(ROOT / "overrides"), str(ROOT / "generated")], docstring_parser=griffe.Parser.google
    )
    package = loader.load(PACKAGE)
    loader.load("runloop_benchmarks_api")
    loader.resolve_aliases(implicit=True, external=False)
    public = sorted(str(name).strip("'\"") for name in package.exports or [])
    found = [_name(_resolved(package[name]), name) for name in public]
    found += [_name(package["_benchmarks"][name], name) for name in BESIDE]
    silent = [one.name for one in found if not one.text and one.signature.startswith("class")]
    if silent:
        raise DocumentationError(f"public names without a docstring: {', '.join(silent)}")
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), FIRST.get(one.name, len(FIRST)))))


def _resolved(found: griffe.Object | griffe.Alias) -> griffe.Object | griffe.Alias:
    """What a re-export leads to; the alias itself where that is of another distribution."""
    try:
        return found.final_target if isinstance(found, griffe.Alias) else found
    except griffe.AliasResolutionError:
        return found


def _name(found: griffe.Object | griffe.Alias, name: str) -> Name:
    kind = _kind(found, name)
    if isinstance(found, griffe.Alias):  # httpx.Timeout
        again = f"`{found.target_path}`, re-exported."
        return Name(name, name, f"{PACKAGE}.{name} = {found.target_path}", (again,), (), (), kind)
    if isinstance(found, griffe.Class):
        return _class(found, name, kind)
    text, parts = _docstring(found)
    value = getattr(found, "value", None)
    annotation = getattr(found, "annotation", None)
    typed = f": {annotation}" if annotation else ""
    return Name(name, name, f"{name}{typed} = {value}", text, parts, (), kind)


def _kind(found: griffe.Object | griffe.Alias, name: str) -> str:
    if name.endswith("Error"):
        return "Errors"
    if name in ANSWERS:
        return "Answers"
    if name.endswith(("Runloop", "Benchmarks", "Client")):
        return "Clients"
    return "Requests" if isinstance(found, griffe.Class) and ".models." in found.path else "Constants"


def _class(found: griffe.Class, name: str, kind: str) -> Name:
    text, parts = _docstring(found)
    init = found.all_members.get("__init__")
    signature = f"class {name}"
    if isinstance(init, griffe.Function) and kind == "Clients" and name not in BESIDE:
        signature = _signature(init, name, answer=False)
    return Name(name, name, signature, text, parts, tuple(_members(found, name)), kind, tuple(_public_bases(found)))


def _public_bases(found: griffe.Class) -> Iterator[str]:
    """The names of the nearest bases that are public."""
    resolved = {base.name: base for base in found.resolved_bases if isinstance(base, griffe.Class)}
    for base in found.bases:
        name = str(base)
        if not name.startswith("_"):
            yield name
        elif name in resolved:
            yield from _public_bases(resolved[name])


def _members(found: griffe.Class, owner: str) -> Iterator[Name]:
    """The public methods and properties of a class, its own and those of private bases."""
    seen: set[str] = set()
    for cls in (found, *_private_bases(found)):
        for name, member in cls.members.items():
            if name in seen or name.startswith("_"):
                continue
            seen.add(name)
            text, parts = _docstring(member)
            if not text and owner.startswith("Async"):  # its docstring is that of the other, set when it is imported
                text = (f"As `{owner.removeprefix('Async')}.{name}`, awaited.",)
            if isinstance(member, griffe.Function) and text:
                yield Name(name, f"{owner}.{name}", _signature(member, name), text, parts, ())
            elif isinstance(member, griffe.Attribute) and "property" in member.labels:
                yield Name(name, f"{owner}.{name}", f"{name}: {member.annotation}", text, parts, ())


def _private_bases(found: griffe.Class) -> Iterator[griffe.Class]:
    for base in found.resolved_bases:
        if isinstance(base, griffe.Class) and base.name.startswith("_"):
            yield base
            yield from _private_bases(base)


STARS = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


def _signature(function: griffe.Function, name: str, *, answer: bool = True) -> str:
    """As it is written, an argument a line where there are several."""
    given = [one for one in function.parameters if one.name not in {"self", "cls"}]
    shown: list[str] = []
    starred = False
    for one in given:
        if one.kind is griffe.ParameterKind.keyword_only and not starred:
            shown.append("*")
            starred = True
        stars = STARS.get(one.kind, "") if one.kind else ""
        default = "" if one.default is None or stars else f" = {one.default}"
        typed = f": {one.annotation}" if one.annotation else ""
        shown.append(f"{stars}{one.name}{typed}{default}")
    returned = f" -> {function.returns}" if function.returns and answer else ""
    before = "async " if "async" in function.labels else ""
    inside = "".join(f"\n    {one}," for one in shown) + "\n" if len(shown) > 2 else ", ".join(shown)
    return f"{before}{name}({inside}){returned}"


TITLES = {
    griffe.DocstringSectionKind.parameters: "Arguments",
    griffe.DocstringSectionKind.attributes: "Attributes",
    griffe.DocstringSectionKind.raises: "Raises",
    griffe.DocstringSectionKind.returns: "Returns",
}


def _docstring(found: griffe.Object | griffe.Alias) -> tuple[tuple[str, ...], tuple[Part, ...]]:
    if found.docstring is None:
        return ((GENERATED[found.name],) if found.name in GENERATED else ()), ()
    paragraphs: list[str] = []
    parts: list[Part] = []
    for section in found.docstring.parsed:
        if isinstance(section, griffe.DocstringSectionText):
            paragraphs += section.value.split("\n\n")
        elif section.kind in TITLES:
            parts.append(Part(TITLES[section.kind], tuple(_items(section.value))))
    return tuple(paragraphs), tuple(parts)


def _items(values: Iterable[griffe.DocstringElement]) -> Iterator[Item]:
    for value in values:
        name = getattr(value, "name", "") or ""
        yield Item(name, str(value.annotation or ""), value.description)
