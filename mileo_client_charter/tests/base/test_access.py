from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..cases.access import LADDER, OUTSIDERS, AccessCase, table
from ..cases.common import START

READ = """
charter.document           -  1      -   -   -   -   -  2   -
charter.article            -  1      -   -   -   -   -  2   -
charter.commitment         -  1      -   -   -   -   -  2   -
charter.tier               g  g      -   -   -   -   -  g2  -
charter.service.level      g  g      -   -   -   -   -  g2  -
charter.assignment         -  1abs   -   -   -   -   -  2c  -
charter.intervention       -  abs    a   a   b   s   b  c   -
charter.corrective.action  -  abs    -   -   -   -   -  c   -
charter.feedback           -  abspk  a   a   b   s   b  c   -
charter.escalation         -  abs    a   a   b   s   b  c   -
charter.obligation         -  abs    a   a   b   s   b  c   -
contract.contract          -  abs    a   a   b   s   b  c   -
contract.line              -  abs    a   a   b   s   b  c   -
"""
CHANGE = """
charter.document           admin       admin       admin
charter.article            admin       admin       admin
charter.commitment         admin       admin       admin
charter.tier               admin       admin       admin
charter.service.level      admin       admin       admin
charter.assignment         operations  operations  admin
charter.intervention       manager     manager     admin
charter.corrective.action  -           -           -
charter.feedback           manager     manager     -
charter.escalation         manager     manager     -
charter.obligation         -           -           -
"""


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    # -- reading ----------------------------------------------------------------------------------

    def test_who_sees_which_rows(self):
        self.check_readers(READ)

    def test_following_grants_nothing(self):
        for model in ("charter.feedback", "charter.escalation", "contract.contract"):
            row = self.rows[model, "a"]
            self.assertIn(self.bea, row.message_partner_ids)
            message = row.message_post(body="For Alpine only", subtype_xmlid="mail.mt_comment")
            with self.subTest(model, row="record"), self.assertRaises(AccessError):
                self.as_user("follower", row).read(["name"])
            if model != "contract.contract":
                with self.subTest(model, row="posting"), self.assertRaises(AccessError):
                    self.as_user("follower", row).message_post(body="Hello")
                self.assertTrue(
                    self.as_user("alice", message).body, "the client's own contacts read the thread"
                )

    def test_clients_read_their_fields(self):
        self.check_portal_fields(
            "charter.obligation", "charter.intervention", "charter.feedback", "charter.escalation"
        )

    def test_internal_fields_are_closed_to_clients(self):
        for model, names in (
            (
                "charter.obligation",
                "user_id clock_error occurrence_text due_text warn_at warned_at cancel_reason evidence history alert alert_error withdrawn",
            ),
            (
                "charter.feedback",
                "token planned_at skip_reason answer_ip answer_agent understanding apology no_action_reason called_by_id "
                "corrective_action_ids configuration_error closing_cycle threshold message_follower_ids activity_ids",
            ),
            (
                "charter.escalation",
                "user_id email_from configuration_error obligation_ids message_follower_ids activity_ids",
            ),
        ):
            for name in names.split():
                row = self.rows[model, "a"]
                with self.subTest(model, field=name):
                    with self.assertRaises(AccessError):
                        self.as_user("alice", row).read([name])
                    with self.assertRaises(AccessError):
                        self.as_user("alice", row).search([(name, "!=", False)])
        with self.assertRaises(AccessError):
            self.as_user("manager", self.rows["charter.feedback", "a"]).read(["token"])

    def test_a_partner_and_a_contract_still_read_whole(self):
        """The addon's fields on Odoo's own models close nothing to those who read them before."""
        accountant = new_test_user(
            self.env, "t_accountant", groups="base.group_user,account.group_account_manager"
        )
        self.users["accountant"] = accountant
        for role, row in (
            ("employee", self.client),
            ("accountant", self.client),
            ("accountant", self.rows["contract.contract", "a"]),
            ("manager", self.client),
            ("manager", self.rows["contract.contract", "a"]),
            ("alice", self.alice),
        ):
            with self.subTest(role, model=row._name):
                reader = self.as_user(role, row)
                ours = [
                    name
                    for name, field in reader._fields.items()
                    if (name.startswith(("charter_", "is_charter")) or name == "obligation_ids")
                    and reader._has_field_access(field, "read")
                ]
                self.assertTrue(reader.read(ours))

    # -- changing ---------------------------------------------------------------------------------

    def _samples(self, model):
        """(row to change, values to write, values to create) in company 1."""
        partner = self.env["res.partner"].create({"name": "New client", "is_company": True})
        here = {"company_id": self.company.id}
        tier = self.env["charter.tier"].create(
            {"name": "Other", "code": "other", "company_id": self.company.id}
        )
        level = {"tier_id": tier.id, "priority": "1", "response_hours": 1, "resolution_hours": 2}
        assignment = {
            "role": "account_manager",
            "partner_id": partner.id,
            "user_id": self.manager.id,
            "company_id": self.company.id,
        }
        article = {"document_id": self.draft.id, "number": 9, "title": "Other", "body": "<p>Words</p>"}
        commitment = {
            "document_id": self.draft.id, "article_id": self.draft.article_ids[0].id, "code": "other.promise",
            "name": "Other", "delay": 1,
        }  # fmt: skip
        action = {
            "name": "Call",
            "feedback_id": self.rows["charter.feedback", "a"].id,
            "user_id": self.manager.id,
            "date_deadline": "2026-10-20",
        }
        document = {"reference": "OTHER", "name": "Other", "version": "v1", "company_id": self.company.id}
        spare = {
            "charter.document": (self.draft, {"name": "x"}, document),
            "charter.article": (self.draft.article_ids[0], {"title": "x"}, article),
            "charter.commitment": (self.draft.commitment_ids[0], {"delay": 3}, commitment),
            "charter.tier": (tier, {"name": "x"}, {"name": "x", "code": "x", **here}),
            "charter.service.level": (self.env["charter.service.level"], {"response_hours": 2}, level),
            "charter.assignment": (self.env["charter.assignment"], {"date_to": "2027-01-01"}, assignment),
            "charter.intervention": (None, {"name": "x"}, {"name": "x", "partner_id": partner.id, **here}),
            "charter.corrective.action": (None, {"name": "x"}, action),
            "charter.feedback": (
                None,
                {"contract_id": self.rows["contract.contract", "a"].id},
                {"partner_id": partner.id, "comment": "x", **here},
            ),
            "charter.escalation": (
                None,
                {"contract_id": self.rows["contract.contract", "a"].id},
                {"partner_id": partner.id, "name": "x", **here},
            ),
            "charter.obligation": (None, {"evidence": "x"}, {"code": "x"}),
        }
        row, written, created = spare[model]
        if row is None:
            row = self.rows[model, "a"]
        elif not row:
            row = self.env[model].create(created)
        if model == "charter.service.level":
            created = dict(created, priority="2")
        elif model == "charter.assignment":
            created = dict(created, role="technical_contact")
        return row, written, created

    @mute_logger("odoo.models.unlink")
    def test_who_changes_what(self):
        self.enterContext(self.at())
        for model, *least in table(CHANGE):
            with self.undone():
                self._check_who_changes(model, least)

    def _check_who_changes(self, model, least):
        row, written, created = self._samples(model)
        acts = {
            "write": lambda records, values=written: records.write(values),
            "create": lambda records, values=created: records.create(dict(values)),
            "unlink": lambda records: records.unlink(),
        }
        for (operation, act), lowest in zip(acts.items(), least, strict=True):
            allowed = LADDER[LADDER.index(lowest) :] if lowest != "-" else ()
            for role in (*LADDER, *OUTSIDERS[1:]):
                with self.subTest(model=model, operation=operation, role=role), self.undone():
                    if role in allowed:
                        act(self.as_user(role, row))
                    else:
                        with self.assertRaises(UserError) as refused:
                            act(self.as_user(role, row))
                        if not (
                            operation == "unlink" and model in ("charter.feedback", "charter.escalation")
                        ):
                            self.assertIsInstance(refused.exception, AccessError)

    def test_published_charter_is_frozen_even_for_administrators(self):
        for row, values in (
            (self.document, {"name": "x"}),
            (self.document.article_ids[0], {"title": "x"}),
            (self.document.commitment_ids[0], {"delay": 3}),
        ):
            for operation, act in (
                ("write", lambda record, values=values: record.write(values)),
                ("unlink", lambda record: record.unlink()),
            ):
                with (
                    self.subTest(row._name, operation=operation),
                    self.assertRaisesRegex(UserError, "New version"),
                ):
                    act(self.as_user("admin", row))

    def test_what_a_client_said_is_never_deleted(self):
        for model in ("charter.feedback", "charter.escalation"):
            for role in (*self.users, None):
                row = self.rows[model, "a"]
                with (
                    self.subTest(model, role=role or "superuser"),
                    self.assertRaisesRegex(UserError, "never deleted"),
                ):
                    (self.as_user(role, row) if role else row).unlink()

    def test_methods_called_from_outside(self):
        """Every button is a door: it is closed to those it is not for."""
        feedback, escalation = self.rows["charter.feedback", "a"], self.rows["charter.escalation", "a"]
        promise, planned = self.rows["charter.obligation", "a"], self.rows["charter.feedback", "p"]
        mail = {"email_from": "x@x.example.com", "subject": "x", "body": "x", "message_id": "<1@x>"}
        forged = {"partner_id": self.client.id, "state": "resolved", "level": "2"}
        doors = {
            "publish": lambda role: self.as_user(role, self.draft).action_publish(),
            "new version": lambda role: self.as_user(role, self.document).action_new_version(),
            "close": lambda role: self.as_user(role, self.rows["charter.intervention", "a"]).action_close(),
            "reopen": lambda role: self.as_user(role, self.rows["charter.intervention", "a"]).action_reopen(),
            "suppress": lambda role: self.as_user(role, planned).action_suppress("Not this one"),
            "outcome": lambda role: self.as_user(role, feedback).action_ask_outcome(),
            "answer": lambda role: self.as_user(role, escalation).action_ask_answer(),
            "level 2": lambda role: self.as_user(role, escalation).action_level2(),
            "resolve": lambda role: self.as_user(role, escalation).action_resolve("They said so"),
            "cancel": lambda role: self.as_user(role, promise).action_cancel("Not this one"),
            "evidence": lambda role: self.as_user(role, promise).action_record_evidence("Done on site on Monday"),
            "due time": lambda role: self.as_user(role, promise).action_recompute_due(),
            "done": lambda role: self.as_user(role, self.rows["charter.corrective.action", "a"]).action_done(),
            "mail": lambda role: self.as_user(role, self.env["charter.escalation"]).message_new(dict(mail), forged),
            "wizard": lambda role: self.as_user(role, self.env["charter.message.wizard"]).create(
                {"kind": "answer", "res_model": "charter.escalation", "res_id": escalation.id, "subject": "x",
                 "body": "Our technician comes on Monday."}
            ).action_send(),
            "call": lambda role: self.as_user(role, self.env["charter.feedback.callback"]).create(
                {"feedback_id": feedback.id, "understanding": "Nobody came on Monday.", "apology": "made", "no_action_reason": "None needed"}
            ).action_confirm(),
            "words": lambda role: self.as_user(role, self.env["charter.obligation.wizard"]).create(
                {"operation": "cancel", "obligation_ids": promise.ids, "text": "x"}
            ).action_confirm(),
        }  # fmt: skip
        for name, door in doors.items():
            for role in OUTSIDERS:
                with self.subTest(door=name, role=role), self.assertRaises(AccessError), self.at(1):
                    door(role)
        for role in LADDER:
            with self.subTest(door="mail", role=role), self.assertRaises(AccessError):
                doors["mail"](role)

    # -- what only the engine writes --------------------------------------------------------------

    SAMPLES = {
        "boolean": True, "integer": 4, "char": "forged", "text": "forged", "html": "<p>forged</p>",
        "datetime": "2026-01-01 00:00:00", "date": "2026-01-01", "many2one": 1, "ask_nps": False, "is_complaint": False,
    }  # fmt: skip
    # A direct report is written with the client's words and mark; the engine records them.
    # What is declared when a row is made by hand; from then on it stays.
    OF_A_DIRECT_REPORT = {
        ("charter.feedback", "comment"),
        ("charter.feedback", "rating"),
        ("charter.feedback", "said_at"),
        ("charter.escalation", "said_at"),
    }

    def _engine_fields(self, model, role="manager"):
        """(name, forged value) of the fields of ``model`` only the engine writes and ``role`` may see."""
        reader = self.as_user(role, self.env[model])
        for name in sorted(reader._charter_engine_field_names()):
            field = reader._fields[name]
            if not reader._has_field_access(field, "write"):
                continue
            value = self.SAMPLES.get(name, self.SAMPLES.get(field.type))
            if field.type == "selection":
                value = field.get_values(self.env)[-1]
            yield name, value

    def _new(self, model):
        return {
            "charter.feedback": {"partner_id": self.client.id, "comment": "Nobody came."},
            "charter.escalation": {"partner_id": self.client.id, "name": "Late"},
            "charter.intervention": {"partner_id": self.client.id, "name": "Camera"},
            "charter.document": {"reference": "X", "name": "X", "version": "1"},
        }[model]

    ENGINE_MODELS = (
        ("charter.feedback", "manager"),
        ("charter.feedback", "admin"),
        ("charter.escalation", "manager"),
        ("charter.escalation", "admin"),
        ("charter.intervention", "manager"),
        ("charter.document", "admin"),
    )

    def test_engine_fields_are_refused_from_every_way_in(self):
        self.enterContext(self.at())
        for model, role in self.ENGINE_MODELS:
            row = self.draft if model == "charter.document" else self.rows[model, "a"]
            for name, sample in self._engine_fields(model, role):
                # What is there already is no change, and is dropped: the other value is what is to be refused.
                field, value, at_first = row._fields[name], sample, sample
                if field.type == "boolean":
                    value = not row.sudo()[name]
                    at_first = bool(field.compute) or not (field.default and field.default(row))
                values = dict(self._new(model), **{name: at_first})
                ways = {
                    "write": lambda record, n=name, v=value: record.write({n: v}),
                    "web_save": lambda record, n=name, v=value: record.web_save({n: v}, {n: {}}),
                    "forged context": lambda record, n=name, v=value: record.with_context(
                        charter_engine=True
                    ).write({n: v}),
                    "load": lambda record, n=name, v=value: self._load(
                        record, [".id", n], [str(record.id), str(v)]
                    ),
                }
                if (model, name) not in self.OF_A_DIRECT_REPORT:
                    ways["create"] = lambda record, values=values: record.create(dict(values))
                    ways["web_save of a new one"] = lambda record, values=values: record.browse().web_save(
                        values, {}
                    )
                for way, act in ways.items():
                    with self.subTest(model, role=role, field=name, way=way), self.assertRaises(AccessError):
                        act(self.as_user(role, row))

    def _load(self, record, names, values):
        result = record.load(names, [values])
        if not result["ids"]:
            raise AccessError(str(result["messages"]))

    def test_engine_fields_take_no_defaults(self):
        """All of a model's fields at once: none of them is taken, so that none hides another."""
        self.enterContext(self.at())
        for model, role in self.ENGINE_MODELS:
            fields = dict(self._engine_fields(model, role))
            creator = self.as_user(role, self.env[model])
            with self.undone():
                forged = {f"default_{name}": value for name, value in fields.items()}
                record = creator.with_context(**forged).create(self._new(model))
                self._check_not_forged(record, fields, role, "context")
            with self.undone():
                for name, value in fields.items():
                    self.env["ir.default"].set(model, name, value, user_id=self.users[role].id)
                self._check_not_forged(creator.create(self._new(model)), fields, role, "user default")

    def _check_not_forged(self, record, fields, role, way):
        """As a row created with no default at all."""
        self.env.flush_all()
        self.env.invalidate_all()
        record = record.sudo()
        self.env["ir.default"].search([("user_id", "=", self.users[role].id)]).unlink()
        context = {key: kept for key, kept in record.env.context.items() if not key.startswith("default_")}
        plain = record.with_context(context)  # pylint: disable=context-overridden
        untouched = plain.create(self._new(record._name) | self._version(record))
        for name, value in fields.items():
            field = record._fields[name]
            with self.subTest(record._name, role=role, field=name, way=way):
                if name == "reference":
                    self.assertNotEqual(record[name], value)
                else:
                    self.assertEqual(
                        field.convert_to_read(record[name], record),
                        field.convert_to_read(untouched[name], record),
                    )

    def _version(self, record):
        return {"version": "2"} if record._name == "charter.document" else {}

    def test_a_copy_takes_nothing_the_engine_wrote(self):
        self.enterContext(self.at())
        escalation = self.rows["charter.escalation", "a"]
        self.answer(escalation, self.operations)
        copy = self.as_user("manager", escalation).copy()
        self.assertEqual((copy.state, copy.level, copy.answer, copy.answered_at), ("open", "1", False, False))
        self.assertNotEqual(copy.reference, escalation.reference)
        intervention = self.rows["charter.intervention", "a"]
        intervention.action_close()
        copy = self.as_user("manager", intervention).copy()
        self.assertEqual((copy.state, copy.closing_cycle, copy.resolved_at), ("open", 0, False))
        with self.assertRaises(UserError):  # what a client said is not said again
            self.as_user("manager", self.rows["charter.feedback", "a"]).copy()
        self.assertEqual(self.document.copy().state, "draft")

    def test_stored_figures_are_not_edited_either(self):
        """Fields computed from what the engine wrote, and whom a row belongs to, follow; nobody writes them."""
        for model, values in (
            ("charter.feedback", {"followup": "told"}),
            ("charter.escalation", {"is_complaint": False}),
            ("charter.intervention", {"commercial_partner_id": self.client_b.id}),
            ("charter.corrective.action", {"partner_id": self.client_b.id}),
            ("charter.corrective.action", {"company_id": self.company2.id}),
            ("charter.corrective.action", {"feedback_id": self.rows["charter.feedback", "b"].id}),
        ):
            for role in ("manager", "admin"):
                with self.subTest(model, role=role, field=next(iter(values))), self.assertRaises(AccessError):
                    self.as_user(role, self.rows[model, "a"]).write(values)

    # -- the steps --------------------------------------------------------------------------------

    def test_no_step_is_skipped(self):
        feedback, escalation = self.rows["charter.feedback", "a"], self.rows["charter.escalation", "a"]
        call = (fields.Datetime.to_datetime(START), "Nobody came on Monday.", "made", [], "None needed")
        level2 = self.rows["charter.escalation", "b"]
        with self.at(25):
            level2.with_user(self.manager)._to_level2()
        for step, role, act, error in (
            ("outcome before the call", "admin", lambda r: r(feedback)._record_outcome("x", "x"), ValidationError),
            ("resolve before an answer", "admin", lambda r: r(escalation).action_resolve("x"), ValidationError),
            ("level 2 too early", "admin", lambda r: r(escalation).action_level2(), ValidationError),
            ("level 1 by the account team", "manager", lambda r: r(escalation)._record_answer("x", "x"), AccessError),
            ("level 2 by operations", "operations", lambda r: r(level2)._record_answer("x", "x"), AccessError),
            ("call before the feedback", "manager", lambda r: r(feedback)._record_callback(
                fields.Datetime.subtract(START, hours=2), *call[1:]), ValidationError),
        ):  # fmt: skip
            with self.subTest(step), self.at(2), self.assertRaises(error) as refused:
                act(lambda row, role=role: self.as_user(role, row))
            self.assertEqual(type(refused.exception), error)
        with self.at(2):
            self.as_user("manager", feedback)._record_callback(*call)
            with self.assertRaisesRegex(ValidationError, "No call is due"):
                self.as_user("manager", feedback)._record_callback(*call)
        self.assertEqual((feedback.followup, escalation.state, level2.level), ("tell", "open", "2"))
