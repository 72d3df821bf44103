#!/usr/bin/env bash
# Finding: A yearly date that starts on 29 February is another set of days in each reader, and never 28 February.
# Expected: Leap years only, everywhere, as RFC 5545 (3.3.10, dates that do not exist are left out) says.
# Happens: recurring-ical-events and vobject give 2028, 2032, 2036; ical.js gives 29 February 2028, then 1 March 2029 and 1 March 2030.
# Versions: recurring-ical-events 3.8.2, icalendar 7.3.0, vobject 0.9.9 (PyPI), ical.js 2.2.1 (npm)
# Seen: 2026-11-27
# Matters: The anniversary of a contract begun on 29 February is 28 February in other years. A yearly rule in a calendar feed would tell
#   clients nothing for three years, or another day: the feed has one entry a date, computed by us.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check vobject==0.9.9 icalendar==7.3.0 tzdata==2026.6 \
  recurring-ical-events==3.8.2 x-wr-timezone==2.0.1 click==8.5.1 python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1

printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//EN BEGIN:VEVENT UID:term-1@example.com DTSTAMP:20270104T080000Z \
  'DTSTART;VALUE=DATE:20280229' 'RRULE:FREQ=YEARLY;COUNT=3' SUMMARY:Anniversary END:VEVENT END:VCALENDAR > "$work/term.ics"
cat > "$work/read.py" <<'PY'
import datetime
import sys

import icalendar
import recurring_ical_events
import vobject

text = open(sys.argv[1], newline="").read()
events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(datetime.date(2028, 1, 1), datetime.date(2041, 1, 1))
print("recurring-ical-events", *(event.start for event in events))
print("vobject", *(date.date() for date in vobject.readOne(text).vevent.getrruleset()))
PY
cat > "$work/read.js" <<'JS'
const ICAL = require('ical.js').default || require('ical.js')
const calendar = new ICAL.Component(ICAL.parse(require('fs').readFileSync('term.ics', 'utf8')))
const dates = new ICAL.Event(calendar.getFirstSubcomponent('vevent')).iterator()
const found = []
for (let date = dates.next(); date && found.length < 9; date = dates.next()) found.push(date.toString())
console.log('ical.js', found.join(' '))
JS
"$work/venv/bin/pip" list --disable-pip-version-check 2> /dev/null | grep -E '^(recurring-ical-events|vobject) '
"$work/venv/bin/python" "$work/read.py" "$work/term.ics" | tee "$work/seen"
(cd "$work" && TZ=UTC timeout 60 node read.js) | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer read as described above" >&2; exit 1; }
recurring-ical-events 2028-02-29 2032-02-29 2036-02-29
vobject 2028-02-29 2032-02-29 2036-02-29
ical.js 2028-02-29 2029-03-01 2030-03-01
SEEN
