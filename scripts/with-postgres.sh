#!/usr/bin/env bash
# Runs a command with GUANXI_TEST_POSTGRES naming a PostgreSQL server: the one that variable names
# already, or a throw-away one that ends with the command.
#
#   scripts/with-postgres.sh [--durable] COMMAND [ARGUMENT...]
#
# Without --durable the throw-away server does not sync to disk (fsync=off): right for tests, which
# kill our own processes but never the database's machine; wrong for measuring speed.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Tests that let transactions lock each other on purpose need not wait a second for PostgreSQL to see it.
settings=(-c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c deadlock_timeout=100ms)
if [ "${1:-}" = --durable ]; then
  shift
  settings=(-c max_connections=100 -c shared_buffers=1GB -c max_wal_size=4GB)
fi
[ $# -gt 0 ] || die "usage: scripts/with-postgres.sh [--durable] COMMAND [ARGUMENT...]"
if [ -n "${GUANXI_TEST_POSTGRES:-}" ]; then exec "$@"; fi
need_postgres

bin=$(postgres_bin_folder)
cluster=$(mktemp -d "${TMPDIR:-/tmp}/guanxi-postgres.XXXXXX")
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
  # PostgreSQL refuses to run as root: give the cluster to an account that owns nothing of value.
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$cluster"
  as_owner=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups --)
  command -v setpriv >/dev/null 2>&1 || as_owner=(runuser -u "$owner" --)
fi

control() { (cd "$cluster" && "${as_owner[@]}" "$bin/pg_ctl" --pgdata "$cluster/data" "$@"); }

command_process=
finish() {
  trap - EXIT INT TERM HUP
  if [ -n "$command_process" ]; then kill -TERM "$command_process" 2>/dev/null || true; fi
  control stop --mode immediate --silent >/dev/null 2>&1 || true
  rm -rf "$cluster"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(
  umask 077
  printf '%s\n' "$password" >"$cluster/password"
)
if [ ${#as_owner[@]} -gt 0 ]; then chown "$owner" "$cluster/password"; fi
(cd "$cluster" && "${as_owner[@]}" "$bin/initdb" --pgdata "$cluster/data" --username guanxi \
  --pwfile "$cluster/password" --auth password --encoding UTF8 --locale C --no-sync \
  >"$cluster/initdb.log" 2>&1) || {
  cat "$cluster/initdb.log" >&2
  die "PostgreSQL's initdb failed (the reason is above)"
}

started=
for _ in 1 2 3 4 5; do
  port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
  if control start --wait --timeout 60 --silent --log "$cluster/server.log" \
    --options "-h 127.0.0.1 -p $port -k $cluster ${settings[*]}" >/dev/null 2>&1; then
    started=yes
    break
  fi
done
if [ -z "$started" ]; then
  tail -n 20 "$cluster/server.log" >&2
  die "PostgreSQL does not start (the reason is above)"
fi

export GUANXI_TEST_POSTGRES="postgres://guanxi:$password@127.0.0.1:$port/postgres"
# In the background and waited for, so that a signal reaches the trap at once.
"$@" <&0 &
command_process=$!
status=0
wait "$command_process" || status=$?
command_process=
exit "$status"
