#!/usr/bin/env bash
# make test: every test there is. One cargo profile (dev, dependencies at opt-level 1) serves the Rust
# tests and the binary that the browser tests drive, so that nothing is compiled twice.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

logs=${CARGO_TARGET_DIR:-target}/test-logs
mkdir -p "$logs"
rm -f "$logs"/*.log

# keep_log NAME COMMAND...: run it, its output both shown and kept for the summary at the end.
keep_log() {
  local name=$1
  shift
  "$@" 2>&1 | tee "$logs/$name.log"
}

run_rust_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    keep_log rust scripts/with-postgres.sh cargo nextest run --workspace --locked
  else
    keep_log rust scripts/with-postgres.sh cargo test --workspace --locked --lib --bins --tests
  fi
}

run_doc_tests() { keep_log doc cargo test --workspace --locked --doc --quiet; }

run_web_tests() { (cd web && keep_log_from_web npm run --silent test); }
keep_log_from_web() { "$@" 2>&1 | tee "$repository_root/$logs/web.log"; }

build_binary() {
  # --tests selects the features that the Rust tests were built with: only the binary is left to link.
  cargo build --workspace --locked --bins --tests
}

run_browser_tests() {
  (cd e2e && npx --no-install playwright test 2>&1 | tee "$repository_root/$logs/browser.log")
}

# The runners' own closing lines, once more, together.
show_summaries() {
  say ""
  say "=== summary"
  local name
  for name in rust doc web browser; do
    [ -e "$logs/$name.log" ] || continue
    sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.log" |
      grep -E '^ *(Summary \[|test result:|Test Files |Tests  |[0-9]+ (passed|failed|flaky|skipped|did not run))' |
      sed "s/^ */$name: /" || say "$name: no summary (the runner ended before it had one)"
  done
}

need_rust
need_postgres
if ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest (compiles for some minutes)"
  cargo install cargo-nextest --locked --quiet ||
    say "guanxi: cargo-nextest could not be installed, running 'cargo test' instead"
fi
if [ -e web/package.json ]; then
  npm_install web
  stage "web app" scripts/build-web.sh
fi

attempt "Rust tests" run_rust_tests
attempt "doc tests" run_doc_tests
if [ -e web/package.json ]; then attempt "web tests" run_web_tests; fi
if [ -e e2e/package.json ]; then
  need_chromium
  npm_install e2e
  if stage "binary for the browser tests" build_binary; then
    attempt "browser tests" run_browser_tests
  else
    failed_stages+=("binary for the browser tests")
  fi
fi

show_summaries
finish_attempts
say "all tests passed in $SECONDS s"
