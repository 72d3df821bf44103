"""Whose an equipment was, at which site and under which contract, from when until when: past figures are read from it."""

from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

FAR = fields.Datetime.to_datetime("9999-12-31 00:00:00")
PAST = fields.Datetime.to_datetime("0001-01-01 00:00:00")


class CharterEquipmentStay(models.Model):
    """For whom an equipment worked, and when: what makes past figures stay with the client that had it.

    Kept by the equipment itself when its client, site or contract changes. The first stay has no beginning, the
    present one no end.
    """

    _name = "charter.equipment.stay"
    _description = "Stay of an equipment"
    _order = "equipment_id, from_at nulls first, id"

    equipment_id = fields.Many2one("charter.equipment", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="equipment_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", "Client", required=True, index=True, ondelete="restrict")
    site_id = fields.Many2one("res.partner", index="btree_not_null", ondelete="restrict")
    contract_id = fields.Many2one("contract.contract", index="btree_not_null", ondelete="restrict")
    from_at = fields.Datetime("From", help="Empty: from the beginning.")
    until_at = fields.Datetime("Until", help="Empty: it is there today.")

    _order_of_time = models.Constraint("CHECK (until_at > from_at)", "Stay: it must end after it begins.")

    @api.constrains("equipment_id", "from_at", "until_at", "partner_id", "site_id", "contract_id")
    def _check_stays(self):
        for equipment in self.equipment_id:
            stays = equipment.stay_ids.sorted(lambda stay: stay.from_at or PAST)
            for before, after in pairwise(stays):
                if (before.until_at or FAR) > (after.from_at or PAST):
                    raise ValidationError(
                        self.env._(
                            "%s: two stays overlap. End one before the other begins.", equipment.display_name
                        )
                    )
        for stay in self:
            # A stay that is over names the contract of then, which may be another customer's now.
            for related in (stay.site_id, stay.contract_id) if not stay.until_at else ():
                if related and related.commercial_partner_id != stay.partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s is another client's than %(client)s.",
                            record=related.display_name,
                            client=stay.partner_id.name,
                        )
                    )
