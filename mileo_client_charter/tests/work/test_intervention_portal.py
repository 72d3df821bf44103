"""The work done for a client on its portal: what, when, by whom, in the promised time or not; nobody else's."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..cases.portal import DoorsCase


@tagged("post_install", "-at_install")
class TestInterventionPortal(DoorsCase):
    """Alice and Adam are Alpine's, Sara its subsidiary's, Bob and Bea another client's."""

    def setUp(self):
        super().setUp()
        self.contract = self._contract(self.client, start="2020-01-01", end="2099-12-31")
        self.now = fields.Datetime.now()
        self.work = self.intervention("Siren does not stop")

    def intervention(self, name, hours=30, **values):
        return self.env["charter.intervention"].create(
            {
                "name": name, "partner_id": self.client.id, "contract_id": self.contract.id,
                "user_id": self.technician.id, "reported_at": self.now - timedelta(hours=hours), **values,
            }
        )  # fmt: skip

    def page(self, work=None):
        return self.get(f"/my/charter/intervention/{work.id}" if work else "/my/charter/interventions")

    def rows(self, query=""):
        text = self.get(f"/my/charter/interventions{query}").text
        return [one.name for one in self.env["charter.intervention"].search([]) if f">{one.name}<" in text]

    def close(self, work, hours_ago=0):
        work.responded_at = work.reported_at + timedelta(minutes=10)
        work.work_done = "<p>Replaced the siren.</p>"
        work._charter_engine()._charter_close([self.now - timedelta(hours=hours_ago)])

    def test_what_a_client_reads(self):
        equipment = self.env["charter.equipment"].create(
            {"name": "Siren 2", "serial": "SN-2", "partner_id": self.client.id}
        )
        self.work.equipment_ids = equipment
        for login in ("p_alice", "p_adam"):
            self.log_in(login)
            self.assertShows(self.page(), "Siren does not stop", self.work.reference, "Corrective")
            self.assertShows(
                self.page(self.work), "Reported on", self.technician.name, "Siren 2", "SN-2", "We resolve an incident",
                "The work is not finished",
            )  # fmt: skip
        self.close(self.work)
        self.assertShows(self.page(self.work), "Resolved", "Replaced the siren.", "We responded")

    def test_late_says_by_how_much(self):
        self.work.priority = "3"
        self.close(self.work)
        self.log_in("p_alice")
        promise = self.promise(self.work, "intervention.resolution").sorted("id")[-1]
        self.assertEqual(promise.state, "late")
        words = promise._intervention_result()[1]
        self.assertIn("late by", words)
        self.assertShows(self.page(), words)
        self.assertShows(self.page(self.work), words, "due", "New target times apply")

    def test_in_time_says_by_how_much(self):
        work = self.intervention("Badge reader", hours=1)
        self.close(work)
        self.log_in("p_alice")
        self.assertShows(self.page(work), "on time, ", " early")
        self.assertShows(self.page(), "on time")

    def test_pauses_are_explained(self):
        work = self.intervention("Waits for a key", hours=5, priority="3")
        work.responded_at = self.now - timedelta(hours=4)
        with self.at(moment=self.now - timedelta(hours=3)):
            work.action_pause("The client is closed")
        self.log_in("p_alice")
        self.assertShows(self.page(work), "The client is closed", "it lasts", "is suspended", "Paused")
        with self.at(moment=self.now - timedelta(hours=1)):
            work.action_resume()
        self.assertShows(self.page(work), "until", "by the pauses below")

    def test_why_nothing_was_promised(self):
        planned = self.intervention("Yearly check", kind="preventive")
        self.log_in("p_alice")
        self.assertShows(self.page(planned), "planned work")
        self.assertNotIn("charter tier", self.page(planned).text)
        free = self.intervention("No contract", contract_id=False)
        free.contract_id = False
        self.assertShows(self.page(free), "sets no response or resolution time")
        # Ten days ago: of thirty hours before a Saturday or a Sunday no working time may be left.
        missed = self.intervention("Gate stays open", hours=24 * 10)
        missed.action_cancel("Entered twice by our desk")
        page = self.page(missed)
        self.assertShows(page, "missed, no longer to be done", "Entered twice by our desk")

    def test_search_filters_and_order(self):
        old = self.intervention("Camera of the hall", hours=24 * 60, kind="remote", priority="3")
        self.close(old)
        self.log_in("p_alice")
        everything = {"Siren does not stop", "Camera of the hall"}
        for query, found in (
            ("", everything),
            ("?q=hall", {"Camera of the hall"}),
            ("?q=" + self.work.reference, {"Siren does not stop"}),
            ("?q=Replaced+the+siren", {"Camera of the hall"}),
            ("?q=%25", set()),
            ("?kind=remote", {"Camera of the hall"}),
            ("?state=open", {"Siren does not stop"}),
            ("?state=closed&q=hall", {"Camera of the hall"}),
            ("?period=30", {"Siren does not stop"}),
            ("?state=nonsense&kind=1;drop&sort=x&page=-4&period=", everything),
        ):
            with self.subTest(query=query):
                self.assertEqual(set(self.rows(query)), found)
        self.assertShows(self.page(), "Search")
        self.assertShows(self.get("/my/charter/interventions?q=nothing"), "Nothing matches.", "Show all")
        for sort, first in (("newest", self.work), ("oldest", old), ("priority", old), ("resolved", old)):
            text = self.get(f"/my/charter/interventions?sort={sort}").text
            other = (self.work | old) - first
            self.assertLess(text.index(f">{first.name}<"), text.index(f">{other.name}<"), sort)

    def test_of_one_equipment(self):
        equipment = self.env["charter.equipment"].create({"name": "Siren 2", "partner_id": self.client.id})
        foreign = self.env["charter.equipment"].create({"name": "Theirs", "partner_id": self.borea.id})
        self.work.equipment_ids = equipment
        self.intervention("Something else")
        self.log_in("p_alice")
        self.assertEqual(self.rows(f"?equipment={equipment.id}"), ["Siren does not stop"])
        self.assertEqual(len(self.rows(f"?equipment={foreign.id}")), 2)

    def test_pages_keep_what_was_asked(self):
        for number in range(25):
            self.intervention(f"Camera {number}")
        self.log_in("p_alice")
        page = self.get("/my/charter/interventions?q=Camera&sort=oldest")
        self.assertShows(page, "Page 1 of 2", "Found: 25")
        self.assertIn("q=Camera&amp;sort=oldest&amp;page=2", page.text)
        self.assertShows(self.get("/my/charter/interventions?q=Camera&sort=oldest&page=9"), "Page 2 of 2")

    def test_nothing_of_another_client(self):
        self.work.message_subscribe(partner_ids=self.bea.ids)
        self.work._charter_engine().write({"feedback_ids": [Command.clear()]})
        for login in ("p_bob", "p_bea", "p_sara"):
            self.log_in(login)
            page = self.page()
            self.assertShows(page, "No intervention yet")
            denied = self.page(self.work)
            missing = self.get("/my/charter/intervention/999999999")
            self.assertEqual((denied.status_code, self.body(denied)), (404, self.body(missing)))

    def test_in_french(self):
        self.portal_user(self.alice).lang = "fr_FR"
        self.work.priority = "3"
        self.log_in("p_alice")
        page = self.url_open(f"/my/charter/intervention/{self.work.id}")
        self.assertShows(page, "Corrective", "Date du signalement")
        self.assertNotIn("The work done", page.text)
