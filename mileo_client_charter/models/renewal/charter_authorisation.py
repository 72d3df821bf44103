"""Permits and certifications of a site, until when, and the notice before they end (article 01: regulation)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.clock import Delay, to_utc
from ...tools.codes import NOTICE_ADVANCE
from ...tools.occurrence import format_key
from ..base.charter_batches import run_isolated
from ..base.charter_words import Words
from ..base.client_document import Sheet

_lt = LazyTranslate(__name__)

# Clients are informed automatically this many days before the last day on which they are informed in time.
AHEAD = 14


class CharterAuthorisationKind(models.Model):
    """A kind of authorisation or certificate, with what the law says of it as the company's own counsel reads it."""

    _name = "charter.authorisation.kind"
    _description = "Kind of authorisation"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    law = fields.Char("Article of law", translate=True, help="Which text asks for it, with its number.")
    years = fields.Integer("Valid for, in years", help="0: as long as the document itself states.")
    lead_months = fields.Integer(
        "Renewal, in months before",
        default=4,
        help="How long before its end the renewal is filed; clients are informed by then.",
    )
    retention_days = fields.Integer("Pictures kept, in days at most", help="0: not specified.")
    is_confirmed = fields.Boolean(
        "Confirmed by counsel", help="Off: article, years, months and days are to be confirmed by counsel."
    )
    active = fields.Boolean(default=True)

    _lead = models.Constraint(
        "CHECK (lead_months BETWEEN 0 AND 36 AND years BETWEEN 0 AND 100 AND retention_days BETWEEN 0 AND 3650)",
        "Months before: 0 to 36; years: 0 to 100; days: 0 to 3650.",
    )


class CharterAuthorisation(models.Model):
    """One authorisation, certificate or check of a client's site; the client is informed in time that it ends."""

    _name = "charter.authorisation"
    _description = "Authorisation of a site"
    _inherit = [
        "charter.engine.mixin",
        "charter.obligation.mixin",
        "charter.informed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _charter_export = Sheet(
        "authorisations", ("display_name", "number", "authority", "issued_on", "valid_until")
    )
    _order = "valid_until, id"
    _rec_names_search = ["number", "kind_id.name"]

    kind_id = fields.Many2one(
        "charter.authorisation.kind", required=True, index=True, ondelete="restrict", tracking=True
    )
    number = fields.Char("Number of the document", tracking=True)
    authority = fields.Char(
        "Issued by", help="Préfecture du Rhône, AFNOR Certification, the company that checked"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('parent_id', '=', False)]",
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    issued_on = fields.Date("Issued on", tracking=True)
    valid_until = fields.Date(
        "Valid until", tracking=True, help="Empty: it has no end, or the end is unknown."
    )
    lead_months = fields.Integer(
        "Renewal, in months before",
        compute="_compute_lead",
        store=True,
        readonly=False,
        groups="mileo_client_charter.group_charter_user",
    )
    tell_by = fields.Date(
        "Notify the client by",
        compute="_compute_notify_by",
        store=True,
        index="btree_not_null",
        groups="mileo_client_charter.group_charter_user",
    )
    document = fields.Binary(attachment=True, copy=False)
    document_name = fields.Char(copy=False)
    user_id = fields.Many2one(
        "res.users",
        "Who renews it",
        tracking=True,
        groups="mileo_client_charter.group_charter_user",
        help="Of ours; empty: the client itself.",
    )
    note = fields.Text(groups="mileo_client_charter.group_charter_user")
    state = fields.Selection(
        [("valid", "Valid"), ("to_renew", "To renew"), ("expired", "Authorisation ended"), ("open_ended", "Without an end")],
        compute="_compute_state", search="_search_state",
    )  # fmt: skip
    told_at = fields.Datetime("Notice written on", readonly=True, copy=False, charter_engine=True)
    told_until = fields.Date(
        "End date notified", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    tellings = fields.Integer(
        "Notifications sent", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    overlapping_ids = fields.Many2many(
        "charter.authorisation",
        compute="_compute_overlapping",
        string="Others of the same kind",
        groups="mileo_client_charter.group_charter_user",
        help="Of the same client, site and kind, valid at the same time.",
    )
    is_notified_late = fields.Boolean(
        "The day to notify the client is past",
        compute="_compute_is_notified_late",
        groups="mileo_client_charter.group_charter_user",
    )
    error = Words("Not notified", readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    active = fields.Boolean(default=True)

    _order_of_time = models.Constraint(
        "CHECK (valid_until IS NULL OR issued_on IS NULL OR valid_until > issued_on)",
        "Valid until: it must end after the day it was issued.",
    )

    @api.depends("kind_id", "site_id", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            # A client reads the kind of its own; kinds as such are staff's.
            one.display_name = " · ".join(
                filter(None, [one.kind_id.sudo().name, (one.site_id or one.partner_id).sudo().name])
            )

    @api.depends("kind_id")
    def _compute_lead(self):
        for one in self:
            one.lead_months = one.kind_id.lead_months

    @api.depends("valid_until", "lead_months")
    def _compute_notify_by(self):
        for one in self:
            one.tell_by = one.valid_until and one.valid_until - relativedelta(months=one.lead_months)

    @api.depends("valid_until", "tell_by", "company_id")
    def _compute_state(self):
        for one in self:
            today = (one.company_id or self.env.company).sudo()._charter_today()
            end, tell_by = one.valid_until, one.sudo().tell_by
            one.state = (
                "open_ended"
                if not end
                else "expired"
                if end < today
                else "to_renew"
                if tell_by <= today
                else "valid"
            )

    @api.depends("partner_id", "site_id", "kind_id", "company_id", "issued_on", "valid_until", "active")
    def _compute_overlapping(self):
        others = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("kind_id", "in", self.kind_id.ids),
                ("state", "!=", "expired"),
            ]
        )
        for one in self:
            one.overlapping_ids = others.filtered(lambda other, one=one: one._overlaps(other))

    def _overlaps(self, other):
        """Return whether another one of the same client, site and kind is valid on a day on which this one is."""
        self.ensure_one()
        if self._origin == other or not self.active or self.state == "expired":
            return False
        same = ("partner_id", "site_id", "kind_id", "company_id")
        if any(self[name]._origin != other[name] for name in same):
            return False
        first, second = sorted((self, other), key=lambda one: one.issued_on or date.min)
        return not first.valid_until or first.valid_until >= (second.issued_on or date.min)

    @api.depends("tell_by", "valid_until", "told_until", "company_id")
    def _compute_is_notified_late(self):
        for one in self:
            today = (one.company_id or self.env.company).sudo()._charter_today()
            one.is_notified_late = bool(
                one.tell_by and one.tell_by < today <= one.valid_until and one.informed_state != "informed"
            )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._charter_today()
        domains = {
            "open_ended": [("valid_until", "=", False)],
            "expired": [("valid_until", "<", today)],
            "to_renew": [("valid_until", ">=", today), ("tell_by", "<=", today)],
            "valid": [("valid_until", ">=", today), ("tell_by", ">", today)],
        }
        return fields.Domain.OR(domains[one] for one in value if one in domains)

    @api.onchange("kind_id", "issued_on")
    def _onchange_issued(self):
        if self.issued_on and self.kind_id.years and not self.valid_until:
            self.valid_until = self.issued_on + relativedelta(years=self.kind_id.years)

    @api.constrains("partner_id", "site_id", "lead_months")
    def _check_site(self):
        for one in self:
            client = one.partner_id
            if client.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "Client: %(contact)s is a contact of %(client)s; choose the client itself, and the "
                        "address as site.",
                        contact=client.name,
                        client=client.commercial_partner_id.name,
                    )
                )
            if one.site_id and one.site_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "Site: %(site)s is no address of %(client)s.",
                        site=one.site_id.display_name,
                        client=client.name,
                    )
                )
            if not 0 <= one.lead_months <= 36:
                raise ValidationError(self.env._("Renewal, in months before: choose 0 to 36."))

    # -- the promise to notify ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._open_again()
        return created

    def write(self, vals):
        before = {one: (one.tell_by, one.valid_until, one.active, one.partner_id) for one in self}
        result = super().write(vals)
        self.filtered(
            lambda one: before[one] != (one.tell_by, one.valid_until, one.active, one.partner_id)
        )._open_again()
        return result

    def _charter_contract(self):
        """Return the client's first running contract under the charter; none where it has none."""
        self.ensure_one()
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

    def _open_again(self):
        """Promise to inform the client before it ends; what was promised of an earlier end is owed no more.

        An end recorded too late for that runs from the day it was recorded, as a notice does.
        """
        self.env.flush_all()
        for one in self:
            one._charter_cancel(NOTICE_ADVANCE, _lt("Its validity has changed."))
            today = one.company_id._charter_today()
            if (
                not one.active
                or not one.valid_until
                or one.valid_until < today
                or one.told_until == one.valid_until
            ):
                continue
            if not one._charter_contract():
                continue
            engine = one._charter_engine()
            engine.tellings += 1
            engine._charter_open(
                NOTICE_ADVANCE,
                at=to_utc(one._last_day(today) + timedelta(days=1), one.company_id._charter_tz()),
                occurrence=format_key(one.valid_until, notified=one.tellings),
                delay=Delay(0, "days", "elapsed"),
                optional=True,
            )

    def _last_day(self, today):
        """Return the last day on which the client is informed in time."""
        self.ensure_one()
        known = today + timedelta(days=self.company_id.charter_vulnerability_days)
        return self.tell_by if self.tell_by >= today else min(known, self.valid_until)

    def action_notify(self):
        """Inform the client now that it ends.

        :raise UserError: there is nothing to notify
        """
        self.check_access("write")
        for one in self:
            if not one.valid_until or one.valid_until < one.company_id._charter_today():
                raise UserError(
                    self.env._("Valid until: there is no future end date to notify the client of.")
                )
            if one.informed_state == "waiting":
                raise UserError(
                    self.env._("“%s”: its email is written already and waits to be sent.", one.display_name)
                )
        self._notify_client()

    def _notify_client(self):
        people = self.env["charter.delivery"].sudo()._recipients_of(self.partner_id, "notices")
        rows = []
        for one in self._charter_engine():
            readers = people[one.partner_id]
            if not readers:
                one.error = _lt("No contact of the client has an email address: add one, then notify again.")
                continue
            owed = one._charter_owed(NOTICE_ADVANCE)[:1]
            rows += [
                one._mail(contact, owed.id if not number else None) for number, contact in enumerate(readers)
            ]
            one.write({"told_at": self._charter_now(), "told_until": one.valid_until, "error": False})
        self.env["charter.delivery"].sudo()._queue(rows)

    def _fingerprint(self):
        return f"authorisation-{self.id}-{self.valid_until}"

    def _charter_notified(self):
        self.ensure_one()
        # A new end date is one the client knows nothing of yet.
        is_current = self.told_at and self.told_until == self.valid_until
        return self._fingerprint() if is_current else "", self.told_at, False

    @api.depends("told_at", "told_until", "valid_until", "error")
    def _compute_informed(self):
        return super()._compute_informed()

    def _mail(self, contact, obligation_id):
        one = self.with_context(lang=contact.lang or self.env.lang)
        body = one.env["ir.qweb"]._render(
            "mileo_client_charter.authorisation_mail", {"one": one, "contact": contact}
        )
        return {
            "kind": "notice",
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "company_id": self.company_id.id,
            "fingerprint": self._fingerprint(),
            "subject": one.env._("%s: to renew", one.display_name),
            "body": body,
            "attachments": [],
            "obligation_id": obligation_id,
        }

    @api.model
    def _notify_expiring(self):
        """Inform clients under the charter that the day comes nearer; those nobody is to mail yet wait. :return: True"""
        due = self.sudo().search(
            Domain.OR(
                Domain("company_id", "in", ids)
                & Domain("tell_by", "<=", today + timedelta(days=AHEAD))
                & Domain("valid_until", ">=", today)
                for today, ids in self.env["res.company"]._charter_days().items()
            )
        )
        held = self.env["res.company"]._charter_held_clients()
        due = due.filtered(
            lambda one: (
                one.told_until != one.valid_until
                and one.partner_id.id not in held.get(one.company_id.id, ())
                and one._charter_contract()
            )
        )
        run_isolated(due, lambda rows: rows._notify_client(), self._note_not_notified)
        return True

    @api.model
    def _note_not_notified(self, one, why):
        one._charter_engine().error = why

    @api.model
    def _charter_file_fields(self):
        return {**super()._charter_file_fields(), "document": []}

    def _charter_origin(self):
        return self.env._("Authorisation"), "/my/charter/authorisations"

    def message_post(self, **kwargs):
        # Odoo lets followers post; following grants nothing here.
        self.check_access("write")
        return super().message_post(**kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_unpromised(self):
        for one in self:
            if one.obligation_ids or one.told_at:
                raise UserError(
                    self.env._("“%s”: archive it instead; its commitments stay.", one.display_name)
                )

    def _get_portal_url(self):
        self.ensure_one()
        return "/my/charter/authorisations"
