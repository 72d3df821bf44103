from datetime import timedelta

from odoo.tests import tagged

from ...models.base.charter_engine import charter_door
from ..cases.common import START
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestDigest(YearCase):
    """The charter's figures in Odoo's digest: of the reader's company, with their n, a dash without data."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        with charter_door(self.env.cr):
            self.env.cr.execute("UPDATE charter_obligation SET state = 'cancelled', met = 0, missed = 0")
            self.env.cr.execute("DELETE FROM charter_feedback")
        self.env.invalidate_all()
        self.digest = self.env["digest.digest"].create(
            {"name": "Charter", "kpi_charter_kept": True, "kpi_charter_late": True, "kpi_charter_nps": True}
        )

    def figures(self, user=None):
        """{figure: (24 hours, 7 days, 30 days)} as the mail shows them."""
        self.env.flush_all()
        user = user or self.direction
        kpis = self.digest._compute_kpis(user.company_id, user)
        ours = [kpi for kpi in kpis if kpi["kpi_name"].startswith("kpi_charter")]
        self.margins = {kpi["kpi_name"]: kpi["kpi_col2"].get("margin") for kpi in ours}
        return {
            kpi["kpi_name"]: tuple(str(kpi[f"kpi_col{column}"]["value"]) for column in (1, 2, 3))
            for kpi in ours
        }

    def owe(self, name, due, company=None):
        promise = self.client.with_company(company or self.company)._charter_open(
            "feedback.callback", occurrence=name
        )
        promise._charter_engine().due_at = due
        return promise

    def test_a_period_without_data_is_a_dash(self):
        self.assertEqual(
            self.figures(),
            {
                "kpi_charter_kept": ("–", "–", "–"),
                "kpi_charter_late": ("0", "0", "0"),
                "kpi_charter_nps": ("–", "–", "–"),
            },
        )

    def test_figures_of_each_period(self):
        self.owe("kept", START - timedelta(hours=2))._fulfil("done", at=START - timedelta(hours=3))
        self.owe("late", START - timedelta(days=3))
        with self.at(hours=-71.9):
            self.tick()
        with self.at(hours=-1):
            self.say(self.alice, 10)
            self.say(self.adam, 2, days_ago=10)
        self.assertEqual(
            self.figures(),
            {
                "kpi_charter_kept": ("100 % (1/1)", "50.0 % (1/2)", "50.0 % (1/2)"),
                "kpi_charter_late": ("0", "1", "1"),
                "kpi_charter_nps": ("100 (n = 1)", "100 (n = 1)", "0 (n = 2)"),
            },
        )

    def test_more_broken_promises_are_not_praised(self):
        """Odoo's digest draws a green arrow at whatever grows."""
        for name, days in (("two weeks ago", 10), ("this week", 3), ("this week too", 2)):
            self.owe(name, START - timedelta(days=days))
            with self.at(hours=-24 * days + 0.1):
                self.tick()
        self.assertEqual(self.figures()["kpi_charter_late"], ("0", "2", "3"))
        self.assertFalse(self.margins["kpi_charter_late"])

    def test_of_the_readers_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.document.copy({"company_id": other.id}).action_publish()
        self.owe("theirs", START - timedelta(hours=2), other)._fulfil("done", at=START - timedelta(hours=3))
        self.assertEqual(self.figures()["kpi_charter_kept"], ("–", "–", "–"))
        reader = self._staff(
            "t_there", "group_charter_direction", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        self.digest.company_id = other
        self.assertEqual(self.figures(reader)["kpi_charter_kept"], ("100 % (1/1)",) * 3)

    def test_who_is_not_of_the_team_gets_no_figure(self):
        self.assertEqual(self.figures(self._staff("t_none", "group_charter_monitoring")), {})

    def test_the_mail_leads_to_the_rows(self):
        self.digest.user_ids = self.direction
        self.digest.action_send_manual()
        mail = (
            self.env["mail.mail"].sudo().search([("email_to", "=", self.direction.email_formatted)], limit=1)
        )
        self.assertIn("Promises kept", mail.body_html)
        for action in ("action_charter_scorecard", "action_charter_obligation", "action_charter_nps_answer"):
            self.assertIn(f"mileo_client_charter.{action}", mail.body_html)
