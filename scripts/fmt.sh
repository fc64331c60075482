#!/usr/bin/env bash
# make fmt: formats everything that has a formatter.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_rust
cargo fmt --all
for folder in web e2e; do
  [ -e "$folder/package.json" ] || continue
  npm_install "$folder"
  (cd "$folder" && npx --no-install biome check --write .)
done
