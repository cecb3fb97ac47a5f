# `make demo` and `make test` work from a fresh clone with Python 3.11+ and nothing else.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
BIN := .venv/bin
# One more than there are processors: many tests wait for servers, browsers and clocks.
WORKERS := $(shell expr `getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2` + 1)

.PHONY: help demo test check fast bench format clean

help:  ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

demo: .venv/ready-run  ## Poll the sample feeds on loopback, publish into output/
	$(BIN)/aggregator demo --folder .demo --output output

test: .venv/ready-dev .venv/ready-browser  ## Install what the tests need, run them all
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

fast: .venv/ready-dev  ## Only the tests that need no browser
	$(BIN)/python -m pytest -n auto -m "not browser and not slow"

check: .venv/ready-dev  ## Lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready-dev  ## Benchmarks, small; FULL=1 for all
	$(BIN)/python -m tests.benchmarks

format: .venv/ready-dev  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove what was installed and made
	rm -rf .venv .demo dist build output/*

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with the venv module is needed, such as Debian's python3 and python3-venv."; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Could not make .venv: on Debian and Ubuntu, install python3-venv."; exit 1; }

.venv/ready-run: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e .
	@touch $@

.venv/ready-dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e '.[dev]'
	@touch .venv/ready-run $@

.venv/ready-browser: .venv/bin/python tests/install_browser.sh
	sh tests/install_browser.sh
	@touch $@
