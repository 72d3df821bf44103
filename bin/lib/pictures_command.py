"""usage: bin/pictures [NAME ...] [--db NAME] [--port N]

Photographs every page of the demo company in English and in French, for docs/: what each role and each client sees.
    bin/pictures                    all pages of docs/pictures/pages.toml (some minutes)
    bin/pictures today report       only those whose name begins so

    --db NAME   the demo database (default charter_demo); it is built when missing, as bin/demo does
    --port N    listen on this port (default: 8069, or the next one that is free)

Writes docs/pictures/en/, docs/pictures/fr/ and docs/pictures/README.md, which shows them all. Records are looked up, never
named by number: the pictures can be taken again of another demo company. Users get their languages back.
"""

import argparse
import ast
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import demo_command
import requests
import runtime
from bootstrap import LOGS, ROOT, SetupError, say
from browser import Browser
from picture_pages import FOLDER, LANGUAGES, gallery, pages

HEIGHT, TALLEST = 800, 1500
COLOURS = 128

# What the pages ask for, looked up at once: {name: {"id": …, "url": …}}; a page without its record is named.
LOOK_UP = """
import json
import sys
found = {{}}
for name, model, domain, order, method in {wanted!r}:
    record = env[model].search(domain, order=order or None, limit=1)
    called, *args = (method or "").split(":")
    found[name] = {{"id": record.id, "url": getattr(record, called)(*args) if called and record else ""}}
sys.path.insert(0, {folder!r})
import picture_records
for name, make in {made!r}:
    shown = {{code: getattr(picture_records, make)(env, lang) for code, lang in {languages!r}.items()}}
    found[name] = {{code: {{"id": action["res_id"], "name": action["name"]}} for code, action in shown.items()}}
env.cr.commit()
with open({target!r}, "w") as target:
    json.dump(found, target)
"""


def look_up(server, db, wanted):
    questions = [
        (
            page["name"],
            page["find"],
            ast.literal_eval(page.get("where", "[]")),
            page.get("order", ""),
            page.get("method"),
        )
        for page in wanted
        if "find" in page
    ]
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "found.json")
        script = LOOK_UP.format(
            wanted=questions,
            made=[(page["name"], page["make"]) for page in wanted if "make" in page],
            languages=LANGUAGES,
            folder=str(pathlib.Path(__file__).parent),
            target=target,
        )
        runtime.run_odoo(
            server, ["shell", "-d", db, "--no-http"], "Looking the records up", "pictures.log", script=script
        )
        found = json.loads(pathlib.Path(target).read_text(encoding="utf-8"))
    missing = [name for name, record in found.items() if not record.get("id", True)]
    if missing:
        raise SetupError(
            f"The demo company has no record for: {', '.join(missing)}.\n"
            "Mend their “where” in docs/pictures/pages.toml, or build the demo again: bin/demo --reset"
        )
    return found


class Demo:
    """The demo company served for as long as its pictures are taken: no mail leaves, no scheduled action runs."""

    def __init__(self, server, db, port):
        self.server, self.db = server, db
        self.address = f"http://127.0.0.1:{port}"
        self.port = port
        self.sessions = {}

    def __enter__(self):
        self.closing = contextlib.ExitStack()
        options = [
            f"--database={self.db}", f"--db-filter=^{re.escape(self.db)}$", f"--http-port={self.port}",
            "--max-cron-threads=0", "--workers=0", "--smtp=127.0.0.1", "--smtp-port=9",
        ]  # fmt: skip
        log = os.path.join(LOGS, "pictures.log")
        with open(log, "wb") as output:
            process = subprocess.Popen(
                runtime.odoo_command(self.server, options),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT, preexec_fn=runtime.end_with_parent,
            )  # fmt: skip
        self.closing.enter_context(runtime.stopping(process))
        runtime.wait_for_port(self.port, process, "Odoo", log, seconds=180)
        return self

    def __exit__(self, *raised):
        return self.closing.__exit__(*raised)

    def session(self, login):
        """The session of a user, whose password is its login."""
        if login and login not in self.sessions:
            client = requests.Session()
            page = client.get(f"{self.address}/web/login", timeout=60).text
            token = re.search(r'csrf_token: "([^"]+)"', page)[1]
            data = {"csrf_token": token, "login": login, "password": login}
            answer = client.post(f"{self.address}/web/login", data=data, timeout=60)
            if "/web/login" in answer.url:
                raise SetupError(f"The demo's user {login} cannot log in with the password {login}.")
            self.sessions[login] = client
        return self.sessions[login].cookies["session_id"] if login else None

    def call(self, model, method, *args):
        self.session("admin")
        body = {"jsonrpc": "2.0", "params": {"model": model, "method": method, "args": args, "kwargs": {}}}
        answer = (
            self.sessions["admin"].post(f"{self.address}/web/dataset/call_kw", json=body, timeout=60).json()
        )
        if "error" in answer:
            raise SetupError(f"{model}.{method}: {answer['error']['data']['message']}")
        return answer["result"]

    @contextlib.contextmanager
    def languages(self):
        """Inside, languages may be changed by ``speak``; afterwards users have theirs again.

        Of everybody a page is seen by, whether README names the login or not.
        """
        logins = sorted({page["login"] for page in pages() if page.get("login")})
        users = self.call("res.users", "search_read", [("login", "in", logins)], ["login", "lang"])
        unknown = set(logins) - {user["login"] for user in users}
        if unknown:
            raise SetupError(
                f"The demo company has no user {', '.join(sorted(unknown))}: mend “login” in docs/pictures/pages.toml."
            )
        self.users = [user["id"] for user in users]
        try:
            yield
        finally:
            for user in users:
                self.call("res.users", "write", [user["id"]], {"lang": user["lang"]})

    def speak(self, language):
        self.call("res.users", "write", self.users, {"lang": language})


def is_action(page):
    return page["open"].startswith("action_")


def address_of(page, record, language):
    """The path of a page: as it is written, or that of an action of the addon with its record and view."""
    path = page["open"]
    if is_action(page):
        path = f"/odoo/action-mileo_client_charter.{path}" + ("/{id}" if record and "act" not in page else "")
        path += f"?view_type={page['view']}" if "view" in page else ""
    path = path.format(lang=language, **(record or {}))
    return re.sub(r"^https?://[^/]+", "", path)


def take(browser, page, record, language):
    width = page.get("width", 1280)
    browser.size(width, page.get("height", HEIGHT))
    browser.open(address_of(page, record, language))
    if "act" in page:
        record = record or {}
        browser.act(page["act"].replace("ID", str(record.get("id"))).replace("NAME", record.get("name", "")))
    for selector in page.get("click", ()):
        browser.click(selector)
    if not is_action(page) and not page["open"].startswith("/odoo"):
        browser.size(width, min(max(browser.whole_height(), 400), TALLEST))
        browser.settle(page["name"])
    return browser.picture(browser.place(page["only"]) if "only" in page else None)


def save(picture, path):
    """Few colours and no loss: small files with sharp letters."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=0).convert("RGB").save(path, "WEBP", lossless=True, quality=75, method=4)
    return path.stat().st_size


def main():
    parser = argparse.ArgumentParser(prog="bin/pictures", allow_abbrev=False, add_help=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--db", default="charter_demo")
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    runtime.stop_on_signals()
    listed = pages()
    wanted = [page for page in listed if not options.names or page["name"].startswith(tuple(options.names))]
    if not wanted:
        raise SetupError(f"docs/pictures/pages.toml has no page that begins with {', '.join(options.names)}.")
    (FOLDER / "README.md").write_text(gallery(listed), encoding="utf-8")
    in_use = (
        "Stop bin/demo first (Ctrl-C in its terminal): the users' languages change while pictures are taken."
    )
    started = time.time()
    with runtime.postgres() as server, runtime.database_lock(options.db, in_use):
        port = demo_command.choose_port(options.port)
        demo_command.build(server, options.db, False, f"http://127.0.0.1:{port}")
        demo_command.set_address(server, options.db, f"http://127.0.0.1:{port}")
        records = look_up(server, options.db, wanted)
        with Demo(server, options.db, port) as demo, demo.languages(), Browser(demo.address) as browser:
            problems = []
            for code, language in LANGUAGES.items():
                demo.speak(language)
                say(f"{len(wanted)} pages in {language}")
                problems += photograph(demo, browser, wanted, records, code)
    if problems:
        raise SetupError("\n".join(problems))
    say(f"{2 * len(wanted)} pictures in {time.time() - started:.0f} s: docs/pictures/README.md shows them")


def photograph(demo, browser, wanted, records, code):
    """Take and keep the pictures of one language. :return: what went wrong, a line each"""
    problems = []
    for page in wanted:
        browser.log_in(demo.session(page.get("login")), LANGUAGES[code])
        record = records.get(page["name"])
        try:
            size = save(
                take(browser, page, record[code] if "make" in page else record, LANGUAGES[code]),
                FOLDER / code / f"{page['name']}.webp",
            )
        except SetupError as error:
            problems.append(f"{code}/{page['name']}: {error}")
            continue
        if size > 100_000:
            problems.append(f"{code}/{page['name']}: {size // 1000} kB, more than 100")
    return problems


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"\nbin/pictures stopped: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
