#!/usr/bin/env bash
# Finding: Of visits on irregular days in one entry (RDATE), ical.js leaves out the first, node-ical all but the first.
# Expected: DTSTART is the first of the set and RDATE adds to it (RFC 5545, 3.8.5.2 and 3.8.2.4): three visits for every reader.
# Happens: recurring-ical-events and vobject find 1, 3 and 5 March. ical.js says isRecurring() and iterates 3 and 5 March; node-ical expands
#   to 1 March. With a rule of one day beside it (FREQ=DAILY;COUNT=1) ical.js is right, node-ical still has one.
# Versions: icalendar 7.3.2, recurring-ical-events 3.8.2 and vobject 0.9.9 (PyPI), ical.js 2.2.1 and node-ical 0.27.2 (npm)
# Seen: 2026-11-28
# Matters: A client's calendar shows another number of visits than the contract has, and nobody is told. One entry for each visit, with its own UID.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6 recurring-ical-events==3.8.2 \
  x-wr-timezone==2.0.1 click==8.5.1 vobject==0.9.9 python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1 node-ical@0.27.2

cat > "$work/visits.py" <<'PY'
import importlib.metadata
import sys

import icalendar
import recurring_ical_events
import vobject

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("icalendar", "recurring-ical-events", "vobject")))
for name, rule in (("alone", ""), ("with-rule", "RRULE:FREQ=DAILY;COUNT=1\n")):
    text = (f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\nBEGIN:VEVENT\nUID:{name}@example.com\nDTSTAMP:20270104T080000Z\n"
            f"SUMMARY:Visit\nDTSTART:20270301T090000Z\nDTEND:20270301T100000Z\n{rule}RDATE:20270303T090000Z,20270305T090000Z\n"
            "END:VEVENT\nEND:VCALENDAR\n").replace("\n", "\r\n")
    with open(f"{sys.argv[1]}/{name}.ics", "w", newline="") as file:
        file.write(text)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2027, 1, 1), (2028, 1, 1))
    print(name, "recurring-ical-events", *sorted(event.start.strftime("%d/%m") for event in found))
    print(name, "vobject", *(day.strftime("%d/%m") for day in vobject.readOne(text).vevent.getrruleset(addRDate=True)))
PY
cat > "$work/visits.js" <<'JS'
const fs = require('fs')
const ICAL = require('ical.js').default || require('ical.js')
const nodeIcal = require('node-ical')
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
console.log(version('ical.js'), version('node-ical'))
const short = (date) => date.toISOString().slice(8, 10) + '/' + date.toISOString().slice(5, 7)
for (const name of ['alone', 'with-rule']) {
  const text = fs.readFileSync(name + '.ics', 'utf8')
  const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent'))
  const dates = event.iterator()
  const found = []
  for (let date = dates.next(); date; date = dates.next()) found.push(short(date.toJSDate()))
  console.log(name, 'ical.js', event.isRecurring(), found.join(' '))
  const entry = Object.values(nodeIcal.sync.parseICS(text)).find((one) => one.type === 'VEVENT')
  const range = { from: new Date('2027-01-01'), to: new Date('2028-01-01') }
  console.log(name, 'node-ical', nodeIcal.expandRecurringEvent(entry, range).map((one) => short(one.start)).join(' '))
}
JS
"$work/venv/bin/python" "$work/visits.py" "$work" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node visits.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer find the visits as described above" >&2; exit 1; }
icalendar 7.3.2 recurring-ical-events 3.8.2 vobject 0.9.9
alone recurring-ical-events 01/03 03/03 05/03
alone vobject 01/03 03/03 05/03
with-rule recurring-ical-events 01/03 03/03 05/03
with-rule vobject 01/03 03/03 05/03
ical.js 2.2.1 node-ical 0.27.2
alone ical.js true 03/03 05/03
alone node-ical 01/03
with-rule ical.js true 01/03 03/03 05/03
with-rule node-ical 01/03
SEEN
