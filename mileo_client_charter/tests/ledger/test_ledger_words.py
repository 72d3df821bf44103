from datetime import datetime, timedelta

from odoo.tests import tagged

from ...controllers.hub_reading import HubReading
from ..cases.common import START, CharterCase

WORDS = """
2026-10                |October 2026               |octobre 2026
2026-Q4                |quarter 4 of 2026          |T4 2026
2027-02-01#annual      |1 February 2027            |1er février 2027
2026-11-25#3fa4c1d2    |25 November 2026           |25 novembre 2026
2026-10~2              |October 2026               |octobre 2026
2027-03-01+2              |1 March 2027               |1er mars 2027
onboarding             |when the contract began    |au début du contrat
v1.2                   |v1.2                       |v1.2
1                      |                           |
2                      |no. 2                      |n° 2
2.1                    |no. 2                      |n° 2
measured               |measured                   |measured
"""


@tagged("post_install", "-at_install")
class TestLedgerWords(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.module.module"].search([("name", "=", "mileo_client_charter")])._update_translations(
            "fr_FR"
        )

    def _in_force(self, code, **values):
        """The commitment ``code`` of a new version with other terms."""
        draft = self.document.browse(self.document.action_new_version()["res_id"])
        draft.version = f"test {code}"
        draft._commitment(code).write(values)
        draft.action_publish()

    def _open_days(self, at, **values):
        self._in_force("feedback.callback", delay=10, unit="days", clock="elapsed", warn_before=0, **values)
        return self.client._charter_open("feedback.callback", at=at)

    def test_occurrence_in_words(self):
        ledger = self.env["charter.obligation"]
        for line in WORDS.strip().splitlines():
            key, english, french = (part.strip() for part in line.split("|"))
            with self.subTest(key):
                self.assertEqual(ledger.with_context(lang="en_US")._occurrence_in_words(key), english)
                self.assertEqual(ledger.with_context(lang="fr_FR")._occurrence_in_words(key), french)

    def test_staff_read_no_key(self):
        with self.at():
            promise = self.client._charter_open("charter.copy", occurrence="2027-02-01#annual")
        promise = promise.with_user(self.manager).with_context(lang="en_US")
        self.assertTrue(promise.display_name.endswith(" · 1 February 2027"), promise.display_name)
        self.assertEqual(promise.occurrence_text, "1 February 2027")
        only = self.client._charter_open("contacts.sheet", occurrence="1").with_context(lang="en_US")
        self.assertNotIn("·", only.display_name)

    def test_days_end_with_the_day_before_midnight(self):
        """Ten days of 30 November, 24:00 in Paris: read as 10 December, and stored as its end."""
        with self.at():
            promise = self._open_days(datetime(2026, 11, 30, 23))
        self.assertEqual(promise.due_at, datetime(2026, 12, 10, 23))
        self.assertEqual(promise.with_context(lang="en_US")._due_text(), "10 December 2026")
        self.assertEqual(promise.with_context(lang="fr_FR")._due_text(), "10 décembre 2026")
        staff = promise.with_user(self.manager).with_context(lang="en_US")
        self.assertEqual(staff.with_context(tz="America/New_York").due_text, "10 December 2026")

    def test_other_moments_are_read_to_the_minute(self):
        with self.at():
            days = self._open_days(datetime(2026, 11, 30, 10, 30))
            self._in_force("feedback.outcome", delay=1, unit="hours", clock="elapsed", warn_before=0)
            # An hour that ends at midnight ends at midnight.
            hours = self.client._charter_open("feedback.outcome", at=datetime(2026, 11, 30, 22))
        self.assertIn("11:30", days.with_context(lang="en_US")._due_text())
        self.assertIn("12:00", hours.with_context(lang="en_US")._due_text())

    def test_no_due_time_says_why(self):
        self.company.resource_calendar_id.flexible_hours = True
        with self.at():
            promise = self.client._charter_open("feedback.callback", delay=self._working_delay())
        self.assertFalse(promise.due_at)
        self.assertIn("flexible", promise._due_text())
        self.assertFalse(promise.due_text)

    def _working_delay(self):
        return self.document._commitment("feedback.callback")._delay()._replace(clock="working")

    def test_the_activity_is_for_the_last_day(self):
        with self.at():
            feedback = self.negative()
            promise = self.promise(feedback, "feedback.callback")
            engine = promise._charter_engine()
            engine.write({"unit": "days", "due_at": datetime(2026, 12, 10, 23)})
            feedback.activity_ids.unlink()
            promise._charter_alert_activity("owner")
        self.assertEqual(str(feedback.activity_ids.date_deadline), "2026-12-10")

    def test_the_portal_reads_the_same(self):
        with self.at():
            promise = self._open_days(datetime(2026, 11, 30, 23))
            promise._charter_engine().write({"occurrence": "2026-Q4"})
            user = self.env["res.users"].create(
                {"name": "Alice", "login": "t_words", "partner_id": self.alice.id, "tz": "Asia/Tokyo",
                 "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
            )  # fmt: skip
            reading = HubReading(self.env(user=user, context={"lang": "en_US"}))
            [row] = [row for row in reading.home()["promises"] if row["occurrence"] == "quarter 4 of 2026"]
        self.assertEqual(row["due"], "Thursday 10 December 2026")

    def test_an_escalation_counted_in_days(self):
        with self.at():
            self._in_force("escalation.level1", delay=1, unit="days", clock="elapsed", warn_before=0)
        with self.at(moment=datetime(2026, 11, 30, 23)):
            escalation = self.escalate()
            user = self.env["res.users"].create(
                {"name": "Alice", "login": "t_words", "partner_id": self.alice.id, "tz": "Europe/Paris",
                 "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
            )  # fmt: skip
            reading = HubReading(self.env(user=user, context={"lang": "en_US"}))
            [row] = reading.home()["escalations"]
        self.assertEqual(row["status"], "You will receive our answer by Tuesday 1 December 2026")
        self.assertEqual(escalation.with_context(lang="en_US")._due_text(), "1 December 2026")

    def test_one_and_many(self):
        """A sentence that counts has a singular."""
        with self.at():
            user = self.manager
            held = self.env["charter.assignment"].search([("user_id", "=", user.id)])
            self.assertEqual(len(held), 1)
            for lang, one, many in (
                ("en_US", "one role of the charter is still theirs", "2 roles of the charter are"),
                ("fr_FR", "un rôle de la charte", "2 rôles de la charte"),
            ):
                with self.subTest(lang), self.cr.savepoint() as savepoint:
                    with self.assertRaisesRegex(Exception, one):
                        user.with_context(lang=lang).active = False
                    self._client("Bistro")
                    with self.assertRaisesRegex(Exception, many):
                        user.with_context(lang=lang).active = False
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_a_feedback_asked_less_than_a_day_ago(self):
        self.company.charter_feedback_frequency_days = 1
        with self.at():
            self.invitation()
        with self.at(moment=START + timedelta(hours=3)):
            again = self.invitation()
        self.assertEqual(again.skip_reason, "Asked less than a day ago.")

    def test_alerts_in_the_language_of_the_colleague(self):
        """Not in the client's: core takes that of the document's partner where a mail template names none."""
        templates = self.env["mail.template"].search([])
        ours = templates.filtered(
            lambda template: (
                template.get_external_id()[template.id].partition(".")[0] == "mileo_client_charter"
            )
        )
        self.assertGreater(len(ours), 5)
        self.assertFalse(ours.filtered(lambda template: not template.lang).mapped("name"))
        self.client.lang, self.manager.lang = "fr_FR", "en_US"
        with self.at():
            promise = self.client._charter_open("feedback.callback")
            for name in ("opened", "due", "late"):
                promise._charter_alert_mail(f"mileo_client_charter.mail_promise_{name}")
        mails = self.env["mail.mail"].search([("model", "=", promise._name), ("res_id", "=", promise.id)])
        english = [mail for mail in mails if "Hello" in mail.body_html and "Bonjour" not in mail.body_html]
        self.assertEqual((len(mails), len(english)), (3, 3))

    def test_a_mail_about_what_is_past_says_since_when(self):
        with self.at():
            feedback = self.negative()
            [promise] = self.promise(feedback, "feedback.callback")
        for hours, english, french in (
            (1, "To do by", "À faire avant le"),
            (49, "Overdue since", "En retard depuis le"),
        ):
            with self.at(hours), self.subTest(hours):
                for lang, words in (("en_US", english), ("fr_FR", french)):
                    self.manager.lang = lang
                    promise._charter_alert_mail("mileo_client_charter.mail_promise_opened", "owner")
                    self.assertRegex(self.mails_to(self.manager.partner_id)[-1].subject, f"^{words}")
