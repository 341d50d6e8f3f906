"""Responses that contain the values of secrets, or wrong names."""

from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import Run, RunRequest, change_property, every_nth
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE, VIEW
from runloop_conformance.proof.mutants.run.property_lost import FULL
from runloop_conformance.proof.mutants.witness import repeated

MUTANTS = Mutants(__name__)
SECRETS = VIEW + "secrets_provided"
SECRET_NAMES = RULE + "secret-names"


def secret(change: Callable[[str, str], str]) -> Callable[[Run, RunRequest], Run]:
    return change_property("secrets_provided", lambda value: {key: change(key, name) for key, name in value.items()})


MUTANTS.change_response(
    "secrets-by-value",
    SECRET_NAMES,
    "The secrets come with their values.",
    secret(lambda _, name: f"s3cr3t-of-{name.lower()}"),
    FULL,
)
MUTANTS.change_response(
    "secrets-by-value-now-and-then",
    SECRET_NAMES,
    "One response in eight has the values of secrets.",
    secret(lambda _key, _name: "hunter2"),
    *repeated(8, FULL),
    when=every_nth(8),
)
MUTANTS.change_response(
    "secrets-masked", SECRETS, "The names of secrets are masked.", secret(lambda _key, _name: "********"), FULL
)
MUTANTS.change_response(
    "secrets-by-variable", SECRETS, "The name of a secret is that of its variable.", secret(lambda key, _: key), FULL
)
MUTANTS.change_response(
    "secrets-swapped",
    SECRETS,
    "Secrets are given by name, and not by variable.",
    change_property("secrets_provided", lambda v: {t: k for k, t in v.items()}),
    FULL,
)
MUTANTS.change_response(
    "secrets-by-id", SECRETS, "Secrets are given by their ids.", secret(lambda _, name: f"sec_{len(name):04d}"), FULL
)
MUTANTS.change_response(
    "secrets-with-a-path",
    SECRETS,
    "The name of a secret is a path in the vault.",
    secret(lambda _, name: f"vault/{name}"),
    FULL,
)
