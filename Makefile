# Long steps print what they do and how long they took (scripts/step).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

STEP := @scripts/step
PACKAGES := target/package

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: check
check: check-code check-terraform ## Everything that needs no stack: format, lints, docs, dependencies, Terraform, unit tests

.PHONY: check-code
check-code:
	$(STEP) "tools" scripts/tools
	$(STEP) "lock file" scripts/lock-check
	$(STEP) "format" cargo fmt --all --check
	$(STEP) "shell scripts" scripts/lint-shell
	$(STEP) "deploy script" scripts/tests/deploy
	$(STEP) "deploying principal" python3 scripts/deployer-policy.py check
	$(STEP) "a test for each statement of a role" scripts/iam-removal check
	$(STEP) "search for canaries, the check itself" scripts/tests/canaries
	$(STEP) "published API" scripts/api-check
	$(STEP) "layers" scripts/layers
	$(STEP) "circles of modules" scripts/module-circles
	$(STEP) "circles of modules, the check itself" scripts/tests/module-circles
	$(STEP) "order of creation, the check itself" scripts/tests/pipe-order
	$(STEP) "dependencies" scripts/deny
	$(STEP) "hosted workflows" scripts/workflows
	$(STEP) "hosted workflows, the check itself" scripts/tests/workflows
	$(STEP) "threat model" scripts/threat-model check
	$(STEP) "threat model, the check itself" scripts/tests/threat-model
	$(STEP) "scale: limits and simulation" scripts/simulate check
	$(STEP) "clippy" cargo clippy --workspace --all-targets -- -D warnings
	$(STEP) "clippy, suite" cargo clippy --workspace --test suite -- -D warnings
	$(STEP) "docs" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	$(STEP) "unit tests" scripts/unit-tests
	$(STEP) "packaging a processor" scripts/tests/package
	$(STEP) "processors in other repositories" scripts/examples

.PHONY: check-terraform
check-terraform:
	$(STEP) "terraform" scripts/terraform-check
	$(STEP) "examples of the module, with Terraform alone" scripts/terraform-examples

.PHONY: test
test: check-code witness-quick ## make check, the quick witnesses, and the end-to-end suite on a local cloud of its own
	@BESIDE="make --no-print-directory check-terraform" scripts/e2e

.PHONY: witness
witness: ## Check with independent witnesses what we assume about AWS (ARGS=NAME: one of tests/witness)
	@scripts/witness $(ARGS)

.PHONY: witness-quick
witness-quick:
	@scripts/witness quick

.PHONY: run
run: ## Start the local cloud, send real webhooks, show where they went (ARGS=--once: stop afterwards)
	@scripts/run $(ARGS)

.PHONY: stop
stop: ## Stop the local cloud of make run
	@scripts/local-down .local/run

.PHONY: package
package: ## Build the functions into target/package/*.zip (ARCH=x86_64 or arm64)
	$(STEP) "package" scripts/package

.PHONY: release
release: ## Build a release from the last commit, twice, for both architectures: target/releases (docs/packages.md)
	@scripts/release $(ARGS)

.PHONY: e2e
e2e: ## The end-to-end suite on a new local cloud, which is always torn down
	@scripts/e2e

.PHONY: iam-removal
iam-removal: ## Take each statement of each role away in turn: a test must fail (ARGS="sweep read/LookAtQueues": some; hours)
	@REMOVAL="$(or $(ARGS),all)" scripts/e2e

.PHONY: chaos
chaos: ## Faults, kills and freezes on a local cloud of its own: nothing may be lost (ARGS="--seed 7 --seconds 600")
	@scripts/chaos $(ARGS)

.PHONY: load
load: ## As many deliveries as a local cloud of its own carries: nothing may be lost (ARGS="--seconds 60 --providers 64")
	@scripts/chaos --load $(ARGS)

.PHONY: e2e-aws
e2e-aws: ## The same suite against a real account (STACK_JSON=path of a stack.json)
	@scripts/e2e-aws "$(STACK_JSON)"

.PHONY: deploy
deploy: ## Package and apply to AWS (VARS=path of a .tfvars file; asks before it changes anything; see docs/deploy.md)
	@scripts/deploy "$(VARS)"

.PHONY: destroy
destroy: ## Destroy the stack on AWS that make deploy made (VARS=the same file; asks)
	@scripts/deploy "$(VARS)" destroy

# Built together: one package alone has other features, so Cargo would compile the SDK again for each.
BENCH := target/release

.PHONY: bench-build
bench-build:
	$(STEP) "package" scripts/package
	$(STEP) "bench, build" cargo build --release -p bench -p coatcheck

.PHONY: bench
bench: bench-build ## Measure the functions through the Lambda Runtime API (ARGS=--quick; docs/performance.md)
	$(STEP) "bench, verification" cargo bench -q -p coatcheck-signature --bench verify
	$(STEP) "bench, client certificates" cargo bench -q -p authorizer --bench ruling
	$(STEP) "bench, command line" $(BENCH)/bench-ls
	$(STEP) "bench, console" $(BENCH)/bench-console
	$(STEP) "bench, functions" $(BENCH)/bench run $(ARGS)

.PHONY: bench-memory
bench-memory: bench-build ## What each memory setting of the functions costs, from their measured processor time
	$(STEP) "bench, memory" $(BENCH)/bench memory $(ARGS)

.PHONY: bench-check
bench-check: bench-build ## Compare the functions' instructions with tools/bench/baseline.json; needs valgrind (ARGS=--record: write it)
	$(STEP) "bench, instructions" $(BENCH)/bench check $(ARGS)

.PHONY: simulate
simulate: ## Simulate bursts and slow processors, and write the tables and charts of docs/scale.md
	$(STEP) "simulation" scripts/simulate

.PHONY: fuzz
fuzz: ## Fuzz what reads foreign bytes (ARGS="300 gateway": seconds for each target instead of 60, and which)
	@scripts/fuzz $(ARGS)

.PHONY: model
model: ## Random scripts against the write path, ten times as many (COATCHECK_MODEL_SEED=..., COATCHECK_MODEL_CASES=...)
	@scripts/model

.PHONY: mutants
mutants: ## Which small changes of the code no test notices: hours (ARGS=intake: one crate); target/mutants
	@scripts/mutants $(ARGS)

.PHONY: fmt
fmt: ## Format Rust and Terraform
	cargo fmt --all
	terraform fmt -recursive terraform

.PHONY: clean-local
clean-local: ## Stop every local cloud of this clone and delete its files
	@scripts/clean-local
