"""Days and moments in templates of emails: “1er mars” in French, as everywhere else."""

from odoo import models

from .charter_format import first_of_month


class MailTemplate(models.AbstractModel):
    _inherit = "mail.template"

    def _render_eval_context(self):
        context = super()._render_eval_context()

        def dated(write):
            def written(*args, **options):
                code = options.get("lang_code")
                env = self.with_context(lang=code).env if code else self.env
                return first_of_month(env, write(*args, **options))

            return written

        return {**context, **{name: dated(context[name]) for name in ("format_date", "format_datetime")}}
