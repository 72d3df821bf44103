#!/usr/bin/env bash
# Finding: A syslog message whose text ends a word with "]" has no text for glossy; nsyslog-parser does not read the elements RFC 5424 defines.
# Expected: A message behind structured data is read as it was sent; `origin` and `timeQuality` are elements; `\"`, `\\` and `\]` in a value are
#   undone, as sections 6.3 and 7 of RFC 5424 say.
# Happens: glossy takes everything up to the last word that ends in "]" for structured data: "Door open [zone 3]" is an empty message and an
#   element "zone". nsyslog-parser reads only elements with an "@": of `[origin ip="192.0.2.1"]` or the `timeQuality` of Linux' `logger` the name is gone
#   and the rest stands in the text, as does an element with an escape; a message without a time has the present moment, one without a text "-".
#   syslog-rfc5424-parser keeps the backslashes. Of a name that stands twice, as `ip` in the RFC, all keep the last.
# Versions: glossy 0.1.7 and nsyslog-parser 0.10.1 (npm), syslog-rfc5424-parser 0.3.2 (PyPI)
# Seen: 2026-11-28
# Matters: Cameras, controllers and UPSs report faults by syslog, and brackets with a zone or a process are ordinary there. A relay into a
#   ticket keeps the raw line beside what was parsed, and a time that was not sent is not made up.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check syslog-rfc5424-parser==0.3.2
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" glossy@0.1.7 nsyslog-parser@0.10.1

cat > "$work/lines.txt" <<'LINES'
<165>1 2027-03-28T02:14:15.003+02:00 panel alarm - A1 [door@32473 name="North"] Door open
<165>1 2027-03-28T02:14:15.003+02:00 panel alarm - A1 [door@32473 name="North"] Door open [zone 3]
<165>1 2027-03-28T02:14:15.003+02:00 panel alarm - A1 [door@32473 name="B \"north\" [2\]"] Door open
<165>1 2027-03-28T02:14:15.003+02:00 panel alarm - A1 [origin ip="192.0.2.1" ip="192.0.2.129"] Door open
<165>1 2027-03-28T02:14:15.003+02:00 panel alarm - A1 [timeQuality tzKnown="1" isSynced="0"] Door open
<165>1 - panel alarm - A1 -
LINES
cat > "$work/read.py" <<'PY'
import importlib.metadata
import json
import sys

from syslog_rfc5424_parser import SyslogMessage

print("syslog-rfc5424-parser", importlib.metadata.version("syslog-rfc5424-parser"))
for line in open(sys.argv[1]).read().splitlines():
    read = SyslogMessage.parse(line).as_dict()
    print(json.dumps([read["timestamp"], read["sd"], read["msg"]]))
PY
cat > "$work/read.js" <<'JS'
const fs = require('fs')
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
const glossy = require('glossy').Parse
const nsyslog = require('nsyslog-parser')
const lines = fs.readFileSync('lines.txt', 'utf8').trim().split('\n')
const began = new Date()
// A time nobody sent is printed as "now".
const time = (date) => !date ? null : Math.abs(date - began) < 60000 ? 'now' : date
console.log(version('glossy'))
for (const line of lines) {
  const read = glossy.parse(line)
  console.log(JSON.stringify([time(read.time), read.structuredData || {}, read.message]))
}
console.log(version('nsyslog-parser'))
for (const line of lines) {
  const read = nsyslog(line)
  console.log(JSON.stringify([time(read.ts), read.structuredData, read.message]))
}
JS
{
  "$work/venv/bin/python" "$work/read.py" "$work/lines.txt"
  (cd "$work" && timeout 60 node read.js)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: the messages are no longer read as described above" >&2; exit 1; }
syslog-rfc5424-parser 0.3.2
["2027-03-28T02:14:15.003+02:00", {"door@32473": {"name": "North"}}, "Door open"]
["2027-03-28T02:14:15.003+02:00", {"door@32473": {"name": "North"}}, "Door open [zone 3]"]
["2027-03-28T02:14:15.003+02:00", {"door@32473": {"name": "B \\\"north\\\" [2\\]"}}, "Door open"]
["2027-03-28T02:14:15.003+02:00", {"origin": {"ip": "192.0.2.129"}}, "Door open"]
["2027-03-28T02:14:15.003+02:00", {"timeQuality": {"tzKnown": "1", "isSynced": "0"}}, "Door open"]
["-", {}, null]
glossy 0.1.7
["2027-03-28T00:14:15.003Z",{"door@32473":{"name":"North"}},"Door open"]
["2027-03-28T00:14:15.003Z",{"door@32473":{"name":"North"},"zone":{}},""]
["2027-03-28T00:14:15.003Z",{"door@32473":{"name":"B \"north\" [2]"}},"Door open"]
["2027-03-28T00:14:15.003Z",{"origin":{"ip":"192.0.2.129"}},"Door open"]
["2027-03-28T00:14:15.003Z",{"timeQuality":{"tzKnown":"1","isSynced":"0"}},"Door open"]
[null,{},""]
nsyslog-parser 0.10.1
["2027-03-28T00:14:15.003Z",[{"$id":"door@32473","name":"North"}],"Door open"]
["2027-03-28T00:14:15.003Z",[{"$id":"door@32473","name":"North"}],"Door open [zone 3]"]
["2027-03-28T00:14:15.003Z",[],"[door@32473 name=\"B \\\"north\\\" [2\\]\"] Door open"]
["2027-03-28T00:14:15.003Z",[],"ip=\"192.0.2.1\" ip=\"192.0.2.129\"] Door open"]
["2027-03-28T00:14:15.003Z",[],"tzKnown=\"1\" isSynced=\"0\"] Door open"]
["now",[],"-"]
SEEN
