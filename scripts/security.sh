#!/usr/bin/env bash
# make security: attacks a demo company of its own over loopback. schemathesis sends what the OpenAPI file allows and what
# it forbids, as three roles; wapiti tries the classic injections on the pages and the API. SECURITY.md says what that
# covers. Before that TLS of the built-in listener is looked at. EXAMPLES (per operation, 25), MINUTES (for each tool and role, 4) and ROLES change how long it looks.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

examples=${EXAMPLES:-25}
seconds=$((${MINUTES:-4} * 60))
roles=${ROLES:-admin sales partner}
password=Guanxi-demo-2026
port=${PORT:-8489}
url=http://127.0.0.1:$port
tools=${CARGO_TARGET_DIR:-target}/security
here=$repository_root/scripts/security

# tool NAME: an environment of Python's with what requirements-NAME.txt names.
tool() {
  local folder=$tools/$1 wanted=$here/requirements-$1.txt
  cmp -s "$wanted" "$folder/requirements.txt" && return
  command -v python3 >/dev/null 2>&1 || apt_install "Python (for the security tests)" python3 python3-venv
  python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "Python's venv (for the security tests)" python3-venv
  say "installing $1"
  rm -rf "$folder"
  python3 -m venv "$folder" && "$folder/bin/pip" --quiet --disable-pip-version-check install -r "$wanted" ||
    die "$1 could not be installed (the reason is above)"
  cp "$wanted" "$folder/requirements.txt"
}

server=
data=$(mktemp -d)
reports=$tools/reports
stop_server() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  server=
}
trap 'stop_server; rm -rf "$data"' EXIT

# start_server NAME [FLAG...]: every attack starts from the same company; NAME is that of the log.
start_server() {
  stop_server
  rm -rf "${data:?}/main"
  local name=$1
  shift
  "${CARGO_TARGET_DIR:-target}/debug/guanxi" serve --demo --data "$data/main" --listen "127.0.0.1:$port" "$@" >"$reports/server-$name.log" 2>&1 &
  server=$!
  local tries=0
  until curl --silent --fail ${curl_flags:-} --output /dev/null "$url/readyz"; do
    kill -0 "$server" 2>/dev/null || die "the server ended at its start: $reports/server-$name.log"
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || die "the server is not ready after a minute"
    sleep 0.1
  done
}

# key_of LOGIN: a new API key of theirs.
key_of() { made_by "$1" /me/api-keys '{"name": "security tests"}' key; }

# scim_token: a new token of an identity system.
scim_token() { made_by admin /scim-tokens '{"name": "security tests", "expires_at": null, "roles": ["member"]}' token; }

# made_by LOGIN PATH BODY KEY: signs in, makes something, answers what stands under KEY.
made_by() {
  python3 - "$url/api/v1" "$1@xinghe.example" "$password" "$2" "$3" "$4" <<'PYTHON'
import http.cookiejar, json, sys, urllib.request
api, email, password, path, body, key = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
def post(path, body, headers={}):
    request = urllib.request.Request(api + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    return json.load(opener.open(request))
token = post("/auth/login", {"email": email, "password": password})["csrf_token"]
print(post(path, json.loads(body), {"X-CSRF-Token": token})[key])
PYTHON
}

# still_there: after the attack the server answers, and what it keeps is whole.
still_there() {
  curl --silent --fail --max-time 2 --output /dev/null "$url/readyz" || { say "the server no longer answers"; return 1; }
  stop_server
  "${CARGO_TARGET_DIR:-target}/debug/guanxi" doctor --data "$data/main" >"$reports/doctor-$1.log" 2>&1 ||
    { say "the doctor finds something: $reports/doctor-$1.log"; return 1; }
  ! grep -E '"level":"ERROR"| ERROR |panicked' "$reports/server-$1.log" >&2 || { say "the server told of errors"; return 1; }
}

run_schemathesis() {
  local role=$1
  start_server "$role"
  local lookup
  lookup=$(key_of admin)
  curl --silent --fail -H "Authorization: Bearer $lookup" "$url/api/v1/openapi.json" >"$data/openapi.json"
  # What would end the caller's own key stays out: nothing else would be tried afterwards.
  GUANXI_API=$url/api/v1 GUANXI_KEY=$(key_of "$role") GUANXI_LOOKUP=$lookup SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$here \
    "$tools/schemathesis/bin/st" run --no-color --url "$url/api/v1" --phases coverage,fuzzing --max-examples "$examples" --max-time "$seconds" \
    --exclude-checks positive_data_acceptance --continue-on-failure --request-timeout 20 --warnings off \
    --report-dir "$reports/schemathesis-$role" --exclude-path /auth/logout --exclude-path "/me/api-keys/{id}" "$data/openapi.json" || return 1
  still_there "$role"
}

# run_scim: the same for the operations of identity systems, with a token that gives one role.
run_scim() {
  start_server scim
  local token
  token=$(scim_token)
  GUANXI_API=$url/api/v1 GUANXI_KEY=$token GUANXI_LOOKUP=$(key_of admin) SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$here \
    "$tools/schemathesis/bin/st" run --no-color --url "$url/scim/v2" --phases coverage,fuzzing --max-examples "$examples" --max-time "$seconds" \
    --exclude-checks positive_data_acceptance,negative_data_rejection --continue-on-failure --request-timeout 20 --warnings off \
    --report-dir "$reports/schemathesis-scim" docs/scim-openapi.json || return 1
  still_there scim
}

# Modules that ask hosts elsewhere (ssrf, xxe, nikto's list, ...) stay out: nothing leaves this machine.
modules=backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,inconsistent_redirection,information_disclosure,ldap,methods,permanentxss,redirect,sql,timesql,upload,xss

run_wapiti() {
  start_server wapiti
  local key
  key=$(key_of sales)
  curl --silent --fail -H "Authorization: Bearer $key" "$url/api/v1/openapi.json" >"$data/openapi.json"
  "$tools/wapiti/bin/wapiti" --url "$url/" --swagger "$data/openapi.json" --scope domain --module "$modules" --header "Authorization: Bearer $key" \
    --max-scan-time "$seconds" --max-attack-time "$((seconds / 8))" --flush-session --store-session "$data/wapiti" --no-bugreport --verbose 0 \
    --format json --output "$reports/wapiti.json" || return 1
  python3 "$here/weigh.py" "$reports/wapiti.json" || return 1
  still_there wapiti
}

# run_tls: the listener with a certificate of its own, which testssl.sh and OpenSSL's client try to talk down.
run_tls() {
  command -v openssl >/dev/null 2>&1 || apt_install "OpenSSL's client (for the security tests)" openssl
  command -v testssl >/dev/null 2>&1 || apt_install "testssl.sh (for the security tests)" testssl.sh
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 300 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$data/tls.key" -out "$data/tls.pem" 2>/dev/null
  url=https://127.0.0.1:$port curl_flags=--insecure start_server tls --tls-certificate "$data/tls.pem" --tls-key "$data/tls.key"
  "$here/tls.sh" "127.0.0.1:$port" "$reports/tls.json" || return 1
  stop_server
}

need_rust
tool schemathesis
tool wapiti
scripts/build-web.sh
# As the tests build it, so that nothing is compiled twice.
cargo build --workspace --locked --bins --tests || die "the server does not build (the reason is above)"
mkdir -p "$reports"
attempt "TLS" run_tls
for role in $roles; do attempt "schemathesis as $role" run_schemathesis "$role"; done
attempt "schemathesis on SCIM" run_scim
attempt "wapiti" run_wapiti
finish_attempts
say "nothing found in $SECONDS s (reports in $reports)"
