#!/usr/bin/env bash
# Finding: A series moved "from now on" (RANGE=THISANDFUTURE) is moved whole for two readers of five, once for two, and one has a visit more.
# Expected: RFC 5545 has this one value of RANGE, so every reader that knows RECURRENCE-ID moves the later visits along, or refuses the file.
# Happens: Six Mondays, from the third on moved to Thursday 14:00-16:00. recurring-ical-events and ical.js have four Thursdays; node-ical and
#   icalevents one Thursday, then Mondays again; `ical`, which Home Assistant's calendars are made of, has that Thursday and all six Mondays where
#   the file is in UTC. There it keeps the old entry beside one that was moved or cancelled, too; in floating time it does not.
# Versions: recurring-ical-events 3.8.2, icalendar 7.3.2, icalevents 0.3.1, ical 14.3.1 (PyPI), ical.js 2.2.1 and node-ical 0.27.2 (npm)
# Seen: 2026-11-28
# Matters: "From March on your visits are on Thursdays" reaches some clients for one visit only, and a cancelled visit may still be waited for. Every
#   visit is an entry with a UID of its own, and a moved one is sent again under that UID with a higher SEQUENCE, never as an exception.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 icalevents==0.3.1 \
  ical==14.3.1 x-wr-timezone==2.0.1 python-dateutil==2.9.0.post0 pytz==2026.6 six==1.17.0 tzdata==2026.6 urllib3==2.8.0 pydantic==2.14.4 \
  pydantic_core==2.50.5 annotated-types==0.8.0 typing-inspection==0.4.5 typing_extensions==4.16.0
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1 node-ical@0.27.2

series() { # what the exception adds to RECURRENCE-ID, and its other lines
  cat <<ICS
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//visits//EN
BEGIN:VEVENT
UID:visits@example.com
DTSTAMP:20270101T080000Z
DTSTART:20270104T090000Z
DTEND:20270104T100000Z
RRULE:FREQ=WEEKLY;COUNT=6
SUMMARY:Visit
END:VEVENT
BEGIN:VEVENT
UID:visits@example.com
DTSTAMP:20270102T080000Z
SEQUENCE:1
RECURRENCE-ID$1:20270118T090000Z
$2
END:VEVENT
END:VCALENDAR
ICS
}
moved=$'DTSTART:20270121T140000Z\nDTEND:20270121T160000Z\nSUMMARY:Visit'
series ';RANGE=THISANDFUTURE' "$moved" | sed 's/$/\r/' > "$work/moved-on.ics"
series '' "$moved" | sed 's/$/\r/' > "$work/moved-once.ics"
series '' $'DTSTART:20270118T090000Z\nDTEND:20270118T100000Z\nSTATUS:CANCELLED\nSUMMARY:Visit' | sed 's/$/\r/' > "$work/cancelled.ics"
cat > "$work/read.py" <<'PY'
import datetime
import re
import sys

import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalevents import icalevents

FROM, UNTIL = (datetime.datetime(2027, month, 1, tzinfo=datetime.timezone.utc) for month in (1, 3))
text = open(sys.argv[1], newline="").read()


def show(reader, entries):
    entries = sorted((*(moment.astimezone(datetime.timezone.utc) for moment in (start, end)), "CANCELLED" in str(status)) for start, end, status in entries)
    print(reader, *(f"{start:%d/%m %Hh}-{end:%Hh}{' cancelled' if status else ''}" for start, end, status in entries), sep=" | ")




found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(FROM, UNTIL)
show("recurring-ical-events", ((e["DTSTART"].dt, e["DTEND"].dt, e.get("STATUS")) for e in found))
found = icalevents.events(string_content=text.encode(), start=FROM, end=UNTIL)
show("icalevents", ((e.start, e.end, e.status) for e in found))
floating = re.sub(r"(DTSTART|DTEND|RECURRENCE-ID)(.*):(\w+)Z", r"\1\2:\3", text)
for reader, source in (("ical", text), ("ical, the same in floating time", floating)):
    found = IcsCalendarStream.calendar_from_ics(source).timeline.overlapping(FROM, UNTIL)
    show(reader, ((e.dtstart, e.dtend, e.status) for e in found))
PY
cat > "$work/read.mjs" <<'JS'
import fs from 'fs'
import ICAL from 'ical.js'
import ical from 'node-ical'
const text = fs.readFileSync(process.argv[2], 'utf8')
const day = (date) => date.toISOString().replace(/^\d+-(\d+)-(\d+)T(\d+).*/, '$2/$1 $3h')
const show = (reader, entries) => console.log([reader, ...entries.map(([start, end, status]) => day(start) + '-' + day(end).slice(6) + (status === 'CANCELLED' ? ' cancelled' : ''))].join(' | '))
const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event))
const series = events.find((event) => !event.isRecurrenceException())
events.filter((event) => event !== series).forEach((event) => series.relateException(event))
const steps = series.iterator()
const found = []
for (let step = steps.next(); step; step = steps.next()) {
  const { startDate, endDate, item } = series.getOccurrenceDetails(step)
  found.push([startDate.toJSDate(), endDate.toJSDate(), item.component.getFirstPropertyValue('status')])
}
show('ical.js', found)
const event = Object.values(ical.sync.parseICS(text)).find((part) => part.type === 'VEVENT')
show('node-ical', ical.expandRecurringEvent(event, { from: new Date('2027-01-01'), to: new Date('2027-03-01') }).map((one) => [one.start, one.end, one.event.status]))
JS
for file in moved-on moved-once cancelled; do
  echo "$file"
  TZ=UTC "$work/venv/bin/python" "$work/read.py" "$work/$file.ics"
  (cd "$work" && TZ=UTC timeout 60 node read.mjs "$file.ics")
done | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the series is no longer read as described above" >&2; exit 1; }
moved-on
recurring-ical-events | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 28/01 14h-16h | 04/02 14h-16h | 11/02 14h-16h
icalevents | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical, the same in floating time | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical.js | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 28/01 14h-16h | 04/02 14h-16h | 11/02 14h-16h
node-ical | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
moved-once
recurring-ical-events | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
icalevents | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical, the same in floating time | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical.js | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
node-ical | 04/01 09h-10h | 11/01 09h-10h | 21/01 14h-16h | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
cancelled
recurring-ical-events | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
icalevents | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical, the same in floating time | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
ical.js | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
node-ical | 04/01 09h-10h | 11/01 09h-10h | 18/01 09h-10h cancelled | 25/01 09h-10h | 01/02 09h-10h | 08/02 09h-10h
SEEN
