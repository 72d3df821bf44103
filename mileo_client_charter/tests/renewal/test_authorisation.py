from datetime import date, datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..cases.year import YearCase

NOW = datetime(2026, 10, 5, 8)


@tagged("post_install", "-at_install")
class TestAuthorisation(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.kind = cls.env.ref("mileo_client_charter.authorisation_video")
        with cls.at(cls, moment=NOW):
            cls.contract = cls._contract(cls.client)
            cls.site = cls.env["res.partner"].create(
                {"name": "Lyon", "parent_id": cls.client.id, "type": "other"}
            )

    def authorisation(self, moment=NOW, **values):
        with self.at(moment=moment):
            one = self.env["charter.authorisation"].with_user(self.technician).create(
                {"kind_id": self.kind.id, "partner_id": self.client.id, "site_id": self.site.id, "number": "2022-0815",
                 "authority": "Préfecture du Rhône", "issued_on": "2022-06-01", "valid_until": "2027-06-01", **values}
            )  # fmt: skip
            self.env.flush_all()
        return one.sudo()

    def tell_due(self, moment):
        with self.at(moment=moment):
            self.env["charter.authorisation"]._notify_expiring()
            self.env.flush_all()

    def leave(self):
        self.env["charter.delivery"].search([("kind", "=", "notice"), ("state", "=", "queued")])._mail_left()

    def test_the_client_is_told_in_time_by_itself(self):
        one = self.authorisation()
        self.assertEqual(
            (one.lead_months, one.tell_by), (4, date(2027, 2, 1)), "four months before, by its kind"
        )
        [promise] = self.promise(one, "notice.advance")
        self.assertEqual(
            (promise.state, promise.due_at), ("open", datetime(2027, 2, 1, 23)), "the whole of the last day"
        )
        self.tell_due(datetime(2027, 1, 10, 8))
        self.assertFalse(one.told_at)
        self.alice.lang = "fr_FR"
        self.tell_due(datetime(2027, 1, 18, 8))
        self.tell_due(datetime(2027, 1, 19, 8))
        mail = self.mails_to(self.alice)
        self.assertEqual(len(mail), 1, "once")
        for words in ("1er juin 2027", "2022-0815", "Préfecture du Rhône", "Lyon"):
            self.assertIn(words, mail.body_html)
        with self.at(moment=datetime(2027, 1, 19, 9)):
            self.leave()
        self.assertEqual(promise.state, "kept")

    def test_informed_is_what_has_left(self):
        """Found by a stranger: “client informed” while its email waited, beside a task to inform it."""
        one = self.authorisation()
        [promise] = self.promise(one, "notice.advance")
        self.assertFalse(one.informed_state)
        with self.at(moment=datetime(2027, 1, 28, 8)):
            one.with_user(self.technician).action_notify()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((one.informed_state, one.informed_at, promise.state), ("waiting", False, "open"))
            with self.assertRaisesRegex(UserError, "waits to be sent"):
                one.with_user(self.technician).action_notify()
            sent = (
                self.env["charter.delivery"]
                .sudo()
                .search([("res_model", "=", one._name), ("res_id", "=", one.id)])
            )
            sent._fail("550 no such user")
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((one.informed_state, one.not_delivered), ("failed", "550 no such user"))
            one.with_user(self.technician).action_send_again()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(one.informed_state, "waiting")
            self.leave()
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual((one.informed_state, promise.state), ("informed", "kept"))
        self.assertEqual(one.informed_at, datetime(2027, 1, 28, 8))
        with self.at(moment=datetime(2027, 1, 29, 8)):
            one.valid_until = "2032-06-01"
        self.assertFalse(one.informed_state, "of the new end it knows nothing yet")

    def test_the_task_ends_once_the_client_is_informed(self):
        """Found by a stranger: the client was informed, and the task to inform it stayed."""
        for name, notify in (
            ("by hand", lambda one: one.with_user(self.technician).action_notify()),
            ("by itself", lambda one: one._notify_expiring()),
        ):
            for said in ("reminded", "announced"):
                with self.subTest(name, said=said):
                    one = self.authorisation(number=f"{name} {said}")
                    promise = self.promise(one, "notice.advance")
                    with self.at(moment=datetime(2027, 1, 28, 8)):
                        if said == "reminded":
                            self.tick()
                        else:
                            promise._charter_announce()
                        self.env.flush_all()
                        self.assertTrue(one.activity_ids)
                        notify(one)
                        self.env.flush_all()
                        self.leave()
                        self.env.flush_all()
                        self.assertEqual((promise.state, one.activity_ids.ids), ("kept", []))

    def test_a_renewal_is_another_promise(self):
        one = self.authorisation()
        with self.at(moment=NOW):
            one.valid_until = "2032-06-01"
        promises = self.promise(one, "notice.advance").sorted("id")
        self.assertEqual(promises.mapped("state"), ["cancelled", "open"])
        self.assertEqual(promises[1].due_at.date(), date(2032, 2, 1))
        with self.at(moment=NOW):
            one.valid_until = "2027-06-01"
            one.active = False
        self.assertNotIn("open", self.promise(one, "notice.advance").mapped("state"))

    def test_known_too_late_runs_from_when_it_was_known(self):
        one = self.authorisation(valid_until="2026-12-01")
        [promise] = self.promise(one, "notice.advance")
        days = timedelta(days=self.company.charter_vulnerability_days + 1)
        self.assertEqual(promise.due_at.date(), (datetime(2026, 10, 4, 22) + days).date())
        self.assertGreater(promise.due_at, promise.opened_at)
        self.assertEqual(one.with_user(self.technician).state, "to_renew")

    def test_a_day_that_is_past_is_not_asked_for(self):
        one = self.authorisation(valid_until="2026-12-01")
        with self.at(moment=datetime(2026, 10, 5, 8)):
            one.with_user(self.technician).action_notify()
            self.env.flush_all()
        body = self.mails_to(self.alice)[-1].body_html
        self.assertIn("should have been filed by", body)
        self.assertNotIn("Please file its renewal by", body)

    def test_no_promise_without_an_end_or_a_contract(self):
        for name, values in (
            ("no end", {"valid_until": False}),
            ("ended", {"valid_until": "2026-01-01"}),
            ("no charter", {"partner_id": self._client("Bare")[0].id, "site_id": False}),
        ):
            with self.subTest(name):
                self.assertFalse(self.promise(self.authorisation(**values), "notice.advance"))

    def test_by_hand_and_states(self):
        for until, state in (
            (False, "open_ended"),
            ("2026-01-01", "expired"),
            ("2026-12-01", "to_renew"),
            ("2027-06-01", "valid"),
        ):
            with self.subTest(state), self.at(moment=NOW):
                one = self.authorisation(issued_on=False, valid_until=until)
                self.assertEqual(one.state, state)
                self.assertIn(one, one.search([("state", "=", state)]))
                self.assertNotIn(one, one.search([("state", "!=", state)]))
                if state in ("open_ended", "expired"):
                    with self.assertRaisesRegex(UserError, "no future end date"):
                        one.with_user(self.technician).action_notify()
                else:
                    one.with_user(self.technician).action_notify()
                    self.assertEqual(one.told_at, NOW)

    def test_another_one_of_the_same_kind_is_said(self):
        """Found by a stranger: two of one kind, client and site stood beside each other on the portal without a word."""
        first = self.authorisation()
        other_kind = self.env.ref("mileo_client_charter.authorisation_video").copy({"name": "Other"})
        with self.at(moment=NOW):
            for name, values, found in (
                ("within", {"issued_on": "2026-01-01", "valid_until": "2030-01-01"}, True),
                ("from its last day", {"issued_on": "2027-06-01", "valid_until": "2032-06-01"}, True),
                ("the day after", {"issued_on": "2027-06-02", "valid_until": "2032-06-01"}, False),
                ("without an end", {"issued_on": "2022-01-01", "valid_until": False}, True),
                ("over", {"issued_on": "2022-06-02", "valid_until": "2026-06-01"}, False),
                ("another site", {"site_id": False}, False),
                ("another kind", {"kind_id": other_kind.id}, False),
                ("archived", {"active": False}, False),
            ):
                with self.subTest(name):
                    second = self.authorisation(number=name, **values)
                    self.env.invalidate_all()
                    self.assertEqual(second.overlapping_ids.ids, first.ids if found else [])
                    self.assertEqual(first.overlapping_ids.ids, second.ids if found else [], "both say so")
                    second.active = False

    def test_a_day_that_is_past_is_said(self):
        one = self.authorisation(valid_until="2026-12-01")
        later = self.authorisation(number="2", valid_until="2027-06-01")
        ended = self.authorisation(number="3", issued_on=False, valid_until="2026-01-01")
        with self.at(moment=NOW):
            self.env.invalidate_all()
            self.assertEqual([row.is_notified_late for row in (one, later, ended)], [True, False, False])
            one.with_user(self.technician).action_notify()
            self.leave()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(one.is_notified_late)

    def test_bad_input(self):
        other = self._client("Other")[0]
        for values, words in (
            ({"site_id": other.id}, "no address of"),
            ({"partner_id": self.alice.id, "site_id": False}, "choose the client itself"),
            ({"lead_months": 99}, "0 to 36"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self.authorisation(**values)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.authorisation(issued_on="2027-06-01", valid_until="2027-06-01")
