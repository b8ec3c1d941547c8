# `make` lists what there is. State lives in LSW_HOME (default ./var); LSW_VARS overrides the vars of dbt_project.yml:
#   make nightly LSW_HOME=/data/leads LSW_VARS='{"reporting_currency": "USD"}'

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The Python that .venv is made from.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
QUERY_STAMP := $(VENV)/.installed-query
SUPERSET_STAMP := .venv-superset/.installed
TEST_STAMP := $(VENV)/.installed-test
ENGINES_STAMP := $(VENV)/.installed-engines
CLUSTER_STAMP := $(VENV)/.installed-cluster

LSW_HOME ?= var
export LSW_HOME LSW_VARS LSW_SALT LSW_TARGET LSW_WAREHOUSE_DATABASE LSW_LAKE_CATALOG LSW_LAKE_DATA LSW_SPARK_HOST LSW_SPARK_PORT

# The sample company that `make run` starts with.
SCALE ?= 1
SEED ?= 1
# First day not simulated; today where nothing is said.
UNTIL ?=
# 1: as Google Ads, Meta, LinkedIn, HubSpot and GA4 export it, where they have it.
VENDORS ?=

# Of `make superset`, on this machine alone.
PORT ?= 8088

# Of `make diff`: a release, or two; the names are those of the folders under serve/releases.
RELEASE ?=

# Of `make compile`: snowflake, bigquery, databricks, redshift or trino; of `make bench`: duckdb or spark.
ENGINE ?=

# Touches that `make bench` generates.
SIZE ?= $(if $(filter spark,$(ENGINE)),1000000) 10000000

# Nothing leaves this machine.
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help setup run nightly open sql diff dev compile query assistant superset test test-slow test-superset test-engines lint bench docs screenshots clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(if $(filter-out duckdb,$(LSW_TARGET)),$(ENGINES_STAMP)) ## Install what a run needs into .venv (does nothing when nothing changed)

# $(call install,ARGUMENTS): with uv where there is one.
install = if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); fi

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	         "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	    test -x $(BIN)/python || uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV); \
	else \
	    test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV); \
	fi
	@$(call install,-r requirements.lock)
	@$(call install,--no-deps -e .)
	@touch $@

# MetricFlow and MCP, 60 MB more.
$(QUERY_STAMP): $(STAMP) requirements-query.lock
	@$(call install,-r requirements.lock -r requirements-query.lock)
	@touch $@

# What the targets of docs/engines.md need, 150 MB more.
$(ENGINES_STAMP): $(STAMP) requirements-engines.lock
	@$(call install,-r requirements.lock -r requirements-engines.lock)
	@touch $@

# A Spark cluster on this machine, 500 MB more; it needs Java 17.
$(CLUSTER_STAMP): $(ENGINES_STAMP) requirements-cluster.lock
	@$(call install,-r requirements.lock -r requirements-cluster.lock)
	@touch $@

# Its own environment, 1 GB: Superset wants older versions of what dbt and Dagster want newer.
$(SUPERSET_STAMP): requirements-superset.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
	    || { echo "Superset needs Python 3.11 or 3.12: make superset PYTHON=python3.12" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	    uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(@D); \
	    uv pip install --quiet --python $(@D)/bin/python -r requirements-superset.lock; \
	else \
	    $(PYTHON) -m venv $(@D); \
	    $(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-superset.lock; \
	fi
	@touch $@

# The tools of tests and linting, 600 MB more.
$(TEST_STAMP): $(QUERY_STAMP) requirements-test.lock
	@$(call install,-r requirements.lock -r requirements-test.lock)
	@touch $@

run: setup ## Sample company if nothing has landed, then make nightly
	@if [ -z "$$(find "$$LSW_HOME/landing" -type f -print -quit 2>/dev/null)" ]; then \
	    $(BIN)/python -m sample_company --scale $(SCALE) --seed $(SEED) $(UNTIL:%=--until %) \
	        $(if $(VENDORS),--vendors); \
	fi
	@$(if $(VENDORS),LSW_VARS="$$($(BIN)/python -m sample_company.vendors)";) \
	    $(BIN)/python -m orchestration.cli.nightly

nightly: setup ## Load what landed, build the warehouse, release the marts, check them, print the answer
	@$(BIN)/python -m orchestration.cli.nightly

open: setup ## The report of the current release in a browser
	@$(BIN)/python -m orchestration.cli.open

sql: setup ## Read-only SQL shell on the current release; reads statements from a pipe too
	@$(BIN)/python -m orchestration.cli.sql

diff: setup ## What changed in the marts since a release: make diff RELEASE=<id>, or RELEASE="<id> <id>"
	@$(BIN)/python -m orchestration.cli.diff $(RELEASE)

compile: setup ## The SQL of another warehouse: make compile ENGINE=snowflake, of docs/engines.md
	@$(BIN)/python -m orchestration.cli.compile $(ENGINE)

dev: setup ## The asset graph in the browser, with the history of runs
	@$(BIN)/python -m orchestration.cli.instance dagster dev -m orchestration.definitions

query: $(QUERY_STAMP) ## Metrics of the release: make query ARGS="query --metrics cac,ltv_cac_ratio --group-by source"
	@$(BIN)/python -m orchestration.cli.query $(ARGS)

assistant: $(QUERY_STAMP) ## MCP server of the release on stdin and stdout, for assistants
	@$(BIN)/python -m orchestration.serve.assistant

superset: setup $(SUPERSET_STAMP) ## Apache Superset on the release, with a dashboard: http://127.0.0.1:8088
	@$(BIN)/python -m orchestration.cli.superset --port $(PORT)

lint: $(TEST_STAMP) ## Python and SQL style, Python types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tests.lint_sql lint --processes 2 --disable-progress-bar dbt_project tests/dbt

# A module stays on one worker (loadfile): its fixtures run the nightly job.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: lint ## Style, then the tests but the slowest and Superset's
	@$(PYTEST) -m "not slowest and not superset and not engines"

test-slow: $(TEST_STAMP) ## The slowest tests: real systems, runs of all vendors' feeds
	@$(PYTEST) -m slowest

test-superset: $(TEST_STAMP) $(SUPERSET_STAMP) ## A running Superset, by API and in Chromium
	@$(BIN)/python -m pytest -m superset

# Of `make test-engines`: an expression of pytest's -k, for some of them.
ONLY ?=

test-engines: $(TEST_STAMP) $(CLUSTER_STAMP) ## Other engines give what DuckDB gives
	@$(BIN)/python -m pytest -m engines -k "$(ONLY)"

# Both targets of growth on DuckDB: SIZE="10000000 50000000".
bench: setup $(if $(filter spark,$(ENGINE)),$(CLUSTER_STAMP)) ## Measure the loader, and attribution at SIZE touches, or with ENGINE=spark on a cluster here
ifeq ($(ENGINE),spark)
	@$(BIN)/python -m bench.spark --touches $(SIZE) --write
else ifeq ($(or $(ENGINE),duckdb),duckdb)
	@$(call install,-c requirements.lock -c requirements-test.lock -r requirements-bench.lock) \
	    || echo "Without the packages to compare with: those scenarios are skipped." >&2
	@$(BIN)/python -m bench.loader
	@$(BIN)/python -m bench.attribution --touches $(SIZE) --write
else
	@echo "ENGINE=$(ENGINE) is not measured; take duckdb or spark" >&2; exit 2
endif

docs: setup ## Documentation of models and lineage, one page: $$LSW_HOME/docs/static_index.html
	@$(BIN)/python -m orchestration.cli.docs

screenshots: $(TEST_STAMP) ## The images of README.md and docs/tour.md, again from the sample company (needs Chromium)
	@home=$$(mktemp -d) && $(MAKE) --no-print-directory run UNTIL=2026-07-01 LSW_HOME=$$home \
	    LSW_VARS='{"as_of": "2026-07-02"}' && $(BIN)/python -m sample_company.screenshots $$home; rm -rf $$home

clean: ## Remove state and caches under this folder; exports elsewhere are never touched
	@rm -rf var target logs .pytest_cache .ruff_cache .hypothesis
	@find . -path './.venv*' -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
