"""Outages whose end is not known: still down, or ended by an event about another outage.

What such an outage takes from the figures grows with each hour, and nobody may ever end it: it is listed to fix, and said where
a report is about to be sent.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_duration

from ..base.charter_format import moment_text


class CharterOutage(models.Model):
    _inherit = "charter.outage"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _unsure_domain(self, companies):
        """Return the domain of what is to fix in ``companies``: without an end and not confirmed lately, or with an end nobody confirmed."""
        now = fields.Datetime.now()
        reported = Domain("kind", "=", "down") & Domain("source", "=", "monitoring")
        stale = Domain.FALSE
        for company in companies:
            before = now - timedelta(hours=company.sudo().charter_outage_stale_hours)
            stale |= (
                Domain("company_id", "=", company.id)
                & Domain("end_at", "=", False)
                & (
                    Domain("confirmed_at", "<", before)
                    | Domain("confirmed_at", "=", False) & Domain("start_at", "<", before)
                )
            )
        unconfirmed = Domain("company_id", "in", companies.ids) & Domain("end_unconfirmed", "=", True)
        return reported & (stale | unconfirmed)

    def _unsure_words(self):
        """Say since when, and when it was last confirmed; or that its end is not its own. In the reader's language and time zone."""
        self.ensure_one()
        if self.end_at:
            return self.env._(
                "its own end was not received: ended with the next message, %s",
                moment_text(self.env, self.end_at, pattern="short"),
            )
        hours = (fields.Datetime.now() - self.start_at) / timedelta(hours=1)
        return self.env._(
            "down for %(hours)s h, last confirmed %(moment)s",
            hours=format_duration(hours),
            moment=moment_text(self.env, self.confirmed_at or self.start_at, pattern="short"),
        )

    def _unsure_effect(self, start, end, contract):
        """Return what these outages make of the availability of ``contract`` from ``start`` to ``end`` (naive UTC).

        :return: (with them, without them), each an Availability, or None where nothing is supervised
        """
        both = [
            self._availability(
                start,
                end,
                contract_ids=contract.ids,
                partner_ids=contract.commercial_partner_id.ids,
                without=ids,
            )
            for ids in ([], self.ids)
        ]
        return both[0].get(contract.id), both[1].get(contract.id)

    def action_still_down(self):
        """Confirm that somebody has looked: it is down still. :raise UserError: it has an end"""
        self.check_access("write")
        if any(outage.end_at for outage in self):
            raise UserError(self.env._("Still down: it has an end already. Correct the end, with a reason."))
        now = fields.Datetime.now()
        for outage in self:
            outage._unsure_note(self.env._("still down"), {"confirmed_at": now})

    def action_end_right(self):
        """Confirm that somebody has looked: it ended when it says. :raise UserError: its end is in no doubt"""
        self.check_access("write")
        if any(not outage.end_unconfirmed for outage in self):
            raise UserError(self.env._("The end is right: it is in no doubt."))
        for outage in self:
            outage._unsure_note(self.env._("the end is right"), {"end_unconfirmed": False})

    def _unsure_note(self, words, values):
        line = f"{fields.Datetime.now()} UTC, {self.env.user.name}: {words}"
        engine = self._charter_engine()
        engine.write({**values, "history": "\n".join(filter(None, [engine.sudo().history, line]))})


class CharterDefect(models.Model):
    _inherit = "charter.defect"
    _depends = {
        "charter.outage": [
            "kind", "source", "active", "start_at", "end_at", "confirmed_at", "end_unconfirmed", "partner_id", "company_id",
            "equipment_id",
        ],
        "charter.outage.refusal": ["state", "company_id", "subject"],
        "charter.equipment": ["name"],
        "res.company": ["charter_outage_stale_hours"],
    }  # fmt: skip

    kind = fields.Selection(
        selection_add=[("endless", "Outage without its end"), ("refused", "Refused events of a monitoring")]
    )

    @api.depends("res_id")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        for defect in self.filtered(lambda one: one.kind == "endless"):
            outage = self.env["charter.outage"].browse(defect.res_id)
            defect.remedy = self.env._("Enter its end, or confirm it: %s", outage._unsure_words())
        for defect in self.filtered(lambda one: one.kind == "refused"):
            defect.remedy = self.env["charter.outage.refusal"].browse(defect.res_id).remedy
        return result

    def _defect_queries(self, clients):
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'endless', outage.partner_id, NULL::int, NULL, outage.company_id, 'charter.outage', outage.id,
                       equipment.name
                  FROM charter_outage outage
                  JOIN charter_equipment equipment ON equipment.id = outage.equipment_id
                  JOIN res_company company ON company.id = outage.company_id
                 WHERE outage.active AND outage.kind = 'down' AND outage.source = 'monitoring'
                   AND (outage.end_unconfirmed
                        OR outage.end_at IS NULL
                       AND COALESCE(outage.confirmed_at, outage.start_at)
                           < %s::timestamp - make_interval(hours => company.charter_outage_stale_hours))
                """,
                fields.Datetime.now(),
            ),
            SQL(
                """
                SELECT 'refused', NULL::int, NULL::int, NULL, company_id, 'charter.outage.refusal', id, subject
                  FROM charter_outage_refusal WHERE state = 'open'
                """
            ),
        ]
