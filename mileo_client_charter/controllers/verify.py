"""A report held against what was recorded when it left: by its code or its file, without a login."""

import hashlib
import io
import itertools
import re

from odoo import http
from odoo.http import request
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ..models.base.door import new_form_key
from ..tools import workbook_rows
from .common import MOMENT, in_words, use_language

MEGABYTES = 10
OPTIONS = {"type": "http", "auth": "public", "website": True, "multilang": False, "sitemap": False}
# The code stands on one of the last pages.
LAST_PAGES = 3
# It stands above the first figures of a workbook.
FIRST_ROWS = 40
# Where a PDF says that it ends (ISO 32000-1, 7.5.5), and what some programs add behind it.
END = 1024
CODE = re.compile(r"\b[0-9a-f]{4}(?:-[0-9a-f]{4}){5}\b")


class Verify(http.Controller):
    """Says issued when, by whom, unchanged or not; nothing of what is in the report, and nothing is stored."""

    @http.route("/charter/verify", methods=["GET"], **OPTIONS)
    def ask(self, lang=None, **_query):
        return self._page(use_language(lang))

    @http.route("/charter/verify", methods=["POST"], charter_files=("file",), **OPTIONS)
    def verify(self, code=None, file=None, lang=None, **_form):
        language = use_language(lang)
        report, how, error = self._find(code, file)
        return self._page(
            language, asked=True, found=report and self._answer(report, how), error=error, code=code or ""
        )

    def _page(self, language, **values):
        blank = {"asked": False, "found": None, "error": None, "code": ""}
        response = request.render(
            "mileo_client_charter.public_verify",
            {
                **blank,
                **values,
                "company": request.env.company.sudo(),
                "language": language,
                "megabytes": MEGABYTES,
                "form_key": new_form_key(),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def _find(self, code, file):
        """Return (report or None, how it was found: "typed", "same" or "code", why not in words)."""
        reports = request.env["charter.report"].sudo()
        if hasattr(file, "read") and file.filename:
            return self._find_file(reports, file)
        if not (code or "").strip():
            return None, None, request.env._("Give the code printed on the report, or its file.")
        report = reports._by_verification_code(code)
        if report:
            return report, "typed", None
        return (
            None,
            None,
            request.env._(
                "Code: no report of ours has this one. It has 24 signs, digits and letters from a to f, in six groups."
            ),
        )

    def _find_file(self, reports, file):
        content = file.read(MEGABYTES * 2**20 + 1)
        if len(content) > MEGABYTES * 2**20:
            return (
                None,
                None,
                request.env._(
                    "File: it has more than %s MB. Type the code printed on it instead.", MEGABYTES
                ),
            )
        report = self._sent_as(content)
        if report:
            return report, "same", None
        report = reports._by_verification_code(self._code_in(content))
        if report:
            # A workbook is made when it is asked for: what is kept of it is the table it is made of.
            return report, "same" if report._is_own_workbook(content) else "code", None
        return (
            None,
            None,
            request.env._(
                "File: it is none that we sent, and no code of a report of ours was found in it. "
                "If the code is legible, type it instead."
            ),
        )

    def _sent_as(self, content):
        """Return the report whose mail carried exactly this file."""
        attachments = (
            request.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("checksum", "=", hashlib.sha1(content, usedforsecurity=False).hexdigest()),
                    ("res_model", "=", "charter.delivery"),
                ],
                limit=20,
            )
        )
        digest = hashlib.sha256(content).digest()
        for attachment in attachments:
            if hashlib.sha256(attachment.raw or b"").digest() == digest:
                delivery = request.env["charter.delivery"].sudo().browse(attachment.res_id).exists()
                if delivery.res_model == "charter.report":
                    return request.env["charter.report"].sudo().browse(delivery.res_id).exists()
        return None

    def _code_in(self, content):
        """Return the code of a report on the last pages of a PDF or the first sheet of a workbook; None for what is neither, or not whole."""
        if content.startswith(b"PK"):
            return self._code_in_workbook(content)
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-END:]:
            return None
        try:
            pages = PdfReader(io.BytesIO(content)).pages
            texts = [page.extract_text() for page in pages[max(0, len(pages) - LAST_PAGES) :]]
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return None
        codes = CODE.findall("\n".join(texts))
        return codes[-1] if codes else None

    def _code_in_workbook(self, content):
        try:
            rows = itertools.islice(workbook_rows.read(content, FIRST_ROWS), FIRST_ROWS)
            found = CODE.search("\n".join(str(row[0] or "") for _number, row in rows))
        except workbook_rows.SheetError:
            return None
        return found[0] if found else None

    def _answer(self, report, how):
        company = report.company_id
        tz = company._charter_tz()
        link = (
            request.env["charter.seal"]
            .sudo()
            .search([("company_id", "=", company.id), ("number", "=", report.seal_number)], limit=1)
        )
        return {
            "intact": report._is_intact(),
            "file": how,
            "reference": report.reference,
            "version": report.version,
            "period": report._period_text(),
            "company": company.name,
            "issued": in_words(request.env, report.sent_at, tz, MOMENT),
            "superseded": report.state == "superseded",
            "number": report.seal_number,
            "seal": report.seal,
            "sealed": bool(link) and link.seal == report.seal,
            "checked": in_words(request.env, company.charter_seal_checked_at, tz, MOMENT),
            "whole": not company.charter_seal_problem,
        }
