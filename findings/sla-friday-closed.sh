#!/usr/bin/env bash
# Finding: A calculator of due times works on Sundays, not on Fridays, and a delay that begins on the eve of a public holiday ends on the holiday.
# Expected: Open from 8 to 18, Monday to Friday without the holidays of France: four hours from Friday 16:00 end on Monday at 10:00.
# Happens: sla-calculator counts days from Monday as 0, and the version of pendulum that it pins counts them from Sunday: Friday and Saturday are
#   left out, Sunday is a working day, so the answer is Sunday at noon. From 13 July 16:00 four hours end on 14 July at 10:00, from 31 December on
#   1 January: the next day is not looked up when it holds what is left. Nothing is refused, and Monday to Wednesday are right.
# Versions: sla-calculator 1.0.0, pendulum 2.1.2, holidays 0.10.3 (PyPI)
# Seen: 2026-11-28
# Matters: A promise that is due on a day when nobody works is broken before it begins, and nobody sees why. Delays
#   are counted on the calendar of the company, hour by hour, and every weekday, eve of a holiday and change of the clocks is a test.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check sla-calculator==1.0.0 pendulum==2.1.2 holidays==0.10.3 \
  convertdate==2.5.1 korean_lunar_calendar==0.4.0 PyMeeus==0.5.12 python-dateutil==2.9.0.post0 pytzdata==2020.1 six==1.17.0

cat > "$work/due.py" <<'PY'
import importlib.metadata

import pendulum
from sla_calculator import SLA_Calculator

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("sla-calculator", "pendulum", "holidays")), sep=", ")
for day in ("2026-03-02", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-07-13", "2026-12-31"):
    begun = pendulum.parse(f"{day}T16:00:00Z")
    due = SLA_Calculator().calculate(start_time=begun, open_hour=8, close_hour=18, country_name="FRA", sla_in_hours=4)
    print(begun.strftime("%a %d/%m %H:%M"), "->", due.strftime("%a %d/%m %H:%M"))
PY
TZ=UTC PYTHONWARNINGS=ignore timeout 60 "$work/venv/bin/python" "$work/due.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: due times are no longer counted as described above" >&2; exit 1; }
sla-calculator 1.0.0, pendulum 2.1.2, holidays 0.10.3
Mon 02/03 16:00 -> Tue 03/03 10:00
Thu 05/03 16:00 -> Fri 06/03 10:00
Fri 06/03 16:00 -> Sun 08/03 12:00
Sat 07/03 16:00 -> Sun 08/03 12:00
Sun 08/03 16:00 -> Mon 09/03 10:00
Mon 13/07 16:00 -> Tue 14/07 10:00
Thu 31/12 16:00 -> Fri 01/01 10:00
SEEN
