#!/usr/bin/env bash
# Finding: A delivery report loses its recipients in Python's own reader, and the bounce detector misses some and invents others.
# Expected: get_content() gives the whole report; a failure is found whatever the address type; a client's mail is no bounce.
# Happens: get_content() of message/delivery-status gives the lines about the server only, get_payload() the recipients too. flufl.bounce
#   finds nothing where the address type is utf-8 (RFC 6533, what a server with SMTPUTF8 sends for an accented address), and takes a mail
#   in which a client quotes a failure it received for the failure of the address quoted, whoever wrote it and without looking
#   at Auto-Submitted.
# Versions: flufl.bounce 6.0.0 (PyPI), Python 3.11 (standard library)
# Seen: 2026-11-27
# Matters: A survey that bounced must be failed, and a complaint must not vanish as a bounce. Recipients are read from get_payload() of the
#   report's own part, with rfc822 and utf-8 types; text of a mail that is no report decides nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check flufl.bounce==6.0.0 atpublic==9.0.0

cat > "$work/reports.py" <<'PY'
import email
import email.policy
import importlib.metadata

from flufl.bounce import all_failures

REPORT = """From: MAILER-DAEMON@example.com
To: bounces@example.com
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Not delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: {}
Action: failed
Status: 5.1.1

--b--
"""
CLIENT = """From: client@example.org
To: service@example.com
Subject: Votre adresse ne marche pas
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, voici ce que je recois quand je vous ecris :

   ----- The following addresses had permanent fatal errors -----
<manager@example.com>

Rappelez-moi.
"""
print("flufl.bounce", importlib.metadata.version("flufl.bounce"))
for kind in ("rfc822; client@example.org", "utf-8; \u00e9lise@example.org"):
    mail = email.message_from_bytes(REPORT.format(kind).encode(), policy=email.policy.default)
    part = next(part for part in mail.walk() if part.get_content_type() == "message/delivery-status")
    print("get_content has the recipient", b"Final-Recipient" in part.get_content(),
          "| get_payload has it", any("Final-Recipient" in group for group in part.get_payload()))
    print("flufl,", kind.split(";")[0] + ":", *(sorted(found) for found in all_failures(mail)))
print("flufl, a client's mail:", *(sorted(found) for found in all_failures(email.message_from_string(CLIENT))))
PY
"$work/venv/bin/python" "$work/reports.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: reports are no longer read as described above" >&2; exit 1; }
flufl.bounce 6.0.0
get_content has the recipient False | get_payload has it True
flufl, rfc822: [] [b'client@example.org']
get_content has the recipient False | get_payload has it True
flufl, utf-8: [] []
flufl, a client's mail: [] [b'manager@example.com']
SEEN
