# shellcheck shell=bash
# What the scripts share: messages, checks for the tools needed, installing what is missing.
# Sourced, never run. Every function that cannot go on says why in one line and ends the script.

set -euo pipefail

repository_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository_root"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "guanxi: $*"
  exit 1
}

# version_at_least HAVE NEEDED: is the dotted version HAVE not older than NEEDED?
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

need_rust() {
  local needed have
  needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  command -v cargo >/dev/null 2>&1 ||
    die "Rust $needed or newer is needed and there is no cargo in PATH (https://rustup.rs installs it)"
  have=$(rustc --version | awk '{ print $2 }')
  version_at_least "$have" "$needed" ||
    die "Rust $needed or newer is needed, this is Rust $have ('rustup update' brings the current one)"
  need_c_compiler
}

# SQLite and the TLS library are compiled from C, and Rust links with it.
need_c_compiler() {
  command -v "${CC:-cc}" >/dev/null 2>&1 ||
    die "a C compiler is needed and there is no ${CC:-cc} in PATH ('apt-get install build-essential' brings one on Debian)"
}

need_node() {
  local have
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
    die "Node.js 20.19 or newer with npm is needed and is not in PATH (https://nodejs.org)"
  have=$(node --version)
  version_at_least "${have#v}" 20.19 || die "Node.js 20.19 or newer is needed, this is $have"
}

# npm_install FOLDER: install the packages its lock file names, if that has not happened yet.
npm_install() {
  local folder=$1
  need_node
  # npm writes this file at the end of an installation, so an interrupted one is done again.
  local installed=$folder/node_modules/.package-lock.json
  if [ ! -e "$installed" ] || [ "$folder/package-lock.json" -nt "$installed" ]; then
    say "installing the npm packages of $folder/"
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2) ||
      die "npm could not install the packages of $folder/ (the reason is above)"
    touch "$installed"
  fi
}

# apt_install WHAT PACKAGE...: install Debian packages that give WHAT.
apt_install() {
  local what=$1
  shift
  command -v apt-get >/dev/null 2>&1 ||
    die "$what is needed and there is no apt-get here: install it by hand ($*)"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null ||
      die "$what is needed and there are no rights to install it: run 'sudo apt-get install $*'"
    as_root=(sudo -n)
  fi
  say "installing $what: $*"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "apt-get could not install $what (the reason is above)"
  fi
  rm -f "$log"
}

# postgres_bin_folder: print where initdb and pg_ctl are; fail silently when they are nowhere.
# Debian keeps them out of PATH, one folder per major version; the newest wins.
postgres_bin_folder() {
  local folder
  folder=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
    printf '%s\n' "$folder"
  elif command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1; then
    dirname "$(command -v initdb)"
  else
    return 1
  fi
}

need_postgres() {
  [ -n "${GUANXI_TEST_POSTGRES:-}" ] && return
  postgres_bin_folder >/dev/null || apt_install "PostgreSQL (for the tests)" postgresql
  postgres_bin_folder >/dev/null ||
    die "PostgreSQL is needed for the tests: install it, or name a server in GUANXI_TEST_POSTGRES"
}

# want_smtp_peer: a real mail server for the tests of mail. Without it they say that they were skipped.
want_smtp_peer() {
  /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null && return
  (apt_install "a mail server (for the tests)" python3-aiosmtpd) ||
    say "guanxi: WITHOUT A MAIL SERVER THE TESTS OF MAIL ARE SKIPPED"
}

# want_s3_peer: a real store of objects for the tests of files that lie in one. Without it they say that they were skipped.
want_s3_peer() {
  (npm_install testkit/peers/s3) || say "guanxi: WITHOUT A STORE OF OBJECTS THE TESTS OF FILES IN ONE ARE SKIPPED"
}

# want_messages_peer: a push service and an SMS gateway for the tests. Without them they say that they were skipped.
want_messages_peer() {
  (npm_install testkit/peers/messages) || say "guanxi: WITHOUT A PUSH SERVICE THE TESTS OF PUSHES AND TEXT MESSAGES ARE SKIPPED"
}

# want_ldap_peer: a real directory for the tests of signing in by one. Without it they say that they were skipped.
want_ldap_peer() {
  [ -x /usr/sbin/slapd ] && command -v ldapmodify >/dev/null 2>&1 && return
  (apt_install "a directory (OpenLDAP, for the tests)" slapd ldap-utils) ||
    say "guanxi: WITHOUT A DIRECTORY THE TESTS OF SIGNING IN BY ONE ARE SKIPPED"
}

# want_mariadb_peer: a real MariaDB for the tests of imports out of one. Without it they say that they were skipped.
want_mariadb_peer() {
  [ -x /usr/sbin/mariadbd ] && return
  (apt_install "a MariaDB (for the tests)" mariadb-server-core) ||
    say "guanxi: WITHOUT A MARIADB THE TESTS OF IMPORTS OUT OF ONE ARE SKIPPED"
}

# want_caldav_peer: real calendar programs for the tests of CalDAV. Without them they say that they were skipped.
want_caldav_peer() {
  /usr/bin/python3 -c 'import caldav' 2>/dev/null && command -v vdirsyncer >/dev/null 2>&1 && return
  (apt_install "calendar programs (for the tests)" python3-caldav vdirsyncer) ||
    say "guanxi: WITHOUT CALENDAR PROGRAMS THE TESTS OF CALDAV WITH THEM ARE SKIPPED"
}

# need_chromium: make sure of a browser that can draw Chinese; sets CHROMIUM to its path, and CHROMIUM_WHOLE to
# that of one with windows, for what the other lacks.
need_chromium() {
  if [ -z "${CHROMIUM:-}" ]; then
    # Without windows it takes a third less time; where there is no such package the whole browser does as well.
    if ! { command -v chromium-headless-shell && command -v chromium; } >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
      (apt_install "Chromium (for the browser tests)" chromium chromium-headless-shell fonts-noto-cjk) || true
    fi
    if command -v chromium >/dev/null 2>&1; then CHROMIUM=$(command -v chromium-headless-shell || true); fi
  fi
  if [ -z "${CHROMIUM:-}" ]; then
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  fi
  if [ -z "$CHROMIUM" ]; then
    apt_install "Chromium (for the browser tests)" chromium fonts-noto-cjk
    CHROMIUM=$(command -v chromium) || die "Chromium is needed for the browser tests: set CHROMIUM to its path"
  fi
  [ -x "$CHROMIUM" ] || die "CHROMIUM names $CHROMIUM, which is not a program"
  if command -v fc-list >/dev/null 2>&1 && [ -z "$(fc-list :lang=zh family)" ]; then
    apt_install "a Chinese font (for the browser tests)" fonts-noto-cjk
  fi
  CHROMIUM_WHOLE=${CHROMIUM_WHOLE:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || echo "$CHROMIUM")}
  export CHROMIUM CHROMIUM_WHOLE
}

# need_sqlite3: SQLite's shell, by which a browser test puts a job given up into the queue.
need_sqlite3() {
  command -v sqlite3 >/dev/null 2>&1 || apt_install "SQLite's shell (for the browser tests)" sqlite3
}

# lints_while_compiling: does this run compile with Clippy's driver, as the CI's does, so that lints cost no compilation of their own?
lints_while_compiling() { [ -n "${RUSTC_WORKSPACE_WRAPPER:-}" ]; }

# xtask COMMAND: the repository's own checks, by the program that the workspace's build left behind if there was one.
xtask() {
  if lints_while_compiling; then "${CARGO_TARGET_DIR:-target}/debug/guanxi-xtask" "$@"; else cargo xtask "$@"; fi
}

# stage NAME COMMAND...: run it, then tell how long it took, whether it passed or not.
stage() {
  local name=$1 started=$SECONDS status=0
  shift
  say ""
  say "=== $name"
  "$@" || status=$?
  say "=== $name: $((SECONDS - started)) s$([ "$status" -eq 0 ] || printf ', failed')"
  return "$status"
}

# attempt NAME COMMAND...: a stage whose failure is remembered while the other stages still run;
# finish_attempts ends the script with the list of what failed.
failed_stages=()
attempt() { stage "$@" || failed_stages+=("$1"); }

finish_attempts() {
  [ ${#failed_stages[@]} -eq 0 ] || die "failed: $(printf '%s; ' "${failed_stages[@]}" | sed 's/; $//')"
}
