# The commands people use: `make demo`, `make test`, `make check`.
# Needed beforehand: Python 3.11 or newer, make, and access to the package registries.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_BIN := $(shell command -v npm >/dev/null 2>&1 || echo $(abspath $(BIN)):)
REQUIREMENTS := requirements.txt requirements-demo.txt requirements-dev.txt
export UV_LINK_MODE ?= copy

.PHONY: demo demo-reset test bench check lock format messages help

help:
	@grep -E '^## ' Makefile | sed 's/^## //'

## make demo         everything on an empty machine, then the portal with sample data
demo: $(VENV)/.demo node_modules/.ready
	@$(BIN)/python -m omsportal.demo up

## make demo-reset   forget the demo's data and start afresh next time
demo-reset: $(VENV)/.demo
	@$(BIN)/python -m omsportal.demo reset

## make test         the whole suite, browser journeys included
test: $(VENV)/.dev node_modules/.ready
	$(BIN)/python -m pytest -n 2 --dist loadfile

## make bench        what we do beside what the machine can do (BENCH="ladder" for one; BENCH_APPEALS=…)
bench: $(VENV)/.dev node_modules/.ready
	@$(BIN)/python -m omsportal.bench $(BENCH)

## make check        style, types, imports, migrations, translations, deploy checks
check: $(VENV)/.dev node_modules/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports
	PORTAL_MODE=test $(BIN)/mypy .
	$(BIN)/python -m tests.checks

## make messages     join the parts of the Russian translation and compile them
messages: $(VENV)/.dev
	PORTAL_MODE=test $(BIN)/python manage.py merge_translations
	PORTAL_MODE=test $(BIN)/python manage.py compile_translations

## make lock         pin the newest versions that requirements*.in allow
lock: $(VENV)/.uv
	for set in "" -demo -dev; do \
	  $(BIN)/uv pip compile -q --no-header --no-emit-index-url --universal --upgrade \
	    --python-version 3.11 requirements$$set.in -o requirements$$set.txt || exit 1; done

## make format       put sources and templates into the house style
format: $(VENV)/.dev
	$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q . ; $(BIN)/djlint --quiet --reformat templates || true

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "The venv module is missing: install python3-venv and run again"; rm -rf $(VENV); exit 1; }

$(VENV)/.uv: $(VENV)/bin/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv && touch $@

$(VENV)/.demo: requirements.txt requirements-demo.txt $(VENV)/.uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt -r requirements-demo.txt && touch $@

$(VENV)/.dev: $(REQUIREMENTS) $(VENV)/.demo
	@$(BIN)/uv pip install --quiet --python $(BIN)/python $(REQUIREMENTS:%=-r %) && touch $@

# The wheel's Node comes first on PATH only where the system has none.
node_modules/.ready: package-lock.json $(VENV)/.demo
	@PATH="$(NODE_BIN)$$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts && touch $@
