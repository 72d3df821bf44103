"""Bytes no field can hold, on every route, in every parameter: a refusal that names the field, never an error of the server."""

import json
from datetime import timedelta
from itertools import cycle
from urllib.parse import quote

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...controllers.outages import MAX_BYTES
from ...models.base.door import MAX_TEXT
from ..cases.doors import FORMS, DoorSweep

NUL = "a\0b"
OVERLONG = "x" * (MAX_TEXT + 1)
# Half a character as a browser would have to send it; what a text field is sent instead of its words.
WRONG = {"nul": [NUL], "half": ["\udc80\ud800"], "overlong": [OVERLONG], "odd": ["9" * 20, "[]", "%s'\"<>"]}


@tagged("post_install", "-at_install")
class TestBytes(DoorSweep):
    logins = (None, "p_sweep", "t_admin")

    def ask(self, rule, method, values, prefix="", path=None):
        address = prefix + (path or self.address(rule))
        body = "&".join(
            f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in values.items()
        )
        if method == "GET":
            return self.url_open(f"{address}?{body}", allow_redirects=False)
        return self.url_open(
            address,
            data=f"{body}&csrf_token={self.token()}",
            allow_redirects=False,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    @mute_logger("odoo.http")
    def test_every_parameter_of_every_route(self):
        names, count = self.names(), 0
        self.assertGreater(len(names), 15)
        for login in self.logins:
            self.log_in_as(login)
            for rule in self.routes():
                for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                    for kind, values in WRONG.items():
                        if login != "p_sweep" and kind not in ("nul", "half"):
                            # What is wrong with a text is the same whoever sends it.
                            continue
                        with self.subTest(login=login, rule=rule.rule, method=method, kind=kind):
                            sent = names if kind != "overlong" else ["q"]
                            answer = self.ask(rule, method, dict(zip(sent, cycle(values), strict=False)))
                            count += 1
                            self.assertLess(answer.status_code, 500)
                            if kind in ("nul", "overlong") and answer.status_code not in (303, 401):
                                self.assertIn(answer.status_code, (400, 413))
                                if answer.status_code == 400:
                                    self.assertIn(
                                        f"“{sent[0]}”",
                                        answer.text.replace('"field": "', "“").replace('"', "”"),
                                    )
        self.assertGreater(count, 300)

    @mute_logger("odoo.http")
    def test_each_parameter_alone(self):
        """One wrong parameter among right ones is the one that is named."""
        self.log_in_as("p_sweep")
        rules = [
            rule
            for rule in self.routes()
            if "POST" in rule.methods and rule.endpoint.routing["auth"] != "bearer"
        ]
        for rule in rules:
            for name in FORMS:
                with self.subTest(rule=rule.rule, name=name):
                    answer = self.ask(rule, "POST", {**FORMS, name: NUL})
                    self.assertEqual(answer.status_code, 400)
                    self.assertIn(f"“{name}”", answer.text)
        self.assertEqual(self.open_survey.state, "sent", "nothing was taken")

    @mute_logger("odoo.http")
    def test_every_part_of_every_address(self):
        self.log_in_as("p_sweep")
        for rule in self.routes():
            for name in rule.arguments:
                for value in ("%00", "%00" * 30, "%ED%A0%80" * 10, "9" * 30, "9" * 5000, "-1", "x" * 3000):
                    path = self.address(rule).replace(str(self.values()[name]), value, 1)
                    with self.subTest(rule=rule.rule, value=value[:20]):
                        for method in sorted(rule.methods & {"GET", "POST"}):
                            self.assertIn(self.ask(rule, method, {}, path=path).status_code // 100, (3, 4))

    @mute_logger("odoo.http")
    def test_a_file_where_words_are_expected(self):
        self.log_in_as("p_sweep")
        for rule in self.routes():
            if "POST" in rule.methods and rule.endpoint.routing["auth"] != "bearer":
                with self.subTest(rule=rule.rule):
                    answer = self.url_open(
                        self.address(rule),
                        data={"csrf_token": self.token()},
                        files={"comment": ("a.txt", b"words")},
                        allow_redirects=False,
                    )
                    self.assertEqual(answer.status_code, 400)
                    self.assertIn("“comment”", answer.text)

    def test_long_words_are_not_cut(self):
        self.log_in_as("p_sweep")
        for address, name, limit in (
            ("/my/charter/comment", "comment", 5000),
            ("/my/charter/escalate", "description", 10_000),
            (f"/charter/s/{self.open_survey.token}", "comment", 5000),
        ):
            with self.subTest(address=address):
                answer = self.url_open(
                    address,
                    data={"csrf_token": self.token(), "rating": 2, name: "x" * (limit + 1)},
                    allow_redirects=False,
                )
                self.assertEqual(answer.status_code, 422)
                self.assertIn(f"please keep to {limit} characters; there are {limit + 1}", answer.text)
                # A browser counts a line break as one, and sends two.
                lines = "x\r\n" * (limit // 2)
                answer = self.url_open(
                    address,
                    data={"csrf_token": self.token(), "rating": 2, name: lines},
                    allow_redirects=False,
                )
                self.assertEqual(answer.status_code, 303)


@tagged("post_install", "-at_install")
class TestApiBytes(DoorSweep):
    def setUp(self):
        super().setUp()
        group = self.env.ref("mileo_client_charter.group_charter_monitoring")
        robot = new_test_user(self.env, "t_monitoring", groups="base.group_user")
        robot.group_ids |= group
        key = (
            self.env["res.users.apikeys"]
            .with_user(robot)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        self.key = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def post(self, data, **query):
        address = "/charter/api/outages" + (f"?monitor={query['monitor']}" if query else "")
        return self.url_open(address, data=data, headers=self.key)

    def test_one_bad_event_leaves_the_others(self):
        equipment = self.newest("charter.equipment")
        good = {
            "event_id": "1",
            "serial": equipment.serial,
            "status": "down",
            "start": "2026-10-05T06:00:00Z",
        }
        for name in ("event_id", "serial", "status", "start", "reason", "client", "series", "kind"):
            for value in ("\ud800", "a\ud800b", ["x"], {"a": 1}, True, "y" * 10_000, 10**400):
                with self.subTest(name=name, value=str(value)[:20].encode("ascii", "replace")):
                    answer = self.post(json.dumps([good, {**good, "event_id": "2", name: value}]))
                    self.assertIn(answer.status_code, (200, 422))
                    first, second = answer.json()["results"]
                    self.assertIn(first["status"], ("created", "unchanged"))
                    if "\ud800" in str(value):
                        self.assertEqual((second["status"], second["field"]), ("refused", name))

    def test_the_body_is_counted_as_it_comes(self):
        """Sent in chunks, a body names no length."""

        def chunks(size):
            for _number in range(size // 65_536):
                yield b" " * 65_536

        answer = self.post(chunks(MAX_BYTES + 65_536))
        self.assertEqual((answer.status_code, answer.json()["field"]), (413, "payload"))
        answer = self.post(chunks(131_072))
        self.assertEqual(answer.status_code, 400, "a body that is no JSON, and short enough")

    def test_a_bad_monitor_is_named(self):
        for value in ("%00", "x" * (MAX_TEXT + 1)):
            answer = self.post("[]", monitor=value)
            self.assertEqual((answer.status_code, answer.json()["field"]), (400, "monitor"))
