"""Compute the figures of any number of contracts over a period: one or two statements a fact table (article 01).

What is counted, and when it belongs to a period, is said in the docstrings of tools/figures.py, which the report
prints on its last page. All moments are naive UTC; a day is the client's own, in its time zone, else the company's.
"""

from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import figures as formulas
from ...tools.clock import to_utc
from ...tools.codes import FEEDBACK_CALLBACK, FEEDBACK_OUTCOME, INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE
from ...tools.nps import nps
from ...tools.pg_array import pg_array
from ..ledger.charter_past_due import decided_sql, result_sql

RESPONSE, RESOLUTION = INTERVENTION_RESPONSE, INTERVENTION_RESOLUTION
CALLBACK, OUTCOME = FEEDBACK_CALLBACK, FEEDBACK_OUTCOME


class CharterFigures(models.AbstractModel):
    _name = "charter.figures"
    _description = "Figures of contracts"

    @api.model
    def _figures(self, contracts, first_day, last_day, client=None):
        """Return the figures of each of ``contracts`` from ``first_day`` to ``last_day``, both included.

        What is counted is the client's own: of a contract that had another customer before, that one's facts are left out.

        Read as the engine: the caller has chosen contracts its user may read.

        :param client: whose facts, where it is not the contracts' present customer
        :return: {contract id: dict}, JSON-able, counts only: ``period`` (first_day, last_day, tz, start_at, end_at),
            ``interventions``, ``response``, ``resolution``, ``paused``, ``availability``, ``satisfaction``, ``nps``,
            ``promises`` (with ``late_list``), ``callbacks``, ``outcomes``, ``escalations``: each as its formula returns it
        :raise ValueError: ``last_day`` before ``first_day``
        """
        span = (first_day, last_day, client.id) if client else (first_day, last_day)
        return self._figures_of(dict.fromkeys(contracts, span))

    @api.model
    def _figures_of(self, spans):
        """Count as ``_figures``, each contract over days of its own.

        :param spans: {contract: (first day, last day)}, or (first day, last day, client id)
        """
        if not spans:
            return {}
        scope = self._scope(spans)
        parts = {
            "interventions": self._interventions(scope),
            "paused": self._paused(scope),
            "availability": self._availability(scope),
            "satisfaction": self._satisfaction(scope),
            "nps": self._nps(scope),
            "escalations": self._escalations(scope),
        }
        obligations, late = self._obligations(scope), self._late(scope)
        return {
            contract_id: {
                "period": period,
                **{name: part[contract_id] for name, part in parts.items()},
                **self._promise_figures(obligations[contract_id], late[contract_id]),
            }
            for contract_id, period in scope["periods"].items()
        }

    @api.model
    def _client_tz(self, contract):
        """Name of the time zone of the client's days: its own, else the company's."""
        return contract.sudo().commercial_partner_id.tz or contract.company_id._charter_tz()

    @api.model
    def _scope(self, spans):
        """Return whom and when the statements are about: columns of equal length, and each contract's ``period``."""
        for model in (
            "contract.contract", "charter.intervention", "charter.intervention.pause", "charter.obligation",
            "charter.feedback", "charter.escalation",
        ):  # fmt: skip
            self.env[model].flush_model()
        periods, columns, midnights, former = {}, defaultdict(list), {}, []
        for contract, (first_day, last_day, *client) in spans.items():
            present = contract.sudo().commercial_partner_id.id
            client_id = client[0] if client else present
            if client_id != present:
                former.append((contract.id, client_id))
            if last_day < first_day:
                raise ValueError(f"Figures: the period ends ({last_day}) before it starts ({first_day}).")
            tz = self._client_tz(contract)
            for day in (first_day, last_day + timedelta(days=1)):
                if (day, tz) not in midnights:
                    midnights[day, tz] = to_utc(day, tz)
            start, end = midnights[first_day, tz], midnights[last_day + timedelta(days=1), tz]
            for name, value in zip(
                ("contract_id", "partner_id", "company_id", "start_at", "end_at"),
                (contract.id, client_id, contract.company_id.id, start, end),
                strict=True,
            ):
                columns[name].append(value)
            columns["last_day"].append(last_day)
            periods[contract.id] = {
                "first_day": str(first_day),
                "last_day": str(last_day),
                "tz": tz,
                "start_at": str(start),
                "end_at": str(end),
            }
        return {"periods": periods, "table": self._scope_table(columns), "columns": columns, "former": former}

    @api.model
    def _scope_table(self, columns):
        """Return ``columns`` as a table; moments that all share are written once, which the planner can use as constants."""
        ids = SQL(
            "unnest(%(contract_id)s::int[], %(partner_id)s::int[], %(company_id)s::int[])",
            **{name: pg_array(columns[name]) for name in ("contract_id", "partner_id", "company_id")},
        )
        starts, ends = columns["start_at"], columns["end_at"]
        last_days = columns["last_day"]
        if len(set(starts)) == len(set(ends)) == len(set(last_days)) == 1:
            shared = {"starts": starts[0], "ends": ends[0], "last_days": last_days[0]}
            return SQL(
                "(SELECT *, %(starts)s::timestamp AS start_at, %(ends)s::timestamp AS end_at, %(last_days)s::date AS last_day "
                "FROM %(ids)s AS ids (contract_id, partner_id, company_id))",
                ids=ids,
                **shared,
            )
        return SQL(
            "(SELECT * FROM unnest(%(contract_id)s::int[], %(partner_id)s::int[], %(company_id)s::int[], "
            "%(start_at)s::timestamp[], %(end_at)s::timestamp[], %(last_day)s::date[]) "
            "AS scope (contract_id, partner_id, company_id, start_at, end_at, last_day))",
            **{
                name: pg_array(columns[name])
                for name in ("contract_id", "partner_id", "company_id", "start_at", "end_at", "last_day")
            },
        )

    @api.model
    def _facts(self, scope, table, client, moment):
        """Return the condition and owner of the facts of ``table``: the contract that counts each of them, once.

        What names no contract belongs to the first contract under the charter (by number) that the client had with the
        company at that ``moment``: it is counted in that one's report and in no other. A fact is its client's own: what the
        contract's customer before or after had of it is not counted.
        """
        columns, names = scope["columns"], {"table": SQL.identifier(table), "client": SQL.identifier(client)}
        owner = SQL(
            """COALESCE(%(table)s.contract_id, (
                SELECT MIN(main.id) FROM contract_contract main
                 WHERE %(had)s AND main.company_id = %(table)s.company_id
                   AND main.charter_tier_id IS NOT NULL AND main.contract_type = 'sale'
                   AND (main.date_end IS NULL OR main.date_end >= %(day)s)))""",
            had=self._had_contract(scope["former"], **names),
            day=self.env["res.company"]._charter_day_of(
                SQL("%(table)s.company_id", **names),
                SQL("%(table)s.%(moment)s", table=names["table"], moment=SQL.identifier(moment)),
            ),
            **names,
        )
        mine = SQL(
            """(%(table)s.contract_id IS NULL AND %(table)s.%(client)s = ANY(%(clients)s::int[])
                OR (%(table)s.contract_id, %(table)s.%(client)s) IN (
                    SELECT * FROM unnest(%(contracts)s::int[], %(clients)s::int[])))""",
            contracts=pg_array(columns["contract_id"]),
            clients=pg_array(columns["partner_id"]),
            **names,
        )
        first, last = min(columns["start_at"]), max(columns["end_at"])
        return {"scope": scope["table"], "owner": owner, "mine": mine, "first": first, "last": last}

    @api.model
    def _had_contract(self, former, table, client):
        """Return whether the contract ``main`` is, or was, of the client of the fact.

        :param former: (contract id, client id) of those that are asked about for a customer they have left
        """
        present = SQL("main.commercial_partner_id = %(table)s.%(client)s", table=table, client=client)
        if not former:
            return present
        contracts, clients = zip(*former, strict=True)
        return SQL(
            "(%(present)s OR (main.id, %(table)s.%(client)s) IN (SELECT * FROM unnest(%(contracts)s::int[], %(clients)s::int[])))",
            present=present,
            table=table,
            client=client,
            contracts=pg_array(contracts),
            clients=pg_array(clients),
        )

    @api.model
    def _rows(self, statement, **values):
        self.env.cr.execute(SQL(statement, **values))
        return self.env.cr.fetchall()

    # -- one fact table each ---------------------------------------------------------------------------

    @api.model
    def _interventions(self, scope):
        rows = self._rows(
            """
            SELECT scope.contract_id, fact.kind, fact.priority,
                   COUNT(*) FILTER (WHERE state = 'closed' AND resolved_at >= start_at AND resolved_at < end_at),
                   COUNT(*) FILTER (WHERE state != 'cancelled' AND reported_at < end_at
                                      AND (resolved_at IS NULL OR resolved_at >= end_at)),
                   COUNT(*) FILTER (WHERE state = 'cancelled' AND reported_at >= start_at AND reported_at < end_at),
                   COUNT(*) FILTER (WHERE named IS FALSE AND state = 'closed'
                                      AND resolved_at >= start_at AND resolved_at < end_at)
              FROM (SELECT %(owner)s AS contract_id, kind, priority, state, reported_at, resolved_at,
                           contract_id IS NOT NULL AS named
                      FROM charter_intervention
                     WHERE %(mine)s AND reported_at < %(last)s
                       AND (resolved_at IS NULL OR resolved_at >= %(first)s)
                       AND (state != 'cancelled' OR reported_at >= %(first)s)) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.contract_id
             GROUP BY 1, 2, 3
            """,
            **self._facts(scope, "charter_intervention", "commercial_partner_id", "reported_at"),
        )
        counts = defaultdict(
            lambda: {"kinds": {}, "priorities": {}, "open": 0, "cancelled": 0, "without_contract": 0}
        )
        for contract_id, kind, priority, done, open_at_end, cancelled, unnamed in rows:
            count = counts[contract_id]
            if done:
                count["kinds"][kind] = count["kinds"].get(kind, 0) + done
                count["priorities"][priority] = count["priorities"].get(priority, 0) + done
            count["open"] += open_at_end
            count["cancelled"] += cancelled
            count["without_contract"] += unnamed
        return {
            contract_id: {
                **formulas.interventions(count["kinds"], count["open"], count["cancelled"]),
                "by_priority": count["priorities"],
                "without_contract": count["without_contract"],
            }
            for contract_id, count in ((key, counts[key]) for key in scope["periods"])
        }

    @api.model
    def _paused(self, scope):
        """Return time the clock of a resolution stood still in the period, and of how many interventions."""
        rows = self._rows(
            """
            SELECT scope.contract_id, COUNT(DISTINCT fact.id),
                   SUM(EXTRACT(epoch FROM LEAST(COALESCE(stop_at, end_at), end_at) - GREATEST(fact.start_at, scope.start_at)))
              FROM (SELECT %(owner)s AS contract_id, charter_intervention.id, pause.start_at, pause.stop_at
                      FROM charter_intervention_pause pause
                      JOIN charter_intervention ON charter_intervention.id = pause.intervention_id
                     WHERE %(mine)s AND pause.start_at < %(last)s
                       AND (pause.stop_at IS NULL OR pause.stop_at > %(first)s)) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.contract_id
             WHERE fact.start_at < scope.end_at AND (fact.stop_at IS NULL OR fact.stop_at > scope.start_at)
             GROUP BY 1
            """,
            **self._facts(scope, "charter_intervention", "commercial_partner_id", "reported_at"),
        )
        found = {key: {"interventions": count, "seconds": int(seconds)} for key, count, seconds in rows}
        return {key: found.get(key, {"interventions": 0, "seconds": 0}) for key in scope["periods"]}

    @api.model
    def _availability(self, scope):
        """Compute availability in one statement for each distinct pair of moments: one, when all clients share a time zone and a period."""
        columns, outages = scope["columns"], self.env["charter.outage"]
        groups = defaultdict(list)
        for contract_id, client_id, start, end in zip(
            *(columns[name] for name in ("contract_id", "partner_id", "start_at", "end_at")), strict=True
        ):
            groups[start, end].append((contract_id, client_id))
        found = {}
        for (start, end), pairs in groups.items():
            found.update(
                outages._availability(start, end, contract_ids=[pair[0] for pair in pairs], of_clients=pairs)
            )
        nothing = (None,) * 4
        return {key: formulas.availability(*found.get(key, nothing)) for key in scope["periods"]}

    @api.model
    def _satisfaction(self, scope):
        rows = self._rows(
            """
            SELECT scope.contract_id,
                   COUNT(*) FILTER (WHERE answered AND rating = 1), COUNT(*) FILTER (WHERE answered AND rating = 2),
                   COUNT(*) FILTER (WHERE answered AND rating = 3), COUNT(*) FILTER (WHERE answered AND rating = 4),
                   COUNT(*) FILTER (WHERE answered AND rating = 5),
                   COUNT(*) FILTER (WHERE channel = 'survey' AND sent_at >= start_at AND sent_at < end_at),
                   COUNT(*) FILTER (WHERE state = 'skipped' AND planned_at >= start_at AND planned_at < end_at),
                   COUNT(*) FILTER (WHERE answered AND rating > 0 AND NOT named)
              FROM (SELECT scope.*, fact.*,
                           state = 'answered' AND answered_at >= start_at AND answered_at < end_at AS answered
                      FROM (SELECT %(owner)s AS owner_id, state, rating, channel, answered_at, sent_at, planned_at,
                                   contract_id IS NOT NULL AS named
                              FROM charter_feedback
                             WHERE %(mine)s
                               AND GREATEST(answered_at, sent_at, planned_at) >= %(first)s
                               AND LEAST(answered_at, sent_at, planned_at) < %(last)s) fact
                      JOIN %(scope)s scope ON scope.contract_id = fact.owner_id) scope
             GROUP BY 1
            """,
            **self._facts(scope, "charter_feedback", "partner_id", "create_date"),
        )
        found = {}
        for contract_id, *marks, asked, skipped, unnamed in rows:
            distribution = dict(zip(formulas.MARKS, marks, strict=True))
            found[contract_id] = formulas.satisfaction(distribution, asked, skipped) | {
                "without_contract": unnamed
            }
        empty = formulas.satisfaction({}, 0, 0) | {"without_contract": 0}
        return {key: found.get(key, empty) for key in scope["periods"]}

    @api.model
    def _nps(self, scope):
        """Return the client's, all its contracts together: it is the client that recommends, not a contract.

        As ``charter.nps`` counts it at the last second of the period: the number of its verdict, forecast and dossier.
        """
        for model in ("res.partner", "res.company"):
            self.env[model].flush_model()
        rows = self._rows(
            """
            SELECT contract_id, COALESCE(SUM(promoter) FILTER (WHERE counts), 0),
                   COALESCE(SUM(detractor) FILTER (WHERE counts), 0), COUNT(*) FILTER (WHERE counts),
                   COUNT(*) FILTER (WHERE NOT counts)
              FROM (SELECT DISTINCT ON (scope.contract_id, feedback.respondent, feedback.left_out_at IS NULL)
                           scope.contract_id, feedback.promoter, feedback.detractor, feedback.left_out_at IS NULL AS counts
                      FROM %(scope)s scope
                      JOIN res_company company ON company.id = scope.company_id
                      JOIN charter_feedback feedback ON feedback.partner_id = scope.partner_id AND feedback.company_id = scope.company_id
                     WHERE %(counts)s
                     ORDER BY scope.contract_id, feedback.respondent, feedback.left_out_at IS NULL, feedback.answered_at DESC, feedback.id DESC
                   ) latest
             GROUP BY 1
            """,
            scope=scope["table"],
            counts=self.env["charter.nps"]._answers_that_count(
                SQL("(scope.end_at - interval '1 second')"), left_out=None
            ),
        )
        found = {key: counts for key, *counts in rows}
        months = {
            contract_id: self.env["res.company"].browse(company_id).charter_nps_months
            for contract_id, company_id in zip(
                scope["columns"]["contract_id"], scope["columns"]["company_id"], strict=True
            )
        }
        figures = {}
        for key, period in scope["periods"].items():
            promoters, detractors, answers, left_out = found.get(key, (0, 0, 0, 0))
            until = fields.Date.to_date(period["last_day"])
            figures[key] = {
                **formulas.recommendation(promoters, detractors, answers, left_out),
                "score": nps(promoters, detractors, answers),
                "from": str(until - relativedelta(months=months[key]) + timedelta(days=1)),
            }
        return figures

    @api.model
    def _escalations(self, scope):
        rows = self._rows(
            """
            SELECT scope.contract_id,
                   COUNT(*) FILTER (WHERE raised_at >= start_at),
                   COUNT(*) FILTER (WHERE level2_at >= start_at AND level2_at < end_at),
                   COUNT(*) FILTER (WHERE resolved_at >= start_at AND resolved_at < end_at),
                   COUNT(*) FILTER (WHERE resolved_at IS NULL OR resolved_at >= end_at)
              FROM (SELECT %(owner)s AS contract_id, raised_at, level2_at, resolved_at
                      FROM charter_escalation
                     WHERE %(mine)s AND raised_at < %(last)s
                       AND (resolved_at IS NULL OR resolved_at >= %(first)s)) fact
              JOIN %(scope)s scope ON scope.contract_id = fact.contract_id
             WHERE raised_at < end_at
             GROUP BY 1
            """,
            **self._facts(scope, "charter_escalation", "partner_id", "raised_at"),
        )
        found = {key: formulas.escalations(*counts) for key, *counts in rows}
        return {key: found.get(key, formulas.escalations(0, 0, 0, 0)) for key in scope["periods"]}

    # -- the ledger ------------------------------------------------------------------------------------

    @api.model
    def _ledger(self, scope):
        """Return rows of the ledger with the moment each was decided; what fell due and was not notified yet counts as late."""
        facts = self._facts(scope, "charter_obligation", "partner_id", "opened_at")
        now = fields.Datetime.now()
        table = SQL(
            """(SELECT charter_obligation.*, %(owner)s AS owner_id,
                       %(result)s AS result, %(decided)s AS decided_at
                  FROM charter_obligation
                 WHERE %(mine)s AND opened_at < %(last)s
                   AND (done_at IS NULL OR state = 'late' OR done_at >= %(first)s))""",
            result=result_sql("charter_obligation", now),
            decided=decided_sql("charter_obligation", now),
            **facts,
        )
        return {"ledger": table, "scope": scope["table"]}

    @api.model
    def _obligations(self, scope):
        """Return {contract id: {code: [kept, late, running, cancelled]}}."""
        rows = self._rows(
            """
            SELECT scope.contract_id, code,
                   COUNT(*) FILTER (WHERE result = 'kept' AND decided_at >= start_at AND decided_at < end_at),
                   COUNT(*) FILTER (WHERE result = 'late' AND decided_at >= start_at AND decided_at < end_at),
                   COUNT(*) FILTER (WHERE decided_at IS NULL OR decided_at >= end_at),
                   COUNT(*) FILTER (WHERE result = 'cancelled' AND decided_at >= start_at AND decided_at < end_at)
              FROM %(ledger)s fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
             WHERE opened_at < end_at
             GROUP BY 1, 2
            """,
            **self._ledger(scope),
        )
        found = defaultdict(dict)
        for contract_id, code, *counts in rows:
            found[contract_id][code] = counts
        return found

    @api.model
    def _titles(self):
        """Return (SQL of what a late promise is about, the joins it reads), of every document that has a ``_charter_title``."""
        titled = [
            model
            for name in sorted(self.pool.descendants(["charter.obligation.mixin"], "_inherit"))
            if (model := self.env[name])._charter_title and model._auto and not model._abstract
        ]
        titles, joins = [SQL("NULL")], []
        for model in titled:
            model.flush_model()
            table = SQL.identifier(model._table)
            # The title is a literal of the model's class, never anybody's input.
            titles.append(SQL(model._charter_title.replace("%", "%%").format(row=f'"{model._table}"')))  # pylint: disable=sql-injection
            joins.append(
                SQL(
                    "LEFT JOIN %(table)s ON fact.res_model = %(name)s AND %(table)s.id = fact.res_id",
                    table=table,
                    name=model._name,
                )
            )
        return SQL("COALESCE(%s)", SQL(", ").join(titles)), SQL(" ").join(joins)

    @api.model
    def _late(self, scope):
        """Return {contract id: its late promises, named}; ``title`` in every language the charter is written in."""
        titles, documents = self._titles()
        rows = self._rows(
            """
            SELECT fact.owner_id, fact.id, fact.code, commitment.name, fact.occurrence, fact.due_at,
                   CASE WHEN fact.cancelled_at IS NULL THEN fact.done_at END, fact.cancelled_at, fact.delay, fact.unit, fact.clock,
                   %(titles)s
              FROM %(ledger)s fact
              JOIN %(scope)s scope ON scope.contract_id = fact.owner_id
              JOIN charter_commitment commitment ON commitment.id = fact.commitment_id
              %(documents)s
             WHERE fact.result = 'late' AND fact.decided_at >= scope.start_at AND fact.decided_at < scope.end_at
             ORDER BY fact.due_at, fact.id
            """,
            titles=titles,
            documents=documents,
            **self._ledger(scope),
        )
        found = defaultdict(list)
        names = (
            "id", "code", "title", "occurrence", "due_at", "done_at", "ended_at", "delay", "unit", "clock", "about",
        )  # fmt: skip
        for contract_id, *values in rows:
            late = dict(zip(names, values, strict=True))
            for name in ("due_at", "done_at", "ended_at"):
                late[name] = late[name] and str(late[name])
            if late["code"] in (RESPONSE, RESOLUTION):
                late["occurrence"] = ""  # the cycle of the promise, which means nothing to a client
            found[contract_id].append(late)
        return found

    @api.model
    def _promise_figures(self, by_code, late):
        nothing = [0, 0, 0, 0]
        total = [sum(column) for column in zip(*by_code.values(), strict=True)] or nothing
        return {
            "response": formulas.service_level(*by_code.get(RESPONSE, nothing)),
            "resolution": formulas.service_level(*by_code.get(RESOLUTION, nothing)),
            "callbacks": formulas.promises(*by_code.get(CALLBACK, nothing)),
            "outcomes": formulas.promises(*by_code.get(OUTCOME, nothing)),
            "promises": {**formulas.promises(*total), "late_list": late},
        }
