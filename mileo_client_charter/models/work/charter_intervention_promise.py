"""The service levels of a tier for an intervention: response and resolution (article 01, “respect des SLA”)."""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...tools.clock import Delay
from ...tools.codes import INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE

_lt = LazyTranslate(__name__)

RESPONSE, RESOLUTION = INTERVENTION_RESPONSE, INTERVENTION_RESOLUTION
# “We respond to an incident”: work that was planned is no incident.
INCIDENTS = ("corrective", "remote", "other")
# What the work is called and what was done: no promise is made on it.
SAID = {"name", "description", "work_done"}
RESULTS = [
    ("none", "No target time"),
    ("open", "Running"),
    ("soon", "Due within a day"),
    ("paused", "Paused"),
    ("kept", "Kept"),
    ("late", "Late"),
    ("cancelled", "Cancelled"),
]


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    promise_cycle = fields.Integer(
        "Round of target times",
        readonly=True,
        copy=False,
        default=1,
        charter_engine=True,
        groups="base.group_user",
        help="How many times its target times were set: again after a change of priority or a reopening.",
    )
    before_charter = fields.Boolean(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Imported or fed from before the contract came under the charter: no target time applied then.",
    )
    promise_gap = fields.Char(
        "No commitment",
        compute="_compute_promises",
        groups="mileo_client_charter.group_charter_user",
        help="Why no target time applies to this intervention.",
    )
    response_due_at = fields.Datetime(
        compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )
    response_text = fields.Char(
        "Response", compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )
    response_result = fields.Selection(
        RESULTS, compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )
    resolution_due_at = fields.Datetime(
        compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )
    resolution_text = fields.Char(
        "Resolution", compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )
    resolution_result = fields.Selection(
        RESULTS, compute="_compute_promises", groups="mileo_client_charter.group_charter_user"
    )

    # -- readings ------------------------------------------------------------------------------------

    def _charter_last_promises(self):
        """Return {(intervention id, code): the promise of the latest cycle}, one query for any number of them."""
        rows = self._charter_promises(RESPONSE, RESOLUTION)
        return {(row.res_id, row.code): row for row in rows}

    @api.depends("state", "contract_id", "priority", "kind", "responded_at", "pause_ids.stop_at")
    @api.depends_context("lang", "tz")
    def _compute_promises(self):
        """Compute the countdowns of the lists for all rows at once."""
        rows = self._charter_last_promises()
        levels = self._charter_levels()
        for intervention in self:
            for prefix, code in (("response", RESPONSE), ("resolution", RESOLUTION)):
                row = rows.get((intervention._origin_id(), code), self.env["charter.obligation"])
                result, text = row._intervention_result() if row else ("none", "")
                intervention[f"{prefix}_due_at"] = row.due_at
                intervention[f"{prefix}_result"] = result
                intervention[f"{prefix}_text"] = text
            promised = any((intervention._origin_id(), code) in rows for code in (RESPONSE, RESOLUTION))
            intervention.promise_gap = False if promised else intervention._charter_gap(levels)

    def _origin_id(self):
        return self._origin.id or self.id

    def _contracts_to_choose_from(self):
        """Return how many running contracts the client has with this company, where that is more than one; else 0."""
        contracts = self.env["contract.contract"].sudo()
        count = contracts.search_count(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return count if count > 1 else 0

    def _charter_gap(self, levels):
        """Return why nothing is promised, in words; False for what will be when it is saved."""
        if levels.get(self):
            if self.before_charter:
                return self.env._("No target time applies: the contract came under the charter later.")
            return self._origin.id and self.env._(
                "No target time applies: it was recorded before target times existed."
            )
        contract = self.sudo().contract_id
        if self.kind and self.kind not in INCIDENTS:
            return self.env._(
                "No target time applies: response and resolution times are for incidents, not for “%s”.",
                dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            )
        if not contract:
            several = self._contracts_to_choose_from()
            if several:
                return self.env._(
                    (
                        "No target time applies yet: %(client)s has %(count)s contracts under the charter; "
                        "choose the one of this work."
                    ),
                    client=self.partner_id.commercial_partner_id.display_name,
                    count=several,
                )
            return self.env._(
                "No target time applies: choose a contract under the charter, if the client has one."
            )
        if not contract.charter_tier_id:
            return self.env._("No target time applies: %s has no service tier.", contract.display_name)
        return self.env._(
            "No target time applies: the tier %(tier)s has no service level for the priority “%(priority)s”.",
            tier=contract.charter_tier_id.name,
            priority=dict(self._fields["priority"]._description_selection(self.env)).get(self.priority, "—"),
        )

    def _charter_levels(self):
        """Return {intervention: its service level}, one query; without an entry, nothing is promised."""
        tiers = self.sudo().contract_id.charter_tier_id
        levels = {(level.tier_id, level.priority): level for level in tiers.service_level_ids}
        found = {}
        for intervention in self:
            level = levels.get((intervention.sudo().contract_id.charter_tier_id, intervention.priority))
            if level and intervention.kind in INCIDENTS:
                found[intervention] = level
        return found

    # -- opening -------------------------------------------------------------------------------------

    def _charter_terms(self):
        """Return what its promises are made on; they are made again when it changes."""
        self.ensure_one()
        contract = self.sudo().contract_id
        return {
            "priority": self.priority,
            "incident": self.kind in INCIDENTS,
            "contract_id": contract,
            "tier": contract.charter_tier_id,
            "reported_at": self.reported_at,
            "partner_id": self.partner_id.commercial_partner_id,
            "company_id": self.company_id,
        }

    def _charter_terms_before(self, vals):
        """Return {intervention: its terms} before ``vals`` are written; nothing where they only say what the work is."""
        return {} if vals.keys() <= SAID else {one: one._charter_terms() for one in self}

    def _charter_terms_changed(self, before):
        """Return why the promises are made again, in words, or an empty text; ``before`` is None where they cannot have changed."""
        if before is None:
            return ""
        changed = [name for name, value in self._charter_terms().items() if value != before[name]]
        others = {"tier": self.env._("Tier"), "incident": self._label("kind")}
        labels = [others.get(name) or self._label(name) for name in changed]
        return self.env._("Changed: %s.", ", ".join(labels)) if changed else ""

    def _charter_mark_history(self, resolved):
        """Mark what was never promised: what was over before the charter began, and what a source, or operations, bring from then.

        :param resolved: when each was resolved, where whoever records it says so
        """
        fed, operations = self._charter_is_engine(), self.env["charter.obligation"]._charter_may_correct()
        old = self.browse()
        for intervention, moment in zip(self, resolved, strict=True):
            contract = intervention.sudo().contract_id
            since = contract.charter_since and contract._charter_midnight(contract.charter_since)
            if not since or intervention.reported_at >= since:
                continue
            over = bool(moment) and fields.Datetime.to_datetime(moment) < since
            brought = self.env.context.get("import_file") or intervention.sudo().res_id
            if fed or over or (operations and brought):
                old |= intervention
        if old:
            old._charter_engine().write({"before_charter": True})

    def _charter_open_promises(self, owed=()):
        """Open what the tier promises, for any number of interventions at once.

        The response counts from the report, and so does the resolution, or from the last reopening. Pauses
        already taken count. A response already given is kept at the moment it was given.

        :param owed: (intervention id, code) of what is owed already
        """
        levels = self._charter_levels()
        promised = self.filtered(lambda i: i in levels and not i.before_charter and i.state == "open")
        requests = []
        for intervention in promised:
            level = levels[intervention]
            common = {
                "res_model": self._name,
                "res_id": intervention.id,
                "company_id": intervention.company_id.id,
                "partner_id": intervention.partner_id.commercial_partner_id.id,
                "contract_id": intervention.contract_id.id,
                "occurrence": str(intervention.promise_cycle),
            }
            if not intervention.reopened_at and (
                not intervention.responded_at or intervention.promise_cycle == 1
            ):
                delay = Delay(level.response_hours, "hours", level.clock)
                requests.append({**common, "code": RESPONSE, "at": intervention.reported_at, "delay": delay})
            delay = Delay(level.resolution_hours, "hours", level.clock)
            start = intervention.reopened_at or intervention.reported_at
            requests.append({**common, "code": RESOLUTION, "at": start, "delay": delay})
        requests = [request for request in requests if (request["res_id"], request["code"]) not in owed]
        self.env["charter.obligation"].sudo()._open(requests)
        promised.invalidate_recordset(["obligation_ids"])
        promised.filtered("responded_at")._charter_declare_response()
        for intervention in promised.sudo().filtered("pause_ids"):
            intervention._charter_retime(_lt("Pauses taken before."))

    def _charter_renew_promises(self, reason):
        """Cancel what still runs with ``reason`` and promise it again on the present terms.

        What is late stays late, and is owed on the terms it was promised on, also where nothing would be promised any more;
        where it is another client's work, it ends late.
        """
        now, late = self._charter_now(), set()
        for code in (RESPONSE, RESOLUTION):
            rows = self._charter_owed(code)
            stay = rows.filtered(lambda row: row._overdue(now)).filtered(
                lambda row: self.browse(row.res_id)._charter_still_owed(row)
            )
            for row in stay._charter_engine():
                row.write(
                    {"history": row._with_history(_lt("%s It was missed already, and stays so.", reason))}
                )
            (rows - stay)._cancel(reason)
            late |= {(row.res_id, code) for row in stay}
        for intervention in self:
            engine = intervention._charter_engine()
            contract = engine.contract_id
            since = contract.charter_since and contract._charter_midnight(contract.charter_since)
            before = engine.before_charter and since and engine.reported_at < since
            engine.write({"promise_cycle": engine.promise_cycle + 1, "before_charter": before})
        self._charter_open_promises(late)

    def _charter_still_owed(self, row):
        """Return whether a late promise is of this client and company: nobody has answered it by editing what the work is."""
        self.ensure_one()
        return row.partner_id == self.partner_id.commercial_partner_id and row.company_id == self.company_id

    # -- what happens to them ------------------------------------------------------------------------

    def _charter_declare_response(self):
        """Have the promise of a response follow “Responded at”: kept at that moment, corrected, or owed again."""
        last = self._charter_last_promises()
        evidence = _lt("Recorded by %s.", self.env.user._charter_key())
        recorded = self.browse()
        for intervention in self:
            row = last.get((intervention.id, RESPONSE))
            if not row:
                continue
            if row.done_at:
                row._restate(intervention.responded_at or None, evidence)
            elif intervention.responded_at:
                row._fulfil(evidence, intervention.responded_at)
            recorded |= intervention
        recorded._charter_settle_alerts()

    def _charter_settle_alerts(self):
        """Close what people were asked to do, once nothing they were informed of is owed any more."""
        rows = self._charter_owed(RESPONSE) | self._charter_owed(RESOLUTION)
        alerted = {row.res_id for row in rows if row.alert}
        settled = self.filtered(lambda one: one.id not in alerted)
        if settled:
            settled._charter_engine().activity_feedback(["mileo_client_charter.activity_promise"])

    def _charter_pauses(self):
        """Return ([(start, stop)], start of the one that lasts) of the present resolution."""
        self.ensure_one()
        start = self.reopened_at or self.reported_at
        pauses = self.sudo().pause_ids.filtered(lambda pause: pause.start_at >= start)
        running = pauses.filtered(lambda pause: not pause.stop_at)[:1]
        return [(pause.start_at, pause.stop_at) for pause in pauses - running], running.start_at or None

    def _charter_retime(self, reason):
        self.ensure_one()
        ended, running = self._charter_pauses()
        self._charter_owed(RESOLUTION)._retime(ended, running, reason)
        self._charter_settle_alerts()
