from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .charter_document import PLACEHOLDER


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
    commitment_ids = fields.One2many("charter.commitment", "article_id")

    _number_unique = models.Constraint(
        "UNIQUE (document_id, number)", "Two articles of a charter cannot have the same number."
    )

    @api.depends("body", "document_id.commitment_ids.delay", "document_id.commitment_ids.unit")
    @api.depends_context("lang")
    def _compute_rendered_body(self):
        for article in self:
            article.rendered_body = article._render_body()

    def _render_body(self):
        """The body with its figures in words, in the language of the environment (Markup)."""
        self.ensure_one()

        def words(match):
            return str(escape(self.document_id._figure(match.group(1), match.group(2))))

        return Markup(PLACEHOLDER.sub(words, str(self.body or "")))

    def _check_placeholders(self):
        for article in self:
            for lang, _name in self.env["res.lang"].get_installed():
                article.with_context(lang=lang)._render_body()

    @api.constrains("number")
    def _check_number(self):
        for article in self:
            if article.number < 1:
                raise ValidationError(self.env._("Number: articles are numbered from 1."))
