# Two commands: `make demo` shows what cmdb does, `make test` passes all tests. Both set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs bench bench-full clean

demo: $(VENV)/.runtime
	@echo '$$ cmdb drift'
	@PATH="$(CURDIR)/$(BIN):$$PATH" NO_COLOR=$${NO_COLOR-} cmdb drift || test $$? -eq 1
	@echo
	@echo 'The drift above is deliberate. What to try next, with $(BIN) on your PATH:'
	@echo
	@echo '  cmdb impact hv-2                          what breaks if this hypervisor fails'
	@echo '  cmdb impact hv-2 --explain storefront     and why'
	@echo '  cmdb select "kind=virtual_machine,environment=production"'
	@echo '  cmdb show storefront                      everything known of a CI, and which line says so'
	@echo '  cmdb check                                what is wrong in the files'
	@echo '  cmdb init --from local_host /tmp/mine     describe this very machine, then: cmdb drift -C /tmp/mine'

test: $(VENV)/.dev
	$(BIN)/pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev
	$(BIN)/python -m bench.run --small

bench-full: $(VENV)/.dev
	$(BIN)/python -m bench.profile --cis 100000
	$(BIN)/python -m bench.fleet_score --cis 100000 --nights 2
	$(BIN)/python -m bench.run --full

clean:
	rm -rf $(VENV)

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cmdb needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@ $(VENV)/.runtime
