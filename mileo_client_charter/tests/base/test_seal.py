"""The chain of seals: what is decided is sealed once, what is changed afterwards is found, whoever changed it."""

import doctest
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base import charter_seal
from ...models.base.charter_seal import GENESIS, link_seal
from ..cases.common import CharterCase


class SealCase(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seals = cls.env["charter.seal"]
        # A database with a life of its own has a chain already: what waits is sealed first.
        cls.env.flush_all()
        with cls.committing(cls):
            cls.seals._cron_seal()

    def seal(self):
        with self.committing():
            self.seals._cron_seal()

    def links(self, record):
        return self.seals.search(
            [("model_name", "=", record._name), ("row_id", "in", record.ids)], order="number"
        )

    def decided(self, count=1):
        """``count`` obligations that were kept."""
        with self.at():
            opened = self.env["charter.obligation"].browse()
            for number in range(count):
                opened |= self.contract._charter_open("remediation.start", occurrence=str(number))
            opened._fulfil("done")
        self.env.flush_all()
        return opened

    @contextmanager
    def behind_our_back(self, table):
        """As somebody with the database's own password: no trigger of ours sees it."""
        self.env.flush_all()
        self.env.cr.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield self.env.cr.execute
        self.env.cr.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSeal(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(cls.client)

    def test_examples(self):
        self.assertEqual(doctest.testmod(charter_seal).failed, 0)

    def test_a_decided_obligation_is_sealed_once(self):
        [obligation] = self.decided()
        self.assertFalse(self.links(obligation), "never at opening, never in the step itself")
        self.seal()
        [link] = self.links(obligation)
        self.assertEqual((link.kind, link.company_id), ("first", self.company))
        self.assertEqual(link.label, "remediation.start 0 kept")
        self.seal()
        self.assertEqual(len(self.links(obligation)), 1)

    def test_an_open_one_is_not(self):
        with self.at():
            opened = self.contract._charter_open("remediation.start", occurrence="open")
        self.seal()
        self.assertFalse(self.links(opened))

    def test_each_link_leans_on_the_one_before(self):
        self.decided(3)
        self.seal()
        before = GENESIS
        for number, link in enumerate(
            self.seals.search([("company_id", "=", self.company.id)], order="number"), 1
        ):
            self.assertEqual(link.number, number)
            expected = link_seal(
                before, link.company_id.id, number, link.model_name, link.row_id, link.kind,
                link.sealed_at.strftime("%Y-%m-%d %H:%M:%S"), link.label, link.content,
            )  # fmt: skip
            self.assertEqual(link.seal, expected)
            before = link.seal
        self.assertEqual(self.seals._verify(self.company), [])

    def test_late_then_done_is_two_links(self):
        with self.at():
            obligation = self.contract._charter_open("remediation.start", occurrence="late")
        with self.at(24 * 30):
            self.tick()
            self.seal()
            obligation._fulfil("at last")
            self.seal()
        self.assertEqual(self.links(obligation).mapped("kind"), ["first", "change"])
        self.assertEqual(self.seals._verify(self.company), [])

    def test_the_price_of_a_batch(self):
        """Statements do not grow with the rows."""
        counts = []
        for size in (2, 12):
            with self.env.cr.savepoint() as savepoint:
                self.decided(size)
                before = self.env.cr.sql_log_count
                due = self.env["charter.seal.due"]._take()
                self.seals._seal(due)
                self.assertEqual(len(due), size)
                counts.append(self.env.cr.sql_log_count - before)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(counts[0], counts[1])
        # Two of them are the savepoint a row that cannot be sealed is found in.
        self.assertLessEqual(counts[1], 11)

    def test_a_row_that_cannot_be_sealed_holds_up_no_other(self):
        """It says why on the list, is reported as unsealed, and is tried again with the daily check."""
        promises = self.decided(3)
        bad = promises[0].id
        real = type(self.seals)._fresh

        def fresh(seals, model, asked):
            if bad in asked and model._name == "charter.obligation":
                raise ValueError("a digest that cannot be made")
            return real(seals, model, asked)

        with patch.object(type(self.seals), "_fresh", fresh):
            self.seal()
        self.assertCountEqual(self.links(promises).mapped("row_id"), promises.ids[1:])
        waiting = self.env["charter.seal.due"].search([("row_id", "=", bad)])
        self.assertEqual(waiting.error, "a digest that cannot be made")
        self.assertEqual([one["problem"] for one in self.seals._verify(self.company)], ["unsealed"])
        with (
            mute_logger("odoo.addons.mileo_client_charter.models.base.charter_seal_check"),
            self.committing(),
        ):
            self.seals._cron_verify()
        self.seal()
        self.assertEqual(self.seals._verify(self.company), [])

    def test_a_company_whose_check_breaks_holds_up_no_other(self):
        other = self.env["res.company"].create({"name": "Another"})
        (self.company | other).charter_seal_checked_at = False
        real = type(self.seals)._verify

        def verify(seals, company):
            if company == self.company:
                raise ValueError("the table is not readable")
            return real(seals, company)

        with (
            patch.object(type(self.seals), "_verify", verify),
            mute_logger("odoo.addons.mileo_client_charter.models.base.charter_seal_check"),
            self.committing(),
        ):
            self.seals._cron_verify()
        self.assertIn("the table is not readable", self.company.charter_seal_problem)
        self.assertTrue(other.charter_seal_checked_at)
        self.assertFalse(other.charter_seal_problem)

    def test_whoever_changes_a_row_holds_its_place_on_the_list(self):
        """Sealed by another transaction meanwhile, it would be sealed as it was before, and the change never."""
        [obligation] = self.decided()
        places = []
        for _again in range(2):
            self.env.cr.execute(
                "SELECT id, ctid::text FROM charter_seal_due WHERE model_name = %s AND row_id = %s",
                [obligation._name, obligation.id],
            )
            places += self.env.cr.fetchall()
            obligation._charter_engine().write({"evidence": "corrected, with a reason"})
            self.env.flush_all()
        (first, before), (second, after) = places
        self.assertEqual(first, second, "it is listed once")
        self.assertNotEqual(before, after, "a row that is written is locked: whoever seals leaves it out")

    # -- what is found --------------------------------------------------------------------------------

    def test_a_row_touched_up_behind_our_back(self):
        [obligation] = self.decided()
        self.seal()
        with self.behind_our_back("charter_obligation") as execute:
            execute(
                "UPDATE charter_obligation SET done_at = done_at - interval '3 days' WHERE id = %s",
                [obligation.id],
            )
        [broken] = self.seals._verify(self.company)
        self.assertEqual(
            (broken["problem"], broken["row_id"], broken["number"]),
            ("content", obligation.id, self.links(obligation).number),
        )

    def test_a_row_deleted_behind_our_back(self):
        [obligation] = self.decided()
        self.seal()
        with self.behind_our_back("charter_obligation") as execute:
            execute("DELETE FROM charter_obligation WHERE id = %s", [obligation.id])
        [broken] = self.seals._verify(self.company)
        self.assertEqual((broken["problem"], broken["label"]), ("missing", "remediation.start 0 kept"))

    def test_a_row_slipped_in(self):
        [obligation] = self.decided()
        self.seal()
        with self.behind_our_back("charter_obligation") as execute:
            columns = [
                name
                for name, field in obligation._fields.items()
                if field.store and field.column_type and name not in ("id", "occurrence")
            ]
            listed = ", ".join(f'"{name}"' for name in columns)
            execute(
                f"INSERT INTO charter_obligation (occurrence, {listed}) "
                f"SELECT 'slipped in', {listed} FROM charter_obligation WHERE id = %s",
                [obligation.id],
            )
        [broken] = self.seals._verify(self.company)
        self.assertEqual(
            (broken["problem"], broken["label"]), ("unsealed", "remediation.start slipped in kept")
        )

    def test_a_link_rewritten_or_cut_out(self):
        obligations = self.decided(3)
        self.seal()
        first, second, _third = (self.links(one) for one in obligations)
        for name, statement, at in (
            ("content", "UPDATE charter_seal SET content = repeat('f', 64) WHERE id = %s", second.number),
            (
                "moment",
                "UPDATE charter_seal SET sealed_at = sealed_at - interval '1 day' WHERE id = %s",
                second.number,
            ),
            ("cut out", "DELETE FROM charter_seal WHERE id = %s", second.number + 1),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.behind_our_back("charter_seal") as execute:
                    execute(statement, [second.id])
                numbers = [
                    one["number"] for one in self.seals._verify(self.company) if one["problem"] == "chain"
                ]
                self.assertIn(at, numbers)
                self.assertNotIn(first.number, numbers)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_step_of_the_engine_is_a_link_of_its_own(self):
        [obligation] = self.decided()
        self.seal()
        obligation._charter_engine().write({"evidence": "corrected, with a reason"})
        self.assertEqual(self.seals._verify(self.company), [], "it waits to be sealed")
        self.seal()
        self.assertEqual(self.links(obligation).mapped("kind"), ["first", "change"])
        self.assertEqual(self.seals._verify(self.company), [])

    def test_nobody_writes_a_seal(self):
        self.decided()
        self.seal()
        link = self.seals.search([], limit=1)
        for user in (self.manager, self.direction, self.admin):
            for step in (
                lambda own: own.write({"label": "x"}),
                lambda own: own.unlink(),
                lambda own: own.copy(),
            ):
                with self.assertRaises(AccessError):
                    step(link.with_user(user))

    def test_every_sealed_model_has_its_triggers(self):
        """Sweep: whatever inherits the mixin, this year or next."""
        models = self.seals._sealed_models()
        self.assertGreaterEqual(len(models), 5)
        self.env.cr.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'charter\\_seal\\_%'"
        )
        found = set(self.env.cr.fetchall())
        for model in models:
            with self.subTest(model._name):
                self.assertIn("company_id", model._charter_seal_columns)
                names = {name for table, name in found if table == model._table}
                self.assertEqual(names, {f"charter_seal_{verb}" for verb in ("insert", "update", "delete")})
                self.assertFalse(
                    [name for name in model._charter_seal_columns if not model._fields[name].store],
                    "only what is in the table can be sealed",
                )

    # -- the check ------------------------------------------------------------------------------------

    def test_general_management_is_alerted_once(self):
        [obligation] = self.decided()
        self.seal()
        with self.committing():
            self.seals._cron_verify()
        self.assertFalse(self.company.charter_seal_problem)
        self.assertEqual(self.company.charter_seal_checked, self.links(obligation).number)
        with self.behind_our_back("charter_obligation") as execute:
            execute("UPDATE charter_obligation SET met = 0 WHERE id = %s", [obligation.id])
        activities = self.env["mail.activity"].search_count([("user_id", "=", self.direction.id)])
        with (
            self.committing(),
            mute_logger("odoo.addons.mileo_client_charter.models.base.charter_seal_check"),
        ):
            for _day in range(2):
                self.company.charter_seal_checked_at = False
                self.seals._cron_verify()
        self.assertIn("not what was sealed", self.company.charter_seal_problem)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertRegex(
            self.company.with_context(lang="fr_FR").charter_seal_problem, r"^Maillon.\d+,.Engagement n°"
        )
        now = self.env["mail.activity"].search_count([("user_id", "=", self.direction.id)])
        self.assertEqual(now - activities, 1)

    def test_a_link_names_its_document_and_opens_it(self):
        obligation = self.decided(1)
        self.seal()
        [link] = self.links(obligation).with_user(self.direction)
        self.assertEqual(
            (link.document_kind, link.document),
            ("Commitment", f"{obligation.display_name} · {self.contract.display_name}"),
        )
        opened = link.action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), (obligation._name, obligation.id))
        with self.behind_our_back("charter_obligation") as execute:
            execute("DELETE FROM charter_obligation WHERE id = %s", [obligation.id])
        self.assertEqual(link.document, link.label)
        with self.assertRaisesRegex(UserError, "there no more"):
            link.action_open()

    def test_a_later_step_says_what_it_was(self):
        """Found by people: a result corrected, and thirty rows of a merge, were “a later step” all alike."""
        corrected, merged, other = self.decided(3)
        self.seal()
        note = self.env["charter.correction"]._note
        note(corrected, self.client, {"state": ("late", "kept")}, "The site book says so.", {"state": True})
        self.env["charter.merged.contact"].sudo().create(
            {
                "former_id": 0,
                "partner_id": self.alice.id,
                "merged_at": self.env["charter.seal"]._charter_now(),
                "name": "Alix",
                "spoken": {"charter.obligation": {"user_id": merged.ids}},
            }
        )
        (corrected | merged | other)._charter_engine().write({"evidence": "as it was"})
        self.seal()
        steps = [self.links(row)[-1].step for row in (corrected, merged, other)]
        self.assertEqual(steps, ["Corrected", "Contacts merged", "Sealed again: a later step"])
        self.assertEqual(self.links(corrected)[0].step, "First seal")
        self.seals._check(self.company)
        [standing] = self.seals.charter_standing()
        self.assertEqual((standing["verified"], standing["since"]), (standing["links"], 0))
        corrected._charter_engine().evidence = "once more"
        self.env.flush_all()
        self.assertIn(
            "not sealed yet: 1", self.seals.with_user(self.direction).action_verify()["params"]["message"]
        )
        self.seal()
        [standing] = self.seals.charter_standing()
        self.assertEqual((standing["verified"], standing["since"]), (standing["links"] - 1, 1))

    def test_a_link_of_a_file_opens_what_the_file_belongs_to(self):
        contract = self._contract(self.client)
        file = self.env["ir.attachment"].create(
            {"name": "file.pdf", "raw": b"%PDF", "res_model": contract._name, "res_id": contract.id}
        )
        loose = self.env["ir.attachment"].create({"name": "loose.pdf", "raw": b"%PDF"})
        for attachment, opens in ((file, contract), (loose, loose)):
            with self.subTest(attachment.name):
                link = self.env["charter.seal"].new({"model_name": "ir.attachment", "row_id": attachment.id})
                opened = link.action_open()
                self.assertEqual((opened["res_model"], opened["res_id"]), (opens._name, opens.id))

    def test_who_verifies_by_hand(self):
        with self.assertRaises(AccessError):
            self.seals.with_user(self.operations).action_verify()
        # As the button above the list calls it: with the links chosen, or none.
        answer = call_kw(self.seals.with_user(self.direction), "action_verify", [[]], {})
        self.assertEqual(answer["params"]["type"], "success")
