# The front door. `make help` lists what there is.
#
# Everything runs from .venv, which is made from the hashed locks. A stamp named after the content of
# the locks says what is installed; while it is there, nothing is installed again.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
CODE := $(wildcard app migrations tests benchmarks openapi)
# Options for pytest: make test ARGS="-k search"
ARGS ?=

fingerprint = $(shell cat bootstrap.lock pyproject.toml $(1) | cksum | cut -d ' ' -f 1)
RUNTIME := .venv/.runtime-$(call fingerprint,requirements.lock)
DEV := .venv/.dev-$(call fingerprint,requirements-dev.lock)

# The first Python that is new enough and able to make a virtual environment. Each is run, not only
# looked up: version managers leave names on the path that do not start.
define make_venv
	for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3) ''; do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	test -n "$$python" || { echo "Python 3.11 or newer with its venv module is needed: install python3.11 and python3.11-venv, or name one with PYTHON=/path/to/python3." >&2; exit 1; }; \
	echo "Making .venv with $$python"; rm -rf .venv; "$$python" -m venv .venv
endef

# $(call install,LOCK): makes .venv hold exactly what the lock names, then this checkout itself. uv
# does it in seconds. Where uv does not run or does not reach its packages (it reads no pip.conf,
# which names the mirror in some networks), pip does the same.
define install
	@set -e; rm -f .venv/.runtime-* .venv/.dev-*; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { $(make_venv); }; \
	echo "Installing the packages of $(1)"; \
	pip="$(BIN)/python -m pip --disable-pip-version-check --quiet"; \
	if $$pip install --only-binary :all: --require-hashes --no-deps -r bootstrap.lock 2>/dev/null \
		&& $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes $(1); then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; \
	else \
		echo "uv could not do it: using pip, which takes a minute or two"; \
		$$pip install --require-hashes --no-deps -r $(1); \
		$$pip install --no-deps --no-build-isolation --editable .; \
	fi
endef

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

$(RUNTIME):
	$(call install,requirements.lock)
	@touch $@

# The development lock holds the runtime lock, so both are then in place.
$(DEV):
	$(call install,requirements-dev.lock)
	@touch $@ $(RUNTIME)

.PHONY: run
run: $(RUNTIME) ## serve the demo on 127.0.0.1:8000 (PORT= and DATABASE_URL= override)
	@$(BIN)/qi-networks demo

.PHONY: test
test: $(DEV) ## run the tests on SQLite and PostgreSQL, the proofs at a twentieth
	@PROVE_SCALE=0.05 $(BIN)/python -m pytest --numprocesses auto $(ARGS)

.PHONY: check
check: $(DEV) ## run everything that must hold before a change lands
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	@$(BIN)/qi-networks contract | cmp - openapi/openapi.json \
		|| { echo "The contract and openapi/openapi.json differ: run 'make openapi' and read what changed." >&2; exit 1; }
	@$(MAKE) --no-print-directory test

.PHONY: prove
prove: $(DEV) ## run the proofs at full counts
	@PROVE_SCALE=1 $(BIN)/python -m pytest -m prove --numprocesses auto $(ARGS)

.PHONY: bench
bench: $(DEV) ## measure against the floor on PostgreSQL
	@$(BIN)/python -m benchmarks

.PHONY: openapi
openapi: $(DEV) ## write openapi/openapi.json anew
	@$(BIN)/qi-networks contract > openapi/openapi.json.new && mv openapi/openapi.json.new openapi/openapi.json

.PHONY: contract
contract: $(DEV) ## prove the contract: linters, generators, compilers, clients (needs Node.js)
	@$(BIN)/python -m openapi.bar $(ARGS)

.PHONY: format
format: $(DEV) ## put the code into its format and mend what ruff can mend
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

# Pins that already stand in a lock are kept; make lock UPGRADE=--upgrade takes the newest.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header $(UPGRADE)

.PHONY: lock
lock: $(DEV) ## write the locks anew from pyproject.toml
	$(COMPILE) --group bootstrap --output-file bootstrap.lock
	$(COMPILE) --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group build --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	$(COMPILE) openapi/bar/requirements.in --output-file openapi/bar/requirements.lock
	@! grep -nE '://|^ *-' requirements.lock requirements-dev.lock bootstrap.lock openapi/bar/requirements.lock | grep -v -e ' --hash='

.PHONY: clean
clean: ## remove .venv and the caches, never a database
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
