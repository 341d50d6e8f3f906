"""Faults in which members of what was asked for come back, and which come back that were not asked for."""

from collections.abc import Callable

from runloop_conformance.proof.mutants.fault import (
    RULE,
    VIEW,
    Asked,
    Chapter,
    Run,
    ask,
    drop,
    every,
    profile,
    put,
    times,
    turn,
)

CHAPTER = Chapter("run")
edit = CHAPTER.edit
should_edit = CHAPTER.should().edit

NAME = VIEW + "name"
PURPOSE = VIEW + "purpose"
METADATA = VIEW + "metadata"
VARIABLES = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"
SECRET_NAMES = RULE + "secret-names"
ONLY_ASKED = RULE + "only-what-was-asked"

THREE = {"b": "2", "a": "1", "c": "3"}
FULL = ask(
    run_name="nightly",
    metadata=THREE,
    runProfile={"purpose": "regression", "envVars": {"A": "1", "B": "2"}, "secrets": {"DB_PASS": "DATABASE_PASSWORD"}},
)

# --- members lost as a whole ---

edit("name-dropped", NAME, "The name is not in the answer.", drop("name"), FULL)
edit("name-null", NAME, "The name is null.", put(name=None), FULL)
edit("purpose-dropped", PURPOSE, "The purpose is not in the answer.", drop("purpose"), FULL)
edit("purpose-null", PURPOSE, "The purpose is null.", put(purpose=None), FULL)
edit("metadata-emptied", METADATA, "Metadata is always empty.", put(metadata={}), FULL)
edit("variables-dropped", VARIABLES, "The environment is not in the answer.", drop("environment_variables"), FULL)
edit("variables-emptied", VARIABLES, "The environment is always empty.", put(environment_variables={}), FULL)
edit("secrets-dropped", SECRETS, "The secrets are not in the answer.", drop("secrets_provided"), FULL)
edit("secrets-emptied", SECRETS, "The secrets are always empty.", put(secrets_provided={}), FULL)
edit("empty-name-null", NAME, "An empty name becomes null.", turn("name", lambda v: v or None), ask(run_name=""))
edit(
    "empty-purpose-null",
    PURPOSE,
    "An empty purpose becomes null.",
    turn("purpose", lambda v: v or None),
    profile(purpose=""),
)
edit(
    "name-the-benchmarks",
    NAME,
    "The name is that of the benchmark.",
    lambda run, _: run | {"name": run["benchmark_id"]},
    FULL,
)
edit(
    "name-numbered",
    NAME,
    "A number is put behind a name, so that it is unique.",
    lambda run, _: run | {"name": run["name"] and f"{run['name']} ({int(run['id'][4:10])})"},
    FULL,
)
edit("purpose-the-name", PURPOSE, "The purpose is the name.", lambda run, _: run | {"purpose": run["name"]}, FULL)
edit("purpose-a-default", PURPOSE, "The purpose is a default.", put(purpose="benchmark"), FULL)


# --- members lost when two optional members come together ---


def both(first: str, second: str) -> Callable[[int, Asked], bool]:
    def together(_count: int, asked: Asked) -> bool:
        return {first, second} <= {*asked, *asked.get("runProfile", {})}

    return together


edit(
    "name-lost-beside-metadata",
    NAME,
    "Beside metadata the name is lost.",
    put(name=None),
    FULL,
    when=both("run_name", "metadata"),
)
edit(
    "metadata-lost-beside-profile",
    METADATA,
    "Beside a runProfile the metadata is lost.",
    put(metadata={}),
    FULL,
    when=both("metadata", "runProfile"),
)
edit(
    "purpose-lost-beside-variables",
    PURPOSE,
    "Beside variables the purpose is lost.",
    put(purpose=None),
    FULL,
    when=both("purpose", "envVars"),
)
edit(
    "variables-lost-beside-purpose",
    VARIABLES,
    "Beside a purpose the variables are lost.",
    put(environment_variables={}),
    FULL,
    when=both("purpose", "envVars"),
)
edit(
    "variables-lost-beside-secrets",
    VARIABLES,
    "Beside secrets the variables are lost.",
    put(environment_variables={}),
    FULL,
    when=both("secrets", "envVars"),
)
edit(
    "purpose-the-name-beside-a-name",
    PURPOSE,
    "Beside a name the purpose is the name.",
    lambda run, asked: run | {"purpose": asked["run_name"]},
    FULL,
    when=both("run_name", "purpose"),
)
edit(
    "metadata-as-variables-beside-profile",
    VARIABLES,
    "Metadata overwrites variables of the same name.",
    lambda run, asked: (
        run
        | {"environment_variables": {k: asked["metadata"].get(k, v) for k, v in run["environment_variables"].items()}}
    ),
    ask(metadata={"A": "9"}, runProfile={"envVars": {"A": "1"}}),
    when=both("metadata", "envVars"),
)
edit(
    "name-lost-beside-launch-parameters",
    NAME,
    "Beside launchParameters the name is lost.",
    put(name=None),
    ask(run_name="x", runProfile={"launchParameters": {"custom_cpu_cores": 2}}),
    when=both("run_name", "launchParameters"),
)

edit(
    "metadata-lost-now-and-then",
    METADATA,
    "One answer in eight has lost its metadata.",
    put(metadata={}),
    *times(8, FULL),
    when=every(8),
)
edit(
    "variables-lost-now-and-then",
    VARIABLES,
    "One answer in eight has lost its variables.",
    put(environment_variables={}),
    *times(8, FULL),
    when=every(8),
)
edit(
    "secrets-lost-now-and-then",
    SECRETS,
    "One answer in eight has lost its secrets.",
    put(secrets_provided={}),
    *times(8, FULL),
    when=every(8),
)

# --- secrets ---


def secret(change: Callable[[str, str], str]) -> Callable[[Run, Asked], Run]:
    return turn("secrets_provided", lambda value: {key: change(key, name) for key, name in value.items()})


edit(
    "secrets-by-value",
    SECRET_NAMES,
    "The secrets come with their values.",
    secret(lambda _, name: f"s3cr3t-of-{name.lower()}"),
    FULL,
)
edit(
    "secrets-by-value-now-and-then",
    SECRET_NAMES,
    "One answer in eight has the values of secrets.",
    secret(lambda _key, _name: "hunter2"),
    *times(8, FULL),
    when=every(8),
)
edit("secrets-masked", SECRETS, "The names of secrets are masked.", secret(lambda _key, _name: "********"), FULL)
edit("secrets-by-variable", SECRETS, "The name of a secret is that of its variable.", secret(lambda key, _: key), FULL)
edit(
    "secrets-swapped",
    SECRETS,
    "Secrets are given by name, and not by variable.",
    turn("secrets_provided", lambda v: {t: k for k, t in v.items()}),
    FULL,
)
edit("secrets-by-id", SECRETS, "Secrets are given by their ids.", secret(lambda _, name: f"sec_{len(name):04d}"), FULL)
edit(
    "secrets-with-a-path",
    SECRETS,
    "The name of a secret is a path in the vault.",
    secret(lambda _, name: f"vault/{name}"),
    FULL,
)

# --- members that were not asked for ---

should_edit(
    "metadata-of-its-own",
    ONLY_ASKED,
    "Metadata has a member of the server's own.",
    turn("metadata", lambda v: v | {"created_by": "api"}),
)
should_edit(
    "metadata-of-its-own-when-given",
    ONLY_ASKED,
    "Metadata that was given gets a member besides.",
    turn("metadata", lambda v: v and v | {"source": "api"}),
    FULL,
)
should_edit(
    "metadata-has-the-purpose",
    ONLY_ASKED,
    "The purpose is put into the metadata as well.",
    lambda run, _: run | {"metadata": run["metadata"] | ({"purpose": run["purpose"]} if run["purpose"] else {})},
    FULL,
)
should_edit(
    "secrets-of-its-own",
    ONLY_ASKED,
    "The secrets have one of the account's besides.",
    turn("secrets_provided", lambda v: v | {"API_KEY": "ACCOUNT_API_KEY"}),
)
should_edit(
    "secrets-have-variables",
    ONLY_ASKED,
    "The variables are among the secrets.",
    lambda run, _: run | {"secrets_provided": run["environment_variables"] | run["secrets_provided"]},
    FULL,
)
