#!/usr/bin/env bash
# Finding: 200 000 euros in words is "deux cents mille" for two libraries of four, and the 80th visit is "la quatre-vingtsième" for a third.
# Expected: French has rules for this that are taught at school, and all four name them; hyphens and capitals may differ.
# Happens: written-number writes "quatre-vingts mille" and "deux cents mille", to-words "Deux Cents Mille" beside "Quatre-Vingt Mille", and "Quatre-Vingt
#   Millions" where the s belongs. num2words has the numbers right, its ordinals keep the s ("deux centsième"), and its currency lacks the "de" of
#   "un million d'euros" and adds "et zéro centimes". n2words is right in all that it offers here.
# Versions: num2words 0.5.14 (PyPI), written-number 0.11.1, to-words 5.7.0 and n2words 4.0.0 (npm)
# Seen: 2026-11-28
# Matters: Contracts and penalties of a charter state amounts in words, and a wrong one looks careless in the very paper that promises care. Amounts
#   are printed as figures in the format of the client's language; num2words only recognises time limits that somebody typed, cardinals below 100.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check num2words==0.5.14 docopt==0.6.2
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" written-number@0.11.1 to-words@5.7.0 n2words@4.0.0

cat > "$work/words.py" <<'PY'
import importlib.metadata

from num2words import num2words

print("num2words", importlib.metadata.version("num2words"))
for number in (80, 200, 80_000, 200_000, 80_000_000):
    print(number, num2words(number, lang="fr"), num2words(number, lang="fr", to="ordinal"), sep=" | ")
print(num2words(1_000_000.0, lang="fr", to="currency", currency="EUR"))
PY
cat > "$work/words.mjs" <<'JS'
import fs from 'fs'
import written from 'written-number'
import { ToWords } from 'to-words'
import { toCardinal } from 'n2words/fr-FR'
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
console.log(['written-number', 'to-words', 'n2words'].map(version).join(', '))
const words = new ToWords({ localeCode: 'fr-FR' })
for (const number of [80, 200, 80000, 200000, 80000000]) console.log([number, written(number, { lang: 'fr' }), words.convert(number), toCardinal(number)].join(' | '))
console.log(words.convert(1000000, { currency: true }))
JS
{
  "$work/venv/bin/python" "$work/words.py"
  (cd "$work" && timeout 60 node words.mjs)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: numbers are no longer written as described above" >&2; exit 1; }
num2words 0.5.14
80 | quatre-vingts | quatre-vingtsième
200 | deux cents | deux centsième
80000 | quatre-vingt mille | quatre-vingt millième
200000 | deux cent mille | deux cent millième
80000000 | quatre-vingts millions | quatre-vingts millionsième
un million euros et zéro centimes
written-number 0.11.1, to-words 5.7.0, n2words 4.0.0
80 | quatre-vingts | Quatre-Vingts | quatre-vingts
200 | deux cents | Deux Cents | deux cents
80000 | quatre-vingts mille | Quatre-Vingt Mille | quatre-vingt mille
200000 | deux cents mille | Deux Cents Mille | deux cent mille
80000000 | quatre-vingts millions | Quatre-Vingt Millions | quatre-vingts millions
Un Million Euros
SEEN
