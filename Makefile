# Every recipe sets itself up: `make conformance` and `make test` work on a fresh clone with Python and make alone.
# All paths are relative, so a checkout whose path has a space in it works too.

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

# What `make conformance` tests, and how. Without SERVER it starts the embedded reference server and tests that.
SERVER ?=
TOKEN ?=
BENCHMARK_ID ?=
ARGS ?=

CONTRACT ?= openapi.yaml
OUT ?= generated/runloop_benchmarks_api

.DEFAULT_GOAL := help
.PHONY: help setup node generate contract-diff contract-accept contract-release contract-check drill conformance serve test test-long test-all prove bench peers docs screens check lint types drift format lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-17s %s\n", $$1, $$2}'
	@echo
	@echo '  make conformance SERVER=https://host/prefix TOKEN=… BENCHMARK_ID=… ARGS="--max-runs 25 --report-dir out"'
	@echo '  Other Pythons: make test PYTHON=python3.13 VENV=.venv-3.13'

setup: $(READY) ## the virtual environment, with everything a developer needs

$(READY): pyproject.toml requirements-dev.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'make: Python 3.11 or newer is needed; say which with PYTHON=python3.13' >&2; exit 2; }
	@echo 'setup: installing into $(VENV)'
	@"$(PYTHON)" -m venv "$(VENV)"
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@"$(PY)" -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch "$(READY)"

node: node_modules/.ready ## what needs Node: Redocly's linter, Prism and other mocks, Express, axe

node_modules/.ready: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch node_modules/.ready

generate: $(READY) ## the typed client in generated/, made from the contract; ALLOW_PARTIAL=1: of what can be made
	@"$(PY)" generation/generate.py --contract "$(CONTRACT)" --output "$(OUT)" $(if $(ALLOW_PARTIAL),--partial)

# What is compared: the contract with the one of the last release, or with BASE, a file or a revision of git.
BASE ?= changes/released.yaml

contract-diff: $(READY) node_modules/.ready ## what changed in the contract, whom it breaks, which version it asks for: BASE=…
	@"$(PY)" -m changes diff --contract "$(CONTRACT)" --base "$(BASE)"

contract-accept: $(READY) node_modules/.ready ## set the version that the changes ask for, and write the changelog
	@"$(PY)" -m changes accept

contract-release: $(READY) node_modules/.ready ## compare with this contract from now on: part of a release
	@"$(PY)" -m changes release

# Redocly's diff is needed where the contract is another than that of the last release, and nowhere else.
contract-check: $(READY) $(if $(shell cmp -s openapi.yaml changes/released.yaml || command -v npm),node_modules/.ready) ## what a person still has to do: version, clauses, client, generated files, documents
	@"$(PY)" -m changes check

drill: $(READY) node_modules/.ready ## contracts that change, and what follows from each: the table of docs/contract-changes.md
	@"$(PY)" -m tests.generation.drill

# The token goes by environment: a recipe that names it would show it in the process list and in make's own output.
conformance: export RUNLOOP_API_KEY := $(or $(TOKEN),$(RUNLOOP_API_KEY))
conformance: $(READY) ## test a server against the contract: SERVER=… TOKEN=… BENCHMARK_ID=… ARGS=…
	@"$(PY)" -m runloop_conformance run $(if $(SERVER),"$(SERVER)") $(foreach id,$(BENCHMARK_ID),--benchmark-id "$(id)") $(ARGS)

serve: $(READY) ## the embedded reference server: ARGS="--port 8080 --token …"
	@"$(PY)" -m runloop_conformance serve $(ARGS)

# Four workers for two cores: much of the time is spent waiting for servers and processes.
PYTEST = "$(PY)" -m pytest -n 4 --dist loadgroup
LONG = slow or matrix or browser or node

test: $(READY) ## the tests of a change, in minutes; they need nothing but Python: ARGS="-k name" for some
	@$(PYTEST) -m "not ($(LONG))" $(ARGS)

test-long: $(READY) ## the tests that `make test` leaves out: the whole matrix, the drill, browsers, tools that need Node
	@$(PYTEST) -m "$(LONG)" $(ARGS)

test-all: $(READY) ## every test
	@$(PYTEST) $(ARGS)

# An environment of its own: a tool of ours that a peer imports where it finds it would slow that peer down.
prove: $(READY) ## the suite against every server with a known fault and every correct one; writes conformance/PROOF.md
	@"$(PY)" -m runloop_conformance prove --write
	@"$(PY)" benchmarks/tables.py

bench: $(READY) build/bench/.ready ## the client against the SDK it replaces: speed, memory, runs started; the suite against `st run`
	@PYTHONPATH=generated:overrides build/bench/bin/python benchmarks/bench.py
	@"$(PY)" benchmarks/conformance.py
	@if command -v chromium >/dev/null; then "$(PY)" -m benchmarks.report; else echo 'bench: without Chromium report.html is not measured'; fi
	@"$(PY)" benchmarks/growth.py
	@"$(PY)" benchmarks/tables.py

build/bench/.ready: benchmarks/requirements.txt
	@echo 'bench: installing the peers into build/bench'
	@"$(PYTHON)" -m venv build/bench
	@build/bench/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	@touch build/bench/.ready

docs: $(READY) ## the documentation, in build/site: opens from disk, without a network; a warning is an error
	@rm -rf build/site
	@"$(PY)" -m sphinx -q -W -E -b html -c docs -d build/doctrees . build/site
	@echo 'docs: build/site/index.html'

screens: $(READY) ## the pictures of docs/images: the terminal, and report.html in both themes; needs Chromium
	@"$(PY)" docs/screens.py

peers: $(READY) benchmarks/peers/node_modules/.ready ## the suite beside plain st run, Prism's proxy and Dredd: ARGS="--mutants 120"
	@"$(PY)" benchmarks/peers.py $(ARGS)

benchmarks/peers/node_modules/.ready: benchmarks/peers/package.json benchmarks/peers/package-lock.json
	@echo 'peers: installing Prism and Dredd into benchmarks/peers/node_modules'
	@cd benchmarks/peers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

check: lint types contract-check ## lint, types, and what a change of the contract still leaves to do

lint: $(READY) ## ruff's rules and its formatting
	@"$(PY)" -m ruff check .
	@"$(PY)" -m ruff format --check .

types: $(READY) ## mypy and pyright, both strict
	@"$(PY)" -m mypy
	@"$(PY)" -m pyright --pythonpath "$(PY)"

drift: $(READY) ## whether generated/ is what the contract makes
	@"$(PY)" generation/generate.py --check

format: $(READY) ## what ruff can mend by itself
	@"$(PY)" -m ruff check --fix .
	@"$(PY)" -m ruff format .

lock: ## requirements-dev.txt from requirements-dev.in and pyproject.toml, by version alone
	@rm -rf build/lock && "$(PYTHON)" -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.in '.[conformance]'
	@{ echo '# Made by `make lock` from requirements-dev.in and pyproject.toml.'; \
		build/lock/bin/python -m pip freeze --exclude runloop-benchmarks --exclude pip --exclude setuptools; } > requirements-dev.txt
	@rm -rf build/lock

clean: ## everything that make made, but generated/
	@rm -rf .venv* node_modules benchmarks/peers/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis
