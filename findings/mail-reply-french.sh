#!/usr/bin/env bash
# Finding: Reply parsers miss French quotations for one no-break space, and cut what the client wrote as if it were one.
# Expected: Parsers that list French cut "Le ... a écrit :" in the form mail programs write, and keep every sentence of the client.
# Happens: With U+00A0 before the colon, as French typography asks, mail-parser-reply and quotequail cut nothing at all; with
#   a plain space they cut. planer leaves an empty text of "Le 3 novembre 2026, votre technicien m'a écrit : ...". mail-parser-reply
#   and planer take a sentence that begins with "De :" for the head of a quotation and drop it with the wish below it, and the body without
#   signature loses the "P.-S." below "Cordialement". email-reply-parser (npm) does well with these, keeping all but the P.-S.
# Versions: mail-parser-reply 1.36, quotequail 0.5.4 (PyPI), planer 1.2.0, email-reply-parser 2.3.9 (npm)
# Seen: 2026-11-27
# Matters: A reply is a client's word, and may be an escalation. The whole mail is kept and shown; a parser may only fold what it
#   takes for a quotation, and never decides that nothing was said.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check mail-parser-reply==1.36 quotequail==0.5.4 lxml==6.1.3
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" planer@1.2.0 email-reply-parser@2.3.9

cat > "$work/cases.py" <<'PY'
import json
import sys

from mailparser_reply import EmailReplyParser
import quotequail

HEAD = "Je ne suis pas satisfaite.\n\nLe lun. 2 nov. 2026 à 10:12, Service <service@example.com> a écrit{}:\n\n> Bonjour,\n> notre enquête\n"
CASES = {
    "space": HEAD.format(" "),
    "no-break space": HEAD.format("\u00a0"),
    "a sentence with Le": "Le 3 novembre 2026, votre technicien m'a écrit : le site est réparé.\nC'est faux.\n",
    "a sentence with De": "Bonjour,\n\nDe : notre point de vue, rien n'est réparé.\nObjet : je passe à votre direction.\n",
    "P.-S.": "Rappelez-moi.\n\nCordialement,\nElise\nP.-S. : le site de Lyon aussi est en panne.\n",
}
with open(sys.argv[1], "w") as file:
    json.dump(CASES, file)


def one(text):
    return json.dumps(" / ".join(line for line in text.splitlines() if line.strip()), ensure_ascii=False)


for name in ("space", "no-break space"):
    cut = quotequail.unwrap(CASES[name])
    print("quotequail,", name + ":", one(cut["text_top"] if cut else "nothing cut"))
parser = EmailReplyParser(languages=["fr"])
for name, text in CASES.items():
    answer = parser.read(text=text).replies[0]
    print("mail-parser-reply,", name + ":", "nothing cut" if "enquête" in answer.body else one(answer.body))
PY
cat > "$work/cases.js" <<'JS'
const cases = JSON.parse(require('fs').readFileSync('cases.json'))
const Parser = require('email-reply-parser').default || require('email-reply-parser')
const one = (text) => JSON.stringify(text.split('\n').filter((line) => line.trim()).join(' / '))
for (const name in cases) {
  console.log('planer, ' + name + ':', one(require('planer').extractFrom(cases[name], 'text/plain')))
  console.log('email-reply-parser, ' + name + ':', one(new Parser().read(cases[name]).getVisibleText()))
}
JS
"$work/venv/bin/pip" list --disable-pip-version-check 2> /dev/null | grep -E '^(mail-parser-reply|quotequail) '
"$work/venv/bin/python" "$work/cases.py" "$work/cases.json" | tee "$work/seen"
(cd "$work" && timeout 60 node cases.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the parsers no longer cut as described above" >&2; exit 1; }
quotequail, space: "Je ne suis pas satisfaite."
quotequail, no-break space: "nothing cut"
mail-parser-reply, space: "Je ne suis pas satisfaite."
mail-parser-reply, no-break space: nothing cut
mail-parser-reply, a sentence with Le: "Le 3 novembre 2026, votre technicien m'a écrit : le site est réparé. / C'est faux."
mail-parser-reply, a sentence with De: "Bonjour,"
mail-parser-reply, P.-S.: "Rappelez-moi."
planer, space: "Je ne suis pas satisfaite."
email-reply-parser, space: "Je ne suis pas satisfaite."
planer, no-break space: "Je ne suis pas satisfaite."
email-reply-parser, no-break space: "Je ne suis pas satisfaite."
planer, a sentence with Le: ""
email-reply-parser, a sentence with Le: "Le 3 novembre 2026, votre technicien m'a écrit : le site est réparé. / C'est faux."
planer, a sentence with De: "Bonjour,"
email-reply-parser, a sentence with De: "Bonjour, / De : notre point de vue, rien n'est réparé. / Objet : je passe à votre direction."
planer, P.-S.: "Rappelez-moi. / Cordialement, / Elise / P.-S. : le site de Lyon aussi est en panne."
email-reply-parser, P.-S.: "Rappelez-moi."
SEEN
