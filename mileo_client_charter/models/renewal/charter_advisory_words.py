"""In whose words, and in which language, clients read of an advisory: ours where we wrote some, else the publisher's, quoted."""

import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext
from odoo.tools.translate import LazyTranslate

from ...tools.words import is_said, language_of
from ..base.charter_format import language_name

_lt = LazyTranslate(__name__)

# So many names of products stand in a subject; with more, their manufacturers do.
NAMED = 2


class CharterAdvisoryTranslation(models.Model):
    """What clients of one language read of an advisory instead of its publisher's text. Ours, and of one revision of that text."""

    _name = "charter.advisory.translation"
    _description = "Our words for an advisory"
    _order = "advisory_id, lang"
    _rec_name = "title"

    advisory_id = fields.Many2one("charter.advisory", required=True, index=True, ondelete="cascade")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        required=True,
        help="That of the clients who read it.",
    )
    title = fields.Char("Subject", required=True)
    summary = fields.Text("What happens", required=True)
    advice = fields.Text("What we recommend", required=True)
    their_title = fields.Char(related="advisory_id.name", string="Publisher’s title")
    their_summary = fields.Text(related="advisory_id.summary", string="Publisher’s text")
    their_advice = fields.Text("Publisher’s remedies", compute="_compute_their_advice")
    of_text = fields.Char("Text they were written for", readonly=True)
    is_current = fields.Boolean(
        "Of the present revision",
        compute="_compute_is_current",
        help="Once the publisher changes its text, clients read the publisher’s until ours is written again.",
    )

    _once_a_language = models.UniqueIndex(
        "(advisory_id, lang)", "Language: our words in it are there already; change those."
    )

    @api.depends("advisory_id.remedy_ids.text")
    def _compute_their_advice(self):
        for one in self:
            one.their_advice = "\n".join(dict.fromkeys(one.advisory_id.remedy_ids.mapped("text")))

    @api.depends("of_text", "advisory_id.name", "advisory_id.summary", "advisory_id.remedy_ids.text")
    def _compute_is_current(self):
        for one in self:
            one.is_current = bool(one.advisory_id) and one.of_text == one.advisory_id._text_digest()

    @api.constrains("title", "summary", "advice")
    def _check_said(self):
        for one in self:
            for name in ("title", "summary", "advice"):
                if not is_said(one[name]):
                    label = one._fields[name]._description_string(self.env)
                    raise ValidationError(self.env._("%s: write it down; it is what clients read.", label))

    @api.model_create_multi
    def create(self, vals_list):
        advisories = self.env["charter.advisory"].browse({vals.get("advisory_id") for vals in vals_list})
        drafts = advisories._untouched_drafts()
        created = super().create(vals_list)
        created._note_text()
        self.env["charter.notice"]._propose_again(drafts)
        created.advisory_id._close_words()
        return created

    def write(self, vals):
        if vals.keys() == {"of_text"}:
            return super().write(vals)
        drafts = self.advisory_id._untouched_drafts()
        result = super().write(vals)
        if {"title", "summary", "advice"} & vals.keys():
            self._note_text()
        self.env["charter.notice"]._propose_again(drafts)
        self.advisory_id._close_words()
        return result

    def unlink(self):
        advisories = self.advisory_id
        drafts = advisories._untouched_drafts()
        result = super().unlink()
        self.env["charter.notice"]._propose_again(drafts)
        advisories._close_words()
        return result

    def action_still_right(self):
        """Keep our words for the text the publisher has now."""
        self.check_access("write")
        drafts = self.advisory_id._untouched_drafts()
        self._note_text()
        self.env["charter.notice"]._propose_again(drafts)
        self.advisory_id._close_words()
        return True

    def _note_text(self):
        for one in self:
            one.write({"of_text": one.advisory_id._text_digest()})


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    translation_ids = fields.One2many("charter.advisory.translation", "advisory_id", "Our words")

    def _text_digest(self):
        """Return what distinguishes one text of the publisher from another."""
        self.ensure_one()
        said = [self.name, self.summary or "", sorted(self.remedy_ids.mapped("text"))]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def _is_foreign(self):
        """Return whether the publisher's text is in another language than the reader's (``lang`` of the context)."""
        self.ensure_one()
        if not self.source_format and not self.language:
            return False  # typed by us
        return (self.language or "")[:2].lower() != (self.env.lang or "en_US")[:2].lower()

    def _our_words(self):
        """Return what we wrote in the reader's language about the present text; nothing where there is none."""
        self.ensure_one()
        lang = self.env.lang or "en_US"
        return self.translation_ids.filtered(lambda one: one.lang == lang and one.is_current)[:1]

    def _said_in(self):
        """Return the name of the language of the text, in the reader's own; empty where it is not stated."""
        return language_name(self.env, self.language)

    def _quoted_from(self):
        """Return the words that stand before a quotation: whose text it is, and in which language."""
        self.ensure_one()
        language = self._said_in()
        if language:
            return self.env._(
                "Text of the publisher, %(publisher)s, in its original language (%(language)s):",
                publisher=self.publisher,
                language=language,
            )
        return self.env._("Text of the publisher, %s, in its original language:", self.publisher)

    def _title(self):
        """Return what clients read as its title: never a sentence of another language than theirs."""
        self.ensure_one()
        ours = self._our_words()
        if ours:
            return ours.title
        if self.tlp != "CLEAR":
            return self.env._("Vulnerability: %s", self.identifier)
        return self._named_products() if self._is_foreign() else self.name

    def _named_products(self):
        concerned = self.product_ids.filtered(lambda one: one.status in ("affected", "look") and one.key)
        models_named = list(
            dict.fromkeys(
                " ".join(filter(None, [one.vendor, one.model]))
                if not (one.model or "").startswith(one.vendor or "\0")
                else one.model
                for one in concerned
            )
        )
        makers = list(dict.fromkeys(filter(None, self.product_ids.mapped("vendor"))))
        what = models_named if 0 < len(models_named) <= NAMED else makers[:NAMED]
        if not what:
            return self.env._("Vulnerability: %s", self.identifier)
        return self.env._(
            "Vulnerability: %(products)s (%(reference)s)", products=", ".join(what), reference=self.identifier
        )

    def _advice(self):
        """Return what to do: ours, or the publisher's, quoted where it is in another language. Above TLP:CLEAR only ours."""
        self.ensure_one()
        ours = self._our_words()
        if ours:
            return ours.advice
        if self.tlp != "CLEAR":
            return ""
        kinds = dict(self.env["charter.advisory.remedy"]._fields["kind"]._description_selection(self.env))
        order = list(kinds)
        remedies = self.remedy_ids.sorted(lambda one: (order.index(one.kind), one.id))[:12]
        if not remedies:
            return self.env._("We contact you to agree on what is to be done.")
        if not self._is_foreign():
            lines = (
                self.env._(
                    "%(remedy)s: %(what)s",
                    remedy=kinds[one.kind],
                    what=" ".join(filter(None, [one.text, one.url])),
                )
                for one in remedies
            )
            return "\n".join(dict.fromkeys(lines))
        offered = ", ".join(dict.fromkeys(kinds[one.kind] for one in remedies))
        quoted = (" ".join(filter(None, [f"“{one.text}”", one.url])) for one in remedies)
        return "\n".join(
            [
                self.env._("What the publisher states: %s.", offered),
                self.env._("We contact you to agree on what is to be done."),
                "",
                self._quoted_from(),
                *dict.fromkeys(quoted),
            ]
        )

    def _notice_body(self):
        """Return the HTML of what a notice says of it, for the reader's language."""
        self.ensure_one()
        return self.env["ir.qweb"]._render("mileo_client_charter.advisory_notice_body", {"advisory": self})

    # -- after a revision -------------------------------------------------------------------------

    def _ask_for_words(self):
        """Give whoever wrote our words a day to write them for the text the publisher has now; one step a person."""
        self.ensure_one()
        if not self.product_ids:
            return  # withdrawn: there is nothing to say about it any more
        old = self.sudo().translation_ids.filtered(lambda one: not one.is_current)
        company = self.env.company
        day = company._charter_today() + timedelta(days=company._charter_vulnerability_limit(self.severity))
        waiting = self._words_steps().user_id
        for writer, mine in old.grouped("write_uid").items():
            user = writer if writer.active and not writer.share else self.env.user
            user = company.sudo()._charter_stood_in().get(user.id, user)[:1]
            if user in waiting:
                continue
            waiting |= user
            read = ", ".join(language_name(self.with_context(lang=user.lang).env, one.lang) for one in mine)
            self.activity_schedule(
                "mileo_client_charter.mail_activity_advisory_words",
                day,
                user_id=user.id,
                summary=_lt("Our words for the new revision: %s", read),
            )

    def _close_words(self):
        for one in self.sudo():
            if all(mine.is_current for mine in one.translation_ids):
                one._words_steps().action_feedback()

    def _words_steps(self):
        kind = self.env.ref("mileo_client_charter.mail_activity_advisory_words")
        return self.sudo().activity_ids.filtered(lambda step: step.activity_type_id == kind)

    # -- drafts -----------------------------------------------------------------------------------

    def _untouched_drafts(self):
        """Return {notice, a draft or out: [languages in which the text proposed was not edited]}.

        Of one that is out the client reads it on the portal, and so does a client that joins later; nobody is written to again.
        """
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return {
            notice: [code for code in languages if notice.with_context(lang=code)._is_as_proposed()]
            for notice in self.sudo().notice_ids.filtered(lambda one: one.state in ("draft", "open"))
        }


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    foreign_words = fields.Char("Languages to translate into", compute="_compute_foreign_words")

    other_words = fields.Char("Languages it is not written in", compute="_compute_other_words")
    week_texts = fields.Html(
        "What is stated of each advisory",
        compute="_compute_week_texts",
        sanitize=False,
        help="As clients read it, each of its own devices alone; here all devices of all clients are counted.",
    )

    @api.depends("advisory_ids", "line_ids.equipment_ids")
    @api.depends_context("lang")
    def _compute_week_texts(self):
        for notice in self:
            notice.week_texts = False
            if notice.advisory_ids:
                notice.week_texts = notice.env["ir.qweb"]._render(
                    "mileo_client_charter.advisory_week_texts", {"rows": notice._week_rows()}
                )

    def _week_rows(self):
        """Return what is stated of each advisory of a week, in the reader's language, as in the emails."""
        self.ensure_one()
        labels = dict(self.env["charter.advisory"]._fields["severity"]._description_selection(self.env))
        return [
            {
                "advisory": one,
                "name": one._title(),
                "reference": " · ".join([one.publisher, one.identifier]),
                "severity": labels.get(one.severity, ""),
                "devices": one.affected_count,
                "advice": one._advice(),
            }
            for one in self.advisory_ids.with_context(lang=self.env.lang)
        ]

    @api.depends("state", "name", "body", "advice", "line_ids")
    @api.depends_context("lang")
    def _compute_other_words(self):
        for notice in self:
            quoted = notice._languages_to_translate()
            others = [
                code for code in notice._languages_read() if code not in quoted and notice._is_other(code)
            ]
            notice.other_words = ", ".join(dict.fromkeys(language_name(self.env, code) for code in others))

    def _is_other(self, code):
        """Return whether what it says to readers of a language is clearly in another one."""
        one = self.with_context(lang=code)
        found = language_of(" ".join([one.name or "", _plain(one.body), one.advice or ""]))
        return bool(found) and found != code[:2]

    def _languages_read(self):
        """Return the languages of those whom this draft is for; nothing once it is out."""
        self.ensure_one()
        if self.state != "draft":
            return []
        people = self.env["charter.delivery"].sudo()._recipients_of(self.line_ids.partner_id, "notices")
        read = {contact.lang or self.env.lang for readers in people.values() for contact in readers}
        return [code for code, _name in self.env["res.lang"].get_installed() if code in read]

    def _is_as_proposed(self):
        """Return whether what it says in the reader's language is what its advisory proposes, unedited."""
        self.ensure_one()
        advisory = self.advisory_id.with_context(lang=self.env.lang)
        return _plain(self.body) == _plain(advisory._notice_body()) and (self.advice or "") == (
            advisory._advice() or ""
        )

    @api.model
    def _propose_again(self, drafts):
        """Propose the text of drafts again, in the languages in which nobody edited it (:meth:`_untouched_drafts`)."""
        for notice, languages in drafts.items():
            for code in languages:
                notice.advisory_id._write_notice_text(notice.with_context(lang=code))

    def _quotes(self):
        """Return the advisories whose publisher's text a client of the reader's language gets in another language."""
        self.ensure_one()
        foreign = (
            self._advisories()
            .with_context(lang=self.env.lang)
            .filtered(lambda one: one.tlp == "CLEAR" and one._is_foreign() and not one._our_words())
        )
        if self.advisory_id in foreign and not self._is_as_proposed() and ' lang="' not in (self.body or ""):
            return foreign.browse()  # somebody wrote it again
        return foreign

    @api.depends(
        "state", "body", "advice", "line_ids", "advisory_id.translation_ids", "advisory_ids.translation_ids"
    )
    @api.depends_context("lang")
    def _compute_foreign_words(self):
        for notice in self:
            read = [language_name(self.env, code) for code in notice._languages_to_translate()]
            notice.foreign_words = ", ".join(dict.fromkeys(read))

    def _languages_to_translate(self):
        """Return the languages of this draft's clients in which the publisher's text stands in another language."""
        self.ensure_one()
        if not self._advisories():
            return []
        return [code for code in self._languages_read() if self.with_context(lang=code)._quotes()]

    def action_translate(self):
        """Open the first text to be put into words of ours, beside what the publisher says."""
        self.ensure_one()
        self.check_access("write")
        codes = self._languages_to_translate()
        if not codes:
            return True
        advisory = self.with_context(lang=codes[0])._quotes()[:1]
        old = advisory.translation_ids.filtered(lambda one: one.lang == codes[0])[:1]
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.advisory.translation",
            "res_id": old.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Our words"),
            "context": {"default_advisory_id": advisory.id, "default_lang": codes[0]},
        }


def _plain(html):
    return " ".join(html2plaintext(html or "").split())
