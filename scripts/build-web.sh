#!/usr/bin/env bash
# Builds web/dist, which the server embeds, if it is missing or older than what it is made from.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

built=web/dist/index.html
sources=(web/src web/public web/scripts web/index.html web/package.json web/package-lock.json web/vite.config.ts web/tsconfig.json)
for folder in apps/*/web; do sources+=("$folder"); done

is_stale() {
  [ -e "$built" ] || return 0
  local source
  for source in "${sources[@]}"; do
    if [ -e "$source" ] && [ -n "$(find "$source" -newer "$built" -print -quit)" ]; then return 0; fi
  done
  return 1
}

is_stale || exit 0
npm_install web
say "building the web app"
(cd web && npm run --silent build >&2) || die "the web app does not build (the reason is above)"
touch "$built"
