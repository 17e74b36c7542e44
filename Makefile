# Two commands on a fresh machine: `make demo` and `make test`. They need Python 3.11+ and make, no root; each sets itself up
# in .venv and can be run again. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo test check gate test-lab lab-up lab-down lab-soak dist bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r t d; do printf '  make %-10s %s\n' "$$t" "$$d"; done

demo: $(VENV)/.installed ## diagnose the incident that ships with the product
	$(BIN)/diagflow demo --page out/demo.html

test: $(VENV)/.installed ## all tests that need no lab; lists what it skipped and why
	$(PYTEST) -n auto

check: $(VENV)/.installed ## quick: format, lint, types, layers, rules
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy --no-error-summary
	$(BIN)/diagflow rules lint

gate: $(VENV)/.installed ## diagnose the lab's recordings: did any of them get worse? (docs/gate.md)
	$(BIN)/diagflow gate run tests/corpus

test-lab: $(VENV)/.installed ## install and start the lab (root), run the live tests, skip nothing
	$(BIN)/python -m lab build
	DIAGFLOW_LAB=1 $(PYTEST) -m "lab or browser"

lab-up: $(VENV)/.installed ## start the lab: a real control plane, a real kubelet, Prometheus, Alertmanager
	$(BIN)/python -m lab build
	$(BIN)/python -m lab up

lab-down: $(VENV)/.installed ## stop the lab; nothing is left behind
	$(BIN)/python -m lab down

lab-soak: $(VENV)/.installed ## 300 scans in an hour of healthy, busy life: nothing may be named
	$(BIN)/python -m lab build
	$(BIN)/python -m lab soak --minutes 60 --scans 300

dist: $(VENV)/.installed ## the wheel, and a zip for Windows with its own Python, into dist/
	$(BIN)/python -m release

bench: $(VENV)/.installed ## the benchmarks, side by side
	$(BIN)/python -m bench

lock: ## pin all dependencies again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements/run.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --group dev -o requirements/dev.txt pyproject.toml

clean: ## remove what the build made
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.installed: pyproject.toml requirements/dev.txt
	@echo "setting up $(VENV) (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip -q
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
