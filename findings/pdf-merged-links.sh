#!/usr/bin/env bash
# Finding: In a dossier merged with pypdf the links of the second document lead into the first one, when both have the same anchors.
# Expected: append() keeps each document's links within it, or drops them: two reports of one template can be merged.
# Happens: weasyprint names a destination as the id in the HTML. pypdf keeps the first destination of a name and drops the second, without a
#   warning, so "#results" of the second report opens the page of the first. add_pages_from() of pikepdf renames ("results.1") and is right;
#   insert_pdf() of PyMuPDF drops such links.
# Versions: weasyprint 70.0, pypdf 7.1.1, pikepdf 10.18.0 and PyMuPDF 2.0 (PyPI)
# Seen: 2026-11-28
# Matters: A review's dossier is made of one report for each site from one template; who clicks "results" reads those of another site. Anchors carry
#   the record's number, or files are merged by pikepdf, and a test follows a link of the last document.
# Needs: Pango
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 pydyf==0.13.0 pypdf==7.1.1 pikepdf==10.18.0 pymupdf==2.0 \
  fonttools==4.68.0 pillow==13.0.0 cffi==2.1.1 lxml==6.1.3

cat > "$work/dossier.py" <<'PY'
import importlib.metadata
import sys
import warnings

import pikepdf
import pymupdf
import pypdf
import weasyprint

warnings.simplefilter("ignore")
folder = sys.argv[1]
print(*(f"{name} {importlib.metadata.version(name)}" for name in ("weasyprint", "pypdf", "pikepdf", "pymupdf")))
for site in (1, 2):
    weasyprint.HTML(string=f"""<html lang="en"><title>Site {site}</title><p><a href="#results">Results</a></p>
        <h1 id="results" style="break-before: page">Results of site {site}</h1></html>""").write_pdf(f"{folder}/{site}.pdf")


def links(name):
    """Where each link of the file leads: page of the link -> page it opens, counted from 1."""
    reader = pypdf.PdfReader(f"{folder}/{name}.pdf")
    found = []
    for number, page in enumerate(reader.pages, start=1):
        for link in page.get("/Annots", []):
            target = reader.named_destinations.get(str(link.get_object().get("/Dest")))
            found.append(f"{number}->{reader.get_destination_page_number(target) + 1 if target else None}")
    return found or "no link"


writer = pypdf.PdfWriter()
for site in (1, 2):
    writer.append(f"{folder}/{site}.pdf")
writer.write(f"{folder}/pypdf.pdf")
book = pikepdf.new()
for site in (1, 2):
    book.add_pages_from(pikepdf.open(f"{folder}/{site}.pdf"))
book.save(f"{folder}/pikepdf.pdf")
document = pymupdf.open()
for site in (1, 2):
    document.insert_pdf(pymupdf.open(f"{folder}/{site}.pdf"))
document.save(f"{folder}/pymupdf.pdf")
for name in ("1", "2", "pypdf", "pikepdf", "pymupdf"):
    print(name, links(name))
PY
"$work/venv/bin/python" "$work/dossier.py" "$work" 2> /dev/null | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: links are no longer merged as described above" >&2; exit 1; }
weasyprint 70.0 pypdf 7.1.1 pikepdf 10.18.0 pymupdf 2.0
1 ['1->2']
2 ['1->2']
pypdf ['1->2', '3->2']
pikepdf ['1->2', '3->4']
pymupdf no link
SEEN
