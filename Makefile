# make run          the dashboard on http://127.0.0.1:8501   (PORT=9000 make run for another port)
# make test         every test, the browser journey included
# make check        format, lint, types, import contracts
#
# A fresh machine needs python3 (3.11 or later) with venv, and make. Nothing else is installed by hand.
# Without internet access: WHEELS=folder-of-wheels make run   (fill the folder with `make wheels`)
# Windows: make.ps1 has the commands for running, testing and checking.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Where an environment forbids Python to keep what it compiled, every start takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
PORT   ?= 8501
HOST   ?= 127.0.0.1
VENV   ?= .venv
WHEELS ?=
# Two more than the two cores a test machine has: journeys and processes wait as often as they work.
WORKERS ?= 4

PY          := $(VENV)/bin/python
PIP         := $(PY) -m pip --disable-pip-version-check --no-input
PIP_SOURCE  := $(if $(WHEELS),--no-index --find-links $(WHEELS),)
PIP_INSTALL := $(PIP) install --quiet --require-hashes $(PIP_SOURCE)

# One stamp per requirement file: a second `make run` installs nothing.
VENV_MADE := $(VENV)/pyvenv.cfg
RUN_MADE  := $(VENV)/.installed-run
DEV_MADE  := $(VENV)/.installed-dev

.PHONY: help run store serve test test-slow check audit format bench bench-ministry load soak replicas screenshots \
        browser postgresql wheels lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV_MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Cần Python 3.11 trở lên; $(PYTHON) cũ hơn. (Python 3.11 or later is needed: PYTHON=python3.12 make run)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Không tạo được môi trường ảo: hãy cài gói python3-venv. (Install python3-venv.)" >&2; exit 2; }

$(RUN_MADE): requirements.txt | $(VENV_MADE)
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV_MADE): requirements-dev.txt | $(VENV_MADE)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

run: store serve ## install, build the store, serve the dashboard (PORT, HOST)

store: $(RUN_MADE) ## build the store from data/reference
	@# Whoever serves the program later may not write into its folders.
	@$(PY) -m compileall -q *.py analytics briefing charts commands data locales pages ui
	$(PY) manage.py build

serve: $(RUN_MADE)
	$(PY) -m streamlit run server.py --server.address $(HOST) --server.port $(PORT) --server.headless true

test: $(DEV_MADE) browser postgresql ## every test but the slow ones, browser journey included (ARGS="-k word")
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

test-slow: $(DEV_MADE) browser postgresql ## the slow tests, and every law on all its examples
	EXAMPLES=all $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "slow or hypothesis" $(ARGS)

check: $(DEV_MADE) ## format, lint, types, import contracts
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

audit: $(DEV_MADE) ## insecure code, known faults of dependencies (asks pypi.org), their licences
	$(PY) -m bandit -q -r analytics briefing charts commands data locales pages ui *.py
	$(PY) -m tests.licences
	$(PY) -m pip_audit --strict --require-hashes --disable-pip -r requirements.txt

format: $(DEV_MADE) ## lay the code out
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix-only .

bench: $(DEV_MADE) browser ## everything measured, against goals and other ways (ARGS=--pages for the pages alone)
	$(PY) -m tests.bench $(ARGS)

bench-ministry: $(DEV_MADE) browser ## 3,321 communes, 150 criteria, 15 years, three made-up indices: a quarter of an hour
	$(PY) -m tests.bench_ministry

load: $(DEV_MADE) ## viewers at once before pages grow slow, and what happens past the limit (ARGS=--help)
	$(PY) -m tests.load load $(ARGS)

soak: $(DEV_MADE) ## a page every few seconds for an hour, and the memory (ARGS="--minutes 5")
	$(PY) -m tests.load soak $(ARGS)

replicas: $(DEV_MADE) postgresql ## two processes on one PostgreSQL behind nginx, one killed (ARGS="--minutes 2")
	$(PY) -m tests.replicas $(ARGS)

screenshots: $(DEV_MADE) browser ## every page, desktop and phone width, into docs/screenshots
	$(PY) -m tests.screenshots

browser: $(DEV_MADE)
	@bash .ci/browser $(PY)

postgresql:
	@bash .ci/postgresql

wheels: $(VENV_MADE) ## fill wheels/ for a machine without internet access
	$(PIP) download --quiet --require-hashes --only-binary :all: --dest wheels -r requirements-dev.txt

lock: $(VENV_MADE) ## resolve requirements*.txt again after a change in pyproject.toml
	$(PIP) install --quiet uv
	$(VENV)/bin/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 \
	  --no-header --output-file requirements.txt
	$(VENV)/bin/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --python-version 3.11 \
	  --no-header --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove the environment, the store and every cache
	rm -rf $(VENV) data/local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/e2e/artifacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
