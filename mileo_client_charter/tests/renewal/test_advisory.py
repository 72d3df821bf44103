import json
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers.hub_reading import HubReading
from ...controllers.year_reading import YearReading
from ..cases.advisories import NOW, VECTOR, AdvisoryCase, csaf, product


@tagged("post_install", "-at_install")
class TestAdvisory(AdvisoryCase):
    # -- the three answers ------------------------------------------------------------------------

    def test_three_answers_with_why(self):
        advisory = self.imported(self.document)
        self.assertEqual(
            self.answers(advisory),
            {
                self.cam: ("affected", "version", "open"),
                self.updated: ("not_affected", "version", "clear"),
                self.unread: ("look", "no_firmware", "open"),
                self.far: ("affected", "version", "open"),
            },
        )
        self.assertEqual((advisory.severity, advisory.score, advisory.client_count), ("critical", 9.8, 2))
        why = advisory.sudo().concern_ids.filtered(lambda row: row.equipment_id == self.cam).why
        self.assertEqual(
            why,
            "firmware V5.4.0 build 160414 is older than the first version that is not affected, V5.7.3 build 220112",
        )
        why = advisory.sudo().concern_ids.filtered(lambda row: row.equipment_id == self.updated).why
        self.assertIn("V5.7.3 build 220112 is not older than the first version that is not affected", why)

    def test_the_reason_is_said_in_words(self):
        """No formula is left to be read, whatever the condition: one bound, a range, branches, a list, or a text that is none."""
        for number, (condition, said) in enumerate((
            ("< 5.7", "firmware 5.3.1 is older than the first version that is not affected, 5.7"),
            (">=V2.8<V5.4", "firmware 5.3.1 is among the affected versions: from V2.8 on, before V5.4"),
            ("> 5.3.1 | <= 5.4", "firmware 5.3.1 is not among the affected versions: after 5.3.1, up to 5.4"),
            ("5.3.1 | 5.3.2", "firmware 5.3.1 is among the affected versions: 5.3.1 or 5.3.2"),
            ("vers:generic/>=1.0|!=5.3.1|<6", "firmware 5.3.1 is not among the affected versions: from 1.0 on, before 6, but not 5.3.1"),
            ("vers:generic/>=1.0|<2.0|>=3.0|<6.0", "firmware 5.3.1 is among the affected versions: from 1.0 on, before 2.0 or from 3.0 on, before 6.0"),
            ("vers:all/*", "all versions are affected"),
            ("2020 R3", "firmware 5.3.1 cannot be placed among the affected versions: 2020 R3"),
            (">= 5.0 | all Windows systems", "firmware 5.3.1 cannot be placed among the affected versions: from 5.0 on, "
             "under a condition that is not one of versions"),
            ("All versions with Module X", "what is stated as the affected versions is none: “All versions with Module X”; the device has 5.3.1"),
        )):  # fmt: skip
            with self.subTest(condition):
                advisory = self.imported(
                    [product(0, "DS-2CD4A25F", condition)],
                    identifier=f"W-{number}",
                    cves=(f"CVE-2026-3000{number}",),
                )
                [row] = advisory.sudo().concern_ids.filtered(lambda one: one.equipment_id == self.far)
                self.assertEqual(row.why, said)
                self.assertNotRegex(row.with_context(lang="fr_FR").why, "⟷|[<>|]|firmware")
        said_fixed = self.imported(
            [product(0, "DS-2CD4A25F", "5.3.1", category="product_version")], identifier="F-1", cves=("CVE-2026-40000",), fixed=["P0"]
        )  # fmt: skip
        [row] = said_fixed.sudo().concern_ids.filtered(lambda one: one.equipment_id == self.far)
        self.assertEqual(row.why, "firmware 5.3.1 is among the versions stated as not affected: 5.3.1")
        unread = (
            self.imported(self.document)
            .sudo()
            .concern_ids.filtered(lambda one: one.equipment_id == self.unread)
        )
        self.assertEqual(
            unread.why, "its firmware is not on record; affected versions: before V5.7.3 build 220112"
        )

    def test_who_looks_is_written_to_in_its_own_language(self):
        """Core takes the subject from the language of whoever assigns: the email had two."""
        self.technician.write({"lang": "fr_FR", "notification_type": "email"})
        with self.at(moment=NOW):
            self.env["charter.advisory"].with_context(lang="en_US")._import_csaf(csaf(self.document))
            self.env.flush_all()
        [mail] = self.env["mail.mail"].search([("recipient_ids", "in", self.technician.partner_id.ids)])
        self.assertNotRegex(mail.subject, "assigned|device")
        self.assertIn("appareil", mail.subject)

    def test_other_shapes_of_products(self):
        for name, branches, status, expected in (
            ("an exact model of another manufacturer", [product(0, "DS-2CD4A25F", "vers:all/*", "Bosch")], {}, None),
            ("the manufacturer's long name", [product(0, "DS-2CD4A25F", "vers:all/*", "Hangzhou Hikvision Digital Technology Co., Ltd.")],
             {}, "affected"),
            ("a model that is longer", [product(0, "DS-2CD4A25F-IZHS", "vers:all/*")], {}, "look"),
            ("a model in the place of the version", [product(0, "Cameras", "DS-2CD4A25F, and", category="product_version")], {}, "look"),
            ("a version in the place of the model", [product(0, "V3.4.106", "<= 200422")], {}, "look"),
            ("a list of models", [product(0, "DS-2CD1001, DS-2CD4A25F and DS-2CD9003", "vers:all/*")], {}, "affected"),
            ("a list that shortens", [product(0, "DS-2CD4A24F/25F", "vers:all/*")], {}, "look"),
            ("a model within a name", [product(0, "Network Camera DS-2CD4A25F", "vers:all/*")], {}, "look"),
            ("a family within a name", [product(0, "Network Camera DS-2CD4xx5", "vers:all/*")], {}, "look"),
            ("under investigation", [product(0, "DS-2CD4A25F", "vers:all/*")], {"under_investigation": ["P0"]}, "look"),
            ("fixed in that version", [product(0, "DS-2CD4A25F", "V5.4.0 build 160414", category="product_version")],
             {"fixed": ["P0"]}, "not_affected"),
            ("said both", [product(0, "DS-2CD4A25F", "< 6.0"), product(1, "DS-2CD4A25F", "V5.4.0 build 160414")],
             {"known_affected": ["P0"], "fixed": ["P1"]}, "look"),
            ("two branches", [product(0, "DS-2CD4A25F", ">= 5.0 | < 5.5"), product(1, "DS-2CD4A25F", ">= 6.0 | < 6.2")], {}, "affected"),
        ):  # fmt: skip
            with self.subTest(name):
                advisory = self.imported(
                    branches, identifier=f"ICSA-{name}", cves=(f"CVE-2026-{len(name)}0000",), **status
                )
                self.assertEqual(self.answers(advisory).get(self.cam, (None,))[0], expected)

    def test_a_catalogue_alias_makes_the_match(self):
        with self.at(moment=NOW):
            oem = self._device(self.client, "Camera 4", "OEM-77", "5.0", maker="Installer's own")
            advisory = self.imported(self.document)
            self.assertNotIn(oem, self.answers(advisory))
            model = self.cam.catalogue_id
            self.assertEqual(self.far.catalogue_id, model, "written in small letters")
            with self.assertRaisesRegex(ValidationError, "OEM-77"):
                model.alias_ids.create({"model_id": model.id, "name": "OEM 77", "maker": "Installer's own"})
            oem.catalogue_id.write({"maker": "Hikvision", "name": "DS-2CD4025F"})
            self.env["charter.advisory"].sudo()._judge(equipment=oem)
        self.assertEqual(self.answers(advisory)[oem][0], "affected", "corrected once, in the catalogue")

    def test_what_nobody_can_decide_is_somebody_s_step(self):
        advisory = self.imported(self.document)
        [look] = advisory.sudo().concern_ids.filtered(lambda row: row.answer == "look")
        self.assertEqual(
            (look.look_user_id, look.look_by),
            (self.technician, date(2026, 10, 5) + timedelta(days=self.company.charter_vulnerability_days)),
        )
        [step] = advisory.activity_ids
        self.assertEqual((step.user_id, step.date_deadline), (self.technician, look.look_by))
        self.assertEqual(step.summary, "1 device to look at")
        with self.at(moment=NOW):
            self.technician.lang = "fr_FR"
            second = self._device(self.client, "Camera 4", "DS-2CD4025-I", False)
            self._device(self.other, "Camera 11", "DS-2CD4025-I", False)
        mine = advisory.activity_ids.filtered(lambda one: one.user_id == self.technician)
        self.assertEqual(mine, step, "one a person and advisory")
        self.assertRegex(step.with_context(lang="fr_FR").summary, "^[23] appareils à vérifier")
        self.assertRegex(
            step.with_context(lang="en_US").summary, "^[23] devices to look at", "each in its own language"
        )
        with self.at(moment=NOW):
            (second | self.far.search([("name", "=", "Camera 11")])).unlink()
        with self.at(moment=NOW):
            with self.assertRaisesRegex(UserError, "What was found"):
                look.with_user(self.technician)._decide("affected", " ")
            look.with_user(self.technician)._decide("affected", "Its label says V5.4.0")
        self.assertEqual((look.answer, look.state, look.decided_by_id), ("affected", "open", self.technician))
        self.assertFalse(advisory.activity_ids.filtered("active"))
        self.assertFalse(look.with_user(self.technician)._fields["answer"].readonly is False)

    # -- clients are told -------------------------------------------------------------------------

    def test_each_client_is_told_of_its_devices_in_its_language(self):
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        self.assertEqual(notice.line_ids.partner_id, self.client | self.other)
        english, french = self.mails_to(self.alice), self.mails_to(self.olga)
        self.assertEqual((len(english), len(french)), (1, 1), "one a contact")
        for words in ("Camera 1", "V5.4.0 build 160414", "Update to V5.7.3.", "CVE-2026-11111", "Critical"):
            self.assertIn(words, english.body_html)
        for words in ("Camera 2", "Camera 3", "Camera 9"):
            self.assertNotIn(words, english.body_html)
        self.assertIn("Camera 9", french.body_html)
        self.assertIn("Critique", french.body_html)
        told = {row.equipment_id: row.told_at for row in advisory.sudo().concern_ids}
        self.assertEqual(told, {self.cam: NOW, self.far: NOW, self.updated: False, self.unread: False})
        [promise] = self.promise(notice.line_ids[0], "notice.advance")
        self.assertEqual(
            promise.due_at.date(), date(2026, 10, 1) + timedelta(days=self.company.charter_vulnerability_days)
        )

    def test_firmware_answers_the_concern(self):
        advisory = self.imported(self.document)
        self.sent(advisory)
        with self.at(moment=NOW + timedelta(days=3)):
            self.cam.firmware = "V5.7.3 build 220112"
        [row] = advisory.sudo().concern_ids.filtered(lambda one: one.equipment_id == self.cam)
        self.assertEqual((row.state, row.updated_on, row.days_to_update), ("updated", date(2026, 10, 8), 3))
        self.assertEqual(
            self.cam.firmware_ids.mapped("firmware"), ["V5.7.3 build 220112", "V5.4.0 build 160414"]
        )
        self.assertEqual(self.cam.firmware_source, "hand")
        with self.at(moment=NOW + timedelta(days=4)):
            self.cam.firmware = "V5.4.0 build 160414"
        self.assertEqual((row.state, row.told_at), ("open", False), "put back: concerned again")

    def test_retold_only_if_a_revision_changes_something_for_the_client(self):
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        later = NOW + timedelta(days=2)
        same = self.imported(self.document, version="2", revised="2026-10-06T08:00:00Z", moment=later)
        self.assertEqual(same, advisory)
        self.assertEqual((len(advisory.revision_ids), advisory.version), (2, "2"))
        self.assertEqual(set(notice.line_ids.mapped("told_times")), {1}, "nothing changed for anybody")
        narrowed = [product(0, "DS-2CD4xx5 Series", "< V5.4.0"), product(1, "DS-2CD4025-I", "vers:all/*")]
        self.imported(narrowed, version="3", revised="2026-10-07T08:00:00Z", moment=later)
        lines = {line.partner_id: line for line in notice.line_ids}
        self.assertEqual(lines[self.client].told_times, 2, "another device of theirs")
        self.assertEqual(lines[self.client].equipment_ids, self.unread)
        self.assertEqual(lines[self.other].told_times, 1, "5.3.1 is affected as before")
        self.assertIn(
            "The publisher revised its advisory", self.mails_to(self.alice).sorted("id")[-1].body_html
        )
        self.assertIn("DS-2CD4025-I", advisory.revision_ids[0].changes)
        self.assertEqual(advisory.revision_ids.mapped("told_count"), [1, 0, 0])

    def test_withdrawn_by_its_publisher(self):
        document = json.loads(csaf([], version="2", revised="2026-10-06T08:00:00Z"))
        document["document"]["category"] = "csaf_withdrawn"
        del document["product_tree"], document["vulnerabilities"]
        withdrawn = json.dumps(document).encode()
        later = NOW + timedelta(days=2)
        with self.assertRaisesRegex(UserError, "ICSA-1: its publisher withdrew it"):
            self.env["charter.advisory"]._import_csaf(withdrawn)
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        with self.at(moment=later):
            for _time in range(2):
                self.env["charter.advisory"].with_user(self.technician)._import_csaf(withdrawn)
            self.env.flush_all()
        self.assertEqual(set(advisory.sudo().concern_ids.mapped("state")), {"clear"})
        self.assertEqual((len(advisory.revision_ids), set(notice.line_ids.mapped("told_times"))), (2, {2}))
        self.assertIn("withdrew its advisory", self.mails_to(self.alice).sorted("id")[-1].body_html)

    def test_the_same_or_an_older_revision_changes_nothing(self):
        advisory = self.imported(self.document, version="2", revised="2026-10-03T08:00:00Z")
        for revised in ("2026-10-03T08:00:00Z", "2026-10-02T08:00:00Z"):
            again = self.imported([product(0, "X-1", "< 1.0")], version="1", revised=revised)
            self.assertEqual(
                (again, again.version, again.product_ids.model), (advisory, "2", "DS-2CD4xx5 Series")
            )

    def test_one_concern_for_one_vulnerability(self):
        first = self.imported(self.document)
        second = self.imported(self.document, identifier="VDE-1")
        twin = second.sudo().concern_ids.filtered(lambda row: row.equipment_id == self.cam)
        self.assertEqual(
            twin.same_as_id, first.sudo().concern_ids.filtered(lambda row: row.equipment_id == self.cam)
        )
        self.sent(first)
        with self.at(moment=NOW), self.assertRaisesRegex(UserError, "reaches no client"):
            second.with_user(self.manager).action_notice()
        self.assertEqual(twin.told_at, NOW, "told with the first")
        third = self.imported(self.document, identifier="VDE-2", cves=("CVE-2026-11111", "CVE-2026-22222"))
        self.assertFalse(third.sudo().concern_ids.same_as_id, "it says more")
        self.imported([product(0, "X-1", "< 1.0")], version="2", revised="2026-10-03T08:00:00Z")
        self.assertFalse(twin.same_as_id, "the first is about this device no more")

    def test_devices_that_come_later(self):
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        later = NOW + timedelta(days=5)
        with self.at(moment=later):
            new = self._device(self.other, "Camera 10", "DS-2CD4125", "5.0")
            self.env["charter.notice"]._pick_up()
            self.env.flush_all()
        line = notice.line_ids.filtered(lambda one: one.partner_id == self.other)
        self.assertIn(new, line.equipment_ids)
        self.assertEqual(line.told_times, 2)
        self.assertEqual(notice.line_ids.filtered(lambda one: one.partner_id == self.client).told_times, 1)

    def test_what_is_sent_is_what_was_read(self):
        """Found by a stranger: a revision came while the confirmation was open; the old list left, and a second email with it."""
        advisory = self.imported(self.document)
        with self.at(moment=NOW):
            action = advisory.with_user(self.manager).with_company(self.company).action_notice()
            notice = self.env["charter.notice"].browse(action["res_id"]).with_user(self.manager)
            read = notice.line_ids.equipment_ids
            self.assertIn(self.cam, read)
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
            before = self.mails_to(self.alice)
            answer = notice.action_send()
            self.env.invalidate_all()
            self.assertEqual((answer["tag"], notice.state), ("display_notification", "draft"))
            self.assertEqual(self.mails_to(self.alice), before, "nothing has left")
            self.assertEqual(
                notice.line_ids.equipment_ids, read - self.cam, "the page shows what there is now"
            )
            notice.action_send()
            self.assertEqual(notice.state, "open")

    def test_above_clear_nothing_leaves_unconfirmed(self):
        advisory = self.imported(self.document, tlp="AMBER")
        with self.at(moment=NOW):
            action = advisory.with_user(self.manager).action_notice()
            notice = self.env["charter.notice"].browse(action["res_id"]).with_user(self.manager)
            self.assertNotIn("Anybody may log in", notice.body)
            notice.advice = "Ask us for the update."
            with self.assertRaisesRegex(UserError, "TLP:AMBER"):
                notice.action_send()
            advisory.with_user(self.manager).may_share = True
            notice.action_send()
        self.assertEqual(notice.state, "open")

    # -- the portal -------------------------------------------------------------------------------

    def test_the_client_sees_what_is_to_update(self):
        self.sent(self.imported(self.document))
        portal = self._portal(self.alice)
        rows = self.env["charter.advisory.concern"].with_user(portal).search([])
        self.assertEqual(rows.equipment_id, self.cam, "what it was told of, and nothing else")
        with self.at(moment=NOW):
            reading = HubReading(self.env(user=portal, context={"lang": "en_US"}))
            address = "/my/charter/equipment?firmware=to_update"
            [place] = [one for one in reading.home()["places"] if one.address == address]
            self.assertEqual(place.words, "1 device to update, since 5 October 2026")
            [row] = reading.equipment_page({"firmware": "to_update"})["equipment"]
            self.assertEqual(row["name"], "Camera 1", "those the link speaks of, and no other")
            self.assertGreater(len(reading.equipment_page({})["equipment"]), 1)
            self.assertEqual(row["to_update"], "Firmware to update, since 5 October 2026")

    def test_the_notice_says_what_was_updated_since(self):
        notice = self.sent(self.imported(self.document))
        [line] = notice.line_ids.filtered(lambda one: one.partner_id == self.client)
        portal = self._portal(self.alice)
        reading = YearReading(self.env(user=portal, context={"lang": "en_US"}))
        detail = reading.notice_detail(line.with_user(portal))
        self.assertEqual(
            (detail["equipment"], detail["all_done"]),
            ([{"words": "Camera 1 · V5.4.0 build 160414", "since": "", "is_done": False}], False),
        )
        with self.at(moment=NOW + timedelta(days=2)):
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
        for lang, words in (
            ("en_US", "updated on 7 October 2026"),
            ("fr_FR", "mis à jour le 7 octobre 2026"),
        ):
            reading = YearReading(self.env(user=portal, context={"lang": lang}))
            detail = reading.notice_detail(line.with_user(portal).with_context(lang=lang))
            [row] = detail["equipment"]
            self.assertEqual((row["since"], detail["all_done"]), (words, True))
            values = line.with_context(lang=lang)._link_values(self.alice)
            self.assertEqual(values["equipment"], detail["equipment"], "the signed link says the same")

    # -- bad input --------------------------------------------------------------------------------

    def test_brought_by_two_windows_at_once(self):
        """The second one began before the first was recorded: its request is played again, and finds it on record."""
        self.imported(self.document)
        model = self.env["charter.advisory"]
        with (
            patch.object(type(model), "search", lambda self, *_args, **_values: self.browse()),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            model._import_csaf(csaf(self.document))

    def test_nothing_is_half_imported(self):
        before = self.env["charter.advisory"].search_count([])
        wrong = json.loads(csaf(self.document))
        wrong["vulnerabilities"][0]["product_status"]["known_affected"] = ["P0", "P9"]
        for name, content, words in (
            (
                "a product nobody knows",
                json.dumps(wrong).encode(),
                "/vulnerabilities/0/product_status/known_affected/1",
            ),
            ("20 MB", b" " * 20_000_000, "larger than 10 MB"),
            ("a picture", b"\x89PNG\r\n", "no JSON"),
            ("another document", b'{"bomFormat": "CycloneDX"}', "neither a CSAF document"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, words):
                self.env["charter.advisory"]._import_csaf(content)
        self.assertEqual(self.env["charter.advisory"].search_count([]), before)

    def test_typed_by_hand(self):
        with self.at(moment=NOW):
            [saved] = self.env["charter.advisory"].with_user(self.technician).web_save(
                {
                    "identifier": "ACME-7", "publisher": "Acme", "name": "Acme", "published_at": "2026-10-01 08:00:00",
                    "cve_ids": [(0, 0, {"cve": "CVE-2026-33333", "vector": VECTOR})],
                    "product_ids": [(0, 0, {"vendor": "Dahua", "model": "NVR4216", "condition": "<= 4.0"})],
                },
                {"affected_count": {}},
            )  # fmt: skip
        advisory = self.env["charter.advisory"].browse(saved["id"])
        self.assertEqual(saved["affected_count"], 1, "found as it is saved")
        self.assertEqual(self.answers(advisory), {self.dahua: ("affected", "version", "open")})
        self.assertEqual(advisory.severity, "critical")
        for values, words in (
            ({"product_ids": [(0, 0, {"vendor": "Dahua", "model": "< 4.0"})]}, "is a version"),
            ({"cve_ids": [(0, 0, {"cve": "CVE-26-1"})]}, "CVE reference"),
            ({"cve_ids": [(0, 0, {"vector": "AV:X"})]}, "CVSS vector"),
            ({"revised_at": "2026-09-01 08:00:00"}, "Revised"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                advisory.write(values)

    def test_files_one_by_one(self):
        files = self.env["ir.attachment"].create(
            [{"name": "a.json", "raw": csaf(self.document)}, {"name": "b.json", "raw": b"{}"}]
        )
        wizard = self.env["charter.advisory.import"].create({"file_ids": [(6, 0, files.ids)]})
        wizard.action_import()
        self.assertEqual(
            [(line.name, line.outcome) for line in wizard.line_ids],
            [("a.json", "created"), ("b.json", "refused")],
        )
        self.assertIn("neither", wizard.line_ids[1].message)
        for version, revised, outcome in (
            ("1", "2026-10-01T08:00:00Z", "unchanged"),
            ("2", "2026-10-02T08:00:00Z", "revised"),
            ("no version", "2026-10-03T08:00:00Z", "refused"),
        ):
            wizard.file_ids = [
                (0, 0, {"name": "c.json", "raw": csaf(self.document, version=version, revised=revised)})
            ]
            wizard.action_import()
            self.assertEqual(wizard.line_ids.outcome, outcome)
        self.assertIn("/document/tracking/version: “no version”", wizard.line_ids.message)

    def test_files_that_are_not_uploaded_are_named_with_the_others(self):
        """An empty file dropped was named in a notification alone, which goes away."""
        files = self.env["ir.attachment"].create(
            [{"name": "a.json", "raw": csaf(self.document)}, {"name": "spaces.json", "raw": b" \n"}]
        )
        for left_out, file_ids in (
            ([["empty.json", 0], ["huge.json", 20 * 1024 * 1024]], files),
            ([["empty.json", 0]], files.browse()),
        ):
            wizard = self.env["charter.advisory.import"].create(
                {"file_ids": [(6, 0, file_ids.ids)], "left_out": left_out}
            )
            wizard.action_import()
            said = {line.name: (line.outcome, line.message or "") for line in wizard.line_ids}
            self.assertEqual(said["empty.json"][0], "refused")
            self.assertIn("empty", said["empty.json"][1])
            self.assertEqual(wizard.any_taken, bool(file_ids))
            if file_ids:
                self.assertEqual(said["a.json"], ("created", ""))
                self.assertIn("10 MB", said["huge.json"][1])
                self.assertIn("empty", said["spaces.json"][1])
        for wrong in ("x", ["x"], [[1, 2]], {"a": 1}):
            with self.subTest(wrong), self.assertRaisesRegex(UserError, "choose at least one"):
                self.env["charter.advisory.import"].create({"left_out": wrong}).action_import()
