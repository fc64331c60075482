#!/usr/bin/env bash
# make test: every test there is. One cargo profile (dev, dependencies at opt-level 1) serves the Rust
# tests and the binary that the browser tests drive, so that nothing is compiled twice.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

logs=${CARGO_TARGET_DIR:-target}/test-logs
mkdir -p "$logs"
logs=$(cd "$logs" && pwd)
rm -f "$logs"/*.log

# keep_log NAME COMMAND...: run it, its output both shown and kept for the summary at the end.
keep_log() {
  local name=$1
  shift
  "$@" 2>&1 | tee "$logs/$name.log"
}

run_rust_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    keep_log rust scripts/with-postgres.sh cargo nextest run --workspace --locked ${CI:+--profile ci}
  else
    keep_log rust scripts/with-postgres.sh cargo test --workspace --locked --lib --bins --tests
  fi
}

# The same once more on a PostgreSQL that syncs to disk: what a kill leaves must not depend on the fast settings of tests.
run_durable_tests() {
  keep_log durable scripts/with-postgres.sh --durable cargo test --workspace --locked --test binary crash::postgres
}

run_web_tests() { (cd web && keep_log web npm run --silent test); }

build_binary() {
  # --tests selects the features that the Rust tests were built with: only the binary is left to link.
  cargo build --workspace --locked --bins --tests
}

run_browser_tests() {
  (cd e2e && keep_log browser npx --no-install playwright test)
}

# The runners' own closing lines, once more, together and unchanged.
show_summaries() {
  say ""
  say "=== summary"
  local name
  for name in web browser durable rust; do
    [ -e "$logs/$name.log" ] || continue
    echo "-- $name"
    sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.log" |
      grep -E '^ *(Summary \[|test result:|Test Files |Tests  |[0-9]+ (passed|failed|flaky|skipped|did not run))' ||
      echo "no summary: the runner ended before it had one"
  done
}

# Tests write far more than they keep: into memory, where there is plenty of it.
memory_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || echo 0)
shared_kb=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1 || echo 0)
if [ -w /dev/shm ] && [ "$memory_kb" -gt $((12 * 1024 * 1024)) ] && [ "$shared_kb" -gt $((6 * 1024 * 1024)) ]; then
  TMPDIR=$(mktemp -d /dev/shm/guanxi-test.XXXXXX)
  # PostgreSQL runs as another user, in a folder below this one.
  chmod 711 "$TMPDIR"
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
fi

# Whatever is missing is told, or installed, before the first minute of compiling.
need_rust
need_postgres
want_smtp_peer
want_caldav_peer
want_ldap_peer
want_s3_peer
want_messages_peer
want_mariadb_peer
if [ -e web/package.json ]; then npm_install web; fi
if [ -e e2e/package.json ]; then
  need_chromium
  need_sqlite3
  npm_install e2e
fi
if ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest (compiles for some minutes)"
  env -u RUSTC_WORKSPACE_WRAPPER -u CLIPPY_ARGS cargo install cargo-nextest --locked --quiet ||
    say "guanxi: cargo-nextest could not be installed, running 'cargo test' instead"
fi

# The server embeds web/dist, so that it must exist before the server can be compiled.
if [ -e web/package.json ]; then stage "web app" scripts/build-web.sh; fi
attempt "Rust tests" run_rust_tests
attempt "durability tests" run_durable_tests
if [ -e web/package.json ]; then attempt "web tests" run_web_tests; fi
if [ -e e2e/package.json ]; then
  if stage "binary for the browser tests" build_binary; then
    attempt "browser tests" run_browser_tests
  else
    failed_stages+=("binary for the browser tests")
  fi
fi

show_summaries
finish_attempts
say "all tests passed in $SECONDS s"
