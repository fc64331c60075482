#!/usr/bin/env bash
# make bench-matching: how well duplicates are found on labelled sets, and what a million persons cost. The sets are looked
# for in ../shared/data; without them only the persons made up are measured, and that is said. Arguments go to the
# benchmark: ARGS="--data FOLDER --persons 100000 --why" make bench-matching (matching/benches/duplicates/main.rs lists them).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_rust
# shellcheck disable=SC2086 # holds several arguments
cargo bench --locked --package guanxi-matching --bench duplicates -- --data "$repository_root/../shared/data" ${ARGS:-} "$@"
