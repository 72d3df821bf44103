from odoo import fields, models


class CharterDeliveryPreview(models.TransientModel):
    """A document as its first client would receive it now."""

    _name = "charter.delivery.preview"
    _description = "Document before it leaves"

    delivery_id = fields.Many2one("charter.delivery", readonly=True)
    contact_id = fields.Many2one(related="delivery_id.contact_id")
    partner_id = fields.Many2one(related="delivery_id.partner_id")
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)
    attachment_ids = fields.Many2many("ir.attachment", readonly=True)
    fingerprint = fields.Char(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
