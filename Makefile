# make demo needs Python 3.11 or newer with venv, and nothing else. make test says what more it installs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := .requirements
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Everything is locked with hashes, the build back end too, which comes first: building fetches nothing. Two libraries of
# sender authentication have no wheels.
INSTALL_LOCKED := $(PIP) install --require-hashes --requirement $(LOCKS)/build.txt && \
	$(PIP) install --no-build-isolation --require-hashes --requirement
# Reader children write no byte code, and some machines let nobody write it: compiled here, every command starts a third sooner.
INSTALL_PROJECT := $(PIP) install --no-deps --no-build-isolation --editable . && $(BIN)/python -m compileall -q mailhub parsers sms storage

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test crashes lint bench fuzz lock clean system

help:
	@echo "make demo      the whole story on this machine in under a minute (KEEP=DIR keeps its hub)"
	@echo "make install   mailhub with its locked dependencies into $(VENV)"
	@echo "make test      lint, then every test; installs the system packages and the Node program that the tests need"
	@echo "make crashes   the crash tests at every point of death, of which make test takes some"
	@echo "make lint      format, ruff, import-linter, mypy"
	@echo "make bench     the measurements, printed"
	@echo "make fuzz      hostile bytes for each reader and the SMTP door, SECONDS=60 each; found inputs stay in .fuzz"
	@echo "make lock      choose new versions of the dependencies within pyproject.toml"
	@echo "make clean     remove what make made"

install: $(VENV)/.product

demo: install
	@$(BIN)/mailhub demo $(if $(KEEP),--keep "$(KEEP)")

test: system lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

crashes: system $(VENV)/.dev
	MAILHUB_EVERY_POINT=1 $(BIN)/python -m pytest -n 2 --dist worksteal -s tests/integration/test_crashes.py tests/integration/test_crashes_out.py

bench: $(VENV)/.dev
	@for bench in tests/bench/[a-z]*.py; do PYTHONPATH=. $(BIN)/python $$bench || exit 1; done

SECONDS ?= 60

fuzz: $(VENV)/.dev
	@failed=0; for harness in message names containers signatures smtp; do \
		$(BIN)/python -m tests.fuzz.$$harness $(SECONDS) || failed=1; done; exit $$failed

system:
	@sh .requirements/system.sh
	@sh .requirements/prism.sh

lock: $(VENV)/.dev
	$(BIN)/uv pip compile $(LOCKS)/build.in $(COMPILE) --output-file $(LOCKS)/build.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCKS)/build.in $(COMPILE) --constraints $(LOCKS)/build.txt --output-file $(LOCKS)/product.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCKS)/build.in $(COMPILE) --group dev --constraints $(LOCKS)/product.txt --output-file $(LOCKS)/dev.txt

# The locks serve every platform and name no host: whoever installs chooses where the files come from.
COMPILE := --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mailhub needs Python 3.11 or newer; name one, for example: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python's venv module does not work here; on Debian and Ubuntu it is the package python3-venv." >&2; exit 1; }

$(VENV)/.product: $(LOCKS)/product.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV), once ..." >&2
	@$(INSTALL_LOCKED) $(LOCKS)/product.txt
	@$(INSTALL_PROJECT)
	@touch $@

$(VENV)/.dev: $(LOCKS)/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies and the tools of the tests into $(VENV), once ..." >&2
	@$(INSTALL_LOCKED) $(LOCKS)/dev.txt
	@$(INSTALL_PROJECT)
	@touch $@ $(VENV)/.product
