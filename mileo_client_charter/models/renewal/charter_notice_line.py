"""One client of a notice: its equipment, its delivery, its commitment and its acknowledgement."""

from datetime import timedelta

from odoo import api, fields, models

from ...tools.clock import Delay
from ...tools.codes import NOTICE_ADVANCE
from ...tools.occurrence import format_key
from ..base.charter_engine_links import Links
from ..base.charter_words import Words
from ..base.client_document import Sheet


class CharterNoticeLine(models.Model):
    """One client a notice reaches: its equipment, what it was informed of and when, and its acknowledgement."""

    _name = "charter.notice.line"
    _description = "Notice to a client"
    _inherit = [
        "charter.merge.mixin",
        "charter.engine.mixin",
        "charter.obligation.mixin",
        "charter.informed.mixin",
    ]
    _charter_engine_only = True
    _charter_merge_rules = {"once_a_client_idx": "_charter_merge_notifications"}
    _charter_merge_hides = True
    _charter_export = Sheet(
        "notices", ("display_name", "effect_on", "sent_at", "acknowledged_at", "late_reason")
    )
    _order = "id"
    _rec_name = "notice_id"

    notice_id = fields.Many2one(
        "charter.notice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index=True)
    effect_on = fields.Date(related="notice_id.effect_on", store=True)
    equipment_ids = Links("charter.equipment", readonly=True)
    equipment_count = fields.Integer("Pieces of equipment", compute="_compute_equipment_count")
    sent_at = fields.Datetime("Written on", readonly=True, help="When its email was put into the outbox.")
    told_times = fields.Integer("Notifications sent", readonly=True)
    told_effect_on = fields.Date("Date notified", readonly=True)
    late_reason = Words("Why not earlier", readonly=True)
    sent_late = fields.Boolean(
        "After the time limit",
        readonly=True,
        help="Off where what the charter gives could not be given any more when it became known: the client reads why, and no apology.",
    )
    error = Words("Not notified", readonly=True, groups="base.group_user")
    acknowledged_at = fields.Datetime(readonly=True)
    acknowledged_by_id = fields.Many2one("res.partner", "Acknowledged by", readonly=True)

    active = fields.Boolean(
        default=True, readonly=True, help="Off: on record only, since two clients were merged."
    )

    # How many a client had, and has read, from the index alone.
    _client_idx = models.Index("(partner_id, acknowledged_at) WHERE active IS TRUE AND sent_at IS NOT NULL")
    _once_a_client_idx = models.UniqueIndex(
        "(notice_id, partner_id) WHERE active IS NOT FALSE", "This client is in the notice already."
    )

    def _charter_worked_on(self):
        """Return the notice, which informs all its clients: the line has no page of its own."""
        return self.notice_id

    @api.depends("notice_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            # A client reads what it was informed of, not the notice of others.
            line.display_name = line.notice_id.sudo().name

    def _compute_equipment_count(self):
        for line in self:
            line.equipment_count = len(line.equipment_ids)

    def _charter_notified(self):
        self.ensure_one()
        fingerprint = f"notice-{self.notice_id.id}-{self.told_times}" if self.sent_at else ""
        return fingerprint, self.sent_at, self.acknowledged_at

    @api.depends("sent_at", "told_times", "acknowledged_at", "error")
    def _compute_informed(self):
        result = super()._compute_informed()
        for line in self.filtered("error"):
            line.informed_state, line.informed_at, line.not_delivered = "failed", False, line.error
        return result

    def _charter_contract(self):
        """Return the contract of the equipment; the client's first running one when it has none."""
        self.ensure_one()
        contracts = self.equipment_ids.contract_id.filtered("charter_tier_id")
        if contracts:
            return contracts[:1]
        model = self.env["contract.contract"].sudo()
        return model.search(
            [
                *model._charter_active_domain(),
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="id",
            limit=1,
        )

    def _occurrence(self):
        """Return the key of one notification: a date that moved, or equipment that came, is another promise."""
        self.ensure_one()
        notice = self.notice_id
        return format_key(notice.effect_on or notice.published_on, notified=self.told_times)

    def _owe(self, known_on=None):
        """Open the promise to inform these clients; in the order of ``self``.

        Counted back from the date of effect; from its publication for a vulnerability; and from when it was known where
        that was too late (``known_on``, a day of the company; when the notice was written, by default).
        """
        notices = self.env["charter.notice"]
        opened = self.env["charter.obligation"]
        for notice, lines in self.grouped("notice_id").items():
            day, tz = known_on or notice.known_on, notice.company_id._charter_tz()
            tell_by, known_late = notice._notify_by(day)
            at = notices._midnight(notice.effect_on, tz) if notice.effect_on else None
            # A draft that lay about was owed from when it was known.
            values = {"opened_at": min(notices._midnight(day, tz), notice._charter_now())}
            if known_late or notice.kind == "vulnerability":
                # The whole of the last day: no delay before an event, the moment itself.
                at = notices._midnight(tell_by + timedelta(days=1), tz)
                values["delay"] = Delay(0, "days", "elapsed")
            opened |= lines._charter_open(
                NOTICE_ADVANCE, at=at, occurrence=lambda line: line._occurrence(), **values
            )
        of_line = {promise.res_id: promise for promise in opened}
        return opened.browse([of_line[line.id].id for line in self])

    def _acknowledge(self, contact):
        """Record that a contact of the client has read it; the first one counts."""
        self.ensure_one()
        engine = self._charter_locked("acknowledged_at")
        if not engine.acknowledged_at:
            engine.write({"acknowledged_at": self._charter_now(), "acknowledged_by_id": contact.id})

    @api.model
    def _charter_merge_notifications(self, groups, merge):
        """Keep one row, with the equipment of both and the acknowledgement of either; each stays as it was notified."""
        for group in groups:
            kept, *others = group.sorted(
                lambda line: (
                    not line.acknowledged_at,
                    not line.sent_at,
                    -line.told_times,
                    line.partner_id.id != merge.target,
                    line.id,
                )
            )
            others = self.browse([other.id for other in others])
            others.obligation_ids._settle_merged(kept.display_name)
            kept._charter_engine().equipment_ids |= others.equipment_ids
            others._charter_set_aside(merge)

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/notice/{self.id}"
