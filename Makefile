# Every task of the project; `make help` lists them. Stamp files keep the second run quick.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# quiet when the command after the label works; one sentence says what to do when it fails
STEP := $(PY) tools/step.py
TESTS ?= tests
BASE ?= http://127.0.0.1:8000

ASSETS := $(shell find core/web/assets -type f 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
COMPILE := $(PY) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help setup run test setup-test lint types words words-check bare bench pages attack walls mutants \
	screenshots house wheel lock faults sbom advisories clean

help: ## list every task
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# --- set-up ---------------------------------------------------------------------------------

setup: $(VENV)/.project core/web/static/.built $(CATALOGUES) ## all that `make run` needs: packages, front end, catalogues

$(VENV)/.made:
	@python=$$(sh tools/find_python) \
		&& "$$python" tools/step.py "Making $(VENV) with $$python ..." "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.packages: requirements.txt | $(VENV)/.made
	@$(STEP) "Installing packages ..." $(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test-packages: requirements-test.txt $(VENV)/.packages
	@$(STEP) "Installing packages for tests ..." $(PIP) install --require-hashes -r requirements-test.txt
	@touch $@

$(VENV)/.project: setup.cfg pyproject.toml $(VENV)/.packages
	@$(STEP) "Installing the portal's commands ..." $(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

core/web/static/.built: tools/build_static.py tools/logical_css.py package-lock.json $(ASSETS) | $(VENV)/.packages
	@$(PY) tools/build_static.py
	@touch $@

%.mo: %.po | $(VENV)/.packages
	@$(PY) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

# --- everyday -------------------------------------------------------------------------------

run: setup ## try it out: pages, worker, database and mailbox (PORT=8000, TMC_DATA_DIR=.data)
	@exec $(PY) -m core demo

$(VENV)/.certified-provider: tests/plugins/staff_sign_in/certified/package-lock.json requirements-node.txt | $(VENV)/.packages
	@$(STEP) "Installing a certified provider for one test ..." $(PY) tools/certified_provider.py
	@touch $@

setup-test: setup $(VENV)/.test-packages $(VENV)/.certified-provider
	@$(PY) -m tools.browser_works

# What Python compiled is kept, whatever the machine says: else each of the processes that tests start, and
# each of the three that collect them, would compile all of it again.
test: setup-test lint types words-check ## lint, types, catalogues and all tests (TESTS=tests/core/force for a part)
	PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 4 --dist loadgroup $(TESTS)

lint: $(VENV)/.test-packages ## style of the code (ruff)
	$(VENV)/bin/ruff check

types: $(VENV)/.test-packages $(VENV)/.project ## types of the code (mypy; strict for core/)
	$(PY) -m mypy

words: $(VENV)/.project ## take new sentences into the catalogues, then say what lacks a translation
	@$(PY) tools/words.py update
	@$(MAKE) --no-print-directory $(CATALOGUES)
	@$(PY) tools/words.py check

words-check: $(VENV)/.project
	$(PY) tools/words.py check

# --- now and then ---------------------------------------------------------------------------

bare: ## both commands on bare machines of three Debians: needs root and debootstrap (SUITE=trixie for one, QUICK=1 for a part)
	@python=$$(sh tools/find_python) && exec "$$python" -m tools.bare $(if $(SUITE),--suite $(SUITE)) $(if $(QUICK),--quick)

bench: setup-test ## measure, each row beside its reference
	$(PY) tests/bench/run.py

pages: setup-test ## look at every page in every way people do, with three programs that judge pages: 5 to 12 minutes, needs java
	@[ -d node_modules/vnu-jar ] || $(PY) tools/build_static.py --judges
	PAGES=all $(PY) -m pytest -q tests/browser/test_every_page.py

attack: setup-test .venv-attack/.installed ## attack a demo of its own with wapiti, sqlmap and a browser: 10 to 25 minutes, this machine only; ROLES=person TOOLS=sqlmap for a part
	$(PY) -m tests.attack.run .venv-attack/bin --roles "$(ROLES)" --tools "$(TOOLS)"

.venv-attack/.installed: requirements-attack.txt | $(VENV)/.made
	@$(PY) -m venv .venv-attack
	@$(STEP) "Installing the tools of the attack into .venv-attack ..." \
		.venv-attack/bin/python -m pip --disable-pip-version-check install --require-hashes -r requirements-attack.txt
	@touch $@

mutants: setup-test ## break the rooms that decide, one small breakage at a time, and name what no test noticed: 20 to 60 minutes (SEED=1, COUNT=200, ROOMS=desk,audit PROCESSES=2)
	$(PY) -m tests.mutants.run --seed "$(or $(SEED),1)" --count "$(or $(COUNT),200)" --rooms "$(ROOMS)" --processes "$(or $(PROCESSES),2)"

walls: setup-test ## take away each wall in turn: the tests must notice
	@if [ -f tests/walls/run.py ]; then exec $(PY) tests/walls/run.py; \
	else echo "tests/walls/run.py is not there yet"; fi

faults: setup-test ## kill processes and let the mail server misbehave: nothing is lost (SCENARIOS="kills" for a part; under 10 minutes)
	$(PY) -m tests.faults.run $(SCENARIOS)

house: setup-test ## print how the code is built: rooms, floors, arrows between them, figures, and four requests followed through it
	@$(PY) tools/house.py --walks

screenshots: setup-test ## make docs/images/*.png from a running demo (BASE=http://127.0.0.1:8000)
	$(PY) tools/screenshots.py $(BASE)

wheel: setup ## build dist/*.whl, with templates, static files, catalogues and forces
	@rm -rf build
	@$(PY) -m build --wheel --no-isolation >/dev/null
	@ls dist/*.whl

lock: $(VENV)/.test-packages ## write the locked requirements anew from setup.cfg and package.json
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra build -o requirements.txt setup.cfg
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra build --extra test \
		-c requirements.txt -o requirements-test.txt setup.cfg
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) -o requirements-node.txt requirements-node.in
	$(PY) tools/build_static.py --lock
	$(PY) tools/certified_provider.py --lock

sbom: $(VENV)/.packages ## list what the portal is made of: dist/sbom.json (CycloneDX)
	@$(PY) -m tools.sbom dist/sbom.json

advisories: $(VENV)/.packages ## known weaknesses in it, and of when that is (ANSWERS=file, SAVE=file)
	@$(PY) -m tools.advisories $(if $(ANSWERS),--answers $(ANSWERS)) $(if $(SAVE),--save $(SAVE))

clean: ## remove everything made here, except .data
	rm -rf $(VENV) .venv-attack .mutants node_modules tests/plugins/staff_sign_in/certified/node_modules core/web/static core/web/static.new build dist \
		*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f translations/*/LC_MESSAGES/*.mo
