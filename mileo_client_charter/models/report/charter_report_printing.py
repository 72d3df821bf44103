"""Printing: any number of reports in few runs of wkhtmltopdf, each in the language of its reader."""

import logging

from odoo import models

from ...tools import marked_pages
from .charter_report_delivery import PRINTED

_logger = logging.getLogger(__name__)
# Reports in one run: starting wkhtmltopdf costs more than printing a page, and a run of thousands would hold them all.
PRINT_BATCH = 50


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _pdf(self):
        """The PDF of one report, in the language of the environment."""
        self.ensure_one()
        [content] = self._print_run([(self, self.env.lang)])
        return content

    def _print(self, wanted):
        """PDFs of many reports at once.

        :param wanted: {(report, language code)}, any iterable of pairs
        :return: {(report id, language code): bytes}
        """
        pairs = list(dict.fromkeys(wanted))
        printed = {}
        for start in range(0, len(pairs), PRINT_BATCH):
            batch = pairs[start : start + PRINT_BATCH]
            contents = self._print_run(batch)
            printed.update(
                ((report.id, lang), content) for (report, lang), content in zip(batch, contents, strict=True)
            )
        return printed

    def _print_run(self, pairs):
        """As many PDFs as ``pairs``, from one run; one by one where its pages do not show where each begins."""
        content = self._printed(self._print_html(pairs))
        if len(pairs) == 1:
            return [content]
        try:
            return marked_pages.split(content, len(pairs))
        except marked_pages.Miscounted as error:
            _logger.info("Reports are printed one by one: %s", error)
            return [self._print_run([pair])[0] for pair in pairs]

    def _printed(self, html):
        """The PDF of a whole page of HTML."""
        reports = self.env["ir.actions.report"].sudo()
        return reports._run_wkhtmltopdf([html], report_ref=PRINTED)

    def _print_html(self, pairs):
        """The page printed: reports one after the other, each in its language."""
        qweb = self.env["ir.qweb"]
        parts = []
        for report, lang in pairs:
            localized = report.with_context(lang=lang)
            values = {
                "report": localized,
                "view": localized._view(),
                "mark": marked_pages.COLOUR if len(pairs) > 1 else None,
            }
            parts.append(
                qweb.with_context(lang=lang)._render(
                    "mileo_client_charter.activity_page", values, minimal_qcontext=True
                )
            )
        return qweb._render("mileo_client_charter.activity_print", {"parts": parts}, minimal_qcontext=True)
