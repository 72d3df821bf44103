#!/usr/bin/env bash
# Finding: With the locale `fr` Babel counts weeks otherwise than with `fr_FR`: equal through 2024 and 2025, one off all of 2027 and 2028.
# Expected: `fr` means French as in France (CLDR: the likely territory), and weeks there are those of ISO 8601, as the calendar on the wall has.
# Happens: Without a territory, the first week needs one day, not four, and nothing is looked up for the language. From 28 December 2026
#   "w" says week 1 where everybody else says 53, and 2 to 53 for each week of 2027 and 2028. fr_YT, fr_NC, fr_PF and fr_MF do the same, fr_RE,
#   fr_GP, fr_MQ and fr_GF do not. A test written in 2025 finds nothing.
# Versions: babel 2.19.0 (PyPI)
# Seen: 2026-11-28
# Matters: "Visit in week 14", in a plan or in a mail to a client, is a week off. A week's number comes from isocalendar(), or the locale has its
#   territory and one that CLDR lists; whoever takes the language code of a contact or of a web page for the locale is hit.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check babel==2.19.0

cat > "$work/weeks.py" <<'PY'
import datetime

import babel
from babel.dates import format_date

print("babel", babel.__version__)
LOCALES = ("fr", "fr_FR", "fr_RE", "fr_GP", "fr_MQ", "fr_GF", "fr_YT", "fr_MF", "fr_NC", "fr_PF")
for day in (datetime.date(2026, 12, 28), datetime.date(2027, 1, 1), datetime.date(2027, 4, 5)):
    print(day, "ISO", *day.isocalendar()[1::-1], *(locale + "=" + format_date(day, "w/Y", locale=locale) for locale in LOCALES[:2]))
for year in range(2024, 2030):
    days = [datetime.date(year, 1, 1) + datetime.timedelta(days=count) for count in range(365)]
    print(year, *(
        sum(format_date(day, "w", locale=locale) != str(day.isocalendar()[1]) for day in days) for locale in LOCALES
    ))
PY
"$work/venv/bin/python" "$work/weeks.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: weeks are no longer counted as described above" >&2; exit 1; }
babel 2.19.0
2026-12-28 ISO 53 2026 fr=1/2027 fr_FR=53/2026
2027-01-01 ISO 53 2026 fr=1/2027 fr_FR=53/2026
2027-04-05 ISO 14 2027 fr=15/2027 fr_FR=14/2027
2024 0 0 0 0 0 0 0 0 0 0
2025 0 0 0 0 0 0 0 0 0 0
2026 4 0 0 0 0 0 4 4 4 4
2027 365 0 0 0 0 0 365 365 365 365
2028 365 0 0 0 0 0 365 365 365 365
2029 0 0 0 0 0 0 0 0 0 0
SEEN
