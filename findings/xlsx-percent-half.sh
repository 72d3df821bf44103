#!/usr/bin/env bash
# Finding: SheetJS shows a rate of 28.5 % as "28%" and one of 57.5 % as "57%", where another formatter of Excel's patterns rounds up.
# Expected: The text of a cell (`w`, sheet_to_csv, sheet_to_json without raw) is what the person sees who opens the workbook.
# Happens: SSF multiplies by 100 in binary (28.499999999999996) and then rounds; numfmt goes by the decimal digits. Of the hundred
#   rates with a half percent four differ (14.5, 28.5, 56.5, 57.5), of 100001 rates with five decimals 1162 for "0.00%". Each is lower, none higher.
# Versions: xlsx 0.18.5, ssf 0.11.2, numfmt 4.0.1 (npm)
# Seen: 2026-11-28
# Matters: A report converted to CSV or shown on a page says another rate than the same workbook opened, just where a commitment is kept or not.
#   Rates are compared as fractions of whole numbers, rounded once by us, and the workbook holds the counts beside them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" xlsx@0.18.5 ssf@0.11.2 numfmt@4.0.1

cat > "$work/rates.mjs" <<'JS'
import fs from 'fs'
import XLSX from 'xlsx'
import SSF from 'ssf'
import { format } from 'numfmt'
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
console.log(['xlsx', 'ssf', 'numfmt'].map(version).join(', '))
const rates = [[0.285, '0%'], [0.575, '0%'], [0.995, '0%'], [0.00145, '0.00%'], [0.99985, '0.00%']]
const sheet = XLSX.utils.aoa_to_sheet([rates.map(([v, z]) => ({ t: 'n', v, z }))])
const book = XLSX.utils.book_new(sheet)
XLSX.utils.book_append_sheet(book, sheet, 'Rates')
const read = XLSX.read(XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }), { cellNF: true }).Sheets.Rates
rates.forEach(([rate, pattern], column) => console.log(rate, pattern, 'xlsx', read[XLSX.utils.encode_col(column) + '1'].w, 'ssf', SSF.format(pattern, rate), 'numfmt', format(pattern, rate)))
console.log('csv', XLSX.utils.sheet_to_csv(read))
const differ = (pattern, all) => all.filter((rate) => SSF.format(pattern, rate) !== format(pattern, rate))
const halves = Array.from({ length: 100 }, (_, k) => (2 * k + 1) / 200)
console.log('of', halves.length, 'rates with a half percent differ', differ('0%', halves).join(' '))
const all = Array.from({ length: 100001 }, (_, k) => k / 100000)
const wrong = differ('0.00%', all)
console.log('of', all.length, 'rates differ', wrong.length, 'lower in ssf', wrong.filter((rate) => parseFloat(SSF.format('0.00%', rate)) < parseFloat(format('0.00%', rate))).length, 'highest', wrong.at(-1))
JS
(cd "$work" && timeout 120 node rates.mjs) | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the rates are no longer shown as described above" >&2; exit 1; }
xlsx 0.18.5, ssf 0.11.2, numfmt 4.0.1
0.285 0% xlsx 28% ssf 28% numfmt 29%
0.575 0% xlsx 57% ssf 57% numfmt 58%
0.995 0% xlsx 100% ssf 100% numfmt 100%
0.00145 0.00% xlsx 0.14% ssf 0.14% numfmt 0.15%
0.99985 0.00% xlsx 99.99% ssf 99.99% numfmt 99.99%
csv 28%,57%,100%,0.14%,99.99%
of 100 rates with a half percent differ 0.145 0.285 0.565 0.575
of 100001 rates differ 1162 lower in ssf 1162 highest 0.99745
SEEN
