"""Nobody prints what they may not read: every report of the project, every kind of user, every format and state."""

import json

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.base.charter_addons import charter_addons
from ..cases.reading import ReadingCase

FORMATS = ("html", "pdf", "text")
TYPES = {"pdf": "qweb-pdf", "text": "qweb-text"}


@tagged("post_install", "-at_install")
class TestReadingReports(ReadingCase, HttpCase):
    # What a report shows besides the document it is asked for, as its reader has to be able to read it.
    def _sees_who_answers(self, role, client):
        assignments = self.as_user(role, self.env["charter.assignment"])
        return assignments.has_access("read") and bool(assignments.search([("partner_id", "=", client.id)]))

    def _sees_figures(self, role, review):
        review = self.as_user(role, review)
        return review._has_field_access(review._fields["dossier_figures"], "read")

    SHOWS = {
        "mileo_client_charter.report_contact_sheet": _sees_who_answers,
        "mileo_client_charter.report_review_dossier": _sees_figures,
    }

    def reports(self):
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.actions.report"), ("module", "in", list(charter_addons(self.env.registry)))]
        )
        return self.env["ir.actions.report"].browse(data.mapped("res_id"))

    def documents_of(self, report):
        """{label: a document the report prints}, one of each state at least."""
        documents = self.documents.get(report.model)
        remedy = "Have ReadingCase (tests/cases/reading.py) make one of each state."
        self.assertTrue(documents, f"No {report.model} to print {report.report_name} of. {remedy}")
        states = {document.state for document in documents.values()} if self.states(report.model) else set()
        missing = set(self.states(report.model)) - states
        self.assertFalse(missing, f"No {report.model} is in the states {missing}. {remedy}")
        return documents

    def matrix(self):
        """(role, report, {label: (document, whether the role may print it)})"""
        reports = [(report, self.documents_of(report)) for report in self.reports()]
        return [
            (
                role,
                report,
                {label: (one, self.may_print(role, report, one)) for label, one in documents.items()},
            )
            for role in self.users
            for report, documents in reports
        ]

    def may_print(self, role, report, document):
        """What the rules of reading say; nothing is listed here by hand."""
        shows = self.SHOWS.get(report.report_name)
        return (
            role != "public"
            and self.as_user(role, document).has_access("read")
            and (not report.group_ids or bool(report.group_ids & self.users[role].all_group_ids))
            and (not shows or shows(self, role, document))
        )

    def status(self, path, **values):
        return self.url_open(path, allow_redirects=False, **values).status_code

    def test_who_prints_what(self):
        """The methods that pages, mails and other addons render by; the engine is refused nothing."""
        counts = {True: 0, False: 0}
        for role, report, documents in self.matrix():
            reports = self.as_user(role, self.env["ir.actions.report"])
            for label, (document, may) in documents.items():
                for form in FORMATS:
                    counts[may] += 1
                    with self.subTest(role=role, report=report.report_name, document=label, form=form):
                        self._check_rendering(reports, form, report.report_name, document, may)
        self.assertTrue(all(counts.values()), counts)
        for report in self.reports():
            for document in self.documents_of(report).values():
                engine = self.as_user("public", self.env["ir.actions.report"]).sudo()
                self.assertTrue(engine._render_qweb_html(report.report_name, document.ids)[0])

    def _check_rendering(self, reports, form, name, document, may):
        if may:
            self.assertTrue(getattr(reports, f"_render_qweb_{form}")(name, document.ids)[0])
            return
        for one in (reports, reports.with_context(force_report_rendering=True)):
            with self.assertRaises(AccessError):
                getattr(one, f"_render_qweb_{form}")(name, document.ids)

    def test_by_its_address(self):
        """Each format of one document the role may print and of one it may not."""
        for role, report, documents in self.matrix():
            self.enter_as(role)
            for wanted in (True, False):
                found = next((one for one, may in documents.values() if may == wanted), None)
                for form in FORMATS if found else ():
                    path = f"/report/{form}/{report.report_name}/{found.id}"
                    with self.subTest(role=role, path=path), mute_logger("odoo.http"):
                        status = self.status(path)
                        refused = (303,) if role == "public" else (403, 404)
                        self.assertIn(status, (200,) if wanted else refused)

    def test_by_every_other_door(self):
        """A list with somebody else's, the web client's download, a report by its XML id, options and context."""
        company = json.dumps({"allowed_company_ids": self.company.ids})
        for role, report, documents in self.matrix():
            if role in ("alice", "bob", "employee", "monitoring", "other", "operations"):
                self.enter_as(role)
                may = all(allowed for _document, allowed in documents.values())
                name, [xmlid] = report.report_name, report.get_external_id().values()
                listed = ",".join(str(document.id) for document, _may in documents.values())
                for path in (
                    f"/report/html/{name}/{listed}",
                    f"/report/html/{xmlid}/{listed}",
                    f"/report/html/{name}?docids={listed}",
                    f"/report/html/{name}/{listed}?context={company}",
                    f"/report/html/{name}/{listed}?options={json.dumps({'docs': 'x', 'doc_ids': [1]})}",
                ):
                    with self.subTest(role=role, path=path), mute_logger("odoo.http"):
                        self.assertEqual(self.status(path) == 200, may)
                for form, kind in TYPES.items():
                    with (
                        self.subTest(role=role, report=name, download=form),
                        mute_logger("odoo.http", "odoo.addons.web.controllers.report"),
                    ):
                        data = json.dumps([f"/report/{form}/{name}/{listed}", kind])
                        self.assertEqual(
                            self.status(
                                "/report/download",
                                data={"data": data, "csrf_token": Request.csrf_token(self)},
                            ),
                            200 if may else 403,
                        )

    def test_a_report_of_next_year(self):
        """A report that somebody adds is protected without doing anything, whatever module its template is of."""
        self.env["ir.ui.view"].create(
            {
                "name": "visits",
                "type": "qweb",
                "key": "other_addon.visits",
                "arch": '<t t-name="other_addon.visits"><p t-foreach="docs.sudo()" t-as="one" t-out="one.name"/></t>',
            }
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Visits",
                "model": "charter.intervention",
                "report_type": "qweb-html",
                "report_name": "other_addon.visits",
            }
        )
        intervention = self.rows["charter.intervention", "a"]
        for role in ("alice", "manager"):
            content, _kind = self.as_user(role, report)._render_qweb_html(
                "other_addon.visits", intervention.ids
            )
            self.assertIn(b"Camera", content)
        for role in ("bob", "employee", "monitoring", "other", "public"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, report)._render_qweb_html("other_addon.visits", intervention.ids)

    def test_the_words_of_a_report_are_its_readers(self):
        """Whoever renders them: what is frozen is read with the rights of the reader."""
        report = self.documents["charter.report"]["a sent"]
        self.assertTrue(self.as_user("alice", report)._view())
        for role in ("bob", "employee", "monitoring", "other"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, report)._view()
