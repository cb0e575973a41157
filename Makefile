# Two commands do everything on a fresh machine:
#   make demo   install, then run the whole job on the demonstration project
#   make test   install, then check style, types, layers and run the tests (in two processes where there are two
#               processors and 12 GB of memory; WORKERS=1: in one)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := $(shell sed -n 's/^\(torch==.*\)/\1/p' constraints.txt)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
WORKERS ?= $(shell [ "$$(nproc 2>/dev/null || echo 1)" -ge 2 ] && \
  awk '/^MemTotal/ { if ($$2 > 12000000) found = 1 } END { exit !found }' /proc/meminfo 2>/dev/null && echo 2 || echo 1)
# Only pip reads this: every install below keeps to the pinned versions.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: demo test lint format install clean

demo: install
	$(BIN)/fourp run
	@echo
	@echo "The report is reports/report.html: open it in a browser."
	@echo "To type fourp alone in this terminal: source $(BIN)/activate   (or use $(BIN)/fourp)"

test: lint $(VENV)/.readers $(VENV)/.browser
	$(BIN)/python -m pytest $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --dist loadfile)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(VENV)/.base

$(VENV)/.base: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "fourp_nlp needs Python 3.11 or newer; name one with: make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@echo "installing (about two gigabytes, once) …"
	$(PIP) install '$(TORCH)'
	$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP) install --editable '.[dev]'
	@touch $@

# Other programs that read REFI-QDA, for tests: under the AGPL, so each in an environment of its own. Where
# one cannot be installed, its tests are skipped and say so.
$(VENV)/.readers: $(VENV)/.base $(wildcard tests/readers/*.txt)
	@for file in tests/readers/*.txt; do \
	  name=$$(basename $$file .txt); place=$(VENV)/readers/$$name; \
	  echo "installing $$name, for tests, in an environment of its own (half a gigabyte at most, once) …"; \
	  $(PYTHON) -m venv --clear $$place && env -u PIP_CONSTRAINT $$place/bin/python -m pip --quiet \
	    --disable-pip-version-check install --requirement $$file || \
	    { echo "$$name cannot be installed: what needs it is not tested"; rm -rf $$place; }; \
	done
	@for file in tests/readers/*.txt; do test -d $(VENV)/readers/$$(basename $$file .txt) || exit 0; done; touch $@

# A browser for the tests of the review page, and axe-core (MPL-2.0), which looks for barriers in it: neither is
# shipped. Where they cannot be installed, the tests that need them are skipped and say so.
$(VENV)/.browser: $(VENV)/.base
	@command -v chromedriver >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  echo "installing Chromium, for tests …" && \
	  { apt-get install -y -q chromium chromium-driver || { apt-get update -q && apt-get install -y -q chromium chromium-driver; }; } \
	  >/dev/null 2>&1; } || echo "Chromium and chromium-driver cannot be installed: the review page is not tested in a browser"
	@test -d $(VENV)/axe || { command -v npm >/dev/null && mkdir -p $(VENV)/axe && \
	  npm install --silent --no-audit --no-fund --prefix $(VENV)/axe axe-core@4.14.1 >/dev/null 2>&1; } || \
	  { echo "axe-core cannot be installed: barriers in the review page are not looked for"; rm -rf $(VENV)/axe; }
	@touch $@

clean:
	rm -rf $(VENV) reports .fourp fourp.sqlite*
