#!/usr/bin/env bash
# Finding: With the line `X-WR-TIMEZONE` recurring-ical-events shows a night series a day early and once too often; the first entry stays.
# Expected: The line names the zone a calendar is shown in; which moments its entries have does not depend on it, or all of them move alike.
# Happens: The reader calls x-wr-timezone for every calendar, which makes DTSTART a local time and leaves BYDAY and BYMONTHDAY as they were, in
#   UTC. Where the two dates differ, Thursday 22:30 UTC is Friday in Paris at first and Thursday ever after; DTSTART no longer fits its
#   rule, so COUNT=4 is five. The same series in the daytime, without BYDAY or without the line is right; ical.js reads the moments of UTC.
# Versions: recurring-ical-events 3.8.2, x-wr-timezone 2.0.1, icalendar 7.3.2 (PyPI), ical.js 2.2.1 (npm)
# Seen: 2026-11-28
# Matters: Calendars of web agendas carry that line, and rounds or maintenance windows begin around midnight in the client's zone. Whoever writes a
#   calendar leaves the line out or gives every time its TZID; one date is compared in a second reader.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check recurring-ical-events==3.8.2 x-wr-timezone==2.0.1 icalendar==7.3.2 \
  tzdata==2026.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ical.js@2.2.1

cat > "$work/series.py" <<'PY'
import importlib.metadata
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

PARIS = ZoneInfo("Europe/Paris")
print(*(f"{name} {importlib.metadata.version(name)}" for name in ("recurring-ical-events", "x-wr-timezone", "icalendar")))
SERIES = [
    ("20270701T223000Z", "FREQ=WEEKLY;COUNT=4;BYDAY=TH"),
    ("20270630T223000Z", "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-1"),
    ("20270701T223000Z", "FREQ=WEEKLY;COUNT=4"),
    ("20270708T083000Z", "FREQ=WEEKLY;COUNT=4;BYDAY=TH"),
]
for number, (start, rule) in enumerate(SERIES):
    for extra in ((), ("X-WR-TIMEZONE:Europe/Paris",)):
        text = "\r\n".join((
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *extra, "BEGIN:VEVENT", "UID:1", "DTSTAMP:20270101T000000Z",
            f"DTSTART:{start}", "DURATION:PT1H", f"RRULE:{rule}", "SUMMARY:Round", "END:VEVENT", "END:VCALENDAR", ""))
        with open(f"{sys.argv[1]}/{number}.ics", "w") as file:
            file.write(text)
        events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(datetime(2027, 1, 1), datetime(2028, 1, 1))
        days = [event.start.astimezone(PARIS).strftime("%a %d.%m. %H:%M") for event in events]
        print(rule.split(";", 2)[-1], "with" if extra else "without", *days, sep=" | ")
PY
cat > "$work/series.mjs" <<'JS'
import fs from 'fs'
import ICAL from 'ical.js'
console.log('ical.js', JSON.parse(fs.readFileSync('node_modules/ical.js/package.json')).version)
const paris = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', weekday: 'short', day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' })
for (const number of [0, 1]) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(number + '.ics', 'utf8')))
  const dates = new ICAL.Event(calendar.getFirstSubcomponent('vevent')).iterator()
  const days = []
  for (let date = dates.next(); date; date = dates.next()) days.push(paris.format(date.toJSDate()).replace(/,/g, ''))
  console.log('with', ...days)
}
JS
{
  "$work/venv/bin/python" "$work/series.py" "$work"
  (cd "$work" && timeout 60 node series.mjs)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the series are no longer read as described above" >&2; exit 1; }
recurring-ical-events 3.8.2 x-wr-timezone 2.0.1 icalendar 7.3.2
BYDAY=TH | without | Fri 02.07. 00:30 | Fri 09.07. 00:30 | Fri 16.07. 00:30 | Fri 23.07. 00:30
BYDAY=TH | with | Fri 02.07. 00:30 | Thu 08.07. 00:30 | Thu 15.07. 00:30 | Thu 22.07. 00:30 | Thu 29.07. 00:30
BYMONTHDAY=-1 | without | Thu 01.07. 00:30 | Sun 01.08. 00:30 | Wed 01.09. 00:30 | Fri 01.10. 00:30
BYMONTHDAY=-1 | with | Thu 01.07. 00:30 | Sat 31.07. 00:30 | Tue 31.08. 00:30 | Thu 30.09. 00:30 | Sun 31.10. 00:30
COUNT=4 | without | Fri 02.07. 00:30 | Fri 09.07. 00:30 | Fri 16.07. 00:30 | Fri 23.07. 00:30
COUNT=4 | with | Fri 02.07. 00:30 | Fri 09.07. 00:30 | Fri 16.07. 00:30 | Fri 23.07. 00:30
BYDAY=TH | without | Thu 08.07. 10:30 | Thu 15.07. 10:30 | Thu 22.07. 10:30 | Thu 29.07. 10:30
BYDAY=TH | with | Thu 08.07. 10:30 | Thu 15.07. 10:30 | Thu 22.07. 10:30 | Thu 29.07. 10:30
ical.js 2.2.1
with Fri 02/07 00:30 Fri 09/07 00:30 Fri 16/07 00:30 Fri 23/07 00:30
with Thu 01/07 00:30 Sun 01/08 00:30 Wed 01/09 00:30 Fri 01/10 00:30
SEEN
