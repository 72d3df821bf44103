"""The rows behind the figures of a report: chosen by the same rules, one statement a fact table."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from ...tools.figures import availability
from ...tools.pg_array import pg_array
from ..ledger.charter_past_due import over_sql, result_sql

TEXT_LENGTH = 400
OUTAGE_ROWS = 200
# What is announced within a year of the period's end is worth planning for.
MILESTONE_MONTHS = 12


def shortened(text):
    """Return ``text`` on one line, cut at a word when it is long.

    >>> shortened("  a  b " )
    'a b'
    """
    text = " ".join((text or "").split())
    if len(text) <= TEXT_LENGTH:
        return text
    return text[:TEXT_LENGTH].rsplit(" ", 1)[0] + "…"


class CharterFigures(models.AbstractModel):
    _inherit = "charter.figures"

    @api.model
    def _details_of(self, spans):
        """Return what each report lists. JSON-able; moments are naive UTC texts.

        :param spans: as ``_figures_of`` takes them
        :return: {contract id: {interventions, in_progress, outages, equipment, feedback, escalations, notices, next, milestones,
            corrections}}
        """
        if not spans:
            return {}
        scope = self._scope(spans)
        parts = self._detail_parts(scope)
        details = {}
        for key in scope["periods"]:
            found = {name: part.get(key, []) for name, part in parts.items()}
            work = found.pop("work")
            found["interventions"] = [row for row in work if row["done"]]
            found["in_progress"] = [row for row in work if not row["done"]]
            details[key] = found
        return details

    @api.model
    def _detail_parts(self, scope):
        """Return {part: {contract id: rows}}; packages that know more of what was done for a client add theirs."""
        return {
            "work": self._work_rows(scope),
            "outages": self._outage_rows(scope),
            "equipment": self._equipment_rows(scope),
            "feedback": self._feedback_rows(scope),
            "escalations": self._escalation_rows(scope),
            "next": self._next_rows(scope),
            "milestones": self._milestone_rows(scope),
            "corrections": self._correction_rows(scope),
        }

    @api.model
    def _dicts(self, statement, **values):
        """Return {contract id: [row as a dict]}; the first column is the contract, moments become texts."""
        self.env.cr.execute(SQL(statement, **values))
        names = [column.name for column in self.env.cr.description][1:]
        found = defaultdict(list)
        for contract_id, *row in self.env.cr.fetchall():
            values = (str(value) if hasattr(value, "isoformat") else value for value in row)
            found[contract_id].append(dict(zip(names, values, strict=True)))
        return found

    @api.model
    def _work_rows(self, scope):
        relation = self.env["charter.intervention"]._fields["equipment_ids"]
        rows = self._dicts(
            """
            SELECT scope.contract_id, fact.id, COALESCE(fact.reference, '') AS reference, fact.name, fact.kind,
                   fact.priority, fact.reported_at, fact.responded_at, fact.resolved_at, technician.name AS technician,
                   fact.work_done AS work,
                   COALESCE(fact.state = 'closed' AND fact.resolved_at >= scope.start_at
                            AND fact.resolved_at < scope.end_at, FALSE) AS done,
                   (SELECT STRING_AGG(equipment.name, ', ' ORDER BY equipment.name) FROM %(relation)s link
                      JOIN charter_equipment equipment ON equipment.id = link.%(far)s
                     WHERE link.%(near)s = fact.id) AS equipment,
                   (SELECT %(result)s
                      FROM charter_obligation WHERE res_model = 'charter.intervention' AND res_id = fact.id
                       AND code = 'intervention.response' ORDER BY id DESC LIMIT 1) AS response,
                   (SELECT %(result)s
                      FROM charter_obligation WHERE res_model = 'charter.intervention' AND res_id = fact.id
                       AND code = 'intervention.resolution' ORDER BY id DESC LIMIT 1) AS resolution
              FROM (SELECT charter_intervention.*, %(owner)s AS owner_id
                      FROM charter_intervention
                     WHERE %(mine)s AND state != 'cancelled' AND reported_at < %(last)s
                       AND (resolved_at IS NULL OR resolved_at >= %(first)s)) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
              LEFT JOIN res_users ON res_users.id = fact.user_id
              LEFT JOIN res_partner technician ON technician.id = res_users.partner_id
             WHERE fact.reported_at < scope.end_at AND (fact.resolved_at IS NULL OR fact.resolved_at >= scope.start_at)
             ORDER BY fact.reported_at, fact.id
            """,
            relation=SQL.identifier(relation.relation),
            near=SQL.identifier(relation.column1),
            far=SQL.identifier(relation.column2),
            result=result_sql("charter_obligation", fields.Datetime.now()),
            **self._facts(scope, "charter_intervention", "commercial_partner_id", "reported_at"),
        )
        for own in rows.values():
            for row in own:
                row["work"] = shortened(html2plaintext(row["work"])) if row["work"] else ""
        return rows

    @api.model
    def _outage_rows(self, scope):
        """Return outages and planned maintenance, the part that lies in the period."""
        return self._dicts(
            """
            SELECT * FROM (
                SELECT scope.contract_id, equipment.name AS equipment, outage.start_at, outage.end_at, outage.kind,
                       COALESCE(outage.reason, '') AS reason,
                       EXTRACT(epoch FROM LEAST(COALESCE(outage.end_at, scope.end_at), scope.end_at, %(now)s)
                           - GREATEST(outage.start_at, scope.start_at))::int AS seconds,
                       ROW_NUMBER() OVER (PARTITION BY scope.contract_id ORDER BY outage.start_at, outage.id) AS number
                  FROM charter_outage outage
                  JOIN %(scope)s scope ON scope.contract_id = outage.contract_id
                                       AND scope.partner_id = outage.partner_id
                  JOIN charter_equipment equipment ON equipment.id = outage.equipment_id
                 WHERE outage.active AND outage.start_unknown IS NOT TRUE AND outage.start_at < scope.end_at
                   AND outage.start_at < %(now)s
                   AND (outage.end_at IS NULL OR outage.end_at > scope.start_at)
            ) listed WHERE number <= %(limit)s ORDER BY start_at
            """,
            scope=scope["table"],
            now=fields.Datetime.now(),
            limit=OUTAGE_ROWS,
        )

    @api.model
    def _equipment_rows(self, scope):
        """Return the availability of each equipment; one statement a contract, since an equipment may move between them."""
        columns, outages = scope["columns"], self.env["charter.outage"]
        found = {}
        with_equipment = set(self._contracts_with_equipment(columns["contract_id"]))
        for contract_id, client_id, start, end in zip(
            *(columns[name] for name in ("contract_id", "partner_id", "start_at", "end_at")), strict=True
        ):
            if contract_id in with_equipment:
                found[contract_id] = outages._availability(
                    start,
                    end,
                    contract_ids=[contract_id],
                    by="equipment",
                    of_clients=[(contract_id, client_id)],
                )
        ids = {equipment_id for by_equipment in found.values() for equipment_id in by_equipment}
        equipment = (
            self.env["charter.equipment"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch([("id", "in", list(ids))], ["name", "serial", "site_id"])
        )
        equipment.site_id.fetch(["name"])
        return {
            contract_id: [
                {
                    "name": one.name,
                    "serial": one.serial or "",
                    "site": one.site_id.name or "",
                    **availability(*by_equipment[one.id]),
                }
                for one in equipment.filtered(lambda one, own=by_equipment: one.id in own).sorted(
                    lambda one: (one.site_id.name or "", one.name or "", one.id)
                )
            ]
            for contract_id, by_equipment in found.items()
        }

    @api.model
    def _contracts_with_equipment(self, contract_ids):
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT contract_id FROM charter_equipment_stay WHERE contract_id = ANY(%s)",
                contract_ids,
            )
        )
        return [contract_id for [contract_id] in self.env.cr.fetchall()]

    @api.model
    def _feedback_rows(self, scope):
        """Return answers received in the period, in the client's own words."""
        rows = self._dicts(
            """
            SELECT scope.contract_id, fact.id, fact.answered_at, NULLIF(fact.rating, 0) AS rating,
                   CASE WHEN fact.nps_answered = 1 THEN fact.nps END AS nps, fact.comment, fact.negative,
                   fact.called_at, fact.outcome_at, contact.name AS contact
              FROM (SELECT charter_feedback.*, %(owner)s AS owner_id FROM charter_feedback
                     WHERE %(mine)s AND state = 'answered' AND answered_at >= %(first)s AND answered_at < %(last)s) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
              LEFT JOIN res_partner contact ON contact.id = fact.contact_id
             WHERE fact.answered_at >= scope.start_at AND fact.answered_at < scope.end_at
             ORDER BY fact.answered_at, fact.id
            """,
            **self._facts(scope, "charter_feedback", "partner_id", "create_date"),
        )
        for own in rows.values():
            for row in own:
                row["comment"] = shortened(row["comment"])
        return rows

    @api.model
    def _escalation_rows(self, scope):
        """Return escalations raised in the period, or not resolved before it."""
        return self._dicts(
            """
            SELECT scope.contract_id, fact.id, fact.reference, fact.name, fact.level, fact.raised_at, fact.answered_at,
                   CASE WHEN fact.resolved_at < scope.end_at THEN fact.resolved_at END AS resolved_at
              FROM (SELECT charter_escalation.*, %(owner)s AS owner_id FROM charter_escalation
                     WHERE %(mine)s AND raised_at < %(last)s
                       AND (resolved_at IS NULL OR resolved_at >= %(first)s)) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
             WHERE fact.raised_at < scope.end_at AND (fact.resolved_at IS NULL OR fact.resolved_at >= scope.start_at)
             ORDER BY fact.raised_at, fact.id
            """,
            **self._facts(scope, "charter_escalation", "partner_id", "raised_at"),
        )

    @api.model
    def _next_rows(self, scope):
        """Return what is promised and still to come when the report is made: the part that makes an empty one worth reading."""
        return self._dicts(
            """
            SELECT scope.contract_id, fact.code, commitment.name AS title, fact.occurrence, fact.due_at
              FROM (SELECT charter_obligation.*, %(owner)s AS owner_id FROM charter_obligation
                     WHERE %(mine)s AND state = 'open' AND NOT %(over)s AND code NOT LIKE 'intervention.%%'
                       AND code != 'report.delivery') fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
              JOIN charter_commitment commitment ON commitment.id = fact.commitment_id
             ORDER BY fact.due_at, fact.id
            """,
            over=over_sql("charter_obligation", fields.Datetime.now()),
            **self._facts(scope, "charter_obligation", "partner_id", "opened_at"),
        )

    @api.model
    def _milestone_rows(self, scope):
        """Return dates of the equipment's life within the year that follows the period."""
        return self._dicts(
            """
            SELECT scope.contract_id, equipment.name AS equipment, milestone.kind, milestone.date
              FROM charter_equipment_milestone milestone
              JOIN charter_equipment equipment ON equipment.id = milestone.equipment_id AND equipment.active
              JOIN %(scope)s scope ON scope.contract_id = equipment.contract_id AND scope.partner_id = equipment.partner_id
             WHERE milestone.status = 'announced' AND milestone.date > scope.last_day
               AND milestone.date <= scope.last_day + %(reach)s::interval
             ORDER BY milestone.date, equipment.name
            """,
            scope=scope["table"],
            reach=f"{MILESTONE_MONTHS} months",
        )

    # -- what an earlier report said otherwise -----------------------------------------------------------

    @api.model
    def _correction_rows(self, scope):
        """Return what was corrected since a report of the same contract that printed it left, and that no other report has listed.

        What a report prints is what its table holds by number (``charter.report._charter_frozen_rows``), and the late
        commitments. A new version lists what was corrected since the version it replaces, whatever the others listed.
        """
        for model in ("charter.correction", "charter.report"):
            self.env[model].flush_model()
        titles, documents = self._titles()
        rows = self._dicts(
            """
            SELECT scope.contract_id, fact.id, fact.model, fact.field, fact.before, fact.after, fact.reason, fact.corrected_at,
                   who.name AS who, fact.user_id, commitment.name AS title, feedback.answered_at,
                   NULLIF(CONCAT_WS(' ', work.reference, %(titles)s), '') AS about
              FROM (SELECT correction.id, correction.partner_id, correction.company_id, correction.res_model AS model,
                           correction.res_id AS number, correction.field_name AS field, correction.before, correction.after,
                           correction.reason, correction.corrected_at, correction.user_id, obligation.commitment_id,
                           COALESCE(obligation.res_model, correction.res_model) AS res_model,
                           COALESCE(obligation.res_id, correction.res_id) AS res_id
                      FROM charter_correction correction
                      LEFT JOIN charter_obligation obligation ON correction.res_model = 'charter.obligation'
                                                             AND obligation.id = correction.res_id
                     WHERE correction.for_client AND correction.partner_id = ANY(%(clients)s::int[])) fact
              JOIN %(scope)s scope ON scope.partner_id = fact.partner_id AND scope.company_id = fact.company_id
              JOIN res_users ON res_users.id = fact.user_id
              JOIN res_partner who ON who.id = res_users.partner_id
              LEFT JOIN charter_commitment commitment ON commitment.id = fact.commitment_id
              LEFT JOIN charter_intervention work ON fact.res_model = 'charter.intervention' AND work.id = fact.res_id
              LEFT JOIN charter_feedback feedback ON fact.res_model = 'charter.feedback' AND feedback.id = fact.res_id
              %(documents)s
             WHERE EXISTS (
                SELECT 1 FROM charter_report report
                 WHERE %(own)s AND report.computed_at <= fact.corrected_at AND (%(printed)s)
                   AND (report.last_day = scope.last_day OR NOT EXISTS (
                        SELECT 1 FROM charter_report AS report
                         WHERE %(own)s AND report.last_day != scope.last_day AND %(listed)s)))
             ORDER BY fact.corrected_at, fact.id
            """,
            clients=pg_array(scope["columns"]["partner_id"]),
            scope=scope["table"],
            titles=titles,
            documents=documents,
            own=SQL(
                "report.contract_id = scope.contract_id AND report.partner_id = scope.partner_id "
                "AND report.state IN ('sent', 'superseded')"
            ),
            printed=self._printed_in_report(),
            listed=self._in_report("details.corrections", SQL("fact.id")),
        )
        users = self.env["res.users"].sudo().browse({row["user_id"] for own in rows.values() for row in own})
        roles = {
            user.id: "operations_manager"
            for user in users
            if user.has_group("mileo_client_charter.group_charter_operations")
        }
        for own in rows.values():
            for row in own:
                row["role"] = roles.get(row.pop("user_id"), "")
                row["before"], row["after"] = shortened(row["before"]), shortened(row["after"])
        return rows

    @api.model
    def _in_report(self, path, number):
        """Return whether the frozen table of ``report`` has, at ``path``, a row of that number."""
        return SQL(
            """report."table" #> %(path)s::text[] @> jsonb_build_array(jsonb_build_object('id', %(number)s))""",
            path=pg_array(path.split(".")),
            number=number,
        )

    @api.model
    def _printed_in_report(self):
        """Return whether ``report`` prints the document of ``fact``, or the commitment itself."""
        frozen = self.env["charter.report"]._charter_frozen_rows["table"]
        conditions = [
            SQL(
                "fact.res_model = %(model)s AND %(there)s",
                model=model,
                there=self._in_report(path, SQL("fact.res_id")),
            )
            for path, model in frozen.items()
        ]
        conditions.append(
            SQL(
                "fact.model = 'charter.obligation' AND %(there)s",
                there=self._in_report("figures.promises.late_list", SQL("fact.number")),
            )
        )
        return SQL(" OR ").join(conditions)
