"""Printing asks no server and opens no file, whatever the authors of a document wrote into it."""

import io
import json
import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import psycopg2
from odoo.addons.base.models import ir_actions_report
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval
from pypdf import PdfReader

from ...models.base.charter_addons import is_charter_model
from ...models.base.charter_engine import charter_door
from ...models.base.charter_words import Words
from ...models.base.ir_actions_report import CLOSED
from ...tools.offline_page import offline
from ..cases.two_companies import DECIDING, TwoCompaniesCase

SECRET = "What the file says"
# Every way a page names something from elsewhere; %s is the address.
WAYS = (
    '<img src="%s/img">', '<img src=" %s/space">', '<img srcset="%s/srcset 1x">', '<input type="image" src="%s/input">',
    '<iframe src="%s/iframe"></iframe>', '<frameset><frame src="%s/frame"></frameset>', '<object data="%s/object"></object>',
    '<embed src="%s/embed">', '<video poster="%s/poster" src="%s/video"></video>', '<audio src="%s/audio"></audio>',
    '<link rel="stylesheet" href="%s/link">', '<link rel="prefetch" href="%s/prefetch">', '<script src="%s/script"></script>',
    '<table background="%s/table"><tr><td background="%s/td">x</td></tr></table>', '<body background="%s/body">',
    '<p style="background:url(%s/style)">x</p>', "<p style=\"background:url('%s/quoted')\">x</p>",
    '<p style="background:u\\72l(%s/escaped)">x</p>', '<p style="background:u/**/rl(%s/comment);background:url(%s/two)">x</p>',
    '<p style="list-style-image:url(%s/list);display:list-item">x</p>', '<p style="border-image:url(%s/border)">x</p>',
    '<style>@import "%s/import";</style>', '<style>@import url(%s/importurl);</style>', "<style>@\\69mport '%s/importescaped';</style>",
    '<style>@font-face{font-family:f;src:url(%s/font)} p{font-family:f}</style><p>x</p>', '<style>p{content:url(%s/content)}</style>',
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="%s/svg" width="9" height="9"/>'
    '<use xlink:href="%s/use#a"/><rect width="9" height="9" fill="url(%s/fill#a)"/></svg>',
    '<meta http-equiv="refresh" content="0;url=%s/refresh">', '<base href="%s/"><img src="based">', '<applet code="%s/applet"></applet>',
)  # fmt: skip

# Texts that Python reads, whatever people may write into them.
KEYS = {
    "code", "occurrence", "period", "res_model", "serial", "vat", "email", "email_normalized", "complete_name", "field_name",
    "version", "color",
}  # fmt: skip
FROZEN_KEYS = re.compile(
    r"_at$|_day$|^(period|tz|kind|priority|state|code|occurrence|unit|clock|urgency|role|response|resolution|date|as_of|start|end"
    r"|status|level|from|model|field|effect_on|reference)$"
)
# An element that would be fetched, as it stands in a page: an address in words that are only read is text.
FETCHED = re.compile(
    r"<[^>]*?(?:src|background|data|poster|srcset)\s*=\s*[\"']?\s*(?:http|file)[^>]*>|<[^>]*url\([^)]*(?:http|file):",
    re.I,
)


def hostile(address):
    return "".join(way.replace("%s", address) for way in WAYS)


@tagged("post_install", "-at_install")
class TestPrintingOffline(TwoCompaniesCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.asked = asked = []

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            do_HEAD = do_POST = do_OPTIONS = do_CONNECT = do_GET

            def log_message(self, *_args):
                """The test says what was asked."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.address = f"http://127.0.0.1:{server.server_port}"
        file = self.enterContext(tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8"))
        file.write(SECRET)
        file.flush()
        self.file = f"file://{file.name}"

    def reports(self):
        """Every report of the project, from the registry: of a model of the charter, or with a template of ours."""
        return self.env["ir.actions.report"].search([]).filtered(lambda report: report._charter_is_ours())

    def printed(self, report, record):
        """(pages given to the program that prints, text of the PDF, which ``self.pdf`` reads)."""
        pages, run = [], ir_actions_report._run_wkhtmltopdf

        def note(args):
            for path in args:
                if path.endswith(".html"):
                    with open(path, encoding="utf-8") as page:
                        pages.append(page.read())
            self.assertLess(set(CLOSED), set(args))
            self.assertIn("--disable-local-file-access", args)
            return run(args)

        with patch.object(ir_actions_report, "_run_wkhtmltopdf", note):
            content, kind = report.with_context(force_report_rendering=True)._render_qweb_pdf(
                report.report_name, record.ids
            )
        self.assertEqual(kind, "pdf")
        self.pdf = PdfReader(io.BytesIO(content))
        return pages, "".join(page.extract_text() for page in self.pdf.pages)

    def test_every_report(self):
        """What is hostile is put where every author's words end up: in the page itself, after its templates.

        And by whatever way it is printed, each page says which it is and of what, and the file has a title and a language.
        """
        reports = self.reports()
        self.assertGreaterEqual(len(reports), 4)
        run = type(reports)._run_wkhtmltopdf

        def worse(report, bodies, *args, **kwargs):
            more = hostile(self.address) + hostile(self.file)
            return run(
                report, [str(body).replace("</body>", f"{more}</body>") for body in bodies], *args, **kwargs
            )

        with self.at(moment=DECIDING):
            for report in reports:
                with (
                    self.subTest(report=report.report_name),
                    patch.object(type(reports), "_run_wkhtmltopdf", worse),
                ):
                    record = self.record(report)
                    pages, text = self.printed(report, record)
                    self.assertTrue(pages)
                    self.assertTrue(text.strip())
                    self.assertNotIn(SECRET, text)
                    for page in pages:
                        self.assertNotIn(self.address, page)
                        self.assertNotIn(self.file, page)
                    self.runs_on_every_page(report, record)
        self.assertFalse(self.asked)

    def runs_on_every_page(self, report, record):
        if hasattr(record, "_charter_print_lang"):
            record = record.with_context(lang=record._charter_print_lang())
        title, lang = record._charter_runs_below(report)
        lang = lang or "en_US"
        self.assertEqual(self.pdf.metadata.title, title)
        self.assertEqual(self.pdf.trailer["/Root"]["/Lang"], lang.replace("_", "-"))
        texts = [" ".join(page.extract_text().split()) for page in self.pdf.pages]
        page_of = {"en_US": "page {} of {}", "fr_FR": "page {} sur {}"}[lang]
        for number, text in enumerate(texts, 1):
            self.assertIn(page_of.format(number, len(texts)), text)
            self.assertIn(title[:20], text)
        name = safe_eval(report.print_report_name, {"object": record})
        self.assertNotIn("/", name)
        self.assertNotEqual(name, record.display_name, "a file that does not say what it is")

    def record(self, report):
        records = self.env[report.model].search(
            [("company_id", "=", self.company.id)] if "company_id" in self.env[report.model]._fields else []
        )
        if report.model == "res.partner":
            return self.client
        if report.model == "charter.review":
            records = records.filtered("dossier_at") or records
        return records[:1] or self.fail(f"no {report.model} to print")

    def test_reports_printed_in_one_run(self):
        """The activity reports, whose page does not come by Odoo's own way."""
        report = self.a.rows["report"]
        printed = type(report)._print_html
        with (
            self.at(moment=DECIDING),
            patch.object(
                type(report),
                "_print_html",
                lambda one, pairs: str(printed(one, pairs)).replace(
                    "</body>", hostile(self.address) + "</body>"
                ),
            ),
        ):
            self.assertTrue(report._pdf().startswith(b"%PDF"))
        self.assertFalse(self.asked)

    def draft(self):
        """A charter being written, whose author knows HTML."""
        draft = self.a.document.copy({"version": "v13"})
        draft.article_ids[:1].body = hostile(self.address) + hostile(self.file)
        self.env.flush_all()
        return draft

    def test_words_of_authors(self):
        """An article, minutes: the fields of HTML that are printed, as their authors can fill them."""
        with self.at(moment=DECIDING):
            pages, text = self.printed(
                self.env.ref("mileo_client_charter.report_charter_document"), self.draft()
            )
        self.assertFalse(self.asked)
        self.assertNotIn(self.address, "".join(pages))
        self.assertTrue(text)

    # -- every word that is stored -------------------------------------------------------------------

    def stored_words(self):
        """[(model, field)] of every stored text of the registry that a document of ours may show: ours, and of whom and what it is about.

        Not what Python reads rather than people: keys (readonly lines, names of models), and the address the mail server is asked for.
        """
        about = {"res.partner", "res.company", "contract.contract", "contract.line", "product.template"}
        found = []
        for name, model in self.env.items():
            ours = is_charter_model(model) and not name.startswith("charter.door")
            if not (ours or name in about) or model._abstract or model._transient or not model._auto:
                continue
            found += [
                (model, field)
                for field in model._fields.values()
                if field.store
                and field.column_type
                and not field.company_dependent
                and field.type in ("char", "text", "html")
                and not getattr(field, "size", None)
                and (field.type != "char" or isinstance(field, Words) or not field.readonly)
                and field.name not in KEYS
            ]
        return found

    def poison(self, model, field, mark):
        """Store, past every step, what is hostile in this field of every row. :return: how many rows hold it"""
        words = f"{mark} " + (
            hostile(self.address) + hostile(self.file)
            if field.type == "html"
            else f"<img src='{self.address}/{mark}'><img src='{self.file}'><p style='background:url({self.address}/css)'>"
        )
        value = (
            "jsonb_build_object('en_US', %s::text, 'fr_FR', %s::text)"
            if field.translate
            else "concat(%s::text, %s::text)"
        )
        with mute_logger("odoo.sql_db"), charter_door(self.cr):
            try:
                with self.cr.savepoint(flush=False):
                    self.cr.execute(
                        f'UPDATE "{model._table}" SET "{field.name}" = {value}',
                        [words, words if field.translate else ""],
                    )
                    return self.cr.rowcount
            except psycopg2.IntegrityError:
                # A word that has to be another one in each row: one of them.
                with self.cr.savepoint(flush=False):
                    self.cr.execute(
                        f'UPDATE "{model._table}" SET "{field.name}" = {value} WHERE id = (SELECT min(id) FROM "{model._table}")',
                        [words, words if field.translate else ""],
                    )
                    return self.cr.rowcount

    def poisoned(self, table, key=""):
        """``table``, the frozen one of a report, with what is hostile in every text of it that people wrote."""
        if isinstance(table, dict):
            return {name: self.poisoned(value, name) for name, value in table.items()}
        if isinstance(table, list):
            return [self.poisoned(value, key) for value in table]
        if isinstance(table, str) and not FROZEN_KEYS.search(key):
            return f"Zz0 {key} <img src='{self.address}/{key}'><img src='{self.file}'>"
        return table

    def test_every_stored_word(self):
        """Sweep: every stored text of the registry holds pictures and styles by their address; every report is printed of it."""
        self.env.flush_all()
        marks = {f"Zz{number}z": one for number, one in enumerate(self.stored_words(), 1)}
        rows = sum(self.poison(model, field, mark) for mark, (model, field) in marks.items())
        self.env.invalidate_all(flush=False)
        with charter_door(self.cr):
            for one in self.env["charter.report"].search([("table", "!=", False)]):
                values = [json.dumps(self.poisoned(one.table)), one.id]
                self.cr.execute('UPDATE charter_report SET "table" = %s WHERE id = %s', values)
        self.env.invalidate_all(flush=False)
        shown = ""
        with self.at(moment=DECIDING):
            for action in self.reports():
                with self.subTest(report=action.report_name):
                    pages, text = self.printed(action, self.record(action))
                    self.assertNotIn(SECRET, text)
                    for page in pages:
                        self.assertFalse(FETCHED.search(page), FETCHED.findall(page)[:3])
                    shown += "".join(pages)
        self.assertFalse(self.asked)
        # The sweep is one: much was stored, and what was stored was printed.
        self.assertGreaterEqual(len(marks), 150)
        self.assertGreaterEqual(rows, 400)
        printed = {mark for mark in marks if mark in shown}
        self.assertGreaterEqual(len(printed), 15)
        for frozen in ("client", "contract", "introduction", "name"):
            self.assertIn(f"Zz0 {frozen} ", shown)

    def test_odoos_own_address_for_printing(self):
        draft = self.draft()
        self.authenticate("t_admin", "t_admin")
        name = self.env.ref("mileo_client_charter.report_charter_document").report_name
        answer = self.url_open(f"/report/pdf/{name}/{draft.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.asked)

    def test_what_is_ours_stays(self):
        page = (
            '<!DOCTYPE html><html><head><meta charset="utf-8"><style>p { color: red }</style></head><body><p style="color: blue">Été '
            '<img src="data:image/png;base64,AAAA" alt=""> <a href="https://a.example/?a=1&amp;b=2">a</a></p>'
            '<svg viewBox="0 0 9 9"><rect width="9" height="9" fill="#1f4e79"></rect></svg></body></html>'
        )
        kept = offline(page)
        for part in (
            "color: red",
            "color: blue",
            "Été",
            "data:image/png;base64,AAAA",
            'href="https://a.example/?a=1&amp;b=2"',
            "#1f4e79",
            "charset",
        ):
            self.assertIn(part, kept)
