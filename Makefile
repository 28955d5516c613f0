# What one does with a checkout. `make` alone lists it. Everything works in several clones at once, and without
# a network from the second time on.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-long lint format clean

NPM_STAMP := node_modules/.installed
JEST := node_modules/.bin/jest

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: build ## install and build, start nothing; without Java and Maven all but the local Kafka and registry
	@node dist/services/platform/stack/install.js

build: $(NPM_STAMP) ## compile to dist/
	@mkdir -p dist
	@find services test -name '*.ts' | LC_ALL=C sort > dist/.sources.new
	@cmp -s dist/.sources.new dist/.sources || rm -rf dist/services dist/test dist/.tsbuildinfo
	@node_modules/.bin/tsc -p tsconfig.json
	@mv dist/.sources.new dist/.sources

$(NPM_STAMP): package-lock.json
	@/bin/sh deploy/local/requirements.sh node > /dev/null || { /bin/sh deploy/local/requirements.sh node java maven; exit 1; }
	npm ci --prefer-offline --no-audit --no-fund
	@ln -sf ../../bin/keyhole.js node_modules/.bin/keyhole
	@touch $(NPM_STAMP)

demo: setup ## the main job on a real stack: hidden offenders stream through and are found; DEMO_SECONDS=N ends it
	@node bin/keyhole.js demo $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

test: setup lint ## what every change must pass: lint, types, unit and integration tests, on real parts
	@$(JEST) --runInBand --selectProjects unit integration

test-long: setup ## the long group: faults, long properties, volume
	@$(JEST) --runInBand --selectProjects long

lint: $(NPM_STAMP) ## formatting and lint rules
	@node_modules/.bin/biome check --error-on-warnings .

format: $(NPM_STAMP) ## format, and mend what lint can mend
	@node_modules/.bin/biome check --write .

clean: ## remove what was built (not what was installed, and no data)
	@rm -rf dist .build
