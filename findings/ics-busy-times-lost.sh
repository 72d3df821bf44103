#!/usr/bin/env bash
# Finding: Of two busy times in one line of VFREEBUSY one is lost on the way by jCal, silently, and a reply's "2.0;Success" becomes one text.
# Expected: RFC 7265 is a translation: what ical.js writes as jCal, icalendar reads back as the file it was.
# Happens: FREEBUSY may list periods (RFC 5545). ical.js writes both into one jCal property, icalendar (`from_jcal`) has the first only; jCal of
#   icalendar read by ical.js has both. icalendar writes the REQUEST-STATUS of a reply, "2.0;Success", back as "2.0\;Success", whether it came
#   from the file or by jCal: a code with a semicolon in it instead of a code and a description.
# Versions: ical.js 2.2.1 (npm), icalendar 7.3.2 (PyPI)
# Seen: 2026-11-28
# Matters: A technician is offered as free while busy, and a reply looks as if it had no status. No free-busy answer is asked for; what is free comes
#   from the calendar in the database, and files are read by one library from the text itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 python-dateutil==2.9.0.post0 six==1.17.0 tzdata==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1

sed 's/$/\r/' > "$work/busy.ics" <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//busy//EN
METHOD:REPLY
BEGIN:VFREEBUSY
UID:busy@example.com
DTSTAMP:20270101T080000Z
DTSTART:20270118T000000Z
DTEND:20270120T000000Z
ORGANIZER:mailto:office@example.com
ATTENDEE:mailto:technician@example.com
REQUEST-STATUS:2.0;Success
FREEBUSY:20270118T090000Z/PT3H,20270119T090000Z/20270119T100000Z
END:VFREEBUSY
END:VCALENDAR
ICS
cat > "$work/busy.mjs" <<'JS'
import fs from 'fs'
import ICAL from 'ical.js'
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
const text = fs.readFileSync('busy.ics', 'utf8')
const show = (by, jcal) => console.log(by, new ICAL.Component(jcal).getFirstSubcomponent('vfreebusy').getAllProperties('freebusy').flatMap((line) => line.getValues()).map((period) => period.start + '-' + period.getEnd()).join(' '))
if (process.argv[2] === 'write') {
  console.log(version('ical.js'))
  show('ical.js', ICAL.parse(text))
  fs.writeFileSync('ical.js.json', JSON.stringify(ICAL.parse(text)))
} else {
  show('icalendar, by jCal in ical.js', JSON.parse(fs.readFileSync('icalendar.json')))
}
JS
cat > "$work/busy.py" <<'PY'
import json
import sys

import icalendar

print("icalendar", icalendar.__version__)
own = icalendar.Calendar.from_ical(open(f"{sys.argv[1]}/busy.ics", "rb").read())
json.dump(own.to_jcal(), open(f"{sys.argv[1]}/icalendar.json", "w"))
other = icalendar.Calendar.from_jcal(json.load(open(f"{sys.argv[1]}/ical.js.json")))
for name, calendar in (("icalendar", own), ("ical.js, by jCal in icalendar", other)):
    for line in calendar.to_ical().decode().splitlines():
        if line.startswith(("FREEBUSY", "REQUEST")):
            print(name, line)
PY
{
  (cd "$work" && TZ=UTC timeout 60 node busy.mjs write)
  "$work/venv/bin/python" "$work/busy.py" "$work"
  (cd "$work" && TZ=UTC timeout 60 node busy.mjs read)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: busy times are no longer read as described above" >&2; exit 1; }
ical.js 2.2.1
ical.js 2027-01-18T09:00:00Z-2027-01-18T12:00:00Z 2027-01-19T09:00:00Z-2027-01-19T10:00:00Z
icalendar 7.3.2
icalendar FREEBUSY:20270118T090000Z/PT3H
icalendar FREEBUSY:20270119T090000Z/20270119T100000Z
icalendar REQUEST-STATUS:2.0\;Success
ical.js, by jCal in icalendar FREEBUSY:20270118T090000Z/PT3H
ical.js, by jCal in icalendar REQUEST-STATUS:2.0\;Success
icalendar, by jCal in ical.js 2027-01-18T09:00:00Z-2027-01-18T12:00:00Z 2027-01-19T09:00:00Z-2027-01-19T10:00:00Z
SEEN
