#!/usr/bin/env bash
# Finding: Python writes a long List-Unsubscribe address as encoded words, and the one-click address is lost for who reads it.
# Expected: A header that holds addresses stays readable: folded between addresses, never encoded (RFC 2047 section 5, RFC 2369).
# Happens: With email.policy.SMTP a signed link longer than a line becomes =?utf-8?q?=3Chttps=3A...; mailparser then finds the mailto
#   address and no URL. The old compat32 policy, and a policy with max_line_length=0, leave it whole.
# Versions: Python 3.11 (standard library), mailparser 3.14.2 (npm)
# Seen: 2026-11-27
# Matters: A survey mail carries List-Unsubscribe with a signed link. Odoo 19 mends Message-ID, In-Reply-To and References only: the link is
#   kept short, or the header is left out of folding, and a test reads the bytes that leave.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" mailparser@3.14.2

cat > "$work/write.py" <<'PY'
import email.message
import email.policy
import sys

LINK = "https://charter.example.com/opt-out/" + "0123456789abcdef" * 4
print("Python", ".".join(map(str, sys.version_info[:2])), file=sys.stderr)
for name, policy in (
    ("smtp", email.policy.SMTP),
    ("unfolded", email.policy.SMTP.clone(max_line_length=0)),
    ("compat32", email.policy.compat32.clone(linesep="\r\n")),
):
    mail = email.message.Message(policy) if name == "compat32" else email.message.EmailMessage(policy)
    mail["From"] = "survey@example.com"
    mail["To"] = "client@example.com"
    mail["List-Unsubscribe"] = f"<{LINK}>, <mailto:opt-out@example.com>"
    mail.set_payload("Bonjour")
    with open(f"{sys.argv[1]}/{name}.eml", "wb") as file:
        file.write(mail.as_bytes())
    print(name, "encoded" if b"=?utf-8?" in mail.as_bytes() else "plain")
PY
cat > "$work/read.js" <<'JS'
const { simpleParser } = require('mailparser')
const fs = require('fs')
console.log('mailparser', require('mailparser/package.json').version)
const main = async () => {
  for (const name of ['smtp', 'unfolded', 'compat32']) {
    const found = (await simpleParser(fs.readFileSync(name + '.eml'))).headers.get('list').unsubscribe
    console.log(name, 'url', found.url ? 'found' : 'lost', 'mail', found.mail)
  }
}
main()
JS
python3 "$work/write.py" "$work" | tee "$work/seen"
(cd "$work" && timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the header is no longer written or read as described above" >&2; exit 1; }
smtp encoded
unfolded plain
compat32 plain
mailparser 3.14.2
smtp url lost mail opt-out@example.com
unfolded url found mail opt-out@example.com
compat32 url found mail opt-out@example.com
SEEN
