#!/usr/bin/env bash
# Finding: With a comment beside it nodemailer's unsubscribe link has no `url` for mailparser of the same makers; a second one vanishes.
# Expected: What `list: {unsubscribe: {url, comment}}` writes, which is the documented option and allowed by RFC 2369, is read back as `url`.
# Happens: Without a comment: {url}. With one: {name: comment, id: address}, as if it were List-ID; with a mailto and its comment behind it, the
#   comment of the mailto is the name of the link. A list of two writes two header fields, where RFC 2369 allows one, and the reader keeps the second.
# Versions: nodemailer 10.6.1 and mailparser 3.14.2 (npm)
# Seen: 2026-11-28
# Matters: A web mail or a ticket system built on it shows no button, and the client writes "spam" instead. The header has
#   no comment, one field with both addresses, and is tested as bytes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" nodemailer@10.6.1 mailparser@3.14.2

cat > "$work/list.js" <<'JS'
const fs = require('fs')
const nodemailer = require('nodemailer')
const { simpleParser } = require('mailparser')
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
const link = 'https://example.com/u/1'
const stop = 'mailto:stop@example.com'
const main = async () => {
  console.log(version('nodemailer'), version('mailparser'))
  const sender = nodemailer.createTransport({ streamTransport: true, buffer: true })
  for (const unsubscribe of [link, { url: link, comment: 'Unsubscribe' }, [[link, stop]], [[{ url: link, comment: 'by web' }, { url: stop, comment: 'by mail' }]], [link, stop]]) {
    const { message } = await sender.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'Survey', text: 'Text', list: { unsubscribe } })
    const fields = message.toString().split('\r\n\r\n')[0].split(/\r\n(?!\s)/).filter((line) => line.startsWith('List-')).map((line) => line.replace(/\r\n/g, ''))
    console.log(fields.join(' + '), '->', JSON.stringify((await simpleParser(message)).headers.get('list').unsubscribe))
  }
}
main()
JS
(cd "$work" && timeout 60 node list.js) | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the header is no longer written or read as described above" >&2; exit 1; }
nodemailer 10.6.1 mailparser 3.14.2
List-Unsubscribe: <https://example.com/u/1> -> {"url":"https://example.com/u/1"}
List-Unsubscribe: <https://example.com/u/1> (Unsubscribe) -> {"name":"Unsubscribe","id":"https://example.com/u/1"}
List-Unsubscribe: <https://example.com/u/1>, <mailto:stop@example.com> -> {"url":"https://example.com/u/1","mail":"stop@example.com"}
List-Unsubscribe: <https://example.com/u/1> (by web), <mailto:stop@example.com> (by mail) -> {"name":"by mail","id":"https://example.com/u/1","mail":"stop@example.com"}
List-Unsubscribe: <https://example.com/u/1> + List-Unsubscribe: <mailto:stop@example.com> -> {"mail":"stop@example.com"}
SEEN
