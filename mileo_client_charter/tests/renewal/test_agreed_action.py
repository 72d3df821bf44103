"""Actions agreed with a client are one thing, wherever they were agreed."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..cases.common import START
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestAgreedAction(YearCase):
    def actions(self):
        """One of each kind, as a manager meets them."""
        contract = self.renewing(self.client)
        values = {"name": "Change the camera", "user_id": self.technician.id, "date_deadline": "2026-10-20"}
        with self.at():
            feedback = self.negative()
            review = self.env["charter.review"].create({"contract_id": contract.id})
            remediation = (
                self.env["charter.remediation"]
                ._charter_engine()
                .create({"renewal_id": self.opened(contract).id})
            )
            found = [
                self.env["charter.corrective.action"]
                ._charter_engine()
                .create({**values, "feedback_id": feedback.id}),
                self.env["charter.review.action"].create({**values, "review_id": review.id}),
                self.env["charter.remediation.action"].create({**values, "remediation_id": remediation.id}),
            ]
        return [action.with_env(self.env).with_user(self.manager) for action in found]

    def test_every_kind_is_one(self):
        kinds = {
            name
            for name, model in self.env.items()
            if name.startswith("charter.") and not model._abstract and "done_date" in model._fields
        }
        self.assertEqual({action._name for action in self.actions()}, kinds)
        self.assertEqual(set(self.registry["charter.agreed.action"]._inherit_children), kinds)
        for name in kinds:
            self.assertEqual(self.env[name]._order, "date_deadline, id")

    def test_done_once_and_by_the_step_alone(self):
        for action in self.actions():
            with self.subTest(action._name):
                with self.assertRaises(AccessError):
                    action.done_date = "2026-10-01"
                with self.at(1):
                    action.action_done()
                with self.at(moment=START + timedelta(days=3)):
                    action.action_done()
                self.assertEqual(action.done_date, date(2026, 10, 5))

    def test_not_by_who_may_not_write(self):
        employee = new_test_user(self.env, "t_employee", groups="base.group_user")
        for action in self.actions():
            with self.subTest(action._name), self.assertRaises(AccessError):
                action.with_user(employee).action_done()
