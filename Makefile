# Every target does its own set-up and is silent where nothing is to be done. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
WORKERS ?= 2

# another project's environment is none of ours
unexport VIRTUAL_ENV
export UV_PROJECT_ENVIRONMENT := .venv
# a few seconds once, and every start is twice as fast
export UV_COMPILE_BYTECODE ?= 1

UV := $(or $(shell command -v uv),.tools/bin/uv)
BIN := .venv/bin
PYTHON := $(BIN)/python
# set-up that is up to date, as files: Python's packages, Node's, the built browser client
PACKAGES := .venv/.synced
NODE_PACKAGES := spa/node_modules/.installed
SPA := spa/dist/index.html
SPA_SOURCES := $(shell find spa/src spa/public 2>/dev/null) $(wildcard spa/*.json spa/*.ts spa/*.html)

# npm, with the Node of the development packages where the machine's own is missing or too old
NODE_IS_NEW := node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 22 || (a == 22 && b >= 13) || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null
NPM := $(NODE_IS_NEW) || export PATH="$(CURDIR)/$(BIN):$$PATH"; npm --prefix spa --loglevel=error --no-fund --no-audit

comma := ,
# commands that look at models and settings, not at data
MANAGE := DATABASE_URL=sqlite:///:memory: $(PYTHON) manage.py
TRUSTED_DOCUMENTS := $(PYTHON) -m graph.manifest spa/src
REQUIREMENTS := $(UV) export --quiet --frozen --no-dev --no-header --format requirements-txt

# $(call quietly,command): its words only when it fails
quietly = said=$$( { $(1); } 2>&1 ) || { echo "$$said" >&2; exit 1; }
# $(call check,command,how to mend it)
check = @said=$$( { $(1); } 2>&1 ) || { echo "$$said"; echo "make lint: to mend it: $(2)"; exit 1; } >&2

.PHONY: help run test test-full bench bench-full lint fmt generate clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(PACKAGES) $(SPA) ## set everything up and serve: http://localhost:3000, Ctrl-C ends it
	@$(PYTHON) -m idp.dev.run

test: lint $(SPA) ## lint, then every test but the long ones, on real PostgreSQL, Valkey and Chromium
	@$(MAKE) pytest MARKED='not full'

test-full: lint $(SPA) ## the same with the long ones
	@$(MAKE) pytest MARKED=

.PHONY: pytest
pytest: $(PACKAGES) $(SPA)
	@$(call quietly,$(NPM) test)
	@$(PYTHON) -m tests.stack.chromium
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope -m '$(MARKED)' --junitxml=build/junit.xml
	@$(PYTHON) -m tests.requirements build/junit.xml

bench: $(PACKAGES) ## what a request costs, beside plain django-oauth-toolkit (some minutes; judges nothing)
	@$(PYTHON) -m tests.bench

bench-full: $(PACKAGES) ## the same beside oidc-provider too, then growth, cleaning, start and size; draws docs/performance.svg
	@$(PYTHON) -m tests.bench full

lint: $(PACKAGES) ## style, types, layers, migrations, and that no generated file is stale
	$(call check,$(BIN)/ruff check --quiet,make fmt$(comma) and what it can't do by hand)
	$(call check,$(BIN)/ruff format --quiet --check,make fmt)
	$(call check,$(BIN)/mypy,correct the types)
	$(call check,$(BIN)/lint-imports,move the import; docs/decisions/layers.md says which room may look where)
	$(call check,$(MANAGE) makemigrations --check --dry-run,.venv/bin/python manage.py makemigrations)
	$(call check,$(TRUSTED_DOCUMENTS) | diff spa/trusted-documents.json -,make generate)
	$(call check,$(MANAGE) export_schema graph.schema | diff <(cat schema.graphql; echo) -,make generate)
	$(call check,$(MANAGE) settings_reference --check,make generate)
	$(call check,$(MANAGE) graphql_reference --check,make generate$(comma) or give the operation its example)
	$(call check,$(REQUIREMENTS) | diff requirements.txt -,make generate)
	$(call check,$(PYTHON) -m tests.requirements --check,make generate)

fmt: $(PACKAGES) ## format the code and apply the safe corrections
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet

generate: $(PACKAGES) ## write the generated files again: schema, references, requirements
	@$(TRUSTED_DOCUMENTS) > spa/trusted-documents.json
	@$(MANAGE) export_schema graph.schema --path schema.graphql
	@$(MANAGE) settings_reference
	@$(MANAGE) graphql_reference
	@$(PYTHON) -m idp.dev.translations
	@$(REQUIREMENTS) --output-file requirements.txt >/dev/null
	@$(PYTHON) -m tests.requirements --write

clean: ## remove what these targets made, but neither .env nor the database
	@rm -rf .venv .tools build spa/node_modules spa/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

.tools/bin/uv:
	@python=; for name in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	[ -n "$$python" ] || { echo "Gatehouse needs Python 3.11 or newer; install it and run make again" >&2; exit 1; }; \
	$$python -m venv .tools || { echo "install Python's venv (python3-venv) and run make again" >&2; exit 1; }; \
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(PACKAGES): uv.lock pyproject.toml | $(UV)
	@echo "Installing Python packages into .venv"
	@$(UV) sync --quiet --frozen
	@touch $@

$(NODE_PACKAGES): spa/package.json spa/package-lock.json | $(PACKAGES)
	@echo "Installing the browser client's packages"
	@$(call quietly,$(NPM) ci)
	@touch $@

$(SPA): $(SPA_SOURCES) | $(NODE_PACKAGES)
	@echo "Building the browser client"
	@$(call quietly,$(NPM) run build)
	@touch $@
