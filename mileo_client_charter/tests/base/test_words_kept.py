"""What the program says and keeps is read in the language of whoever reads it."""

import ast
import json
from datetime import date, datetime
from pathlib import Path

from odoo.addons.mail.tools.discuss import Store
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import LazyTranslate

from ...models.base.charter_addons import is_charter_model, keeps_charter_rows
from ...models.base.charter_words import Choice, LongWords, Words, as_stored, in_words, stored
from ..cases.common import CharterCase

_lt = LazyTranslate(__name__)
MODELS = Path(__file__).parents[2] / "models"


@tagged("post_install", "-at_install")
class TestWordsKept(CharterCase):
    def reader(self, lang):
        return self.env(context={**self.env.context, "lang": lang, "tz": "Europe/Paris"})

    def test_terms_are_put_into_words_on_reading(self):
        french, english = self.reader("fr_FR"), self.reader("en_US")
        kept = stored(_lt("no answer, left a message"))
        self.assertEqual(in_words(english, kept), "no answer, left a message")
        self.assertEqual(in_words(french, kept), "sans réponse, message laissé")
        line = f"2026-10-05 08:00:00 UTC: {kept} – Bureau fermé\n{kept}"
        self.assertEqual(
            in_words(french, line).splitlines(),
            [
                "2026-10-05 08:00:00 UTC: sans réponse, message laissé – Bureau fermé",
                "sans réponse, message laissé",
            ],
        )
        values = _lt(
            "%(moment)s, %(user)s: %(how)s",
            moment=datetime(2026, 10, 5, 8, 0),
            user=self.manager.partner_id,
            how=_lt("no answer"),
        )
        self.assertIn("t_manager", in_words(french, stored(values)))
        self.assertIn("10:00", in_words(french, stored(values)))
        self.assertIn("aucune réponse", in_words(french, stored(values)))
        run = stored(
            _lt("%(kind)s, one client", kind=Choice(self.env["charter.delivery"], "kind", "contacts"))
        )
        self.assertIn(self.label(french, "charter.delivery", "kind", "contacts"), in_words(french, run))
        self.assertNotEqual(in_words(french, run), in_words(english, run))
        self.assertEqual(stored("typed"), "typed")
        self.assertEqual(stored(run), run)
        for typed in ("", False, "typed by somebody", '{"term": broken', '{"term": 3, "values": []}'):
            with self.subTest(typed):
                self.assertEqual(in_words(french, typed), typed)
        day = stored(_lt("%s is asked at the same address.", date(2026, 10, 5)))
        self.assertIn("2026", in_words(french, day))

    def test_labels_whose_english_changed_get_their_french(self):
        """An update leaves translations as they are: of what is called otherwise now, they were of the word before."""
        path = file_path("mileo_client_charter/migrations/19.0.1.4.0/pre-labels.py")
        name = "mileo_client_charter.selection__charter_notice__state__"
        changed, same = self.env.ref(f"{name}open"), self.env.ref(f"{name}draft")
        english = same.with_context(lang="en_US").name
        labels = (
            (changed, {"en_US": "Of before", "fr_FR": "D’avant"}),
            (same, {"en_US": english, "fr_FR": "À nous"}),
        )
        for label, words in labels:
            self.cr.execute(
                "UPDATE ir_model_fields_selection SET name = %s WHERE id = %s", [json.dumps(words), label.id]
            )
        load_script(path, "charter_pre_labels").migrate(self.cr, "19.0.1.3.0")
        for label, french in ((changed, "Émise"), (same, "À nous")):
            self.cr.execute(
                "SELECT name ->> 'fr_FR' FROM ir_model_fields_selection WHERE id = %s", [label.id]
            )
            self.assertEqual(self.cr.fetchone(), (french,))
        self.env.invalidate_all()

    def test_the_language_a_company_works_in(self):
        """(the company's own, what its people read, the one they are written to in together)"""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("de_DE")
        company = self.env["res.company"].create({"name": "Second"})
        people = (self.manager | self.technician | self.operations).with_context(no_reset_password=True)
        for own, read, expected in (
            ("en_US", ("fr_FR", "fr_FR", "en_US"), "fr_FR"),
            ("en_US", ("fr_FR", "fr_FR", "fr_FR"), "fr_FR"),
            ("fr_FR", ("fr_FR", "en_US", "de_DE"), "fr_FR"),
            ("en_US", ("fr_FR", "fr_FR", "de_DE"), "fr_FR"),
            ("de_DE", ("fr_FR", "en_US", "en_US"), "en_US"),
            ("fr_FR", (), "fr_FR"),
        ):
            with self.subTest(own=own, read=read):
                company.partner_id.lang = own
                people.company_ids = self.company
                for user, lang in zip(people, read, strict=False):
                    user.write({"company_ids": [(4, company.id)], "lang": lang})
                self.assertEqual(company._charter_staff_lang(), expected)

    def test_what_a_thread_begins_with_is_in_the_language_of_its_people(self):
        """Every model of ours with a thread, from the registry, whoever opens the document: a mail, a feed, a colleague."""
        french = self.env["res.lang"]._activate_lang("fr_FR").code
        people = self.env.ref("mileo_client_charter.group_charter_user").all_user_ids
        people.with_context(no_reset_password=True).lang = french
        seen = 0
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not is_charter_model(model) or model._abstract or not hasattr(model, "_creation_message"):
                continue
            seen += 1
            named = self.reader(french)["ir.model"]._get(name).name
            for lang in (None, "en_US", french):
                with self.subTest(name, lang=lang):
                    opened = model.with_context(lang=lang).new(
                        {"company_id": self.company.id} if "company_id" in model._fields else {}
                    )
                    self.assertEqual(opened._creation_message(), f"Création\u00a0: {named}")
        self.assertGreaterEqual(seen, 8)

    def test_what_a_thread_begins_with_is_read_in_the_reader_s_language(self):
        """Kept in the language of the company's people at that time, as demo documents are; nothing else is put into other words."""
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.at():
            escalation = self.escalate()
            opening = escalation._message_log(body=escalation._creation_message())
            said = escalation.message_post(body="Created: Nothing", message_type="notification")
        self.assertIn("Created: Escalation", opening.body)
        for lang, words in (("fr_FR", "Création\u00a0: Escalade"), ("en_US", "Created: Escalation")):
            messages = (opening | said).with_user(self.manager).with_context(lang=lang)
            bodies = {one["id"]: one["body"][1] for one in Store().add(messages).get_result()["mail.message"]}
            with self.subTest(lang):
                self.assertIn(words, bodies[opening.id])
                self.assertIn("Created: Nothing", bodies[said.id])

    def test_what_cannot_be_put_into_words_is_refused(self):
        """An activity once began with “<function CharterFeedback._answer…”: only values somebody can read are kept."""
        for value in (lambda env: "later", object(), ["one", "two"], {"how": "no answer"}, TestWordsKept):
            with self.subTest(type(value).__name__), self.assertRaisesRegex(TypeError, "cannot be kept"):
                stored(_lt("%s is asked at the same address.", value))
        for value, words in (
            ("Alice", "Alice"),
            (3, "3"),
            (None, "None"),
            (ValueError("no line"), "no line"),
        ):
            with self.subTest(words):
                kept = stored(_lt("%s is asked at the same address.", value))
                self.assertIn(words, in_words(self.env, kept))

    def test_what_is_typed_is_never_a_term(self):
        """A term names records with every right: only the program writes one, whatever somebody types or sends."""
        term = _lt("%(moment)s, %(user)s: %(how)s", moment="", user=self.operations.partner_id, how="")
        forged = str(stored(term))
        self.assertIn(self.operations.name, in_words(self.env, forged))
        activity = self.env["mail.activity"].with_user(self.manager).create(
            {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.client.id, "summary": forged,
             "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}
        )  # fmt: skip
        self.assertNotIn(self.operations.name, activity.summary)
        activity.summary = forged
        activity.flush_recordset()
        activity.invalidate_recordset()
        self.assertNotIn(self.operations.name, activity.summary)
        with self.at():
            promise = self.promise(self.negative(), "feedback.callback")
            promise._explain(forged)
            promise._reassign(self.operations, f"Because.\n{forged}")
        self.assertEqual(as_stored(promise, "history").count('{ "term": '), 2)
        self.assertEqual(promise.history.count(f'"res.partner", {self.operations.partner_id.id}'), 2)

    def label(self, env, model, name, key):
        return dict(env[model]._fields[name]._description_selection(env))[key]

    def test_an_engine_line_that_is_kept_is_kept_as_a_term(self):
        """Every sentence that code writes into a field of words is a term, not its translation at that moment."""
        names = {
            name
            for model in self.env.registry.values()
            for name, field in model._fields.items()
            if isinstance(field, (Words, LongWords)) and name not in ("name", "message")
        }
        self.assertLessEqual(
            {"skip_reason", "hold_reason", "evidence", "history", "summary", "failure", "error", "detail"},
            names,
        )
        # Plain fields that nobody types too: a sentence in one is in the language of whoever was at work. These names are others' as well.
        names |= {
            name
            for model in self.env.registry.values()
            if keeps_charter_rows(model)
            for name, field in model._fields.items()
            if field.type in ("char", "text") and field.store and not field.compute
            and (getattr(field, "charter_engine", False) or field.readonly)
        } - {"name", "message", "subject", "label", "action", "version", "after"}  # fmt: skip
        self.assertIn("complaints", names)
        found, looked_at = [], 0
        for path in sorted(MODELS.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                pairs = []
                if isinstance(node, ast.Dict):
                    pairs = [
                        (key.value, value)
                        for key, value in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant)
                    ]
                elif isinstance(node, ast.keyword):
                    pairs = [(node.arg, node.value)]
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                    pairs = [(node.targets[0].attr, node.value)]
                for name, value in pairs:
                    if name in names:
                        looked_at += 1
                        if "env._(" in ast.unparse(value):
                            found.append(f"{path.name}:{value.lineno} {name}")
        self.assertGreater(looked_at, 40)
        # The evidence of a renewal is computed for its reader, and frozen beside it in figures.
        self.assertEqual(found, [])

    def test_a_reason_that_is_handed_on_is_a_term(self):
        """What engine methods take as ``reason``, ``evidence`` or ``why`` ends in a history: never the language of who was at work."""
        trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(MODELS.rglob("*.py"))}
        takers = {
            node.name
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_")
            and {"reason", "evidence", "why"} & {one.arg for one in node.args.args}
        }  # fmt: skip
        self.assertLessEqual({"_explain", "_cancel", "_charter_side_ended", "_fail", "_call_off"}, takers)
        takers.add("_with_history")
        # What answers in the language of whoever is at work, and is asked for a reason.
        spoken = {
            node.name
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and any(
                "env._(" in ast.unparse(one.value)
                for one in ast.walk(node)
                if isinstance(one, ast.Return) and one.value
            )
        }
        found, looked_at = [], 0
        for path, tree in trees.items():
            for node in ast.walk(tree):
                said = ()
                if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in takers:
                    said = [*node.args, *(keyword.value for keyword in node.keywords)]
                elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "reason":
                    said = [node.value]
                for value in said:
                    looked_at += 1
                    words = [ast.unparse(one).split("(")[0] for one in self._alternatives(value)]
                    if any(one.endswith("env._") or one.rpartition(".")[2] in spoken for one in words):
                        found.append(f"{path.name}:{value.lineno}")
        self.assertGreater(looked_at, 100)
        self.assertEqual(found, [])

    def test_what_keeps_a_reason_of_ours_keeps_terms(self):
        """A term written into a plain field is put into the language of whoever is at work, or into none."""
        typed = {
            "charter.feedback.left_out_reason",
            "charter.feedback.no_action_reason",
            "charter.escalation.dismiss_reason",
            "charter.escalation.level2_reason",
            "charter.renewal.override_reason",
            "charter.report.correction_reason",
        }
        plain = {
            f"{model._name}.{name}"
            for model in self.env.registry.values()
            if keeps_charter_rows(model)
            for name, field in model._fields.items()
            if name.endswith("reason") and field.type in ("char", "text") and field.store
            and getattr(field, "charter_engine", False) and not isinstance(field, (Words, LongWords))
        }  # fmt: skip
        self.assertEqual(plain - typed, set())

    def _alternatives(self, node):
        """What an expression may be: both sides of a choice."""
        if isinstance(node, ast.IfExp):
            return [*self._alternatives(node.body), *self._alternatives(node.orelse)]
        if isinstance(node, ast.BoolOp):
            return [one for value in node.values for one in self._alternatives(value)]
        return [node]

    def test_a_row_reads_in_both_languages(self):
        with self.at():
            feedback = self.invitation()
            feedback._charter_engine().write({"state": "planned"})
            feedback._skip_planned(_lt("The intervention was reopened."))
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(
            feedback.with_env(self.reader("en_US")).skip_reason, "The intervention was reopened."
        )
        french = feedback.with_env(self.reader("fr_FR"))
        self.assertNotEqual(french.skip_reason, "The intervention was reopened.")
        self.assertEqual(french.read(["skip_reason"])[0]["skip_reason"], french.skip_reason)
        self.assertTrue(as_stored(feedback, "skip_reason").startswith('{"term": '))

    def test_history_keeps_terms(self):
        with self.at():
            promise = self.client._charter_open("feedback.callback", occurrence="one")
            promise._cancel(_lt("The absence is over."))
            other = self.client._charter_open("feedback.callback", occurrence="two")
        with self.at(100):
            self.tick()
            other._cancel(_lt("The absence is over."))
        self.assertIn("L’absence", promise.with_env(self.reader("fr_FR")).cancel_reason)
        french = other.with_env(self.reader("fr_FR")).history_text
        self.assertIn("L’absence", french)
        self.assertNotIn("absence is over", french)
        self.assertIn("absence is over", other.with_env(self.reader("en_US")).history_text)

    def test_steps_in_the_chatter(self):
        field = self.env["ir.model.fields"]._get("charter.escalation", "state")
        tracking = self.env["mail.tracking.value"].new({"field_id": field.id, "new_value_char": "Resolved"})
        french = self.reader("fr_FR")
        shown = tracking.with_env(french)._format_display_value("selection")
        self.assertEqual(shown, [self.label(french, "charter.escalation", "state", "resolved")])
