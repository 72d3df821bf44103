"""Data issues to fix before a client notices: a list read from the data, each row with its remedy."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.clock import UTC_NAMES, countries_in_utc
from ..base.charter_words import Words


class CharterDefect(models.Model):
    """A client without a contact to call, or a document that reached nobody (articles 01 and 03).

    Nothing is stored: a row is there as long as its cause. Another addon adds causes in ``_defect_queries``.
    """

    _name = "charter.defect"
    _description = "Data issues"
    _auto = False
    _order = "kind, partner_id, id"
    # What the queries below read, for the ORM to write it first.
    _depends = {
        "charter.assignment": ["role", "user_id", "partner_id", "company_id", "date_from", "date_to"],
        "charter.absence": ["user_id", "company_id", "date_from", "date_to", "stand_in_id", "state"],
        "charter.handover": ["state", "problem", "partner_id", "user_id"],
        "contract.contract": [
            "charter_tier_id",
            "contract_type",
            "active",
            "date_end",
            "commercial_partner_id",
            "charter_term_end",
        ],
        "contract.line": ["date_start", "is_canceled", "display_type", "contract_id"],
        "resource.calendar": ["tz", "name"],
        "resource.calendar.leaves": ["calendar_id", "company_id", "resource_id", "date_from", "date_to"],
        "res.partner": ["phone", "email", "email_normalized", "active", "commercial_partner_id", "type"],
        "res.users": ["active", "share", "partner_id"],
    }
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("vacant", "Vacant role"),
            ("unreachable", "No phone or no email"),
            ("absence", "Absence without a substitute"),
            ("no_contact", "No contact to write to"),
            ("not_notified", "Client not notified of the substitute"),
            ("no_anniversary", "Contract without annual due date"),
            ("no_closure", "Calendar without public holidays"),
            ("utc_calendar", "Calendar in UTC"),
        ],
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    user_id = fields.Many2one("res.users", "Person concerned", readonly=True)
    # Described, not copied: the labels are those of assignments in the reader's language.
    role = fields.Selection(
        selection=lambda self: (
            self.env["charter.assignment"]._fields["role"]._description_selection(self.env)
        ),
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
    detail = Words(readonly=True)
    remedy = fields.Char(compute="_compute_remedy")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_remedy(self):
        remedies = {
            "vacant": self.env._("Assign somebody"),
            "unreachable": self.env._("Complete the contact"),
            "absence": self.env._("Choose a substitute"),
            "no_contact": self.env._("Add a contact with an email address"),
            "not_notified": self.env._("See why it cannot be notified"),
            "no_anniversary": self.env._("Add a line with a start date, then its reviews are planned"),
            "no_closure": self.env._("Enter its public holidays"),
            "utc_calendar": self.env._("Choose the time zone of the company"),
        }
        for defect in self:
            defect.remedy = remedies.get(defect.kind, "")

    def action_mend(self):
        """Open the record on which the defect is fixed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @property
    def _table_query(self):
        queries = self._defect_queries(self._clients())
        columns = SQL("kind, partner_id, user_id, role, company_id, res_model, res_id, detail")
        union = SQL(" UNION ALL ").join(
            SQL("SELECT %(columns)s FROM (%(query)s) AS found (%(columns)s)", columns=columns, query=query)
            for query in queries
        )
        # An id that stays the same from one reading to the next, so that a row of the list can be opened.
        return SQL(
            "SELECT (('x' || substr(md5(concat_ws('|', kind, company_id, partner_id, role, res_model, res_id)), 1, 8))"
            "::bit(32)::int & 2147483647) AS id, %(columns)s FROM (%(union)s) AS defects",
            columns=columns,
            union=union,
        )

    def _clients(self):
        """Return clients under the charter today, as SQL: (partner_id, company_id)."""
        today = self.env["res.company"]._charter_today_sql(SQL("company_id"))
        return SQL(
            "SELECT DISTINCT commercial_partner_id AS partner_id, company_id FROM contract_contract "
            "WHERE charter_tier_id IS NOT NULL AND contract_type = 'sale' AND active "
            "AND (date_end IS NULL OR date_end >= %s OR charter_auto_renew)",
            today,
        )

    def _calendar_queries(self):
        """Return calendars promises are counted on that close on no day of the coming year, or are in UTC for a company elsewhere."""
        used = SQL(
            """SELECT DISTINCT contract.company_id, COALESCE(contract.charter_calendar_id, company.resource_calendar_id) AS calendar_id
                 FROM contract_contract contract JOIN res_company company ON company.id = contract.company_id
                WHERE contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active
                  AND (contract.date_end IS NULL OR contract.date_end >= %s OR contract.charter_auto_renew)""",
            self.env["res.company"]._charter_today_sql(SQL("contract.company_id")),
        )
        now = fields.Datetime.now()
        return [
            SQL(
                """
                SELECT 'no_closure', NULL::int, NULL::int, NULL, used.company_id, 'resource.calendar', calendar.id, calendar.name
                  FROM (%(used)s) used JOIN resource_calendar calendar ON calendar.id = used.calendar_id
                 WHERE NOT EXISTS (SELECT 1 FROM resource_calendar_leaves leaves
                                    WHERE leaves.resource_id IS NULL AND (leaves.calendar_id = calendar.id OR leaves.calendar_id IS NULL)
                                      AND (leaves.company_id IS NULL OR leaves.company_id = used.company_id)
                                      AND leaves.date_to >= %(now)s AND leaves.date_from < %(until)s)
                """,
                used=used,
                now=now,
                until=now + relativedelta(months=12),
            ),
            SQL(
                """
                SELECT 'utc_calendar', NULL::int, NULL::int, NULL, used.company_id, 'resource.calendar', calendar.id, calendar.name
                  FROM (%(used)s) used JOIN resource_calendar calendar ON calendar.id = used.calendar_id
                  JOIN res_company company ON company.id = used.company_id JOIN res_partner partner ON partner.id = company.partner_id
                  JOIN res_country country ON country.id = partner.country_id
                 WHERE calendar.tz = ANY(%(utc)s) AND country.code != ALL(%(countries_in_utc)s)
                """,
                used=used,
                utc=list(UTC_NAMES),
                countries_in_utc=list(countries_in_utc()),
            ),
        ]

    def _defect_queries(self, clients):
        """Return the queries of the columns of this model, without id.

        :param clients: SQL of (partner_id, company_id)
        """
        company = self.env["res.company"]
        today = company._charter_today_sql(SQL("assignment.company_id"))
        holds = SQL(
            "assignment.company_id = client.company_id AND assignment.partner_id = client.partner_id AND assignment.role = asked.role "
            "AND daterange(assignment.date_from, assignment.date_to, '[]') @> %s",
            today,
        )
        return [
            SQL(
                """
                SELECT 'vacant' AS kind, client.partner_id, NULL::int AS user_id, asked.role, client.company_id,
                       'res.partner' AS res_model, client.partner_id AS res_id, NULL AS detail
                  FROM (%(clients)s) client CROSS JOIN (VALUES ('account_manager'), ('technical_contact')) AS asked (role)
                 WHERE NOT EXISTS (SELECT 1 FROM charter_assignment assignment JOIN res_users users ON assignment.active
                        AND users.id = assignment.user_id AND users.active
                                    WHERE %(holds)s)
                """,
                clients=clients,
                holds=holds,
            ),
            SQL(
                """
                SELECT 'vacant', NULL::int, NULL::int, asked.role, client.company_id, 'res.company', client.company_id, NULL
                  FROM (SELECT DISTINCT company_id FROM (%(clients)s) AS any_client) client
                 CROSS JOIN (VALUES ('operations_manager'), ('general_management')) AS asked (role)
                 WHERE NOT EXISTS (SELECT 1 FROM charter_assignment assignment JOIN res_users users ON assignment.active
                        AND users.id = assignment.user_id AND users.active
                                    WHERE assignment.company_id = client.company_id AND assignment.role = asked.role
                                      AND daterange(assignment.date_from, assignment.date_to, '[]') @> %(today)s)
                """,
                clients=clients,
                today=today,
            ),
            SQL(
                """
                SELECT DISTINCT 'unreachable', NULL::int, assignment.user_id, assignment.role, assignment.company_id, 'res.partner', partner.id, partner.name
                  FROM charter_assignment assignment JOIN res_users users ON assignment.active AND users.id = assignment.user_id AND users.active
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE daterange(assignment.date_from, assignment.date_to, '[]') @> %s
                   AND (COALESCE(partner.phone, '') = '' OR COALESCE(partner.email, '') = '')
                """,
                today,
            ),
            SQL(
                """
                SELECT 'absence', NULL::int, absence.user_id, NULL, absence.company_id, 'charter.absence', absence.id, NULL
                  FROM charter_absence absence
                 WHERE absence.state = 'planned' AND (absence.date_to IS NULL OR absence.date_to >= %(today)s)
                   AND EXISTS (SELECT 1 FROM charter_assignment assignment
                                WHERE assignment.active AND assignment.user_id = absence.user_id AND assignment.company_id = absence.company_id
                                  AND daterange(assignment.date_from, assignment.date_to, '[]') && daterange(absence.date_from, absence.date_to, '[]'))
                   AND (absence.stand_in_id IS NULL
                        OR EXISTS (SELECT 1 FROM charter_absence other
                                    WHERE other.user_id = absence.stand_in_id AND other.company_id = absence.company_id
                                      AND other.state = 'planned' AND other.stand_in_id IS NULL
                                      AND daterange(other.date_from, other.date_to, '[]') && daterange(absence.date_from, absence.date_to, '[]')))
                """,
                today=company._charter_today_sql(SQL("absence.company_id")),
            ),
            SQL(
                """
                SELECT 'no_contact', client.partner_id, NULL::int, NULL, client.company_id, 'res.partner', client.partner_id, NULL
                  FROM (%s) client
                 WHERE NOT EXISTS (
                       SELECT 1 FROM res_partner partner
                        WHERE partner.commercial_partner_id = client.partner_id AND partner.active AND partner.email_normalized IS NOT NULL
                          AND (partner.id = partner.commercial_partner_id OR partner.type = 'contact' AND NOT partner.is_company)
                          AND NOT EXISTS (SELECT 1 FROM res_users users WHERE users.partner_id = partner.id AND NOT users.share))
                """,
                clients,
            ),
            SQL(
                """
                SELECT 'not_notified', handover.partner_id, handover.user_id, NULL, handover.company_id, 'charter.handover', handover.id, handover.problem
                  FROM charter_handover handover WHERE handover.active AND handover.state = 'planned' AND handover.problem IS NOT NULL
                """
            ),
            SQL(
                """
                SELECT 'no_anniversary', contract.commercial_partner_id, NULL::int, NULL, contract.company_id, 'contract.contract', contract.id,
                       contract.name
                  FROM contract_contract contract
                 WHERE contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active
                   AND (contract.date_end IS NULL OR contract.date_end >= %s) AND contract.charter_term_end IS NULL
                   AND NOT EXISTS (SELECT 1 FROM contract_line line
                                    WHERE line.contract_id = contract.id AND line.date_start IS NOT NULL
                                      AND line.is_canceled IS NOT TRUE AND line.display_type IS NULL)
                """,
                company._charter_today_sql(SQL("contract.company_id")),
            ),
            *self._calendar_queries(),
        ]
