"""Corrections of closed work: a step of the operations manager, with a reason and a name."""

import ast
from datetime import timedelta
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules import get_module_path
from odoo.tests import Form, tagged

from ...models.base.charter_addons import builds_on_charter
from ..cases.common import START
from ..cases.interventions import RESOLUTION, RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestCorrection(InterventionCase):
    def closed_late(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(9):
            intervention.action_close()
        self.assertEqual(self.rows(intervention).state, "late")
        return intervention

    def test_closed_work_is_not_rewritten(self):
        """Every stored field a technician could write, from the registry: refused once the work is over, nothing is changed."""
        intervention = self.closed_late()
        equipment = self.env["charter.equipment"].create({"name": "Other", "partner_id": self.client.id})
        intervention._charter_engine().write(
            {
                "work_done": "<p>New lens.</p>",
                "description": "<p>It is dark.</p>",
                "user_id": self.technician.id,
            }
        )
        others = {
            "res.partner": self.adam, "res.users": self.manager, "contract.contract": self._contract(self.client),
            "res.company": self.company.create({"name": "Elsewhere"}), "charter.equipment": equipment,
        }  # fmt: skip
        counted = set()
        for name, field in intervention._fields.items():
            if (
                not field.store or field.readonly or getattr(field, "charter_engine", False)
                or not builds_on_charter(field._module) or field.type == "one2many"
            ):  # fmt: skip
                continue
            if field.relational:
                value = others[field.comodel_name].id
            elif field.type == "selection":
                keys = [key for key, _label in field._description_selection(self.env)]
                value = next(key for key in keys if key != intervention[name])
            elif field.type == "datetime":
                value = START - timedelta(hours=3)
            else:
                value = {"many2one_reference": 7, "boolean": True}.get(field.type, "res.partner")
            written = [Command.link(value)] if field.type == "many2many" else value
            with self.subTest(name), self.assertRaises(UserError), self.env.cr.savepoint():
                intervention.with_user(self.technician).write({name: written})
            counted.add(name)
            present = intervention[name].ids if field.type == "many2many" else intervention[name]
            same = (
                [Command.set(present)]
                if field.type == "many2many"
                else field.convert_to_write(present, intervention)
            )
            with self.subTest(name, step="what it holds already"):
                intervention.with_user(self.technician).write({name: same})
        self.assertGreaterEqual(
            counted, {"name", "description", "work_done", "kind", "user_id", "equipment_ids"}
        )
        self.assertGreaterEqual(len(counted), 15, counted)
        with self.subTest("a report never written"):
            intervention._charter_engine().work_done = False
            intervention.with_user(self.technician).work_done = "<p>Late, but true.</p>"
            with self.assertRaises(UserError):
                intervention.with_user(self.technician).work_done = "<p>Another.</p>"

    def test_a_technician_corrects_its_own_and_not_the_client_s_words(self):
        intervention = self.closed_late()
        intervention._charter_engine().write(
            {"work_done": "<p>New lens.</p>", "description": "<p>It is dark.</p>"}
        )
        dialogue = intervention.with_user(self.technician).action_ask_correction()
        wizard = self.env[dialogue["res_model"]].with_user(self.technician).browse(dialogue["res_id"])
        self.assertEqual((wizard.shown, wizard.work_done), (",user_id,equipment_ids,work_done,", "New lens."))
        wizard.write({"work_done": "New lens, and a cable.", "reason": "The cable was forgotten."})
        wizard.action_confirm()
        [row] = intervention.correction_ids
        self.assertEqual(
            (row.field_name, row.before, row.after, row.for_client),
            ("work_done", "New lens.", "New lens, and a cable.", False),
        )
        with self.assertRaises(AccessError):
            intervention.with_user(self.technician)._charter_correct(
                {"description": "It is bright."}, "Seen."
            )
        intervention.with_user(self.operations)._charter_correct(
            {"description": "It is bright."}, "Heard wrongly."
        )
        self.assertIn("It is bright.", intervention.description)
        self.assertFalse(intervention.correction_ids[0].for_client, "our note of a telephone call is ours")

    def test_no_context_turns_late_into_kept(self):
        """As the technician, with whatever a remote call can send."""
        keys = (
            {"import_file": True}, {"charter_engine": True}, {"charter_engine": "ENGINE"}, {"charter_no_feed": True},
            {"charter_through": True}, {"charter_review_following": True}, {"install_mode": True}, {"tz": "Pacific/Auckland"},
            {"default_state": "open", "default_resolved_at": "2026-10-05 08:10:00"}, {"tracking_disable": True},
            {"mail_create_nolog": True}, {"module": "mileo_client_charter"}, {"active_test": False},
        )  # fmt: skip
        for context in keys:
            for values in (
                {"resolved_at": START + timedelta(hours=1)},
                {"responded_at": START + timedelta(minutes=10)},
                {"resolved_at": START + timedelta(hours=1), "responded_at": START + timedelta(minutes=10)},
            ):
                with self.subTest(**context, values=sorted(values)):
                    intervention = self.closed_late()
                    with self.at(10):
                        with self.assertRaises(UserError) as caught, self.cr.savepoint():
                            intervention.with_context(**context).write(values)
                        self.env.invalidate_all()
                    if isinstance(caught.exception, ValidationError):
                        self.assertIn("an operations manager corrects its moments", str(caught.exception))
                    for code in (RESPONSE, RESOLUTION):
                        row = self.rows(intervention, code)
                        self.assertEqual((row.state, row.missed), ("late", 1))

    def test_a_default_in_the_context_is_no_word_of_the_engine(self):
        """A step the user may take creates rows as the engine; what the caller put into the context stays out of them."""
        with self.at(0):
            intervention = self.intervention()
        with self.at(1):
            intervention.with_context(
                default_stop_at="2026-10-05 20:00:00", default_recorded_by=self.admin.id
            ).action_pause("Waiting for a key")
        pause = intervention.sudo().pause_ids
        self.assertEqual((pause.stop_at, pause.recorded_by.id), (False, self.technician.id))

    def test_operations_correct_with_a_reason(self):
        intervention = self.closed_late()
        with self.at(20):
            with self.assertRaisesRegex(ValidationError, "Reason"):
                intervention.with_user(self.operations).action_correct(
                    " ", resolved_at=START + timedelta(hours=7)
                )
            intervention.with_user(self.operations).action_correct(
                "The site book says 17:00",
                responded_at=START + timedelta(minutes=30),
                resolved_at=START + timedelta(hours=7),
            )
        self.assertEqual(intervention.resolved_at, START + timedelta(hours=7))
        for code, moment in ((RESPONSE, timedelta(minutes=30)), (RESOLUTION, timedelta(hours=7))):
            row = self.rows(intervention, code)
            self.assertEqual((row.state, row.done_at, row.met, row.missed), ("kept", START + moment, 1, 0))
            self.assertIn("The site book says 17:00 (by t_operations)", row.history)
            self.assertIn("2026-10-06 04:00:00 UTC", row.history, "when it was corrected")
        message = intervention.message_ids[0]
        self.assertIn("The site book says 17:00 (by t_operations)", message.body)
        self.assertEqual(message.author_id, self.operations.partner_id)

    def test_a_result_corrected_is_as_visible_as_the_lateness(self):
        """Each step that makes a missed promise kept, a kept one missed, or takes a lateness back."""
        self.alice.lang = self.env["res.lang"]._activate_lang("fr_FR").code

        def correct(hours):
            return lambda work: work.with_user(self.operations).action_correct(
                "The site book says so", resolved_at=START + timedelta(hours=hours)
            )

        def pause(work):
            work.with_user(self.operations).action_pause(
                "Waiting for the key", START + timedelta(hours=1), START + timedelta(hours=6)
            )

        for name, closed, act, state, mark, reason in (
            ("missed, then kept", 9, correct(7), "kept", "Kept after a correction", "The site book says so"),
            (
                "kept, then missed",
                7,
                correct(9),
                "late",
                "Missed after a correction",
                "The site book says so",
            ),
            (
                "taken back",
                None,
                pause,
                "open",
                "Not missed any more, after a correction",
                "Waiting for the key",
            ),
        ):
            with self.subTest(name), self.env.cr.savepoint() as undone:
                with self.at(0):
                    work = self.intervention()
                with self.at(0.5):
                    work.action_respond()
                with self.at(closed or 10):
                    if closed:
                        work.action_close()
                    self.tick()
                row = self.rows(work)
                before, mails = row.state, {one: self.mails_to(one) for one in (self.alice, self.adam)}
                self.assertFalse(row.corrected_at)
                with self.at(10):
                    act(work)
                    now = work._charter_now()
                self.env.invalidate_all()
                self.assertEqual((row.state, row.corrected_at, row.correction_text), (state, now, mark))
                self.assertNotEqual(before, state)
                self.assertIn(reason, row.history_text)
                if state == "kept":
                    self.assertIn("missed at the time, kept after a correction", row.history_text)
                for contact, words in ((self.alice, "corrigé"), (self.adam, "corrected")):
                    [mail] = self.mails_to(contact) - mails[contact]
                    for part in (reason, "t_operations", words):
                        self.assertIn(part, mail.body_html)
                [told] = self.told_of_corrections()
                self.assertIn(reason, told.note)
                self.assertIn("t_operations", told.note)
                if closed:
                    [both] = work.correction_ids
                    self.assertTrue(both.for_client)
                    self.assertEqual((both.field_name, both.user_id), ("resolved_at", self.operations))
                undone.rollback()
            self.env.invalidate_all()

    def told_of_corrections(self):
        return self.client.activity_ids.filtered(
            lambda one: (
                one.user_id == self.direction and (one.charter_key or "").startswith("charter.correction")
            )
        )

    def test_general_management_has_one_activity_a_client_and_day(self):
        """A morning of corrections is one activity that lists them all; what is corrected once it is done is in another one."""
        works = [self.closed_late() for _one in range(3)]

        def correct(work, reason, hour=20):
            with self.at(hour):
                done = START + timedelta(hours=7)
                work.with_user(self.operations).action_correct(reason, done, done)

        correct(works[0], "The site book says 17:00")
        correct(works[1], "The badge says 17:00")
        [told] = self.told_of_corrections()
        self.assertEqual(told.summary, "Results the client may know of were corrected")
        for work, reason in zip(works, ("The site book says 17:00", "The badge says 17:00"), strict=False):
            for part in (reason, f'data-oe-id="{work.id}"', "Kept after a correction", "t_operations"):
                self.assertIn(part, told.note)
        told.action_feedback()
        correct(works[2], "The guard says 17:00")
        [other] = self.told_of_corrections()
        self.assertIn("The guard says 17:00", other.note)
        self.assertNotIn("The badge says", other.note)
        with self.subTest("another day"), self.at(60):
            works[2].with_user(self.operations).action_correct(
                "The guard was wrong", resolved_at=START + timedelta(hours=9)
            )
            self.assertEqual(len(self.told_of_corrections()), 2)

    def test_a_correction_that_changes_no_result_is_shown_and_not_mailed(self):
        intervention = self.closed_late()
        before = self.mails_to(self.alice)
        with self.at(20):
            intervention.with_user(self.operations).action_correct(
                "The site book says so", START + timedelta(hours=8.5), START + timedelta(hours=8.5)
            )
        self.assertEqual(
            sorted(intervention.correction_ids.mapped("field_name")), ["resolved_at", "responded_at"]
        )
        self.assertFalse(self.rows(intervention).corrected_at)
        self.assertEqual(self.mails_to(self.alice), before)

    def test_only_the_step_that_tells_takes_a_lateness_back(self):
        """In the sources of all our addons: ``_restate`` is given a reason by ``_correct`` alone."""
        found = set()
        for path in Path(get_module_path("mileo_client_charter")).parent.glob(
            "mileo_client_charter*/**/*.py"
        ):
            if "tests" in path.parts:
                continue
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef):
                    found |= {
                        function.name
                        for call in ast.walk(function)
                        if isinstance(call, ast.Call)
                        and ast.unparse(call.func).endswith("._restate")
                        and (len(call.args) > 2 or any(key.arg == "reason" for key in call.keywords))
                    }
        self.assertEqual(found, {"_correct"})

    def test_a_source_does_not_undo_the_correction(self):
        intervention = self.closed_late()
        with self.at(20):
            moment = START + timedelta(hours=7)
            intervention.with_user(self.operations).action_correct("The wrong hour", moment, moment)
            intervention._charter_engine()._charter_take({"resolved_at": START + timedelta(hours=9)})
        self.assertEqual(intervention.resolved_at, START + timedelta(hours=7))
        self.assertEqual(self.rows(intervention).state, "kept")

    def test_refused_with_the_remedy(self):
        intervention = self.closed_late()
        moment = START + timedelta(hours=7)
        with self.at(20):
            for user in (self.technician, self.manager):
                with (
                    self.subTest(user.login),
                    self.assertRaisesRegex(AccessError, "Only an operations manager"),
                ):
                    intervention.with_user(user).action_correct("Please correct it", resolved_at=moment)
            by_operations = intervention.with_user(self.operations)
            for words, values in (
                ("Nothing to correct", {}),
                (
                    "before the moment the intervention was reported",
                    {"responded_at": START - timedelta(hours=1)},
                ),
                ("before the moment it was responded to", {"resolved_at": START + timedelta(minutes=1)}),
                ("still to come", {"resolved_at": START + timedelta(hours=30)}),
            ):
                with self.subTest(words), self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                    by_operations.action_correct("Because it was so", **values)
            with self.assertRaisesRegex(ValidationError, "is not closed"):
                self.intervention().with_user(self.operations).action_correct(
                    "Because it was so", resolved_at=moment
                )

    def test_the_dialogue(self):
        intervention = self.closed_late()
        with self.at(20):
            action = intervention.with_user(self.operations).action_ask_correct()
            form = Form(
                self.env["charter.intervention.wizard"]
                .with_user(self.operations)
                .with_context(**action["context"])
            )
            self.assertEqual(form.at, START + timedelta(hours=9))
            form.responded_at = START + timedelta(minutes=30)
            form.at = START + timedelta(hours=7)
            form.reason = "Typed in wrong"
            form.save().action_confirm()
        self.assertEqual(self.rows(intervention).state, "kept")

    def test_a_spreadsheet_read_again(self):
        names = ["id", "name", "partner_id/id", "reported_at", "resolved_at"]
        self.env["ir.model.data"].create(
            {"module": "__test__", "name": "alpine", "model": "res.partner", "res_id": self.client.id}
        )
        row = ["__test__.work", "Camera", "__test__.alpine", "2026-10-05 08:00:00", "2026-10-05 17:00:00"]
        load = self.env["charter.intervention"].with_user(self.technician).with_context(import_file=True).load
        with self.at(20):
            self.assertFalse(load(names, [row])["messages"])
            self.assertFalse(load(names, [row])["messages"], "the same again changes nothing")
            other = load(names, [[*row[:4], "2026-10-05 09:00:00"]])
        self.assertIn("an operations manager corrects its moments", other["messages"][0]["message"])

    def test_history_from_before_the_charter(self):
        """Work that was over before is never promised; work still going on is, unless operations bring it."""
        self.contract.charter_since = START.date()
        before = START - timedelta(days=30)
        with self.at(1):
            for user, values, promised in (
                (self.technician, {"resolved_at": before + timedelta(hours=2)}, False),
                (self.technician, {"resolved_at": START}, True),
                (self.technician, {}, True),
                (self.technician, {"res_model": "res.partner", "res_id": self.alice.id}, True),
                (self.operations, {}, False),
            ):
                with self.subTest(user.login, **values):
                    work = self.env["charter.intervention"].with_user(user).with_context(import_file=True).create(
                        {"name": "Camera", "partner_id": self.client.id, "priority": "3", "reported_at": before, **values}
                    )  # fmt: skip
                    self.assertEqual(bool(self.rows(work)), promised)
                    self.assertEqual(work.sudo().before_charter, not promised)
