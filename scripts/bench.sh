#!/usr/bin/env bash
# make bench: measures the release build against the raw databases, on SQLite and on PostgreSQL. Arguments go to the
# benchmark: ARGS="--store sqlite --sizes 100000" make bench (bench/src/main.rs lists them).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_rust
need_postgres
[ ! -e web/package.json ] || scripts/build-web.sh
cargo build --release --locked --package guanxi-server --package guanxi-bench
bench=${CARGO_TARGET_DIR:-target}/release/guanxi-bench
case " ${ARGS:-} $* " in
  *" --store "*) stores=("") ;;
  *) stores=("--store sqlite" "--store postgres") ;;
esac
for store in "${stores[@]}"; do
  # shellcheck disable=SC2086 # each holds several arguments
  scripts/with-postgres.sh --durable "$bench" $store ${ARGS:-} "$@"
done
