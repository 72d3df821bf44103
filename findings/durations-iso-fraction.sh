#!/usr/bin/env bash
# Finding: pandas reads the duration PT1.5H as five hours and a second, P0.5D as five days and P1M as one minute, without an error.
# Expected: ISO 8601 allows a fraction in the last part, so PT1.5H is an hour and a half everywhere; what a reader does not know it refuses.
# Happens: pandas.Timedelta drops the whole part before the point and counts what stands behind as seconds or as a unit: PT1.5H, P0.5D, P1.5D.
#   P1M, a month, is a minute. PT1,5H, the French comma, it refuses. isodate, isoduration and aniso8601 agree on all fractions, but a month is
#   30 days for one of them, a year 365. iso8601-duration (npm) reads -PT1H as an hour from now on, and refuses P0.5D.
# Versions: pandas 3.1.1, isodate 0.7.2, isoduration 20.11.0, aniso8601 10.0.1 (PyPI), iso8601-duration 2.1.4 and tinyduration 3.4.1 (npm)
# Seen: 2026-11-28
# Matters: Delays of monitors, cameras (ONVIF) and calendars come as such texts. A promise of an hour and a half would be shown as kept
#   within five. Durations are kept as numbers with a unit of their own; a text is read with whole hours and minutes only (PT1H30M, PT90M).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check pandas==3.1.1 numpy==2.4.6 python-dateutil==2.9.0.post0 six==1.17.0 \
  isodate==0.7.2 isoduration==20.11.0 aniso8601==10.0.1 arrow==1.4.0
timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" iso8601-duration@2.1.4 tinyduration@3.4.1

cat > "$work/texts" <<'TEXTS'
PT90M
PT1H30M
PT1.5H
PT1,5H
PT0.5H
P0.5D
P1.5D
P1M
-PT1H
TEXTS
cat > "$work/read.py" <<'PY'
import importlib.metadata
import sys

import aniso8601
import isodate
import isoduration
import pandas

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("pandas", "isodate", "isoduration", "aniso8601")))


def read(reader, text):
    try:
        return reader(text)
    except ValueError:
        return "refused"
    except Exception as error:
        return type(error).__name__


for text in open(sys.argv[1]).read().split():
    readers = (pandas.Timedelta, isodate.parse_duration, isoduration.parse_duration, aniso8601.parse_duration)
    print(text, *(read(reader, text) for reader in readers), sep=" | ")
PY
cat > "$work/read.mjs" <<'JS'
import fs from 'fs'
import * as tiny from 'tinyduration'
import * as iso from 'iso8601-duration'
const version = (name) => name + ' ' + JSON.parse(fs.readFileSync('node_modules/' + name + '/package.json')).version
const read = (reader, text) => {
  try {
    return reader(text)
  } catch {
    return 'refused'
  }
}
console.log(version('iso8601-duration'), version('tinyduration'))
for (const text of fs.readFileSync('texts', 'utf8').trim().split('\n')) {
  console.log([text, read((one) => iso.toSeconds(iso.parse(one)) + ' s', text), JSON.stringify(read(tiny.parse, text))].join(' | '))
}
JS
{
  "$work/venv/bin/python" "$work/read.py" "$work/texts"
  (cd "$work" && timeout 60 node read.mjs)
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: durations are no longer read as described above" >&2; exit 1; }
pandas 3.1.1 isodate 0.7.2 isoduration 20.11.0 aniso8601 10.0.1
PT90M | 0 days 01:30:00 | 1:30:00 | PT90M | 1:30:00
PT1H30M | 0 days 01:30:00 | 1:30:00 | PT1H30M | 1:30:00
PT1.5H | 0 days 05:00:01 | 1:30:00 | PT1.5H | 1:30:00
PT1,5H | refused | 1:30:00 | PT1.5H | 1:30:00
PT0.5H | 0 days 05:00:00 | 0:30:00 | PT0.5H | 0:30:00
P0.5D | 5 days 00:00:00 | 12:00:00 | P0.5D | 12:00:00
P1.5D | 5 days 00:00:01 | 1 day, 12:00:00 | P1.5D | 1 day, 12:00:00
P1M | 0 days 00:01:00 | 1 month, 0:00:00 | P1M | 30 days, 0:00:00
-PT1H | -1 days +23:00:00 | -1 day, 23:00:00 | -PT1H | refused
iso8601-duration 2.1.4 tinyduration 3.4.1
PT90M | 5400 s | {"minutes":90}
PT1H30M | 5400 s | {"hours":1,"minutes":30}
PT1.5H | 5400 s | {"hours":1.5}
PT1,5H | 5400 s | {"hours":1.5}
PT0.5H | 1800 s | {"hours":0.5}
P0.5D | refused | {"days":0.5}
P1.5D | refused | {"days":1.5}
P1M | 2592000 s | {"months":1}
-PT1H | 3600 s | {"hours":1,"negative":true}
SEEN
