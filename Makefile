# The front door. Everything else is behind it: npm scripts, the control plane in test/controlplane, the demo in test/demo.
.PHONY: help demo demo-up test check build generate format bench clients gitops second-aws browser mutants e2e clean
.DEFAULT_GOAL := help

installed := node_modules/.installed
run := npm run --silent
# Other people's software: each command installs what it needs, once.
on-demand := $(run) controlplane && $(run) on-demand --

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: build ## Watch the operator work on a real control plane and a simulated AWS; exits 0 only if every step was verified
	@$(run) demo

demo-up: build ## The same environment, left running for you to try things
	@$(run) demo -- --up

test: $(installed) check build ## Types, lint, format, unit and integration tests
	$(run) controlplane
	$(run) test

check: $(installed) ## Types, lint, unused code, format, generated files
	$(run) check

build: dist/operator.mjs ## dist/operator.mjs, which runs with nothing beside it

generate: $(installed) ## Types, reference pages, the chart's generated parts and install.yaml, from crds/
	$(run) generate

format: $(installed) ## Format everything
	$(run) format

bench: build ## Times and memory at scale, as ratios (minutes)
	$(run) bench

clients: $(installed) ## The AWS CLI, boto3, restic, pgBackRest and others with the roles of BucketAccesses; needs Go, Python and PostgreSQL
	@$(on-demand) clients

gitops: build ## Argo CD and Flux with the chart and the examples; needs Go and redis
	@$(on-demand) gitops

second-aws: build ## The operator on LocalStack; needs Python
	@$(on-demand) second-aws

browser: $(installed) ## Uploads from a page in Chromium; needs Chromium
	@$(on-demand) browser

mutants: $(installed) ## How many changes of the code the tests notice
	@$(run) mutants

e2e: $(installed) ## The image, the chart and the quick start in a kind cluster; needs Docker, kind, kubectl and Helm
	@npx --no-install node test/e2e/main.ts

clean: ## Remove what was built and installed here (the control plane's cache stays: see docs/development.md)
	rm -rf dist node_modules .demo

# The versions and hashes of the lock file, Node 24 among them. Not npm ci, which refuses a lock file from a registry that lacks
# other platforms' optional packages.
$(installed): package-lock.json package.json
	@echo "Installing what package-lock.json names ..."
	@npm install --no-save --no-fund --no-audit --loglevel=error
	@touch $@

dist/operator.mjs: $(installed) $(shell find operator -name '*.ts') rolldown.config.ts
	@echo "Building $@ ..."
	@$(run) build > /dev/null
	@touch $@
