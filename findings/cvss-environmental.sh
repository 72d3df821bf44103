#!/usr/bin/env bash
# Finding: The cvss library gives another score, and at times another severity, where the vector has no environmental part at all.
# Expected: Without temporal and environmental metrics, base, temporal and environmental score are one figure.
# Happens: For 80 of the 2592 base vectors of CVSS 3.1 the environmental score is 0.1 above or below the base score (8.5 against 8.6), and
#   for 5 the severity is another (7.0 High against 6.9 Medium, and the other way). 3.0 has none. We saw it in
#   scores() and as_json() and did not look up whether the standard's formula asks for it. The npm package cvss scores every 3.1 vector as 0, "None".
# Versions: cvss 3.6 (PyPI), cvss 1.0.5 (npm)
# Seen: 2026-11-27
# Matters: Time to tell depends on the severity. Base score and severity are taken by name, never the last of scores(), and an advisory's
#   own base score is compared with the base score only.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check cvss==3.6
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" cvss@1.0.5

cat > "$work/scores.py" <<'PY'
import importlib.metadata
import itertools

from cvss import CVSS3

METRICS = {"AV": "NALP", "AC": "LH", "PR": "NLH", "UI": "NR", "S": "UC", "C": "HLN", "I": "HLN", "A": "HLN"}
print("cvss", importlib.metadata.version("cvss"), "(PyPI)")
for version in ("3.0", "3.1"):
    vectors = [CVSS3(f"CVSS:{version}/" + "/".join(map(":".join, zip(METRICS, values)))) for values in itertools.product(*METRICS.values())]
    print(version, len(vectors), "vectors,", sum(v.scores()[0] != v.scores()[2] for v in vectors), "other scores,",
          sum(v.severities()[0] != v.severities()[2] for v in vectors), "other severities")
for text in ("CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:H", "CVSS:3.1/AV:P/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:L"):
    print(text, *map(float, CVSS3(text).scores()), *CVSS3(text).severities())
PY
"$work/venv/bin/python" "$work/scores.py" | tee "$work/seen"
(cd "$work" && timeout 60 node -e "
const cvss = require('cvss')
for (const version of ['3.0', '3.1']) {
  const score = cvss.getScore('CVSS:' + version + '/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')
  console.log('cvss', require('cvss/package.json').version, '(npm),', version, score, cvss.getRating(score))
}") | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the libraries no longer score as described above" >&2; exit 1; }
cvss 3.6 (PyPI)
3.0 2592 vectors, 0 other scores, 0 other severities
3.1 2592 vectors, 80 other scores, 5 other severities
CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:H 8.5 8.5 8.6 High High High
CVSS:3.1/AV:P/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:L 7.0 7.0 6.9 High High Medium
cvss 1.0.5 (npm), 3.0 9.8 Critical
cvss 1.0.5 (npm), 3.1 0 None
SEEN
