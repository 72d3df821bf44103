#!/usr/bin/env bash
# Finding: dkimpy signs List-Unsubscribe but leaves List-Unsubscribe-Post out, so one-click unsubscribing does not count for the receiver.
# Expected: sign() with its defaults covers both: RFC 8058 wants a valid signature over both header fields before a provider posts anything.
# Happens: The default list is that of RFC 6376, older than the field: h= has list-unsubscribe, not list-unsubscribe-post. Such a signature stays
#   valid whatever becomes of that field. Nothing is said of it; the field is added to `should_sign`.
#   nodemailer had the same list, and signs both since one of its latest versions.
# Versions: dkimpy 1.1.8 (PyPI), nodemailer 10.6.1 (npm)
# Seen: 2026-11-28
# Matters: A survey to many clients has the header for the large providers' sake, and without the signature over it they need not offer it.
#   Whoever signs their own mail names the fields to sign, and a test reads h= of a mail that was sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check dkimpy==1.1.8 dnspython==2.9.2 cryptography==50.0.2 cffi==2.1.1
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" nodemailer@10.6.1

cat > "$work/sign.py" <<'PY'
import importlib.metadata
import re
import sys

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
with open(f"{sys.argv[1]}/key.pem", "wb") as file:
    file.write(key)
MAIL = (b"From: survey@example.com\r\nTo: client@example.com\r\nSubject: Survey\r\n"
        b"List-Unsubscribe: <https://example.com/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nText\r\n")


def signed(signature):
    fields = re.search(rb"[\s;]h=([^;]+)", signature)[1].decode().lower()
    return [name for name in re.split(r"[\s:]+", fields) if name.startswith("list-")]


print("dkimpy", importlib.metadata.version("dkimpy"))
print("default", signed(dkim.sign(MAIL, b"mail", b"example.com", key)))
signer = dkim.DKIM(MAIL)
signer.should_sign.add(b"list-unsubscribe-post")
print("added", signed(signer.sign(b"mail", b"example.com", key)))
PY
cat > "$work/sign.js" <<'JS'
const fs = require('fs')
const nodemailer = require('nodemailer')
const main = async () => {
  console.log('nodemailer', JSON.parse(fs.readFileSync('node_modules/nodemailer/package.json')).version)
  const sender = nodemailer.createTransport({ streamTransport: true, buffer: true,
    dkim: { domainName: 'example.com', keySelector: 'mail', privateKey: fs.readFileSync('key.pem', 'utf8') } })
  const sent = await sender.sendMail({ from: 'survey@example.com', to: 'client@example.com', subject: 'Survey', text: 'Text',
    headers: { 'List-Unsubscribe': '<https://example.com/u/1>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } })
  const fields = /[\s;]h=([^;]+)/.exec(sent.message.toString())[1].toLowerCase()
  console.log('default', fields.split(/[\s:]+/).filter((name) => name.startsWith('list-')).join(', '))
}
main()
JS
"$work/venv/bin/python" "$work/sign.py" "$work" | tee "$work/seen"
(cd "$work" && timeout 60 node sign.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer sign as described above" >&2; exit 1; }
dkimpy 1.1.8
default ['list-unsubscribe']
added ['list-unsubscribe', 'list-unsubscribe-post']
nodemailer 10.6.1
default list-unsubscribe, list-unsubscribe-post
SEEN
