"""Correct servers that differ from the reference in every way that the contract calls legal.

Whatever one of these is accused of is a false alarm. Some break a SHOULD, and say so: `warns`.
"""

from runloop_conformance.proof.variants import answers, requests, wire
from runloop_conformance.proof.variants.variant import Variant

__all__ = ["VARIANTS", "Variant"]

VARIANTS: tuple[Variant, ...] = (*answers.HERE.variants, *requests.HERE.variants, *wire.HERE.variants)
