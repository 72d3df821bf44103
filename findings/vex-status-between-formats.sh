#!/usr/bin/env bash
# Finding: "Affected" read from an OpenVEX or CSAF document is "under investigation" in the document lib4vex writes from it in another format.
# Expected: The library reads and writes three formats with one list of vulnerabilities, so affected, known_affected and exploitable are one
#   status for it, as are fixed and resolved; or it refuses one it does not know.
# Happens: A status that is not a word of the format to be written becomes under_investigation (in_triage in CycloneDX) without an error. Only what
#   has the same name in both comes through: "fixed" from OpenVEX to CSAF, "not_affected" from OpenVEX to CycloneDX. The justification stays, so a firmware is
#   under investigation because its code is not executed.
# Versions: lib4vex 0.2.3, lib4sbom 0.10.4, csaf-tool 0.3.2 (PyPI)
# Seen: 2026-11-28
# Matters: Makers publish VEX in one format and asset tools read another; a converted "affected" is no longer in any list of what has to be
#   updated. Each format is read by itself, with its words mapped by hand, and a status nobody knows is shown as it stands.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check lib4vex==0.2.3 lib4sbom==0.10.4 csaf-tool==0.3.2 \
  packageurl-python==0.17.6

cat > "$work/convert.py" <<'PY'
import importlib.metadata
import json

from lib4sbom.data.vulnerability import Vulnerability
from lib4vex.generator import VEXGenerator
from lib4vex.parser import VEXParser

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("lib4vex", "lib4sbom", "csaf-tool")))
WORDS = {
    "openvex": ["affected", "not_affected", "fixed", "under_investigation"],
    "csaf": ["known_affected", "known_not_affected", "fixed", "under_investigation"],
    "cyclonedx": ["exploitable", "not_affected", "resolved", "in_triage"],
}
WHY = {"openvex": "vulnerable_code_not_in_execute_path", "csaf": "vulnerable_code_not_in_execute_path", "cyclonedx": "code_not_reachable"}


def write(kind, vulnerabilities, name):
    generator = VEXGenerator(vex_type=kind)
    generator.set_product("camera", "5.7.2", "")
    generator.generate(project_name="camera", vex_data=vulnerabilities, metadata={"id": "MAKER-27-001", "author": "Maker"}, filename=name)
    return json.load(open(name))


def states(kind, document):
    if kind == "openvex":
        return [item["status"] for item in document["statements"]]
    if kind == "csaf":
        return ["+".join(item["product_status"]) for item in document["vulnerabilities"]]
    return [item["analysis"]["state"] for item in document["vulnerabilities"]]


for source, words in WORDS.items():
    made = []
    for number, word in enumerate(words):
        item = Vulnerability(validation=source)
        item.initialise()
        item.set_id(f"CVE-2027-000{number}")
        item.set_name("camera")
        item.set_release("5.7.2")
        item.set_status(word)
        item.set_value("created", "2027-01-04T10:00:00Z")
        item.set_value("purl", "pkg:generic/example/camera@5.7.2")
        if "not" in word:
            item.set_value("justification", WHY[source])
        elif number == 0:
            item.set_comment("Update to 5.7.9")
        made.append(item.get_vulnerability())
    print(source, "as written:", *states(source, write(source, made, source + ".json")))
    reader = VEXParser(vex_type=source)
    reader.parse(source + ".json")
    for target in WORDS:
        if target != source:
            print("  to", target + ":", *states(target, write(target, reader.get_vulnerabilities(), f"{source}-{target}.json")))
PY
(cd "$work" && venv/bin/python convert.py) | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: statuses are no longer converted as described above" >&2; exit 1; }
lib4vex 0.2.3 lib4sbom 0.10.4 csaf-tool 0.3.2
openvex as written: affected not_affected fixed under_investigation
  to csaf: under_investigation under_investigation fixed under_investigation
  to cyclonedx: in_triage not_affected in_triage in_triage
csaf as written: known_affected known_not_affected fixed under_investigation
  to openvex: under_investigation under_investigation fixed under_investigation
  to cyclonedx: in_triage in_triage in_triage in_triage
cyclonedx as written: exploitable not_affected resolved in_triage
  to openvex: under_investigation not_affected under_investigation under_investigation
  to csaf: under_investigation under_investigation under_investigation under_investigation
SEEN
