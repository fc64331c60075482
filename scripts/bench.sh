#!/usr/bin/env bash
# make bench: measures the release build against the raw databases. Arguments go to the benchmark
# (ARGS="--help" make bench lists them).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_rust
need_postgres
[ ! -e web/package.json ] || scripts/build-web.sh
# shellcheck disable=SC2086 # ARGS holds several arguments
scripts/with-postgres.sh --durable cargo run --release --locked --package guanxi-bench -- ${ARGS:-} "$@"
