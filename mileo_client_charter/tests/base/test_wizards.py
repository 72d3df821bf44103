"""Every wizard, submitted as it opens: refused, or harmless."""

from datetime import timedelta

from lxml import etree
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval
from psycopg2 import Error as DatabaseError

from ...models.base.charter_addons import charter_addons, is_charter_model
from ..cases.scheduled import ScheduledMixin
from ..cases.two_companies import DECIDING, TwoCompaniesCase
from ..cases.web_client import WebClientMixin, WebForm


@tagged("post_install", "-at_install")
class TestWizards(WebClientMixin, ScheduledMixin, TwoCompaniesCase):
    def _situations(self):
        """What each wizard of the staff applies to: {model: records}, beside what the year has left."""
        manager = self._as(self.a, "manager")
        work = {"partner_id": self.a.client.id, "contract_id": self.a.rows["contract"].id}
        going, waiting, planned = manager["charter.intervention"].create(
            [
                {"name": name, "contact_ids": self.a.contacts[0].ids, **work}
                for name in ("Going on", "Waiting", "Closed")
            ]
        )
        waiting.action_pause("Waiting for a part")
        self.company.charter_feedback_delay_hours = 5
        planned.action_close()
        uncalled = manager["charter.feedback"].create(
            {
                "partner_id": self.a.client.id,
                "contact_id": self.a.contacts[0].id,
                "comment": "Nobody came at all.",
            }
        )
        told = uncalled.copy_data()[0] | {"comment": "Nobody called either."}
        called = manager["charter.feedback"].create(
            {"partner_id": self.a.client.id, "contact_id": self.a.contacts[1].id, "comment": told["comment"]}
        )
        escalations = manager["charter.escalation"].create(
            [
                {
                    "partner_id": self.a.client.id,
                    "contact_id": self.a.contacts[0].id,
                    "name": name,
                    "description": name,
                }
                for name in ("Not answered", "Answered", "At level two")
            ]
        )
        escalations[1].with_env(self._as(self.a, "operations"))._record_answer(
            "Answer", "<p>We have replaced it.</p>"
        )
        escalations[2].with_env(self._as(self.a, "operations"))._record_answer(
            "Answer", "<p>We have replaced it.</p>"
        )
        escalations[2].action_level2()
        review = self.a.rows["review"].sudo()
        review._charter_engine().write(
            {"state": "held", "held_at": self.env["charter.review"]._charter_now()}
        )
        self.env.cr.execute("UPDATE charter_commitment SET by_evidence = true WHERE code = 'charter.copy'")
        self.env.invalidate_all()
        noted = self.a.client._charter_open("charter.copy", occurrence="evidence")
        unread = self.a.rows["equipment"].sudo().copy({"name": "Camera nobody has read", "firmware": False})
        return {
            "charter.advisory.concern": unread.concern_ids.filtered(lambda one: one.answer == "look"),
            "charter.intervention": going | waiting,
            "charter.feedback": uncalled | called | planned.feedback_ids,
            "charter.escalation": escalations,
            "charter.review": review,
            "charter.obligation": noted,
        }

    def _steps(self):
        """(record as a role sees it, button) of each step of our forms that this role sees on a record there is."""
        situations = self._situations()
        for model, view in self.our_forms():
            if self.env[model]._transient or not is_charter_model(self.env[model]):
                continue
            for user in self.a.staff.values():
                env = self.env(
                    user=user, context={**self.env.context, "allowed_company_ids": self.company.ids}
                )
                if not env[model].has_access("read"):
                    continue
                records = situations.get(model, env[model]).with_env(env) | env[model].search([], limit=4)
                for record in records:
                    form = WebForm(record, view)
                    for button in form._view["tree"].xpath("//button[@type='object'][not(ancestor::field)]"):
                        shown = not form.evaluated(button.get("invisible"))
                        if shown:
                            yield record, button.get("name")

    def _menus(self):
        """The wizards that menus and lists open by themselves."""
        known = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("model", "=", "ir.actions.act_window"),
                    ("module", "in", list(charter_addons(self.env.registry))),
                ]
            )
        )
        for action in self.env["ir.actions.act_window"].sudo().browse(known.mapped("res_id")):
            if self.env[action.res_model]._transient:
                yield from ((self._as(self.a, who), action) for who in self.a.staff)

    def test_submitted_as_it_opens(self):
        """Nothing is sent, kept or cancelled by a wizard that says no more than when it opened."""
        found = {"refused": set(), "harmless": set(), "whole": set()}
        with self.at(moment=DECIDING + timedelta(hours=2)), mute_logger("odoo.sql_db"):
            for record, method in list(self._steps()):
                with self.tried():
                    try:
                        action = getattr(record, method)()
                    except (UserError, DatabaseError):
                        continue  # the step itself refuses this record
                    if isinstance(action, dict) and action.get("target") == "new" and action.get("res_model"):
                        self._submit(record.env, action, method, found)
            for env, action in self._menus():
                read = {
                    "type": "ir.actions.act_window",
                    "res_model": action.res_model,
                    "context": {},
                    "views": [(False, "form")],
                }
                if env[action.res_model].has_access("create"):
                    self._submit(env, read, action.xml_id, found)
        reached = set().union(*found.values())
        self.assertEqual(
            {wizard for wizard, _method, _button in reached},
            set(self._wizards()),
            "each wizard of the addon that has a button was opened on a record it applies to",
        )
        for wizard, method in (
            ("charter.message.wizard", "action_ask_answer"), ("charter.feedback.callback", "action_ask_callback"),
            ("charter.renewal.override", "action_ask_override"), ("charter.obligation.wizard", "action_ask_evidence"),
            ("charter.obligation.wizard", "action_ask_cancel"), ("charter.intervention.wizard", "action_ask_cancel"),
        ):  # fmt: skip
            self.assertIn((wizard, method), {key[:2] for key in found["refused"]})
        self.assertGreaterEqual(len(reached), 20)

    def _wizards(self):
        """Transient models of the addon whose form has a button that does something."""
        for model, view in self.our_forms():
            if self.env[model]._transient and is_charter_model(self.env[model]):
                form = self.env[model].get_view(view.id, "form")
                if b'type="object"' in form["arch"].encode():
                    yield model

    def _submit(self, env, action, method, found):
        wizard = action["res_model"]
        if not env[wizard]._transient:
            return
        form = WebForm.from_action(env, {**action, "views": [(False, "form")]})
        for button in form._view["tree"].xpath("//button[@type='object'][not(ancestor::field)]"):
            if form.evaluated(button.get("invisible")):
                continue
            key = (wizard, method, button.get("name"))
            with self.subTest(key), self.tried():
                try:
                    opened = form.save()
                    before = self.rows_written()
                    getattr(opened, button.get("name"))()
                    after = self.rows_written()
                except (UserError, AssertionError, DatabaseError):
                    # Refused by the form, for a field that is to be filled, or by the step, in words.
                    found["refused"].add(key)
                    continue
                own = wizard.replace(".", "_")
                written = {
                    table for table in after if after[table] != before[table] and not table.startswith(own)
                }
                whole = hasattr(opened, "_charter_is_whole") and opened._charter_is_whole()
                found["whole" if written else "harmless"].add(key)
                self.assertTrue(not written or whole, f"it wrote {sorted(written)} as it opened")

    def test_each_operation_of_a_dialogue_names_what_is_asked(self):
        """One field with a label for each operation: whoever is asked for a reason reads of what."""
        wizard = self.env["charter.obligation.wizard"]
        operations = [key for key, _label in wizard._fields["operation"].selection]
        arch = etree.fromstring(wizard.get_view(view_type="form")["arch"])
        labels = [
            (node.get("invisible"), node.get("string"))
            for node in arch.iter("label")
            if node.get("for") == "text"
        ]
        for operation in operations:
            with self.subTest(operation):
                shown = [said for hidden, said in labels if not safe_eval(hidden, {"operation": operation})]
                self.assertEqual(len(shown), 1)
        self.assertEqual(len(labels), len({said for _hidden, said in labels}))
