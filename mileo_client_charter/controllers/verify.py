"""Verify a report against what was recorded when it left: by its code or its file, without a login."""

import hashlib
import io
import itertools
import re
from datetime import timedelta

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
# The clock seals within a quarter of an hour; what was sealed days after it left is said to be.
SEALED_LATE = timedelta(days=1)
CODE = re.compile(r"\b[0-9a-f]{4}(?:-[0-9a-f]{4}){5}\b")


class Verify(http.Controller):
    """Says issued when, by whom, unchanged or not; nothing of what is in the report, and nothing is stored."""

    @http.route("/charter/verify", methods=["GET"], **OPTIONS)
    def ask(self, lang=None, **_query):
        return self._page(use_language(lang))

    @http.route("/charter/verify", methods=["POST"], charter_files=("file",), **OPTIONS)
    def verify(self, code=None, file=None, lang=None, **_form):
        language = use_language(lang)
        return self._page(language, asked=True, code=code or "", **self._find(code, file))

    def _page(self, language, **values):
        blank = {"asked": False, "found": None, "judged": None, "error": None, "code": ""}
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
        """Return what the page says: ``found``, or ``judged`` and ``error`` where no report of ours was found."""
        reports = request.env["charter.report"].sudo()
        given = bool((code or "").strip())
        typed = reports._by_verification_code(code) if given else reports
        if not (hasattr(file, "read") and file.filename):
            if typed:
                return {"found": self._answer(typed, "typed")}
            return self._no_code() if given else self._nothing()
        report, how, refused = self._find_file(reports, file)
        if report:
            return {"found": self._answer(report, how) | {"typed": self._beside(report, given, typed)}}
        if typed:
            # The file was looked at, and is not this report's: that is what is said first.
            return {"found": self._answer(typed, "other") | {"refused": refused["error"]}}
        return refused

    def _beside(self, report, given, typed):
        """Return what is said of a code typed beside the file of ``report``; None where it is that report's, or none was typed."""
        if not given or typed == report:
            return None
        if not typed:
            return request.env._(
                "The code you typed is that of no report of ours: this is about the file alone."
            )
        return request.env._(
            "The code you typed is that of another report, %(reference)s, version %(version)s: this is about the file alone.",
            reference=typed.reference,
            version=typed.version,
        )

    def _nothing(self):
        return {
            "judged": request.env._("Nothing was given to verify"),
            "error": request.env._("Give the code printed on the report, or its file."),
        }

    def _no_code(self):
        return {
            "judged": request.env._("No report has this code: check it"),
            "error": request.env._(
                "It has 24 characters, digits and letters from a to f, in six groups. A single character typed wrongly is "
                "enough: nothing is said of your report."
            ),
        }

    def _find_file(self, reports, file):
        """Return (report or None, how it was found: “same” or “code”, what is said where it was not)."""
        content = file.read(MEGABYTES * 2**20 + 1)
        if len(content) > MEGABYTES * 2**20:
            return (
                None,
                None,
                {
                    "judged": request.env._("This file was not compared"),
                    "error": request.env._(
                        "File: it has more than %s MB. Type the code printed on it instead.", MEGABYTES
                    ),
                },
            )
        report = self._sent_as(content)
        if report:
            return report, "same", None
        code, readable = self._code_in(content)
        report = reports._by_verification_code(code)
        if report:
            # A workbook is made when it is asked for: what is kept of it is the table it is made of.
            return report, "same" if report._is_own_workbook(content) else "code", None
        if not readable:
            return (
                None,
                None,
                {
                    "judged": request.env._("This file could not be read"),
                    "error": request.env._(
                        "File: it is none that we sent, byte for byte, and no whole PDF or Excel file either: no code could be "
                        "looked for in it. If the code is legible, type it instead."
                    ),
                },
            )
        return (
            None,
            None,
            {
                "judged": request.env._("This file is none that we sent"),
                "error": request.env._(
                    "File: no code of a report of ours was found in it. If the code is legible, type it instead."
                ),
            },
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
        """Return (code of a report on the last pages of a PDF or the first sheet of a workbook, or None; whether it could be read)."""
        if content.startswith(b"PK"):
            return self._code_in_workbook(content)
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-END:]:
            return None, False
        try:
            pages = PdfReader(io.BytesIO(content)).pages
            texts = [page.extract_text() for page in pages[max(0, len(pages) - LAST_PAGES) :]]
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return None, False
        codes = CODE.findall("\n".join(texts))
        return (codes[-1] if codes else None), True

    def _code_in_workbook(self, content):
        try:
            rows = itertools.islice(workbook_rows.read(content, FIRST_ROWS), FIRST_ROWS)
            found = CODE.search("\n".join(str(row[0] or "") for _number, row in rows))
        except workbook_rows.SheetError:
            return None, False
        return (found[0] if found else None), True

    def _answer(self, report, how):
        """Return what the page says of ``report``.

        :param how: “typed” (its code alone), “same” (its very file), “code” (another file that carries its code), “other”
            (its code, beside a file that is none of ours)
        """
        company = report.company_id
        tz = company._charter_tz()
        seals = request.env["charter.seal"].sudo()
        head = seals.search([("company_id", "=", company.id), ("number", "=", report.seal_number)], limit=1)
        own = seals._standing(report)
        printed = not report.seal or head.seal == report.seal
        return {
            "record": self._record(report, own, printed and not company.charter_seal_problem),
            "file": how,
            "typed": None,
            "refused": None,
            "reference": report.reference,
            "version": report.version,
            "period": report._period_text(),
            "company": company.name,
            "issued": in_words(request.env, report.sent_at, tz, MOMENT),
            "superseded": report.state == "superseded",
            "sealed": own["sealed_at"] and in_words(request.env, own["sealed_at"], tz, MOMENT),
            "sealed_late": bool(own["sealed_at"]) and own["sealed_at"] - report.sent_at > SEALED_LATE,
            "number": report.seal_number,
            "seal": report.seal,
            "printed": printed,
            "checked": in_words(request.env, company.charter_seal_checked_at, tz, MOMENT),
            "whole": not company.charter_seal_problem,
        }

    def _record(self, report, own, chain):
        """Return what holds of the record: “changed”, “unproved”, “waiting” (to be sealed) or “sealed”.

        :param own: what ``charter.seal._standing`` found  :param chain: whether all else that was sealed holds
        """
        if not report._is_intact() or own["state"] == "changed":
            return "changed"
        if own["state"] in ("none", "broken") or not chain:
            return "unproved"
        return own["state"]
