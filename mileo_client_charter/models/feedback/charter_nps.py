"""The NPS of a client: the score of what its contacts recommend, the rows it is computed of, and what a renewal needs."""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.codes import RENEWAL_DECISION
from ..base.charter_format import day_text
from ..base.charter_words import Kept, in_words, stored

_lt = LazyTranslate(__name__)

# Used only where no charter is in force; the figure of the charter is that of its commitment.
DEFAULT_THRESHOLD = 0


class Standing(NamedTuple):
    """How a client stands with a company at a moment (article 04): a row of ``charter.nps._standing_table``.

    ``score`` is the NPS as it is shown, None when nobody answered. ``above`` says whether the exact NPS exceeds the
    threshold, None when nobody answered. ``verdict`` is pass, fail or unknown.
    """

    score: int | None
    answers: int
    promoters: int
    detractors: int
    complaints: int
    threshold: int
    above: bool | None
    verdict: str
    unqualified: int = 0
    """Escalations that may be this client's: their sender is somebody in its mail domain whom nobody has qualified yet."""

    @property
    def lacking(self):
        """Return what a pass still lacks: ``complaints``, ``answer`` (nobody answered), ``score`` or ``unqualified``."""
        return [
            what
            for what, there in (
                ("complaints", self.complaints),
                ("answer", not self.answers),
                ("score", self.answers and not self.above),
                ("unqualified", self.unqualified),
            )
            if there
        ]


class CharterNps(models.AbstractModel):
    """The NPS of clients: the latest answer of each contact in a rolling window, promoters minus detractors over those
    who answered. One definition, for the verdict, the forecast and the dossier."""

    _name = "charter.nps"
    _description = "NPS of clients"

    @api.model
    def _nps_table(self, until, left_out=False):
        """Return SQL of (company_id, partner_id, answers, promoters, detractors, score) of the clients somebody answered for.

        ``score`` is the NPS as ``tools.nps.nps`` shows it; it is for the reader, and is compared with nothing.

        :param until: naive UTC moment, included; the window reaches back from it
        """
        return SQL(
            """(SELECT company_id, partner_id, COUNT(*) AS answers, SUM(promoter) AS promoters, SUM(detractor) AS detractors,
                       round(100.0 * (SUM(promoter) - SUM(detractor)) / COUNT(*))::int AS score
                  FROM (SELECT DISTINCT ON (feedback.company_id, feedback.partner_id, feedback.respondent)
                               feedback.company_id, feedback.partner_id, feedback.promoter, feedback.detractor
                          FROM charter_feedback feedback
                          JOIN res_company company ON company.id = feedback.company_id
                         WHERE %(counts)s
                         ORDER BY feedback.company_id, feedback.partner_id, feedback.respondent, feedback.answered_at DESC, feedback.id DESC) latest
                 GROUP BY company_id, partner_id)""",
            counts=self._answers_that_count(SQL("%s::timestamp", until), left_out),
        )

    @api.model
    def _left_out_in_words(self, clients, company):
        """Return {client id: how many answers are left out of its NPS now, by whom, and the NPS with them}, as a sentence; only
        of clients of which some are.
        """
        aside = self._set_aside(clients, company)
        rows = {one: [row for row in found if row["kind"] == "left_out"] for one, found in aside.items()}
        rows = {one: found for one, found in rows.items() if found}
        if not rows:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT partner_id, score, answers FROM %(nps)s whole WHERE company_id = %(company)s AND partner_id = ANY(%(ids)s::int[])",
                nps=self._nps_table(fields.Datetime.now(), left_out=None),
                company=company.id,
                ids=list(rows),
            )
        )
        return {
            client: self.env._(
                "answers left out of the NPS: %(count)s, by %(users)s; with them it would be %(score)s (n = %(n)s)",
                count=len(rows[client]),
                users=", ".join(dict.fromkeys(row["by"] or "—" for row in rows[client])),
                score=score,
                n=answers,
            )
            for client, score, answers in self.env.cr.fetchall()
        }

    @api.model
    def _answers_that_count(self, until, left_out=False):
        """Return the condition on ``f`` (charter_feedback) with its company ``c``: the one definition of which answers are in a
        client's NPS, for the verdict, the health, the forecast, the dossier and the activity report.

        An answer counts for whoever was a contact of the client when it was given, whatever becomes of the contact
        afterwards, unless operations left it out with a reason.

        :param until: SQL of a naive UTC moment, included; the window reaches back from it
        :param left_out: True: those that would count, had they not been left out; None: both
        """
        out = {
            False: SQL("feedback.left_out_at IS NULL"),
            True: SQL("feedback.left_out_at IS NOT NULL"),
            None: SQL("TRUE"),
        }
        return SQL(
            """feedback.nps_counted = 1 AND feedback.nps_answered = 1 AND feedback.state = 'answered' AND %(out)s
               AND feedback.answered_at <= %(until)s
               AND feedback.answered_at > %(until)s - make_interval(months => company.charter_nps_months)""",
            out=out[left_out],
            until=until,
        )

    @api.model
    def _complaints_table(self):
        """Return SQL of (company_id, partner_id, complaints): the formal complaints not resolved now."""
        return SQL(
            """(SELECT company_id, partner_id, COUNT(*) AS complaints
                  FROM charter_escalation WHERE is_complaint GROUP BY company_id, partner_id)"""
        )

    @api.model
    def _thresholds_table(self):
        """Return SQL of (company_id, threshold): the NPS that has to be exceeded, as the charter in force says."""
        return SQL(
            """(SELECT document.company_id, commitment.threshold
                  FROM charter_commitment commitment
                  JOIN charter_document document ON document.id = commitment.document_id AND document.state = 'in_force'
                 WHERE commitment.code = %s)""",
            RENEWAL_DECISION,
        )

    @api.model
    def _unqualified_table(self):
        """Return SQL of (company_id, partner_id, unqualified): escalations that may be the client's, and wait to be qualified."""
        return SQL(
            """(SELECT escalation.company_id, likely.partner_id, COUNT(*) AS unqualified
                  FROM charter_escalation escalation JOIN charter_escalation_likely_rel likely ON likely.escalation_id = escalation.id
                 WHERE escalation.state = 'unqualified' GROUP BY escalation.company_id, likely.partner_id)"""
        )

    @api.model
    def _standing_table(self, asked, until):
        """Return SQL of (company_id, partner_id) and the columns of ``Standing``: one row for each of ``asked``.

        The one place where a client's NPS is held against the charter (article 04), for the decision, the health, the
        forecast and its calendar, and the dossier. Exact, in whole numbers: 0.4 is above 0. A complaint fails whatever the
        score; silence is unknown, and never a pass; the threshold has to be exceeded; an escalation that may be the client's is
        unknown until somebody has qualified it.

        :param asked: SQL of a table (company_id, partner_id)
        :param until: naive UTC moment, included
        """
        return SQL(
            """(SELECT company_id, partner_id, score, answers, promoters, detractors, complaints, threshold, above,
                       unqualified,
                       CASE WHEN complaints > 0 THEN 'fail' WHEN above IS NULL THEN 'unknown' WHEN NOT above THEN 'fail'
                            WHEN unqualified > 0 THEN 'unknown' ELSE 'pass' END AS verdict
                  FROM (SELECT asked.company_id, asked.partner_id, scores.score, COALESCE(scores.answers, 0) AS answers,
                               COALESCE(scores.promoters, 0) AS promoters, COALESCE(scores.detractors, 0) AS detractors,
                               COALESCE(escalation.complaints, 0) AS complaints, COALESCE(wanted.threshold, %(default)s) AS threshold,
                               100 * (scores.promoters - scores.detractors) > COALESCE(wanted.threshold, %(default)s) * scores.answers AS above,
                               COALESCE(waiting.unqualified, 0) AS unqualified
                          FROM %(asked)s AS asked
                          LEFT JOIN %(nps)s scores ON scores.partner_id = asked.partner_id AND scores.company_id = asked.company_id
                          LEFT JOIN %(complaints)s escalation ON escalation.partner_id = asked.partner_id AND escalation.company_id = asked.company_id
                          LEFT JOIN %(unqualified)s waiting ON waiting.partner_id = asked.partner_id AND waiting.company_id = asked.company_id
                          LEFT JOIN %(thresholds)s wanted ON wanted.company_id = asked.company_id) counted)""",
            asked=asked,
            nps=self._nps_table(until),
            complaints=self._complaints_table(),
            unqualified=self._unqualified_table(),
            thresholds=self._thresholds_table(),
            default=DEFAULT_THRESHOLD,
        )

    @api.model
    def _flush(self):
        """Write what the standing is read from."""
        for model in (
            "charter.feedback", "charter.escalation", "res.partner", "res.company", "charter.document", "charter.commitment",
        ):  # fmt: skip
            self.env[model].flush_model()

    @api.model
    def _standings(self, clients, company, until=None):
        """Return {client id: Standing} with ``company``; one statement for any number of clients."""
        until = until or fields.Datetime.now()
        self._flush()
        asked = SQL(
            "(SELECT %(company_id)s::int AS company_id, id AS partner_id FROM unnest(%(clients)s::int[]) AS asked (id))",
            company_id=company.id,
            clients=clients.ids,
        )
        self.env.cr.execute(
            SQL(
                "SELECT partner_id, %(fields)s FROM %(standing_table)s standing",
                fields=SQL(", ").join(map(SQL.identifier, Standing._fields)),
                standing_table=self._standing_table(asked, until),
            )
        )
        return {client: Standing(*row) for client, *row in self.env.cr.fetchall()}

    @api.model
    def _set_aside(self, clients, company, until=None):
        """Return {client id: what was changed manually in what its standing is read from}: answers that are left out or were
        corrected, and escalations that were set aside within the window of the NPS.

        Each a dict of plain values: ``kind`` (“left_out”, the field that was corrected: “nps”, “contact_id”, or “dismissed”,
        with the reference in ``before``), ``answered_at`` (when the client said it), ``nps``, ``before``, ``after``,
        ``reason``, ``by`` and ``at`` (moments as text, naive UTC). A contact that was corrected is not named.
        """
        until = until or fields.Datetime.now()
        self._flush()
        self.env["charter.correction"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT feedback.partner_id, 'left_out', feedback.answered_at, feedback.nps, NULL, NULL,
                       feedback.left_out_reason, partner.name, feedback.left_out_at
                  FROM charter_feedback feedback
                  JOIN res_company company ON company.id = feedback.company_id
                  LEFT JOIN res_users users ON users.id = feedback.left_out_by_id
                  LEFT JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE feedback.company_id = %(company)s AND feedback.partner_id = ANY(%(ids)s::int[]) AND %(left_out)s
                 UNION ALL
                SELECT feedback.partner_id, correction.field_name, feedback.answered_at, feedback.nps, correction.before,
                       correction.after, correction.reason, partner.name, correction.corrected_at
                  FROM charter_feedback feedback
                  JOIN res_company company ON company.id = feedback.company_id
                  JOIN charter_correction correction ON correction.res_model = 'charter.feedback' AND correction.res_id = feedback.id
                   AND correction.field_name IN ('nps', 'contact_id')
                  JOIN res_users users ON users.id = correction.user_id
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE feedback.company_id = %(company)s AND feedback.partner_id = ANY(%(ids)s::int[]) AND %(counts)s
                 UNION ALL
                SELECT escalation.partner_id, 'dismissed', COALESCE(escalation.said_at, escalation.raised_at), NULL, escalation.reference, NULL,
                       escalation.dismiss_reason, partner.name, escalation.resolved_at
                  FROM charter_escalation escalation
                  JOIN res_company company ON company.id = escalation.company_id
                  LEFT JOIN res_users users ON users.id = escalation.dismissed_by_id
                  LEFT JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE escalation.company_id = %(company)s AND escalation.partner_id = ANY(%(ids)s::int[])
                   AND escalation.state = 'dismissed' AND escalation.resolved_at <= %(until)s
                   AND escalation.resolved_at > %(until)s::timestamp - make_interval(months => company.charter_nps_months)
                 ORDER BY 3, 9
                """,
                company=company.id,
                ids=clients.ids,
                until=until,
                left_out=self._answers_that_count(SQL("%s::timestamp", until), left_out=True),
                counts=self._answers_that_count(SQL("%s::timestamp", until)),
            )
        )
        found = {client.id: [] for client in clients}
        for client, kind, answered_at, mark, before, after, reason, by, at in self.env.cr.fetchall():
            shown = kind in ("nps", "dismissed")
            found[client].append(
                {
                    "kind": kind,
                    "answered_at": fields.Datetime.to_string(answered_at),
                    "nps": mark,
                    "before": before if shown else None,
                    "after": after if shown else None,
                    "reason": reason,
                    "by": by,
                    "at": fields.Datetime.to_string(at),
                }
            )
        return found

    @api.model
    def _set_aside_in_words(self, rows, company):
        """Return a line for each row of ``_set_aside``, for the reader; empty when there is none."""
        words = {
            "left_out": lambda row: self.env._("Left out: the answer of %(day)s (%(mark)s)", **row),
            "nps": lambda row: self.env._(
                "Corrected: the answer of %(day)s, from %(before)s to %(after)s", **row
            ),
            "contact_id": lambda row: self.env._(
                "Corrected: who gave the answer of %(day)s (%(mark)s)", **row
            ),
            "dismissed": lambda row: self.env._(
                "Set aside: the escalation %(before)s of %(day)s, which is no complaint", **row
            ),
        }
        lines = []
        for row in rows or ():
            shown = {
                "day": day_text(self.env, company._charter_day_at(row["answered_at"])),
                "mark": row["nps"],
                "before": row["before"] or "—",
                "after": row["after"] or "—",
            }
            lines.append(
                self.env._(
                    "%(what)s. Reason: %(reason)s (%(user)s, %(day)s)",
                    what=words[row["kind"]](shown),
                    reason=row["reason"] or "—",
                    user=row["by"] or "—",
                    day=day_text(self.env, company._charter_day_at(row["at"])),
                )
            )
        return "\n".join(lines)

    @api.model
    def _window(self, company, until):
        """Return the first and last day of the answers that count at ``until`` (naive UTC), for the reader."""
        last = fields.Datetime.context_timestamp(self.with_context(tz=company._charter_tz()), until).date()
        return last - relativedelta(months=company.charter_nps_months), last

    @api.model
    def _missing_in_words(self, standing):
        """Return what a pass still lacks, as a sentence; empty when nothing does."""
        return in_words(self.env, self._missing(standing))

    @api.model
    def _missing(self, standing):
        """Return ``_missing_in_words`` as it is kept: terms, for whoever reads it."""
        words = {
            "complaints": _lt("unresolved formal complaints: %s", standing.complaints),
            "answer": _lt("no answer yet: an interview is needed"),
            "score": _lt(
                "NPS %(score)s (n = %(n)s), above %(threshold)s is needed",
                score=standing.score,
                n=standing.answers,
                threshold=standing.threshold,
            ),
            "unqualified": _lt("an escalation from its mail domain is still to qualify"),
        }
        return Kept("; ".join(stored(words[key]) for key in standing.lacking))
