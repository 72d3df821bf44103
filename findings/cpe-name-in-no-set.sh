#!/usr/bin/env bash
# Finding: A firmware's CPE name as the NVD writes it is in no set of the package cpe, not even in one that holds just that name.
# Expected: `CPESet2_3.name_match(CPE(text))` is true for a name that was added with `append(CPE(text))`, and for `*` as its version.
# Happens: `append()` makes a name well-formed and `name_match()` does not, so a "*" of the candidate is a string and no longer ANY: every
#   comparison is "subset" or "undefined" and the answer False, without an error. As a `CPE2_3_WFN` the same name is found. And the candidate has to be
#   the wider one: a camera's own name is never found among the names of an advisory that have a wildcard.
# Versions: cpe 1.3.1 (PyPI)
# Seen: 2026-11-28
# Matters: Whoever checks a list of devices against advisories by CPE reads "nothing is affected". Names are made well-formed on both sides, the
#   advisory's is the candidate, and a check that finds nothing is tried with a name that must be found.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check cpe==1.3.1

cat > "$work/names.py" <<'PY'
import importlib.metadata

from cpe import CPE
from cpe.cpe2_3_wfn import CPE2_3_WFN
from cpe.cpeset2_3 import CPESet2_3

print("cpe", importlib.metadata.version("cpe"))
RELATIONS = {1: "superset", 2: "subset", 3: "equal", 4: "disjoint", 5: "undefined"}


def text(version):
    return CPE(f"cpe:2.3:o:example:cam-2143_firmware:{version}:*:*:*:*:*:*:*", CPE.VERSION_2_3)


def formed(version):
    return CPE2_3_WFN(text(version).as_wfn())


for known, candidate in (("5.7.2", "5.7.2"), ("5.7.2", "*"), ("5.7.2", "5.7.?"), ("5.7.2", "5.8.0"), ("*", "5.7.2"), ("5.7.?", "5.7.2"), ("*", "*")):
    held = CPESet2_3()
    held.append(text(known))
    answers = []
    for make in (text, formed):
        relations = dict(CPESet2_3.compare_wfns(make(candidate), held.K[0]))
        answers += [held.name_match(make(candidate)), RELATIONS[relations["version"]], RELATIONS[relations["update"]]]
    print(known, "holds", candidate, "| text:", *answers[:3], "| well-formed:", *answers[3:])
PY
"$work/venv/bin/python" "$work/names.py" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: names are no longer matched as described above" >&2; exit 1; }
cpe 1.3.1
5.7.2 holds 5.7.2 | text: False disjoint subset | well-formed: True equal equal
5.7.2 holds * | text: False superset subset | well-formed: True superset equal
5.7.2 holds 5.7.? | text: False disjoint subset | well-formed: True superset equal
5.7.2 holds 5.8.0 | text: False disjoint subset | well-formed: False disjoint equal
* holds 5.7.2 | text: False subset subset | well-formed: False subset equal
5.7.? holds 5.7.2 | text: False undefined subset | well-formed: False undefined equal
* holds * | text: False subset subset | well-formed: True equal equal
SEEN
