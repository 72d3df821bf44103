#!/usr/bin/env bash
# Finding: With the zone set for the calendar, ical-generator writes a series' start without a zone and its left-out date with one.
# Expected: `timezone` of the calendar holds for each of its entries, so that DTSTART and EXDATE of one are of one kind, as RFC 5545 (3.8.5.1) needs to
#   compare them.
# Happens: DTSTART is a floating time, EXDATE has TZID=Europe/Paris, and the zone stands only in X-WR-TIMEZONE. vobject cannot compare the two and
#   raises TypeError for the whole series; recurring-ical-events, ical.js and node-ical leave the visit out. With the zone set for the entry, too, all
#   four read the same dates.
# Versions: ical-generator 11.1.2, ical.js 2.2.1, node-ical 0.27.2 (npm), vobject 0.9.9, icalendar 7.3.2, recurring-ical-events 3.8.2 (PyPI)
# Seen: 2026-11-28
# Matters: Radicale and many scripts read calendars with vobject: of weekly visits with one left out for a public holiday they have no date at
#   all. Whoever writes a feed sets the zone for each entry and reads one with a date left out in a second library.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check vobject==0.9.9 icalendar==7.3.2 recurring-ical-events==3.8.2 \
  tzdata==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical-generator@11.1.2 ical.js@2.2.1 node-ical@0.27.2

cat > "$work/visits.mjs" <<'JS'
import fs from 'fs'
import generator from 'ical-generator'
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
console.log(...['ical-generator', 'ical.js', 'node-ical'].map((name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version))
const zone = { timezone: 'Europe/Paris' }
const day = (number) => new Date(`2027-06-${number}T06:00:00Z`)
for (const [name, ofCalendar, ofEntry] of [['calendar', zone, {}], ['both', zone, zone], ['none', {}, {}]]) {
  const calendar = (generator.default || generator)(ofCalendar)
  calendar.createEvent({ id: '1', stamp: day('01'), start: day('07'), end: new Date('2027-06-07T08:00:00Z'), summary: 'Visit', repeating: { freq: 'WEEKLY', count: 4, exclude: [day('14')] }, ...ofEntry })
  const text = calendar.toString()
  fs.writeFileSync(name + '.ics', text)
  console.log(name, ...text.split('\r\n').filter((line) => /^(X-WR|DTSTART|EXDATE)/.test(line)))
  const dates = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator()
  const found = []
  for (let date = dates.next(); date; date = dates.next()) found.push(date.toString().slice(5, 16))
  console.log('  ical.js', ...found)
  const entry = Object.values(nodeIcal.sync.parseICS(text)).find((item) => item.type === 'VEVENT')
  console.log('  node-ical', ...nodeIcal.expandRecurringEvent(entry, { from: day('01'), to: day('30') }).map((item) => item.start.toISOString().slice(5, 16)))
}
JS
cat > "$work/visits.py" <<'PY'
import importlib.metadata
import warnings
from datetime import datetime

warnings.simplefilter("ignore")
import icalendar
import recurring_ical_events
import vobject

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("vobject", "icalendar", "recurring-ical-events")))
for name in ("calendar", "both", "none"):
    with open(name + ".ics", newline="") as file:
        text = file.read()
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(datetime(2027, 6, 1), datetime(2027, 7, 1))
    print(name, "recurring-ical-events", *sorted(f"{event.start:%m-%dT%H:%M}" for event in events))
    try:
        print(name, "vobject", *(f"{moment:%m-%dT%H:%M}" for moment in vobject.readOne(text).vevent.getrruleset()))
    except TypeError as error:
        print(name, "vobject TypeError:", error)
PY
{
  (cd "$work" && TZ=Europe/Paris timeout 60 node visits.mjs)
  (cd "$work" && venv/bin/python visits.py)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the left-out visit is no longer written or read as described above" >&2; exit 1; }
ical-generator 11.1.2 ical.js 2.2.1 node-ical 0.27.2
calendar X-WR-TIMEZONE:Europe/Paris DTSTART:20270607T080000 EXDATE;TZID=Europe/Paris:20270614T080000
  ical.js 06-07T08:00 06-21T08:00 06-28T08:00
  node-ical 06-07T06:00 06-21T06:00 06-28T06:00
both X-WR-TIMEZONE:Europe/Paris DTSTART;TZID=Europe/Paris:20270607T080000 EXDATE;TZID=Europe/Paris:20270614T080000
  ical.js 06-07T08:00 06-21T08:00 06-28T08:00
  node-ical 06-07T06:00 06-21T06:00 06-28T06:00
none DTSTART:20270607T060000Z EXDATE:20270614T060000Z
  ical.js 06-07T06:00 06-21T06:00 06-28T06:00
  node-ical 06-07T06:00 06-21T06:00 06-28T06:00
vobject 0.9.9 icalendar 7.3.2 recurring-ical-events 3.8.2
calendar recurring-ical-events 06-07T08:00 06-21T08:00 06-28T08:00
calendar vobject TypeError: can't compare offset-naive and offset-aware datetimes
both recurring-ical-events 06-07T08:00 06-21T08:00 06-28T08:00
both vobject 06-07T08:00 06-21T08:00 06-28T08:00
none recurring-ical-events 06-07T06:00 06-21T06:00 06-28T06:00
none vobject 06-07T06:00 06-21T06:00 06-28T06:00
SEEN
