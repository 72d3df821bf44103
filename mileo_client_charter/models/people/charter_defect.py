"""What is to mend before a client notices: a list read from the data itself, each row with its remedy."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.clock import countries_in_utc

UTC = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu")


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
            ("unreachable", "No phone or no e-mail"),
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
    detail = fields.Char(readonly=True)
    remedy = fields.Char(compute="_compute_remedy")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_remedy(self):
        remedies = {
            "vacant": self.env._("Assign somebody"),
            "unreachable": self.env._("Complete the contact"),
            "absence": self.env._("Choose a substitute"),
            "no_contact": self.env._("Add a contact with an e-mail address"),
            "not_notified": self.env._("See why it cannot be notified"),
            "no_anniversary": self.env._("Add a line with a start date, then its reviews are planned"),
            "no_closure": self.env._("Enter its public holidays"),
            "utc_calendar": self.env._("Choose the time zone of the company"),
        }
        for defect in self:
            defect.remedy = remedies.get(defect.kind, "")

    def action_mend(self):
        """Open the record on which the defect is mended."""
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
            SQL("SELECT %s FROM (%s) AS q (%s)", columns, query, columns) for query in queries
        )
        # An id that stays the same from one reading to the next, so that a row of the list can be opened.
        return SQL(
            "SELECT (('x' || substr(md5(concat_ws('|', kind, company_id, partner_id, role, res_model, res_id)), 1, 8))"
            "::bit(32)::int & 2147483647) AS id, %s FROM (%s) AS defects",
            columns,
            union,
        )

    def _clients(self):
        """Clients under the charter today, as SQL: (partner_id, company_id)."""
        today = self.env["res.company"]._charter_today_sql(SQL("company_id"))
        return SQL(
            "SELECT DISTINCT commercial_partner_id AS partner_id, company_id FROM contract_contract "
            "WHERE charter_tier_id IS NOT NULL AND contract_type = 'sale' AND active "
            "AND (date_end IS NULL OR date_end >= %s OR charter_auto_renew)",
            today,
        )

    def _calendar_queries(self):
        """Calendars promises are counted on that close on no day of the coming year, or are in UTC for a company elsewhere."""
        used = SQL(
            """SELECT DISTINCT k.company_id, COALESCE(k.charter_calendar_id, y.resource_calendar_id) AS calendar_id
                 FROM contract_contract k JOIN res_company y ON y.id = k.company_id
                WHERE k.charter_tier_id IS NOT NULL AND k.contract_type = 'sale' AND k.active
                  AND (k.date_end IS NULL OR k.date_end >= %s OR k.charter_auto_renew)""",
            self.env["res.company"]._charter_today_sql(SQL("k.company_id")),
        )
        now = fields.Datetime.now()
        return [
            SQL(
                """
                SELECT 'no_closure', NULL::int, NULL::int, NULL, u.company_id, 'resource.calendar', cal.id, cal.name
                  FROM (%s) u JOIN resource_calendar cal ON cal.id = u.calendar_id
                 WHERE NOT EXISTS (SELECT 1 FROM resource_calendar_leaves l
                                    WHERE l.resource_id IS NULL AND (l.calendar_id = cal.id OR l.calendar_id IS NULL)
                                      AND (l.company_id IS NULL OR l.company_id = u.company_id)
                                      AND l.date_to >= %s AND l.date_from < %s)
                """,
                used, now, now + relativedelta(months=12),
            ),
            SQL(
                """
                SELECT 'utc_calendar', NULL::int, NULL::int, NULL, u.company_id, 'resource.calendar', cal.id, cal.name
                  FROM (%s) u JOIN resource_calendar cal ON cal.id = u.calendar_id
                  JOIN res_company y ON y.id = u.company_id JOIN res_partner p ON p.id = y.partner_id
                  JOIN res_country n ON n.id = p.country_id
                 WHERE cal.tz = ANY(%s) AND n.code != ALL(%s)
                """,
                used, list(UTC), list(countries_in_utc()),
            ),
        ]  # fmt: skip

    def _defect_queries(self, clients):
        """Queries of the columns of this model, without id.

        :param clients: SQL of (partner_id, company_id)
        """
        company = self.env["res.company"]
        today = company._charter_today_sql(SQL("a.company_id"))
        holds = SQL(
            "a.company_id = c.company_id AND a.partner_id = c.partner_id AND a.role = r.role "
            "AND daterange(a.date_from, a.date_to, '[]') @> %s",
            today,
        )
        return [
            SQL(
                """
                SELECT 'vacant' AS kind, c.partner_id, NULL::int AS user_id, r.role, c.company_id,
                       'res.partner' AS res_model, c.partner_id AS res_id, NULL AS detail
                  FROM (%s) c CROSS JOIN (VALUES ('account_manager'), ('technical_contact')) AS r (role)
                 WHERE NOT EXISTS (SELECT 1 FROM charter_assignment a JOIN res_users u ON a.active AND u.id = a.user_id AND u.active
                                    WHERE %s)
                """,
                clients,
                holds,
            ),
            SQL(
                """
                SELECT 'vacant', NULL::int, NULL::int, r.role, c.company_id, 'res.company', c.company_id, NULL
                  FROM (SELECT DISTINCT company_id FROM (%s) AS any_client) c
                 CROSS JOIN (VALUES ('operations_manager'), ('general_management')) AS r (role)
                 WHERE NOT EXISTS (SELECT 1 FROM charter_assignment a JOIN res_users u ON a.active AND u.id = a.user_id AND u.active
                                    WHERE a.company_id = c.company_id AND a.role = r.role
                                      AND daterange(a.date_from, a.date_to, '[]') @> %s)
                """,
                clients,
                today,
            ),
            SQL(
                """
                SELECT DISTINCT 'unreachable', NULL::int, a.user_id, a.role, a.company_id, 'res.partner', p.id, p.name
                  FROM charter_assignment a JOIN res_users u ON a.active AND u.id = a.user_id AND u.active
                  JOIN res_partner p ON p.id = u.partner_id
                 WHERE daterange(a.date_from, a.date_to, '[]') @> %s
                   AND (COALESCE(p.phone, '') = '' OR COALESCE(p.email, '') = '')
                """,
                today,
            ),
            SQL(
                """
                SELECT 'absence', NULL::int, b.user_id, NULL, b.company_id, 'charter.absence', b.id, NULL
                  FROM charter_absence b
                 WHERE b.state = 'planned' AND (b.date_to IS NULL OR b.date_to >= %(today)s)
                   AND EXISTS (SELECT 1 FROM charter_assignment a
                                WHERE a.active AND a.user_id = b.user_id AND a.company_id = b.company_id
                                  AND daterange(a.date_from, a.date_to, '[]') && daterange(b.date_from, b.date_to, '[]'))
                   AND (b.stand_in_id IS NULL
                        OR EXISTS (SELECT 1 FROM charter_absence o
                                    WHERE o.user_id = b.stand_in_id AND o.company_id = b.company_id
                                      AND o.state = 'planned' AND o.stand_in_id IS NULL
                                      AND daterange(o.date_from, o.date_to, '[]') && daterange(b.date_from, b.date_to, '[]')))
                """,
                today=company._charter_today_sql(SQL("b.company_id")),
            ),
            SQL(
                """
                SELECT 'no_contact', c.partner_id, NULL::int, NULL, c.company_id, 'res.partner', c.partner_id, NULL
                  FROM (%s) c
                 WHERE NOT EXISTS (
                       SELECT 1 FROM res_partner p
                        WHERE p.commercial_partner_id = c.partner_id AND p.active AND p.email_normalized IS NOT NULL
                          AND (p.id = p.commercial_partner_id OR p.type = 'contact' AND NOT p.is_company)
                          AND NOT EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = p.id AND NOT u.share))
                """,
                clients,
            ),
            SQL(
                """
                SELECT 'not_notified', h.partner_id, h.user_id, NULL, h.company_id, 'charter.handover', h.id, h.problem
                  FROM charter_handover h WHERE h.active AND h.state = 'planned' AND h.problem IS NOT NULL
                """
            ),
            SQL(
                """
                SELECT 'no_anniversary', k.commercial_partner_id, NULL::int, NULL, k.company_id, 'contract.contract', k.id,
                       k.name
                  FROM contract_contract k
                 WHERE k.charter_tier_id IS NOT NULL AND k.contract_type = 'sale' AND k.active
                   AND (k.date_end IS NULL OR k.date_end >= %s) AND k.charter_term_end IS NULL
                   AND NOT EXISTS (SELECT 1 FROM contract_line l
                                    WHERE l.contract_id = k.id AND l.date_start IS NOT NULL
                                      AND l.is_canceled IS NOT TRUE AND l.display_type IS NULL)
                """,
                company._charter_today_sql(SQL("k.company_id")),
            ),
            *self._calendar_queries(),
        ]
