#!/usr/bin/env bash
# Finding: When Easter falls on the Sunday of the clock change, @socialgouv/jours-feries dates three public holidays at one o'clock in the morning.
# Expected: Each day is midnight of the day in local time, as the page of the package shows it for all eleven.
# Happens: Easter Monday, Ascension and Whit Monday are counted from midnight of Easter Sunday in hours, and that Sunday has 23. In Paris
#   they are 01:00 in 2024, 2027, 2032 and 2035, the other eight days and the years between are 00:00, and with TZ=UTC, where CI runs, there is nothing
#   to see. In Alsace-Moselle Good Friday is right.
# Versions: @socialgouv/jours-feries 2.0.0 (npm)
# Seen: 2026-11-28
# Matters: A look-up by time (a Set of getTime(), a comparison with ===, a text of toISOString()) finds eight of eleven holidays in 2027, and a deadline
#   in working hours is a day short. Days are compared as dates (year, month, day), and tests of a calendar run in Europe/Paris for 2027.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @socialgouv/jours-feries@2.0.0

cat > "$work/days.mjs" <<'JS'
import holidays from '@socialgouv/jours-feries'
const odd = (year, options) => Object.entries(holidays(year, options)).filter(([, day]) => day.getHours() !== 0)
const years = Array.from({ length: 20 }, (_, count) => 2021 + count)
console.log(process.env.TZ, years.filter((year) => odd(year).length).join(' ') || 'none')
if (process.env.TZ !== 'UTC') {
  for (const [name, day] of odd(2027, { alsace: true })) console.log(name, day.toISOString(), day.getDate() + '/' + (day.getMonth() + 1))
  const known = new Set(Object.values(holidays(2027)).map((day) => day.getTime()))
  const calendar = ['1-1', '3-29', '5-1', '5-6', '5-8', '5-17', '7-14', '8-15', '11-1', '11-11', '12-25']
  console.log('found', calendar.filter((day) => known.has(new Date(2027, ...day.split('-').map((part, index) => part - (index ? 0 : 1))).getTime())).length, 'of', known.size)
}
JS
{
  echo "jours-feries $(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).version' "$work/node_modules/@socialgouv/jours-feries/package.json")"
  for zone in Europe/Paris UTC; do (cd "$work" && TZ=$zone timeout 60 node days.mjs); done
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the days are no longer at the hours described above" >&2; exit 1; }
jours-feries 2.0.0
Europe/Paris 2024 2027 2032 2035
Lundi de Pâques 2027-03-28T23:00:00.000Z 29/3
Ascension 2027-05-05T23:00:00.000Z 6/5
Lundi de Pentecôte 2027-05-16T23:00:00.000Z 17/5
found 8 of 11
UTC none
SEEN
