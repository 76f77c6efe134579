# Every target sets up what it needs; on a fresh Debian, Python 3.11 and make are enough.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
# Compiled files beside the sources would end up in the deployed zip.
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help run stop test check audit package bench faults assets venv

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: venv assets ## Bring up the local environment (PAPERTRAIL_HOME, PAPERTRAIL_PORT)
	@$(PYTHON) -m infra.local run

stop: venv ## Stop the local environment; what it holds stays
	@$(PYTHON) -m infra.local stop

test: venv assets ## Run all tests
	@$(PYTHON) -m tests.lanes $(LANES)

check: venv ## Look for faults without running anything
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTHON) -m pytest -q tests/architecture
	$(VENV)/bin/cfn-lint infra/data_stack.yaml

audit: venv $(VENV)-audit/.ready ## Check the data stack against checkov's rules
	@mkdir -p build
	$(PYTHON) -m tests.infra.expanded build/data_stack.json
	$(VENV)-audit/bin/checkov --config-file .checkov.yaml -f build/data_stack.json

package: venv assets ## Build the deployment zip and check it
	@$(PYTHON) -m infra.package

bench: venv assets ## Measure cost, growth, time and load into docs/benchmarks.md (SECTIONS="costs ...")
	@$(PYTHON) -m tests.bench $(SECTIONS)

faults: venv assets ## Break all that can break, into docs/faults.md (SECTIONS="breaks ...")
	@$(PYTHON) -m tests.faults $(SECTIONS)

assets: venv ## Build the portal's style sheets and scripts
	@$(PYTHON) -m infra.local.assets

venv: $(VENV)/.ready ## Install the tools

$(VENV)/.ready: requirements.txt requirements-dev.txt
	@sh infra/local/venv.sh $(VENV)
	@touch $@

$(VENV)-audit/.ready: requirements-audit.txt
	@sh infra/local/venv.sh $(VENV)-audit requirements-audit.txt
	@touch $@
