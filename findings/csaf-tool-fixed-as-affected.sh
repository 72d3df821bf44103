#!/usr/bin/env bash
# Finding: csaf-tool shows the repaired firmware among the affected ones, when a range stands below a single version in the tree.
# Expected: Each product of the tree keeps its own version text, in whatever order a maker lists them.
# Happens: The version of a product_version branch is remembered and overrides the product_version_range branches that follow it: "< V5.7.2"
#   below "V5.7.3" (fixed) is printed as V5.7.3, affected and fixed at once. With the range first, both are right.
# Versions: csaf-tool 0.3.2 (PyPI)
# Seen: 2026-11-27
# Matters: Advisories of this trade mix single versions and ranges under one model. The tree is walked by our own reader, which passes a
#   version down to the branch's own children only, and a test lists the same branches in each order.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check csaf-tool==0.3.2 packageurl-python==0.17.6 rich==15.0.0

cat > "$work/advisory.py" <<'PY'
import json
import sys

LEAVES = [
    {"category": "product_version", "name": "V5.7.3", "product": {"name": "Camera fixed", "product_id": "FIXED"}},
    {"category": "product_version_range", "name": "< V5.7.2", "product": {"name": "Camera old", "product_id": "OLD"}},
]
if sys.argv[1] == "range first":
    LEAVES.reverse()
DAY = "2027-01-04T10:00:00Z"
json.dump({
    "document": {
        "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Camera",
        "publisher": {"category": "vendor", "name": "Maker", "namespace": "https://maker.example.com"},
        "tracking": {"id": "MAKER-27-001", "status": "final", "version": "1", "initial_release_date": DAY,
                     "current_release_date": DAY, "revision_history": [{"date": DAY, "number": "1", "summary": "First"}]}},
    "product_tree": {"branches": [{"category": "vendor", "name": "Maker", "branches": [
        {"category": "product_name", "name": "Camera", "branches": LEAVES}]}]},
    "vulnerabilities": [{"cve": "CVE-2027-0001", "product_status": {"known_affected": ["OLD"], "fixed": ["FIXED"]}}],
}, sys.stdout)
PY
"$work/venv/bin/pip" list --disable-pip-version-check 2> /dev/null | grep '^csaf-tool ' | tr -s ' ' | tee "$work/seen"
for order in "version first" "range first"; do
  "$work/venv/bin/python" "$work/advisory.py" "$order" > "$work/advisory.json"
  echo "$order"
  (cd "$work" && COLUMNS=120 timeout 60 "$work/venv/bin/csaf-tool" -i advisory.json) |
    awk '/^KNOWN_AFFECTED|^FIXED/ { title = $1 } /│ Camera/ && title { split($0, cell, "│"); print title, cell[3] }' |
    tr -s ' ' | sed 's/ $//'
done | tee -a "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the tool no longer reads as described above" >&2; exit 1; }
csaf-tool 0.3.2
version first
KNOWN_AFFECTED V5.7.3
FIXED V5.7.3
range first
KNOWN_AFFECTED < V5.7.2
FIXED V5.7.3
SEEN
