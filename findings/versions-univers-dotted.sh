#!/usr/bin/env bash
# Finding: univers, the reference implementation of vers ranges, puts 10.0 below 7.0.3, and says that firmware 9.80.3.1 is not below 9.80.3.2.
# Expected: The scheme intdot ("integers between dots") compares numbers; generic keeps all parts of a version, or refuses a text with four.
# Happens: intdot goes through the text letter by letter, so 10.0 < 7.0.3 and 1.2.10 < 1.2.9, and where a digit meets a dot it raises
#   ValueError. generic is SemVer: the fourth part is dropped without a word, so the last vulnerable build is "not affected". maven gets all of them right.
# Versions: univers 32.0.1 (PyPI)
# Seen: 2026-11-27
# Matters: Makers of cameras and recorders number their firmware with four parts and with two digits in a part. A range read this way tells a
#   client that it is safe. Our reading of versions compares whole numbers, part by part, and says "look" where it cannot decide.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check univers==32.0.1 attrs==26.1.0 semantic-version==2.10.0 semver==3.1.2

cat > "$work/compare.py" <<'PY'
from importlib.metadata import version

from univers.version_range import VersionRange

print("univers", version("univers"))
for scheme in ("intdot", "generic", "maven"):
    for limit, firmware in [("7.0.3", "10.0"), ("1.2.9", "1.2.10"), ("9.8.3.1", "9.80.3.1"), ("9.80.3.2", "9.80.3.1")]:
        condition = VersionRange.from_string(f"vers:{scheme}/<{limit}")
        try:
            answer = condition.version_class(firmware) in condition
        except ValueError as error:
            answer = f"ValueError: {error}"
        print(f"{scheme}: {firmware} < {limit}: {answer}")
PY
"$work/venv/bin/python" "$work/compare.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the library no longer answers as described above" >&2; exit 1; }
univers 32.0.1
intdot: 10.0 < 7.0.3: True
intdot: 1.2.10 < 1.2.9: True
intdot: 9.80.3.1 < 9.8.3.1: ValueError: invalid literal for int() with base 10: '.'
intdot: 9.80.3.1 < 9.80.3.2: True
generic: 10.0 < 7.0.3: False
generic: 1.2.10 < 1.2.9: False
generic: 9.80.3.1 < 9.8.3.1: False
generic: 9.80.3.1 < 9.80.3.2: False
maven: 10.0 < 7.0.3: False
maven: 1.2.10 < 1.2.9: False
maven: 9.80.3.1 < 9.8.3.1: False
maven: 9.80.3.1 < 9.80.3.2: True
SEEN
