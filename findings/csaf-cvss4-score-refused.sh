#!/usr/bin/env bash
# Finding: The validator of the BSI refuses a CSAF 2.1 advisory whose CVSS 4.0 score is 8.7, or one of 32 others, as 0.1 times a fraction.
# Expected: A document that is valid for CSAF 2.1 is valid whatever its score is, with one decimal.
# Happens: The schema says `multipleOf: 0.1`, and 8.7 / 0.1 is 86.99999999999999 in binary. Of the 101 scores 33 are refused, 5.1, 5.3, 6.3,
#   7.1, 8.6, 8.7 and 9.2 among them, ordinary scores of network equipment. The message is about severities first, since the same rule stands in each
#   branch for a severity; nothing else of the document is refused. jsonschema for Python refuses the same scores of the same rule,
#   fastjsonschema none. CVE records had it, too, and changed their schema to a list.
# Versions: @secvisogram/csaf-validator-lib 2.0.10 (npm), jsonschema 4.26.0 and fastjsonschema 2.22.3 (PyPI)
# Seen: 2026-11-28
# Matters: Makers move to CSAF 2.1 and CVSS 4.0 together; an advisory that such a check refuses is missed by whoever filters by it. A document is
#   read for what it states, and a validator's verdict is shown, not obeyed; scores are compared in tenths, as whole numbers.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check jsonschema==4.26.0 fastjsonschema==2.22.3 attrs==26.1.0 \
  referencing==0.37.0 rpds-py==2026.9.1 jsonschema-specifications==2025.9.1 typing_extensions==4.16.0
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @secvisogram/csaf-validator-lib@2.0.10

cat > "$work/advisory.py" <<'PY'
"""Writes the same advisory with the vectors whose base scores are 8.7 and 9.3."""
import json
import sys

DAY = "2027-01-04T10:00:00Z"
for score, severity, vector in ((8.7, "HIGH", "VC:N/VI:N/VA:H"), (9.3, "CRITICAL", "VC:H/VI:H/VA:H")):
    document = {
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.1", "title": "Camera",
            "distribution": {"tlp": {"label": "CLEAR"}},
            "publisher": {"category": "vendor", "name": "Maker", "namespace": "https://maker.example.com"},
            "notes": [{"category": "summary", "text": "A fault.", "title": "Summary"}],
            "references": [{"category": "self", "summary": "This", "url": "https://maker.example.com/maker-27-001.json"}],
            "tracking": {"id": "MAKER-27-001", "status": "final", "version": "1", "initial_release_date": DAY,
                         "current_release_date": DAY, "revision_history": [{"date": DAY, "number": "1", "summary": "First"}]}},
        "product_tree": {"branches": [{"category": "vendor", "name": "Maker", "branches": [
            {"category": "product_name", "name": "Camera", "branches": [
                {"category": "product_version", "name": "5.7.2", "product": {"name": "Camera 5.7.2", "product_id": "OLD"}}]}]}]},
        "vulnerabilities": [{
            "cve": "CVE-2027-0001", "notes": [{"category": "description", "text": "A fault."}],
            "product_status": {"known_affected": ["OLD"]},
            "metrics": [{"products": ["OLD"], "content": {"cvss_v4": {
                "version": "4.0", "baseScore": score, "baseSeverity": severity,
                "vectorString": f"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/{vector}/SC:N/SI:N/SA:N"}}}],
            "remediations": [{"category": "vendor_fix", "details": "Update to 5.7.3", "product_ids": ["OLD"]}]}]}
    with open(f"{sys.argv[1]}/{score}.json", "w") as file:
        json.dump(document, file)
PY
cat > "$work/rule.py" <<'PY'
import importlib.metadata

import fastjsonschema
import jsonschema

print("jsonschema", importlib.metadata.version("jsonschema"), "fastjsonschema", importlib.metadata.version("fastjsonschema"))
RULE = {"type": "number", "multipleOf": 0.1}
scores = [tenth / 10 for tenth in range(101)]
quick = fastjsonschema.compile(RULE)


def refused(score):
    try:
        quick(score)
    except fastjsonschema.JsonSchemaException:
        return True
    return False


wrong = [score for score in scores if not jsonschema.Draft7Validator(RULE).is_valid(score)]
print("jsonschema refuses", len(wrong), "of", len(scores), *wrong)
print("fastjsonschema refuses", sum(map(refused, scores)))
PY
cat > "$work/validate.mjs" <<'JS'
import fs from 'fs'
import validate from '@secvisogram/csaf-validator-lib/validate.js'
import * as schema from '@secvisogram/csaf-validator-lib/csaf_2_1/schemaTests.js'
import schemaText from '@secvisogram/csaf-validator-lib/csaf_2_1/schemaTests/csaf_2_1/schema.js'
import * as mandatory from '@secvisogram/csaf-validator-lib/csaf_2_1/mandatoryTests.js'
console.log('csaf-validator-lib', JSON.parse(fs.readFileSync('node_modules/@secvisogram/csaf-validator-lib/package.json')).version)
const tests = [...Object.values(schema), ...Object.values(mandatory)].filter((test) => typeof test === 'function')
for (const score of ['8.7', '9.3']) {
  const result = await validate(tests, { $schema: schemaText.$id, ...JSON.parse(fs.readFileSync(score + '.json')) })
  const messages = result.tests.flatMap((test) => test.errors || []).map((error) => error.message)
  const refused = result.tests.filter((test) => !test.isValid).map((test) => test.name)
  console.log(score, result.isValid, ...refused, [...new Set(messages)].filter((message) => message.includes('multiple')).join())
}
JS
"$work/venv/bin/python" "$work/advisory.py" "$work"
{
  (cd "$work" && timeout 60 node validate.mjs)
  "$work/venv/bin/python" "$work/rule.py"
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the scores are no longer judged as described above" >&2; exit 1; }
csaf-validator-lib 2.0.10
8.7 false csaf_2_1 csaf_2_1_strict mandatoryTest_6_1_8 must be multiple of 0.1
9.3 true 
jsonschema 4.26.0 fastjsonschema 2.22.3
jsonschema refuses 33 of 101 0.3 0.6 0.7 1.2 1.4 1.9 2.3 2.4 2.8 2.9 3.3 3.8 4.1 4.3 4.6 4.8 5.1 5.3 5.6 5.8 6.1 6.3 6.6 7.1 7.6 8.1 8.2 8.6 8.7 9.1 9.2 9.6 9.7
fastjsonschema refuses 0
SEEN
