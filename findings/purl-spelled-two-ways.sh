#!/usr/bin/env bash
# Finding: The same firmware has two package URLs: the Python library and the JavaScript one of the same project write `:`, `+` and `/` otherwise.
# Expected: A purl is a canonical string, made to be compared; the two reference libraries write one and the same for one product.
# Happens: Of seven products three agree. A colon in a name or a qualifier is `:` in Python and `%3A` in JavaScript, but in a version `:` in both; a
#   plus in a version is `%2B` and `+`; a slash in a version `/` and `%2F`. Each reads the other's back to the same parts.
# Versions: packageurl-python 0.17.6 (PyPI), packageurl-js 2.0.1 (npm)
# Seen: 2026-11-28
# Matters: A device whose purl was written by one tool is not in an advisory written by the other where strings are compared, as a database
#   does: "not affected", silently. No purl is stored or compared here; one that is read would be taken apart first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check packageurl-python==0.17.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" packageurl-js@2.0.1

cat > "$work/products.json" <<'JSON'
[["generic", "Maker", "Camera", "5.7.3", null],
 ["generic", "Maker", "Camera", "V5.7.3 build 220112", null],
 ["generic", "Maker", "DS-2CD2:T", "5.7.3", null],
 ["generic", "Maker", "Camera", "5.7.3:220112", null],
 ["generic", "Maker", "Camera", "5.7.3+220112", null],
 ["generic", "Maker", "Camera", "5.7/2022", null],
 ["generic", "Maker", "Camera", "5.7.3", {"checksum": "sha1:ad9503c", "download_url": "https://maker.example.com/fw?id=1"}]]
JSON
cat > "$work/write.py" <<'PY'
import json
import sys

from packageurl import PackageURL

for product in json.load(open(sys.argv[1])):
    print(PackageURL(*product).to_string())
PY
cat > "$work/write.mjs" <<'JS'
import fs from 'fs'
import { PackageURL } from 'packageurl-js'
for (const product of JSON.parse(fs.readFileSync('products.json'))) console.log(new PackageURL(...product).toString())
JS
cat > "$work/compare.py" <<'PY'
import importlib.metadata
import sys

from packageurl import PackageURL

print("packageurl-python", importlib.metadata.version("packageurl-python"))
for ours, theirs in zip(*(open(path).read().split("\n")[:-1] for path in sys.argv[1:])):
    same = PackageURL.from_string(ours) == PackageURL.from_string(theirs)
    print(ours if ours == theirs else f"{ours} <> {theirs}", "| the same parts:", same)
PY
"$work/venv/bin/python" "$work/write.py" "$work/products.json" > "$work/python"
(cd "$work" && timeout 60 node write.mjs > javascript)
"$work/venv/bin/python" "$work/compare.py" "$work/python" "$work/javascript" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the two libraries no longer write as described above" >&2; exit 1; }
packageurl-python 0.17.6
pkg:generic/Maker/Camera@5.7.3 | the same parts: True
pkg:generic/Maker/Camera@V5.7.3%20build%20220112 | the same parts: True
pkg:generic/Maker/DS-2CD2:T@5.7.3 <> pkg:generic/Maker/DS-2CD2%3AT@5.7.3 | the same parts: True
pkg:generic/Maker/Camera@5.7.3:220112 | the same parts: True
pkg:generic/Maker/Camera@5.7.3%2B220112 <> pkg:generic/Maker/Camera@5.7.3+220112 | the same parts: True
pkg:generic/Maker/Camera@5.7/2022 <> pkg:generic/Maker/Camera@5.7%2F2022 | the same parts: True
pkg:generic/Maker/Camera@5.7.3?checksum=sha1:ad9503c&download_url=https://maker.example.com/fw%3Fid%3D1 <> pkg:generic/Maker/Camera@5.7.3?checksum=sha1%3Aad9503c&download_url=https%3A%2F%2Fmaker.example.com%2Ffw%3Fid%3D1 | the same parts: True
SEEN
