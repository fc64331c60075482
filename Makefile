# Guanxi's commands. Each one installs or builds what is missing and works from a clean clone,
# without a terminal; what it cannot do without, it says in one line. The work is in scripts/.

.DEFAULT_GOAL := help
.PHONY: help run dev test security lint fmt bench bench-matching web

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build everything and start Guanxi with the demo company on http://127.0.0.1:8480
	@scripts/run.sh

dev: ## Start the server (debug build) and the web app with hot reload
	@scripts/dev.sh

test: ## Run every test: Rust on both stores, web, browser
	@scripts/test.sh

security: ## Attack a demo company of its own with schemathesis and wapiti (minutes)
	@scripts/security.sh

lint: ## Check format, lints, layers, house rules, advisories and types
	@scripts/lint.sh

fmt: ## Format Rust and TypeScript
	@scripts/fmt.sh

bench: ## Measure speed against the raw databases (release build; minutes)
	@scripts/bench.sh

bench-matching: ## Measure how well and how fast duplicates are found
	@scripts/bench-matching.sh

web: ## Build the web app if it is older than its sources
	@scripts/build-web.sh
