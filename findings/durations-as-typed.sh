#!/usr/bin/env bash
# Finding: Durations as French people type them: "1,5h" is fifteen hours for parse-duration, "1 heure 30" 30 milliseconds, "1h30" one hour for timelength.
# Expected: What a reader of durations does not understand is null or an error; "1h30" is 90 minutes or not read.
# Happens: parse-duration drops the comma as one of thousands, and of "1 heure 30" keeps the 30, as milliseconds; with its French locale,
#   which is set for the whole process, both are right and "24 à 48 h" is 48 h. timelength reads "1h30" as one hour and "2 h 30" as two, and
#   reports success. pytimeparse reads none of the French ways, and says so; "24:00" is 24 minutes for both in Python, 24 ms for the third.
# Versions: parse-duration 2.1.9 (npm), timelength 3.0.4 and pytimeparse 1.1.10 (PyPI)
# Seen: 2026-11-28
# Matters: The delay of a commitment typed as text would be ten times too long or nothing, without a word. Delays are a whole number
#   and a unit chosen from a list, in settings and in imports alike.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check timelength==3.0.4 pytimeparse==1.1.10
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" parse-duration@2.1.9

cat > "$work/texts" <<'TEXTS'
90 min
1.5h
1,5h
0,5 h
1h30
2 h 30
1h30min
1 heure 30
24 à 48 h
48 h ouvrées
2 jours
24:00
TEXTS
cat > "$work/read.mjs" <<'JS'
import fs from 'fs'
import parse from 'parse-duration'
import french from 'parse-duration/locale/fr.js'
const english = parse.unit
const read = (text, unit) => {
  parse.unit = unit
  return parse(text)
}
console.log('parse-duration', JSON.parse(fs.readFileSync('node_modules/parse-duration/package.json')).version)
for (const text of fs.readFileSync('texts', 'utf8').trim().split('\n')) console.log([text, read(text, english), read(text, french)].join(' | '))
JS
cat > "$work/read.py" <<'PY'
import importlib.metadata
import sys

import pytimeparse
from timelength import TimeLength

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("timelength", "pytimeparse")))
for text in open(sys.argv[1], encoding="utf-8").read().splitlines():
    result = TimeLength(text).result
    print(text, "success" if result.success else "no", result.delta, pytimeparse.parse(text), sep=" | ")
PY
{
  (cd "$work" && timeout 60 node read.mjs)
  "$work/venv/bin/python" "$work/read.py" "$work/texts"
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: durations are no longer read as described above" >&2; exit 1; }
parse-duration 2.1.9
90 min | 5400000 | 5400000
1.5h | 5400000 | 5400000
1,5h | 54000000 | 5400000
0,5 h | 18000000 | 1800000
1h30 | 5400000 | 5400000
2 h 30 | 9000000 | 9000000
1h30min | 5400000 | 5400000
1 heure 30 | 30 | 5400000
24 à 48 h | 172800000 | 172800000
48 h ouvrées | 172800000 | 172800000
2 jours |  | 172800000
24:00 | 24 | 24
timelength 3.0.4 pytimeparse 1.1.10
90 min | success | 1:30:00 | 5400
1.5h | success | 1:30:00 | 5400
1,5h | no | 0:00:00 | None
0,5 h | no | 0:00:00 | None
1h30 | success | 1:00:00 | None
2 h 30 | success | 2:00:00 | None
1h30min | success | 1:30:00 | 5400
1 heure 30 | no | 0:00:00 | None
24 à 48 h | success | 2 days, 0:00:00 | None
48 h ouvrées | success | 2 days, 0:00:00 | None
2 jours | no | 0:00:00 | None
24:00 | success | 0:24:00 | 1440
SEEN
