from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.mileo_client_charter.models.ledger.charter_obligation import MissingCharter
from odoo.addons.mileo_client_charter.tests.cases.common import START
from odoo.addons.mileo_client_charter.tests.cases.portal import DoorsCase

from ..hooks import CODE, uninstall_hook


@tagged("post_install", "-at_install")
class TestSiteVisit(DoorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.env["charter.document"].search(
            [("state", "=", "draft"), ("commitment_ids.code", "=", CODE), ("company_id", "=", cls.company.id)]
        )
        cls.proposed = len(cls.draft)

    def setUp(self):
        super().setUp()
        with self.at(-48):
            self.contract = self._contract(self.client)

    def publish(self):
        self.draft.action_publish()

    def visit(self, client=None, **values):
        visits = self.env["site.visit"].with_user(self.manager)
        return visits.create({"name": "The entrance", "partner_id": (client or self.client).id, **values})

    def test_the_addon_proposes_and_a_person_publishes(self):
        self.assertEqual(self.proposed, 1)
        with self.at(0), self.assertRaisesRegex(MissingCharter, "site.visit"):
            self.visit()
        self.publish()
        self.assertTrue(self.visit())

    def test_promised_and_kept(self):
        with self.at(0):
            self.publish()
            visit = self.visit(user_id=self.technician.id)
            promise = self.promise(visit, CODE)
            # Five working days after Monday 10:00: the evening of Friday, when the office closes on the fifth.
            self.assertEqual((promise.state, promise.contract_id), ("open", self.contract))
            self.assertEqual(promise.user_id, self.technician)
            self.assertGreater(promise.due_at, START + timedelta(days=4))
            with self.assertRaisesRegex(ValidationError, "Findings"):
                visit.action_done()
        with self.at(24):
            visit.findings = "The lens is dirty."
            visit.action_done()
        self.assertEqual((promise.state, promise.met, visit.state), ("kept", 1, "done"))
        with self.at(25), self.assertRaises(UserError):
            visit.action_done()

    def test_forgotten(self):
        with self.at(0):
            self.publish()
            visit = self.visit()
        with self.at(24 * 10):
            self.tick()
        self.assertEqual(self.promise(visit, CODE).state, "late")
        self.assertIn(self.technician, visit.sudo().activity_ids.user_id)

    def test_called_off(self):
        with self.at(0):
            self.publish()
            visit = self.visit()
            visit.action_cancel()
        promise = self.promise(visit, CODE)
        self.assertEqual((promise.state, promise.cancel_reason), ("cancelled", "Called off by the client"))
        self.assertEqual(visit.charter_intervention_ids.state, "cancelled")

    def test_it_is_an_intervention(self):
        with self.at(0):
            self.publish()
            visit = self.visit(user_id=self.technician.id)
        with self.at(5):
            visit.write({"findings": "Nothing wrong."})
            visit.action_done()
        work = visit.charter_intervention_ids
        self.assertFalse(visit.charter_feed_error)
        self.assertEqual((work.kind, work.state, work.user_id), ("inspection", "closed", self.technician))
        self.assertEqual(work.resolved_at, START + timedelta(hours=5))

    def test_nobody_named_is_to_mend(self):
        with self.at(0):
            self.publish()
            visit = self.visit()
            defects = self.env["charter.defect"].search([("kind", "=", "visit"), ("res_id", "=", visit.id)])
            self.assertEqual((defects.partner_id, defects.remedy), (self.client, "Name who goes"))
            self.assertEqual(defects.action_mend()["res_model"], "site.visit")
            visit.user_id = self.technician
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(defects.search([("kind", "=", "visit"), ("res_id", "=", visit.id)]))

    def test_nobody_writes_what_proves_something(self):
        with self.at(0):
            self.publish()
            visit = self.visit()
        for values in ({"state": "done"}, {"visited_at": START}):
            with self.assertRaises(AccessError):
                visit.with_user(self.admin).write(values)

    def test_the_client_s_portal(self):
        self.publish()
        self.visit(requested_at=fields.Datetime.now())
        self.visit(self.borea, name="The car park of Borea")
        self.log_in("p_alice")
        self.assertShows(self.get("/my/charter/visits"), "The entrance", "asked for on")
        self.assertNotIn("The car park", self.get("/my/charter/visits").text)
        self.assertShows(self.get("/my/charter"), "Site visits", "when you asked us to come")
        self.log_in("p_bea")
        self.assertNotIn("The entrance", self.get("/my/charter/visits").text)
        alice, bea = (self.portal_user(contact) for contact in (self.alice, self.bea))
        visits = self.env["site.visit"]
        self.assertEqual(visits.with_user(alice).search([]).partner_id, self.client)
        self.assertEqual(visits.with_user(bea).search([]).partner_id, self.borea)
        with self.assertRaises(AccessError):
            visits.with_user(alice).search([]).write({"name": "Mine"})

    def test_another_company_s_visits(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.at(0):
            self.publish()
            visit = self.visit()
        self.env.cr.execute("UPDATE site_visit SET company_id = %s WHERE id = %s", [other.id, visit.id])
        self.env.invalidate_all()
        self.assertFalse(self.env["site.visit"].with_user(self.operations).search([("id", "=", visit.id)]))

    def test_removed(self):
        """The ledger keeps its rows, and owes nothing nobody could keep."""
        with self.at(0):
            self.publish()
            visit = self.visit()
            uninstall_hook(self.env)
        promise = self.promise(visit, CODE)
        self.assertEqual(promise.state, "cancelled")
        self.assertIn("removed", promise.cancel_reason)
