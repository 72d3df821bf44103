#!/usr/bin/env bash
# Finding: One file attached by weasyprint under a French name is two attachments for pypdf, one of them "relevÃ©.csv", which is the only name of pikepdf.
# Expected: An attachment "relevé.csv" is found under that name, once.
# Happens: weasyprint writes the name three times: /UF as a text string, but /F and the key of the name tree as bare UTF-8, which a reader takes for
#   PDFDocEncoding. pypdf lists both names for the same content; pikepdf goes by the key. With a name in ASCII all agree.
# Versions: weasyprint 70.0, pypdf 7.1.1 and pikepdf 10.18.0 (PyPI)
# Seen: 2026-11-28
# Matters: A report carries its figures as a file: who looks it up by name misses it, who saves all has it twice. Attached files have names in ASCII, as
#   Factur-X has, the French title goes into the description, and a test counts them.
# Needs: Pango
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 pydyf==0.13.0 pypdf==7.1.1 pikepdf==10.18.0 \
  fonttools==4.68.0 pillow==13.0.0 cffi==2.1.1 lxml==6.1.3

cat > "$work/attach.py" <<'PY'
import importlib.metadata
import sys

import pikepdf
import pypdf
import weasyprint

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("weasyprint", "pypdf", "pikepdf")))
for name in ("releve.csv", "relevé.csv"):
    path = f"{sys.argv[1]}/report.pdf"
    weasyprint.HTML(string="<html lang='fr'><title>Relevé</title><p>Relevé</p></html>").write_pdf(
        path, attachments=[weasyprint.Attachment(string=b"1;2", name=name, description="Relevé détaillé")])
    print(name)
    print(" pypdf", list(pypdf.PdfReader(path).attachments))
    with pikepdf.open(path) as pdf:
        for key, file in pdf.attachments.items():
            print(" pikepdf", [key], file.filename, "/F", bytes(file.obj.F), "/UF", str(file.obj.UF), "/Desc", file.description)
PY
"$work/venv/bin/python" "$work/attach.py" "$work" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: names of attached files are no longer as described above" >&2; exit 1; }
weasyprint 70.0 pypdf 7.1.1 pikepdf 10.18.0
releve.csv
 pypdf ['releve.csv']
 pikepdf ['releve.csv'] releve.csv /F b'releve.csv' /UF releve.csv /Desc Relevé détaillé
relevé.csv
 pypdf ['relevÃ©.csv', 'relevé.csv']
 pikepdf ['relevÃ©.csv'] relevé.csv /F b'relev\xc3\xa9.csv' /UF relevé.csv /Desc Relevé détaillé
SEEN
