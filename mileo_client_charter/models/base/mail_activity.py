"""Activities: their text is translated for each reader, and a key makes one activity for each commitment and person."""

from odoo import fields, models

from .charter_words import Words


class MailActivity(models.Model):
    _inherit = "mail.activity"

    summary = Words()
    charter_key = fields.Char(
        "What it is about",
        readonly=True,
        index="btree_not_null",
        help="Model and number of the commitment, or of the agreed action, that this activity reminds of.",
    )

    def action_notify(self):
        """Write to each in its own language: core takes the subject from that of whoever assigns, the text from the reader's."""
        result = None
        for lang, mine in self.grouped(lambda one: one.user_id.lang).items():
            result = super(MailActivity, mine.with_context(lang=lang or self.env.lang)).action_notify()
        return result

    def _charter_about(self, records):
        """Return the activities, among these, that are about ``records``."""
        keys = {f"{record._name},{record.id}" for record in records}
        return self.filtered(lambda activity: activity.charter_key in keys)

    def _charter_close(self, records):
        """Remove the activities that reminded of ``records``."""
        keys = [f"{record._name},{record.id}" for record in records]
        self.sudo().search([("charter_key", "in", keys)]).unlink()
