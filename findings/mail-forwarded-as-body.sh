#!/usr/bin/env bash
# Finding: mail-parser puts the text of an attached mail, and the calendar file of an answer, into the body of the mail that carries it.
# Expected: `body` is what the sender wrote, and an attached mail is an attachment, as for Python's own parser and mailparser of npm.
# Happens: The attached mail's text stands in `body` (and in `text_plain`) as if the sender had written it, behind a line "mail_boundary", although
#   the part says "attachment" and is listed as one. The text/calendar part of an answer to an invitation is body as well.
# Versions: mail-parser 4.8.0 (PyPI), mailparser 3.14.2 (npm), Python 3.11
# Seen: 2026-11-28
# Matters: A client forwards a third party's complaint, or "please cancel" of somebody else, and it is stored or acted on as the client's words.
#   Bodies are taken with get_body() of Python, and forwarded mails are kept as files with their own sender and date.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check mail-parser==4.8.0
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" mailparser@3.14.2

cat > "$work/read.py" <<'PY'
"""Writes two mails with Python's own library, and reads them with it and with mail-parser."""
import email
import email.message
import email.policy
import importlib.metadata
import logging
import sys

import mailparser

logging.disable()


def mail(sender, text):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, "support@example.com", "Camera"
    message.set_content(text)
    return message


forward = mail("client@example.com", "See below.\n")
forward.add_attachment(mail("other@example.com", "Please cancel the contract.\n"))
answer = mail("client@example.com", "I come.\n")
answer.add_alternative("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", subtype="calendar", params={"method": "REPLY"})
print("mail-parser", importlib.metadata.version("mail-parser"))
for name, message in (("forward", forward), ("answer", answer)):
    with open(f"{sys.argv[1]}/{name}.eml", "wb") as file:
        file.write(message.as_bytes())
    own = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    print(name, "| Python |", repr(own.get_body(("plain",)).get_content()), [part.get_content_type() for part in own.iter_attachments()])
    read = mailparser.parse_from_bytes(message.as_bytes())
    print(name, "| mail-parser |", repr(read.body), [part["mail_content_type"] for part in read.attachments])
PY
cat > "$work/read.js" <<'JS'
const fs = require('fs')
const { simpleParser } = require('mailparser')
const main = async () => {
  console.log('mailparser', JSON.parse(fs.readFileSync('node_modules/mailparser/package.json')).version)
  for (const name of ['forward', 'answer']) {
    const read = await simpleParser(fs.readFileSync(name + '.eml'))
    console.log(name, '| mailparser |', JSON.stringify(read.text), JSON.stringify(read.attachments.map((part) => part.contentType)))
  }
}
main()
JS
"$work/venv/bin/python" "$work/read.py" "$work" | tee "$work/seen"
(cd "$work" && timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer read as described above" >&2; exit 1; }
mail-parser 4.8.0
forward | Python | 'See below.\r\n' ['message/rfc822']
forward | mail-parser | 'See below.\r\n\n--- mail_boundary ---\nPlease cancel the contract.\r\n' ['message/rfc822']
answer | Python | 'I come.\r\n' []
answer | mail-parser | 'I come.\r\n\n--- mail_boundary ---\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n' []
mailparser 3.14.2
forward | mailparser | "See below.\n" ["message/rfc822"]
answer | mailparser | "I come.\n" ["text/calendar"]
SEEN
