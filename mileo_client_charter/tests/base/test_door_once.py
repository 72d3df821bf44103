"""Every form of every route that writes, sent four times at once: four equal answers, one effect.

Real requests over HTTP, each on a connection of its own, on committed data; what this writes, it takes away. Two clients alike
send the same forms, one of them once and the other four times: what is in the database afterwards is the same for both.
"""

import secrets
import threading
from datetime import timedelta

import requests
from lxml import html
from odoo import Command, fields
from odoo.service import model
from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import config, mute_logger
from psycopg2 import IntegrityError
from psycopg2.sql import SQL, Identifier, Literal

from ...models.base import charter_lock, door
from ...models.base.charter_engine import charter_door
from ..cases.doors import FORMS
from ..cases.killed import KilledCase

PREFIX = "t_once"
# What a form of ours does not write, and a request does.
ODOO = {"res_device_log", "ir_logging"}


@tagged("post_install", "-at_install")
class TestOnce(KilledCase):
    def setUp(self):
        super().setUp()
        with self.session() as env:
            self.newest = {}
            self.newest = self._of_each(env, "SELECT {name}, coalesce(max(id), 0) FROM {table}")
            company = env.company
            self.limits = company.charter_hourly_by_user, company.charter_hourly_by_address
            company.write({"charter_hourly_by_user": 0})
        self.addCleanup(self._take_away)
        with self.session() as env:
            self.clients = [self._client(env, f"{PREFIX}{number}") for number in range(2)]

    # -- committed data ----------------------------------------------------------------------------

    def _of_each(self, env, query):
        """{table: figure}, of all tables in one statement: there are 400, and they are asked before and after each form."""
        parts = [
            SQL(query).format(
                name=Literal(table), table=Identifier(table), newest=Literal(self.newest.get(table, 0))
            )
            for table in self._tables(env)
        ]
        env.cr.execute(SQL(" UNION ALL ").join(parts))
        return dict(env.cr.fetchall())

    def _tables(self, env):
        env.cr.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = current_schema AND c.column_name = 'id' AND t.table_type = 'BASE TABLE' "
            "AND c.data_type = 'integer' AND t.table_name NOT LIKE 'ir\\_model%' ORDER BY 1"
        )
        return [name for [name] in env.cr.fetchall() if name not in ODOO]

    def _take_away(self):
        with self.session() as env:
            env.company.charter_hourly_by_user = self.limits[0]
            env.flush_all()
            waiting = [table for table, rows in self._counted(env).items() if rows]
            while waiting:
                left = [table for table in waiting if not self._emptied(env, table)]
                self.assertLess(len(left), len(waiting), left)
                waiting = left
            self.registry.clear_cache()

    def _counted(self, env):
        return self._of_each(env, "SELECT {name}, count(*) FROM {table} WHERE id > {newest}")

    def _emptied(self, env, table):
        try:
            with mute_logger("odoo.sql_db"), env.cr.savepoint(flush=False), charter_door(env.cr):
                env.cr.execute(
                    SQL("DELETE FROM {} WHERE id > %s").format(Identifier(table)), [self.newest.get(table, 0)]
                )
        except IntegrityError:
            return False
        return True

    def _client(self, env, name):
        """A client with a user of the portal and one document for each form; {name in an address: ids}."""
        now = fields.Datetime.now()
        above = env["res.partner"].create({"name": f"{name} group", "is_company": True})
        # Whom the form names, and somebody who sees the client already.
        _asked, head = env["res.partner"].create(
            [
                {"name": f"{name} above", "parent_id": above.id, "email": address}
                for address in (FORMS["email"], f"{name}@a.example.com")
            ]
        )
        client = env["res.partner"].create({"name": name, "is_company": True, "parent_id": above.id})
        contact = env["res.partner"].create(
            {"name": name, "parent_id": client.id, "email": f"{name}@x.example.com", "lang": "en_US"}
        )
        env["res.users"].create(
            {"login": name, "password": name * 2, "partner_id": contact.id, "group_ids": [Command.set(env.ref("base.group_portal").ids)],
             "lang": "en_US"}
        )  # fmt: skip
        own = {"partner_id": client.id, "contact_id": contact.id, "company_id": env.company.id}
        contract = env["contract.contract"].create(
            {"name": name, "partner_id": client.id, "line_recurrence": True, "charter_tier_id": env["charter.tier"].search([], limit=1).id,
             "contract_line_ids": [Command.create(
                 {"name": name, "quantity": 1, "price_unit": 1, "date_start": "2020-01-01", "date_end": "2099-01-01",
                  "recurring_rule_type": "monthly", "recurring_interval": 1, "recurring_next_date": "2098-01-01"})]}
        )  # fmt: skip
        surveys = env["charter.feedback"]._charter_engine().create(
            [{**own, "channel": "survey", "state": "sent", "sent_at": now, "expires_at": now + timedelta(days=9), "token": secrets.token_urlsafe(32)}
             for _number in range(2)]
        )  # fmt: skip
        surveys[1]._answer(rating=5)
        comment = env["charter.feedback"]._from_portal(contact, rating=5, comment="Please call me back.")
        escalations = env["charter.escalation"].browse()
        for number in range(3):
            escalations |= env["charter.escalation"]._from_portal(contact, f"{name} {number}", "Nobody came.")
        escalations._charter_engine().write(
            {"state": "answered", "answered_at": now, "answer": "<p>Sorry</p>"}
        )
        escalations[2]._charter_engine().write(
            {
                "state": "resolved",
                "resolved_at": now,
                "resolution": "By phone",
                "accepted_for_id": env.user.id,
            }
        )
        notice = env["charter.notice"].create(
            {"name": name, "effect_on": "2099-01-01", "kind": "regulation", "regulation": "gdpr"}
        )
        notice._charter_engine().state = "open"
        line = (
            env["charter.notice.line"]
            ._charter_engine()
            .create({"notice_id": notice.id, "partner_id": client.id, "sent_at": now})
        )
        delivery = (
            env["charter.delivery"]
            ._charter_engine()
            .create(
                {
                    **own,
                    "kind": "charter",
                    "state": "sent",
                    "sent_at": now,
                    "subject": name,
                    "body": "<p>Here.</p>",
                }
            )
        )
        advice = env["charter.recommendation"].create(
            {"name": name, "advice": name, "benefit": name, "contract_id": contract.id}
        )
        advice._propose()
        return {
            "login": name, "token": surveys.sudo().mapped("token"), "escalation_id": escalations.ids, "line_id": line.ids,
            "feedback_id": comment.ids, "access_id": env["charter.group.access"]._entitle(client, head).ids,
            "delivery_id": delivery.ids, "recommendation_id": advice.ids,
            "link": [env["charter.link"]._token(surveys.sudo()[1], "escalate", contact)],
        }  # fmt: skip

    # -- what a browser does -----------------------------------------------------------------------

    def _address(self, path):
        return f"http://{HOST}:{config['http_port']}{path}"

    def _browser(self, login):
        browser = requests.Session()
        page = html.fromstring(browser.get(self._address("/web/login")).text)
        [token] = page.xpath("//form//input[@name='csrf_token']/@value")[:1]
        answer = browser.post(
            self._address("/web/login"),
            {"login": login, "password": login * 2, "csrf_token": token},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303, "logged in")
        return browser

    def _rules(self):
        threading.current_thread().dbname = self.registry.db_name
        with self.session() as env:
            return [rule for rule in env["ir.http"].routing_map().iter_rules() if door.is_ours(rule.endpoint)]

    def _addresses(self, rule, client):
        """Every address of ``rule`` whose parts the client has something for."""
        if not rule.arguments:
            return [rule.build({})[1]]
        [name, *others] = rule.arguments
        return [] if others else [rule.build({name: value})[1] for value in client.get(name, ())]

    def _forms(self, browser, client, rules):
        """{(rule, occurrence): (address, fields)} of every form the client's pages show, as they show it."""
        forms, taken = {}, set()
        posts = {rule.rule: rule for rule in rules if "POST" in rule.methods}
        for rule in (rule for rule in rules if "GET" in rule.methods):
            for address in self._addresses(rule, client):
                # As the page opens after a comment was sent.
                answer = browser.get(self._address(address), params={"said": "1"})
                if "text/html" not in answer.headers["Content-Type"] or not answer.content:
                    continue
                for form in html.fromstring(answer.text).xpath("//form[@method='post']"):
                    place = (form.get("action") or "").split("?")[0]
                    shown = [rule for rule, other in posts.items() if place in self._addresses(other, client)]
                    if not shown or shown[0] in forms:
                        continue
                    sent = {
                        one.get("name"): one.get("value") or ""
                        for one in form.xpath(".//input[@type='hidden']")
                    }
                    for name in form.xpath(
                        ".//*[self::input or self::textarea or self::select or self::button][@name]/@name"
                    ):
                        if name not in sent:
                            sent[name] = FORMS[name]
                    # Two steps of one document would hinder each other: each has a document of its own.
                    # A survey's token may end with a digit too: only a whole number is a document's.
                    document = place.rpartition("/")[0]
                    if document not in taken or not document.rpartition("/")[2].isdecimal():
                        taken.add(document)
                        for rule_shown in shown:
                            forms.setdefault(rule_shown, (place, sent))
        return forms

    # -- the sweep ---------------------------------------------------------------------------------

    def _counts(self):
        with self.session() as env:
            return self._counted(env)

    def _at_once(self, browser, place, forms):
        """The answers to ``forms``, each sent by a connection of its own at the same moment."""
        answers, ready = [], threading.Barrier(len(forms))
        cookies = browser.cookies.get_dict()

        def send(sent):
            ready.wait()
            answers.append(
                requests.post(
                    self._address(place), data=sent, cookies=cookies, allow_redirects=False, timeout=60
                )
            )

        threads = [threading.Thread(target=send, args=[sent]) for sent in forms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def _effect(self, browser, place, sent, times):
        before = self._counts()
        answers = self._at_once(browser, place, [sent] * times)
        after = self._counts()
        return answers, {
            table: after[table] - before[table]
            for table in after
            # A run of a scheduled action is asked for once a moment: whether anybody asked before is not of this form.
            if after[table] != before[table] and table != "ir_cron_trigger"
        }

    def test_four_at_once_are_one(self):
        # How long Odoo waits at random before it plays a request again is not what is tried here.
        self.patch(model.random, "uniform", lambda *_bounds: 0.01)
        rules = self._rules()
        browsers = [self._browser(client["login"]) for client in self.clients]
        forms = [
            self._forms(browser, client, rules)
            for browser, client in zip(browsers, self.clients, strict=True)
        ]
        # What machines post has no form: each event says what it is.
        writing = {
            rule.rule
            for rule in rules
            if "POST" in rule.methods and rule.endpoint.routing["auth"] != "bearer"
        }
        self.assertEqual(writing, set(forms[1]), "a page shows a form for each route that writes")
        for rule in sorted(writing):
            with self.subTest(rule=rule):
                (place, sent), (place_often, sent_often) = forms[0][rule], forms[1][rule]
                self.assertTrue(sent_often.get("form_key"), "the form carries the key it was shown with")
                [single], effect = self._effect(browsers[0], place, sent, 1)
                self.assertLess(single.status_code, 400, single.text[-400:])
                answers, effect_often = self._effect(browsers[1], place_often, sent_often, 4)
                self.assertEqual([answer.status_code for answer in answers], [single.status_code] * 4)
                self.assertEqual(len({answer.headers.get("Location") for answer in answers}), 1)
                self.assertEqual(effect_often, effect)

    def test_the_limit_holds_for_those_who_come_at_once(self):
        """Twelve escalations of one person at one moment, each of other words: as many are taken as an hour allows."""
        self.patch(model.random, "uniform", lambda *_bounds: 0.01)
        with self.session() as env:
            env.company.charter_hourly_by_user = 3
        client, browser = self.clients[0], self._browser(self.clients[0]["login"])
        place, sent = self._forms(browser, client, self._rules())["/my/charter/escalate"]

        def form(number):
            return {**sent, "form_key": f"{sent['form_key']}{number}", "subject": f"Subject {number}"}

        forms = [form(number) for number in range(12)]
        before = self._counts()["charter_escalation"]
        answers = self._at_once(browser, place, forms)
        taken = [answer for answer in answers if answer.status_code == 303]
        self.assertEqual(self._counts()["charter_escalation"] - before, len(taken))
        self.assertLessEqual(len(taken), 3)
        self.assertTrue(taken, "somebody is taken")
        self.assertLessEqual({answer.status_code for answer in answers}, {303, 429, 503})
        # Whoever was told to come back in a moment may, up to the limit.
        while len(taken) < 3:
            [answer] = self._at_once(browser, place, [form(len(forms) + len(taken))])
            self.assertEqual(answer.status_code, 303)
            taken.append(answer)
        [answer] = self._at_once(browser, place, [form(99)])
        self.assertEqual(answer.status_code, 429)

    def test_whoever_waits_too_long_is_told(self):
        """Another transaction keeps the row: the answer is a page that says so, after a bounded wait, and nothing is kept."""
        self.patch(charter_lock, "WAIT_SECONDS", 1)
        client = self.clients[0]
        browser = self._browser(client["login"])
        place, sent = self._forms(browser, client, self._rules())["/charter/s/<string:token>"]
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM charter_feedback WHERE token = %s FOR UPDATE", [place.rpartition("/")[2]]
            )
            answer, effect = self._effect(browser, place, sent, 1)
            cr.rollback()
        self.assertEqual(answer[0].status_code, 503)
        self.assertIn("Try again in a minute", answer[0].text)
        self.assertTrue(answer[0].headers["Retry-After"])
        self.assertFalse(effect)
        [answer], _effect = self._effect(browser, place, sent, 1)
        self.assertEqual(answer.status_code, 303, "and then it is taken")
