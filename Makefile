# One verb per job. On a fresh Debian 12 only Swift and make have to be there;
# .ci/install brings the rest with apt, or says what to install where there is no apt.
.DEFAULT_GOAL := help
.PHONY: help run build test test-swift test-python bench lint format proto clean

VENV := .build/venv
PYTHON := $(VENV)/bin/python

# Suites that compute for a long time. On two cores they would keep the clocks of all others from ticking.
LONG_SUITES := ModelTests|RouteSimulationTests|RoutingTests|PayoutSnapshotTests|PayoutRecordTests|RiskEvaluationTests

# Suites in which clocks, real ones or of the hand, run against a peer or the ledger: they need the threads that others keep busy.
TIMED_SUITES := DrainTests|Callback|ConversationTests|CutOffTests|Webhook

# Every Swift file that a person wrote.
SWIFT_FILES := git ls-files -co --exclude-standard -z -- '*.swift' ':!*.pb.swift'

help: ## say what there is to make
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: build ## build, then show the main job and keep serving (ARGS=--once ends after it)
	.build/release/settle demo $(ARGS)

build: ## the release binary, .build/release/settle
	@.ci/install build
	swift build -c release --product settle

test: test-swift test-python ## build and pass every test

test-swift:
	@.ci/install build tests
	swift build --build-tests
	swift test --skip-build --skip '$(LONG_SUITES)|$(TIMED_SUITES)'
	swift test --skip-build --filter '$(LONG_SUITES)'
	swift test --skip-build --filter '$(TIMED_SUITES)'

# Against the binaries of the debug build: the client, the whole program, gRPC interoperability.
test-python: $(VENV)/.ready
	@.ci/install build tests
	swift build
	export SETTLE_BIN_DIR="$$(swift build --show-bin-path)"; \
	export SETTLE_BIN="$$SETTLE_BIN_DIR/settle"; \
	set -e; for suite in clients/python Tests/EndToEnd Tests/Interop; do \
	  echo "pytest $$suite"; $(PYTHON) -m pytest -q $$suite; \
	done

bench: build ## the figures of the README, as ratios to nghttpd
	@.ci/install bench
	Benchmarks/run.sh $(ARGS)

lint: $(VENV)/.ready ## formatting, layering, generated code is fresh
	@.ci/install build
	@.ci/lint

format: ## swift-format and ruff over everything written by hand
	@.ci/install build
	$(SWIFT_FILES) | xargs -0 swift format format --in-place --parallel
	@if [ -x $(VENV)/bin/ruff ]; then $(VENV)/bin/ruff format -q .; fi

proto: $(VENV)/.ready ## generate the Swift and Python messages from proto/ again
	@.ci/install build proto
	proto/generate.sh
	$(PYTHON) clients/python/generate.py

clean: ## remove everything that was built
	rm -rf .build

# The Python client with its test and lint tools.
$(VENV)/.ready: clients/python/pyproject.toml
	@.ci/install tests
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install -q --disable-pip-version-check -e 'clients/python[test,lint]'
	@touch $@
