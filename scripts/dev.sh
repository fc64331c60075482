#!/usr/bin/env bash
# make dev: the server as a debug build, and the web app with hot reload in front of it.
# Open the address that vite prints. DATA and LISTEN as for scripts/run.sh.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

data=${DATA:-./data}
listen=${LISTEN:-127.0.0.1:8480}

need_rust
npm_install web
# The server embeds web/dist and so cannot be built without it.
[ -e web/dist/index.html ] || scripts/build-web.sh
cargo build --package guanxi-server --bin guanxi || die "the server does not build (the reason is above)"

"${CARGO_TARGET_DIR:-target}/debug/guanxi" serve --demo --data "$data" --listen "$listen" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
# Not exec: the trap above must run when vite ends or Ctrl-C comes.
(cd web && GUANXI_API="http://$listen" npm run --silent dev)
