#!/usr/bin/env bash
# Finding: "Mo-Fr 18:00-08:00; PH off" ends the night on call at midnight of a public holiday, and with "PH 08:00-32:00" nobody is there until 8.
# Expected: A rule for a public holiday is about what begins on that day; the night that began on its eve goes on until eight.
# Happens: Both libraries cut the eve's night at 00:00 of 14 July and agree on it: two ways to write one rule, each with a hole of eight hours.
#   After "PH off" the morning of the 15th is open from 00:00, of a night that never began. And by coordinates opening-hours-py has no
#   20 December in La Réunion nor Good Friday in Strasbourg, where opening_hours with the state "La Réunion" has twelve days.
# Versions: opening_hours 3.15.0 (npm), opening-hours-py 2.1.4 (PyPI)
# Seen: 2026-11-28
# Matters: On-call hours kept in OpenStreetMap's notation lose the nights before holidays, when alarms are many. Hours are those of the calendar
#   of the company, each night as two entries, and a holiday is a leave of that calendar with a beginning and an end of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check opening-hours-py==2.1.4
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" opening_hours@3.15.0

cat > "$work/rules" <<'RULES'
Mo-Fr 18:00-08:00
Mo-Fr 18:00-08:00; PH off
Mo-Fr 18:00-32:00; Sa,Su,PH 08:00-32:00
RULES
cat > "$work/hours.cjs" <<'JS'
const fs = require('fs')
const OpeningHours = require('opening_hours')
const place = (state) => ({ lat: 48.85, lon: 2.35, address: { country_code: 'fr', state } })
const hour = (date) => String(date.getDate()).padStart(2, '0') + ' ' + date.toTimeString().slice(0, 2) + 'h'
console.log('opening_hours', JSON.parse(fs.readFileSync('node_modules/opening_hours/package.json')).version)
for (const rule of fs.readFileSync('rules', 'utf8').trim().split('\n')) {
  const spans = new OpeningHours(rule, place('Île-de-France')).getOpenIntervals(new Date(2027, 6, 12, 12), new Date(2027, 6, 16, 12))
  // Two spans that touch are one.
  const joined = spans.reduce((all, [start, end]) => (all.length && +all.at(-1)[1] === +start ? [...all.slice(0, -1), [all.at(-1)[0], end]] : [...all, [start, end]]), [])
  console.log([rule, ...joined.map(([start, end]) => hour(start) + '-' + hour(end))].join(' | '))
}
for (const state of ['Île-de-France', 'La Réunion']) {
  console.log(state, new OpeningHours('PH', place(state)).getOpenIntervals(new Date(2027, 0, 1), new Date(2028, 0, 1)).length)
}
JS
cat > "$work/hours.py" <<'PY'
import datetime
import importlib.metadata
import sys
import zoneinfo

from opening_hours import OpeningHours, State

print("opening-hours-py", importlib.metadata.version("opening-hours-py"))
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def spans(hours, start, end):
    return [(start, end) for start, end, state, *_ in hours.intervals(start, end) if state == State.OPEN]


for rule in open(sys.argv[1]).read().splitlines():
    found = spans(OpeningHours(rule, timezone=PARIS, country="FR"), datetime.datetime(2027, 7, 12, 12), datetime.datetime(2027, 7, 16, 12))
    print(rule, *(f"{start:%d %H}h-{end:%d %H}h" for start, end in found), sep=" | ")
for place, coords in (("Paris", (48.85, 2.35)), ("La Réunion", (-20.9, 55.5)), ("Strasbourg", (48.58, 7.75))):
    print(place, len(spans(OpeningHours("PH", coords=coords), datetime.datetime(2027, 1, 1), datetime.datetime(2028, 1, 1))))
PY
{
  (cd "$work" && TZ=Europe/Paris timeout 60 node hours.cjs)
  "$work/venv/bin/python" "$work/hours.py" "$work/rules"
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the nights are no longer read as described above" >&2; exit 1; }
opening_hours 3.15.0
Mo-Fr 18:00-08:00 | 12 18h-13 08h | 13 18h-14 08h | 14 18h-15 08h | 15 18h-16 08h
Mo-Fr 18:00-08:00; PH off | 12 18h-13 08h | 13 18h-14 00h | 15 00h-15 08h | 15 18h-16 08h
Mo-Fr 18:00-32:00; Sa,Su,PH 08:00-32:00 | 12 18h-13 08h | 13 18h-14 00h | 14 08h-15 08h | 15 18h-16 08h
Île-de-France 11
La Réunion 12
opening-hours-py 2.1.4
Mo-Fr 18:00-08:00 | 12 18h-13 08h | 13 18h-14 08h | 14 18h-15 08h | 15 18h-16 08h
Mo-Fr 18:00-08:00; PH off | 12 18h-13 08h | 13 18h-14 00h | 15 00h-15 08h | 15 18h-16 08h
Mo-Fr 18:00-32:00; Sa,Su,PH 08:00-32:00 | 12 18h-13 08h | 13 18h-14 00h | 14 08h-15 08h | 15 18h-16 08h
Paris 11
La Réunion 11
Strasbourg 11
SEEN
