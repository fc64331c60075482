#!/usr/bin/env bash
# tls.sh HOST:PORT REPORT: what the built-in listener speaks. Old versions and weak ciphers must be refused, those of today
# taken; then testssl.sh looks for known weaknesses, of which those from MEDIUM on fail but for what a certificate made for
# the test cannot have (an authority behind it, a place to ask whether it was revoked).
set -euo pipefail
place=$1 report=$2
failed=

# speaks ARGUMENT...: whether a handshake comes about. Security level 0, or the client would not even ask.
speaks() { openssl s_client -connect "$place" -servername localhost "$@" </dev/null >/dev/null 2>&1; }
must() { speaks "$@" || { echo "refused, and should not be: $*" >&2; failed=yes; }; }
must_not() { if speaks "$@"; then echo "taken, and should not be: $*" >&2; failed=yes; fi; }

must -tls1_3
must -tls1_2
must_not -tls1_1 -cipher ALL:@SECLEVEL=0
must_not -tls1 -cipher ALL:@SECLEVEL=0
for cipher in NULL EXPORT LOW RC4 3DES MD5 aNULL PSK SRP kRSA CBC DHE CAMELLIA ARIA; do
  must_not -tls1_2 -cipher "$cipher:@SECLEVEL=0"
done
for cipher in ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305; do
  must -tls1_2 -cipher "$cipher"
done

rm -f "$report"
testssl --quiet --color 0 --warnings off --ip one --protocols --server-defaults --server-preference --fs --vulnerable --jsonfile "$report" "$place" \
  >"${report%.json}.log" 2>&1 || true
python3 - "$report" <<'PYTHON' || failed=yes
import json, sys
# Of a certificate that signs itself, on a name that is only this machine's.
OF_THE_TEST = {"cert_trust", "cert_chain_of_trust", "cert_revocation", "cert_ocspURL", "cert_crlDistributionPoints", "cert_caIssuers",
               "cert_subjectAltName", "DNS_CAArecord", "cert_extlifeSpan", "cert_validityPeriod", "cert_expirationStatus"}
# Every cipher taken is a good one, so the client's order is heeded. Compressed answers tell a secret only where they repeat what an
# attacker chose beside it, in a request that carries the cookie: ours is SameSite=Strict, and nothing is repeated.
WEIGHED = {"cipher_order", "BREACH"}
found = json.load(open(sys.argv[1]))
if not any(it["id"] == "TLS1_3" for it in found):
    sys.exit("testssl.sh did not get as far as the protocols")
bad = [it for it in found if it["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL") and it["id"].split(" ")[0] not in OF_THE_TEST | WEIGHED]
for it in bad:
    print(f'{it["severity"]} {it["id"]}: {it["finding"]}', file=sys.stderr)
sys.exit(1 if bad else 0)
PYTHON
[ -z "$failed" ]
