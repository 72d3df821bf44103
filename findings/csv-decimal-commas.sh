#!/usr/bin/env bash
# Finding: A French export of two columns, names and hours with a decimal comma, is split at the comma: "Nantes;12" and 5.
# Expected: `;` stands once in every line, as in the heading that has no comma, so it is the delimiter for each that looks for one.
# Happens: Papa Parse takes the comma of `Site;Délai` / `Nantes;12,5`, since the line break at the end of the file counts as a line; the rows come
#   all the same, beside a note "UndetectableDelimiter". With skipEmptyLines, or a third column, it takes the semicolon. Of two
#   columns of numbers without a heading Papa Parse, DuckDB and the csv module of Python make three: 12, "5;3", 25, and say nothing. CleverCSV is
#   right in all.
# Versions: papaparse 5.7.1 (npm), duckdb 2.0.1 and clevercsv 0.8.5 (PyPI), Python 3.11
# Seen: 2026-11-28
# Matters: Delays and notes of a list become other numbers before anybody sees them, and only in the smallest lists. The template of an
#   import is a workbook, and of a CSV file the first lines are shown as they were read before anything is written.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==2.0.1 clevercsv==0.8.5 chardet==7.7.0 regex==2026.11.19 packaging==26.4
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" papaparse@5.7.1

printf '%s\r\n' 'Site;Délai' 'Nantes;12,5' 'Lyon;3,0' 'Pau;7,25' > "$work/two.csv"
printf '%s\r\n' 'Site;Délai;Visites' 'Nantes;12,5;4' 'Lyon;3,0;1' 'Pau;7,25;2' > "$work/three.csv"
printf '%s\r\n' '12,5;3,25' '7,0;8,75' '1,5;2,25' > "$work/numbers.csv"
cat > "$work/sniff.py" <<'PY'
import csv
import importlib.metadata
import sys

import clevercsv
import duckdb

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("clevercsv", "duckdb")), sep=", ")
for name in ("two", "three", "numbers"):
    path = f"{sys.argv[1]}/{name}.csv"
    text = open(path, encoding="utf-8", newline="").read()
    line = duckdb.sql(f"SELECT * FROM '{path}'").fetchall()[0]
    print(name, "csv", csv.Sniffer().sniff(text).delimiter, "clevercsv", clevercsv.Sniffer().sniff(text).delimiter, "duckdb", line)
PY
cat > "$work/sniff.cjs" <<'JS'
const fs = require('fs')
const Papa = require('papaparse')
console.log('papaparse', JSON.parse(fs.readFileSync('node_modules/papaparse/package.json')).version)
for (const name of ['two', 'three', 'numbers']) {
  for (const skipEmptyLines of [false, true]) {
    const { meta, data, errors } = Papa.parse(fs.readFileSync(name + '.csv', 'utf8'), { dynamicTyping: true, skipEmptyLines })
    console.log(name, 'skip empty lines:', skipEmptyLines, meta.delimiter, JSON.stringify(data[1]), errors.map((error) => error.code).join() || 'no error')
  }
}
JS
{
  "$work/venv/bin/python" "$work/sniff.py" "$work"
  (cd "$work" && timeout 60 node sniff.cjs)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the files are no longer split as described above" >&2; exit 1; }
clevercsv 0.8.5, duckdb 2.0.1
two csv ; clevercsv ; duckdb ('Nantes', '12,5')
three csv ; clevercsv ; duckdb ('Nantes', '12,5', 4)
numbers csv , clevercsv ; duckdb (12, '5;3', 25)
papaparse 5.7.1
two skip empty lines: false , ["Nantes;12",5] UndetectableDelimiter
two skip empty lines: true ; ["Nantes","12,5"] no error
three skip empty lines: false ; ["Nantes","12,5",4] no error
three skip empty lines: true ; ["Nantes","12,5",4] no error
numbers skip empty lines: false , [7,"0;8",75] no error
numbers skip empty lines: true , [7,"0;8",75] no error
SEEN
