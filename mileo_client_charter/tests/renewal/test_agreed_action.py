"""Actions agreed with a client are one thing, wherever they were agreed."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.base.charter_addons import is_charter_model
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
            if is_charter_model(model) and not model._abstract and "done_date" in model._fields
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

    def watch(self):
        with self.committing():
            self.env["charter.word"]._cron_watch()

    def test_every_kind_is_reminded_of(self):
        """Two days before its date in the list of who does it; once late by mail, and every week until it is done."""
        agreed = [action.sudo() for action in self.actions()]
        remediation = agreed[-1].remediation_id
        remediation._charter_engine().state = "running"
        contract = remediation.renewal_id.contract_id
        advice = self.env["charter.recommendation"].create(
            {
                "name": "Change the lens",
                "advice": "It is scratched.",
                "benefit": "Clear pictures.",
                "contract_id": contract.id,
                "user_id": self.technician.id,
                "date_deadline": "2026-10-20",
            }
        )
        advice._charter_engine().state = "accepted"
        agreed.append(advice)
        mixin = self.registry.descendants(["charter.reminded.mixin"], "_inherit")
        kinds = {name for name in mixin if not self.env[name]._abstract}
        self.assertEqual({one._name for one in agreed}, kinds)
        for day, listed, told in (
            (12, 0, 0),
            (13, 1, 0),
            (15, 1, 0),
            (16, 1, 1),
            (17, 1, 1),
            (22, 1, 1),
            (23, 1, 2),
        ):
            with self.at(24 * day):
                self.watch()
                for one in agreed:
                    document = one._charter_agreed_document()
                    mails = self.mails_to(self.technician.partner_id).filtered(
                        lambda mail, document=document: (mail.model, mail.res_id) == (document._name, document.id)
                        and "not done" in (mail.subject or "")
                    )  # fmt: skip
                    with self.subTest(one._name, day=day):
                        mine = document.activity_ids._charter_about(one)
                        self.assertEqual((len(mine), len(mails)), (listed, told))
                        for mail in mails:
                            self.assertIn(
                                "Agreed for 10/20/2026 and not done",
                                mail.subject,
                                "as the reader writes a day",
                            )
                        self.assertLessEqual(mine.user_id, self.technician)

    def test_a_remediation_whose_actions_are_done_is_to_be_decided_again(self):
        action = self.actions()[-1].sudo()
        remediation = action.remediation_id
        remediation._charter_engine().state = "agreed"
        with self.at(24):
            self.watch()
            self.assertFalse(
                remediation.activity_ids._charter_about(remediation), "something is still to be done"
            )
            action.with_user(self.manager).action_done()
        for day in (2, 3):
            with self.at(24 * day):
                self.watch()
                asked = remediation.activity_ids._charter_about(remediation)
                self.assertEqual(asked.user_id, self.manager)
                self.assertEqual(len(asked), 1, "once")

    def test_not_by_who_may_not_write(self):
        employee = new_test_user(self.env, "t_employee", groups="base.group_user")
        for action in self.actions():
            with self.subTest(action._name), self.assertRaises(AccessError):
                action.with_user(employee).action_done()
