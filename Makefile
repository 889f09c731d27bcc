# PyTorch Basics, Live. `make help` lists the commands; all that is needed is Python 3.11+, pip and make.

PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
WORKERS ?= 2

# What is installed is remembered by the contents of the requirements, not by the files' dates.
RUN_STAMP := $(VENV)/.requirements-$(shell cat requirements.txt | cksum | tr ' ' -)
DEV_STAMP := $(VENV)/.requirements-dev-$(shell cat requirements.txt requirements-dev.txt | cksum | tr ' ' -)

.PHONY: help run dev test coverage setup check format lock data bench screenshots clean
.DEFAULT_GOAL := help

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(RUN_STAMP) ## start the app on http://localhost:8501 (PORT= changes the port)
	@$(PY) tools/port.py '$(PORT)'
	@test -e $(VENV)/.data-tried || $(PY) -m core.data fetch || \
	  echo 'Going on with the sample of 5,000 + 1,000 images; `make data` tries again.'
	@touch $(VENV)/.data-tried
	@echo 'PyTorch Basics, Live: http://localhost:$(PORT)  (Ctrl+C stops it)'
	@exec $(PY) -m streamlit run streamlit_app.py --server.port $(PORT) $(FLAGS)

dev: FLAGS := --server.fileWatcherType auto --client.showErrorDetails full
dev: run ## the same, for working on it: reloads changed files, shows tracebacks

test: $(DEV_STAMP) ## run all tests: core, pages, and a real browser
	@browser=$$($(PY) tools/browser.py) && CHROMIUM="$$browser" $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

coverage: $(DEV_STAMP) ## which lines the tests of core and pages reach; the browser's server is not counted
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/browser --cov --cov-report term:skip-covered

setup: $(RUN_STAMP) ## make .venv and install what the app needs, nothing more
	@echo '$(VENV) is ready'

check: $(DEV_STAMP) ## lint, format and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@tools/browser_code.sh --check

format: $(DEV_STAMP) ## format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@tools/browser_code.sh --write

lock: $(DEV_STAMP) ## write constraints.txt, the versions that CI installs, from this environment
	@$(PY) -m pip freeze --exclude pip --exclude setuptools | grep -viE '^(nvidia|cuda|triton)' > constraints.txt

data: $(RUN_STAMP) ## get the full dataset: 60,000 + 10,000 images
	@$(PY) -m core.data fetch

bench: $(DEV_STAMP) ## measure: one JSON line per benchmark
	@for file in benchmarks/[a-z]*.py; do \
	  $(PY) -m benchmarks.$$(basename $$file .py) || exit 1; done

screenshots: $(DEV_STAMP) ## take the pictures of the README from the running app
	@$(PY) -m tools.screenshots

clean: ## remove the environment and caches; runs/ and data/ stay
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough and starts; PYTHON= chooses. Without the venv module's own pip (Debian's
# python3 without python3-venv), the machine's pip installs one into the environment.
$(PY):
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo 'Python 3.11 or newer is needed and was not found: install it, or name it, as in `make PYTHON=/path/to/python3`.' >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) >/dev/null 2>&1 || { \
	  "$$found" -m venv --clear --without-pip $(VENV) && \
	  "$$found" -m pip --disable-pip-version-check --python $(PY) install --quiet pip; \
	} || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): | $(PY)
	@echo 'Installing requirements.txt; the first time this takes some minutes'
	@$(PY) -m pip install --disable-pip-version-check -r requirements.txt
	@rm -f $(VENV)/.requirements-[0-9]*
	@touch $@

$(DEV_STAMP): | $(PY)
	@echo 'Installing requirements-dev.txt; the first time this takes some minutes'
	@$(PY) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@rm -f $(VENV)/.requirements-*
	@touch $@ $(RUN_STAMP)
