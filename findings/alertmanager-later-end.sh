#!/usr/bin/env bash
# Finding: Alertmanager keeps the later end of an alert: a sender that announces an earlier one, still to come, is not heard.
# Expected: The newest post of an alert counts, its endsAt with it, as it counts for the annotations.
# Happens: Posted with an end in an hour, then again with an end in two seconds: "firing" for the hour. Posted with an end that has passed, it is
#   "resolved" at the next flush. The other way round, an end in two seconds followed by one in an hour, the later end counts.
# Versions: prometheus-alertmanager 0.25.0-1+b4 (Debian 12)
# Seen: 2026-11-27
# Matters: A monitor that stops saying "still down", or shortens its own window, leaves the outage open up to the longest end it ever named. The outage
#   ends by a "resolved" with an end in the past; open outages nobody confirms are listed to mend before a report is sent.
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
route: {receiver: webhook, group_by: [case], group_wait: 1s, group_interval: 4s, repeat_interval: 1h}
receivers:
  - name: webhook
    webhook_configs: [{url: "http://127.0.0.1:$hook_port/", send_resolved: true}]
YAML
cat > "$work/story.py" <<'PY'
"""Posts four alerts whose announced end changes and prints what the webhook was told of each."""
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
            told.setdefault(alert["labels"]["case"], []).append(alert["status"])
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

begun = time.time()
alert("shortened", begun - 60, begun + 3600)
alert("passed", begun - 60, begun + 3600)
alert("lengthened", begun - 60, begun + 4)
alert("kept", begun - 60, begun + 4)
time.sleep(2)  # The first flush is done: all four have been told as firing.
alert("shortened", begun - 60, time.time() + 2)
alert("passed", begun - 60, time.time())
alert("lengthened", begun - 60, begun + 3600)
time.sleep(14)  # Two flushes after every end but that of an hour.
for case in ("shortened", "passed", "lengthened", "kept"):
    print(f"{case}:", ", ".join(told.get(case, [])) or "nothing")
PY
# shellcheck disable=SC2016
timeout 90 unshare --map-root-user --mount bash -c '
  mount --bind "$0/root/usr/share" /usr/share
  exec "$0/root/usr/bin/prometheus-alertmanager" --config.file="$0/alertmanager.yml" --storage.path="$0/data" \
    --web.listen-address="127.0.0.1:$1" --cluster.listen-address=' "$work" "$port" > "$work/log" 2>&1 &
alertmanager=$!
timeout 80 python3 "$work/story.py" "$hook_port" "$port" > "$work/seen" || { tail -n 5 "$work/log" >&2; exit 1; }
cat "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: Alertmanager no longer keeps the later end" >&2; exit 1; }
shortened: firing
passed: firing, resolved
lengthened: firing
kept: firing, resolved
SEEN
