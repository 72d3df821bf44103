#!/usr/bin/env bash
# Finding: Given a zoneinfo date, vobject names the zone by its abbreviation, and another reader then misses it by hours.
# Expected: TZID:Indian/Reunion and TZID:America/Guadeloupe, as with pytz zones.
# Happens: It writes TZID:+04 and TZID:AST. node-ical takes the first as UTC (10:00 in Saint-Denis becomes 10:00 UTC, four hours late)
#   and refuses the second file; Paris becomes TZID:CET. datetime.timezone.utc, what a date in UTC mostly has, is refused outright.
# Versions: vobject 0.9.9 (PyPI), node-ical 0.27.2 (npm), Python 3.11
# Seen: 2026-11-27
# Matters: Overseas clients get meetings at another hour. Where vobject writes, it is given pytz zones (Odoo's) and UTC as pytz.utc, and
#   the name of the zone is checked in the file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check vobject==0.9.9 tzdata==2026.6 python-dateutil==2.9.0.post0 six==1.17.0 \
  pytz==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" node-ical@0.27.2

cat > "$work/write.py" <<'PY'
import datetime
import importlib.metadata
import sys
from zoneinfo import ZoneInfo

import pytz
import vobject


def text_of(start):
    calendar = vobject.iCalendar()
    event = calendar.add("vevent")
    event.add("uid").value = "review-1@example.com"
    event.add("dtstart").value = start
    return calendar.serialize()


def zone_of(text):
    return next(line for line in text.splitlines() if line.startswith("DTSTART;") or line.startswith("DTSTART:2027"))


ten = datetime.datetime(2027, 7, 1, 10)
print("vobject", importlib.metadata.version("vobject"))
for name in ("Indian/Reunion", "America/Guadeloupe", "Europe/Paris"):
    text = text_of(ten.replace(tzinfo=ZoneInfo(name)))
    with open(f"{sys.argv[1]}/{name.split('/')[1]}.ics", "w", newline="") as file:
        file.write(text)
    print("zoneinfo", zone_of(text))
print("pytz", zone_of(text_of(pytz.timezone("Indian/Reunion").localize(ten))))
print("pytz.utc", zone_of(text_of(pytz.utc.localize(ten))))
try:
    print("timezone.utc", zone_of(text_of(ten.replace(tzinfo=datetime.timezone.utc))))
except vobject.base.VObjectError:
    print("timezone.utc", "refused")
PY
cat > "$work/read.js" <<'JS'
const ical = require('node-ical')
console.log('node-ical', JSON.parse(require('fs').readFileSync('node_modules/node-ical/package.json')).version)
for (const name of ['Reunion', 'Guadeloupe', 'Paris']) {
  try {
    const parts = Object.values(ical.sync.parseICS(require('fs').readFileSync(name + '.ics', 'utf8')))
    console.log(name, parts.find((part) => part.type === 'VEVENT').start.toISOString().slice(11, 16), 'UTC')
  } catch (error) {
    console.log(name, 'refused')
  }
}
JS
"$work/venv/bin/python" "$work/write.py" "$work" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer behave as described above" >&2; exit 1; }
vobject 0.9.9
zoneinfo DTSTART;TZID=+04:20270701T100000
zoneinfo DTSTART;TZID=AST:20270701T100000
zoneinfo DTSTART;TZID=CET:20270701T100000
pytz DTSTART;TZID=Indian/Reunion:20270701T100000
pytz.utc DTSTART:20270701T100000Z
timezone.utc refused
node-ical 0.27.2
Reunion 10:00 UTC
Guadeloupe refused
Paris 08:00 UTC
SEEN
