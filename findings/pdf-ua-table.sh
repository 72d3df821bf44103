#!/usr/bin/env bash
# Finding: A PDF that WeasyPrint declares PDF/UA-1 has a long table as three tables, header cells without scope, and no artifacts.
# Expected: One Table over the pages whose repeated head is an artifact, TH with the scope the HTML gives, page titles as artifacts.
# Happens: A table on three pages is three Table elements, each with its own head. TH has no Scope though the HTML has scope=col (cells name
#   their headers by id instead). Nothing is marked as an artifact, the running title and the page numbers neither.
#   Language, title and alternative text are right. The metadata says pdfuaid:part 1 all the same.
# Versions: weasyprint 70.0, pikepdf 10.17.0 (PyPI); Pango from Debian or any other system
# Seen: 2026-11-27
# Matters: Reports are tables. A screen reader finds three small ones where the reader sees one: the declaration alone proves nothing, and
#   the choice between engines is made on the tag tree.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 pikepdf==10.17.0

cat > "$work/report.py" <<'PY'
import collections
import importlib.metadata
import sys

import pikepdf
import weasyprint

ROWS = "".join(f"<tr><th scope=row>{number}</th><td>Gate blocked</td></tr>" for number in range(60))
HTML = f"""<html lang="en"><head><title>Report</title><style>
@page {{ size: A5; margin: 20mm; @top-left {{ content: "Running title" }} @bottom-right {{ content: counter(page) }} }}
</style></head><body><h1>Report</h1><table><caption>Interventions</caption>
<thead><tr><th scope=col>Number</th><th scope=col>Subject</th></tr></thead><tbody>{ROWS}</tbody></table></body></html>"""
weasyprint.HTML(string=HTML).write_pdf(sys.argv[1], pdf_variant="pdf/ua-1")
pdf = pikepdf.open(sys.argv[1])
count = collections.Counter()


def walk(node):
    if isinstance(node, pikepdf.Array):
        for child in node:
            walk(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        count[str(node.S)] += 1
        if node.S == "/TH" and "/Scope" in node.get("/A", {}):
            count["scope"] += 1
        walk(node.get("/K"))


walk(pdf.Root.StructTreeRoot.K)
artifacts = sum(
    str(part.operator) in ("BDC", "BMC") and part.operands[0] == "/Artifact"
    for page in pdf.pages for part in pikepdf.parse_content_stream(page))
for package in ("weasyprint", "pikepdf"):
    print(package, importlib.metadata.version(package))
print("pages", len(pdf.pages), "declared PDF/UA", pdf.open_metadata().get("pdfuaid:part"), "language", pdf.Root.Lang)
print("Table", count["/Table"], "THead", count["/THead"], "TH with scope", count["scope"], "artifacts", artifacts)
PY
timeout 120 "$work/venv/bin/python" "$work/report.py" "$work/report.pdf" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the PDF is no longer tagged as described above" >&2; exit 1; }
weasyprint 70.0
pikepdf 10.17.0
pages 3 declared PDF/UA 1 language en
Table 3 THead 3 TH with scope 0 artifacts 0
SEEN
