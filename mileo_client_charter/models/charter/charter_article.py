"""Articles of a charter: words whose figures are read from the commitments in force, never typed."""

import re
from functools import partial

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ...tools.codes import FEEDBACK_CALLBACK
from ...tools.typed_figures import durations, measure, ratings
from ..base.charter_changed import changed_names
from .charter_document import PLACEHOLDER

# Whatever stands between braces was meant as a figure.
BRACES = re.compile(r"\{[^{}<>]{1,80}\}")
WORDED = ("title", "body")


class CharterArticle(models.Model):
    """An article of a charter: words whose figures are read from the commitments."""

    _name = "charter.article"
    _inherit = ["charter.document.part"]
    _description = "Article of the charter"
    _order = "document_id, number, id"
    _rec_name = "title"

    document_id = fields.Many2one("charter.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    number = fields.Integer(required=True)
    title = fields.Char(required=True, translate=True)
    body = fields.Html(
        required=True,
        translate=True,
        help="Write a figure as the code of its commitment between braces, e.g. {feedback.callback} prints "
        "“48 hours”, {feedback.callback:threshold} prints “3”.",
    )
    rendered_body = fields.Html(compute="_compute_rendered_body", sanitize=False)
    unknown_figures = fields.Char(
        "Unknown figures",
        compute="_compute_rendered_body",
        help="What the body names and the charter does not have.",
    )
    older_langs = fields.Char(
        readonly=True,
        copy=False,
        help="Codes of the languages whose text is older than the last edit in another one.",
    )
    commitment_ids = fields.One2many("charter.commitment", "article_id")

    _number_unique = models.Constraint(
        "UNIQUE (document_id, number)", "Two articles of a charter cannot have the same number."
    )

    def _charter_same_in(self, document, vals):
        return document.article_ids.filtered(lambda one: one.number == vals.get("number"))

    @api.depends(
        "title",
        "body",
        "document_id.commitment_ids.code",
        *(
            f"document_id.commitment_ids.{n}"
            for n in ("delay", "unit", "clock", "threshold", "is_own_delay", "article_id", "name")
        ),
    )
    @api.depends_context("lang")
    def _compute_rendered_body(self):
        for article in self:
            article.rendered_body, unknown = article._read_body()
            article.unknown_figures = ", ".join(unknown)

    def _render_body(self):
        """Return the body with its figures in words, in the language of the environment (Markup).

        :raise ValidationError: it names a figure that the charter does not have
        """
        self.ensure_one()
        rendered, unknown = self._read_body()
        if unknown:
            raise ValidationError(
                self.env._(
                    "Article %(number)s, “%(title)s”: %(figures)s is no figure of %(document)s. Write the code of one of its "
                    "commitments between braces, e.g. {feedback.callback}, or add the commitment.",
                    number=self.number,
                    title=self.title,
                    figures=", ".join(unknown),
                    document=self.document_id.display_name,
                )
            )
        return rendered

    def _read_body(self):
        """Return (the body with its figures in words, what it names that is no figure), whatever it holds: a draft is being written."""
        unknown = []

        def words(match):
            placeholder = PLACEHOLDER.fullmatch(match.group())
            figure = self.document_id._figure_or_none(*placeholder.groups()) if placeholder else None
            if figure is None and self.document_id.state != "draft":
                return escape(match.group())
            if figure is None:
                unknown.append(match.group())
                return Markup('<mark class="bg-danger text-white">%s</mark>') % match.group()
            return escape(figure)

        body = Markup(BRACES.sub(lambda match: str(words(match)), str(self.body or "")))
        if self.document_id.state == "draft":
            unknown += self._typed_in_vain()
        return body, list(dict.fromkeys(unknown))

    def _typed_in_vain(self):
        """Return the time limits and ratings typed as text which are none of the commitments this article is about.

        What is printed and what the clock does would differ, now or once the commitment changes.
        """
        text = html2plaintext(BRACES.sub("", f"{self.title or ''}<br/>{self.body or ''}"))
        named = {match.group(1) for match in PLACEHOLDER.finditer(str(self.body or ""))}
        commitments = self.document_id.commitment_ids
        own = commitments.filtered(lambda one: self._origin and one.article_id._origin == self._origin)
        limits = [one._measure() for one in own | commitments.filtered(lambda one: one.code in named)]
        marks = commitments.filtered(lambda one: one.code == FEEDBACK_CALLBACK).mapped("threshold")
        read = partial(durations, lang=self.env.lang or "en_US", working=self._words_of_working_time())
        typed = [one.words for one in read(text) if measure(*one[1:]) not in limits]
        for commitment in own:
            # As the client reads it in the list, beside its time limit.
            said = read(commitment.name or "")
            typed += [one.words for one in said if measure(*one[1:]) != commitment._measure()]
        return typed + [words for words, rating in ratings(text) if rating not in marks]

    @api.model
    def _words_of_working_time(self):
        """Return what “3 working days” has that “3 days” has not, in the language of the environment."""
        words = self.env["charter.commitment"]._words
        found = set()
        for unit in ("hours", "days"):
            for amount in (1, 2):
                found |= set(words(amount, unit, "working").split()) - set(words(amount, unit).split())
        return tuple(sorted(found))

    def _check_placeholders(self):
        for article in self:
            for lang, _name in self.env["res.lang"].get_installed():
                article.with_context(lang=lang)._render_body()

    # -- languages --------------------------------------------------------------------------------

    def write(self, vals):
        edited = self.filtered(
            lambda article: changed_names(article, {n: vals[n] for n in WORDED if n in vals})
        )
        result = super().write(vals)
        edited._note_edit({self.env.lang or "en_US"})
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(field_name, translations, source_lang=source_lang)
        if field_name in WORDED:
            self._note_edit(set(translations))
        return result

    def _note_edit(self, langs):
        """Note that words were edited in ``langs``: one that was behind has caught up, another leaves the others behind."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for article in self:
            behind = set(filter(None, (article.older_langs or "").split(",")))
            behind = behind - langs if behind & langs else installed - langs
            article.older_langs = ",".join(sorted(behind)) or False

    def _older_in_words(self):
        """Return “Article 2, “Support”: French” of those with words in a language that are older than those in another."""
        names = dict(self.env["res.lang"].get_installed())
        return [
            self.env._(
                "Article %(number)s, “%(title)s”: %(languages)s",
                number=article.number,
                title=article.title,
                languages=", ".join(names[lang] for lang in article.older_langs.split(",") if lang in names),
            )
            for article in self
            if any(lang in names for lang in (article.older_langs or "").split(","))
        ]

    @api.constrains("number")
    def _check_number(self):
        for article in self:
            if article.number < 1:
                raise ValidationError(self.env._("Number: articles are numbered from 1."))
