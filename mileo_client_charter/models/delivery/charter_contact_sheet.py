"""The contact sheet: who a client calls, and whether the last one delivered is still right (article 03)."""

import hashlib
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.codes import CONTACTS_SHEET, ESCALATION_LEVEL1, ESCALATION_LEVEL2
from ...tools.occurrence import format_key
from ..base.charter_batches import one_by_one, run_isolated
from ..charter.charter_commitment import ROLES
from ..ledger.charter_past_due import owed_sql

_logger = logging.getLogger(__name__)

LEVELS = (("operations_manager", ESCALATION_LEVEL1), ("general_management", ESCALATION_LEVEL2))


class CharterContactSheet(models.AbstractModel):
    """Names and numbers of the four people a client can call, and how to escalate.

    A sheet is read from the assignments each time; what was delivered is recognised by its fingerprint.
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
        # The caller may have passed the company without a language, as a scheduled action does.
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
        """Return [(role, delay in words)] of the two levels of escalation."""
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
            SELECT DISTINCT ON (assignment.role) assignment.role, concat_ws('|', assignment.role, assignment.user_id,
                   partner.name, partner.phone, lower(partner.email)) AS card
              FROM charter_assignment assignment
              JOIN charter_absence absence ON absence.id = assignment.absence_id AND absence.state = 'planned'
              JOIN res_users users ON users.id = assignment.user_id AND users.active
              JOIN res_partner partner ON partner.id = users.partner_id
             WHERE assignment.active AND assignment.company_id = %(company)s AND assignment.kind = 'stand_in' AND assignment.partner_id IS NULL
               AND daterange(assignment.date_from, assignment.date_to, '[]') @> %(today)s::date
               AND (absence.date_to IS NULL OR absence.date_to >= absence.date_from + interval '1 month' - interval '1 day')
             ORDER BY assignment.role, assignment.date_from DESC, assignment.id DESC
        ), cards AS (
            SELECT assignment.partner_id, assignment.role, concat_ws('|', assignment.role, assignment.user_id, partner.name,
                   partner.phone, lower(partner.email)) AS card
              FROM charter_assignment assignment
              JOIN res_users users ON users.id = assignment.user_id AND users.active
              JOIN res_partner partner ON partner.id = users.partner_id
             WHERE assignment.active AND assignment.company_id = %(company)s AND assignment.kind = 'principal'
               AND daterange(assignment.date_from, assignment.date_to, '[]') @> %(today)s::date
               AND NOT (assignment.partner_id IS NULL AND assignment.role IN (SELECT role FROM long_absences))
            UNION ALL
            SELECT NULL, role, card FROM long_absences
        ), clients AS (
            SELECT DISTINCT contract.commercial_partner_id AS id
              FROM contract_contract contract
             WHERE contract.company_id = %(company)s AND contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active
               AND (contract.date_end IS NULL OR contract.date_end >= %(today)s OR contract.charter_auto_renew)
               AND (%(clients)s::int[] IS NULL OR contract.commercial_partner_id = ANY(%(clients)s::int[]))
        ), hours AS MATERIALIZED (
            SELECT string_agg(concat_ws('-', dayofweek, hour_from, hour_to), ',' ORDER BY dayofweek, hour_from, id) AS open
              FROM resource_calendar_attendance
             WHERE calendar_id = (SELECT resource_calendar_id FROM res_company WHERE id = %(company)s) AND day_period != 'lunch'
        ), sheets AS (
            SELECT client.id, md5(concat_ws(';', %(common)s, (SELECT open FROM hours),
                       (SELECT string_agg(card, ';' ORDER BY role) FROM cards WHERE partner_id IS NULL),
                       string_agg(cards.card, ';' ORDER BY cards.role))) AS fingerprint
              FROM clients client LEFT JOIN cards ON cards.partner_id = client.id
             GROUP BY client.id
        )
    """

    @api.model
    def _parameters(self, company, client_ids=None):
        terms = self.env["charter.document"]._terms_in_force([company.id], [code for _role, code in LEVELS])
        levels = sorted((code, *found.delay) for (_company, code), found in terms.items())
        return {
            "company": company.id,
            "today": company._charter_today(),
            "common": hashlib.sha256(repr((company._charter_tz(), levels)).encode()).hexdigest(),
            "clients": client_ids,
        }

    @api.model
    def _fingerprints(self, company, client_ids=None):
        """Return {client id: fingerprint} of today's sheets; nothing is rendered."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                self._SHEETS_NOW + "SELECT id, fingerprint FROM sheets",
                **self._parameters(company, client_ids),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _drifted(self, company):
        """Return {client id: fingerprint} of clients whose last sheet is not today's, and who are owed none yet."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
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
               AND NOT EXISTS (SELECT 1 FROM charter_obligation promise
                                WHERE promise.code = 'contacts.sheet' AND promise.partner_id = sheets.id
                                  AND promise.company_id = %(company)s AND %(owed)s)
            """,
                **self._parameters(company),
                owed=owed_sql("promise"),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _open_drifted(self, company):
        """Open a new sheet for every client whose sheet has changed."""
        drifted = self._drifted(company)
        if not drifted:
            return
        clients = self.env["res.partner"].sudo().browse(drifted).with_company(company)
        today = company._charter_today()
        run_isolated(
            clients,
            lambda chosen: chosen._charter_open(
                CONTACTS_SHEET, occurrence=lambda client: format_key(today, drifted[client.id][:8])
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
        """Bring up to today who is away, who stands in, who owns which promise and whose sheet has changed.

        One company is one transaction; each step only does what is not done yet.
        """
        self.env["charter.settled"]._unless_settled(self, "cron_contacts", self._all_up_to_today)

    @api.model
    def _charter_action_reads(self, _action):
        return {
            **dict.fromkeys(
                (
                    "charter_absence", "charter_assignment", "charter_commitment", "charter_delivery_run", "charter_document",
                    "charter_handover", "charter_setup_check", "contract_contract", "contract_line", "res_company", "res_partner",
                    "res_users", "resource_calendar", "resource_calendar_attendance", "resource_calendar_leaves", "resource_resource",
                )
            ),
            "charter_delivery": SQL("row.kind IN ('contacts', 'charter') OR row.state IN ('planned', 'queued', 'failed')"),
            # Whom it is time to notify, within the hour too.
            "charter_handover due": SQL("row.tell_at <= %s", fields.Datetime.now()),
            "charter_obligation": owed_sql("row"),
            "mail_activity": SQL("row.res_model IN ('charter.absence', 'charter.obligation')"),
        }  # fmt: skip

    @api.model
    def _all_up_to_today(self):
        companies = self.env["res.company"].sudo().browse(self.env["charter.document"]._companies_in_force())
        somebody_away = self.env["charter.absence"]._companies_to_look_at(companies)
        done = one_by_one(
            companies, lambda one: self._up_to_today(one, one in somebody_away), self._say_not_up_to_date
        )
        self.env["charter.handover"]._notify_due()
        return done

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
