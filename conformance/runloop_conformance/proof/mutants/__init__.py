"""The mutants: servers with one fault each. A clause about the statement that a mutant breaks must fail.

A new mutant goes into the folder of the chapter whose clauses must detect it, in the file that is named after what is
broken; a module in such a folder registers itself.
"""

import pkgutil
from importlib import import_module

from runloop_conformance.proof.mutants.mutant import Mutant

__all__ = ["MUTANTS", "Mutant"]

CHAPTERS = ("authorization", "request", "response", "run", "http", "safety")

MUTANTS: tuple[Mutant, ...] = tuple(
    mutant
    for chapter in CHAPTERS
    for module in pkgutil.iter_modules(import_module(f"{__name__}.{chapter}").__path__)
    for mutant in import_module(f"{__name__}.{chapter}.{module.name}").MUTANTS.registered
)
