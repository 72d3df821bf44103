"""A report as a file: PDFs, printed together in few runs, and a workbook."""

import io
import logging

from odoo import models
from xlsxwriter.utility import xl_rowcol_to_cell

from ...tools import marked_pages
from ...tools.workbook import Book

_logger = logging.getLogger(__name__)
PRINTED = "mileo_client_charter.report_activity"
# Reports in one run: starting wkhtmltopdf costs more than printing a page, and a run of thousands would hold them all.
PRINT_BATCH = 50
LABEL, VALUE, NOTE = 0, 1, 2


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _pdf(self):
        """Return the PDF of one report, in the language of the environment."""
        self.ensure_one()
        [content] = self._print_run([(self, self.env.lang)])
        return content

    def _print(self, wanted):
        """Return PDFs of many reports at once.

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
        """Return as many PDFs as ``pairs``, from one run; one by one where its pages do not show where each begins."""
        content = self._printed(self._print_html(pairs))
        if len(pairs) == 1:
            return [self._finished(content, *pairs[0])]
        try:
            contents = marked_pages.split(content, len(pairs))
            return [self._finished(one, *pair) for one, pair in zip(contents, pairs, strict=True)]
        except marked_pages.Miscounted as error:
            _logger.info("Reports are printed one by one: %s", error)
            return [self._print_run([pair])[0] for pair in pairs]

    def _finished(self, content, report, lang):
        """Return the PDF of one report with its running title, page numbers and language."""
        return self.env["ir.actions.report"]._charter_finished(
            content, *report.with_context(lang=lang)._charter_runs_below()
        )

    # -- from Odoo's own Print menu, and by its address ---------------------------------------------------

    def _charter_runs_below(self, _report=None):
        """Return what runs at the foot of each page, and the language it is in."""
        kind = self.env._("Activity report")
        return f"{kind} · {self._foot(self.table)}", self.env.lang

    def _charter_printed(self, _report):
        """Return the PDF every other way to this report gives: staff read it in the client's language, as the workbook."""
        one = self.with_context(lang=self._charter_print_lang())
        return one._as_delivered() or one._pdf()

    def _charter_print_lang(self):
        return self.env.lang if self.env.user.share else self._client_lang()

    def _charter_print_name(self):
        return self.with_context(lang=self._charter_print_lang())._file_name("pdf").removesuffix(".pdf")

    def _printed(self, html):
        """Return the PDF of a whole page of HTML."""
        reports = self.env["ir.actions.report"].sudo()
        return reports._run_wkhtmltopdf([html], report_ref=PRINTED)

    def _print_html(self, pairs):
        """Return the page printed: reports one after the other, each in its language."""
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

    # -- the report as a workbook ----------------------------------------------------------------------

    def _xlsx(self):
        """Return the workbook of one report as bytes, in the language of the environment: the figures of its PDF.

        First a summary with a chart, then a sheet for each list; what was not measured is said in words, as in the PDF.
        """
        self.ensure_one()
        view, target = self._view(), io.BytesIO()
        book = Book(target, in_memory=True)
        book.book.set_properties(
            {
                "title": view["title"],
                "subject": view["foot"],
                "company": view["company"],
                # Made again, a report that has left is the same file, byte for byte.
                "created": self.sudo().sent_at or self.env["charter.obligation"]._charter_now(),
            }
        )
        self._summary_sheet(book, view)
        self._trend_sheet(book, view)
        for section in view["sections"]:
            for table in section["tables"]:
                wide = table["wide"]() if "wide" in table else table
                title = table.get("sheet") or table["title"] or section["title"]
                book.table(title, wide["head"], wide["rows"])
        if view["recommendations"]:
            self._advice_sheet(book, view["recommendations"])
        head = [self.env._("Figure"), self.env._("How it is counted")]
        book.table(self.env._("Method"), head, view["method"])
        book.close()
        return target.getvalue()

    def _summary_sheet(self, book, view):
        """Write who and when, what is seen first, and of each section the figures and what is missing."""
        sheet = book.sheet(self.env._("Summary"), (44, 20, 70))
        sheet.freeze_panes(1, 0)
        book.cell(sheet, 0, LABEL, f"{view['title']} · {view['client']} · {view['period']}", "title")
        sheet.set_row(0, 28)
        row = 1
        for text in self._identity_lines(view):
            sheet.merge_range(row, LABEL, row, NOTE, "", book.formats["muted"])
            book.cell(sheet, row, LABEL, text, "muted")
            row += 1
        row = self._glance_rows(book, sheet, row + 1, view)
        for section in view["sections"]:
            row = self._section_rows(book, sheet, row + 1, section)
        row = self._people_rows(book, sheet, row + 1, view)
        sheet.fit_to_pages(1, 0)

    def _trend_sheet(self, book, view):
        """Write each figure of the glance over the last periods, with a small chart; what has no data stays empty, and is said."""
        if not view["glance"][0]["trend"]:
            return
        periods = [period for period, _value, _part in view["glance"][0]["trend"]]
        head = [self.env._("Figure"), self.env._("Trend"), *periods, self.env._("No data")]
        last = len(periods) + 1
        rows = [
            [
                tile["label"],
                "",
                *("" if value is None else value for _period, value, _part in tile["trend"]),
                ", ".join(period for period, value, _part in tile["trend"] if value is None),
            ]
            for tile in view["glance"]
        ]
        sheet = book.table(self.env._("Over the last periods"), head, rows)
        for row in range(1, len(rows) + 1):
            values = f"'{sheet.name}'!{xl_rowcol_to_cell(row, 2)}:{xl_rowcol_to_cell(row, last)}"
            sheet.add_sparkline(
                row, 1, {"range": values, "type": "column", "min": 0, "series_color": "#1F4E79"}
            )

    def _identity_lines(self, view):
        lines = [
            " · ".join(filter(None, (view["contract"], view["tier"]))),
            view["days"],
            self.env._(
                "%(reference)s, version %(version)s, figures of %(moment)s",
                reference=view["reference"],
                version=view["version"],
                moment=view["as_of"],
            ),
        ]
        if view["correction"]:
            lines.append(self.env._("Corrected, replaces the version before: %s", view["correction"]))
        if view["unreviewed"]:
            lines.append(self.env._("Sent without the approval of your account manager."))
        if view["empty"]:
            lines.append(self.env._("Nothing happened under this contract in this period."))
        if view["proof"]:
            lines.append(
                self.env._(
                    "Code %(code)s: drop this file at %(address)s to check whether it is the report we issued; the code alone says only that "
                    "a report of ours has it.",
                    code=view["proof"]["code"],
                    address=view["proof"]["address"],
                )
            )
        return lines + (view["introduction"] or "").splitlines()

    def _is_own_workbook(self, content):
        """Return whether ``content`` is, byte for byte, this report's workbook in one of the languages it can be had in."""
        self.ensure_one()
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return any(self.with_context(lang=language)._xlsx() == content for language in languages)

    def _part(self, book, sheet, row, title):
        for column in (LABEL, VALUE, NOTE):
            book.cell(sheet, row, column, title if column == LABEL else "", "part")
        return row + 1

    def _line(self, book, sheet, row, label, value, note=""):
        book.cell(sheet, row, LABEL, label)
        book.cell(sheet, row, VALUE, value)
        # A value whose words say more than the number keeps them beside it.
        words = [str(value) if getattr(value, "noted", False) else "", note]
        book.cell(sheet, row, NOTE, " · ".join(filter(None, words)), "muted")
        return row + 1

    def _glance_rows(self, book, sheet, row, view):
        row = self._part(book, sheet, row, self.env._("At a glance"))
        # What is drawn stands together; a rate that was not measured is not drawn as zero.
        tiles = sorted(view["glance"], key=lambda tile: not self._is_rate(tile["value"]))
        rates = range(row, row + sum(self._is_rate(tile["value"]) for tile in tiles))
        for tile in tiles:
            row = self._line(book, sheet, row, tile["label"], tile["value"], tile["note"])
        marks_from = row + 1
        if view["marks"]:
            row = self._part(book, sheet, row + 1, self.env._("Ratings received"))
            marks_from = row
            for mark, count, _part in view["marks"]:
                row = self._line(book, sheet, row, self.env._("%s out of 5", mark), self._number(count))
        charts = (
            [self._chart(book, sheet, rates[0], rates[-1], self.env._("At a glance"), True)] if rates else []
        )
        if view["marks"]:
            last = marks_from + len(view["marks"]) - 1
            charts.append(self._chart(book, sheet, marks_from, last, self.env._("Ratings received"), False))
        for number, chart in enumerate(charts):
            sheet.insert_chart(1 + 16 * number, NOTE + 2, chart)
        return row

    @staticmethod
    def _is_rate(value):
        return getattr(value, "style", "").startswith("percent")

    def _chart(self, book, sheet, first, last, title, rates):
        """Return the bars of the values of rows ``first`` to ``last`` of the summary."""
        chart = book.book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": title,
                "categories": [sheet.name, first, LABEL, last, LABEL],
                "values": [sheet.name, first, VALUE, last, VALUE],
                "fill": {"color": "#1F4E79"},
                "data_labels": {"value": True},
                "gap": 60,
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 12, "color": "#1F4E79"}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis(
            {
                "min": 0,
                **({"max": 1, "num_format": "0 %"} if rates else {}),
                "major_gridlines": {"visible": False},
            }
        )
        chart.set_size({"width": 520, "height": 290})
        return chart

    def _section_rows(self, book, sheet, row, section):
        row = self._part(book, sheet, row, section["title"])
        for label, value in section["lines"]:
            row = self._line(book, sheet, row, label, value)
        for table in section["tables"]:
            title = table["title"] or section["title"]
            row = self._line(
                book,
                sheet,
                row,
                title,
                self._number(len(table["rows"])),
                self.env._("listed on a sheet of its own"),
            )
        if section["empty"]:
            sheet.merge_range(row, LABEL, row, NOTE, "", book.formats["muted"])
            book.cell(sheet, row, LABEL, section["empty"], "muted")
            row += 1
        return row

    def _people_rows(self, book, sheet, row, view):
        row = self._part(book, sheet, row, self.env._("Who answers you"))
        for contact in view["contacts"]:
            note = " · ".join(filter(None, (contact["for"], *contact["lines"])))
            row = self._line(book, sheet, row, contact["label"], contact["name"], note)
        row = self._part(book, sheet, row + 1, self.env._("What we advise"))
        if not view["recommendations"]:
            nothing = view["no_recommendation"] or self.env._("No recommendation is open.")
            return self._line(book, sheet, row, nothing, "")
        count = self._number(len(view["recommendations"]))
        return self._line(
            book, sheet, row, self.env._("Recommendations"), count, self.env._("listed on a sheet of its own")
        )

    def _advice_sheet(self, book, recommendations):
        head = [
            self.env._("Recommendation"), self.env._("Urgency"), self.env._("Status"), self.env._("Equipment"),
            self.env._("Advice"), self.env._("Expected benefit"), self.env._("Your comment"),
        ]  # fmt: skip
        names = ("name", "urgency", "status", "equipment", "advice", "benefit", "comment")
        rows = [[row[name] or "" for name in names] for row in recommendations]
        book.table(self.env._("Recommendations"), head, rows)

    def _client_lang(self):
        """Return the language the client reads, as far as it is installed."""
        self.ensure_one()
        return self.env["ir.http"].get_nearest_lang(self.partner_id.sudo().lang) or self.env.lang or "en_US"

    def action_xlsx(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/charter/report/{self.id}/xlsx", "target": "download"}
