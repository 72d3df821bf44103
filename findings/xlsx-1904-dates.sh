#!/usr/bin/env bash
# Finding: In a workbook that counts from 1904 SheetJS with `cellDates` has every date four years and a day early, beside the right text.
# Expected: `date1904` is one flag of the workbook; each reader answers with the same dates, hours and durations, or with its plain numbers.
# Happens: openpyxl and calamine are right. xlsx: the date object of a visit on 1 March 2027 is 28 February 2023 while `w` of the same cell is
#   2027. exceljs has the dates right, but a duration of 1:30 as a moment of 1 January 1904, which in a workbook from 1900 is one of 1899.
# Versions: openpyxl 3.1.5 and python-calamine 0.9.1 (PyPI), xlsx 0.18.5 and exceljs 4.4.0 (npm)
# Seen: 2026-11-28
# Matters: Lists of devices and visits that were begun in Excel for Mac long ago are still of that kind. They are read with
#   openpyxl here, which knows the flag; where a page in a browser were to read one, the texts of the cells would be taken.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check openpyxl==3.1.5 et_xmlfile==2.0.0 python-calamine==0.9.1
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" xlsx@0.18.5 exceljs@4.4.0

cat > "$work/book.py" <<'PY'
import datetime
import importlib.metadata
import sys

import openpyxl
import python_calamine
from openpyxl.utils import datetime as epochs

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("openpyxl", "python-calamine")), sep=", ")
for name in ("1900", "1904"):
    path = f"{sys.argv[1]}/{name}.xlsx"
    book = openpyxl.Workbook()
    book.epoch = epochs.CALENDAR_MAC_1904 if name == "1904" else epochs.CALENDAR_WINDOWS_1900
    book.active.append([datetime.datetime(2027, 3, 1, 12), datetime.timedelta(hours=1, minutes=30)])
    book.active["B1"].number_format = "[h]:mm"
    book.save(path)
    print(name, "openpyxl", *(cell.value for cell in openpyxl.load_workbook(path).active[1]), sep=" | ")
    print(name, "calamine", *python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0], sep=" | ")
PY
cat > "$work/book.mjs" <<'JS'
import fs from 'fs'
import XLSX from 'xlsx'
import ExcelJS from 'exceljs'
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
console.log(['xlsx', 'exceljs'].map(version).join(', '))
for (const name of ['1900', '1904']) {
  const sheet = XLSX.readFile(name + '.xlsx', { cellDates: true }).Sheets.Sheet
  console.log([name, 'xlsx', sheet.A1.v.toISOString().slice(0, 16), sheet.A1.w, sheet.B1.w].join(' | '))
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(name + '.xlsx')
  console.log([name, 'exceljs', ...['A1', 'B1'].map((cell) => book.worksheets[0].getCell(cell).value.toISOString().slice(0, 16))].join(' | '))
}
JS
{
  "$work/venv/bin/python" "$work/book.py" "$work"
  (cd "$work" && TZ=UTC timeout 60 node book.mjs)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the workbook is no longer read as described above" >&2; exit 1; }
openpyxl 3.1.5, python-calamine 0.9.1
1900 | openpyxl | 2027-03-01 12:00:00 | 1:30:00
1900 | calamine | 2027-03-01 12:00:00 | 1:30:00
1904 | openpyxl | 2027-03-01 12:00:00 | 1:30:00
1904 | calamine | 2027-03-01 12:00:00 | 1:30:00
xlsx 0.18.5, exceljs 4.4.0
1900 | xlsx | 2027-03-01T12:00 | 2027-03-01 12:00:00 | 1:30
1900 | exceljs | 2027-03-01T12:00 | 1899-12-30T01:30
1904 | xlsx | 2023-02-28T12:00 | 2027-03-01 12:00:00 | 1:30
1904 | exceljs | 2027-03-01T12:00 | 1904-01-01T01:30
SEEN
