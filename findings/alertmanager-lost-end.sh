#!/usr/bin/env bash
# Finding: Alertmanager never tells the end of an outage that comes back within group_interval, or that ends under a silence.
# Expected: Each firing alert that was sent is followed by its resolved one, with the same startsAt, since send_resolved is on.
# Happens: Down at A, up, down again at B, all between two flushes, then up: the webhook gets "firing, startsAt A" and later "resolved, startsAt
#   B" only. The end of A is never sent, and B's end arrives without its beginning. An alert that was sent, then silenced, then resolved
#   is never sent as resolved, not after the silence either. An outage shorter than group_wait is not sent at all.
# Versions: prometheus-alertmanager 0.25.0-1+b4 (Debian 12)
# Seen: 2026-11-27
# Matters: Outages are measured from these messages. (label set, startsAt) is no identity: a resolved alert closes the label set's open
#   outage, whose end is then marked as not confirmed, and open outages nobody confirms are listed to mend, silenced ones too.
# Needs: amd64, the package lists of apt, and user namespaces (unshare): Debian's build reads its template from /usr/share only.
set -euo pipefail
work=$(mktemp -d)
alertmanager=
finish() {
  if [ -n "$alertmanager" ]; then kill "$alertmanager" 2> /dev/null || true; wait "$alertmanager" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
(cd "$work" && timeout 240 apt-get download -qq -o APT::Sandbox::User=root prometheus-alertmanager=0.25.0-1+b4)
dpkg -x "$work"/prometheus-alertmanager_*.deb "$work/root"
"$work/root/usr/bin/prometheus-alertmanager" --version 2>&1 | head -n 1 | cut -d ' ' -f 1-3

# Two free ports of the loopback interface: the webhook's and Alertmanager's.
read -r hook_port port < <(python3 -c '
import socket
found = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in found))')
cat > "$work/alertmanager.yml" <<YAML
route: {receiver: webhook, group_by: [case], group_wait: 1s, group_interval: 5s, repeat_interval: 1h}
receivers:
  - name: webhook
    webhook_configs: [{url: "http://127.0.0.1:$hook_port/", send_resolved: true}]
YAML
cat > "$work/story.py" <<'PY'
"""Plays three outages and prints, for each, what the webhook was told; moments are named by letter."""
import datetime
import http.server
import json
import sys
import threading
import time
import urllib.request

hook_port, port = map(int, sys.argv[1:])
told = {}


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in body["alerts"]:
            told.setdefault(alert["labels"]["case"], []).append((alert["status"], alert["startsAt"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


def text(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).isoformat(timespec="milliseconds")


def send(path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v2/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=5).read()


def alert(case, start, end=None):
    send("alerts", [{"labels": {"alertname": "down", "case": case}, "startsAt": text(start), "endsAt": text(end or time.time() + 3600)}])


threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", hook_port), Hook).serve_forever, daemon=True).start()
for _ in range(100):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5)
        break
    except OSError:
        time.sleep(0.1)

# A minute apart and in the past: which outage is which shows in startsAt.
now = int(time.time())
starts = {"A": now - 120, "B": now - 30}
names = {moment: name for name, moment in starts.items()}


def name_of(start):
    return names.get(int(datetime.datetime.fromisoformat(start).timestamp()), start)


alert("returns", starts["A"])
alert("silenced", starts["A"])
begun = time.time()
alert("short", begun)
alert("short", begun, time.time())
time.sleep(2)  # The first flush is done: what fires has been told.
alert("returns", starts["A"], starts["A"] + 60)
time.sleep(0.5)
alert("returns", starts["B"])
send("silences", {"matchers": [{"name": "case", "value": "silenced", "isRegex": False}], "startsAt": text(time.time()),
                  "endsAt": text(time.time() + 9), "createdBy": "test", "comment": "planned work"})
time.sleep(1.5)
alert("silenced", starts["A"], time.time())
time.sleep(5)
alert("returns", starts["B"], time.time())
time.sleep(14)  # Two flushes, and the silence is over.
for case in ("returns", "silenced", "short"):
    print(f"{case}:", ", ".join(f"{status} {name_of(start)}" for status, start in told.get(case, [])) or "nothing")
PY
# shellcheck disable=SC2016
timeout 90 unshare --map-root-user --mount bash -c '
  mount --bind "$0/root/usr/share" /usr/share
  exec "$0/root/usr/bin/prometheus-alertmanager" --config.file="$0/alertmanager.yml" --storage.path="$0/data" \
    --web.listen-address="127.0.0.1:$1" --cluster.listen-address=' "$work" "$port" > "$work/log" 2>&1 &
alertmanager=$!
timeout 80 python3 "$work/story.py" "$hook_port" "$port" > "$work/seen" || { tail -n 5 "$work/log" >&2; exit 1; }
cat "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: Alertmanager no longer tells ends as described above" >&2; exit 1; }
returns: firing A, resolved B
silenced: firing A
short: nothing
SEEN
