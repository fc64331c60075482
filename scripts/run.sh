#!/usr/bin/env bash
# make run: builds what is missing and starts Guanxi with the demo company.
# DATA and LISTEN change where the data lies and what address it listens on.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

data=${DATA:-./data}
listen=${LISTEN:-127.0.0.1:8480}

need_rust
scripts/build-web.sh
say "building the server (the first time takes some minutes)"
cargo build --release --locked --package guanxi-server --bin guanxi ||
  die "the server does not build (the reason is above)"
say "Guanxi: http://$listen (data in $data; Ctrl-C stops it)"
exec "${CARGO_TARGET_DIR:-target}/release/guanxi" serve --demo --data "$data" --listen "$listen"
