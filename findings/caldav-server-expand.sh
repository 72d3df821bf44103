#!/usr/bin/env bash
# Finding: Asked to expand, Radicale leaves out every visit of a series of irregular dates but the first, though it finds the series.
# Expected: What a range holds is the same whether the server or the client expands a series (RFC 4791, section 9.6.5).
# Happens: A series of RDATEs without a rule matches the range and comes without any entry, as if the day were free; on the first date it comes
#   as it was written, in local time where the RFC wants UTC. With a rule beside it the same RDATE is there, in UTC. caldav's own
#   `expand=True`, which asks for whole objects, has all of them.
# Versions: Radicale 3.9.0, caldav 3.6.0 (PyPI)
# Seen: 2026-11-28
# Matters: A planner that asks the server for the visits of a technician's day plans over one. Clients ask for whole objects and expand them
#   themselves, and whoever publishes visits on irregular days writes one entry each.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check radicale==3.9.0 vobject==0.9.9 caldav==3.6.0 icalendar==7.3.2 \
  recurring-ical-events==3.8.2

port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$work/config" <<CONFIG
[server]
hosts = 127.0.0.1:$port
[auth]
type = none
[storage]
filesystem_folder = $work/calendars
[logging]
level = error
CONFIG
"$work/venv/bin/python" -m radicale -C "$work/config" > "$work/log" 2>&1 &
server=$!
for _ in $(seq 60); do
  "$work/venv/bin/python" -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && break
  sleep 0.5
done

cat > "$work/visits.py" <<'PY'
import importlib.metadata
import sys
import warnings
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

warnings.simplefilter("ignore")
import caldav

PARIS = ZoneInfo("Europe/Paris")
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT", "DTSTART:19810329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE")
START = "DTSTART;TZID=Europe/Paris:"
DATES = "RDATE;TZID=Europe/Paris:20270710T080000"
VISITS = {
    "dates": [START + "20270706T080000", DATES],
    "rule and date": [START + "20270706T080000", "RRULE:FREQ=WEEKLY", DATES],
}
print(*(f"{name} {importlib.metadata.version(name)}" for name in ("radicale", "caldav")))
calendar = caldav.DAVClient(f"http://127.0.0.1:{sys.argv[1]}/", username="a", password="a").principal().make_calendar(name="Visits")
for name, lines in VISITS.items():
    calendar.save_event("\r\n".join((
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *ZONE, "BEGIN:VEVENT", "UID:" + name.replace(" ", "-"), "DTSTAMP:20270101T000000Z",
        *lines, "DURATION:PT2H", "SUMMARY:" + name, "END:VEVENT", "END:VCALENDAR", "")))
for day in (6, 10):
    start = datetime(2027, 7, day, tzinfo=PARIS)
    for way in ("expand", "server_expand"):
        found = []
        for event in calendar.search(start=start, end=start + timedelta(days=1), event=True, **{way: True}):
            for entry in event.icalendar_instance.walk("VEVENT"):
                moment = entry["DTSTART"].dt
                found.append(f"{entry['SUMMARY']} {moment.astimezone(PARIS):%d %H:%M}" + (" local" if entry["DTSTART"].params.get("TZID") else ""))
        print(f"{day} July", way, *sorted(found), sep=" | ")
PY
"$work/venv/bin/python" "$work/visits.py" "$port" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: series are no longer expanded as described above" >&2; exit 1; }
radicale 3.9.0 caldav 3.6.0
6 July | expand | dates 06 08:00 local | rule and date 06 08:00 local
6 July | server_expand | dates 06 08:00 local | rule and date 06 08:00
10 July | expand | dates 10 08:00 local | rule and date 10 08:00 local
10 July | server_expand | rule and date 10 08:00
SEEN
