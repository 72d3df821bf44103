"""Evidence is what happened: a promise to tell a client is kept by a mail that was really made for its people."""

import ast
import itertools
import re
from datetime import timedelta
from pathlib import Path

from odoo.exceptions import UserError, ValidationError
from odoo.modules import get_module_path
from odoo.tests import new_test_user, tagged

from ...models.base.charter_addons import keeps_charter_rows
from ..cases.common import START, CharterCase
from ..cases.recorded import RecordedCase

# Evidence names people by key: who is forgotten is in none of it.
KEY = re.compile(r"\[contact (\d+)\]")
# What says in an evidence that somebody was told something.
TELLING = re.compile(r"\b(e?mail\w*|sent|told|wrote|written|informed|handed|delivered)\b", re.IGNORECASE)
# The documents that tell their client themselves: an answer at each level, and the outcome of a feedback.
WAYS = ("1", "2", "outcome")
# What a client did or said, as the registry's fields name it, and what tells it that our people have recorded it.
DEEDS = re.compile(
    r"^(accepted|agreed|answered|acknowledged|called|declined|level2|unsatisfied)_(at|by_id|for_id)$"
)
TELLERS = {"mail_recorded_for", "_mail_call_noted", "_mail_client", "_charter_write_to_client"}
# Functions that record such a deed and tell nobody, each with the reason.
ITS_OWN = {
    ("charter_delivery.py", "_acknowledged_by"): "by the client's own link or page",
    ("charter_escalation_links.py", "_portal_accept"): "accepted by the client itself, by link or portal",
    (
        "charter_feedback_answer.py",
        "_answer",
    ): "its own form; what we note at a meeting is mailed by _mail_what_was_noted",
    ("charter_recommendation.py", "_answer"): "by its own link or page",
    ("charter_recommendation.py", "_change_answer"): "by its own link or page",
    ("charter_notice_line.py", "_acknowledge"): "by its own link or page",
    (
        "charter_escalation_answer.py",
        "_not_satisfied",
    ): "in its favour, and on its page: general management answers again",
    (
        "charter_escalation_answer.py",
        "_to_level2",
    ): "in its favour, and on its page: general management answers",
}
FULFILS = ("_fulfil", "_charter_fulfil", "_charter_keep")


class ToldCase(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._client("Bistro")[0]
        # What may have become of a contact when its client is written to.
        cls.LOST = {
            "no address": {"email": False},
            "no valid address": {"email": "nobody at home"},
            "archived": {"active": False},
            "at another client": {"parent_id": cls.other.id},
            "on its own": {"parent_id": False},
        }

    def escalated(self, level):
        escalation = self.escalate()
        if level == "2":
            self.answer(escalation, self.operations)
            escalation.with_user(self.manager).action_level2()
        return escalation

    def called(self):
        feedback = self.negative()
        feedback.with_user(self.manager)._record_callback(
            feedback._charter_now(),
            "A cable was cut by the works next door.",
            "made",
            [],
            "It has been mended.",
        )
        return feedback

    def to_tell(self, name):
        """(code, a fresh document whose client waits to be told, the step)."""
        if name == "outcome":
            return (
                "feedback.outcome",
                self.called(),
                lambda one: one.with_user(self.manager)._record_outcome(
                    "Done", "<p>The camera has been mended since Monday.</p>"
                ),
            )
        user = self.operations if name == "1" else self.direction
        return f"escalation.level{name}", self.escalated(name), lambda one: self.answer(one, user)

    def queued(self, record):
        """The mails made of messages about ``record``."""
        return self.env["mail.mail"].sudo().search([("model", "=", record._name), ("res_id", "=", record.id)])


@tagged("post_install", "-at_install")
class TestTold(ToldCase):
    def test_recorded_in_its_name_is_in_its_mailbox(self):
        self.alice.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        with self.at():
            feedback = self.called()
        [mail] = [one for one in self.mails_to(self.alice) if "appel" in one.subject]
        for part in (
            "t_manager",
            "A cable was cut by the works next door.",
            "5 octobre 2026",
            "Dites-le-nous",
        ):
            self.assertIn(part, mail.body_html)
        self.assertEqual((mail.model, mail.res_id), (feedback._name, feedback.id), "a reply is heard there")

    def test_nobody_to_tell_is_refused_with_the_remedy(self):
        self.enterContext(self.at())
        for name, lost in itertools.product(WAYS, self.LOST):
            with self.subTest(name, lost=lost), self.env.cr.savepoint() as undone:
                code, record, act = self.to_tell(name)
                before = self.queued(record)
                state = record.state
                self.alice.write(self.LOST[lost])
                with self.assertRaisesRegex(ValidationError, "^Contact: "):
                    act(record)
                record.invalidate_recordset()
                self.assertEqual(
                    (self.promise(record, code).state, self.queued(record)), ("open", before), name
                )
                self.assertEqual(record.state, state)
                # The remedy the error names: another contact, by a correction.
                record.with_user(self.operations)._charter_correct(
                    {"contact_id": self.adam.id}, "Alice has left."
                )
                act(record)
                promise = self.promise(record, code)
                self.assertEqual(promise.state, "kept")
                self.assertEqual(KEY.findall(promise.evidence)[-1:], [str(self.adam.id)])
                undone.rollback()
            self.env.invalidate_all()

    def test_who_is_notified_in_odoo_got_no_mail(self):
        """A contact with an internal login reads its inbox: no mail is made, so none is evidence."""
        with self.at():
            waiting = [self.to_tell(name) for name in ("1", "outcome")]
        new_test_user(
            self.env, "t_inside", groups="base.group_user", partner_id=self.alice.id, name="Alice",
            email=self.alice.email, notification_type="inbox",
        )  # fmt: skip
        with self.at():
            for code, record, act in waiting:
                with self.subTest(code), self.assertRaisesRegex(ValidationError, "no email was made"):
                    act(record)
                self.assertEqual(self.promise(record, code).state, "open")

    def test_the_evidence_names_who_got_it(self):
        """Two addresses, one mailbox for two, a colleague who follows, one who asked for no advertising."""
        for name, what in itertools.product(
            WAYS, ("two addresses", "one mailbox", "colleague", "blacklisted")
        ):
            with self.subTest(name, what=what), self.at(), self.env.cr.savepoint() as undone:
                code, record, act = self.to_tell(name)
                expected = {"one@alpine.example.com"}
                if what == "two addresses":
                    self.alice.email = "one@alpine.example.com, desk@alpine.example.com"
                    expected.add("desk@alpine.example.com")
                elif what == "one mailbox":
                    self.adam.email = "One@alpine.example.com"
                elif what == "colleague":
                    expected.add("two@alpine.example.com")
                else:
                    # Core keeps advertising from a blacklisted address, not an answer to what its owner asked.
                    self.env["mail.blacklist"]._add(self.alice.email)
                if what in ("one mailbox", "colleague"):
                    record.message_subscribe(self.adam.ids)
                mails = self.env["mail.mail"].sudo()
                last = mails.search([], order="id desc", limit=1).id
                act(record)
                evidence = self.promise(record, code).evidence
                made = mails.search([("id", ">", last)]).recipient_ids & (self.alice | self.adam)
                self.assertEqual(set(map(int, KEY.findall(evidence))), set(made.ids), name)
                self.assertEqual(set(made._charter_addresses()), expected)
                if what == "one mailbox":
                    self.assertEqual(made, self.alice, "one mail for one mailbox")
                undone.rollback()
            self.env.invalidate_all()

    def test_the_client_reads_words_and_no_tags(self):
        """As the dialogue sends it: on the thread, on record and in the mail."""
        with self.at():
            escalation = self.escalate()
            self.answer(
                escalation, self.operations, "<p>We have <b>replaced</b> the camera this morning.</p>"
            )
        mail = self.mails_to(self.alice)[-1:]
        for text in (mail.mail_message_id.body, escalation.answer, mail.body_html):
            self.assertIn("<b>replaced</b>", text)
            self.assertNotIn("&lt;", text)

    def test_no_receipt_to_who_has_left(self):
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            self.alice.parent_id = self.other
            before = self.mails_to(self.alice)
            escalation.with_user(self.manager).action_level2()
            self.assertEqual(self.mails_to(self.alice), before)


@tagged("post_install", "-at_install")
class TestHandedOver(ToldCase):
    def delivery(self, **values):
        """A delivery of a promise, planned as a run plans it."""
        [promise] = self.client._charter_open(
            "charter.copy", occurrence=f"t{self.env['charter.obligation'].search_count([])}"
        )
        return self.env["charter.delivery"]._charter_engine().create(
            {
                "kind": "charter", "partner_id": self.client.id, "contact_id": self.alice.id,
                "company_id": self.company.id, "obligation_id": promise.id, "subject": "Our charter",
                "body": "<p>Here it is.</p>", **values,
            }
        )  # fmt: skip

    def test_nothing_leaves_for_who_has_left_since(self):
        self.enterContext(self.at())
        for lost, values in self.LOST.items():
            with self.subTest(lost), self.env.cr.savepoint() as undone:
                delivery = self.delivery()
                self.alice.write(values)
                delivery._mail()
                self.assertEqual((delivery.state, delivery.mail_id.id), ("failed", False))
                self.assertTrue(delivery.failure.startswith("Contact: "), delivery.failure)
                self.assertEqual(delivery.obligation_id.state, "open")
                with self.assertRaisesRegex(ValidationError, "^Contact: "):
                    delivery.with_user(self.manager).action_retry()
                undone.rollback()
            self.env.invalidate_all()

    def test_the_row_names_the_address_it_left_for(self):
        with self.at():
            delivery = self.delivery()
            delivery._mail()
            self.assertEqual(delivery.email, "one@alpine.example.com")
            self.alice.email = "new@alpine.example.com"
        with self.at(1):
            [leaving] = delivery.mail_id._prepare_outgoing_list()
            self.assertEqual(leaving["email_to_normalized"], ["new@alpine.example.com"])
            delivery.mail_id._postprocess_sent_message(self.alice.ids, [])
            self.assertEqual((delivery.state, delivery.email), ("sent", "new@alpine.example.com"))
            self.assertEqual(KEY.findall(delivery.obligation_id.evidence), [str(self.alice.id)])

    def test_recipients_are_those_who_can_be_reached(self):
        """The statement that chooses who is handed documents, against the rule, over every kind of contact."""
        client = self.env["res.partner"].create({"name": "Kinds", "is_company": True})
        people = self.env["res.partner"].create(
            [
                {"name": f"{email} {active} {place} {marked}", "email": email, "active": active, "charter_recipient": marked,
                 "parent_id": client.id if place == "here" else place == "there" and self.other.id}
                for email, active, place, marked in itertools.product(
                    ("a@kinds.example.com", "A@kinds.example.com", "b@kinds.example.com", "no address", False),
                    (True, False), ("here", "there", "alone"), (True, False),
                )
            ]
        )  # fmt: skip
        for marked in (True, False):
            with self.subTest(marked=marked):
                if not marked:
                    people.charter_recipient = False
                found = people.browse(people._charter_document_recipients([client.id])[client.id])
                self.assertFalse([one.name for one in found if one._charter_unreachable(client)])
                self.assertEqual(
                    sorted(found.mapped("email_normalized")), ["a@kinds.example.com", "b@kinds.example.com"]
                )
                wanted = people.filtered(lambda one: not one._charter_unreachable(client))
                self.assertEqual(
                    set(wanted.mapped("email_normalized")), set(found.mapped("email_normalized"))
                )

    def test_a_survey_goes_to_the_client_s_people_alone(self):
        with self.at():
            intervention = self.env["charter.intervention"].create(
                {"name": "Camera", "partner_id": self.client.id, "contact_ids": (self.alice | self.adam).ids}
            )
            intervention.action_close()
            invitations = intervention.feedback_ids
            self.alice.parent_id = self.other
        with self.at(30):
            self.send()
        states = {one.contact_id: (one.state, one.skip_reason) for one in invitations}
        self.assertEqual(states[self.adam][0], "sent")
        self.assertEqual(states[self.alice][0], "skipped")
        self.assertIn("not with the client", states[self.alice][1])

    def test_one_survey_a_mailbox(self):
        self.adam.email = "One@alpine.example.com"
        with self.at():
            intervention = self.env["charter.intervention"].create(
                {"name": "Camera", "partner_id": self.client.id, "contact_ids": (self.alice | self.adam).ids}
            )
            intervention.action_close()
            self.assertEqual(sorted(intervention.feedback_ids.mapped("state")), ["planned", "skipped"])


@tagged("post_install", "-at_install")
class TestMinutes(RecordedCase, ToldCase):
    def test_minutes_go_to_who_is_there(self):
        review = self.records()["charter.review"]
        self.enterContext(self.at(24 * 120))
        for lost, values in self.LOST.items():
            with self.subTest(lost), self.env.cr.savepoint() as undone:
                review._charter_engine().write(
                    {"state": "held", "minutes_at": False, "contact_ids": [(6, 0, self.alice.ids)]}
                )
                self.alice.write(values)
                review.with_user(self.manager)._record_minutes("Minutes", "<p>We met.</p>")
                made = self.env["charter.delivery"].search(
                    [("res_model", "=", "charter.review"), ("res_id", "=", review.id)]
                )
                self.assertEqual((made.contact_id, set(made.mapped("state"))), (self.adam, {"queued"}))
                undone.rollback()
            self.env.invalidate_all()
        (self.alice | self.adam).write({"email": False})
        review._charter_engine().write({"state": "held", "minutes_at": False})
        with self.assertRaisesRegex(UserError, "email address"):
            review.with_user(self.manager)._record_minutes("Minutes", "<p>We met.</p>")
        self.assertEqual(review.state, "held")

    def test_who_has_left_is_not_invited(self):
        contract = self.renewing(self.client)
        with self.at():
            review = self.env["charter.review"].with_user(self.manager).create({"contract_id": contract.id})
            review.start_at = START + timedelta(days=9)
            self.alice.parent_id = self.other
            with self.assertRaisesRegex(ValidationError, "Invited by the client"):
                review.action_plan()


@tagged("post_install", "-at_install")
class TestEvidenceInTheSources(CharterCase):
    """Every place that keeps a promise, in the sources of all our addons: who says “by mail” has it from the queue."""

    def sources(self):
        root = Path(get_module_path("mileo_client_charter")).parent
        folders = [*root.glob("mileo_client_charter*"), *root.glob("examples/*")]
        files = [path for folder in folders for path in folder.rglob("*.py") if "tests" not in path.parts]
        return [(path, ast.parse(path.read_text())) for path in files if "demo" not in path.parts]

    def functions(self):
        for path, tree in self.sources():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    yield path, node

    def _evidence(self, function, call):
        """The source of the evidence of a call, the variables it is made of included."""
        argument = call.args[1] if call.func.attr == "_charter_fulfil" else call.args[0]
        nodes = [argument]
        names = {node.id for node in ast.walk(argument) if isinstance(node, ast.Name)}
        nodes += [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id in names for t in node.targets)
        ]
        return nodes

    def test_who_says_told_has_it_from_the_queue(self):
        seen, telling = 0, set()
        for path, function in self.functions():
            for call in ast.walk(function):
                if not (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr in FULFILS
                ):
                    continue
                seen += 1
                nodes = self._evidence(function, call)
                words = " ".join(
                    part.value
                    for node in nodes
                    for part in ast.walk(node)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
                if not TELLING.search(words):
                    continue
                telling.add(function.name)
                proven = any("sent.people" in ast.unparse(node) for node in nodes)
                with self.subTest(path.name, function=function.name, evidence=words):
                    self.assertTrue(proven or function.name == "_mail_left")
        self.assertEqual(telling, {"_record_answer", "_record_outcome", "_mail_left"})
        self.assertGreaterEqual(seen, 10)

    def test_what_we_record_in_a_client_s_name_it_hears_of(self):
        """Found by people: a complaint was closed by a call nobody had made. Each deed of a client that the registry has a field for."""
        deeds = {
            name
            for model in self.env.values()
            if keeps_charter_rows(model)
            for name, field in model._fields.items()
            if field.store and DEEDS.match(name)
        }
        self.assertGreaterEqual(len(deeds), 9, deeds)
        silent, recording = set(), 0
        for path, function in self.functions():
            if not self.records(function, deeds):
                continue
            recording += 1
            called = {
                getattr(call.func, "attr", getattr(call.func, "id", None))
                for call in ast.walk(function)
                if isinstance(call, ast.Call)
            }
            if not called & TELLERS:
                silent.add((path.name, function.name))
        self.assertEqual(silent, set(ITS_OWN))
        self.assertGreaterEqual(recording - len(silent), 5)

    def records(self, function, deeds):
        """Whether a function gives one of these fields a value that is not False."""

        def said(value):
            return not (isinstance(value, ast.Constant) and not value.value)

        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr in deeds and said(node.value):
                        return True
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("write", "update", "create"):
                dicts = [
                    one for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Dict)
                ]
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                dicts = [node.value]
            else:
                continue
            for one in dicts:
                for key, value in zip(one.keys, one.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value in deeds and said(value):
                        return True
        return False

    def test_one_way_to_write_to_a_client(self):
        """No document posts to named people, nor makes a mail of its own, but by the two ways that prove it."""
        found = set()
        for path, function in self.functions():
            for call in ast.walk(function):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                named = call.func.attr == "message_post" and any(
                    key.arg == "partner_ids" for key in call.keywords
                )
                made = call.func.attr == "create" and "'mail.mail'" in ast.unparse(call.func)
                if named or made or call.func.attr in ("message_notify", "send_mail"):
                    found.add((path.name, function.name))
        self.assertEqual(
            found,
            {
                ("charter_client_mixin.py", "_charter_write_to_client"),
                ("charter_delivery.py", "_mail"),
                # Our own people are told what they stand in for, and which file is not what was sent.
                ("ir_attachment.py", "_charter_notify_broken"),
                ("charter_stand_in.py", "_brief"),
                ("mail_thread.py", "_charter_remind"),
                ("charter_word.py", "_mail_unread"),
                ("charter_renewal_judged.py", "_notify_put_back"),
                # A copy of what the contact itself did, whatever it was: no promise is kept by it.
                ("charter_copy.py", "mail_copy"),
                # A mailbox that is nobody's of ours any more: it hears that it is written to no longer.
                ("res_partner.py", "_charter_notify_former_address"),
                # A calendar entry: the review counts attendance, not invitations.
                ("charter_review_invitation.py", "_charter_mail_person"),
            },
        )
