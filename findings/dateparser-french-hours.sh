#!/usr/bin/env bash
# Finding: dateparser reads "demain 9h" as the day after tomorrow at midnight, "jeudi 9h" as the 9th, and "dans 1h30" as half past one at night.
# Expected: In French, which it is told, "9h" is an hour of the day, as "9h00" is; what it cannot read is None.
# Happens: "h" alone is a unit of time: "9h" is nine hours ago, "14 h 30" fourteen hours ago, "demain 9h" adds nine hours to tomorrow. "dans
#   1h30" and "dans 2h15" are moments in the past, with PREFER_DATES_FROM "future" the next night; "dans 1 h 30" loses its half hour. "9h00",
#   "demain à 9h" and "dans 90 minutes" are right, so a short trial looks well. Nothing is refused.
# Versions: dateparser 1.5.0 (PyPI)
# Seen: 2026-11-28
# Matters: An appointment or a promise to call back taken from a client's mail is wrong without a sign of it. Times people write are shown
#   as they stand and confirmed by a person; where they must be read, minutes are required and the result is checked against the text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check dateparser==1.5.0 python-dateutil==2.9.0.post0 six==1.17.0 \
  pytz==2026.6 regex==2026.11.19 tzlocal==5.4.5

cat > "$work/read.py" <<'PY'
import datetime
import importlib.metadata

import dateparser

print("dateparser", importlib.metadata.version("dateparser"))
NOW = datetime.datetime(2027, 3, 3, 15, 0)  # a Wednesday
for text in ("9h00", "9h", "14 h 30", "demain à 9h", "demain 9h", "jeudi à 9h", "jeudi 9h", "dans 90 minutes", "dans 1h30", "dans 2h15", "dans 1 h 30"):
    found = [
        dateparser.parse(text, languages=["fr"], settings={"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": side})
        for side in ("current_period", "future")
    ]
    print(text, *(moment and moment.strftime("%d/%m %H:%M") for moment in found), sep=" | ")
PY
"$work/venv/bin/python" "$work/read.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: hours are no longer read as described above" >&2; exit 1; }
dateparser 1.5.0
9h00 | 03/03 09:00 | 04/03 09:00
9h | 03/03 06:00 | 04/03 00:00
14 h 30 | 03/03 01:00 | 04/03 05:00
demain à 9h | 04/03 09:00 | 04/03 09:00
demain 9h | 05/03 00:00 | 05/03 00:00
jeudi à 9h | 25/02 09:00 | 04/03 09:00
jeudi 9h | 09/03 00:00 | 09/03 00:00
dans 90 minutes | 03/03 16:30 | 03/03 16:30
dans 1h30 | 03/03 01:30 | 04/03 01:30
dans 2h15 | 03/03 02:15 | 04/03 02:15
dans 1 h 30 | 03/03 16:00 | 03/03 16:00
SEEN
