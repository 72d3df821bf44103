"""Requests nobody foresaw, on every route, by everybody: no error of the server, nothing of another's, no change but by POST.

``bin/test --fuzz N --seed S`` sends N of them; request number n of a seed is the same every time and leaves nothing behind, so that
``bin/test --fuzz 1 --seed S:n`` sends that one alone.
"""

import os
import random
import re
import secrets
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..cases.doors import FORMS, ChangesSweep
from ..cases.fuzz import Maker
from ..cases.written import rows_written

# In the whole of bin/test: the same requests each time, so that what fails is the change's.
COUNT, SEED = "2000", "10"
PUBLIC, ROBOT = "nobody", "robot"
# What is in the rows of one client alone, by their names in ``fill``; the second client's have numbers from 500.
MARKS = r"{name}|\b(?:Work|Camera|Words|Complaint|Notice|Room|Letter) {n:03}\b|RAP/{n:03}|SN{n:03}"
FEED = "/charter/calendar/<string:key>.ics"


@tagged("post_install", "-at_install")
class TestFuzz(ChangesSweep):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = (cls.client, cls.alice, cls.contract)
        cls.client, cls.alice, cls.bob = cls.other = cls._client("Borealis")
        cls.contract = cls._contract(cls.client, start="2020-01-01", end="2099-12-31")
        cls.fill(1, start=500)
        cls.env["charter.report"].search([("partner_id", "=", cls.client.id)])._compute_tables()
        cls.others_parts = cls.parts_of(cls.client, cls.alice)
        cls._portal(cls.alice, "p_other")
        cls.client, cls.alice, cls.contract = first
        new_test_user(cls.env, "t_employee", groups="base.group_user")
        robot = new_test_user(cls.env, "t_robot", groups="base.group_user")
        robot.group_ids |= cls.env.ref("mileo_client_charter.group_charter_monitoring")
        until = fields.Datetime.now() + timedelta(days=1)
        cls.key = cls.env["res.users.apikeys"].with_user(robot)._generate("rpc", "fuzz", until)
        cls.marks = {
            "p_sweep": re.compile(MARKS.format(name="Borealis", n=500)),
            "p_other": re.compile(MARKS.format(name="Alpine", n=0)),
        }
        of_anybody = re.compile("|".join(mark.pattern for mark in cls.marks.values()))
        cls.marks.update(t_employee=of_anybody, **{ROBOT: of_anybody, PUBLIC: cls.marks["p_sweep"]})

    @classmethod
    def parts_of(cls, client, contact):
        """What stands in an address to one of ``client``'s rows."""

        def newest(model, domain=()):
            return (
                cls.env[model].search([("partner_id", "=", client.id), *domain], order="id desc", limit=1).id
            )

        models = (
            "feedback",
            "escalation",
            "equipment",
            "intervention",
            "report",
            "review",
            "delivery",
            "authorisation",
        )
        return {
            "token": secrets.token_urlsafe(16), "key": secrets.token_urlsafe(24), "company_id": cls.company.id, "number": 1, "wizard_id": 1,
            "line_id": newest("charter.notice.line"), "recommendation_id": newest("charter.recommendation") or 1,
            **{f"{name}_id": newest(f"charter.{name}") for name in models},
        }  # fmt: skip

    def setUp(self):
        super().setUp()
        self.sessions = {}
        for login in (PUBLIC, "p_sweep", "p_other", "t_employee", "t_admin"):
            # Each of them stays logged in: the session of the one before is not deleted.
            self.session = None
            self.log_in_as(None if login == PUBLIC else login)
            self.sessions[login] = self.session
        self.sessions[ROBOT] = self.sessions[PUBLIC]
        self.env.flush_all()
        self.changes()
        self.before = dict(self.sums)

    def sent_by(self, asked):
        self.session = self.sessions[asked.who]
        self.opener.cookies.clear()
        self.opener.cookies.set("session_id", self.session.sid, domain="127.0.0.1")
        headers, body, path = dict(asked.headers), asked.body, asked.path
        if asked.who == ROBOT:
            headers["Authorization"] = f"Bearer {self.key}"
        if asked.token and body is not None:
            body += b"&csrf_token=" + self.token().encode()
        return self.url_open(path, data=body, method=asked.method, headers=headers, allow_redirects=False)

    def wrong(self, asked, answer):
        """What is not right about an answer."""
        if answer.status_code >= 500 and answer.status_code != 501:
            yield f"answered {answer.status_code}"
        # Whoever has the address of a contact's calendar may read it, as whoever has the link of a survey.
        mark = None if asked.rule.rule == FEED else self.marks.get(asked.who)
        found = mark and mark.search(answer.text)
        # A refused event is named to whoever sent it.
        if found and found[0].encode() not in (asked.body or b""):
            yield f"shows {found[0]!r} of another client"
        target = urlsplit(answer.headers.get("Location") or "")
        if target.netloc and target.netloc != urlsplit(self.base_url()).netloc:
            yield f"leads to {target.netloc}"
        if asked.method != "POST":
            yield from (f"changes {table}" for table in self.changed())

    def changed(self):
        return sorted(
            name for name in self.written() & self.before.keys() if self.sum_of(name) != self.before[name]
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_requests(self):
        count = int(os.environ.get("CHARTER_FUZZ", COUNT))
        seed, _colon, first = os.environ.get("CHARTER_FUZZ_SEED", SEED).partition(":")
        own = self.values()
        others = {name: self.others_parts.get(name) or own[name] for name in own}
        logins = [login for login in self.sessions if login != ROBOT]
        rules = sorted(self.routes(), key=lambda rule: (rule.rule, sorted(rule.methods)))
        maker = Maker(seed, rules, logins, self.names(), FORMS, [own, own, others], ROBOT)
        statuses, routes, failures = Counter(), set(), []
        for number in range(int(first or 0), int(first or 0) + count):
            asked = maker.make(number)
            random.seed(number)
            with self.env.cr.savepoint() as savepoint:
                answer = self.sent_by(asked)
                failures += [f"--seed {seed}:{number}: {asked}: {what}" for what in self.wrong(asked, answer)]
                savepoint.rollback()
            self.env.invalidate_all()
            self.counts = rows_written(self.env.cr) if asked.method == "POST" else self.counts
            statuses[answer.status_code] += 1
            routes.add((asked.rule.rule, asked.method))
            if len(failures) > 20:
                break
        print(f"\n{count} requests of seed {seed} over {len(rules)} routes: {dict(sorted(statuses.items()))}")  # noqa: T201  # pylint: disable=print-used
        self.assertFalse(failures, "\n" + "\n".join(failures))
        if count >= int(COUNT):
            self.assertEqual({rule.rule for rule in rules}, {rule for rule, _method in routes})
            self.assertTrue({200, 303, 404, 405} <= statuses.keys(), "some are taken, some are refused")
