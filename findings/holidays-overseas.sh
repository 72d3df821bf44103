#!/usr/bin/env bash
# Finding: Two holiday libraries give the French overseas départements other days, and their codes fail in opposite ways.
# Expected: The same days for one département and year, and an error for a code a library does not know.
# Happens: For 2027 Guadeloupe has 15 days in the first and 13 in the other (Mi-Carême and the Schœlcher day apart);
#   Saint-Martin remembers abolition on 28 May in one and on 27 May in the other. holidays refuses GF (it wants 973 or GY) though it
#   takes GP, MQ, RE and YT; date-holidays takes GF, and answers 971, 973 or 974 with the 11 national days and no error.
# Versions: holidays 0.108 (PyPI), date-holidays 3.37.0 (npm)
# Seen: 2026-11-27
# Matters: A deadline in working hours moves by a day. Days are shown before they enter a calendar, and a code is never passed unchecked.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check holidays==0.108 python-dateutil==2.9.0.post0 six==1.17.0
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" date-holidays@3.37.0

cat > "$work/python.py" <<'PY'
import holidays

print("holidays", holidays.__version__)
for code in ("971", "MF", "974"):
    days = holidays.country_holidays("FR", subdiv=code, years=2027, language="fr")
    extra = sorted(set(days) - set(holidays.country_holidays("FR", years=2027)))
    print(code, len(days), *(day.strftime("%d/%m") for day in extra))
for code in ("GP", "MQ", "RE", "YT", "GF"):
    try:
        print(code, len(holidays.country_holidays("FR", subdiv=code, years=2027)))
    except NotImplementedError:
        print(code, "refused")
PY
cat > "$work/node.js" <<'JS'
const Holidays = require('date-holidays')
console.log('date-holidays', require('date-holidays/package.json').version)
const days = (code) => new Holidays('FR', code).getHolidays(2027).filter((day) => day.type === 'public')
const national = days(undefined).map((day) => day.date)
const short = (day) => day.date.slice(8, 10) + '/' + day.date.slice(5, 7)
for (const code of ['GP', 'MF', 'RE', 'GF', '971', '973', '974']) {
  const extra = days(code).filter((day) => !national.includes(day.date))
  console.log([code, days(code).length, ...extra.map(short)].join(' '))
}
JS
"$work/venv/bin/python" "$work/python.py" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node node.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer answer as described above" >&2; exit 1; }
holidays 0.108
971 15 04/03 26/03 27/05 21/07
MF 13 28/05 21/07
974 12 20/12
GP 15
MQ 14
RE 12
YT 12
GF refused
date-holidays 3.37.0
GP 13 26/03 27/05
MF 12 27/05
RE 12 20/12
GF 12 10/06
971 11
973 11
974 11
SEEN
