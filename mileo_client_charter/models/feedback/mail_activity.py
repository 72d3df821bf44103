"""Mark the words of a client as read when the activity about them is done."""

from odoo import models

from .charter_word import ACTIVITY


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Mark the words as read when the activity is ticked off."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        words = self.env["charter.word"].browse()
        for activity in self.filtered(lambda one: kind and one.activity_type_id == kind):
            words |= words._unread_of(self.env[activity.res_model].browse(activity.res_id))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if words:
            words.with_user(self.env.user).sudo()._mark_read()
        return result
