# HelpDesk. `make help` lists what there is; README.md gives the same as plain commands.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python on the path that is new enough; PYTHON=… names another one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
PY := $(BIN)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
PINS := constraints.txt requirements.txt
# The compiled tests are kept, whatever the machine says: to rewrite the asserts of all modules takes each process seconds.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest
# A process takes the next test when it is free (tests/conftest.py).
PARALLEL := -n auto --dist loadscope
# The suite on PostgreSQL makes and drops its own databases beside this one.
TEST_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/helpdesk
EXTRAS := $(if $(findstring postgres,$(DATABASE_URL)),.venv/.postgres) $(if $(CELERY_BROKER_URL),.venv/.celery) $(if $(FILES_URL),.venv/.s3)

##@ Run
.PHONY: demo serve setup worker
demo: .venv/.run $(EXTRAS) ## HelpDesk with demo people and tickets; PORT and DATABASE_URL are honoured
	@exec $(PY) manage.py demo

serve: .venv/.run $(EXTRAS) ## HelpDesk with your own data: pages and background work, until Ctrl-C
	@exec $(PY) manage.py serve

setup: .venv/.run $(EXTRAS) ## create or update the database and what every desk needs, no demo data
	@exec $(PY) manage.py setup

worker: .venv/.run $(EXTRAS) ## the background work alone
	@exec $(PY) manage.py worker

##@ Test
.PHONY: test test-fast test-postgres browser
test: .venv/.dev ## everything but the browser tests, on SQLite
	$(PYTEST) $(PARALLEL)

test-fast: .venv/.dev ## the same without the tests that take seconds
	$(PYTEST) $(PARALLEL) -m "not browser and not fuzz and not chaos and not slow"

test-postgres: .venv/.dev ## the same on PostgreSQL (TEST_POSTGRES_URL), without what starts a desk of its own on SQLite or never asks a database
	DATABASE_URL="$(TEST_POSTGRES_URL)" $(PYTEST) $(PARALLEL) -m "not browser and not fuzz and not chaos and not own_desk and not once"

browser: .venv/.dev ## the stories in a real browser; skipped with a line where there is none
	$(PYTEST) -n 2 -m browser tests/browser

.PHONY: coverage
coverage: .venv/.dev ## which lines and branches of the product the suite runs through, on SQLite; fails below the bar of what guards the desk
	$(PYTEST) $(PARALLEL) -m "not browser and not fuzz and not chaos" --cov=helpdesk --cov=admin_ext --cov=project --cov-branch \
		--cov-report=term:skip-covered --cov-report=json:.cache/coverage.json
	.venv/bin/python -m tests.coverage_bar .cache/coverage.json

.PHONY: fuzz
fuzz: .venv/.dev ## thousands of odd requests from the schema of the API, forty seconds on two cores (FUZZ_SECONDS: each of four callers)
	$(PYTEST) -n auto --dist load -m fuzz tests/api/test_fuzz.py

.PHONY: bench
bench: .venv/.dev ## measure what may not become slower, up to a million; an hour and 20 GB, prints tables (BENCH="--tickets 10000 --peer")
	$(PY) manage.py bench $${BENCH:---tickets 10000 100000 1000000 --database both --peer}
	$(PY) -m tests.bench.imports
	$(PY) -m tests.bench.cases 25000
	$(PY) -m tests.bench.sweep 10000 100000
	$(PY) -m tests.bench.recount 10000 100000
	$(PY) -m tests.bench.load 50000

.PHONY: chaos soak
chaos: .venv/.dev ## kill web, worker and PostgreSQL under load (CHAOS_CYCLES times each, thirty), stall and fill up; prints what was lost
	CHAOS_CYCLES=$${CHAOS_CYCLES:-30} $(PYTEST) -n0 -s -m chaos tests/chaos

soak: .venv/.dev ## the mixed work of 30 people for MINUTES (10; 120 for a night); prints times, faults and growth
	$(PY) -m tests.chaos.soak --minutes $${MINUTES:-10}

##@ Check
.PHONY: check lint format types budgets templates messages pins hooks
check: lint types ## what has to be clean before a commit: lint, types, migrations
	$(PY) manage.py makemigrations --check --dry-run

lint: .venv/.dev ## ruff, djlint and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet helpdesk admin_ext
	$(BIN)/lint-imports --config pyproject.toml --cache-dir .cache/import-linter

format: .venv/.dev ## put Python into one shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

types: .venv/.dev ## mypy, strict on the domain
	$(BIN)/mypy

budgets: .venv/.dev ## write today's number of SQL queries per page into tests/budgets.json
	WRITE_BUDGETS=1 $(PYTEST) -n0 tests/budgets

templates: .venv/.dev ## write the hashes of the templates of other packages that ours replace
	WRITE_TEMPLATE_HASHES=1 $(PYTEST) -n0 tests/contracts/test_upstream_templates.py

messages: .venv/.dev ## collect the texts to translate, then compile (needs GNU gettext)
	cd helpdesk && ../$(PY) ../manage.py makemessages --locale ru --no-location --no-wrap --no-obsolete
	cd admin_ext && ../$(PY) ../manage.py makemessages --locale ru --no-location --no-wrap --no-obsolete
	$(PY) manage.py compilemessages --locale ru --ignore .venv --ignore var

pins: .venv/.made ## renew constraints.txt after a change of the requirements
	$(PY) .ci/pins.py

hooks: .venv/.dev ## check what is staged before every commit
	$(BIN)/pre-commit install

##@ Keep house
.PHONY: clean help
clean: ## remove .venv and caches; data under var/ stays
	rm -rf .venv .cache .hypothesis .ruff_cache .djlint_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- the environment: made once, renewed when a list of requirements changes ---

.venv/.made:
	@test -n "$(PYTHON)" || { echo "HelpDesk needs Python 3.11 or newer; PYTHON=/path/to/python names one." >&2; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)…"
	@$(PYTHON) -m venv --clear .venv && touch $@

.venv/.run: .venv/.made $(PINS)
	@echo "Installing what HelpDesk needs…"
	@$(PIP) -r requirements.txt && touch $@

.venv/.postgres: .venv/.run requirements-postgres.txt
	@$(PIP) -r requirements-postgres.txt && touch $@

.venv/.celery: .venv/.run requirements-celery.txt
	@$(PIP) -r requirements-celery.txt && touch $@

.venv/.s3: .venv/.run requirements-s3.txt
	@$(PIP) -r requirements-s3.txt && touch $@

.venv/.dev: .venv/.run requirements-dev.txt requirements-postgres.txt requirements-celery.txt requirements-s3.txt
	@echo "Installing the tools of development…"
	@$(PIP) -r requirements-dev.txt && touch $@ .venv/.postgres .venv/.celery .venv/.s3
