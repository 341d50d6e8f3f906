"""Servers with a single fault each: what the suite has to find."""

from runloop_conformance.servers.mutants import (
    acceptance,
    authorization,
    bodies,
    crashes,
    escaping,
    failures,
    framing,
    grammar,
    leaks,
    limits,
    maps,
    members,
    methods,
    nested,
    refusal,
    response,
    run,
    seldom,
    spelling,
    state,
    truncation,
)
from runloop_conformance.servers.mutants.fault import Ask, Chapter, Mutant

__all__ = ["CHAPTERS", "MUTANTS", "Ask", "Mutant"]

CHAPTERS: tuple[Chapter, ...] = (
    authorization.CHAPTER,
    acceptance.CHAPTER,
    limits.CHAPTER,
    refusal.CHAPTER,
    nested.CHAPTER,
    grammar.CHAPTER,
    methods.CHAPTER,
    bodies.CHAPTER,
    framing.CHAPTER,
    failures.CHAPTER,
    crashes.CHAPTER,
    leaks.CHAPTER,
    response.CHAPTER,
    run.CHAPTER,
    state.CHAPTER,
    truncation.CHAPTER,
    spelling.CHAPTER,
    escaping.CHAPTER,
    members.CHAPTER,
    maps.CHAPTER,
    seldom.CHAPTER,
    seldom.AUTHORIZATION,
    seldom.REQUESTS,
)
MUTANTS: tuple[Mutant, ...] = tuple(mutant for chapter in CHAPTERS for mutant in chapter.mutants)
