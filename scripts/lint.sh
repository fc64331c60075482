#!/usr/bin/env bash
# make lint: everything that can be said about the code without running it. Quick checks first.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check_typescript() {
  local folder=$1
  npm_install "$folder"
  (cd "$folder" && npx --no-install biome check . && npm run --silent typecheck)
}

check_client() {
  npm_install web/codegen
  (cd web && node codegen/generate.mjs --check)
}

lint_rust() {
  # The server embeds web/dist, so that it must exist before the server can be checked.
  if [ -e web/package.json ]; then attempt "web app" scripts/build-web.sh; fi
  if lints_while_compiling; then
    attempt "Rust, compiled with lints" cargo build --workspace --all-targets --locked
  else
    attempt "clippy" cargo clippy --workspace --all-targets --locked -- --deny warnings
  fi
}

need_rust
attempt "format" cargo fmt --all --check
if lints_while_compiling; then lint_rust; fi
attempt "layers" xtask layers
attempt "tidy" xtask tidy
attempt "advisories" xtask audit
for folder in web e2e; do
  if [ -e "$folder/package.json" ]; then attempt "$folder: biome and types" check_typescript "$folder"; fi
done
if [ -e web/package.json ]; then attempt "web: client as generated" check_client; fi
if ! lints_while_compiling; then lint_rust; fi

finish_attempts
say "nothing to complain about"
