"""Every email of the product to a client, from the ways of writing in the sources: answered, read, looked at (articles 01 to 04)."""

import json
import re
from email.message import EmailMessage
from email.policy import SMTP
from importlib.resources import files

from lxml import html
from odoo.tests import HttpCase, tagged

from ...models.base.charter_addons import is_charter_model
from ...models.feedback.charter_word import ACTIVITY
from ...tools import links, mail_page
from ..cases.client_mails import ClientMails
from ..cases.common import CharterCase
from ..cases.links import LinksCase

# “appelez-moi mardi 1er”: within a sentence a day has its article.
DAY_WITHOUT_ARTICLE = (
    r"(?<!\ble )(?<!\bau )(?<!\bdu )(?<=[a-zé] )(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) \d"
)


def in_script(value):
    """Return ``value`` as JSON that may stand in a script."""
    return json.dumps(value).replace("</", "<\\/")


def contrast(*colours):
    """Return the contrast of two colours (“#rrggbb”), from 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted(map(luminance, colours))
    return (high + 0.05) / (low + 0.05)


# Each email in a frame as wide as a phone, then as a mail program on a screen; axe looks at contrast, names and tables.
LOOK = """
(async () => {
    const problems = [];
    const frame = document.createElement("iframe");
    document.body.replaceChildren(frame);
    for (const [name, page] of %(pages)s) {
        for (const width of [360, 600]) {
            frame.style.cssText = `position:fixed;inset:0;width:${width}px;height:700px;border:0;background:#fff;z-index:9999`;
            await new Promise((done) => { frame.onload = done; frame.srcdoc = page; });
            const inside = frame.contentDocument;
            const wide = inside.documentElement.scrollWidth;
            if (wide > width) {
                const over = [...inside.querySelectorAll("body *")].filter((node) => node.getBoundingClientRect().right > width + 1);
                problems.push(`${name}: ${wide} px wide at ${width}: ${over.slice(-1).map((node) => node.outerHTML.slice(0, 200))}`);
            }
            if (width === 600) continue;
            const script = inside.createElement("script");
            script.textContent = window.axeSource;
            inside.head.append(script);
            const found = await frame.contentWindow.axe.run(inside, { runOnly: ["wcag2a", "wcag2aa"] });
            for (const violation of found.violations) {
                problems.push(`${name}: ${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).slice(0, 2)}`);
            }
        }
    }
    problems.length ? console.error(problems.join("\\n")) : console.log("test successful");
})();
"""

# What a contact does who has nothing but its mailbox: from our answer to general management, and back.
TOUR = """
(async () => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position:fixed;inset:0;width:%(width)spx;height:700px;border:0;background:#fff;z-index:9999";
    document.body.replaceChildren(frame);
    const inside = () => frame.contentDocument;
    const loaded = (act) => new Promise((done) => {
        // Taking the mail away loads an empty page first.
        frame.onload = () => { if (inside().body.childElementCount) done(); };
        act();
    });
    const say = (text) => { throw new Error(`${text}: ${inside().body.innerText.slice(0, 600)}`); };
    const shows = (text) => inside().body.innerText.includes(text) || say(`“${text}” is not shown`);
    const find = (selector, text) =>
        [...inside().querySelectorAll(selector)].find((node) => node.innerText.includes(text)) || say(`no ${selector} with “${text}”`);
    const whole = () => inside().documentElement.scrollWidth <= %(width)s || say(`${inside().documentElement.scrollWidth} px wide`);
    try {
        await loaded(() => { frame.srcdoc = %(mail)s; });
        whole();
        const link = new URL(find("a", %(onward)s).href).pathname;
        await loaded(() => { frame.removeAttribute("srcdoc"); frame.src = link; });
        whole();
        shows(%(reference)s);
        if (inside().querySelector("input[type=password]")) say("a login is asked for");
        const reason = inside().querySelector("textarea[name=reason]") || say("no reason is asked for");
        reason.value = "Trois nuits ne sont pas neuf.";
        await loaded(() => reason.form.querySelector("button[type=submit]").click());
        whole();
        shows(%(gone)s);
        const back = find("button", %(back)s);
        await loaded(() => back.click());
        whole();
        shows(%(answered)s);
        console.log("test successful");
    } catch (error) {
        console.error(String(error));
    }
})();
"""


@tagged("post_install", "-at_install")
class TestClientMails(ClientMails):
    def setUp(self):
        # The browser's clock is the machine's.
        super(LinksCase, self).setUp()

    def test_every_way_of_writing_was_lived(self):
        """The sweeps below hold what is in the sources: a way of next year is missing here until the scene has it."""
        self.assertEqual(self.ways, self.ways_in_the_sources())
        kinds = self.env["charter.delivery"]._fields["kind"].get_values(self.env)
        lived = self.env["charter.delivery"].search([("mail_id", "in", self.client_mails().ids)])
        self.assertEqual(set(lived.mapped("kind")), set(kinds))
        self.assertGreaterEqual(len(self.client_mails()), 25)

    def test_no_thread_keeps_what_opens_in_a_client_s_name(self):
        """Whatever was written, on whatever document: our own people read the threads."""
        messages = self.env["mail.message"].sudo().search([("body", "like", "/charter/")])
        self.assertGreater(len(messages), 5)
        self.assertEqual([(one.model, one.subject) for one in messages if links.OPENS.search(one.body)], [])

    def reply(self, mail, number):
        """What a mail program sends when Alice answers ``mail``."""
        email = self.leaving(mail)
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = "Alpine one <one@alpine.example.com>", email["reply_to"]
        message["Subject"] = f"RE: {email['subject']}"
        message["Message-ID"] = f"<answer-{number}@alpine.example.com>"
        message["In-Reply-To"] = message["References"] = email["message_id"]
        quoted = "".join(f"> {one[0]}\n" for one in links.OPENS.finditer(email["body"]))
        message.set_content(f"Bonjour, pouvez-vous me rappeler ? Merci.\n\n> Bonjour,\n{quoted}")
        return message.as_string()

    def test_an_answer_to_any_mail_is_somebody_s_to_read(self):
        """It comes back to the document the mail was about, and waits with a day in the list of one of ours."""
        # One of each kind: their figures differ.
        kinds = {(mail.model, re.sub(r"\d+", "0", mail.subject)): mail for mail in self.client_mails()}
        self.assertGreaterEqual(len(kinds), 20)
        for number, mail in enumerate(kinds.values()):
            with (
                self.subTest(mail.subject, model=mail.model),
                self.at(24 * 16),
                self.env.cr.savepoint() as undone,
            ):
                words = self.env["charter.word"]
                before = words.search([]).ids
                self.assertIn("@mileo.example.com", mail.reply_to or "")
                self.assertNotIn("OdooBot", mail.reply_to, "the answer is for the company, not for a program")
                thread = self.env["mail.thread"].sudo().message_process(None, self.reply(mail, number))
                self.assertEqual(thread, mail.res_id, "in the thread it answers")
                document = self.env[mail.model].browse(mail.res_id)
                said = document.message_ids[:1]
                self.assertIn("me rappeler", said.body)
                self.assertIsNone(links.OPENS.search(said.body), "what it quotes opens for nobody else")
                copies = self.env["mail.mail"].sudo().search([("mail_message_id", "=", said.id)])
                self.assertIsNone(links.OPENS.search(" ".join(map(str, copies.mapped("body_html")))))
                if document._name == "charter.escalation" and document.state == "unqualified":
                    # Whose it is, is what is asked: the task to qualify it is there, and the answer stands in its thread.
                    self.assertTrue(document.activity_ids.user_id)
                    self.assertIn("me rappeler", document.message_ids[0].body)
                    undone.rollback()
                    continue
                word = words.search([("id", "not in", before)])
                self.assertEqual((word.res_model, word.res_id), (mail.model, mail.res_id))
                self.assertIn("me rappeler", word.words)
                self.assertTrue(word.user_id.active and not word.user_id.share)
                self.assertGreater(word.due_on, self.company._charter_today())
                task = document.activity_ids.filtered(
                    lambda one, word=word: (
                        one.user_id == word.user_id and one.activity_type_id == self.env.ref(ACTIVITY)
                    )
                )
                self.assertEqual(len(task), 1, "one task a document, however many words wait there")
                self.assertLessEqual(task.date_deadline, word.due_on)
                undone.rollback()
            self.env.invalidate_all()

    def test_a_forged_answer_to_any_mail_is_nobody_s_word(self):
        """Whatever it answers: no one's name stands above it, the client does not read it, nothing follows but a task to find out."""
        self.company.charter_mail_authserv = "mx.mileo.example"
        forged = "Authentication-Results: mx.mileo.example; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=alpine.example.com\n"
        kinds = {(mail.model, re.sub(r"\d+", "0", mail.subject)): mail for mail in self.client_mails()}
        for number, mail in enumerate(kinds.values()):
            with (
                self.subTest(mail.subject, model=mail.model),
                self.at(24 * 16),
                self.env.cr.savepoint() as undone,
            ):
                document = self.env[mail.model].browse(mail.res_id)
                state = document.state if "state" in document._fields else None
                thread = (
                    self.env["mail.thread"].sudo().message_process(None, forged + self.reply(mail, number))
                )
                self.assertEqual(thread, mail.res_id)
                said = document.message_ids.filtered(lambda one: one.message_type == "email")[:1]
                self.assertFalse(said.author_id)
                self.assertTrue(said.subtype_id.internal)
                self.assertIn("dmarc=fail", said.body)
                if state:
                    self.assertEqual(document.state, state)
                self.assertTrue(document.activity_ids.user_id, "somebody finds out who wrote")
                undone.rollback()
            self.env.invalidate_all()

    def test_all_of_them_leave_as_a_page_and_a_text(self):
        """In the reader's language, with a text part that says the same and leads to the same places."""
        for mail in self.client_mails():
            with self.subTest(mail.subject, model=mail.model):
                email = self.leaving(mail)
                page = html.document_fromstring(email["body"])
                self.assertTrue(email["body"].startswith("<!DOCTYPE html>"))
                self.assertEqual((page.get("lang"), page.findtext(".//title")), ("fr-FR", mail.subject))
                self.assertFalse(page.xpath("//div[contains(@style, 'max-width')]"), "boxes Outlook ignores")
                words = email["body_alternative"]
                self.assertNotRegex(words, r"<\w|\{|@media|\n\n\n|\*\*|\[\d+\]")
                addresses = [
                    one for one in page.xpath("//a/@href") if not one.startswith(("mailto:", "tel:"))
                ]
                self.assertFalse([one for one in addresses if one not in words], "the text leads there too")
                self.assertIn("+33 1 02 03 04 05", words, "a number to call")
                self.assertNotIn("odoo.com", words)
                self.assertNotRegex(words, r"\d\d/\d\d/\d{4}|\d\d:\d\d", "days and hours in words")
                self.assertNotRegex(words, DAY_WITHOUT_ARTICLE)
                self.assertLessEqual(len(re.findall(r"(?i)répond\w* à ce message", words)), 1)
                self.assertLess(len(max(words.splitlines(), key=len)), 998, "RFC 5322, 2.1.1")

    def is_ours(self, mail):
        return is_charter_model(self.env.registry.get(mail.model))

    def test_each_leads_to_which_messages_its_reader_receives(self):
        """By a link in its reader's name, under whatever was written; our own people's mails have none, nor does what is kept."""
        opened, readers = self.env["charter.link"]._opened, set()
        for mail in self.env["mail.mail"].sudo().search([]).filtered(self.is_ours):
            for email in mail._prepare_outgoing_list():
                reader = email["partner_id"]
                tokens = set(re.findall(r"/charter/l/([\w-]+)", email["body"]))
                chosen = [found for found in map(opened, tokens) if found[2] == "mails"]
                with self.subTest(mail.subject, reader=reader.name):
                    self.assertEqual(
                        [(found[1], found[4]) for found in chosen],
                        [(reader, "open")] if reader in self.alice | self.adam else [],
                    )
                readers.add(reader)
        self.assertLessEqual({self.alice, self.adam, self.manager.partner_id}, readers)

    def test_whole_on_a_phone_and_on_a_screen(self):
        pages = {}
        for mail in self.client_mails():
            pages.setdefault(
                (mail.model, re.sub(r"\d+", "0", mail.subject)), (mail.subject, self.leaving(mail)["body"])
            )
        axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        code = LOOK % {"pages": in_script([list(page) for page in pages.values()])}
        self.browser_js(
            "/charter/verify", f"window.axeSource = {in_script(axe)};{code}", login=None, timeout=120
        )

    def test_dark_colours_can_be_read(self):
        """Each colour of dark screens on its ground: 4.5:1 (WCAG 2.2, 1.4.3)."""
        colours = {
            name: re.search(r"(?<!-)color:(#\w{6})", rule)[1]
            for name, rule in mail_page.DARK.items()
            if re.search(r"(?<!-)color:#", rule) and "background" not in rule
        }
        ground = re.search(r"background-color:(#\w{6})", mail_page.DARK["charter-sheet"])[1]
        self.assertGreaterEqual(len(colours), 3)
        for name, colour in colours.items():
            with self.subTest(name):
                self.assertGreaterEqual(contrast(colour, ground), 4.5)

    def test_subjects_say_which(self):
        """No two emails of one kind have the same subject, and what has a reference has it in each subject."""
        subjects = {}
        for mail in self.client_mails():
            subjects.setdefault((mail.subject, mail.recipient_ids), []).append((mail.model, mail.res_id))
            document = self.env[mail.model].browse(mail.res_id)
            if mail.model == "charter.escalation":
                self.assertIn(document.reference, mail.subject)
        self.assertFalse({one: who for one, who in subjects.items() if len(who) > 1})


@tagged("post_install", "-at_install")
class TestWithoutALogin(CharterCase, HttpCase):
    """A French contact without a user, who has our answer in its mailbox and nothing else (article 03)."""

    def test_from_the_mail_to_general_management_and_back(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        (self.client | self.alice).lang = "fr_FR"
        self.assertFalse(self.alice.user_ids)
        # Who reads which language is read in SQL.
        self.env.flush_all()
        for width in (360, 320):
            with self.subTest(width):
                escalation = self.env["charter.escalation"]._from_portal(
                    self.alice, f"La caméra est noire ({width})", "Depuis lundi."
                )
                self.answer(escalation, self.operations, "<p>Nous avons remplacé la caméra ce matin.</p>")
                mail = self.mails_to(self.alice).filtered(lambda one: "notre réponse" in one.subject)[-1:]
                [email] = mail._prepare_outgoing_list()
                self.browser_js(
                    "/charter/verify",
                    TOUR % {
                        "width": width, "mail": in_script(email["body"]), "onward": in_script("direction générale"),
                        "reference": in_script(escalation.reference), "gone": in_script("est chez notre direction générale"),
                        "back": in_script("Revenir sur cette démarche"), "answered": in_script("a répondu à votre escalade"),
                    },
                    login=None, timeout=60,
                )  # fmt: skip
                self.env.invalidate_all()
                self.assertEqual((escalation.level, escalation.state), ("1", "answered"))
                words = " ".join(escalation.message_ids.mapped("body"))
                self.assertIn("Trois nuits ne sont pas neuf.", words, "a trace of why")
                copies = self.mails_to(self.alice).filtered(lambda one, last=mail.id: one.id > last)
                self.assertGreaterEqual(len(copies), 2, "a copy of each step")
