# What a person, the hook and CI run. `make help` lists it.

PYTHON ?= python3
STACK ?= local
BIN := .venv/bin
# Without PORT=: that of the gallery that runs here, else the one in Pulumi.local.yaml.
STACK_AND_PORT = --stack $(STACK) $(if $(PORT),--port $(PORT))
# What the command has said already is no error of make's: 3 is that some photos are not shown,
# 130 is Ctrl-C, which the shell must outlive to say so.
GALLERY = @trap : INT; gallery() { ./gallery "$$@" || { code=$$?; case $$code in 3|130) ;; *) exit $$code;; esac; }; }; gallery

# What stands in somebody's environment for other programs must not reach these.
export PYTHONSAFEPATH :=
export PIP_USER := 0
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help up destroy status test test-deep test-engine check bench site hits captions doctor docs requirements format

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## The gallery on this machine: set up, deploy, leave running (PORT=8480 PHOTOS=folder)
	$(GALLERY) up $(STACK_AND_PORT) $(if $(PHOTOS),--photos "$(PHOTOS)") $(if $(REMOVE_MANY),--remove-many $(REMOVE_MANY))

destroy: ## Take the gallery on this machine away again
	$(GALLERY) destroy $(STACK_AND_PORT)

status: ## What runs on this machine, and where
	@./gallery status || [ $$? = 1 ]

hits: ## Hits and views per day and per photo (STACK=dev: how to ask Google)
	$(GALLERY) hits --stack $(STACK)

captions: ## Write captions in the browser (DIR=folder)
	$(GALLERY) captions $(if $(DIR),"$(DIR)")

doctor: ## What is wrong with a gallery, or in its way, and what to type (STACK=local)
	$(GALLERY) doctor $(STACK_AND_PORT)

test: .venv/development ## A visitor's tests, at most 5 minutes
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not deep and not engine"

test-deep: .venv/development ## The long tests, for CI
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "deep and not engine"

test-engine: .venv/development ## The stack under Pulumi's own engine (needs pulumi on PATH)
	@$(BIN)/python -m pytest -m engine

check: .venv/development ## Lint, types, and generated files are up to date
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m docs.generate --check
	@$(BIN)/python web/check.py

format: .venv/development ## Format, and mend what the linter can
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

bench: .venv/development ## Measure against the baseline (QUICK=1: at most 2 minutes)
	@PYTHONPATH=function $(BIN)/python -m bench $(if $(QUICK),--quick)

site: ## Rebuild site/ from web/ (needs Node)
	@cd web && npm ci --no-fund --no-audit --silent && npm run build --silent

docs: .venv/development ## Write the generated pages of docs/ anew
	@$(BIN)/python -m docs.generate

requirements: ## Pin the dependencies anew (needs uv)
	@for group in program:requirements.txt function:function/requirements.txt development:requirements-dev.txt; do \
	  uv pip compile pyproject.toml --group $${group%%:*} --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --quiet --output-file $${group##*:} >/dev/null || exit 1; done

# One environment in the checkout; a stamp for each set of requirements. Asked each time, for the
# Python that it was made of may be gone.
.PHONY: .venv/program .venv/development
.venv/program: requirements.txt
.venv/development: requirements-dev.txt
.venv/program .venv/development:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Say which one to use: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -I local/install.py $<
