"""The contact sheet: whom a client calls, and whether the one it has still says so (article 03)."""

import hashlib
import logging

from odoo import api, models

from ...tools.occurrence import format_key
from ..base.charter_batches import one_by_one, run_isolated
from ..charter.charter_commitment import ROLES
from ..ledger.charter_obligation import OWED

_logger = logging.getLogger(__name__)

LEVELS = (("operations_manager", "escalation.level1"), ("general_management", "escalation.level2"))


class CharterContactSheet(models.AbstractModel):
    """Names and numbers of the four people a client can call, and how to escalate.

    A sheet is read from the assignments each time; what was handed over is recognised by its fingerprint.
    Somebody who stands in for a while is announced by a handover and is on the sheet, but does not change
    its fingerprint: no client is sent two sheets for one holiday. Who stands in for the operations manager or general
    management for a month or longer does: every client is sent a sheet that says so, and another at the end.
    """

    _name = "charter.contact.sheet"
    _description = "Contact sheet"
    _inherit = ["charter.engine.mixin"]

    # -- reading ----------------------------------------------------------------------------------

    @api.model
    def _sheets(self, company, clients):
        """Return the sheets of any number of clients, in the language of the environment.

        :return: {client id: dict} with ``client``, ``contacts`` (as ``res.partner._charter_contacts``), ``hours`` (list of
            (days, hours) in words), ``times_of`` (time zone), ``levels`` (delays of the two levels, in words)
        """
        contacts = clients._charter_contacts_many(company)
        # Whoever hands the company over may have done so without a language, as a scheduled action does.
        company = company.with_context(lang=self.env.lang)
        common = {
            "hours": company.resource_calendar_id._charter_office_hours(),
            "times_of": company._charter_tz().replace("_", " "),
            "levels": self._levels(company),
        }
        return {
            client.id: {"client": client, "contacts": contacts[client.id], **common} for client in clients
        }

    @api.model
    def _levels(self, company):
        """[(role, delay in words)] of the two levels of escalation."""
        found = self.env["charter.document"]._commitments_in_force(
            [company.id], [code for _role, code in LEVELS]
        )
        return [
            (role, found[company.id, code].with_env(self.env).sudo().delay_text)
            for role, code in LEVELS
            if (company.id, code) in found
        ]

    # -- drift ------------------------------------------------------------------------------------

    _SHEETS_NOW = """
        WITH long_absences AS MATERIALIZED (
            -- Whoever answers for the whole company for a month or longer is on every client's sheet.
            SELECT DISTINCT ON (a.role) a.role, concat_ws('|', a.role, a.user_id, p.name, p.phone, lower(p.email)) AS card
              FROM charter_assignment a
              JOIN charter_absence b ON b.id = a.absence_id AND b.state = 'planned'
              JOIN res_users u ON u.id = a.user_id AND u.active
              JOIN res_partner p ON p.id = u.partner_id
             WHERE a.active AND a.company_id = %(company)s AND a.kind = 'stand_in' AND a.partner_id IS NULL
               AND daterange(a.date_from, a.date_to, '[]') @> %(today)s::date
               AND (b.date_to IS NULL OR b.date_to >= b.date_from + interval '1 month' - interval '1 day')
             ORDER BY a.role, a.date_from DESC, a.id DESC
        ), cards AS (
            SELECT a.partner_id, a.role, concat_ws('|', a.role, a.user_id, p.name, p.phone, lower(p.email)) AS card
              FROM charter_assignment a
              JOIN res_users u ON u.id = a.user_id AND u.active
              JOIN res_partner p ON p.id = u.partner_id
             WHERE a.active AND a.company_id = %(company)s AND a.kind = 'principal'
               AND daterange(a.date_from, a.date_to, '[]') @> %(today)s::date
               AND NOT (a.partner_id IS NULL AND a.role IN (SELECT role FROM long_absences))
            UNION ALL
            SELECT NULL, role, card FROM long_absences
        ), clients AS (
            SELECT DISTINCT k.commercial_partner_id AS id
              FROM contract_contract k
             WHERE k.company_id = %(company)s AND k.charter_tier_id IS NOT NULL AND k.contract_type = 'sale' AND k.active
               AND (k.date_end IS NULL OR k.date_end >= %(today)s OR k.charter_auto_renew)
               AND (%(clients)s::int[] IS NULL OR k.commercial_partner_id = ANY(%(clients)s::int[]))
        ), hours AS MATERIALIZED (
            SELECT string_agg(concat_ws('-', dayofweek, hour_from, hour_to), ',' ORDER BY dayofweek, hour_from, id) AS open
              FROM resource_calendar_attendance
             WHERE calendar_id = %(calendar)s AND day_period != 'lunch'
        ), sheets AS (
            SELECT c.id, md5(concat_ws(';', %(common)s, (SELECT open FROM hours),
                       (SELECT string_agg(card, ';' ORDER BY role) FROM cards WHERE partner_id IS NULL),
                       string_agg(cards.card, ';' ORDER BY cards.role))) AS fingerprint
              FROM clients c LEFT JOIN cards ON cards.partner_id = c.id
             GROUP BY c.id
        )
    """

    @api.model
    def _parameters(self, company, client_ids=None):
        terms = self.env["charter.document"]._terms_in_force([company.id], [code for _role, code in LEVELS])
        levels = sorted((code, *found.delay) for (_company, code), found in terms.items())
        return {
            "company": company.id,
            "calendar": company.resource_calendar_id.id or None,
            "today": company._charter_today(),
            "common": hashlib.sha256(repr((company._charter_tz(), levels)).encode()).hexdigest(),
            "clients": client_ids,
        }

    @api.model
    def _fingerprints(self, company, client_ids=None):
        """Return {client id: fingerprint} of today's sheets; nothing is rendered."""
        self.env.flush_all()
        self.env.cr.execute(
            self._SHEETS_NOW + "SELECT id, fingerprint FROM sheets", self._parameters(company, client_ids)
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _drifted(self, company):
        """Return {client id: fingerprint} of clients whose last sheet is not today's, and who are owed none yet."""
        self.env.flush_all()
        self.env.cr.execute(
            self._SHEETS_NOW
            + """
            , last AS (
                SELECT DISTINCT ON (partner_id) partner_id, fingerprint FROM charter_delivery
                 WHERE company_id = %(company)s AND kind = 'contacts' AND state IN ('queued', 'sent')
                 ORDER BY partner_id, id DESC
            )
            SELECT sheets.id, sheets.fingerprint
              FROM sheets LEFT JOIN last ON last.partner_id = sheets.id
             WHERE last.fingerprint IS DISTINCT FROM sheets.fingerprint
               AND NOT EXISTS (SELECT 1 FROM charter_obligation o
                                WHERE o.code = 'contacts.sheet' AND o.partner_id = sheets.id
                                  AND o.company_id = %(company)s AND {owed})
            """.replace("{owed}", OWED.format(row="o.")),
            self._parameters(company),
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _open_drifted(self, company):
        """Every client whose sheet has changed is owed a new one."""
        drifted = self._drifted(company)
        if not drifted:
            return
        clients = self.env["res.partner"].sudo().browse(drifted).with_company(company)
        today = company._charter_today()
        run_isolated(
            clients,
            lambda chosen: chosen._charter_open(
                "contacts.sheet", occurrence=lambda client: format_key(today, drifted[client.id][:8])
            ),
            self._note_not_due,
        )

    @api.model
    def _note_not_due(self, client, why):
        _logger.error("Client %s has an old contact sheet and no new one can be promised: %s", client.id, why)

    @api.model
    def _incomplete(self, company, client_ids):
        """Return ids of the clients whose sheet would say “to be named” for one of the four roles today."""
        assignments = self.env["charter.assignment"].sudo()
        keys = [(company.id, role, client) for client in client_ids for role, _label in ROLES]
        held = assignments._holders(keys)
        return {client for _company, _role, client in keys if (_company, _role, client) not in held}

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_contacts(self):
        """Who is away, who stands in, who owns which promise, whose sheet has changed: brought up to today.

        One company is one transaction; each step only does what is not done yet.
        """
        companies = self.env["charter.document"].sudo().search([("state", "=", "in_force")]).company_id
        somebody_away = self.env["charter.absence"]._companies_to_look_at(companies)
        one_by_one(
            companies, lambda one: self._up_to_today(one, one in somebody_away), self._say_not_up_to_date
        )
        self.env["charter.handover"]._notify_due()

    @api.model
    def _up_to_today(self, company, somebody_away):
        scheduler = self.with_company(company)
        if somebody_away:
            scheduler.env["charter.absence"]._feed(company)
            scheduler.env["charter.absence"]._refresh(company)
        else:
            scheduler.env["charter.obligation"]._align_owners(company)
        scheduler._open_drifted(company)
        scheduler.env["charter.delivery.run"]._plan_owed(company)

    @api.model
    def _say_not_up_to_date(self, company, why):
        _logger.error("Absences and contact sheets of company %s are not up to date: %s", company.id, why)
