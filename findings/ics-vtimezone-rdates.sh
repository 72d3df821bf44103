#!/usr/bin/env bash
# Finding: The VTIMEZONE that icalendar adds by itself makes two other readers put a summer meeting an hour late.
# Expected: Every reader of a file with a VTIMEZONE finds the same moment: 10:00 in Paris on 29 March 2027 is 08:00 UTC.
# Happens: add_missing_timezones() writes the changes of the clock as one RDATE property with a list of dates. ical.js and vobject read the
#   first of the list only, so for them summer time never comes: 09:00 UTC. The dates are an hour off, too (03:00, not 02:00), and end in
#   2038. The same zone written as two yearly rules is read rightly by all three.
# Versions: icalendar 7.3.0 and vobject 0.9.9 (PyPI), ical.js 2.2.1 (npm)
# Seen: 2026-11-27
# Matters: An invitation to a review is read by whatever calendar the client has. VTIMEZONE is written with yearly rules, and files are
#   checked with a reader outside Python.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.0 tzdata==2026.6 vobject==0.9.9 \
  python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1

cat > "$work/write.py" <<'PY'
"""Writes 10:00 in Paris on 29 March 2027 twice, and reads it with the two Python libraries."""
import datetime
import importlib.metadata
import sys
from zoneinfo import ZoneInfo

import icalendar
import vobject

folder = sys.argv[1]
event = icalendar.Event()
event.add("uid", "review-1@example.com")
event.add("dtstamp", datetime.datetime(2027, 1, 4, 8, tzinfo=datetime.timezone.utc))
event.add("dtstart", datetime.datetime(2027, 3, 29, 10, tzinfo=ZoneInfo("Europe/Paris")))
calendar = icalendar.Calendar()
calendar.add("prodid", "-//example//EN")
calendar.add("version", "2.0")
calendar.add_component(event)
calendar.add_missing_timezones()
# A name no reader knows by itself: what is read is the VTIMEZONE of the file.
added = calendar.to_ical().decode().replace("Europe/Paris", "Site-A")
zone = added[added.index("BEGIN:VTIMEZONE"):added.index("END:VTIMEZONE")]
ruled = added.replace(zone, """BEGIN:VTIMEZONE
TZID:Site-B
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
""".replace("\n", "\r\n")).replace("Site-A", "Site-B")
unfolded = zone.replace("\r\n ", "")
print("icalendar", icalendar.__version__, "vobject", importlib.metadata.version("vobject"))
print("RDATE properties", unfolded.count("RDATE:"), "with 20270328T030000", "20270328T030000" in unfolded)
for name, text in (("added", added), ("ruled", ruled)):
    with open(f"{folder}/{name}.ics", "w", newline="") as file:
        file.write(text)
    for reader, start in (
        ("icalendar", icalendar.Calendar.from_ical(text).events[0].start),
        ("vobject", vobject.readOne(text).vevent.dtstart.value),
    ):
        print(name, reader, start.astimezone(datetime.timezone.utc).strftime("%H:%M UTC"))
PY
cat > "$work/read.js" <<'JS'
const ICAL = require('ical.js').default || require('ical.js')
console.log('ical.js', JSON.parse(require('fs').readFileSync('node_modules/ical.js/package.json')).version)
for (const name of ['added', 'ruled']) {
  const calendar = new ICAL.Component(ICAL.parse(require('fs').readFileSync(name + '.ics', 'utf8')))
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent'))
  console.log(name, 'ical.js', event.startDate.toJSDate().toISOString().slice(11, 16), 'UTC')
}
JS
"$work/venv/bin/python" "$work/write.py" "$work" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer read as described above" >&2; exit 1; }
icalendar 7.3.0 vobject 0.9.9
RDATE properties 2 with 20270328T030000 True
added icalendar 08:00 UTC
added vobject 09:00 UTC
ruled icalendar 08:00 UTC
ruled vobject 08:00 UTC
ical.js 2.2.1
added ical.js 09:00 UTC
ruled ical.js 08:00 UTC
SEEN
