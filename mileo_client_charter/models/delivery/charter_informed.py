"""Whether a client has been informed: once an email of it has left or was read, as the deliveries say, and not when it was written."""

from odoo import fields, models
from odoo.exceptions import UserError


class CharterInformedMixin(models.AbstractModel):
    """What clients are informed of by email: read from its deliveries, which alone know what left."""

    _name = "charter.informed.mixin"
    _description = "What clients are informed of"

    informed_state = fields.Selection(
        [("waiting", "Waits to be sent"), ("failed", "Not delivered"), ("informed", "Client informed")],
        "Email",
        compute="_compute_informed",
        compute_sudo=True,
        groups="base.group_user",
        help="Informed: the email has left for a contact of the client, or the client has read it.",
    )
    informed_at = fields.Datetime(
        "Client informed on", compute="_compute_informed", compute_sudo=True, groups="base.group_user"
    )
    not_delivered = fields.Char(
        "Why it was not delivered", compute="_compute_informed", compute_sudo=True, groups="base.group_user"
    )

    def _charter_notified(self):
        """Return (fingerprint of the last notification, when it was written, when the client said that it read it) (hook).

        The fingerprint is empty where the client was not notified of what is on record now.
        """
        return "", False, False

    def _charter_deliveries(self):
        """Return {record: the deliveries of its last notification}. One query."""
        said = {one: one._charter_notified()[0] for one in self}
        wanted = self.filtered(said.get)
        rows = (
            self.env["charter.delivery"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", wanted.partner_id.ids),
                    ("kind", "=", "notice"),
                    ("res_model", "=", self._name),
                    ("res_id", "in", wanted.ids),
                ]
            )
        )
        by_record = rows.grouped("res_id")
        return {
            one: by_record.get(one._origin.id, rows.browse()).filtered(
                lambda row, one=one: row.fingerprint == said[one]
            )
            for one in wanted
        }

    def _compute_informed(self):
        deliveries = self._charter_deliveries()
        for one in self:
            print_, written_at, read_at = one._charter_notified()
            rows = deliveries.get(one, self.env["charter.delivery"])
            moments = [
                *rows.filtered(lambda row: row.state == "sent").mapped("sent_at"),
                *rows.mapped("opened_at"),
                read_at,
            ]
            first = min(filter(None, moments), default=False)
            one.not_delivered = False
            if print_ and not rows:
                # Nothing is on record of how it went out: what was merged, or imported.
                first = first or written_at
            failed = rows.filtered(lambda row: row.state == "failed")
            if first:
                one.informed_state, one.informed_at = "informed", first
            elif rows.filtered(lambda row: row.state in ("planned", "queued")):
                one.informed_state, one.informed_at = "waiting", False
            else:
                one.informed_state, one.informed_at = "failed" if rows else False, False
                one.not_delivered = (failed or rows)[:1].failure

    def action_send_again(self):
        """Send again what was not delivered, to the present addresses of the contacts.

        :raise UserError: nothing of it failed
        """
        self.check_access("write")
        failed = self.env["charter.delivery"].union(*self._charter_deliveries().values())
        failed = failed.filtered(lambda row: row.state == "failed")
        if not failed:
            raise UserError(self.env._("No email of it failed: reload the page."))
        failed.sudo(False).action_retry()
        return True
