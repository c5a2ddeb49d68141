# Two commands for everyone: `make demo` and `make test`. Each sets up all it needs; the second run is quick.
#
#   make demo             the example site with a pretend WeChat, on http://127.0.0.1:8000
#     PORT=9000           another port
#     HOST=0.0.0.0        another address to listen on
#     LAN=1               open it to the local network, so that a real phone can scan
#   make test             the test suite (ARGS="-k webhook" is handed to pytest)
#   make check            every other check: lint, types, import contracts, migrations, translations, browser code
#   make screenshots      a picture of every state of the gallery, into screenshots/; fails if one is not in order
#   make sample           the sample mini program (examples/mini_program/), driven by Node; its tools come from npm's registry
#   make bench            what everything costs, in one table with targets (DATABASE_URL names another database than SQLite);
#                         one part starts PostgreSQL, Redis and nginx, and says so where one is not installed
#   make pins             the lists of versions in requirements/ anew, with the newest releases that setup.cfg allows
#   make help             this list and the small helpers
#
# All of it installs the versions of requirements/constraints.txt, so that nobody's new release turns anything red.
# Another list: CONSTRAINTS=FILE. The newest of everything: CONSTRAINTS= with VENV=FOLDER, a fresh one.

VENV ?= .venv
CONSTRAINTS ?= requirements/constraints.txt
export PYTHON
# A caller that has its own environment (tox) names its programs with BIN=…; then nothing is installed here.
BIN ?= $(VENV)/bin
PORT ?= 8000
HOST ?= 127.0.0.1
LAN ?=
ARGS ?=
WORKERS ?= auto
CATALOGUES = $(wildcard django_wechat/locale django_wechat/simulator/locale) example_project/locale

ifeq ($(BIN),$(VENV)/bin)
stamp = $(VENV)/.$(1)
else
stamp =
endif

.PHONY: help demo test bench sample screenshots check lint format types imports migrations translations messages js docs \
        audit pins venv clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile
	@echo '  make lint · format · types · imports · migrations · translations · js · docs · audit · messages · venv · clean'

demo: $(call stamp,example)
	@"$(BIN)/python" -m example_project.demo --host "$(HOST)" --port "$(PORT)" $(if $(filter-out 0 no,$(LAN)),--lan)

test: $(call stamp,test)
	"$(BIN)/python" -X dev -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

screenshots: $(call stamp,test)
	"$(BIN)/python" -m example_project.gallery.screenshots $(ARGS)

bench: $(call stamp,test)
	"$(BIN)/python" -m benchmarks.table $(ARGS)

check: lint types imports migrations translations js
	@echo 'check: all passed'

lint: $(call stamp,lint)
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .

format: $(call stamp,lint)
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

types: $(call stamp,types)
	"$(BIN)/mypy"

imports: $(call stamp,lint) $(call stamp,test)
	"$(BIN)/lint-imports" --config setup.cfg

migrations: $(call stamp,test)
	"$(BIN)/python" manage.py makemigrations --check --dry-run

translations: $(call stamp,test)
	@.ci/translations "$(BIN)/python" $(CATALOGUES)

messages: $(call stamp,test)
	@.ci/translations --update "$(BIN)/python" $(CATALOGUES)

js:
	@.ci/browser-code

# 77 is no finding: its tools could not be had.
sample: $(call stamp,test)
	@.ci/sample "$(BIN)/python"

docs: $(call stamp,docs)
	"$(BIN)/sphinx-build" -W --keep-going -n -b html docs docs/_build/html

# 77 is no finding: nobody could be asked.
audit: $(call stamp,ci)
	@"$(BIN)/python" .ci/audit requirements/constraints.txt requirements/oldest.txt

pins: $(call stamp,python)
	@.ci/pins "$(BIN)/python"

venv: $(call stamp,example) $(call stamp,test) $(call stamp,lint) $(call stamp,types)

clean:
	rm -rf "$(VENV)" .tox build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf *.egg-info htmlcov .coverage .coverage.*

# One stamp for each extra of setup.cfg: installed once, again when the packaging files or the versions change.
# pip reads the two variables; the second is for what a build needs.
install = $(if $(CONSTRAINTS),PIP_CONSTRAINT="$(CONSTRAINTS)" PIP_BUILD_CONSTRAINT="$(CONSTRAINTS)") \
    "$(VENV)/bin/python" -m pip install --quiet --disable-pip-version-check \
    $(if $(CONSTRAINTS),,--upgrade --upgrade-strategy eager)

$(VENV)/.%: $(VENV)/.python setup.cfg pyproject.toml $(CONSTRAINTS)
	@echo 'Installing what "$*" needs into $(VENV) (first run only) …'
	@$(install) --editable ".[$*]"
	@touch $@

$(VENV)/.python:
	@.ci/make-venv "$(VENV)"
	@touch $@
