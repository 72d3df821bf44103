#!/usr/bin/env bash
# Finding: Over the clock change no reader keeps RFC 5545 on lengths: P1W and PT168H end alike for each, and a weekly night has three ends.
# Expected: Weeks and days are nominal, hours exact (3.3.6): from Thursday 08:00, P1W ends at 08:00, PT168H at 09:00 summer time. A series with
#   DTEND has the same exact length each time (3.8.5.3), and its first entry ends when the file says so.
# Happens: icalendar, vobject and ical.js end both weeks at 08:00, node-ical both at 09:00. A night from 22:00 to 06:00, weekly from the Saturday
#   of the change on: the first ends at 06:00 for two, and at 05:00 for ical.js although DTEND is 06:00 and its endDate says so; the second at
#   06:00 for recurring-ical-events, at 05:00 for both others.
# Versions: icalendar 7.3.2, recurring-ical-events 3.8.2 and vobject 0.9.9 (PyPI), ical.js 2.2.1 and node-ical 0.27.2 (npm)
# Seen: 2026-11-28
# Matters: Who is on call, and whether a call came within the hours covered, is read off such entries. On-call time is sent as single entries with
#   both ends in UTC, no DURATION and no series over a clock change, and hours are counted from moments.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6 recurring-ical-events==3.8.2 \
  x-wr-timezone==2.0.1 click==8.5.1 vobject==0.9.9 python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1 node-ical@0.27.2

cat > "$work/entries.py" <<'PY'
"""Writes three entries of Paris and reads them with the Python libraries; ends are shown in local time."""
import datetime
import importlib.metadata
import sys
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import vobject

PARIS = ZoneInfo("Europe/Paris")
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
ENTRIES = {
    "P1W": "DTSTART;TZID=Europe/Paris:20270325T080000\nDURATION:P1W",
    "PT168H": "DTSTART;TZID=Europe/Paris:20270325T080000\nDURATION:PT168H",
    "nights": "DTSTART;TZID=Europe/Paris:20270327T220000\nDTEND;TZID=Europe/Paris:20270328T060000\nRRULE:FREQ=WEEKLY;COUNT=2",
}


def local(moment):
    return moment.astimezone(PARIS).strftime("%d/%m %H:%M")


print(*(f"{name} {importlib.metadata.version(name)}" for name in ("icalendar", "recurring-ical-events", "vobject")))
for name, lines in ENTRIES.items():
    text = (f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\n{ZONE}BEGIN:VEVENT\nUID:{name}@example.com\n"
            f"DTSTAMP:20270104T080000Z\nSUMMARY:On call\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n").replace("\n", "\r\n")
    with open(f"{sys.argv[1]}/{name}.ics", "w", newline="") as file:
        file.write(text)
    calendar = icalendar.Calendar.from_ical(text)
    found = recurring_ical_events.of(calendar).between((2027, 1, 1), (2028, 1, 1))
    print(name, "recurring-ical-events", *(local(event.end) for event in sorted(found, key=lambda event: event.start)), sep=" | ")
    event = vobject.readOne(text).vevent
    print(name, "vobject", local(event.dtend.value if name == "nights" else event.dtstart.value + event.duration.value), sep=" | ")
PY
cat > "$work/read.js" <<'JS'
const fs = require('fs')
const ICAL = require('ical.js').default || require('ical.js')
const nodeIcal = require('node-ical')
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
console.log(version('ical.js'), version('node-ical'))
const show = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' })
for (const name of ['P1W', 'PT168H', 'nights']) {
  const text = fs.readFileSync(name + '.ics', 'utf8')
  const calendar = new ICAL.Component(ICAL.parse(text))
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent'))
  const ends = []
  if (event.isRecurring()) {
    const dates = event.iterator()
    for (let date = dates.next(); date; date = dates.next()) ends.push(event.getOccurrenceDetails(date).endDate)
    console.log(name, '| ical.js, endDate |', show.format(event.endDate.toJSDate()))
  } else ends.push(event.endDate)
  console.log(name, '| ical.js |', ends.map((end) => show.format(end.toJSDate())).join(' | '))
  const entry = Object.values(nodeIcal.sync.parseICS(text)).find((one) => one.type === 'VEVENT')
  const found = nodeIcal.expandRecurringEvent(entry, { from: new Date('2027-01-01'), to: new Date('2028-01-01') })
  console.log(name, '| node-ical |', found.map((one) => show.format(one.end)).join(' | '))
}
JS
"$work/venv/bin/python" "$work/entries.py" "$work" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer count as described above" >&2; exit 1; }
icalendar 7.3.2 recurring-ical-events 3.8.2 vobject 0.9.9
P1W | recurring-ical-events | 01/04 08:00
P1W | vobject | 01/04 08:00
PT168H | recurring-ical-events | 01/04 08:00
PT168H | vobject | 01/04 08:00
nights | recurring-ical-events | 28/03 06:00 | 04/04 06:00
nights | vobject | 28/03 06:00
ical.js 2.2.1 node-ical 0.27.2
P1W | ical.js | 01/04 08:00
P1W | node-ical | 01/04 09:00
PT168H | ical.js | 01/04 08:00
PT168H | node-ical | 01/04 09:00
nights | ical.js, endDate | 28/03 06:00
nights | ical.js | 28/03 05:00 | 04/04 05:00
nights | node-ical | 28/03 06:00 | 04/04 05:00
SEEN
