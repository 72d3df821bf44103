"""Who may print a document of the charter, by whichever address or call, and that printing loads nothing from a server."""

import io

from odoo import models
from odoo.exceptions import AccessError, MissingError
from odoo.models import BaseModel

from ...tools import running_pages
from ...tools.offline_page import offline
from .charter_addons import ADDON, builds_on_charter, is_charter_model

OURS = f"{ADDON}."
# No scripts, and a proxy where nobody listens: what the page should still name by its address leads nowhere.
CLOSED = ["--disable-javascript", "--proxy", "http://127.0.0.1:9"]


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # -- who may print ----------------------------------------------------------------------------

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        # A PDF that is kept as an attachment is served without being rendered.
        report = self._get_report(report_ref)
        self._charter_check_print(report, res_ids)
        docs = self.env.get(report.model)
        if not res_ids or not hasattr(docs, "_charter_runs_below"):
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        streams = {}
        for doc in docs.browse(dict.fromkeys(res_ids)):
            running = doc._charter_runs_below(report)
            # The document as it was delivered or signed, where there is one.
            printed = getattr(doc, "_charter_printed", None)
            content = running and printed and printed(report)
            if content:
                streams[doc.id] = {"stream": io.BytesIO(content), "attachment": None}
                continue
            found = super()._render_qweb_pdf_prepare_streams(report_ref, dict(data or {}), res_ids=doc.ids)
            stream = found[doc.id]
            if running and not stream["attachment"]:
                stream["stream"] = io.BytesIO(self._charter_finished(stream["stream"].getvalue(), *running))
            streams.update(found)
        return streams

    def _charter_finished(self, content, title, lang):
        """Return the PDF ``content`` with its running title, the number of each page, its title and its language, whatever printed it.

        :param lang: code of the language of its words
        """
        env = self.with_context(lang=lang).env

        def numbered(number, total):
            return env._("page %(number)s of %(total)s", number=number, total=total)

        return running_pages.finish(content, title, (lang or "en_US").replace("_", "-"), numbered)

    def _get_rendering_context(self, report, docids, data):
        self._charter_check_print(report, docids)
        values = super()._get_rendering_context(report, docids, data)
        docs = values.get("docs")
        if isinstance(docs, BaseModel):
            # A report with a model of its own chooses what it prints, from what the address says.
            self._charter_check_print(report, docs.ids, docs._name)
        return values

    def _charter_check_print(self, report, docids, model=None):
        """Let nobody print a document of the charter without the right to read it; the engine may.

        Odoo checks nothing when it renders: whatever a template reads as the engine was anybody's by its address.

        :param report: of ``ir.actions.report``; those of other applications are left to them
        :raise AccessError: the user may not print this report, or not read one of the documents
        """
        if self.env.su or not report._charter_is_ours():
            return
        if report.group_ids and not report.group_ids & self.env.user.all_group_ids:
            raise AccessError(
                self.env._(
                    "“%(report)s” is printed by: %(groups)s. Ask one of them, or an administrator for that role.",
                    report=report.with_env(self.env).sudo().name,
                    groups=", ".join(report.group_ids.mapped("name")),
                )
            )
        docs = self.env[model or report.model].browse(docids or ())
        if docs != docs.exists():
            raise MissingError(self.env._("There is no such document to print; it may have been deleted."))
        docs.check_access("read")
        if hasattr(docs, "_charter_check_print"):
            docs._charter_check_print(report)

    def _charter_is_ours(self):
        """Return whether this report prints documents of the charter, its own or those of an addon built on it."""
        model = self.env.get(self.model)
        template = (self.report_name or "").partition(".")[0]
        return is_charter_model(model) or hasattr(model, "_charter_engine") or builds_on_charter(template)

    # -- how it is printed ------------------------------------------------------------------------

    def _get_layout(self):
        """Return the charter's documents carry their own style: printing them fetches nothing from the server."""
        if (self.report_name or "").startswith(OURS):
            return self.env.ref("mileo_client_charter.print_layout")
        return super()._get_layout()

    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, *args, **kwargs):
        """Print the charter's documents from pages that fetch nothing, whatever their authors wrote into them."""
        report = self._get_report(report_ref) if report_ref else self
        reports = self
        if report[:1]._charter_is_ours():
            reports = self.with_context(charter_offline=True)
            bodies = [offline(str(body)) for body in bodies]
            header, footer = (part and offline(str(part)) for part in (header, footer))
        return super(IrActionsReport, reports)._run_wkhtmltopdf(
            bodies, report_ref, header, footer, *args, **kwargs
        )

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Do without the second Odoo waits for the scripts of each page: the charter's documents have none."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("charter_offline"):
            if "--javascript-delay" in arguments:
                arguments[arguments.index("--javascript-delay") + 1] = "0"
            arguments += CLOSED
        return arguments
