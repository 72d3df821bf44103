#!/usr/bin/env bash
# Finding: Nagios sends no RECOVERY for a host that comes back during a planned downtime, though it had sent the PROBLEM.
# Expected: Every PROBLEM that was sent is followed by a RECOVERY, which carries when the outage began or how long it took.
# Happens: Down (PROBLEM), downtime begins, up again, downtime ends: only DOWNTIMEEND comes, with state UP, problem id 0 and the id in
#   LASTHOSTPROBLEMID. And in any RECOVERY the duration is 0 and LASTHOSTSTATECHANGE is the recovery itself, so the beginning
#   is not in it; HOSTPROBLEMID is 0 there, too.
# Versions: nagios4-core 4.4.6-4+deb12u2 (Debian 12)
# Seen: 2026-11-27
# Matters: A recipe that listens to PROBLEM and RECOVERY leaves the outage open for ever. DOWNTIMEEND with UP ends it, the id to match is
#   LASTHOSTPROBLEMID, and the beginning comes from the PROBLEM message.
# Needs: amd64 and the package lists of apt.
set -euo pipefail
work=$(mktemp -d)
nagios=
finish() {
  if [ -n "$nagios" ]; then kill "$nagios" 2> /dev/null || true; wait "$nagios" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
(cd "$work" && timeout 240 apt-get download -qq -o APT::Sandbox::User=root nagios4-core=4.4.6-4+deb12u2)
dpkg -x "$work"/nagios4-core_*.deb "$work/root"
"$work/root/usr/sbin/nagios4" --version | grep -m 1 'Core'

mkdir "$work/results"
cat > "$work/notify" <<'SH'
#!/bin/sh
echo "$@" >> "${0%/*}/told"
SH
chmod +x "$work/notify"
cat > "$work/objects.cfg" <<CFG
define command {
  command_name notify
  command_line $work/notify \$NOTIFICATIONTYPE\$ \$HOSTSTATE\$ id=\$HOSTPROBLEMID\$ last=\$LASTHOSTPROBLEMID\$ duration=\$HOSTDURATIONSEC\$ changed=\$LASTHOSTSTATECHANGE\$ now=\$TIMET\$
}
define timeperiod {
  timeperiod_name always
  alias always
$(for day in monday tuesday wednesday thursday friday saturday sunday; do echo "  $day 00:00-24:00"; done)
}
define contact {
  contact_name webhook
  host_notifications_enabled 1
  service_notifications_enabled 0
  host_notification_period always
  service_notification_period always
  host_notification_options d,u,r,f,s
  service_notification_options n
  host_notification_commands notify
  service_notification_commands notify
}
define host {
  host_name camera-1
  address 127.0.0.1
  check_command notify
  max_check_attempts 1
  active_checks_enabled 0
  check_period always
  notification_period always
  notification_interval 0
  notification_options d,u,r,f,s
  contacts webhook
}
define service {
  host_name camera-1
  service_description unused
  check_command notify
  max_check_attempts 1
  active_checks_enabled 0
  check_period always
  notification_period always
  notifications_enabled 0
  contacts webhook
}
CFG
cat > "$work/nagios.cfg" <<CFG
cfg_file=$work/objects.cfg
log_file=$work/log
object_cache_file=$work/cache
precached_object_file=$work/precache
status_file=$work/status
state_retention_file=$work/retention
lock_file=$work/lock
temp_file=$work/temp
temp_path=$work
check_result_path=$work/results
command_file=$work/commands
query_socket=$work/query
check_external_commands=1
interval_length=1
nagios_user=$(id -un)
nagios_group=$(id -gn)
check_for_updates=0
enable_flap_detection=0
illegal_macro_output_chars=<
CFG
timeout 90 "$work/root/usr/sbin/nagios4" "$work/nagios.cfg" > "$work/out" 2>&1 &
nagios=$!
for _ in $(seq 100); do [ -p "$work/commands" ] && break; sleep 0.1; done
[ -p "$work/commands" ] || { tail -n 3 "$work/out" >&2; exit 1; }
say() { timeout 5 bash -c 'echo "[$(date +%s)] $1" > "$2"' _ "$1" "$work/commands"; sleep 2; }
state() { say "PROCESS_HOST_CHECK_RESULT;camera-1;$1;state $1"; }
downtime() { local now; now=$(date +%s); say "SCHEDULE_HOST_DOWNTIME;camera-1;$now;$((now + $1));1;0;0;test;planned work"; }

state 0
echo "an outage of its own" >> "$work/told"
state 1
state 0
echo "an outage ending in downtime" >> "$work/told"
state 1
downtime 6
state 0
sleep 6
cat "$work/told"
# Seconds differ from run to run: what is compared is whether the last change is the moment of the message.
awk '{ split($6, changed, "="); split($7, now, "=")
  if ($1 == "RECOVERY") print $1, $2, $3, $4, $5, (now[2] - changed[2] <= 1 ? "changed=now" : "changed=before")
  else if (NF == 7) print $1, $2, $3, $4
  else print }' "$work/told" > "$work/seen"
diff "$work/seen" - <<'SEEN' || { echo "CHANGED: Nagios no longer tells recoveries as described above" >&2; exit 1; }
an outage of its own
PROBLEM DOWN id=1 last=0
RECOVERY UP id=0 last=1 duration=0 changed=now
an outage ending in downtime
PROBLEM DOWN id=2 last=1
DOWNTIMESTART DOWN id=2 last=1
DOWNTIMEEND UP id=0 last=2
SEEN
