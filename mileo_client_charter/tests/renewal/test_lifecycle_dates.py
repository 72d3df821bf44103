import base64
from datetime import date, timedelta

from odoo import Command
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..cases.advisories import NOW, AdvisoryCase, sheet


@tagged("post_install", "-at_install")
class TestLifecycleDates(AdvisoryCase):
    """One date for one model: where two are known it is said, and nobody is told of one that is out of date."""

    def dated(self, model, day, kind="end_of_support", moment=NOW, **values):
        """The catalogue's date of a model; none announced where ``day`` is empty."""
        with self.at(moment=moment):
            row = self.env["charter.equipment.model.date"].search(
                [("model_id", "=", model.id), ("kind", "=", kind)]
            )
            values = {
                "status": "announced" if day else "none_announced",
                "date": day,
                "checked_on": moment.date(),
                **values,
            }
            if row:
                row.write(values)
            else:
                row = row.create({"model_id": model.id, "kind": kind, **values})
            self.env.flush_all()
        return row

    def by_hand(self, day, **values):
        """A notice somebody wrote about the devices of both clients, with its clients found."""
        with self.at(moment=NOW):
            notice = self.env["charter.notice"].with_user(self.manager).create(
                {
                    "name": "End of support: DS-2CD4A25F", "effect_on": day, "company_id": self.company.id,
                    "equipment_ids": [(6, 0, (self.cam | self.updated | self.far).ids)],
                    "body": "<p>It ends.</p>", "advice": "Replace it.", **values,
                }
            )  # fmt: skip
            notice.action_match()
        return notice

    def issues(self, kind, moment=NOW):
        with self.at(moment=moment):
            self.env.flush_all()
            return self.env["charter.defect"].search([("kind", "=", kind)])

    # -- a notice written by hand -----------------------------------------------------------------

    def test_a_notice_by_hand_says_that_another_date_is_known_and_takes_it(self):
        self.dated(self.cam.catalogue_id, "2027-06-30")
        notice = self.by_hand("2027-06-30")
        with self.at(moment=NOW):
            self.assertFalse(notice.known_dates)
            notice.action_send()
            self.env.flush_all()
        self.assertFalse(self.issues("notice_date"))
        mails = len(self.mails_to(self.alice))
        later = NOW + timedelta(days=1)
        self.dated(self.cam.catalogue_id, "2027-12-31", moment=later)
        [listed] = self.issues("notice_date", later)
        self.assertEqual((listed.res_model, listed.res_id), ("charter.notice", notice.id))
        self.assertIn("2027-12-31", listed.detail)
        with self.at(moment=later):
            notice.invalidate_recordset()
            self.assertEqual((notice.known_dates, notice.known_date), ("31 Dec 2027", date(2027, 12, 31)))
            self.assertEqual(len(self.mails_to(self.alice)), mails, "nobody is told of it unasked")
            notice.action_take_date()
            self.env.flush_all()
            notice.invalidate_recordset()
            self.assertEqual((notice.effect_on, notice.known_dates), (date(2027, 12, 31), False))
        self.assertEqual(len(self.mails_to(self.alice)), mails + 1, "told again")
        self.assertEqual(set(notice.line_ids.mapped("told_effect_on")), {date(2027, 12, 31)})
        self.assertFalse(self.issues("notice_date", later))

    def test_several_dates_are_said_and_none_is_offered(self):
        self.dated(self.cam.catalogue_id, "2027-06-30")
        with self.at(moment=NOW):
            self.far.milestone_ids.write(
                {"model_date_id": False, "date": "2027-09-30", "checked_on": "2026-10-05"}
            )
        notice = self.by_hand("2027-03-31")
        with self.at(moment=NOW):
            notice.invalidate_recordset()
            self.assertEqual(
                (notice.known_dates, notice.known_date),
                ("30 Jun 2027 (2 devices), 30 Sep 2027 (1 device)", False),
            )
            self.dated(self.cam.catalogue_id, False)
            self.far.milestone_ids.unlink()
            self.env.flush_all()
            notice.invalidate_recordset()
            self.assertEqual((notice.known_dates, notice.known_date), ("None announced", False))

    def test_a_notice_of_a_date_is_not_one_by_hand(self):
        self.dated(self.cam.catalogue_id, "2026-12-31")
        with self.at(moment=NOW):
            raised = self.env["charter.notice"]._raise_drafts()
            self.assertTrue(raised.milestone_key)
            self.assertFalse(raised.known_dates)

    # -- what a device says, and what its model says -----------------------------------------------

    def typed(self, status, day=False, checked_on="2026-09-01"):
        with self.at(moment=NOW):
            self.cam.milestone_ids = [
                Command.clear(),
                Command.create({"kind": "end_of_support", "status": status, "date": day, "checked_on": checked_on}),
            ]  # fmt: skip
            self.env.flush_all()
        return self.cam.milestone_ids

    def test_a_later_announcement_beats_none_announced(self):
        for status, checked_on in (
            ("none_announced", "2026-09-01"),
            ("none_announced", False),
            ("unknown", "2026-12-01"),
        ):
            with self.subTest(status, checked_on=checked_on):
                self.typed(status, checked_on=checked_on)
                row = self.dated(self.cam.catalogue_id, "2027-03-31")
                self.assertEqual(
                    (self.cam.end_of_support, self.cam.milestone_ids.model_date_id), (date(2027, 3, 31), row)
                )
                self.assertFalse(self.issues("catalogue_date"))
                row.unlink()

    def test_a_contradiction_is_listed(self):
        """Somebody looked after the announcement, or typed another day: nobody is overruled, and it is to be mended."""
        for status, day, checked_on in (
            ("none_announced", False, "2026-11-01"),
            ("announced", "2028-01-01", "2026-09-01"),
        ):
            with self.subTest(status):
                self.typed(status, day, checked_on)
                row = self.dated(self.cam.catalogue_id, "2027-03-31")
                self.assertEqual(self.cam.milestone_ids.status, status, "what somebody typed stays")
                [listed] = self.issues("catalogue_date")
                self.assertEqual(
                    (listed.partner_id, listed.res_model, listed.res_id),
                    (self.client, "charter.equipment", self.cam.id),
                )
                for words in ("Camera 1", "2027-03-31", day or "—"):
                    self.assertIn(words, listed.detail)
                row.unlink()
                self.assertFalse(self.issues("catalogue_date"))

    def test_a_contradiction_with_a_family_is_listed(self):
        family = self.env["charter.equipment.model"].create(
            {"maker": "Hikvision Digital Technology", "name": "DS-2CD4xx5 Series"}
        )
        self.typed("announced", "2028-01-01")
        self.dated(family, "2027-03-31")
        [listed] = self.issues("catalogue_date")
        self.assertEqual(listed.res_id, self.cam.id)
        self.dated(self.cam.catalogue_id, "2028-01-01")
        self.assertFalse(self.issues("catalogue_date"), "the model's own date says more than its family's")

    # -- a list that contradicts itself ------------------------------------------------------------

    def imported_list(self, *rows, titles=("Model", "Brand", "End of support"), moment=NOW):
        with self.at(moment=moment):
            wizard = self.env["charter.support.import"].with_user(self.manager).create(
                {"file": base64.b64encode(sheet(list(titles), *map(list, rows))), "filename": "list.xlsx", "company_id": self.company.id}
            )  # fmt: skip
            wizard.action_show()
        return wizard

    def test_two_dates_in_one_list_are_said_with_both_rows(self):
        wizard = self.imported_list(
            ("DS-2CD4A25F", "Hikvision", "2029-06-30"),
            ("NVR4216", "Dahua", "2028-01-31"),
            ("ds-2cd4a25f", "HIKVISION", "2030-06-30"),
            ("X-9000", "Acme", "2028-01-01"),
            ("X9000", "Acme", "2029-01-01"),
            ("DS-2CD4025-I", "Hikvision", "2029-06-30"),
            ("DS 2CD4025-I", "Hikvision", "2029-06-30"),
        )
        said = {line.row: line.message or "" for line in wizard.line_ids}
        for row, both in ((2, ("row 2", "row 4")), (4, ("row 2", "row 4")), (5, ("row 5", "row 6"))):
            for words in (*both, "End of support"):
                self.assertIn(words, said[row])
        for row in (3, 7, 8):
            self.assertNotIn("row", said[row], "the same date twice is no contradiction")
        with self.at(moment=NOW):
            wizard.action_import()
            self.env.flush_all()
        self.assertFalse(self.cam.milestone_ids, "none of both is taken")
        self.assertEqual(self.dahua.end_of_support, date(2028, 1, 31), "the others are")
        self.assertEqual(self.unread.end_of_support, date(2029, 6, 30))
        self.assertFalse(
            self.env["charter.equipment.model"].search([("maker", "=", "Acme")]).lifecycle_ids,
            "of nobody's too",
        )

    # -- what an import did ------------------------------------------------------------------------

    def test_one_lands_where_the_result_is_seen(self):
        self.dated(self.dahua.catalogue_id, "2027-05-31")
        free = self.env["res.partner"].create({"name": "No charter", "is_company": True})
        with self.at(moment=NOW):
            self.env["charter.equipment"].create(
                {"name": "Camera 0", "partner_id": free.id, "company_id": self.company.id, "maker": "Hikvision", "model": "DS-2CD4A25F"}
            )  # fmt: skip
        wizard = self.imported_list(
            ("DS-2CD4A25F", "Hikvision", "2026-06-30", "2026-12-31"),
            ("NVR4216", "Dahua", None, "2029-05-31"),
            ("DS-2CD4025-I", "Hikvision", None, "2026-01-31"),
            ("X-9000", "Acme", None, "2028-01-01"),
            titles=("Model", "Brand", "End of sale", "End of support"),
        )
        with self.at(moment=NOW):
            action = wizard.action_import()
            self.env.flush_all()
        self.assertEqual(
            (action["res_model"], action["res_id"], wizard.done), (wizard._name, wizard.id, True)
        )
        result = {(one.model, one.kind): one for one in wizard.result_ids}
        self.assertEqual(len(result), 5, "one a model and date")
        sale = result["Hikvision DS-2CD4A25F", "end_of_sale"]
        self.assertEqual((sale.date, sale.notice_id.id), (date(2026, 6, 30), False))
        self.assertIn("end of support", sale.notification)
        ends = result["Hikvision DS-2CD4A25F", "end_of_support"]
        self.assertEqual(
            (ends.equipment_count, ends.clients), (4, "Alpine, Other"), "four devices, two clients told"
        )
        self.assertEqual((ends.notice_id.effect_on, ends.notice_id.state), (date(2026, 12, 31), "draft"))
        self.assertRegex(ends.notification, "1 Nov 2026.*draft")
        moved = result["Dahua NVR4216", "end_of_support"]
        self.assertEqual(
            (moved.before, moved.date, moved.clients), ("31 May 2027", date(2029, 5, 31), "Other")
        )
        # 60 days before; its draft 45 days earlier.
        self.assertRegex(moved.notification, "15 Feb 2029.*1 Apr 2029")
        self.assertIn("past", result["Hikvision DS-2CD4025-I", "end_of_support"].notification)
        nobody = result["Acme X-9000", "end_of_support"]
        self.assertEqual((nobody.equipment_count, nobody.clients), (0, False))
        self.assertIn("No client", nobody.notification)
        devices = self.env["charter.equipment"].search(ends.action_equipment()["domain"])
        self.assertEqual(len(devices), 4)
        self.assertEqual(wizard.action_notices()["domain"], [("id", "in", ends.notice_id.ids)])

    def test_a_date_that_moves_says_who_was_told_again(self):
        first = self.imported_list(("DS-2CD4A25F", "Hikvision", "2026-12-31"))
        with self.at(moment=NOW):
            first.action_import()
            notice = first.result_ids.notice_id.with_user(self.manager)
            notice.write({"body": "<p>Ends.</p>", "advice": "Replace."})
            notice.action_send()
            self.env.flush_all()
        again = self.imported_list(("DS-2CD4A25F", "Hikvision", "2027-03-31"))
        with self.at(moment=NOW):
            again.action_import()
            self.env.flush_all()
        [row] = again.result_ids
        self.assertEqual((row.before, row.notice_id), ("31 Dec 2026", notice.sudo(False)))
        self.assertIn("informed again", row.notification)
        self.assertEqual(again.action_notices()["domain"], [("id", "in", notice.ids)])

    def test_a_date_somebody_typed_is_said_beside_the_lists(self):
        """Found by a stranger: “no client has it” of a model whose devices have a date of their own, of which their clients were informed."""
        self.typed("announced", "2026-12-31")
        with self.at(moment=NOW):
            self.far.milestone_ids = [Command.create({"kind": "end_of_support", "date": "2026-12-31"})]
            self.updated.milestone_ids = [Command.create({"kind": "end_of_support", "date": "2027-06-30"})]
        notice = self.by_hand("2026-12-31")
        with self.at(moment=NOW):
            notice.write({"late_reason": "The maker told us yesterday."})
            notice.action_send()
            self.env.flush_all()
            self.env["charter.delivery"].sudo().search([("kind", "=", "notice")])._mail_left()
        wizard = self.imported_list(("DS-2CD4A25F", "Hikvision", "2027-03-31"))
        self.assertRegex(
            wizard.line_ids.message, "2 devices keep another date, 31 Dec 2026: Camera 1, Camera 9"
        )
        with self.at(moment=NOW):
            wizard.action_import()
            self.env.flush_all()
        [row] = wizard.result_ids
        self.assertEqual((row.equipment_count, row.clients, row.before), (0, False, False))
        self.assertNotIn("No client", row.notification)
        self.assertRegex(
            row.notification,
            "2 devices keep another date, 31 Dec 2026: Camera 1, Camera 9. Informed of that date: Alpine, Other",
        )
        self.assertRegex(row.notification, "1 device keeps another date, 30 Jun 2027: Camera 2.")
        found = self.env["charter.equipment"].search(row.action_equipment()["domain"])
        self.assertEqual(found, self.cam | self.far | self.updated)

    def test_the_same_date_typed_on_a_device_is_the_date(self):
        self.typed("announced", "2027-03-31")
        wizard = self.imported_list(("DS-2CD4A25F", "Hikvision", "2027-03-31"))
        self.assertFalse(wizard.line_ids.message)
        with self.at(moment=NOW):
            wizard.action_import()
        [row] = wizard.result_ids
        self.assertEqual((row.equipment_count, row.clients), (3, "Alpine, Other"))

    def test_a_notice_by_hand_is_named_with_its_date_and_takes_the_new_one(self):
        """Found by a stranger: the result announced a draft beside the notice that was out, and did not name that one."""
        notice = self.by_hand("2027-03-18")
        with self.at(moment=NOW):
            notice.action_send()
            self.env.flush_all()
        mails = len(self.mails_to(self.alice))
        wizard = self.imported_list(("DS-2CD4A25F", "Hikvision", "2027-06-30"))
        with self.at(moment=NOW):
            wizard.action_import()
            self.env.flush_all()
        [row] = wizard.result_ids
        self.assertEqual(
            (row.before, row.written_id, row.written_date),
            ("18 Mar 2027", notice.sudo(False), date(2027, 6, 30)),
        )
        for words in (
            "“End of support: DS-2CD4A25F”",
            "18 Mar 2027",
            "until you take the new one",
            "comes beside it",
        ):
            self.assertIn(words, row.notification)
        self.assertEqual(row.action_written()["res_id"], notice.id)
        self.assertEqual(len(self.mails_to(self.alice)), mails, "nobody is told of it unasked")
        with self.at(moment=NOW):
            row.action_take_date()
            self.env.flush_all()
        self.assertEqual((notice.effect_on, len(self.mails_to(self.alice))), (date(2027, 6, 30), mails + 1))
        self.assertIn("18 Mar 2027", row.notification)
        self.assertFalse(row.written_id)
        self.assertEqual(wizard.action_notices()["domain"], [("id", "in", notice.ids)])

    def test_a_draft_by_hand_is_named(self):
        notice = self.by_hand("2027-03-18")
        wizard = self.imported_list(("DS-2CD4A25F", "Hikvision", "2027-06-30"))
        with self.at(moment=NOW):
            wizard.action_import()
            self.env.flush_all()
        [row] = wizard.result_ids
        self.assertRegex(
            row.notification,
            "The draft “End of support: DS-2CD4A25F” was written by hand and gives 18 Mar 2027",
        )
        with self.at(moment=NOW):
            row.action_take_date()
        self.assertEqual(notice.effect_on, date(2027, 6, 30))

    def test_nobody_is_informed_twice_of_one_date(self):
        """A date that a notice by hand gives to all its clients raises no draft beside it; a device that notice does not name does."""
        self.by_hand("2026-12-31", late_reason="Known today.")
        self.dated(self.cam.catalogue_id, "2026-12-31")
        with self.at(moment=NOW):
            self.assertFalse(self.env["charter.notice"]._raise_drafts())
            self._device(self.other, "Camera 10", "DS-2CD4A25F", "5.3.1")
            self.env.flush_all()
            raised = self.env["charter.notice"]._raise_drafts()
        self.assertEqual(raised.effect_on, date(2026, 12, 31))

    # -- databases of earlier versions -------------------------------------------------------------

    def test_what_earlier_versions_left(self):
        self.typed("none_announced", checked_on="2026-12-01")
        row = self.dated(self.cam.catalogue_id, "2027-03-31")
        self.assertFalse(self.cam.end_of_support, "looked up later: it stays")
        notice = self.by_hand("2026-11-01", late_reason="The maker told us yesterday.")
        with self.at(moment=NOW):
            notice.action_send()
            line = notice.sudo().line_ids[0]
            self.assertEqual((line.sent_late, line.late_reason), (False, "The maker told us yesterday."))
            row.checked_on = "2026-12-02"
            self.cam.milestone_ids.write(
                {
                    "status": "none_announced",
                    "date": False,
                    "model_date_id": False,
                    "checked_on": "2026-12-01",
                }
            )
            self.env.flush_all()
            path = file_path("mileo_client_charter/migrations/19.0.1.6.0/post-lifecycle.py")
            for _time in range(2):
                load_script(path, "charter_post_lifecycle").migrate(self.env.cr, "19.0.1.5.0")
                self.env.flush_all()
                self.env.invalidate_all()
        self.assertTrue(line.sent_late, "it apologised")
        self.assertEqual(self.cam.end_of_support, date(2027, 3, 31))
