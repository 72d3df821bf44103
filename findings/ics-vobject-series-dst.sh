#!/usr/bin/env bash
# Finding: vobject moves a weekly meeting by an hour when the clocks change; another reader of the same file does not.
# Expected: "Mondays at 10:00 in Paris" is at 10:00 in Paris on every Monday.
# Happens: getrruleset() keeps the offset of the first date. After 28 March 2027 each date says 10:00+01:00, which is 11:00 in Paris;
#   recurring-ical-events keeps 10:00. One date on its own is read rightly, so a test with one meeting does not show it.
# Versions: vobject 0.9.9 (the library Odoo writes calendars with), icalendar 7.3.0, recurring-ical-events 3.8.2 (PyPI)
# Seen: 2026-11-27
# Matters: A series of reviews or a client's planned absences read back this way would hold the promise, and judge attendance, an hour off.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check vobject==0.9.9 icalendar==7.3.0 tzdata==2026.6 \
  recurring-ical-events==3.8.2 x-wr-timezone==2.0.1 click==8.5.1 python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6

cat > "$work/series.py" <<'PY'
import datetime
import importlib.metadata
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import vobject

TEXT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:series-1@example.com
DTSTAMP:20270104T080000Z
DTSTART;TZID=Europe/Paris:20270315T100000
DTEND;TZID=Europe/Paris:20270315T110000
RRULE:FREQ=WEEKLY;COUNT=4
SUMMARY:Weekly review
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
paris = ZoneInfo("Europe/Paris")
for package in ("vobject", "recurring-ical-events"):
    print(package, importlib.metadata.version(package))
ours = list(vobject.readOne(TEXT).vevent.getrruleset(addRDate=True))
other = [event.start for event in recurring_ical_events.of(icalendar.Calendar.from_ical(TEXT)).between(
    datetime.date(2027, 3, 1), datetime.date(2027, 4, 30))]
for name, dates in (("vobject", ours), ("recurring-ical-events", other)):
    print(name, *(date.astimezone(paris).strftime("%d/%m %H:%M") for date in dates), sep=" | ")
PY
"$work/venv/bin/python" -W ignore "$work/series.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer read as described above" >&2; exit 1; }
vobject 0.9.9
recurring-ical-events 3.8.2
vobject | 15/03 10:00 | 22/03 10:00 | 29/03 11:00 | 05/04 11:00
recurring-ical-events | 15/03 10:00 | 22/03 10:00 | 29/03 10:00 | 05/04 10:00
SEEN
