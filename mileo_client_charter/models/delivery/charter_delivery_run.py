"""Deliveries of one change to many clients: in batches, once for each client, reviewed first when there are many."""

import logging
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.codes import CHARTER_COPY, CONTACTS_SHEET
from ...tools.figures import percent
from ...tools.links import without_tokens
from ..base.charter_batches import Queue, run_batches, run_isolated
from ..base.charter_words import Choice, Words
from ..ledger.charter_past_due import owed_sql
from .charter_delivery import KINDS

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)
SEND_BATCH = 100
# Promise of the ledger -> kind of document that keeps it.
KEPT_BY = {CHARTER_COPY: "charter", CONTACTS_SHEET: "contacts"}


class CharterDeliveryRun(models.Model):
    """One change delivered to many clients (article 03): how far it is, and whether it may go.

    Killed at any point and run again, each contact has exactly one delivery: a row leaves ``planned`` in the
    transaction that writes its mail.
    """

    _name = "charter.delivery.run"
    _description = "Delivery batches"
    _inherit = ["charter.engine.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = Words(required=True, readonly=True, charter_engine=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, charter_engine=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, charter_engine=True)
    state = fields.Selection(
        [("held", "To review"), ("sending", "Sending"), ("done", "Done")],
        required=True,
        default="held",
        readonly=True,
        tracking=True,
        charter_engine=True,
    )
    delivery_ids = fields.One2many("charter.delivery", "run_id")
    total = fields.Integer("Document deliveries", compute="_compute_progress")
    planned = fields.Integer("To write", compute="_compute_progress")
    queued = fields.Integer("In the outbox", compute="_compute_progress")
    sent = fields.Integer(compute="_compute_progress")
    failed = fields.Integer("Not delivered", compute="_compute_progress")
    progress = fields.Integer(compute="_compute_progress", help="Written, in % of what was to be written.")

    def _compute_progress(self):
        counts = {}
        for run, state, count in self.env["charter.delivery"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = count
        for run in self:
            of_run = counts.get(run.id, {})
            run.planned, run.queued = of_run.get("planned", 0), of_run.get("queued", 0)
            run.sent, run.failed = of_run.get("sent", 0), of_run.get("failed", 0)
            run.total = sum(count for state, count in of_run.items() if state != "withdrawn")
            run.progress = percent(run.total - run.planned, run.total, 0) if run.total else 100

    # -- planning ---------------------------------------------------------------------------------

    @api.model
    def _plan_owed(self, company, clients=None, start=None):
        """Plan a delivery for every contact of each client who is owed a document and has none on its way.

        :param clients: ids of these clients alone
        :param start: what begins a run for (company, kind, requests) in place of ``_start``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
            SELECT promise.id, promise.code, promise.partner_id
              FROM charter_obligation promise
             WHERE promise.company_id = %(company)s AND promise.code = ANY(%(codes)s) AND %(owed)s
               AND (%(clients)s::int[] IS NULL OR promise.partner_id = ANY(%(clients)s::int[]))
               AND NOT EXISTS (SELECT 1 FROM charter_delivery delivery
                                WHERE delivery.obligation_id = promise.id
                                  AND (delivery.state IN ('planned', 'queued', 'sent')
                                       OR delivery.state = 'failed' AND delivery.contact_id IS NOT NULL))
             ORDER BY promise.id FOR UPDATE OF promise SKIP LOCKED
                """,
                company=company.id,
                codes=list(KEPT_BY),
                owed=owed_sql("promise"),
                clients=clients,
            )
        )
        owed = self.env.cr.fetchall()
        if not owed:
            return self.browse()
        recipients = self.env["res.partner"]._charter_document_recipients(
            {client for _id, _code, client in owed}, "documents"
        )
        sheets = {client for _id, code, client in owed if code == CONTACTS_SHEET}
        incomplete = self.env["charter.contact.sheet"]._incomplete(company, sheets)
        shown = self._sent_incomplete(company, incomplete)
        known_missing = self._known_missing([obligation for obligation, _code, _client in owed])
        runs = self.browse()
        for code, kind in KEPT_BY.items():
            rows = [(obligation, client) for obligation, of_code, client in owed if of_code == code]
            requests = [
                {
                    "kind": kind,
                    "partner_id": client,
                    "contact_id": contact,
                    "company_id": company.id,
                    # A sheet that says “to be named” is sent, and keeps no promise: one with all four names does.
                    "obligation_id": False if kind == "contacts" and client in incomplete else obligation,
                }
                for obligation, client in rows
                for contact in recipients.get(client, [None])
                if (contact or obligation not in known_missing)
                and not (kind == "contacts" and client in incomplete and (client in shown or not contact))
            ]
            if requests:
                runs |= (start or self._start)(company, kind, requests)
        return runs

    @api.model
    def _sent_incomplete(self, company, clients):
        """Return those of ``clients`` whose last sheet says what today's would: there is nothing new to send."""
        if not clients:
            return set()
        now = self.env["charter.contact.sheet"]._fingerprints(company, list(clients))
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT ON (partner_id) partner_id, fingerprint, state FROM charter_delivery
                WHERE company_id = %(company_id)s AND kind = 'contacts' AND partner_id = ANY(%(clients)s)
                  AND state IN ('planned', 'queued', 'sent') ORDER BY partner_id, id DESC""",
                company_id=company.id,
                clients=list(clients),
            ),
        )
        return {
            client
            for client, fingerprint, state in self.env.cr.fetchall()
            if state == "planned" or fingerprint == now.get(client)
        }

    @api.model
    def _known_missing(self, obligation_ids):
        """Return the promises whose client is known to have nobody to write to."""
        missing = (
            self.env["charter.delivery"]
            .sudo()
            .search(
                [
                    ("obligation_id", "in", obligation_ids),
                    ("state", "=", "failed"),
                    ("contact_id", "=", False),
                ]
            )
        )
        return set(missing.obligation_id.ids)

    @api.model
    def _start(self, company, kind, requests):
        """Return a run for ``requests``; held for review when it reaches as many clients as the company has set."""
        clients = {request["partner_id"] for request in requests}
        held = len(clients) >= max(1, company.charter_delivery_review_from)
        run = self._charter_engine().create(
            {
                "name": self._run_name(kind, len(clients)),
                "kind": kind,
                "company_id": company.id,
                "state": "held" if held else "sending",
            }
        )
        run_isolated(
            self.env["res.partner"].browse(clients),
            lambda chosen: run._add_planned([one for one in requests if one["partner_id"] in chosen.ids]),
            self._say_not_planned,
        )
        if held:
            run._ask_review()
        else:
            self._wake_sender()
        return run

    @api.model
    def _run_name(self, kind, count):
        """Return what goes out and to how many, for whoever reads it later, in their language."""
        name = Choice(self.env["charter.delivery"], "kind", kind)
        return (
            _lt("%(kind)s, %(count)s clients", kind=name, count=count)
            if count > 1
            else _lt("%(kind)s, one client", kind=name)
        )

    @api.model
    def _say_not_planned(self, client, why):
        _logger.error("No document can be planned for client %s: %s", client.id, why)

    def _add_planned(self, requests):
        """Add rows of this run for ``requests``; one without anybody to write to says so."""
        self.ensure_one()
        deliveries = self.env["charter.delivery"]._charter_engine()
        planned = deliveries.create([dict(request, run_id=self.id, state="planned") for request in requests])
        for delivery in planned.filtered(lambda one: not one.contact_id):
            delivery._fail(_lt("%s has no contact with a valid email address.", delivery.partner_id))

    def _ask_review(self):
        users = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
        for user in users:
            self._ask_to_look(user)

    def _ask_to_look(self, user, **values):
        """Give ``user`` an activity, in its language, on a run that waits to be looked at."""
        words = _lt("Look at what is going to clients, then send it")
        self.activity_schedule(
            "mileo_client_charter.activity_promise", user_id=user.id, summary=words, **values
        )

    @api.model
    def _to_remind_of(self):
        """Return the domain of the runs that wait to be looked at."""
        return Domain("state", "=", "held")

    @api.model
    def _remind_held(self):
        """Remind, each day, whoever has to look at a run that waits for its review."""
        people = self.env["charter.assignment"]
        kind = self.env["ir.model.data"]._xmlid_to_res_id("mileo_client_charter.activity_promise")
        runs = self.sudo().search_fetch(self._to_remind_of(), ["company_id"])
        urgent = runs._due_by(self._charter_now() + timedelta(days=1))
        for run in runs:
            today = run.company_id._charter_today()
            roles = ["operations_manager"]
            if run.id in urgent:
                roles.append("general_management")
            users = self.env["res.users"].union(
                *(people._company_people(run.company_id, role) for role in roles)
            )
            there = run.activity_ids.filtered(lambda one: one.activity_type_id.id == kind)
            for user in users - there.user_id:
                run._ask_to_look(user, date_deadline=today)

    def _due_by(self, moment):
        """Return the ids of the runs of which a delivery serves what is owed and due by ``moment``; no statement where there are none."""
        if not self:
            return set()
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "SELECT run.id FROM charter_delivery_run AS run WHERE run.id = ANY(%(runs)s) AND EXISTS (SELECT 1 FROM charter_delivery "
                "AS delivery JOIN charter_obligation AS promise ON promise.id = delivery.obligation_id "
                "WHERE delivery.run_id = run.id AND promise.due_at <= %(moment)s AND %(owed)s)",
                runs=self.ids,
                moment=moment,
                owed=owed_sql("promise"),
            )
        )
        return {number for (number,) in found}

    @api.model
    def _wake_sender(self):
        self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_delivery")

    # -- actions ----------------------------------------------------------------------------------

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(
                self.env._("Only operations managers decide when documents go to many clients.")
            )

    def action_release(self):
        """Release what was looked at."""
        self._check_may_decide()
        held = self.filtered(lambda run: run.state == "held")
        held._charter_engine().write({"state": "sending"})
        held.activity_feedback(["mileo_client_charter.activity_promise"])
        self._wake_sender()

    def action_hold(self):
        """Stop before the next batch; what is in the outbox leaves."""
        self._check_may_decide()
        self.filtered(lambda run: run.state == "sending")._charter_engine().write({"state": "held"})

    def action_preview(self):
        """Return the message of the first client, as it would leave now."""
        self.ensure_one()
        first = self.delivery_ids.filtered("contact_id").sorted("id")[:1]
        content = first.sudo()._content()[first.id] if first else {}
        if content.get("body"):
            # Whoever looks at it does not act in the client's name.
            content["body"] = Markup(without_tokens(content["body"]))  # noqa: S704  (our own template)
        wizard = self.env["charter.delivery.preview"].create({"delivery_id": first.id, **content})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("As it would leave now"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_deliveries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_delivery")
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_delivery(self):
        """Write what is planned and not held, in batches of one transaction each; ask again for what was refused."""
        deliveries = self.env["charter.delivery"].sudo()
        deliveries._retry_failed(self._charter_now())
        self._remind_held()
        queue = Queue(deliveries, deliveries._planned_domain(), SEND_BATCH)

        def write(batch):
            batch._write_or_fail()
            self._close_finished()

        run_batches(self.env, queue.take, write, queue.left)
        self._close_finished()

    @api.model
    def _close_finished(self):
        sending = self.sudo().search([("state", "=", "sending"), ("delivery_ids.state", "!=", "planned")])
        busy = (
            self.env["charter.delivery"]
            .sudo()
            ._read_group([("run_id", "in", sending.ids), ("state", "=", "planned")], ["run_id"])
        )
        (sending - self.sudo().union(*(run for (run,) in busy)))._charter_engine().write({"state": "done"})
