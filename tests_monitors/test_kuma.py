"""Uptime Kuma as npm has it, with the body and the headers the guide prints."""

import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import programs
import runtime  # noqa: I001  (programs has put bin/lib on the path)

HERE = pathlib.Path(__file__).parent
# Each of its packages by version and SHA-512; made by “npm install --package-lock-only --omit-lockfile-registry-resolved”.
LOCKED = HERE / "kuma"
VERSION = json.loads((LOCKED / "package.json").read_text(encoding="utf-8"))["dependencies"]["uptime-kuma"]


def kuma():
    """The folder of the installed package (some minutes the first time)."""
    folder = programs.FOLDER / f"uptime-kuma-{VERSION}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, folder)
        programs.bootstrap.run(
            ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], "Installing Uptime Kuma", "These tests need npm.",
            "monitors-kuma.log", cwd=folder,
        )  # fmt: skip
        build(
            folder / "node_modules" / "@louislam" / "sqlite3", folder / "node_modules" / ".bin" / "node-gyp"
        )
        # This package has some of its migrations in the wrong folder, and does not start.
        patches = folder / "node_modules" / "uptime-kuma" / "db"
        for patch in patches.glob("patch-*.sql"):
            shutil.copy(patch, patches / "old_migrations")
        (folder / "done").touch()
    return folder


def build(package, node_gyp):
    """Its SQLite, compiled where the binary its makers offer could not be had."""
    binding = pathlib.Path("lib", "binding", "napi-v6-linux-x64")
    if (package / binding / "node_sqlite3.node").exists():
        return
    arguments = [
        str(node_gyp), "rebuild", "--nodedir=/usr", "--module_name=node_sqlite3", f"--module_path=./{binding}",
        "--napi_version=9", "--napi_build_version=6",
    ]  # fmt: skip
    programs.bootstrap.run(
        arguments, "Compiling SQLite for Uptime Kuma", "It needs make, g++ and the headers of Node.", "monitors-kuma.log",
        cwd=package, env={**os.environ, "CFLAGS": "-O1"},
    )  # fmt: skip
    (package / binding).mkdir(parents=True, exist_ok=True)
    shutil.copy(package / "build" / "Release" / "node_sqlite3.node", package / binding)


def test_a_monitor_goes_down_and_comes_up_twice(charter, recipe, folder, ran):
    package = kuma()
    home = package / "node_modules" / "uptime-kuma"
    ran("Uptime Kuma", json.loads((home / "package.json").read_text())["version"])
    (folder / "db-config.json").write_text('{"type": "sqlite"}')
    (folder / "body").write_text(recipe("liquid", "monitorJSON"))
    (folder / "headers").write_text(recipe("headers", "X-API-Key"))
    port, token, serial = runtime.free_port(3001), "charterpushtoken", "KUMA-1"
    arguments = ["node", "server/server.js", f"--data-dir={folder}/", "--host=127.0.0.1", f"--port={port}"]
    with programs.running(
        arguments, folder / "log", port, "Uptime Kuma", cwd=home, env={**os.environ, "NODE_ENV": "production"}
    ):
        command = [
            "node",
            HERE / "kuma.cjs",
            package,
            str(port),
            serial,
            charter.url,
            folder / "body",
            folder / "headers",
            token,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr + (folder / "log").read_text()[-2000:]

        def push(status, words):
            query = urllib.parse.urlencode({"status": status, "msg": words})
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/api/push/{token}?{query}", timeout=30
            ) as answer:
                assert json.load(answer)["ok"]

        push("up", "OK")
        push("down", 'No "video", 50 % & more')
        [(start, end, reason)] = programs.until(lambda: charter.outages(serial), "down is told")
        assert (end, reason) == (None, 'No "video", 50 % & more')
        push("up", "OK")
        [first] = programs.until(lambda: charter.ended(serial), "up is told")
        assert first[0] == start
        # Moments are kept to the second: within it, a second “down” is the first one told again.
        told = int(time.time())
        programs.until(lambda: int(time.time()) > told, "the next second")
        push("down", "Again")
        programs.until(lambda: len(charter.outages(serial)) == 2, "another outage")
        push("up", "OK")
        rows = programs.until(lambda: charter.ended(serial, 2), "its end")
    assert rows[0] == first, "an ended outage keeps its end"
