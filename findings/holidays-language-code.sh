#!/usr/bin/env bash
# Finding: Asked for French holiday names with the language code fr_FR, the holidays library answers in English, without a word.
# Expected: fr_FR (the code Odoo and most systems store) read as French, or refused.
# Happens: Only the exact "fr" gives French; fr_FR, fr-FR, FR and even xx give English. With no language at all the names follow the
#   environment of the process (LANGUAGE), though French is the default language of the country's own list.
# Versions: holidays 0.108 (PyPI)
# Seen: 2026-11-27
# Matters: A scheduled action runs with another environment than a person's request; the names that enter a French calendar would
#   change with it. The code is cut to its language and looked up among supported_languages before it is passed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check holidays==0.108 python-dateutil==2.9.0.post0 six==1.17.0

cat > "$work/names.py" <<'PY'
import sys

import holidays

for code in sys.argv[1:]:
    days = holidays.country_holidays("FR", years=2027, language=None if code == "none" else code)
    print(code, "->", days["2027-07-14"])
PY
{
  echo "holidays $("$work/venv/bin/python" -c 'import holidays; print(holidays.__version__)'), default language" \
    "$("$work/venv/bin/python" -c 'import holidays; print(holidays.France.default_language)')"
  env -u LC_ALL LANGUAGE=en_US LANG=C.UTF-8 "$work/venv/bin/python" "$work/names.py" fr fr_FR fr-FR FR xx none
  echo "with LANGUAGE=fr:"
  env -u LC_ALL LANGUAGE=fr LANG=C.UTF-8 "$work/venv/bin/python" "$work/names.py" none
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the library no longer answers as described above" >&2; exit 1; }
holidays 0.108, default language fr
fr -> Fête nationale
fr_FR -> National Day
fr-FR -> National Day
FR -> National Day
xx -> National Day
none -> National Day
with LANGUAGE=fr:
none -> Fête nationale
SEEN
