#!/usr/bin/env bash
# Finding: A second call of pip into one --target "successfully installs" an OCA addon of which nothing but the metadata arrives.
# Expected: Packages that share the folder odoo/addons are put side by side, as in a virtual environment, or the call fails.
# Happens: The second addon's metadata is there, pip lists it as installed and exits with 0, and its code is not; only a warning says that
#   odoo exists. With --upgrade, as the warning advises, the second one's code arrives and the first one's is gone, its metadata stays.
# Versions: pip 25.3, odoo-addon-contract 19.0.1.2.1.2, odoo-addon-queue_job 19.0.2.4.0.1
# Seen: 2026-11-28
# Matters: An image or a server that adds an addon to a folder of addons loses one without an error. One call of pip for each folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check pip==25.3
add() {
  timeout 240 "$work/venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --target "$work/addons" "$@" > "$work/said" 2>&1
  local status=$?
  grep -o 'already exists' "$work/said" || true
  return $status
}
state() {
  echo "code:" $(ls "$work/addons/odoo/addons")
  echo "listed:" $("$work/venv/bin/python" -m pip list --path "$work/addons" --disable-pip-version-check 2>/dev/null | awk 'NR > 2 { print $1 }' | tr '_' '-' | sort)
}
{
  "$work/venv/bin/python" -m pip --version | cut -d' ' -f1,2
  add odoo-addon-contract==19.0.1.2.1.2 && echo "exit 0"
  add odoo-addon-queue_job==19.0.2.4.0.1 && echo "exit 0"
  state
  add --upgrade odoo-addon-queue_job==19.0.2.4.0.1 && echo "exit 0"
  state
} | tee "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: pip no longer does what is described above" >&2; exit 1; }
pip 25.3
exit 0
already exists
exit 0
code: contract
listed: odoo-addon-contract odoo-addon-queue-job
exit 0
code: queue_job
listed: odoo-addon-contract odoo-addon-queue-job
SEEN
echo "As described."
