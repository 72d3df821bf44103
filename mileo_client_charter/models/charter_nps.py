from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import renewal as rules
from ..tools.nps import nps

DEFAULT_THRESHOLD = 0
DEFAULT_MONTHS = 12


class Standing(NamedTuple):
    """How a client stands with a company at a moment (article 04). ``score`` is None when nobody answered."""

    score: int | None
    answers: int
    promoters: int
    detractors: int
    complaints: int
    threshold: int

    @property
    def verdict(self):
        return rules.verdict(self.score, self.complaints, self.threshold)


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_nps_months = fields.Integer(
        "Months of answers in a client's NPS",
        default=DEFAULT_MONTHS,
        help="Rolling window: older answers no longer count.",
    )
    charter_nps_contacts = fields.Selection(
        [("present", "Contacts who are still there"), ("all", "Everybody who answered")],
        "Answers that count",
        required=True,
        default="present",
        help="Contacts archived or moved to another client no longer speak for this one.",
    )

    _charter_nps_months = models.Constraint(
        "CHECK (charter_nps_months BETWEEN 1 AND 36)", "Months of answers in a client's NPS: give 1 to 36."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    charter_nps_months = fields.Integer(related="company_id.charter_nps_months", readonly=False)
    charter_nps_contacts = fields.Selection(related="company_id.charter_nps_contacts", readonly=False)


class CharterNps(models.AbstractModel):
    """The NPS of clients: the latest answer of each eligible contact in a rolling window, promoters minus
    detractors over those who answered. One definition, for the verdict, the forecast and the dossier."""

    _name = "charter.nps"
    _description = "NPS of clients"

    @api.model
    def _nps_table(self, until):
        """SQL of (company_id, partner_id, answers, promoters, detractors) of the clients somebody answered for.

        :param until: naive UTC moment, included; the window reaches back from it
        """
        return SQL(
            """(SELECT company_id, partner_id, COUNT(*) AS answers, SUM(promoter) AS promoters, SUM(detractor) AS detractors
                  FROM (SELECT DISTINCT ON (f.company_id, f.partner_id, f.contact_id)
                               f.company_id, f.partner_id, f.promoter, f.detractor
                          FROM charter_feedback f
                          JOIN res_company c ON c.id = f.company_id
                          JOIN res_partner p ON p.id = f.contact_id
                         WHERE %(counts)s
                         ORDER BY f.company_id, f.partner_id, f.contact_id, f.answered_at DESC, f.id DESC) latest
                 GROUP BY company_id, partner_id)""",
            counts=self._answers_that_count(SQL("%s::timestamp", until)),
        )

    @api.model
    def _answers_that_count(self, until):
        """Condition on ``f`` (charter_feedback) with its company ``c`` and its contact ``p``: the one definition of which
        answers are in a client's NPS, for the verdict, the forecast, the dossier and the activity report.

        :param until: SQL of a naive UTC moment, included; the window reaches back from it
        """
        return SQL(
            """f.nps_answered = 1 AND f.state = 'answered' AND f.answered_at <= %(until)s
               AND f.answered_at > %(until)s - make_interval(months => c.charter_nps_months)
               AND (c.charter_nps_contacts = 'all' OR (p.active AND p.commercial_partner_id = f.partner_id))""",
            until=until,
        )

    @api.model
    def _complaints_table(self):
        """SQL of (company_id, partner_id, complaints): the formal complaints not resolved now."""
        return SQL(
            """(SELECT company_id, partner_id, COUNT(*) AS complaints
                  FROM charter_escalation WHERE is_complaint GROUP BY company_id, partner_id)"""
        )

    @api.model
    def _flush(self):
        for model in ("charter.feedback", "charter.escalation", "res.partner", "res.company"):
            self.env[model].flush_model()

    @api.model
    def _standings(self, clients, company, until=None):
        """{client id: Standing} with ``company``; one statement for any number of clients."""
        until = until or fields.Datetime.now()
        self._flush()
        threshold = self._threshold(company)
        self.env.cr.execute(
            SQL(
                """
                SELECT asked.id, COALESCE(n.answers, 0), COALESCE(n.promoters, 0), COALESCE(n.detractors, 0),
                       COALESCE(e.complaints, 0)
                  FROM unnest(%(ids)s::int[]) AS asked (id)
                  LEFT JOIN %(nps)s n ON n.partner_id = asked.id AND n.company_id = %(company)s
                  LEFT JOIN %(complaints)s e ON e.partner_id = asked.id AND e.company_id = %(company)s
                """,
                ids=clients.ids,
                company=company.id,
                nps=self._nps_table(until),
                complaints=self._complaints_table(),
            )
        )
        return {
            client: Standing(nps(promoters, detractors, answers), answers, promoters, detractors, complaints, threshold)
            for client, answers, promoters, detractors, complaints in self.env.cr.fetchall()
        }  # fmt: skip

    @api.model
    def _threshold(self, company):
        """The NPS that has to be exceeded, as the charter in force of ``company`` says."""
        commitment = self.env["charter.document"].sudo()._in_force(company)._commitment("renewal.decision")
        return commitment.threshold if commitment else DEFAULT_THRESHOLD

    @api.model
    def _window(self, company, until):
        """First and last day of the answers that count at ``until`` (naive UTC), for the reader."""
        last = fields.Datetime.context_timestamp(self.with_context(tz=company._charter_tz()), until).date()
        return last - relativedelta(months=company.charter_nps_months), last

    @api.model
    def _missing_in_words(self, standing):
        """What a pass still lacks, as a sentence; empty when nothing does."""
        words = {
            "complaints": self.env._("%s unresolved formal complaint(s)", standing.complaints),
            "answer": self.env._("nobody has answered: an interview is needed"),
            "score": self.env._(
                "NPS %(score)s (n = %(n)s), above %(threshold)s is needed",
                score=standing.score,
                n=standing.answers,
                threshold=standing.threshold,
            ),
        }
        lacking = rules.missing(standing.score, standing.complaints, standing.threshold)
        return "; ".join(words[key] for key in lacking)
