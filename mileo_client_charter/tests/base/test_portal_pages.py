"""Every page a client reads, in a real browser, in both languages: accessible, and whole on a phone of 360 px.

axe (Deque's accessibility engine) looks at each page; the page is loaded in a frame as wide as a phone. The keyboard
is tried on each: what can be reached shows that it is.
"""

import itertools
import json
import threading
from importlib.resources import files
from urllib.parse import urlsplit

from odoo.tests import tagged

from ...models.base import door
from ..cases.lists import lists_of
from ..cases.portal_lists import LISTS, ListsCase
from ..cases.reports import ReportCase

# Routes that answer with a file, which no browser shows as a page of ours.
FILES = {
    "/my/charter/authorisation/<int:authorisation_id>/document": "as it was issued",
    "/my/charter/contacts.pdf": "PDF",
    "/my/charter/document/<int:delivery_id>/file/<int:number>": "as it was sent",
    "/my/charter/group/<int:access_id>/report": "PDF",
    "/my/charter/intervention/<int:intervention_id>/file/<int:number>": "as it was sent",
    "/my/charter/report/<int:report_id>/pdf": "PDF",
    "/my/charter/report/<int:report_id>/xlsx": "Excel",
    "/my/charter/review/<int:review_id>/dossier": "PDF",
}

CHECK = """
(async () => {
    const pages = %(pages)s;
    const problems = new Map();
    const frame = document.createElement("iframe");
    frame.style.cssText = "position:fixed;inset:0;width:%(width)spx;height:780px;border:0;background:#fff;z-index:9999";
    document.body.replaceChildren(frame);
    for (const page of pages) {
        await new Promise((done) => { frame.onload = done; frame.src = page; });
        const inside = frame.contentDocument;
        const say = (problem) => problems.set(problem, [...(problems.get(problem) || []), page]);
        if (!inside.querySelector(".charter")) {
            say("this is no page of the charter");
            continue;
        }
        if (inside.documentElement.lang !== "%(lang)s") {
            say(`its language is “${inside.documentElement.lang}”`);
        }
        if (/css error/i.test(inside.body.innerText)) {
            say("its style sheet does not compile");
        }
        const headings = [...inside.querySelectorAll(".charter :is(h1, h2, h3, h4)")].filter((node) => node.checkVisibility());
        const levels = headings.map((node) => Number(node.tagName[1]));
        if (levels.filter((level) => level === 1).length !== 1 || levels.some((level, place) => level > (levels[place - 1] || 0) + 1)) {
            say(`its headings are not in order: ${levels}`);
        }
        const heading = (headings.find((node) => node.tagName === "H1") || { innerText: "" }).innerText.replace(/\\s+/g, " ").trim();
        const title = inside.title.replace(/\\s+/g, " ").trim();
        if (!title.startsWith(heading) || title === heading) {
            say(`its title “${title}” does not name it (“${heading}”)`);
        }
        const crumbs = [...inside.querySelectorAll(".breadcrumb-item")];
        if (crumbs.slice(0, -1).some((node) => node.getAttribute("aria-current"))) {
            say(`its breadcrumbs go on after the page itself: ${crumbs.map((node) => node.innerText.trim()).join(" / ")}`);
        }
        // The scroll bar of a frame is no part of a phone's page.
        const wide = inside.documentElement.scrollWidth;
        if (wide > %(width)s) {
            const over = [...inside.querySelectorAll("body *")]
                .filter((node) => node.getBoundingClientRect().right > %(width)s + 1)
                .map((node) => node.outerHTML.slice(0, 120));
            say(`${wide} px wide: ${over.slice(-2).join(" … ")}`);
        }
        for (const node of inside.querySelectorAll(".charter :is(a[href], button, select, summary, textarea, input:not([type=hidden]))")) {
            if (!node.checkVisibility()) continue;
            node.focus();
            const shown = node.matches("[type=radio]") ? node.nextElementSibling : node;
            if (inside.activeElement !== node) {
                say(`the keyboard does not reach ${node.outerHTML.slice(0, 120)}`);
            } else if (frame.contentWindow.getComputedStyle(shown).outlineStyle === "none") {
                say(`nothing shows that the keyboard is on ${node.outerHTML.slice(0, 120)}`);
            }
        }
        const skip = inside.querySelector("a.o_skip_to_content, a[href='#wrap']");
        if (skip && !inside.querySelector(skip.getAttribute("href"))) {
            say("“Skip to content” leads nowhere");
        }
        frame.contentWindow.scrollTo(0, 0);
        const script = inside.createElement("script");
        script.textContent = window.axeSource;
        inside.head.append(script);
        const found = await frame.contentWindow.axe.run(inside, { resultTypes: ["violations"] });
        for (const violation of found.violations) {
            if (["serious", "critical"].includes(violation.impact)) {
                const where = violation.nodes.map((node) => `${node.html.slice(0, 160)} (${(node.any[0] || node.all[0] || node.none[0] || {}).message || ""})`);
                say(`${violation.id} (${violation.impact}), ${violation.help}: ${where.slice(0, 3).join(" … ")}`);
            }
        }
    }
    if (problems.size) {
        console.error([...problems].map(([problem, where]) => `${problem} — on ${where.join(" ")}`).join("\\n"));
    } else {
        console.log("test successful");
    }
})();
"""


@tagged("post_install", "-at_install")
class TestPortalPages(ListsCase, ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.company.phone = "+33 1 44 00 00 00"
        cls.fill(2)

    def setUp(self):
        super().setUp()
        self.survey = self.invitation()
        self.negative(self.adam)
        self.last_report = self.sent()
        [self.work] = self.env["charter.intervention"].search([("name", "=", "Work 001")])
        self.work.user_id = self.technician
        self.work.action_pause("The site is closed")
        self.answered = self.escalate()
        self.answer(self.answered, self.operations)

    def report(self, contract=None, **values):
        return super().report(contract, period="2026-10", **values)

    def newest(self, model, domain=()):
        return self.env[model].search(
            [("partner_id", "=", self.client.id), *domain], order="id desc", limit=1
        )

    def pages(self):
        newest = self.newest
        return [
            "/my/charter", *LISTS, "/my/charter/promises?filter=late", "/my/charter/interventions?kind=remote",
            "/my/charter/interventions?q=Work&sort=oldest&state=open",
            f"/my/charter/intervention/{self.work.id}",
            f"/my/charter/report/{self.last_report.id}",
            f"/my/charter/equipment/{newest('charter.equipment').id}",
            f"/my/charter/feedback/{newest('charter.feedback', [('state', '=', 'answered')]).id}",
            f"/my/charter/escalation/{self.answered.id}",
            f"/my/charter/escalation/{newest('charter.escalation', [('state', '=', 'open')]).id}",
            f"/my/charter/notice/{newest('charter.notice.line').id}",
            f"/my/charter/review/{newest('charter.review').id}",
            f"/my/charter/document/{newest('charter.delivery', [('state', '=', 'sent')]).id}",
            "/my/charter/comment", "/my/charter/escalate", "/my/charter/incident", "/my/charter/settings", "/my/charter/contacts",
            "/my/charter/data", "/my/charter/group",
            "/my/charter/report/999999999",
            *itertools.chain(*lists_of(self.env, "PAGES")),
        ]  # fmt: skip

    def check(self, pages, lang, width=360):
        axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        code = f"window.axeSource = {json.dumps(axe)};" + CHECK % {
            "pages": json.dumps(pages),
            "lang": lang.replace("_", "-"),
            "width": width,
        }
        self.browser_js("/my/charter", code, login="t_lists", timeout=240)

    def test_in_english(self):
        public = [
            f"/charter/{self.company.id}?lang=en_US",
            "/charter/verify?lang=en_US",
            f"/charter/s/{self.survey.sudo().token}?lang=en_US",
        ]
        self.check([*self.pages(), *public], "en_US")

    def test_in_french(self):
        self.portal.lang = "fr_FR"
        public = [
            f"/charter/{self.company.id}?lang=fr_FR",
            "/charter/verify?lang=fr_FR",
            f"/charter/s/{self.survey.sudo().token}?lang=fr_FR",
        ]
        self.check([*self.pages(), *public], "fr_FR")

    def test_on_a_wide_screen(self):
        self.check(["/my/charter", *LISTS], "en_US", width=1280)

    def test_every_page_is_in_the_list(self):
        """Of the routing map: each GET route of the portal is loaded above, or is a file."""
        threading.current_thread().dbname = self.env.cr.dbname
        rules = self.env["ir.http"].routing_map()
        ours = {
            rule.rule
            for rule in rules.iter_rules()
            if rule.rule.startswith("/my/charter") and "GET" in rule.methods and door.is_ours(rule.endpoint)
        }
        adapter = rules.bind("localhost")
        loaded = {
            adapter.match(urlsplit(page).path, method="GET", return_rule=True)[0].rule
            for page in self.pages()
        }
        missing = ours - loaded - FILES.keys()
        self.assertFalse(
            missing,
            "add a page of each to TestPortalPages.pages() in tests/base/test_portal_pages.py (another addon: to PAGES in its "
            "tests/charter_lists.py), or to FILES there when it answers with a file",
        )
        self.assertEqual(FILES.keys() - ours, set(), "gone: take them off FILES")
        self.assertGreaterEqual(len(loaded), 20)

    def test_everything_is_there(self):
        """The pages above show something: an empty list is easily accessible."""
        self.authenticate("t_lists", "t_lists")
        for address in LISTS:
            with self.subTest(address=address):
                self.assertIn("charter-rows", self.url_open(address).text)
