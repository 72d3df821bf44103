from datetime import date, timedelta

from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..cases.advisories import NOW, AdvisoryCase, csaf

REVISED = (
    "<p><strong><span>The publisher revised its advisory; what is below is as it stands now.</span> <span>Revision:</span> 2, "
    "<span>1 October 2026</span></strong></p>",
    "<p><strong><span>L’éditeur a révisé son avis ; ce qui suit en est l’état actuel.</span> <span>Révision :</span> 2, "
    "<span>1 octobre 2026</span></strong></p>",
)
WEEK = (
    "<p>About equipment of yours. None of it is of high or critical severity; each is stated with your devices and what is to be done.</p>",
    "<p>Vos équipements. Rien n’y est de gravité élevée ou critique ; chaque avis est indiqué avec vos équipements et ce qu’il y a à "
    "faire.</p>",
)


@tagged("post_install", "-at_install")
class TestVigilanceToday(AdvisoryCase):
    """What waits for somebody who looks, on *Today*; and what earlier versions left in notices."""

    def block(self, user, page, moment):
        with self.at(moment=moment):
            cockpit = self.env["charter.cockpit"].with_user(user).with_company(self.company)
            blocks = cockpit.with_context(lang="en_US", allowed_company_ids=self.company.ids).charter_page(
                page
            )["blocks"]
        [block] = [one for one in blocks if one["key"] == "look"]
        return block

    def test_devices_to_look_at(self):
        self.env["charter.advisory.concern"].sudo().search([]).unlink()
        for user, page in ((self.technician, "manager"), (self.operations, "operations")):
            block = self.block(user, page, NOW)
            self.assertEqual((block["count"], block["groups"]), (0, []))
        advisory = self.imported(self.document)
        due = date(2026, 10, 5) + timedelta(days=self.company.charter_vulnerability_days)
        block = self.block(self.technician, "manager", NOW)
        [[row]] = [group["rows"] for group in block["groups"]]
        self.assertEqual(
            (row["title"], row["lines"], row["badge"], row["when"]),
            (advisory.display_name, ["1 device to look at"], "", f"{due:%-d %b}"),
        )
        rows = self.env["charter.advisory.concern"].search(row["action"]["domain"])
        self.assertEqual(rows.equipment_id, self.unread, "the list is what was counted")
        self.assertFalse(self.block(self.manager, "manager", NOW)["count"], "another's")
        self.assertFalse(self.block(self.operations, "operations", NOW)["count"], "there is time")
        late = NOW + timedelta(days=30)
        self.assertEqual(
            self.block(self.operations, "operations", late)["groups"][0]["rows"][0]["badge"], "Past its day"
        )
        rows.with_user(self.technician)._decide("not_affected", "Its label shows V5.8")
        self.assertFalse(self.block(self.technician, "manager", late)["count"])

    def test_overdue_counts_commitments_and_nothing_else_is_called_so(self):
        """“0 late” stood beside a device that was called overdue: what is called overdue is counted, and its list is those rows."""
        self.env["charter.advisory.concern"].sudo().search([]).unlink()
        self.imported(self.document)
        for user, page, key in (
            (self.technician, "manager", "due_late"),
            (self.operations, "operations", "late"),
        ):
            with self.subTest(page), self.at(moment=NOW + timedelta(days=30)):
                self.env.flush_all()
                cockpit = self.env["charter.cockpit"].with_user(user).with_company(self.company)
                said = cockpit.with_context(lang="en_US", allowed_company_ids=self.company.ids).charter_page(
                    page
                )
                figures = {one["key"]: one for one in said["figures"]}
                rows = [
                    row
                    for block in said["blocks"]
                    for group in block["groups"]
                    for row in group["rows"]
                    if "overdue" in row["badge"].lower() and not row["key"].startswith("charter.obligation-")
                ]
                self.assertEqual((figures[key]["label"], rows), ("Overdue", []))
                self.assertEqual(
                    (figures["look"]["value"], figures["look"]["note"], figures["look"]["tone"]),
                    ("1", "1 past their day", "danger"),
                )
                found = self.env["charter.advisory.concern"].search(figures["look"]["action"]["domain"])
                self.assertEqual(found.equipment_id, self.unread)

    def test_the_figure_means_the_same_on_every_page(self):
        """Found by a stranger: 16 of one's own, all; 10 of everybody, only those past their day; 31 in the list."""
        self.env["charter.advisory.concern"].sudo().search([]).unlink()
        self.imported(self.document)
        for moment, past in ((NOW, ""), (NOW + timedelta(days=30), "1 past their day")):
            for user, page, label in (
                (self.technician, "manager", "Devices for me to look at"),
                (self.operations, "operations", "Devices to look at"),
            ):
                with self.subTest(page, past=past), self.at(moment=moment):
                    self.env.flush_all()
                    cockpit = self.env["charter.cockpit"].with_user(user).with_company(self.company)
                    said = cockpit.with_context(
                        lang="en_US", allowed_company_ids=self.company.ids
                    ).charter_page(page)
                    [figure] = [one for one in said["figures"] if one["key"] == "look"]
                    self.assertEqual((figure["label"], figure["value"], figure["note"]), (label, "1", past))
                    rows = self.env["charter.advisory.concern"].search(figure["action"]["domain"])
                    self.assertEqual(rows.equipment_id, self.unread, "the list is what was counted")

    def test_a_row_of_a_notice_says_which_and_opens_it(self):
        notice = self.draft_of(self.imported(self.document))
        promise = notice.line_ids[:1]._charter_owed("notice.advance")
        promise._charter_engine().user_id = self.technician
        kind = self.env.ref("mileo_client_charter.authorisation_video")
        with self.at(moment=NOW):
            allowed = self.env["charter.authorisation"].create(
                {"kind_id": kind.id, "partner_id": self.client.id, "valid_until": "2026-12-01"}
            )
        allowed._charter_owed("notice.advance")._charter_engine().user_id = self.technician
        with self.at(moment=NOW):
            self.env.flush_all()
            page = (
                self.env["charter.cockpit"]
                .with_user(self.technician)
                .with_context(lang="en_US")
                .charter_page("manager")
            )
        rows = {
            (row["action"]["res_model"], row["action"]["res_id"]): row["lines"][0]
            for block in page["blocks"]
            if block["key"] == "due"
            for group in block["groups"]
            for row in group["rows"]
        }
        for document in (notice, allowed):
            self.assertEqual(
                rows.get((document._name, document.id)), document.with_context(lang="en_US").display_name
            )

    def draft_of(self, advisory):
        with self.at(moment=NOW):
            action = advisory.with_user(self.manager).with_company(self.company).action_notice()
            self.env.flush_all()
        return self.env["charter.notice"].browse(action["res_id"])

    def test_notices_of_earlier_versions(self):
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        with self.at(moment=NOW + timedelta(days=1)):
            self.env["charter.advisory"]._import_csaf(
                csaf(self.document, version="2", revised="2026-10-06T08:00:00Z", cves=("CVE-2026-22222",))
            )
            self.env.flush_all()
        line = notice.line_ids.filtered(lambda one: one.partner_id == self.client)
        said = line.revision_ids
        self.assertTrue(said)
        line._charter_engine().revision_ids = [(5,)]
        for lang, revised, week in zip(("en_US", "fr_FR"), REVISED, WEEK, strict=True):
            notice.with_context(lang=lang)._charter_engine().body = f"{revised}{week}<p>Rest</p>"
        with self.at(moment=NOW):
            draft = self.env["charter.notice"]._charter_engine().create(
                {
                    "name": "x", "effect_on": "2027-03-01", "company_id": self.company.id, "milestone_key": "end_of_security||hikvision|c-1",
                    "advice": "Ours.",
                }
            )  # fmt: skip
            self.env.flush_all()
            path = file_path("mileo_client_charter/migrations/19.0.1.5.0/post-vigilance.py")
            for _time in range(2):
                load_script(path, "charter_post_vigilance").migrate(self.env.cr, "19.0.1.4.0")
                self.env.flush_all()
                self.env.invalidate_all()
        for lang in ("en_US", "fr_FR"):
            body = notice.with_context(lang=lang).body
            self.assertNotRegex(body, "publisher revised|a révisé|high or critical|élevée ou critique")
            self.assertIn("Rest", body)
            self.assertRegex(draft.with_context(lang=lang).body, "security updates|mises à jour de sécurité")
        self.assertEqual((line.revision_ids, draft.advice), (said, "Ours."))
