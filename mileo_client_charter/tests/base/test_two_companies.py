"""Two companies in one database: each its own charter, hours and language, and nothing of one with the other."""

import html
import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.mail import email_normalize_all

from ...models.base.charter_addons import is_charter_model
from ...tools import links
from ..cases.common import START
from ..cases.lists import HERE, joined
from ..cases.two_companies import TwoCompaniesCase

# Models without a company: what they say is everybody's, or is read through what they belong to.
OF_NO_COMPANY = {
    "charter.equipment.tag": "words only, shared",
    "charter.equipment.model": "what manufacturers make, the same for all",
    "charter.equipment.model.date": "its model's",
    "charter.equipment.alias": "its model's",
    "charter.authorisation.kind": "what the law asks for, the same for all",
    "charter.advisory": "published, the same for all",
    "charter.advisory.cve": "its advisory's",
    "charter.advisory.product": "its advisory's",
    "charter.advisory.remedy": "its advisory's",
    "charter.advisory.revision": "its advisory's",
    "charter.advisory.translation": "its advisory's",
    "charter.site.kind": "words only, shared",
    "charter.support.column": "titles of manufacturers' lists, the same for all",
    "charter.advisory.feed": "where it is published, the same for all",
    "charter.advisory.feed.document": "its feed's",
    "charter.service.level": "its tier's",
    "charter.contact.sheet": "no rows",
    "charter.door.visit": "read by nobody",
    "charter.merged.contact": "how a contact that is no more was called, which is no company's",
    "charter.settled": "digests only",
    "charter.redaction": "digests only, of a record that has a company",
    "charter.seal.due": "emptied by the sealing; who reads it reads ids",
}


@tagged("post_install", "-at_install")
class TestTwoCompanies(TwoCompaniesCase, HttpCase):
    # -- the life of each -------------------------------------------------------------------------

    def deliveries(self, side, kind):
        return self.env["charter.delivery"].search(
            [("partner_id", "=", side.client.id), ("kind", "=", kind)], order="id"
        )

    def promise_of(self, side, row, code):
        return self.promise(side.rows[row], code)

    def test_documents_in_the_right_language_from_the_right_company(self):
        for side, subject, words in (
            (self.a, "Our charter", "Read the charter"),
            (self.b, "Notre charte", "Lire la charte"),
        ):
            with self.subTest(side.company.name):
                copies = self.deliveries(side, "charter")
                self.assertEqual(copies.contact_id, side.contacts)
                self.assertEqual(copies.company_id, side.company)
                self.assertIn(subject, copies[0].subject)
                self.assertIn(words, copies[0].body)
                self.assertIn(f"/charter/{side.company.id}", copies[0].body)
                self.assertEqual(copies[0].res_id, side.document.id)
                sheet = self.deliveries(side, "contacts")[0]
                self.assertIn(side.company.name, sheet.subject)
                for user in (side.staff["manager"], side.staff["operations"], side.staff["direction"]):
                    self.assertIn(user.name, sheet.body)
                for user in self.other(side).staff.values():
                    self.assertNotIn(user.email, sheet.body)
                self.assertIn(side.company.email, sheet.sudo().mail_message_id.email_from)

    def test_each_charter_counts_on_its_own_clock(self):
        said = START + timedelta(hours=5)  # 15:00 in Paris, 17:00 in Saint-Denis: the day is over there
        callback = {
            side.company: self.promise_of(side, "feedback", "feedback.callback") for side in self.sides
        }
        self.assertEqual(callback[self.company].due_at, said + timedelta(hours=48))
        # Eight working hours: Tuesday from 8 to 17, less lunch.
        self.assertEqual(callback[self.company_b].due_at, datetime(2026, 10, 6, 13))
        for side, hours in ((self.a, 24), (self.b, 12)):
            level1 = self.promise_of(side, "escalation", "escalation.level1")
            self.assertEqual(level1.due_at, said + timedelta(hours=hours))

    def test_late_and_the_right_people_told(self):
        for side in self.sides:
            with self.subTest(side.company.name):
                for row, code, owner in (
                    ("feedback", "feedback.callback", "manager"),
                    ("escalation", "escalation.level1", "operations"),
                    ("escalation", "escalation.level2", "direction"),
                ):
                    promise = self.promise_of(side, row, code)
                    self.assertEqual(promise.user_id, side.staff[owner])
                    self.assertEqual(promise.company_id, side.company)
                    if code != "escalation.level2":
                        self.assertEqual((promise.state, promise.alert), ("late", "breach"))
                told = self.env["mail.mail"].sudo().search(
                    [("model", "=", "charter.obligation"), ("recipient_ids", "in", side.staff["operations"].partner_id.ids)]
                )  # fmt: skip
                self.assertTrue(told, "the operations manager hears of what is late")
                rows = self.env["charter.obligation"].browse(told.mapped("res_id"))
                self.assertEqual(rows.company_id, side.company)

    def test_no_mail_crosses(self):
        """No mail that speaks of a client or comes from a company reaches somebody of the other."""
        for side in self.sides:
            other = self.other(side)
            strangers = other.people - self.both.partner_id
            for mail in self.env["mail.mail"].sudo().search([("recipient_ids", "in", strangers.ids)]):
                text = f"{mail.subject} {mail.body_html} {mail.email_from}"
                for word in (side.client.name, side.company.name, side.company.email):
                    with self.subTest(mail=mail.subject, word=word):
                        self.assertNotIn(word, text)
            activities = (
                self.env["mail.activity"]
                .sudo()
                .search([("user_id", "in", [user.id for user in other.staff.values()])])
            )
            for activity in activities.filtered(lambda one: is_charter_model(self.env.get(one.res_model))):
                record = self.env[activity.res_model].browse(activity.res_id)
                self.assertEqual(record.company_id, other.company, activity.summary)

    def readers_of(self, text):
        """Return the contacts in whose name addresses of ``text`` open."""
        signer = self.env["charter.link"]._signer()
        found = self.env["res.partner"].sudo()
        for address in links.OPENS.finditer(text or ""):
            token = address[0].removeprefix(address[1])
            if address[1] == "/charter/l/":
                found |= found.browse(links.unpack(token, signer).contact)
            elif address[1] == "/charter/s/":
                found |= self.env["charter.feedback"].sudo().search([("token", "=", token)]).contact_id
        return found

    def test_what_opens_in_a_client_s_name_is_that_one_s_alone(self):
        """Found by people: our own people had the client's links in their copy, and accepted an answer in its name."""
        opening = 0
        for mail in self.env["mail.mail"].sudo().search([("body_html", "like", "/charter/")]):
            readers = self.readers_of(mail.body_html)
            if readers:
                opening += 1
                addresses = {
                    *mail.recipient_ids.mapped("email_normalized"),
                    *email_normalize_all(mail.email_to or ""),
                }
                with self.subTest(mail=mail.subject):
                    self.assertEqual(addresses, set(readers.mapped("email_normalized")))
        self.assertGreater(opening, 15)
        messages = self.env["mail.message"].sudo().search([("body", "like", "/charter/")])
        self.assertEqual([one.subject for one in messages if links.OPENS.search(one.body)], [])
        read = 0
        for side in self.sides:
            for user in side.staff.values():
                for name in self.models():
                    reader = self.reader(name, user, side.company)
                    if not reader.has_access("read"):
                        continue
                    texts = [
                        key
                        for key, field in reader._fields.items()
                        if field.type in ("char", "text", "html")
                        and key != "display_name"
                        and reader._has_field_access(field, "read")
                    ]
                    for row in reader.search([]).read(texts) if texts else ():
                        read += 1
                        with self.subTest(name, user=user.name):
                            self.assertIsNone(links.OPENS.search(self.texts(row)))
        self.assertGreater(read, 300)

    def test_reports_and_verdicts_are_each_company_s_own(self):
        for side, period in ((self.a, "October 2026"), (self.b, "octobre 2026")):
            with self.subTest(side.company.name):
                report = side.rows["report"].sudo()
                self.assertEqual(
                    (report.company_id, report.state, report.period), (side.company, "sent", "2026-10")
                )
                [letter, *_more] = self.deliveries(side, "report")
                self.assertIn(period, f"{letter.subject} {letter.body}")
                self.assertIn(side.company.name, letter.body)
                self.assertEqual(report.done_count, 1)
                renewal = side.rows["renewal"].sudo()
                self.assertEqual(
                    (renewal.verdict, renewal.nps_answers, renewal.complaint_count), ("fail", 1, 1)
                )
                self.assertEqual(renewal.company_id, side.company)
                self.assertEqual(renewal.complaints, side.rows["escalation"].sudo().reference)
                self.assertEqual(side.rows["remediation"].sudo().company_id, side.company)

    # -- who reads what ---------------------------------------------------------------------------

    def models(self):
        """{model: fields of the company} of every model of the charter with rows, from the registry."""
        return sorted(
            name
            for name, model in self.env.items()
            if is_charter_model(model) and not model._abstract and not model._transient
        )

    def rows(self, model, company):
        """Ids of a company's rows, read as the superuser of both."""
        rows = (
            self.env[model]
            .sudo()
            .with_context(active_test=False, allowed_company_ids=(self.company | self.company_b).ids)
        )
        return rows.search([("company_id", "=", company.id)]).ids

    def reader(self, model, user, companies):
        self.env.invalidate_all()
        return (
            self.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids, active_test=False, lang="en_US")
        )

    def test_every_model_says_whose_it_is(self):
        without = {name for name in self.models() if "company_id" not in self.env[name]._fields}
        self.assertEqual(
            without,
            set(joined(self.env, "OF_NO_COMPANY", OF_NO_COMPANY)) & set(self.models()),
            f"give it company_id and a rule of its company; or say in OF_NO_COMPANY {HERE} why it has none",
        )

    def test_access_table(self):
        """Every model × staff of A, of B, of both, and the clients of each; a new model is here by itself."""
        self.enterContext(self.at(moment=datetime(2027, 1, 10, 12)))
        both = self.company | self.company_b
        for model in self.models():
            if "company_id" not in self.env[model]._fields:
                continue
            of = {side.company: self.rows(model, side.company) for side in self.sides}
            with self.subTest(model, what="rows in the story"):
                self.assertTrue(
                    all(of.values()),
                    f"The story makes no {model} in one of the companies: make one in rows() {HERE}",
                )
            for side in self.sides:
                strange = of[self.other(side).company]
                for who, user in side.staff.items():
                    with self.subTest(model, reader=f"{who} of {side.company.name}"):
                        self.check_reader(self.reader(model, user, side.company), of[side.company], strange)
                with self.subTest(model, reader=f"client of {side.company.name}"):
                    self.check_client(self.reader(model, side.portal, side.portal.company_ids), side, strange)
                with self.subTest(model, reader=f"of both, working in {side.company.name}"):
                    self.check_reader(self.reader(model, self.both, side.company), of[side.company], strange)
            with self.subTest(model, reader="of both"):
                seen = set(self.reader(model, self.both, both).search([]).ids)
                self.assertTrue(seen >= set(of[self.company]) | set(of[self.company_b]))

    def check_reader(self, reader, own, strange):
        if not reader.has_access("read"):
            return
        seen = set(reader.search([]).ids)
        self.assertFalse(seen & set(strange), "rows of the other company in a search")
        self.assertTrue(seen >= set(own))
        self.check_closed(reader.browse(strange))
        for group in reader._read_group([], ["company_id"], ["__count"]):
            self.assertNotIn(
                group[0].id, {self.company.id, self.company_b.id} - set(reader.env.companies.ids)
            )

    def check_client(self, reader, side, strange):
        if not reader.has_access("read"):
            return
        seen = reader.search([])
        self.assertFalse(set(seen.ids) & set(strange), "rows of the other company's client")
        self.assertEqual(seen.sudo().partner_id, side.client)
        self.check_closed(reader.browse(strange))

    def check_closed(self, strange):
        """An id tried at random gives nothing, neither to read nor to change."""
        for row in strange[:3]:
            try:
                with mute_logger("odoo.addons.base.models.ir_rule"):
                    read = row.read(["company_id"])
            except AccessError:
                read = []
            self.assertFalse(read)
        if strange._auto:
            for act in (
                lambda row: row.write({"company_id": row.env.company.id}),
                lambda row: row.unlink(),
            ):
                # Refused for want of access or because nobody may: never done.
                with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017, PT011
                    act(strange[:1])

    # -- the pages --------------------------------------------------------------------------------

    def texts(self, value):
        if isinstance(value, dict):
            return " ".join(map(self.texts, value.values()))
        return " ".join(map(self.texts, value)) if isinstance(value, list | tuple) else str(value)

    def test_cockpit_health_and_scorecard(self):
        self.enterContext(self.at(moment=datetime(2027, 1, 10, 12)))
        for side in self.sides:
            other = self.other(side)
            for page, who in (
                ("manager", "manager"),
                ("operations", "operations"),
                ("direction", "direction"),
            ):
                with self.subTest(side.company.name, page=page):
                    cockpit = self.reader("charter.cockpit", side.staff[who], side.company)
                    text = self.texts(cockpit.charter_page(page))
                    self.assertNotIn(other.client.name, text)
                    if page == "direction":
                        self.assertIn(side.client.name, text)
                        self.assertIn("of 1 clients", text)
            direction = side.staff["direction"]
            [row] = self.reader("charter.health", direction, side.company).search([])
            self.assertEqual((row.partner_id, row.level), (side.client, "trouble"))
            client = self.reader("res.partner", direction, side.company).browse(side.client.id)
            self.assertEqual(client.charter_health, "trouble")
            stranger = self.reader("res.partner", direction, side.company).browse(other.client.id)
            self.assertFalse(stranger.charter_health or stranger.charter_health_reasons)
            self.assertFalse(stranger.charter_owed_count or stranger.charter_late_count)
        board = self.reader("charter.scorecard", self.both, self.company | self.company_b)
        found = dict(board._read_group([], ["company_id"], ["decided:sum"]))
        self.assertEqual(set(found), {self.company, self.company_b})

    def test_digest(self):
        self.enterContext(self.at(moment=datetime(2026, 10, 10, 12)))
        for side in self.sides:
            digest = self.env["digest.digest"].create(
                {"name": "Charter", "kpi_charter_late": True, "company_id": side.company.id}
            )
            self.env.flush_all()
            late = self.env["charter.obligation"].search_count(
                [("company_id", "=", side.company.id), ("state", "=", "late"),
                 ("breached_at", ">=", START - timedelta(days=25)), ("breached_at", "<", datetime(2026, 10, 10, 12))]
            )  # fmt: skip
            user = side.staff["direction"]
            kpis = digest._compute_kpis(side.company, user)
            [value] = [kpi["kpi_col3"]["value"] for kpi in kpis if kpi["kpi_name"] == "kpi_charter_late"]
            self.assertEqual(str(value), str(late))
            self.assertTrue(late)

    # -- jobs -------------------------------------------------------------------------------------

    def test_one_company_s_trouble_stops_no_job_of_the_other(self):
        """Whatever breaks for A's clients, whose rows come first, B's go on."""
        later = datetime(2027, 1, 11, 5)
        breaking = (
            ("charter.scheduler", "_schedule", lambda _model, contracts, *_known: contracts.company_id),
            ("charter.absence", "_refresh", lambda _model, company: company),
            ("charter.delivery", "_write_planned", lambda rows: rows.company_id),
            ("charter.feedback", "_send_invitations", lambda rows, _now: rows.company_id),
            ("charter.feedback", "_remind", lambda rows, _now: rows.company_id),
            ("charter.handover", "_notify", lambda rows, _now: rows.company_id),
        )
        # Once for all: what each of them does is taken back.
        self.prepare(later)
        for model, name, companies in breaking:
            done = []
            broken = self.broken_for_a(getattr(type(self.env[model]), name), companies, done)
            with self.subTest(model, method=name), self.env.cr.savepoint() as savepoint:
                with (
                    patch.object(type(self.env[model]), name, broken),
                    mute_logger("odoo.addons.mileo_client_charter"),
                ):
                    self._crons(later)
                self.assertIn(self.company_b.id, done)
                savepoint.rollback()
                self.env.invalidate_all()

    def broken_for_a(self, real, companies, done):
        """``real``, that fails where A is among the ``companies`` of what it works on; those of the others are ``done``."""

        def broken(records, *args):
            present = companies(records, *args)
            if self.company in present:
                raise ValueError("The configuration of A is broken")
            done.extend(present.ids)
            return real(records, *args)

        return broken

    def prepare(self, later):
        """Something for each job to do, for both companies."""
        with self.at(moment=later - timedelta(days=6)):
            for side in self.sides:
                closed, reminded = (
                    self._as(side, "manager")["charter.intervention"].create(
                        {"name": name, "partner_id": side.client.id, "contact_ids": side.contacts[1].ids}
                    )
                    for name in ("Door", "Gate")
                )
                (closed | reminded).action_close()
                asked = reminded.feedback_ids.sudo()._charter_engine()
                asked.write(
                    {
                        "state": "sent",
                        "sent_at": later - timedelta(days=6),
                        "expires_at": later + timedelta(days=20),
                    }
                )
                self.env["charter.assignment"].search(
                    [("company_id", "=", side.company.id), ("role", "=", "technical_contact")]
                ).user_id = side.staff["manager"]
                self._as(side, "manager")["charter.absence"].create(
                    {"user_id": side.staff["manager"].id, "date_from": "2027-01-12", "date_to": "2027-01-13"}
                )
            self.env.flush_all()

    def test_closed_calendar_of_one_company(self):
        """A calendar without hours is said on the rows it leaves without a due time; the other company counts on."""
        self.company_b.resource_calendar_id.attendance_ids.unlink()
        with self.at(moment=datetime(2026, 10, 12, 8)):
            found = {
                side.company: self.env["charter.feedback"]
                ._from_portal(side.contacts[1], rating=1, comment="Again.")
                .obligation_ids
                for side in self.sides
            }
            self.tick()
        self.assertTrue(found[self.company].due_at)
        self.assertFalse(found[self.company_b].due_at)
        self.assertTrue(found[self.company_b].clock_error)

    # -- doors ------------------------------------------------------------------------------------

    def test_what_a_client_says_goes_to_the_company_that_serves_it(self):
        """B's contacts and their users are made by A, as Odoo makes them: the contract says who answers."""
        self.assertEqual(self.b.portal.company_id, self.company)
        for side in self.sides:
            self.assertFalse(side.client.company_id)
            self.assertEqual(side.rows["escalation"].sudo().company_id, side.company)
            with self.at(moment=datetime(2026, 12, 1, 8)):
                by_mail = self.env["charter.escalation"].message_new(
                    {"subject": "Again", "body": "<p>Again</p>", "email_from": side.contacts[0].email,
                     "author_id": side.contacts[0].id, "message_type": "email"}
                )  # fmt: skip
                said = self.env["charter.feedback"]._from_portal(side.contacts[0], rating=1, comment="Again.")
            self.assertEqual((by_mail.company_id, said.company_id), (side.company, side.company))

    def test_an_unknown_sender_is_asked_about_in_the_company_of_the_address(self):
        with self.at(moment=datetime(2026, 12, 1, 8)):
            unknown = self.env["charter.escalation"].message_new(
                {"subject": "Who am I", "body": "<p>x</p>", "email_from": "x@nowhere.example.com"},
                {"company_id": self.company_b.id},
            )
        self.assertEqual(unknown.activity_ids.user_id, self.b.staff["operations"])

    def test_a_client_of_both(self):
        """Each company asks for its own opinion, and answers for what is said to it."""
        with self.at(moment=datetime(2026, 12, 1, 8)):
            self.env["contract.contract"].create(
                {"name": "Second", "partner_id": self.client.id, "company_id": self.company_b.id,
                 "charter_tier_id": self.b.tier.id,
                 "contract_line_ids": [Command.create(self.line("2026-12-01", "2027-11-30"))]}
            )  # fmt: skip
            self.assertEqual(self.client.with_company(self.company)._charter_serving_company(), self.company)
            self.assertEqual(
                self.client.with_company(self.company_b)._charter_serving_company(), self.company_b
            )
            asked = self.env["charter.feedback"]._charter_engine().create(
                {"channel": "survey", "partner_id": self.client.id, "contact_id": self.alice.id, "state": "planned",
                 "company_id": self.company_b.id}
            )  # fmt: skip
            self.assertTrue(asked._may_ask_nps(asked._charter_now()), "A's question is not B's")
            nps = self.env["charter.nps"]
            self.assertIsNone(nps._standings(self.client, self.company_b)[self.client.id].score)

    def test_outages_are_taken_for_the_company_of_who_reports_them(self):
        for side in self.sides:
            with self.at(moment=datetime(2026, 12, 1, 8)):
                [result] = self._as(side, "operations")["charter.outage"]._ingest(
                    {"event_id": "1", "serial": "SN-1", "status": "down", "start": "2026-12-01T07:00:00Z"}
                )
            outage = self.env["charter.outage"].browse(result["outage_id"])
            self.assertEqual((outage.company_id, outage.equipment_id), (side.company, side.rows["equipment"]))

    # -- the pages of clients and of everybody ------------------------------------------------------

    def without_language_in_addresses(self):
        self.env["ir.default"].set("res.partner", "lang", "en_US")
        (self.a.portal | self.b.portal).lang = "en_US"

    def page(self, address):
        response = self.url_open(address, allow_redirects=False)
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
        return response.status_code, text

    def test_whose_charter_is_shown_where(self):
        self.without_language_in_addresses()
        self.authenticate(None, None)
        ours, theirs = self.document.with_context(lang="fr_FR"), self.b.document.with_context(lang="fr_FR")
        for address, document, other in (
            ("/charter", ours, theirs),
            (f"/charter/{self.company.id}", ours, theirs),
            (f"/charter/{self.company_b.id}", theirs, ours),
        ):
            with self.subTest(address):
                status, text = self.page(f"{address}?lang=fr_FR")
                self.assertEqual(status, 200)
                self.assertIn(document._figure("feedback.callback"), text)
                self.assertIn(document.version, text)
                self.assertNotIn(other.name, text)

    def test_a_client_s_pages_are_its_company_s(self):
        self.without_language_in_addresses()
        for side in self.sides:
            other = self.other(side)
            login = side.portal.login
            self.authenticate(login, login)
            for address in (
                "/my/charter",
                "/my/charter/contacts",
                "/my/charter/promises",
                "/my/charter/data",
            ):
                with self.subTest(address, side=side.company.name):
                    status, text = self.page(address)
                    self.assertEqual(status, 200)
                    for word in (
                        other.client.name,
                        other.staff["manager"].email,
                        other.staff["operations"].email,
                    ):
                        self.assertNotIn(word, text)
            _status, text = self.page("/my/charter")
            self.assertIn(side.staff["manager"].name, text)
            self.assertIn(f"/charter/{side.company.id}", self.url_open("/my/charter").text)
            for row, address in (
                ("feedback", "feedback"),
                ("escalation", "escalation"),
                ("report", "report"),
            ):
                with self.subTest(address, side=side.company.name):
                    self.assertEqual(self.page(f"/my/charter/{address}/{side.rows[row].id}")[0], 200)
                    self.assertNotEqual(self.page(f"/my/charter/{address}/{other.rows[row].id}")[0], 200)
            self.url_open(
                "/my/charter/escalate",
                data={
                    "csrf_token": Request.csrf_token(self),
                    "subject": side.client.name,
                    "description": "Late",
                },
            )
            raised = self.env["charter.escalation"].search([("name", "=", side.client.name)])
            self.assertEqual(raised.company_id, side.company)
