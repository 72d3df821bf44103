#!/usr/bin/env bash
# Finding: A firmware's CPE name `cpe:2.3:o:…:5.7.2:build_190923` is `cpe:2.3:a:…:5.7.2:*` as soon as lib4sbom has read it from a CycloneDX file.
# Expected: The name that stands in a component is the one the library returns and writes, in whatever format.
# Happens: Only vendor, product and version are taken from the name; the part becomes "a" for application, update, edition and target become
#   "*". A component without a CPE gets one made up of supplier and name, with capitals, when CycloneDX is written. "dependsOn" becomes
#   DESCRIBES in SPDX, and the device the document is about is no package there. From SPDX the same name is read as it stands.
# Versions: lib4sbom 0.10.4 (PyPI)
# Seen: 2026-11-28
# Matters: The NVD lists the firmware of cameras, controllers and switches under "o" and "h" only, so a list of devices that came through such a
#   conversion matches nothing. The file the maker sent is kept and read, not its conversion.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check lib4sbom==0.10.4

cat > "$work/names.py" <<'PY'
import importlib.metadata
import json

from lib4sbom.generator import SBOMGenerator
from lib4sbom.parser import SBOMParser

print("lib4sbom", importlib.metadata.version("lib4sbom"))
NAMES = [
    "cpe:2.3:o:example:cam-2143_firmware:5.7.2:build_190923:*:*:*:*:*:*",
    "cpe:2.3:h:example:cam-2143:-:*:*:*:*:*:*:*",
    "cpe:2.3:a:example:viewer:4.2:*:*:*:*:windows:x64:*",
    None,
]
KINDS = ["firmware", "device", "application", "firmware"]
document = {
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": {"timestamp": "2027-01-04T10:00:00Z", "component": {"type": "device", "name": "CAM-2143", "bom-ref": "camera"}},
    "components": [
        {"type": kind, "name": f"Part-{number}", "version": "5.7.2", "bom-ref": f"part-{number}", "supplier": {"name": "Example"}, **({"cpe": name} if name else {})}
        for number, (kind, name) in enumerate(zip(KINDS, NAMES))],
    "dependencies": [{"ref": "part-1", "dependsOn": ["part-0"]}],
}
spdx = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": "CAM-2143", "documentNamespace": "https://example.com/sbom/1",
    "creationInfo": {"created": "2027-01-04T10:00:00Z", "creators": ["Organization: Example"]},
    "packages": [{
        "SPDXID": "SPDXRef-0", "name": "Part-0", "versionInfo": "5.7.2", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "externalRefs": [{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": NAMES[0]}]}],
    "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-0", "relationshipType": "DESCRIBES"}],
}
for kind, data, name in (("cyclonedx", document, "part.cdx.json"), ("spdx", spdx, "part.spdx.json")):
    with open(name, "w") as file:
        json.dump(data, file)
    reader = SBOMParser()
    reader.parse_file(name)
    print(kind, "as read")
    for package in reader.get_packages():
        print(" ", package["type"], *(reference[2] for reference in package.get("externalreference", [])))
    if kind == "spdx":
        continue
    for target in ("cyclonedx", "spdx"):
        SBOMGenerator(sbom_type=target, format="json").generate("CAM-2143", reader.get_sbom(), filename="out.json")
        made = json.load(open("out.json"))
        print("written as", target)
        if target == "cyclonedx":
            print(*(f"  {part['type']} {part.get('cpe')}" for part in made["components"]), sep="\n")
        else:
            for part in made["packages"]:
                print(" ", part["name"], *(reference["referenceLocator"] for reference in part.get("externalRefs", [])))
            print(*(f"  {item['spdxElementId']} {item['relationshipType']} {item['relatedSpdxElement']}" for item in made["relationships"]), sep="\n")
PY
(cd "$work" && venv/bin/python names.py) | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: names are no longer read as described above" >&2; exit 1; }
lib4sbom 0.10.4
cyclonedx as read
  FIRMWARE cpe:2.3:a:example:cam-2143_firmware:5.7.2:*:*:*:*:*:*:*
  DEVICE cpe:2.3:a:example:cam-2143:-:*:*:*:*:*:*:*
  APPLICATION cpe:2.3:a:example:viewer:4.2:*:*:*:*:*:*:*
  FIRMWARE
written as cyclonedx
  firmware cpe:2.3:a:example:cam-2143_firmware:5.7.2:*:*:*:*:*:*:*
  device cpe:2.3:a:example:cam-2143:-:*:*:*:*:*:*:*
  application cpe:2.3:a:example:viewer:4.2:*:*:*:*:*:*:*
  firmware cpe:/a:Example:Part-3:5.7.2
written as spdx
  Part-0 cpe:2.3:a:example:cam-2143_firmware:5.7.2:*:*:*:*:*:*:*
  Part-1 cpe:2.3:a:example:cam-2143:-:*:*:*:*:*:*:*
  Part-2 cpe:2.3:a:example:viewer:4.2:*:*:*:*:*:*:*
  Part-3
  SPDXRef-2-Part-1 DESCRIBES SPDXRef-1-Part-0
spdx as read
  LIBRARY cpe:2.3:o:example:cam-2143_firmware:5.7.2:build_190923:*:*:*:*:*:*
SEEN
