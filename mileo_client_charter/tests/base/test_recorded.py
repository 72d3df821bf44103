"""What a client said, or what was agreed with it, is corrected by a step that keeps both, never edited."""

from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ...models.base.charter_addons import builds_on_charter, charter_addons
from ...models.base.charter_engine import charter_door
from ..cases.common import START
from ..cases.lists import HERE, joined
from ..cases.portal import DoorsCase
from ..cases.recorded import NOW, RecordedCase

ROLES = ("manager", "technician", "operations", "direction", "admin")
# Fields people may edit on a document that has recorded words, and why each is nobody's words. A new field of these
# models is either declared charter_recorded or said to be ours here.
EDITED = {
    "charter.escalation": {"partner_id", "company_id", "contract_id"},
    # What the promises are made on, the source and whom to ask: they are settled once the work is over.
    "charter.intervention": {
        "kind", "partner_id", "contract_id", "company_id", "priority", "reported_at", "responded_at", "res_model", "res_id",
        "contact_ids", "feedback_ids",
    },
    # Rows of other models, which have rules of their own.
    "charter.feedback": {"partner_id", "company_id", "contract_id", "corrective_action_ids", "escalation_ids"},
    "charter.corrective.action": set(),
    "charter.review.action": {"review_id"},
    "charter.remediation.action": {"remediation_id"},
    "charter.remediation": {"action_ids"},
    # When, where and with whom: who was there is in the promise's evidence.
    "charter.review": {
        "kind", "contract_id", "start_at", "duration", "location", "contact_ids", "staff_ids", "answer_ids",
        "action_ids",
    },
    "charter.review.answer": {"review_id"},
    # Our advice: refused as a whole once it is proposed.
    "charter.recommendation": {
        "name", "advice", "benefit", "urgency", "equipment_ids", "contract_id", "report_id",
    },
}  # fmt: skip
# Models of a client's with words that people write, none of them the client's nor agreed with it, and why.
OUR_WORDS = {
    "charter.authorisation": "what an authority gave; a renewal is a paper of its own",
    "charter.equipment": "the description of a device; whose it was, and when, is in its stays",
    "charter.equipment.milestone": "where a manufacturer's date was read",
    "charter.outage": "what a monitoring or a technician noted; a correction names its reason",
    "charter.report": "our own introduction; the report is frozen when it is sent",
}
GENERIC = {"message_follower_ids", "message_ids", "activity_ids", "website_message_ids", "rating_ids"}


@tagged("post_install", "-at_install")
class TestRecorded(RecordedCase):
    def test_no_file_brings_a_client_s_words(self):
        """Found by people: five comments came out of a file that no client had written, and its marks were not read."""
        refused = set()
        for model in map(self.env.__getitem__, self.models()):
            if "client" not in model._charter_recorded_fields().values():
                continue
            name = "name" if "name" in model._fields else next(iter(model._charter_recorded_fields()))
            view = model.with_user(self.admin).get_view(view_type="list")["arch"]
            if model._charter_importable:
                self.assertTrue(model.get_import_templates(), model._name)
                continue
            refused.add(model._name)
            said = model.with_user(self.admin).load([name], [["Parfait"]])
            self.assertFalse(said["ids"], model._name)
            self.assertIn("not read from a file", said["messages"][0]["message"])
            self.assertIn('import="0"', view)
        self.assertLessEqual({"charter.feedback", "charter.escalation", "charter.review.answer"}, refused)

    def test_odd_files_are_refused_with_the_remedy(self):
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        for name, kind, content, words in (
            ("empty.csv", "text/csv", b"", "no row to import, or"),
            ("headings.csv", "text/csv", b"Summary,Client\n", "no row to import, or"),
            ("picture.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"\x89PNG\r\n", "is no table"),
        ):  # fmt: skip
            with self.subTest(name), mute_logger("odoo.addons.base_import.models.base_import"):
                wizard = self.env["base_import.import"].create(
                    {
                        "res_model": "charter.intervention",
                        "file": content,
                        "file_name": name,
                        "file_type": kind,
                    }
                )
                self.assertIn(words, wizard.parse_preview(options)["error"])

    def models(self):
        return {
            name: model._charter_recorded_fields()
            for name, model in self.env.items()
            if not model._abstract
            and hasattr(model, "_charter_recorded_fields")
            and model._charter_recorded_fields()
        }

    def test_every_editable_field_is_declared(self):
        """Recorded, or said above to be ours: what is added next year is decided too."""
        known = joined(self.env, "EDITED", EDITED)
        self.assertEqual(
            self.models().keys(),
            known.keys(),
            f"models with recorded words: say in EDITED {HERE} which other fields people edit, and why those hold nobody’s words",
        )
        for name, recorded in self.models().items():
            model = self.env[name]
            editable = {
                field.name
                for field in model._fields.values()
                if not (field.readonly or field.name in GENERIC)
                and not getattr(field, "charter_engine", False)
                and (field.store or field.inverse)
                and not field.name.startswith(("activity_", "message_", "my_activity"))
                and builds_on_charter(field._module)
            }
            with self.subTest(name):
                self.assertEqual(
                    editable - recorded.keys(),
                    known[name],
                    f"{name}: declare these fields charter_recorded, or name them in EDITED {HERE}",
                )
                self.assertLessEqual(set(recorded.values()), {"client", "agreed"})

    def worded(self):
        """Models of the project, whatever addon brings them, that are about a client, hold words people write, and record none."""
        addons, about = (
            charter_addons(self.env.registry),
            {"partner_id", "contact_id", "contract_id", "review_id"},
        )
        return {
            name
            for name, model in self.env.items()
            if model._original_module in addons
            and not (model._abstract or model._transient or getattr(model, "_charter_engine_only", False))
            and about & model._fields.keys()
            and name not in self.models()
            and any(
                field.store
                and field.type in ("char", "text", "html")
                and not (field.readonly or getattr(field, "charter_engine", False))
                and field._module in addons
                and not field.name.startswith(("activity_", "message_", "my_activity"))
                for field in model._fields.values()
            )
        }

    def test_a_model_of_next_year_is_asked_about(self):
        """Does it hold a client's words? Then it inherits ``charter.recorded.mixin`` and declares them; else say above why not."""
        ours = joined(self.env, "OUR_WORDS", OUR_WORDS)
        self.assertEqual(
            self.worded(),
            ours.keys(),
            "a client's words: inherit charter.recorded.mixin and declare them charter_recorded; ours: say in OUR_WORDS "
            f"{HERE} whose they are",
        )
        with patch.object(
            self.env.registry["charter.escalation"], "_charter_recorded_fields", lambda _self: {}
        ):
            self.assertEqual(self.worded() - ours.keys(), {"charter.escalation"})

    def test_no_plain_writing_and_both_are_kept(self):
        records = self.records()
        self.assertEqual(
            records.keys(),
            self.models().keys(),
            f"a record of each model with recorded words: return one in rows() {HERE}",
        )
        self.enterContext(self.at(moment=NOW))
        counted = 0
        for model, recorded in self.models().items():
            record = records[model]
            for name, kind in recorded.items():
                value = self.other_value(record, name)
                before = record._charter_recorded_value(name)
                for role in ROLES:
                    with (
                        self.subTest(model, field=name, role=role, step="write"),
                        self.assertRaises(UserError),
                    ):
                        self.as_user(role, record).write({name: value})
                    counted += 1
                with self.subTest(model, field=name, step="superuser"), self.assertRaises(UserError):
                    record.sudo().write({name: value})
                if kind == "client":
                    with (
                        self.subTest(model, field=name, step="manager corrects"),
                        self.assertRaises(AccessError),
                    ):
                        self.as_user("manager", record)._charter_correct({name: value}, "Heard wrongly.")
                with (
                    self.subTest(model, field=name, step="without a reason"),
                    self.assertRaises(ValidationError),
                ):
                    self.as_user("operations", record)._charter_correct({name: value}, "  ")
                record.invalidate_recordset()
                self.assertEqual(record._charter_recorded_value(name), before, name)
                with self.subTest(model, field=name, step="correct"), self.env.cr.savepoint() as undone:
                    role = "operations" if kind == "client" else "manager"
                    record = records[model]
                    asked = self._where_it_is_said(record)
                    self.as_user(role, asked)._charter_correct({name: value}, "Heard wrongly.")
                    self.env.flush_all()
                    self.env.invalidate_all()
                    after = record._charter_recorded_value(name)
                    self.assertNotEqual(after, before)
                    [row] = record.correction_ids.filtered(lambda one, name=name: one.field_name == name)
                    self.assertEqual(
                        (row.before, row.after, row.reason, row.user_id, row.corrected_at, row.for_client),
                        (before, after, "Heard wrongly.", getattr(self, role), NOW, kind == "client"),
                    )
                    self.assertEqual((row.partner_id, row.company_id), (self.client, self.company))
                    undone.rollback()
                self.env.invalidate_all()
        self.assertGreaterEqual(counted, 5 * 31)

    # -- the database ------------------------------------------------------------------------------

    def test_no_sql_past_the_door(self):
        """Sweep: an administrator rewrote a complaint by a server action. What is on record is so for the database, in each state."""
        records, stood, counted = self.records(), set(), 0
        self.env["charter.equipment"].create({"name": "Another one", "partner_id": self.client.id})
        self.env.flush_all()
        for model, recorded in self.models().items():
            record = records[model]
            columns = record._charter_recorded_when()
            self.assertLessEqual(
                {
                    name
                    for name in recorded
                    if record._fields[name].column_type or record._fields[name].type == "many2many"
                },
                columns.keys(),
            )
            for holder, state in self._states(record):
                with self.env.cr.savepoint() as undone:
                    if state:
                        with charter_door(self.env.cr):
                            self._sql(
                                f'UPDATE "{holder._table}" SET state = %s WHERE id = %s', state, holder.id
                            )
                    self.env.invalidate_all(flush=False)
                    for name in columns:
                        held = self._is_held(record, name)
                        with self.subTest(model, field=name, state=state):
                            self.assertEqual(self._is_refused(record, name), held)
                            counted += held
                        stood.add((model, name, held))
                    undone.rollback()
                self.env.invalidate_all(flush=False)
        for model, recorded in self.models().items():
            for name in recorded:
                if records[model]._fields[name].store:
                    self.assertIn((model, name, True), stood)
        self.assertGreater(
            len([one for one in stood if not one[2]]), 25, "what is still being written is free"
        )
        self.assertGreater(counted, 120)

    def test_words_typed_just_before_the_engine_s_step_are_kept(self):
        """One flush holds both: what was typed is judged by what stood there before the step."""
        work = self.env["charter.intervention"].create({"name": "Dark", "partner_id": self.client.id})
        self.env.flush_all()
        with self.at(moment=NOW):
            work.write({"description": "<p>Since Monday.</p>"})
            work._charter_engine().write({"state": "cancelled", "cancel_reason": "Nothing was dark."})
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((work.state, work.description), ("cancelled", "<p>Since Monday.</p>"))
        with (
            self.assertRaisesRegex(AccessError, "own steps"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            work._write_multi([{"description": "<p>Nothing.</p>"}])

    def _states(self, record):
        """[(the record whose state decides, a state)], as it is first."""
        holder = getattr(record, "_charter_agreed_document", lambda: record)()
        holder = holder if "state" in holder._fields else record
        states = (
            [key for key, _label in holder._fields["state"].selection] if "state" in holder._fields else []
        )
        return [(holder, None), *((holder, state) for state in states)]

    def _is_held(self, record, name):
        if name in record._charter_recorded_fields() and record._charter_is_recorded(name):
            return True
        # What the promises of work that is over were made on.
        return (
            record._name == "charter.intervention"
            and record.state != "open"
            and name not in record._charter_recorded_fields()
            and (name not in ("res_model", "res_id") or bool(record.res_id))
        ) or getattr(record._fields[name], "charter_engine", False)

    def _sql(self, statement, *values):
        self.env.cr.execute(statement, values)

    def _is_refused(self, record, name):
        """Whether another value, or none, is refused in SQL."""
        field = record._fields[name]
        if field.type == "many2many":
            return self._is_link_refused(record, field)
        value = (
            None
            if record[name]
            else {"many2one": 1, "many2one_reference": 1, "date": NOW, "datetime": NOW, "integer": 3}.get(
                field.type, "x"
            )
        )
        return self._is_closed(f'UPDATE "{record._table}" SET "{name}" = %s WHERE id = %s', value, record.id)

    def _is_link_refused(self, record, field):
        """Whether one link more, and each one less, is refused in SQL: all of them, or none."""
        other = self.env[field.comodel_name].search([("id", "not in", record[field.name].ids)], limit=1)
        added = f'INSERT INTO "{field.relation}" ("{field.column1}", "{field.column2}") VALUES (%s, %s)'
        refused = {self._is_closed(added, record.id, other.id)}
        for number in record[field.name].ids:
            one = f'"{field.relation}" {{}} WHERE "{field.column1}" = %s AND "{field.column2}" = %s'
            refused.add(self._is_closed(f"DELETE FROM {one.format('')}", record.id, number))
            changed = one.format(f'SET "{field.column2}" = {other.id}')
            refused.add(self._is_closed(f"UPDATE {changed}", record.id, number))
        [answer] = refused
        return answer

    def _is_closed(self, statement, *values):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False) as undone:
                self._sql(statement, *values)
                undone.rollback()
        except psycopg2.IntegrityError as error:
            return error.diag.constraint_name == "charter_door"
        return False

    def _where_it_is_said(self, record):
        return record

    def test_corrections_are_nobody_s_to_touch(self):
        record = self.records()["charter.escalation"]
        with self.at(moment=NOW):
            row = record.with_user(self.operations)._charter_correct(
                {"name": "No answer, again"}, "Heard wrongly."
            )
        for role in ROLES:
            for act in (
                lambda one: one.write({"reason": "None"}),
                lambda one: one.unlink(),
                lambda one: one.copy(),
            ):
                with self.subTest(role), self.assertRaises(AccessError):
                    act(self.as_user(role, row))

    def test_on_record_is_not_deleted(self):
        for model, record in self.records().items():
            with self.subTest(model), self.assertRaises(UserError):
                record.sudo().unlink()

    def test_what_is_still_being_written_is_edited(self):
        contract = self.renewing(self.client)
        renewal = self.opened(contract)
        action = {"name": "Visit", "user_id": self.manager.id, "date_deadline": "2027-01-20"}
        with self.at(moment=NOW):
            review = self.env["charter.review"].with_user(self.manager).create({"contract_id": contract.id})
            review.write({"satisfaction": "Well…", "action_ids": [(0, 0, action)]})
            review.satisfaction = "Well enough."
            review.action_ids.name = "Call"
            review.action_ids.unlink()
            remediation = self.env["charter.remediation"]._open_for(renewal).with_user(self.manager)
            remediation.write({"causes": "Late.", "action_ids": [(0, 0, action)]})
            remediation.write({"causes": "Late, twice.", "agreement": "Yes."})
            remediation.action_ids.date_deadline = "2027-01-21"
            stranger = self.env["charter.escalation"].sudo().message_new(
                {"subject": "Help", "body": "<p>Help</p>", "email_from": "z@unknown.example.com", "message_id": "<r1@x>"}
            )  # fmt: skip
            stranger = stranger.with_env(self.env).with_user(self.manager)
            with self.assertRaises(UserError):
                stranger.description = "Nothing"
            stranger.partner_id = self.alice
            self.assertEqual((stranger.state, stranger.contact_id), ("open", self.alice))
            with self.assertRaises(UserError):
                stranger.contact_id = self.adam

    def test_what_a_client_entered_itself_is_nobody_s_to_correct(self):
        """An operations manager made a client's 3 a 10, with “ok” for a reason, and its NPS 100."""
        feedback = self.records()["charter.feedback"]
        for channel in ("survey", "portal"):
            feedback._charter_engine().channel = channel
            for name in ("rating", "nps", "comment", "said_at"):
                for role in ROLES:
                    with self.subTest(channel, name=name, role=role), self.assertRaises(UserError):
                        self.as_user(role, feedback)._charter_correct(
                            {name: self.other_value(feedback, name)}, "Heard wrongly on the phone."
                        )
            operations = feedback.with_user(self.operations)
            wizard = self.env["charter.correction.wizard"].browse(
                operations.action_ask_correction()["res_id"]
            )
            self.assertEqual(wizard.shown, ",contact_id,", "who it was is ours to put right")
            operations._charter_correct(
                {"contact_id": (self.alice + self.adam - feedback.contact_id).id}, "Adam held the phone."
            )
        self.assertEqual(set(feedback.correction_ids.mapped("field_name")), {"contact_id"})

    def test_a_reason_is_a_sentence(self):
        record = self.records()["charter.escalation"].with_user(self.operations)
        for reason in (None, "", "ok", "…", "Mistake"):
            with self.subTest(reason), self.assertRaisesRegex(ValidationError, "write a sentence"):
                record._charter_correct({"name": "No answer, again"}, reason)

    def test_marks_are_corrected_with_what_follows(self):
        """A worse mark is called back from now on; nothing that was promised is taken back."""
        with self.at():
            feedback = self.invitation()
            feedback._answer(rating=4, nps=9, comment="Good.")
        # Noted by us.
        feedback._charter_engine().channel = "interview"
        operations = feedback.with_user(self.operations)
        with self.at(moment=START + timedelta(days=2)):
            operations._charter_correct({"rating": "2", "nps": "4"}, "Read from the paper again.")
            self.assertEqual((feedback.promoter, feedback.detractor, feedback.negative), (0, 1, True))
            promise = self.promise(feedback, "feedback.callback")
            self.assertEqual((promise.state, promise.trigger_at), ("open", START + timedelta(days=2)))
            operations._charter_correct({"rating": 5}, "It was five after all.")
            self.assertEqual(
                (promise.state, feedback.negative, feedback.call_reason), ("open", False, "rating")
            )
            for values, words in (
                ({"rating": "6"}, "from 1 to 5"), ({"rating": ""}, "from 1 to 5"), ({"nps": ""}, "Leave out"),
                ({"comment": " "}, "Comment"), ({"contact_id": False}, "Contact"), ({"rating": 5}, "Nothing"),
                ({"state": "sent"}, "nothing on record"),
            ):  # fmt: skip
                with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                    operations._charter_correct(values, "Read from the paper again.")
            with self.assertRaisesRegex(ValidationError, "not a contact of"):
                operations._charter_correct({"contact_id": self._client("Bistro")[1].id}, "It was theirs.")

    def test_an_answer_of_a_meeting_is_corrected_at_the_meeting(self):
        answer = self.records()["charter.review.answer"].with_user(self.operations)
        with self.at(moment=NOW):
            with self.assertRaisesRegex(UserError, "correct the answer there"):
                answer.feedback_id._charter_correct({"rating": 2}, "It was a two.")
            answer._charter_correct({"rating": "2", "wishes": "Less."}, "Read from the minutes again.")
            feedback = answer.feedback_id
            self.assertEqual(
                (feedback.rating, feedback.negative, feedback.comment), (2, True, "Good.\n\nLess.")
            )
            self.assertEqual(
                set(feedback.correction_ids.mapped("field_name")), {"rating", "comment"}, "both keep both"
            )

    def test_words_go_with_anonymising(self):
        record = self.records()["charter.feedback"].with_user(self.operations)
        with self.at(moment=NOW):
            row = record._charter_correct({"comment": "Nobody came, said Adam."}, "Adam said so.")
            record._record_outcome("Done", "<p>It has been mended since Monday.</p>")
        record.sudo()._charter_anonymise()
        self.assertEqual((row.before, row.after), (False, False))
        self.assertNotIn("Adam", row.reason)
        self.assertEqual((row.user_id, row.corrected_at), (self.operations, NOW))


@tagged("post_install", "-at_install")
class TestRecordedForms(RecordedCase):
    def test_readonly_in_every_view(self):
        """In each form and editable list of the registry, a recorded field is shown, not typed into."""
        records, counted = self.records(), 0
        around = {
            name
            for name, model in self.env.items()
            if not model._transient
            and (name in records or any(field.comodel_name in records for field in model._fields.values()))
        }
        views = self.env["ir.ui.view"].search(
            [("type", "in", ("form", "list")), ("mode", "=", "primary"), ("model", "in", list(around))]
        )
        for view in views:
            model = self.env[view.model].with_user(self.operations)
            if not model.has_access("read"):
                continue
            found = model.get_view(view.id, view.type)
            root = etree.fromstring(found["arch"])
            counted += self._check_view(model, root, root, records, view.name)
        self.assertGreaterEqual(counted, 23)

    def _check_view(self, model, root, node, records, view, parent=None):
        counted = 0
        editable = root.tag == "form" or root.get("editable")
        record = records.get(model._name)
        for child in node:
            if child.tag == "field":
                field = model._fields[child.get("name")]
                if record and editable and getattr(field, "charter_recorded", False):
                    counted += 1
                    rule = child.get("readonly") or ("1" if field.readonly else "")
                    with self.subTest(view, model=model._name, field=field.name):
                        self.assertTrue(self._holds(rule, record, parent), f"readonly={rule!r}")
                if not self._holds(child.get("readonly") or "", record, parent) or not child.get("readonly"):
                    for sub in child:
                        below = self.env[field.comodel_name].with_user(self.operations)
                        counted += self._check_view(below, sub, sub, records, view, record)
            elif child.tag not in ("list", "form", "kanban"):
                counted += self._check_view(model, root, child, records, view, parent)
        return counted

    def _holds(self, rule, record, parent):
        if rule in ("1", "True", "0", "False", "") or not record:
            return rule in ("1", "True")
        values = {"id": record.id, "parent": parent}
        values.update({name: self._plain(record, name) for name in record._fields if name in rule})
        return bool(safe_eval(rule, values))

    def _plain(self, record, name):
        value = record[name]
        return value.ids if hasattr(value, "ids") else value

    def test_the_dialogue_knows_every_field(self):
        wizard = self.env["charter.correction.wizard"]
        arch = etree.fromstring(wizard.with_user(self.operations).get_view(view_type="form")["arch"])
        shown = {node.get("name"): node.get("invisible") for node in arch.iter("field")}
        for model in self.records():
            for name in self.env[model]._charter_recorded_fields():
                with self.subTest(model, field=name):
                    self.assertEqual(shown.get(name), f"',{name},' not in shown")

    def test_the_button_opens_it_filled_and_corrects(self):
        for model, record in self.records().items():
            names = record._charter_recorded_fields()
            with self.subTest(model), self.at(moment=NOW):
                mine = record.with_user(self.operations)
                wizard = self.env["charter.correction.wizard"].browse(mine.action_ask_correction()["res_id"])
                wizard = wizard.with_user(self.operations)
                with self.assertRaisesRegex(ValidationError, "Nothing is changed"):
                    wizard.action_confirm()
                name = next(
                    name for name in names if record._fields[name].type in ("char", "text", "integer")
                )
                wizard.write({name: str(self.other_value(record, name)), "reason": "Heard wrongly."})
                wizard.action_confirm()
                [row] = record.correction_ids
                self.assertEqual((row.field_name, row.after), (name, str(self.other_value(record, name))))

    def test_words_of_a_correction(self):
        record = self.records()["charter.escalation"].with_user(self.operations)
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.at(moment=NOW):
            row = record._charter_correct({"door": "phone"}, "It was a call.")
        self.assertEqual((row.what, row.before_text, row.after_text), ("Channel", "Client portal", "Phone"))
        french = row.with_context(lang="fr_FR")
        self.assertEqual(french.after_text, "Téléphone")
        action = self.env["charter.corrective.action"].search([("partner_id", "=", self.client.id)])
        with self.at(moment=NOW):
            row = action.with_user(self.manager)._charter_correct(
                {"date_deadline": date(2027, 2, 1)}, "The client is away."
            )
        self.assertEqual((row.before_text, row.after_text), ("20 January 2027", "1 February 2027"))


@tagged("post_install", "-at_install")
class TestRecordedPortal(DoorsCase):
    def test_the_client_reads_both(self):
        with self.at():
            feedback, escalation = self.negative(), self.escalate()
            feedback._charter_engine().channel = "interview"
            feedback.with_user(self.operations)._charter_correct(
                {"comment": "Nobody called."}, "Heard wrongly."
            )
            escalation.with_user(self.operations)._charter_correct(
                {"description": "Two calls."}, "Counted again."
            )
            action = self.env["charter.corrective.action"]._charter_engine().create(
                {"name": "Ours", "user_id": self.manager.id, "date_deadline": "2026-10-20", "feedback_id": feedback.id}
            )  # fmt: skip
            action.with_user(self.manager)._charter_correct({"name": "Still ours"}, "Agreed between us.")
        self.log_in("p_adam")
        page = self.get(f"/my/charter/feedback/{feedback.id}")
        self.assertShows(
            page, "Corrected since", "Nobody came.", "Nobody called.", "Heard wrongly.", "t_operations"
        )
        page = self.get(f"/my/charter/escalation/{escalation.id}")
        self.assertShows(page, "Corrected since", "Nobody answers our calls.", "Two calls.", "Counted again.")
        mine = self.env["charter.correction"].with_user(self.portal_user(self.adam)).search([])
        self.assertEqual(set(mine.mapped("field_name")), {"comment", "description"})
        theirs = self.env["charter.correction"].with_user(self.portal_user(self.bea)).search([])
        self.assertFalse(theirs)
