"""Every menu, kind of view and dialogue of the app, as each role sees it, in both languages, in a real Chromium.

``bin/test --screens [ROLE ...]`` works in a copy of the demo company. Each screen is photographed and looked at by
``screen_checks.js``; Odoo's log gives the statements that it cost.
"""

import contextlib
import html
import json
import os
import pathlib
import re
import time

import database
import demo_command
import polib
import runtime
from bootstrap import LOGS, ROOT, STATE, SetupError, say
from browser import Browser
from pictures_command import Demo
from runtime import ADDON
from workers import Result

FOLDER = pathlib.Path(STATE, "screens")
COPY = "charter_screens"
ROLES = ("claire", "thomas", "olivier", "diane", "admin")
LANGUAGES = {"fr": "fr_FR", "en": "en_US"}
WIDTH, HEIGHT = 1366, 768
# Statements that a screen may cost, by its kind of view.
STATEMENTS = {"list": 25, "form": 40}
CHECKS = pathlib.Path(__file__).with_name("screen_checks.js").read_text(encoding="utf-8")
# Console messages of Odoo itself, or of a machine without network.
KNOWN = re.compile(
    r"favicon|fonts\.gstatic|ERR_INTERNET_DISCONNECTED|ERR_NAME_NOT_RESOLVED|manifest\.webmanifest"
)
# What is asked for the screen itself: not its views, which are kept, nor the chatter, which is Odoo's.
CALL = re.compile(
    r'"POST /web/dataset/call_(?:kw|button)/(?P<what>\S+) HTTP/1\.[01]" (?P<status>\d+) - (?P<queries>\d+) '
)
TRACEBACK = re.compile(r"^(?:Traceback|\S+ \S+ \d+ (?:ERROR|CRITICAL|WARNING) )", re.MULTILINE)


class Watched(Browser):
    """A browser that keeps what the page says on its console."""

    def __enter__(self):
        super().__enter__()
        self.said = []
        self.call("Runtime.enable")
        self.call("Log.enable")
        return self

    def heard(self, event):
        kind, given = event.get("method"), event.get("params", {})
        if kind == "Runtime.exceptionThrown":
            details = given["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description") or details["text"])
        elif kind == "Runtime.consoleAPICalled" and given["type"] == "error":
            self.said.append(
                " ".join(str(one.get("value", one.get("description", ""))) for one in given["args"])
            )
        elif kind == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.said.append(f"{given['entry']['text']} {given['entry'].get('url', '')}")


class Log:
    """What Odoo wrote since it was last read."""

    def __init__(self, name):
        self.path = os.path.join(LOGS, name)
        self.place = os.path.getsize(self.path)

    def read(self):
        with open(self.path, "rb") as source:
            source.seek(self.place)
            text = source.read()
            self.place = source.tell()
        return text.decode("utf-8", "replace")


class Walk:
    """One role in one language going through the app."""

    def __init__(self, demo, browser, login, code, terms):
        self.demo, self.browser, self.login, self.code = demo, browser, login, code
        self.language = LANGUAGES[code]
        self.terms = terms if code == "fr" else {}
        self.log = Log("pictures.log")
        self.folder = FOLDER / code / login
        self.folder.mkdir(parents=True, exist_ok=True)
        self.screens, self.dialogues = [], set()

    def call(self, model, method, *args, **kwargs):
        body = {
            "jsonrpc": "2.0",
            "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
        }
        answer = self.demo.sessions[self.login].post(
            f"{self.demo.address}/web/dataset/call_kw", json=body, timeout=60
        )
        return answer.json()

    def walk(self):
        self.browser.log_in(self.demo.session(self.login), self.language)
        self.browser.size(WIDTH, HEIGHT)
        self.browser.open("/odoo/charter-today")
        menus = self.browser.evaluate(
            "(() => { const m = odoo.__WOWL_DEBUG__.root.env.services.menu;"
            " const flat = (t, p) => [t].concat(...t.childrenTree.map((c) => flat(c)));"
            f" return flat(m.getMenuAsTree(m.getApps().find((a) => a.xmlid === '{ADDON}.menu_charter_root').id))"
            ".filter((n) => n.actionID && n.xmlid).map((n) => [n.xmlid.split('.')[1], n.actionID, n.name]) })()"
        )
        for name, action, _title in {row[0]: row for row in menus}.values():
            self.menu(name, action)
        return self.screens

    def menu(self, name, action):
        with self.screen(name, "first") as note:
            self.act(action)
        if note.get("failed"):
            return
        state = self.browser.evaluate(
            "(() => { const c = odoo.__WOWL_DEBUG__.root.env.services.action.currentController;"
            " return c ? {model: c.action.res_model || '', target: c.action.target || '', views: (c.action.views || []).map((v) => v[1]),"
            " type: c.view ? c.view.type : ''} : null })()"
        )
        note["view"] = (state or {}).get("type") or "page"
        if not state or state["target"] == "new" or not state["model"]:
            self.close()
            return
        for kind in state["views"]:
            if kind in ("form", "search", state["type"]):
                continue
            with self.screen(name, kind, view=kind):
                self.act(action, viewType=kind)
        if "form" in state["views"]:
            self.forms(name, state["model"], action)

    def forms(self, name, model, action):
        """One record of each state, and a new one where there may be."""
        fields = self.call(model, "fields_get", [], ["type"]).get("result", {})
        ids = []
        if fields.get("state", {}).get("type") == "selection":
            groups = self.call(model, "formatted_read_group", [], ["state"], ["id:max"]).get("result", [])
            ids = [group["id:max"] for group in groups if group.get("id:max")]
        if not ids:
            ids = self.call(model, "search", [], limit=1).get("result", [])
        for number, record in enumerate(ids):
            with self.screen(name, f"form-{number}", view="form") as note:
                self.act(action, viewType="form", props={"resId": record})
            if not note.get("failed"):
                self.buttons(name, model, record, action)
        if self.call(model, "has_access", [], "create").get("result"):
            with self.screen(name, "form-new", view="form"):
                self.act(action, viewType="form", props={"resId": False})

    def buttons(self, name, model, record, action):
        """Every button of the form that asks before it does something."""
        asking = self.browser.evaluate(
            "[...document.querySelectorAll('.o_statusbar_buttons button[name^=action_ask], .o_form_sheet button[name^=action_ask]')]"
            ".filter((b) => b.getClientRects().length).map((b) => b.name)"
        )
        for button in sorted(set(asking) - {one for m, one in self.dialogues if m == model}):
            self.dialogues.add((model, button))
            with self.screen(name, f"dialogue-{button}", view="dialogue"):
                self.act(action, viewType="form", props={"resId": record})
                self.browser.click(f"button[name={button}]")
            self.close()

    def act(self, action, **options):
        given = {"clearBreadcrumbs": True, **options}
        self.browser.evaluate(
            f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction({json.dumps(action)}, {json.dumps(given)}).then(() => true)"
        )
        self.browser.settle(str(action))

    def close(self):
        self.browser.evaluate(
            "odoo.__WOWL_DEBUG__.root.env.services.dialog.closeAll();"
            "odoo.__WOWL_DEBUG__.root.env.services.action.doAction({type: 'ir.actions.act_window_close'}).then(() => true)"
        )

    @contextlib.contextmanager
    def screen(self, name, what, view=""):
        note = {"name": f"{name.removeprefix('menu_charter_')}-{what}", "view": view, "found": []}
        self.browser.said.clear()
        self.log.read()
        try:
            yield note
        except SetupError as error:
            note["failed"] = True
            note["found"].append(["does not open", str(error)[:300]])
            self.finish(note)
            self.close()
            return
        self.finish(note)

    def finish(self, note):
        note["found"] += self.browser.evaluate(
            CHECKS.replace("LANGUAGE", json.dumps(self.language)).replace("TERMS", json.dumps(self.terms))
        )
        note["found"] += [["console", text[:300]] for text in self.browser.said if not KNOWN.search(text)]
        log = self.log.read()
        calls = [match.groupdict() for match in CALL.finditer(log)]
        data = [one for one in calls if not one["what"].endswith(("/get_views", "/load_menus", "/load"))]
        note["statements"] = sum(int(one["queries"]) for one in data)
        note["calls"] = [f"{one['what']} {one['queries']}" for one in data]
        kind = note["view"]
        if kind in STATEMENTS and note["statements"] > STATEMENTS[kind]:
            note["found"].append(["statements", f"{note['statements']}: {', '.join(note['calls'])}"])
        if TRACEBACK.search(log):
            note["found"].append(["Odoo's log", TRACEBACK.split(log, maxsplit=1)[1][:600]])
        self.browser.picture().save(self.folder / f"{note['name']}.webp", "WEBP", quality=60)
        self.screens.append(note)


def french_terms():
    """{English: True} of the addon's terms that read otherwise in French, and could not be a name or a value."""
    entries = polib.pofile(str(pathlib.Path(ROOT, ADDON, "i18n", "fr.po")))
    return {
        entry.msgid.strip(): True
        for entry in entries
        if entry.msgstr and entry.msgstr != entry.msgid and len(entry.msgid) > 3 and "<" not in entry.msgid
    }


def write_index(screens):
    rows = []
    for (code, login), notes in screens.items():
        rows.append(f"<h2>{login} ({code}): {len(notes)} screens</h2><div>")
        for note in notes:
            faults = "".join(f"<li>{html.escape(': '.join(one))}</li>" for one in note["found"])
            rows.append(
                f'<figure><a href="{code}/{login}/{note["name"]}.webp"><img loading="lazy" src="{code}/{login}/{note["name"]}.webp"/></a>'
                f"<figcaption>{note['name']} · {note['statements']} SQL<ul>{faults}</ul></figcaption></figure>"
            )
        rows.append("</div>")
    style = "div{display:flex;flex-wrap:wrap;gap:12px}figure{width:440px;margin:0;font:13px sans-serif}img{width:100%}li{color:#b00}"
    page = f"<!doctype html><meta charset='utf-8'><title>Every screen</title><style>{style}</style>{''.join(rows)}"
    (FOLDER / "index.html").write_text(page, encoding="utf-8")
    kept = {f"{code}/{login}": notes for (code, login), notes in screens.items()}
    (FOLDER / "screens.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")


def run(names):
    """[Result], one a role and language. :param names: roles and languages to keep to, all if none is named"""
    roles = [role for role in ROLES if not set(names) & set(ROLES) or role in names]
    codes = [code for code in LANGUAGES if not set(names) & set(LANGUAGES) or code in names]
    results, screens, terms = [], {}, french_terms()
    with runtime.postgres() as server, runtime.database_lock("charter_demo"):
        port = demo_command.choose_port(None)
        address = f"http://127.0.0.1:{port}"
        demo_command.build(server, "charter_demo", False, address)
        database.copy(server, "charter_demo", COPY)
        try:
            demo_command.set_address(server, COPY, address)
            with Demo(server, COPY, port) as demo, Watched(demo.address) as browser:
                demo.session("admin")
                users = demo.call("res.users", "search", [("login", "in", ROLES)])
                for code in codes:
                    demo.call("res.users", "write", users, {"lang": LANGUAGES[code]})
                    for login in roles:
                        started = time.time()
                        notes = Walk(demo, browser, login, code, terms).walk()
                        screens[code, login] = notes
                        faults = [
                            f"{note['name']}: {': '.join(one)}" for note in notes for one in note["found"]
                        ]
                        name = f"screens of {login} in {LANGUAGES[code]}"
                        bad = sum(bool(note["found"]) for note in notes)
                        results.append(
                            Result(name, len(notes) - bad, bad, time.time() - started, "\n".join(faults))
                        )
                        results[-1].show()
                        write_index(screens)
        finally:
            runtime.drop_database(server, COPY)
    say(f"{sum(map(len, screens.values()))} screens: {FOLDER / 'index.html'} shows them")
    return results
