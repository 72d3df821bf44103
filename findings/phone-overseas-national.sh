#!/usr/bin/env bash
# Finding: A phone number of the French overseas départements, dialled like any French number, is judged "valid in France" or not by its prefix.
# Expected: Read with region FR, the prefixes of all five places answer alike: the right country code, or not valid.
# Happens: 0269 (Mayotte) and 0596 (Martinique) are "valid" numbers of region FR and become +33 2 69 and +33 5 96 instead of +262 269 and +596 596; the
#   other eight prefixes are "not valid" and get +33 all the same. Read with the region of the place all ten are right.
# Versions: phonenumbers 9.0.43 (PyPI)
# Seen: 2026-11-27
# Matters: Addresses overseas are often kept with country France, so "valid" does not tell whether the link "call" reaches the client. A number is
#   shown and dialled as it was typed; it is never rewritten from the country of its owner.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check phonenumbers==9.0.43

cat > "$work/read.py" <<'PY'
import phonenumbers as p

print("phonenumbers", p.__version__)
PLACES = {"0262": "RE", "0692": "RE", "0269": "YT", "0639": "YT", "0590": "GP", "0690": "GP", "0594": "GF", "0694": "GF", "0596": "MQ", "0696": "MQ"}
for prefix, place in PLACES.items():
    kind = p.PhoneNumberType.MOBILE if prefix[1] == "6" else p.PhoneNumberType.FIXED_LINE
    dialled = f"0{p.example_number_for_type(place, kind).national_number}"
    for region in ("FR", place):
        number = p.parse(dialled, region)
        shown = p.format_number(number, p.PhoneNumberFormat.E164)[:7]
        print(f"{prefix} of {place} read as {region}: valid={p.is_valid_number(number)} {shown}… {p.region_code_for_number(number)}")
PY
"$work/venv/bin/python" "$work/read.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the library no longer answers as described above" >&2; exit 1; }
phonenumbers 9.0.43
0262 of RE read as FR: valid=False +332621… FR
0262 of RE read as RE: valid=True +262262… RE
0692 of RE read as FR: valid=False +336921… FR
0692 of RE read as RE: valid=True +262692… RE
0269 of YT read as FR: valid=True +332696… FR
0269 of YT read as YT: valid=True +262269… YT
0639 of YT read as FR: valid=False +336390… FR
0639 of YT read as YT: valid=True +262639… YT
0590 of GP read as FR: valid=False +335902… FR
0590 of GP read as GP: valid=True +590590… GP
0690 of GP read as FR: valid=False +336900… FR
0690 of GP read as GP: valid=True +590690… GP
0594 of GF read as FR: valid=False +335941… FR
0594 of GF read as GF: valid=True +594594… GF
0694 of GF read as FR: valid=False +336942… FR
0694 of GF read as GF: valid=True +594694… GF
0596 of MQ read as FR: valid=True +335963… FR
0596 of MQ read as MQ: valid=True +596596… MQ
0696 of MQ read as FR: valid=False +336962… FR
0696 of MQ read as MQ: valid=True +596696… MQ
SEEN
