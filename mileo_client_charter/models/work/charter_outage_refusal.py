"""Events of a monitoring that were refused, with the remedy; once fixed they are taken again."""

import hashlib
import json
import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.outage_events import CAUSES, named_so
from ..base.charter_batches import run_isolated

OPERATIONS = "mileo_client_charter.group_charter_operations"
TEAM = "mileo_client_charter.group_charter_user"
# Of one cause; what comes after is counted.
MAX_KEPT = 1000
MAX_LENGTH = 20_000
MAX_DEPTH = 20
KEPT_DAYS = 90


def _storable(value, depth=0):
    """Return ``value`` as PostgreSQL's JSON can hold it: no NUL, no half character, no number without end, no abyss."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {_storable(name): _storable(one, depth + 1) for name, one in value.items()}
    return [_storable(one, depth + 1) for one in value] if isinstance(value, list) else value


class CharterOutageRefusal(models.Model):
    """Events of one program refused for one reason: how many, since when, and what to do about it.

    The last messages are kept as they came, and are taken as soon as the reason is gone, in the order in which they came.
    """

    _name = "charter.outage.refusal"
    _description = "Refused events"
    _order = "last_seen desc, id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    sender_id = fields.Many2one(
        "res.users",
        "Program",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="Whose key they came with.",
    )
    cause = fields.Selection(
        [
            ("unknown", "Unknown equipment"),
            ("archived", "Archived equipment"),
            ("client", "Several clients have this serial number"),
            ("no_serial", "No serial number"),
            ("future", "A moment to come"),
            ("zone", "No time zone"),
            ("contradiction", "Contradicts what is recorded"),
            ("order", "Ends before it starts"),
            ("truncated", "Alerts left out by the sender"),
            ("field", "Cannot be read"),
        ],
        required=True,
        readonly=True,
    )
    subject = fields.Char(
        "About", required=True, readonly=True, help="The serial number or the field it is about."
    )
    detail = fields.Char("As answered to the program", readonly=True)
    reason = fields.Char(compute="_compute_reason")
    remedy = fields.Char("How to fix it", compute="_compute_reason")
    count = fields.Integer("Refused", required=True, readonly=True, default=0)
    first_seen = fields.Datetime("First refused", required=True, readonly=True)
    last_seen = fields.Datetime("Last refused", required=True, readonly=True)
    state = fields.Selection(
        [("open", "To fix"), ("mended", "Fixed"), ("ignored", "Not ours")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    mended_at = fields.Datetime("Fixed on", readonly=True)
    ignored_reason = fields.Char("Why not ours", readonly=True)
    event_ids = fields.One2many("charter.outage.refusal.event", "refusal_id", "Kept", readonly=True)
    kept_count = fields.Integer("Messages kept", compute="_compute_kept_count")

    _one_a_cause = models.Constraint(
        "UNIQUE (company_id, sender_id, cause, subject)", "This reason is listed already."
    )

    @api.depends("cause", "subject")
    @api.depends_context("lang")
    def _compute_reason(self):
        words = self._words()
        for refusal in self:
            reason, remedy = words.get(refusal.cause, ("", ""))
            refusal.reason = reason.replace("%s", refusal.subject or "")
            refusal.remedy = remedy

    @api.model
    def _words(self):
        """Return {cause: (what it is, with %s for what it is about; what fixes it)}"""
        words = {
            "unknown": (
                self.env._("Unknown equipment “%s”"),
                self.env._(
                    "Create the equipment with this serial number, or say which equipment the monitoring calls so."
                ),
            ),
            "archived": (
                self.env._("The equipment “%s” is archived"),
                self.env._("Restore the equipment, or stop watching it."),
            ),
            "client": (
                self.env._("Several clients have the serial number “%s”"),
                self.env._(
                    "Have the program send “client” (the label “charter_client”), the reference of the client."
                ),
            ),
            "no_serial": (
                self.env._("“%s” holds no serial number"),
                self.env._(
                    "Fill it in in the monitoring; for Alertmanager, name the label that holds it in the settings."
                ),
            ),
            "future": (
                self.env._("“%s” is a moment to come"),
                self.env._("Declare the time zone in which the program writes, or set its clock."),
            ),
            "zone": (
                self.env._("“%s” names no time zone"),
                self.env._("Declare the time zone in which the program writes, or have it send the offset."),
            ),
            "contradiction": (
                self.env._("“%s” contradicts what is recorded"),
                self.env._("Compare it with the outages of that equipment, and correct what is wrong."),
            ),
            "order": (
                self.env._("“%s” comes before the start"),
                self.env._("Set the program’s clock, and check the time zone it is declared with."),
            ),
            "truncated": (
                self.env._("“%s” leaves out alerts"),
                self.env._(
                    "Lift the limit: “max_alerts” of Alertmanager's receiver, “Max Alerts” of Grafana's contact point. What was "
                    "left out is known to the sender alone."
                ),
            ),
            "field": (
                self.env._("“%s” cannot be read"),
                self.env._("Fix what the program sends, following the integrator's guide."),
            ),
        }
        return {cause: words[cause] for cause in CAUSES}

    @api.depends("event_ids")
    def _compute_kept_count(self):
        for refusal in self:
            refusal.kept_count = len(refusal.event_ids)

    # -- keeping ----------------------------------------------------------------------------------

    @api.model
    def _keep(self, refused, monitor=None, zone=None):
        """Count what was refused to the program of this environment, and keep its messages: two statements in all.

        :param refused: [(Parsed, Refused)]; without an item there is nothing to read again
        :param monitor: as the program reported it
        :param zone: as the program reported it; what is declared for the program may change
        """
        if not refused:
            return
        now = fields.Datetime.now()
        causes = {}
        for one, why in refused:
            subject = self._subject(one, why)
            kept = causes.setdefault((why.cause, subject), {"count": 0, "detail": "", "messages": []})
            kept["count"] += 1
            kept["detail"] = why.message[:1000]
            if one.item is not None:
                kept["messages"].append(
                    {"shape": one.shape, "item": _storable(one.item), "monitor": monitor, "zone": zone}
                )
        ids = self._count(causes, now)
        self.env["charter.outage.refusal.event"].sudo()._keep(
            [(ids[key], message) for key, kept in causes.items() for message in kept["messages"]], now
        )
        self.sudo().invalidate_model()

    @api.model
    def _subject(self, one, why):
        item = one.item if isinstance(one.item, dict) else {}
        labels = item.get("labels") if isinstance(item.get("labels"), dict) else {}
        subject = why.field
        if one.event:
            subject = one.event.serial
        elif why.cause == "no_serial" and labels:
            # Which alert it is: that is where the label is to be added.
            subject = str(labels.get("alertname") or why.field)
        return subject.replace("\0", "")[:100] or "?"

    @api.model
    def _count(self, causes, now):
        """:return: {(cause, subject): id}"""
        self.flush_model()
        rows = SQL(", ").join(
            SQL(
                "(%(company_id)s, %(uid)s, %(cause)s, %(subject)s, %(detail)s, %(count)s, %(now)s, %(now)s, 'open', "
                "%(uid)s, %(now)s, %(uid)s, %(now)s)",
                company_id=self.env.company.id,
                uid=self.env.uid,
                cause=cause,
                subject=subject,
                detail=kept["detail"],
                count=kept["count"],
                now=now,
            )
            for (cause, subject), kept in causes.items()
        )
        found = self.env.execute_query(
            SQL(
                """INSERT INTO charter_outage_refusal AS known (company_id, sender_id, cause, subject, detail, count, first_seen,
                          last_seen, state, create_uid, create_date, write_uid, write_date)
                   VALUES %s
                   ON CONFLICT (company_id, sender_id, cause, subject) DO UPDATE
                      SET count = known.count + excluded.count, last_seen = GREATEST(known.last_seen, excluded.last_seen),
                          detail = excluded.detail,
                          state = CASE known.state WHEN 'ignored' THEN 'ignored' ELSE 'open' END, mended_at = NULL
                RETURNING cause, subject, id""",
                rows,
            )
        )
        return {(cause, subject): number for cause, subject, number in found}

    # -- reading again -------------------------------------------------------------------------------

    def _replay(self):
        """Read the messages kept again, each as at the moment it came; what is taken is kept no more.

        :return: the refusals of ``self`` that are fixed now
        """
        refusals = self.sudo().filtered(lambda refusal: refusal.state == "open" and refusal.event_ids)
        for (sender, company), its in refusals.grouped(lambda r: (r.sender_id, r.company_id)).items():
            self._replay_of(
                sender, company, its.event_ids.sorted(lambda event: (event.received_at, event.id))
            )
        refusals.invalidate_recordset()
        mended = refusals.filtered(lambda refusal: not refusal.event_ids)
        mended.write({"state": "mended", "mended_at": fields.Datetime.now()})
        return mended

    @api.model
    def _replay_of(self, sender, company, kept):
        outage = (
            self.env["charter.outage"]
            .with_user(sender)
            .sudo(False)
            .with_context(allowed_company_ids=company.ids)
        )
        parsed = []
        for event in kept:
            message = event.message
            # As it was read then: a moment that lay ahead does not come true by waiting.
            reader = outage._ingest_reader(event.received_at, message["monitor"], message["zone"])
            parsed.append(reader.parse(message["shape"], message["item"]))
        if not parsed:
            return
        results, refused = outage._ingest_parsed(parsed)
        taken = kept.browse(
            [event.id for event, result in zip(kept, results, strict=True) if result["status"] != "refused"]
        )
        # What is refused for another reason now is listed under that one.
        by_item = {id(one): event for event, one in zip(kept, parsed, strict=True)}
        for one, why in refused:
            by_item[id(one)]._move(why.cause, self._subject(one, why), why.message)
        taken.unlink()

    @api.model
    def _cron_replay(self):
        """Read again what may be fixed; woken when equipment, its names, or what a program writes in has changed."""
        if self.sudo().search_count([("state", "=", "open"), ("event_ids", "!=", False)], limit=1):
            self.env["charter.settled"]._unless_settled(self, "cron_outage_refusal", self._replay_all)

    @api.model
    def _charter_action_reads(self, _action):
        tables = (
            "charter_equipment", "charter_equipment_alias", "charter_outage", "charter_outage_refusal", "charter_outage_refusal_event",
            "res_company", "res_partner", "res_users",
        )  # fmt: skip
        return dict.fromkeys(tables)

    @api.model
    def _replay_all(self):
        def say(refusal, words):
            refusal.sudo().detail = words[:1000]

        waiting = self.sudo().search([("state", "=", "open"), ("event_ids", "!=", False)])
        run_isolated(waiting, lambda refusals: refusals._replay(), say)

    @api.model
    def _wake(self):
        """Have what is kept read again soon, where there is any."""
        if self.sudo().search_count([("state", "=", "open")], limit=1):
            self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_outage_refusal")

    @api.autovacuum
    def _gc_mended(self):
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("state", "!=", "open"), ("last_seen", "<", before)]).unlink()

    # -- steps ------------------------------------------------------------------------------------

    def action_replay(self):
        """Read the messages kept again now. :raise AccessError: not the account team's"""
        self._check_team(TEAM)
        mended = self._replay()
        left = len(self) - len(mended)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "%(mended)s fixed, %(left)s still refused.", mended=len(mended), left=left
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_mended(self):
        """Declare fixed in the program what left no message to read again. :raise UserError: messages are left"""
        self._check_team(TEAM)
        if self.event_ids:
            raise UserError(
                self.env._(
                    "Messages are kept: fix the cause of the refusal and process them again, or mark them as not ours."
                )
            )
        self.sudo().write({"state": "mended", "mended_at": fields.Datetime.now()})

    def action_ignore(self, reason=None):
        """Ignore what is not ours to watch: it is counted on, and not listed any more. :raise AccessError: not operations'"""
        self._check_team(OPERATIONS)
        self.sudo().event_ids.unlink()
        self.sudo().write({"state": "ignored", "ignored_reason": reason or self.env.user.name})

    def action_reopen(self):
        self._check_team(OPERATIONS)
        self.sudo().write({"state": "open", "ignored_reason": False})

    def action_create_equipment(self):
        """Open a new equipment with the serial number that is unknown."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.equipment",
            "view_mode": "form",
            "context": {"default_serial": self.subject, "default_company_id": self.company_id.id},
        }

    def action_map(self):
        """Say which equipment the monitoring calls so."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which equipment is “%s”?", self.subject),
            "res_model": "charter.outage.naming",
            "view_mode": "form",
            "target": "new",
            "context": {"default_refusal_id": self.id},
        }

    def _check_team(self, group):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("Refused events: ask somebody with the role this step is for."))


class CharterOutageRefusalEvent(models.Model):
    """One message as it came, until it can be taken."""

    _name = "charter.outage.refusal.event"
    _description = "Refused event, as it came"
    _order = "received_at, id"
    _rec_name = "text"

    refusal_id = fields.Many2one(
        "charter.outage.refusal", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="refusal_id.company_id", store=True, index=True)
    digest = fields.Char(required=True, readonly=True)
    message = fields.Json(required=True, readonly=True, charter_json="what a machine sent")
    received_at = fields.Datetime("Received on", required=True, readonly=True)
    text = fields.Text("As it came", compute="_compute_text")

    _once = models.Constraint("UNIQUE (refusal_id, digest)", "This message is kept already.")

    def _valid_field_parameter(self, field, name):
        return name == "charter_json" or super()._valid_field_parameter(field, name)

    @api.depends("message")
    def _compute_text(self):
        for event in self:
            event.text = json.dumps((event.message or {}).get("item"), ensure_ascii=False, indent=1)

    @api.model
    def _keep(self, messages, now):
        """Keep messages that were refused.

        :param messages: [(id of a refusal, message)]; reported again, it is the same message
        """
        rows = {}
        for number, message in messages:
            text = json.dumps(message, sort_keys=True)
            if len(text) <= MAX_LENGTH:
                rows[number, hashlib.sha256(text.encode()).hexdigest()[:32]] = text
        if not rows:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO charter_outage_refusal_event
                          (refusal_id, company_id, digest, message, received_at, create_uid, create_date, write_uid, write_date)
                   SELECT refusal.id, refusal.company_id, told.digest, told.message::jsonb, %(now)s, %(uid)s, %(now)s, %(uid)s,
                          %(now)s
                     FROM unnest(%(refusals)s::int[], %(digests)s::text[], %(messages)s::text[])
                          WITH ORDINALITY told (refusal_id, digest, message, place)
                     JOIN charter_outage_refusal refusal ON refusal.id = told.refusal_id AND refusal.state = 'open'
                    WHERE told.place + (SELECT COUNT(*) FROM charter_outage_refusal_event kept
                                         WHERE kept.refusal_id = refusal.id) <= %(most)s
                    ORDER BY told.place
                       ON CONFLICT (refusal_id, digest) DO NOTHING""",
                now=now,
                uid=self.env.uid,
                refusals=[number for number, _digest in rows],
                digests=[digest for _number, digest in rows],
                messages=list(rows.values()),
                most=MAX_KEPT,
            )
        )
        self.invalidate_model()

    def _move(self, cause, subject, detail):
        """Move it under the reason it is refused for now."""
        self.ensure_one()
        refusal = self.refusal_id
        if (refusal.cause, refusal.subject) == (cause, subject):
            return
        ids = (
            refusal.with_user(refusal.sender_id)
            .with_company(refusal.company_id)
            .sudo()
            ._count({(cause, subject): {"count": 1, "detail": detail[:1000]}}, self.received_at)
        )
        target = ids[cause, subject]
        if self.search_count([("refusal_id", "=", target), ("digest", "=", self.digest)]):
            self.unlink()
        else:
            self.refusal_id = target


class CharterOutageNaming(models.TransientModel):
    """Which equipment a monitoring knows by another name than its serial number."""

    _name = "charter.outage.naming"
    _description = "What the monitoring calls an equipment"

    refusal_id = fields.Many2one("charter.outage.refusal", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="refusal_id.company_id")
    subject = fields.Char(related="refusal_id.subject", string="Name in the monitoring")
    equipment_id = fields.Many2one(
        "charter.equipment", required=True, domain="[('company_id', '=', company_id)]"
    )

    def action_apply(self):
        """Write the name on the equipment, then take what was refused."""
        self.ensure_one()
        named = (self.equipment_id.monitored_as or "").strip(" ,")
        if not named_so(named, self.subject):
            self.equipment_id.monitored_as = ", ".join(filter(None, [named, self.subject]))
        return self.refusal_id.action_replay()
