import ast
from datetime import date, datetime, timedelta

from lxml import etree
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..cases.advisories import NOW, VECTOR, AdvisoryCase, csaf, product

MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N"
LOW = "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
ALL = [product(0, "DS-2CD4A25F", "vers:all/*")]


@tagged("post_install", "-at_install")
class TestVigilance(AdvisoryCase):
    """From an advisory to the client: in time, grouped where nothing burns, and followed until the device is updated."""

    def less_severe(self, identifier, vector=MEDIUM, products=None, cve="CVE-2026-20001", **values):
        advisory = self.imported(products or ALL, identifier=identifier, cves=(cve,), **values)
        with self.at(moment=NOW):
            advisory.cve_ids.vector = vector
            self.env.flush_all()
        return advisory

    def raise_notices(self, moment=NOW):
        with self.at(moment=moment), self.committing():
            self.env["charter.advisory"]._raise_notices()
            self.env.flush_all()
        return self.env["charter.notice"].search([("kind", "=", "vulnerability")])

    # -- told in time, by severity ----------------------------------------------------------------

    def test_days_by_severity(self):
        self.company.write(
            {"charter_vulnerability_critical_days": 2, "charter_vulnerability_days": 6, "charter_vulnerability_other_days": 20}
        )  # fmt: skip
        for severity, days in (("critical", 2), ("high", 6), ("medium", 20), ("low", 20)):
            with self.subTest(severity), self.at(moment=NOW):
                notice = self.env["charter.notice"].create(
                    {
                        "name": "x",
                        "kind": "vulnerability",
                        "severity": severity,
                        "company_id": self.company.id,
                    }
                )
                self.assertEqual(notice.tell_by, date(2026, 10, 5) + timedelta(days=days))
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.company.charter_vulnerability_other_days = 0
            self.env.flush_all()

    def test_a_severe_one_wakes_the_scheduler(self):
        cron = self.env.ref("mileo_client_charter.cron_schedule")
        waking = self.env["ir.cron.trigger"]
        waking.search([("cron_id", "=", cron.id)]).unlink()
        with self.at(moment=NOW):
            other = csaf(ALL, identifier="M-1").replace(VECTOR.encode(), MEDIUM.encode())
            self.env["charter.advisory"]._import_csaf(other)
        self.assertFalse(waking.search([("cron_id", "=", cron.id)]), "it waits for its week")
        self.imported(ALL, identifier="H-1", cves=("CVE-2026-20009",))
        self.assertEqual(waking.search([("cron_id", "=", cron.id)]).mapped("call_at"), [NOW])

    def test_a_severe_one_raises_its_own_draft(self):
        advisory = self.imported(self.document)
        [notice] = self.raise_notices()
        self.assertEqual((notice.advisory_id, notice.state, notice.severity), (advisory, "draft", "critical"))
        self.assertEqual(notice.line_ids.partner_id, self.client | self.other)
        [promise] = self.promise(notice.line_ids[0], "notice.advance")
        self.assertEqual(
            (promise.state, promise.due_at), ("open", datetime(2026, 10, 6, 22)), "five days from 1 October"
        )
        self.assertEqual(self.raise_notices(NOW + timedelta(days=1)), notice, "once")
        with self.at(moment=NOW):
            notice.action_cancel()
        self.assertEqual(
            self.raise_notices(NOW + timedelta(days=2)), notice, "what somebody gave up stays given up"
        )

    # -- grouped by week --------------------------------------------------------------------------

    def test_others_are_grouped_by_week_and_each_client_reads_of_its_own(self):
        first = self.less_severe("M-1")
        second = self.less_severe("L-1", LOW, [product(0, "NVR4216", "<= 4.0", "Dahua")], "CVE-2026-20002")
        severe = self.imported(ALL, identifier="C-1", cves=("CVE-2026-20003",))
        notices = self.raise_notices()
        week = notices.filtered("advisory_ids")
        self.assertEqual((notices - week).advisory_id, severe)
        self.assertEqual((week.advisory_ids, week.severity), (first | second, "medium"))
        self.assertEqual(
            week.with_context(lang="fr_FR").name, "Vulnérabilités de la semaine du 5 octobre 2026"
        )
        self.assertEqual(first.notice_count, 1)
        with self.at(moment=NOW):
            self.assertEqual(
                first.with_user(self.manager).with_company(self.company).action_notice()["res_id"], week.id
            )
            week.with_user(self.manager).action_send()
            self.env.flush_all()
        english, french = self.mails_to(self.alice), self.mails_to(self.olga)
        self.assertEqual((len(english), len(french)), (1, 1), "one a contact for the week")
        self.assertIn("Camera 1 · V5.4.0 build 160414", english.body_html)
        self.assertNotIn("L-1", english.body_html, "none of its devices")
        for words in ("M-1", "L-1", "Camera 9", "Recorder", "Moyenne", "Basse"):
            self.assertIn(words, french.body_html)
        told = (first | second).sudo().concern_ids
        self.assertEqual(set(told.mapped("told_at")), {NOW})
        with self.at(moment=NOW + timedelta(days=1)):
            self.dahua.firmware = "4.1"
            self.env.flush_all()
        rows = week.line_ids.filtered(lambda one: one.partner_id == self.other)._advisory_rows()
        devices = {one["words"]: one["since"] for row in rows for one in row["equipment"]}
        self.assertEqual(devices, {"Camera 9 · 5.3.1": "", "Recorder · 4.1": "updated on 6 October 2026"})
        # The next one of the week waits for the next week.
        self.less_severe("M-2", cve="CVE-2026-20004")
        self.assertEqual(self.raise_notices(NOW + timedelta(days=6)), notices)
        fresh = self.raise_notices(NOW + timedelta(days=7)) - notices
        self.assertEqual(fresh.advisory_ids.mapped("identifier"), ["M-2"])

    def test_it_says_in_which_week_it_goes_and_the_draft_says_what_is_stated(self):
        """Found by a stranger: an advisory of medium severity did not say when it is sent, nor the draft what it says of each."""
        first = self.less_severe("M-1")
        severe = self.imported(ALL, identifier="C-1", cves=("CVE-2026-20003",))

        def said(advisory, moment):
            with self.at(moment=moment):
                self.env.invalidate_all()
                one = advisory.with_user(self.manager).with_company(self.company).with_context(lang="en_US")
                return one.week_on, one.week_notice_id, one.week_due_on

        none = self.env["charter.notice"]
        self.assertEqual(said(first, NOW), ("5 October 2026", none, False), "no week has gone yet: today")
        self.assertEqual(said(severe, NOW), (False, none, False), "it has its own")
        week = self.raise_notices().filtered("advisory_ids")
        self.assertEqual(said(first, NOW), (False, week, week.tell_by))
        second = self.less_severe("M-2", cve="CVE-2026-20004")
        self.assertEqual(said(second, NOW + timedelta(days=1)), ("12 October 2026", none, False))
        for lang, words in (
            ("en_US", ("Medium", "Update to V5.7.3.")),
            ("fr_FR", ("Moyenne", "Update to V5.7.3.")),
        ):
            text = str(week.with_user(self.manager).with_context(lang=lang).week_texts)
            for part in ("M-1", *words, f"/charter-advisory/{first.id}"):
                self.assertIn(part, text)
            self.assertNotIn("M-2", text)
        self.assertFalse(self.raise_notices().filtered("advisory_id")[:1].week_texts)

    def test_a_revision_of_one_of_a_week_is_told_to_whom_it_changes(self):
        first = self.less_severe("M-1", products=[product(0, "DS-2CD4A25F", "< 5.4")])
        self.less_severe("L-1", LOW, [product(0, "NVR4216", "<= 4.0", "Dahua")], "CVE-2026-20002")
        week = self.raise_notices()
        with self.at(moment=NOW):
            week.with_user(self.manager).action_send()
        self.assertEqual(week.line_ids.partner_id, self.other, "5.3.1 alone")
        self.imported(
            ALL,
            identifier="M-1",
            cves=("CVE-2026-20001",),
            version="2",
            revised="2026-10-06T08:00:00Z",
            moment=NOW + timedelta(days=2),
        )
        lines = {line.partner_id: line.told_times for line in week.line_ids}
        self.assertEqual(lines[self.client], 1, "new")
        self.assertEqual(
            (first.severity, week.severity), ("critical", "critical"), "as severe as the worst of them is now"
        )
        for lang in ("en_US", "fr_FR"):
            self.assertNotRegex(week.with_context(lang=lang).body, "of high or critical|élevée ou critique")
        said = {line.partner_id: line._revisions_said() for line in week.line_ids}
        self.assertIn("M-1", said[self.other])
        self.assertFalse(said[self.client], "its first notice is as any other")

    def test_what_may_not_be_shared_is_in_no_group(self):
        amber = self.less_severe("A-1", tlp="AMBER")
        [notice] = self.raise_notices()
        self.assertEqual((notice.advisory_id, notice.advisory_ids), (amber, self.env["charter.advisory"]))
        with self.at(moment=NOW), self.assertRaisesRegex(UserError, "TLP:AMBER"):
            notice.with_user(self.manager).advice = "Ask us."
            notice.with_user(self.manager).action_send()

    # -- mended -----------------------------------------------------------------------------------

    def test_an_intervention_closed_with_a_firmware_answers_the_concern(self):
        advisory = self.imported(self.document)
        self.sent(advisory)
        with self.at(moment=NOW + timedelta(days=2)):
            work = self.env["charter.intervention"].with_user(self.technician).create(
                {"name": "Update", "partner_id": self.client.id, "kind": "preventive", "equipment_ids": [(6, 0, self.cam.ids)]}
            )  # fmt: skip
        with self.at(moment=NOW + timedelta(days=3)):
            self.env["charter.intervention.wizard"].with_user(self.technician).create(
                {
                    "operation": "close",
                    "intervention_id": work.id,
                    "firmware": " V5.7.3  build 220112 ",
                    "work_done": "<p>Updated.</p>",
                }
            ).action_confirm()
        self.assertEqual((work.state, work.firmware), ("closed", "V5.7.3 build 220112"))
        self.assertEqual(
            (self.cam.firmware, self.cam.firmware_source, self.cam.firmware_on),
            ("V5.7.3 build 220112", "intervention", date(2026, 10, 8)),
        )
        [row] = advisory.sudo().concern_ids.filtered(lambda one: one.equipment_id == self.cam)
        self.assertEqual((row.state, row.days_to_update), ("updated", 3))

    def test_what_has_not_happened_is_in_no_average(self):
        advisory = self.imported(self.document)
        self.sent(advisory, NOW + timedelta(hours=12))
        with self.at(moment=NOW + timedelta(days=3)):
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
        [(hours, days)] = self.env["charter.advisory.concern"]._read_group(
            [("advisory_id", "=", advisory.id)], [], ["hours_to_tell:avg", "days_to_update:avg"]
        )
        told = advisory.sudo().concern_ids.filtered("told_at")
        self.assertEqual((len(advisory.sudo().concern_ids), len(told)), (4, 2))
        self.assertAlmostEqual(hours, sum(told.mapped("hours_to_tell")) / 2)
        self.assertAlmostEqual(
            hours, 12, 2, "from the moment they were found, not from the morning of that day"
        )
        self.assertEqual(days, 3, "of the one that was updated")

    def test_the_scorecard_says_of_how_many_each_average_is(self):
        advisory = self.imported(self.document)
        self.sent(advisory, NOW + timedelta(hours=12))
        with self.at(moment=NOW + timedelta(days=3)):
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
        action = self.env.ref("mileo_client_charter.action_charter_advisory_analysis")
        arch = etree.fromstring(self.env["charter.advisory.concern"].get_view(view_type="pivot")["arch"])
        measures = [node.get("name") for node in arch.iter("field") if node.get("type") == "measure"]
        rows = self.env["charter.advisory.concern"].formatted_read_group(
            [*ast.literal_eval(action.domain), ("advisory_id", "=", advisory.id)],
            ["severity"],
            [f"{name}:{self.env['charter.advisory.concern']._fields[name].aggregator}" for name in measures],
        )
        [row] = rows
        self.assertEqual(
            (row["told_count:sum"], row["updated_count:sum"], row["days_to_update:avg"]), (2, 1, 3)
        )
        self.assertEqual(set(measures), {"told_count", "hours_to_tell", "updated_count", "days_to_update"})

    def test_a_monitoring_that_sends_the_firmware_answers_the_concern(self):
        advisory = self.imported(self.document)
        self.sent(advisory)
        self.cam.serial = "CAM-1"
        later = NOW + timedelta(days=2)
        with self.at(moment=later):
            [result] = self.env["charter.outage"]._ingest(
                {"event_id": "1", "serial": "cam-1", "status": "up", "end": "2026-10-07T07:00:00Z", "firmware": "V5.7.3 build 220112"}
            )  # fmt: skip
            self.env.flush_all()
        self.assertEqual(result["status"], "created")
        [row] = advisory.sudo().concern_ids.filtered(lambda one: one.equipment_id == self.cam)
        self.assertEqual((row.state, row.updated_on), ("updated", later.date()))

    def test_a_firmware_of_no_or_of_several_models_is_refused(self):
        for equipment, words in (
            (self.env["charter.equipment"], "choose the equipment"),
            (self.cam | self.unread, "several models"),
        ):
            with self.subTest(words), self.at(moment=NOW):
                work = self.env["charter.intervention"].create(
                    {"name": "Update", "partner_id": self.client.id, "equipment_ids": [(6, 0, equipment.ids)]}
                )
                with self.assertRaisesRegex(ValidationError, f"Firmware installed.*{words}"):
                    work.action_close(firmware="1.0")
                self.assertEqual(work.state, "open")

    # -- report and dossier -----------------------------------------------------------------------

    def test_the_report_lists_what_is_still_to_update_and_what_ends(self):
        self.sent(self.imported(self.document))
        kind = self.env.ref("mileo_client_charter.authorisation_video")
        with self.at(moment=NOW):
            for until in ("2026-10-20", "2027-06-01", "2031-06-01"):
                self.env["charter.authorisation"].create(
                    {"kind_id": kind.id, "partner_id": self.client.id, "number": until, "valid_until": until}
                )
        contract, figures = self.contracts[self.client], self.env["charter.figures"]
        span = {contract: (date(2026, 10, 1), date(2026, 10, 31), self.client.id)}
        rows = figures._details_of(span)[contract.id]["vigilance"]
        self.assertEqual(
            [(row["what"], row["number"]) for row in rows],
            [("device", "1"), ("authorisation", "2026-10-20"), ("authorisation", "2027-06-01")],
        )
        report = self.env["charter.report"].new(
            {"contract_id": contract.id, "company_id": self.company.id, "first_day": "2026-10-01", "last_day": "2026-10-31"}
        )  # fmt: skip
        for lang, words in (
            ("en_US", ["Vigilance", "Devices to update", "5 October 2026", "Critical", "No longer valid", "To renew", "1 June 2027"]),
            ("fr_FR", ["Vigilance", "Équipements à mettre à jour", "5 octobre 2026", "Critique", "N’est plus valable", "À renouveler", "1er juin 2027"]),
        ):  # fmt: skip
            said = str(
                report.with_context(lang=lang, charter_report_tz="Europe/Paris")._vigilance_section(rows)
            )
            for word in words:
                with self.subTest(lang, word=word):
                    self.assertIn(word, said)
        with self.at(moment=datetime(2026, 11, 3, 8)):
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
            self.assertEqual(
                figures._details_of(span)[contract.id]["vigilance"][0]["what"], "device", "in October it was"
            )
            november = {contract: (date(2026, 11, 1), date(2026, 11, 30), self.client.id)}
            after = figures._details_of(november)[contract.id]["vigilance"]
        self.assertNotIn("device", [row["what"] for row in after])

    def test_the_dossier_lists_the_same(self):
        self.sent(self.imported(self.document))
        contract = self.contracts[self.client]
        with self.at(moment=NOW + timedelta(days=1)):
            review = self.env["charter.review"].new(
                {"contract_id": contract.id, "partner_id": self.client.id, "company_id": self.company.id}
            )
            years = review._freeze_figures()
            review.dossier_figures = years
        [row] = years["vigilance"]
        self.assertEqual((row["what"], row["number"]), ("device", "1"))
        self.assertEqual(
            review.with_context(lang="en_US")._dossier_vigilance(),
            [("Hikvision Cameras", "1 device to update, since 5 October 2026")],
        )
        with self.at(moment=NOW + timedelta(days=1)):
            self.cam.firmware = "V5.7.3 build 220112"
            self.env.flush_all()
            self.assertFalse(
                review._freeze_figures()["vigilance"], "what was updated this morning is not left to be done"
            )

    # -- regulation -------------------------------------------------------------------------------

    def test_a_regulation_of_a_kind_of_site(self):
        """A text about one kind of place in one département reaches a site with or without equipment, and no other."""
        france, public = self.env.ref("base.fr"), self.env.ref("mileo_client_charter.site_kind_public")
        shop, depot = self.env["res.partner"].create(
            [
                {"name": "Shop", "type": "other", "parent_id": self.client.id, "zip": "69003", "country_id": france.id, "charter_site_kind_id": public.id},
                {"name": "Depot", "type": "other", "parent_id": self.other.id, "zip": "69003", "country_id": france.id},
            ]
        )  # fmt: skip
        self.far.site_id = depot
        with self.at(moment=NOW):
            notice = self.env["charter.notice"].create(
                {"name": "Order", "kind": "regulation", "regulation": "prefectoral", "effect_on": "2027-06-01", "departments": "69",
                 "site_kind_ids": [(6, 0, public.ids)], "company_id": self.company.id}
            )  # fmt: skip
            self.assertEqual(notice._match(), {self.client.id: ()}, "without equipment")
            self.cam.site_id = shop
            self.env.flush_all()
            self.assertEqual(notice._match(), {self.client.id: [self.cam.id]})
            notice.departments = "38"
            self.assertEqual(notice._match(), {})
            notice.departments = False
            self.assertEqual(list(notice._match()), [self.client.id], "by the kind alone")
