# The one door to everything here. Each target does its own set-up and may be called first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Where this is set, every start would compile five thousand files again.
unexport PYTHONDONTWRITEBYTECODE

bin := .venv/bin
# Arguments for pytest or the benchmark: make test ARGS="-k lights"
ARGS ?=

# Node.js of the machine when it is new enough, else the one that setup put into .venv.
with_node = export PATH="$$(deploy/setup.sh node):$$PATH"
# Three, because each waits a good part of its time for its database or its browser.
pytest = $(bin)/python -m pytest -c backend/pyproject.toml --rootdir .

.PHONY: help setup run dev check test contract bench faults e2e lock clean

help: ## Lists the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## (.*)/make \1|\2/' \
		| while IFS='|' read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

setup: ## Installs the Python and client packages that tests and checks need
	@deploy/setup.sh dev

run: ## Installs, builds, migrates, seeds and starts the server (data stay in ./var)
	@MINSHENG_STEPS=6 deploy/setup.sh run
	@echo "[5/6] Database: migrations, sample data"
	@$(bin)/minsheng init
	@$(bin)/minsheng seed --if-empty
	@echo "[6/6] Server (Ctrl+C ends it)"
	@exec $(bin)/minsheng serve

dev: setup ## Server with reload on port 8000, client with hot reload on port 5173
	@$(bin)/minsheng init && $(bin)/minsheng seed --if-empty
	@$(with_node); trap 'kill 0' EXIT; \
		$(bin)/uvicorn minsheng.app:served --factory --reload --reload-dir backend/minsheng & \
		(cd frontend && npm run dev) & wait

check: setup ## Format, lint, types, import rules, contract and client checks, size budgets
	$(bin)/ruff check backend tests deploy
	$(bin)/ruff format --check backend tests deploy
	$(bin)/mypy --config-file backend/pyproject.toml backend/minsheng tests/factories tests/databases.py tests/undo.py deploy/backup.py
	$(bin)/lint-imports --config backend/pyproject.toml
	$(bin)/minsheng contract --check
	$(with_node); cd frontend && npm run check
	@$(with_node); deploy/setup.sh client

test: setup ## Runs everything: API on SQLite and PostgreSQL, browser journeys, client units
	@deploy/setup.sh client
	@$(bin)/python tests/browser.py
	@# Both halves run whatever the other says; the API's come last because build servers read the closing line.
	@failed=0; \
		($(with_node); cd frontend && npm test) || failed=1; \
		$(pytest) -n 3 --dist worksteal $(ARGS) || failed=1; \
		exit $$failed

contract: setup ## Writes openapi/openapi.json and the client's generated code from the program
	$(bin)/minsheng contract
	$(with_node); cd frontend && npm run api

bench: setup ## Prints speed as ratios to bare baselines in the same run
	@$(bin)/python -m tests.bench $(ARGS)

faults: setup ## Kills a server 50 times during imports, pays 100 times at once from 20 lines, on each database
	FAULTS=50 $(pytest) tests/faults $(ARGS)

e2e: setup ## Runs the browser journeys alone
	@deploy/setup.sh client
	@$(bin)/python tests/browser.py
	$(pytest) tests/e2e $(ARGS)

lock: setup ## Writes backend/requirements*.lock anew from backend/pyproject.toml
	cd backend && for set in "requirements.lock pyproject.toml --group build" \
		"requirements-dev.lock pyproject.toml --group build --group dev -c requirements.lock" \
		"requirements-node.lock --group node"; do \
		../$(bin)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			-o $$set; done

clean: ## Removes what was installed or built; data in ./var stay
	rm -rf .venv frontend/node_modules frontend/dist .pytest_cache .mypy_cache .hypothesis .import_linter_cache
	find backend tests deploy \( -name __pycache__ -o -name .ruff_cache \) -type d -prune -exec rm -rf {} +
