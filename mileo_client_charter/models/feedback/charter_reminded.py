"""List what was agreed with a client, and remind its owner until it is done (articles 01, 02 and 04)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.charter_format import day_text

ACTIVITY = "mileo_client_charter.activity_agreed"
# Days before its date that who does it is reminded, and between two reminders of one that is late.
AHEAD, AGAIN = timedelta(days=2), timedelta(days=7)


class CharterRemindedMixin(models.AbstractModel):
    """Something agreed, with a ``name``, who does it (``user_id``) and for when (``date_deadline``)."""

    _name = "charter.reminded.mixin"
    _description = "Agreed, and reminded of"
    _inherit = ["charter.engine.mixin"]

    reminded_on = fields.Date(readonly=True, copy=False, charter_engine=True, groups="base.group_user")

    def _charter_agreed_document(self):
        """Return the document it was agreed on, whose thread and activities people follow."""
        raise NotImplementedError

    @api.model
    def _charter_still_owed(self):
        """Return the domain of those still to be done."""
        raise NotImplementedError

    @api.model
    def _watch_agreed(self, days):
        """Remind who does it two days before its date; once it is late, operations too, every week until it is done."""
        ahead = self.env["charter.word"]._by_day(days, lambda day: Domain("date_deadline", "<=", day + AHEAD))
        return ahead & Domain(self._charter_still_owed()), lambda one, today: one._remind_of_agreed(today)

    def _remind_of_agreed(self, today):
        self.ensure_one()
        document = self._charter_agreed_document().sudo()
        user = self._charter_agreed_user()
        self._charter_put_in_list(document, user)
        if self.date_deadline < today and (not self.reminded_on or self.reminded_on <= today - AGAIN):
            operations = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
            for reader in user | operations:
                document._charter_remind(
                    reader,
                    lambda env: env._(
                        "Agreed for %(day)s and not done: %(action)s",
                        day=day_text(env, self.date_deadline),
                        action=self.name,
                    ),
                )
            self._charter_engine().reminded_on = today

    def _charter_agreed_user(self):
        """Return who does it, or answers while they are away; operations in place of somebody who has left."""
        user = self.user_id
        if user and user.active:
            return self.company_id.sudo()._charter_stood_in().get(user.id, user)[:1]
        return self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")[:1]

    def _charter_put_in_list(self, document, user):
        """Give whoever does it one activity of its own on ``document``."""
        present = document.activity_ids._charter_about(self)
        if user in present.user_id:
            return
        present.unlink()
        document.with_context(lang=user.lang, mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            user_id=user.id,
            date_deadline=self.date_deadline,
            summary=self.name,
            charter_key=f"{self._name},{self.id}",
        )

    def _charter_is_done(self):
        """Close what reminded of these: they are done."""
        self.env["mail.activity"]._charter_close(self)


class CharterAgreedAction(models.AbstractModel):
    _name = "charter.agreed.action"
    _inherit = ["charter.agreed.action", "charter.reminded.mixin"]

    @api.model
    def _charter_still_owed(self):
        return [("done_date", "=", False)]

    def action_done(self):
        result = super().action_done()
        self._charter_is_done()
        return result
