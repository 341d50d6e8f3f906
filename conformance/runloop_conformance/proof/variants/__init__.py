"""The variants: correct servers that differ from the reference in one way that the contract allows.

A clause that fails on one is a false alarm, unless the variant says that it breaks a SHOULD: `warns`.
A new variant goes into the file that is named after what is legal; a module in this folder registers itself.
"""

import pkgutil
from importlib import import_module

from runloop_conformance.proof.variants.variant import Variant

__all__ = ["VARIANTS", "Variant"]

VARIANTS: tuple[Variant, ...] = tuple(
    variant
    for module in pkgutil.iter_modules(__path__)
    if module.name != "variant"
    for variant in import_module(f"{__name__}.{module.name}").VARIANTS.registered
)
