# Typing `make` prints the commands. Needs Debian's make, git and Python 3.11 or newer; nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
CODE := app wechat_handlers models migrations tests .ci

# Install a lock, counting its packages as they come.
define install
set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r $(1) 2>&1 | \
	awk -v all=$$(grep -c '==' $(1)) \
	'/^(Collecting|Requirement already)/ { if (++n % 10 == 0) printf "  %d/%d\n", n, all; fflush(); next } \
	/^Installing/ { print "  正在装入……"; fflush() } /(ERROR|WARNING: Retry)/ { print; fflush() }'
endef

.PHONY: help
help: ## print these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: $(RUNTIME) ## start the service and a stand-in WeChat, and say where to go (YEAR=1: with a whole year in it)
	@exec $(BIN)/python -m tests.standin.demo

.PHONY: test
test: $(DEVELOPMENT) ## run the tests, but for the long ones
	$(BIN)/python -m pytest -n 4 --dist worksteal # two a core: half of the time a test waits

.PHONY: test-long
test-long: $(DEVELOPMENT) ## run the long tests: kill points, loads, fuzzing
	$(BIN)/python -m pytest -n 2 -m long --timeout 1200

.PHONY: check
check: $(DEVELOPMENT) ## check format, lint, types and import contracts
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: audit
audit: $(RUNTIME) ## ask whether known vulnerabilities touch the locked packages
	@$(BIN)/python .ci/audit.py

.PHONY: fix
fix: $(DEVELOPMENT) ## format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: bench
bench: $(DEVELOPMENT) ## print the benchmark table
	$(BIN)/python -m tests.bench

.PHONY: pictures
pictures: $(DEVELOPMENT) ## take the documents' pictures anew where pages have changed (ONLY=, ALL=1, AGAIN=1, SAME=1)
	@$(BIN)/python -m tests.pictures

.PHONY: lock
lock: ## resolve the dependencies anew into the two hashed locks (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--upgrade pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
		--upgrade --group dev -c requirements.lock -o requirements-dev.lock

.PHONY: clean
clean: ## remove the virtual environment and what the demo keeps
	rm -rf $(VENV) .demo .demo-year .demo-pictures

# The demo installs the runtime lock alone; tests add the development lock.
$(RUNTIME): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 或更新的版本，现在是 $$($(PYTHON) --version 2>&1)。(Python 3.11 or newer is needed.)"; exit 1; }
	@test -x $(BIN)/python || { echo "正在准备 Python 环境……"; $(PYTHON) -m venv $(VENV); }
	@echo "正在安装运行所需的程序包（第一次大约一两分钟）……"
	@$(call install,requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	@echo "正在安装开发和测试所需的程序包……"
	@$(call install,requirements-dev.lock)
	@touch $@
