# Each target sets up .venv by itself, once. Another Python: make PYTHON=python3.12 reports
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: reports test test-slow lab bench notebooks shots lock clean help
.DEFAULT_GOAL := help

help:
	@echo "make reports     every sample unit's reports; then open reports/index.html"
	@echo "make lab         JupyterLab on the notebooks"
	@echo "make test        all checks;  make test-slow: the full statistical ones too"
	@echo "make bench       speed and memory beside pandas, lifetimes and tea-tasting"
	@echo "make shots       pictures of every kind of page in shots/, to look at"
	@echo "make notebooks   run the notebooks and strip them for a commit"
	@echo "make lock        renew requirements.lock;  make clean: remove what was made"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v >= (3, 11) else "Keepbook needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12 reports" % v)'
	@echo "Setting up .venv (once; some minutes) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

reports: $(READY)
	@$(BIN)/keepbook run

lab: $(READY)
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --nbval-lax -m "not slow" -n 2 --dist loadfile tests notebooks
	$(BIN)/pytest -q --doctest-modules lib/keepbook

test-slow: $(READY)
	$(BIN)/pytest -m slow tests

bench: $(READY)
	$(BIN)/python bench/triangle.py
	$(BIN)/python bench/value.py
	$(BIN)/python bench/experiment.py

notebooks: $(READY)
	$(BIN)/python tests/refresh_notebooks.py

shots: $(READY)
	$(BIN)/python tests/shots.py reports shots

# Hashes for every platform and Python; no address of an index is written into the file.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra dev --universal --python-version 3.11 --generate-hashes \
		--upgrade --no-header --no-emit-index-url --quiet --output-file requirements.lock

clean:
	rm -rf .venv reports/* bench/data shots
