"""Responses with entries of metadata or secrets that were not requested."""

from runloop_conformance.proof.mutants.changes import change_property
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.run.property_lost import FULL

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
ONLY_ASKED = RULE + "only-what-was-asked"
SHOULD.change_response(
    "metadata-of-its-own",
    ONLY_ASKED,
    "Metadata has a the server's own property.",
    change_property("metadata", lambda v: v | {"created_by": "api"}),
)
SHOULD.change_response(
    "metadata-of-its-own-when-given",
    ONLY_ASKED,
    "Metadata in a request gets an additional entry.",
    change_property("metadata", lambda v: v and v | {"source": "api"}),
    FULL,
)
SHOULD.change_response(
    "metadata-has-the-purpose",
    ONLY_ASKED,
    "The purpose is put into the metadata as well.",
    lambda run, _: run | {"metadata": run["metadata"] | ({"purpose": run["purpose"]} if run["purpose"] else {})},
    FULL,
)
SHOULD.change_response(
    "secrets-of-its-own",
    ONLY_ASKED,
    "The secrets also have one of the account.",
    change_property("secrets_provided", lambda v: v | {"API_KEY": "ACCOUNT_API_KEY"}),
)
SHOULD.change_response(
    "secrets-have-variables",
    ONLY_ASKED,
    "The variables are among the secrets.",
    lambda run, _: run | {"secrets_provided": run["environment_variables"] | run["secrets_provided"]},
    FULL,
)
