#!/usr/bin/env bash
# Finding: Hours in an ODS sheet: one cell of 24 hours or more makes pandas refuse the whole sheet with odfpy, and is text for calamine.
# Expected: As from XLSX: 36:00 in a column of hours is a timedelta of 36 hours, 01:30 one of an hour and a half, with either engine.
# Happens: pandas with `odf` reads a duration as a time of day, and raises DateParseError for the sheet at the first 24:00 or 36:00. calamine,
#   with pandas and without, gives time(1, 30) below 24 hours and the text "PT36H00M00S" above. pyexcel-ods gives a timedelta above and a time
#   below. The same hours in an XLSX are timedeltas for all. LibreOffice writes a cell of hours, [HH]:MM, just so.
# Versions: pandas 3.1.1, odfpy 1.4.1, python-calamine 0.9.1, pyexcel-ods 0.6.0 and openpyxl 3.1.5 (PyPI)
# Seen: 2026-11-28
# Matters: Hours of outages, of interventions or left on a contract come in such columns, and public bodies send ODS. A sheet of hours is asked
#   for as XLSX or as decimal hours, and a column whose cells are of two kinds is refused, naming the row.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check pandas==3.1.1 numpy==2.4.6 python-dateutil==2.9.0.post0 six==1.17.0 \
  odfpy==1.4.1 defusedxml==0.7.1 python-calamine==0.9.1 pyexcel-ods==0.6.0 pyexcel-io==0.6.8 lml==0.2.0 openpyxl==3.1.5 et_xmlfile==2.0.0

cat > "$work/hours.py" <<'PY'
import datetime
import importlib.metadata
import sys
import warnings

import openpyxl
import pandas
import pyexcel_ods
import python_calamine
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

warnings.simplefilter("ignore")
folder = sys.argv[1]
HOURS = (1.5, 23, 24, 36)


def written(hours):
    return f"{int(hours):02}:{int(hours % 1 * 60):02}", f"PT{int(hours):02}H{int(hours % 1 * 60):02}M00S"


def write(name, hours):
    sheet = Table(name="Outages")
    for one in hours:
        text, value = written(one)
        cell = TableCell(valuetype="time", timevalue=value)
        cell.addElement(P(text=text))
        row = TableRow()
        row.addElement(cell)
        sheet.addElement(row)
    document = OpenDocumentSpreadsheet()
    document.spreadsheet.addElement(sheet)
    document.save(f"{folder}/{name}.ods")
    book = openpyxl.Workbook()
    for one in hours:
        book.active.append([datetime.timedelta(hours=one)])
        book.active.cell(book.active.max_row, 1).number_format = "[hh]:mm"
    book.save(f"{folder}/{name}.xlsx")


def shown(read):
    try:
        return " | ".join(f"{type(value).__name__} {value}" for value in read())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(*(f"{name} {importlib.metadata.version(name)}" for name in ("pandas", "odfpy", "python-calamine", "pyexcel-ods", "openpyxl")))
write("below", HOURS[:2])
write("above", HOURS)
for name in ("below", "above"):
    for kind, engine in (("ods", "odf"), ("ods", "calamine"), ("xlsx", "openpyxl"), ("xlsx", "calamine")):
        print(name, kind, "pandas", engine, "->", shown(lambda: pandas.read_excel(f"{folder}/{name}.{kind}", header=None, engine=engine)[0]))
    for kind in ("ods", "xlsx"):
        rows = python_calamine.load_workbook(f"{folder}/{name}.{kind}").get_sheet_by_index(0)
        print(name, kind, "calamine ->", shown(lambda: [row[0] for row in rows.to_python()]))
    print(name, "ods pyexcel-ods ->", shown(lambda: [row[0] for row in pyexcel_ods.get_data(f"{folder}/{name}.ods")["Outages"]]))
PY
"$work/venv/bin/python" "$work/hours.py" "$work" | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: hours are no longer read as described above" >&2; exit 1; }
pandas 3.1.1 odfpy 1.4.1 python-calamine 0.9.1 pyexcel-ods 0.6.0 openpyxl 3.1.5
below ods pandas odf -> time 01:30:00 | time 23:00:00
below ods pandas calamine -> time 01:30:00 | time 23:00:00
below xlsx pandas openpyxl -> Timedelta 0 days 01:30:00 | Timedelta 0 days 23:00:00
below xlsx pandas calamine -> Timedelta 0 days 01:30:00 | Timedelta 0 days 23:00:00
below ods calamine -> time 01:30:00 | time 23:00:00
below xlsx calamine -> timedelta 1:30:00 | timedelta 23:00:00
below ods pyexcel-ods -> time 01:30:00 | time 23:00:00
above ods pandas odf -> DateParseError: hour must be in 0..23: 24:00
above ods pandas calamine -> time 01:30:00 | time 23:00:00 | str PT24H00M00S | str PT36H00M00S
above xlsx pandas openpyxl -> Timedelta 0 days 01:30:00 | Timedelta 0 days 23:00:00 | Timedelta 1 days 00:00:00 | Timedelta 1 days 12:00:00
above xlsx pandas calamine -> Timedelta 0 days 01:30:00 | Timedelta 0 days 23:00:00 | Timedelta 1 days 00:00:00 | Timedelta 1 days 12:00:00
above ods calamine -> time 01:30:00 | time 23:00:00 | str PT24H00M00S | str PT36H00M00S
above xlsx calamine -> timedelta 1:30:00 | timedelta 23:00:00 | timedelta 1 day, 0:00:00 | timedelta 1 day, 12:00:00
above ods pyexcel-ods -> time 01:30:00 | time 23:00:00 | timedelta 1 day, 0:00:00 | timedelta 1 day, 12:00:00
SEEN
