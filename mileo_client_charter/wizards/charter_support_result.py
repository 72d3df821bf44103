from collections import defaultdict
from datetime import timedelta

from odoo import Command, fields, models
from odoo.tools import SQL

from ..models.base.charter_format import day_text
from ..models.renewal.charter_notice import MILESTONES, REVIEW_DAYS
from ..models.work.charter_equipment_milestone import KINDS


class CharterSupportImport(models.TransientModel):
    """What an import of lifecycle dates did: which models have which dates, whom they concern, and when those are informed."""

    _inherit = "charter.support.import"

    result_ids = fields.One2many("charter.support.import.result", "import_id", readonly=True)
    notice_ids = fields.Many2many(
        "charter.notice",
        "charter_support_import_notice_rel",
        "import_id",
        "notice_id",
        string="Notices raised or moved",
        readonly=True,
    )

    def action_notices(self):
        """Open the notices this import raised or moved."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_notice")
        return {**action, "context": {}, "domain": [("id", "in", self.notice_ids.ids)], "target": "main"}

    def _note_results(self, written, raised, moved, left_out):
        """Keep a row a model and kind of date, in the order of the list.

        :param written: [(model or equipment, kind, date, (status, date) before, or None)]
        :param raised: notices drafted by the import
        :param moved: notices whose date it moved
        :param left_out: [(model, why)] of what was not written
        """
        self.env.flush_all()
        clients = self._clients_under_charter()
        notices = self._notices_of_dates()
        rows = [{"model": model, "notification": why, "is_left_out": True} for model, why in left_out]
        for owner, kind, day, before in written:
            devices = self._devices_with(owner, kind)
            informed = devices.partner_id & clients
            notice = next((one for one in notices[day] if one.line_ids.equipment_ids & devices), None)
            rows.append(
                {
                    "model": owner.display_name,
                    "kind": kind,
                    "date": day,
                    "before": self._said_before(before, day),
                    "equipment_ids": [Command.set(devices.ids)],
                    "equipment_count": len(devices),
                    "clients": ", ".join(sorted(informed.mapped("name"))) or False,
                    "notice_id": notice.id if notice and kind in MILESTONES else False,
                    "notification": self._notification_text(
                        kind, day, informed, notice, notice in moved if notice else False
                    ),
                }
            )
        self.write(
            {
                "done": True,
                "result_ids": [Command.clear(), *(Command.create(row) for row in rows)],
                "notice_ids": [Command.set((raised | moved).ids)],
            }
        )

    def _devices_with(self, owner, kind):
        """Return the equipment of this company that has this date from its model, or itself."""
        if owner._name == "charter.equipment":
            return owner
        milestones = (
            self.env["charter.equipment.milestone"]
            .sudo()
            .search([("model_date_id.model_id", "=", owner.id), ("kind", "=", kind)])
        )
        return self.env["charter.equipment"].search(
            [("id", "in", milestones.equipment_id.ids), ("company_id", "=", self.company_id.id)]
        )

    def _clients_under_charter(self):
        probe = self.env["charter.notice"].new({"company_id": self.company_id.id})
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT contract.commercial_partner_id FROM contract_contract contract WHERE %s",
                probe._running_sql(),
            )
        )
        return self.env["res.partner"].browse(client for (client,) in rows)

    def _notices_of_dates(self):
        """Return {date of effect: notices, drafts and out, that a date of the installed base raised}."""
        found = defaultdict(self.env["charter.notice"].browse)
        for notice in self.env["charter.notice"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("milestone_key", "!=", False),
                ("state", "in", ("draft", "open")),
            ]
        ):
            found[notice.effect_on] |= notice
        return found

    def _said_before(self, before, day):
        """Return what was on record before, where it was something else."""
        if not before or (before[1] == day and before[0] == ("announced" if day else "none_announced")):
            return False
        labels = dict(
            self.env["charter.equipment.milestone"]._fields["status"]._description_selection(self.env)
        )
        return day_text(self.env, before[1], "d MMM y") if before[1] else labels[before[0]]

    def _notification_text(self, kind, day, clients, notice, was_moved):
        """Return who is informed of a date when, in words."""

        def said(one):
            return day_text(self.env, one, "d MMM y")

        if kind not in MILESTONES:
            return self.env._(
                "Kept on record. Notices are about the end of support and of security updates only."
            )
        if not day:
            return self.env._("Nothing is announced: no notice.")
        if day <= self.company_id._charter_today():
            return self.env._("The day is past: no notice.")
        if not clients:
            return self.env._("No client under the charter has this equipment.")
        if notice and notice.state == "draft":
            return self.env._("By %s: a draft waits to be read and sent.", said(notice.tell_by))
        if notice and was_moved:
            return self.env._("Clients who were informed were informed again, today, of the new date.")
        if notice:
            return self.env._("Clients are informed of this date already.")
        advance = self.env["charter.notice"].new({"company_id": self.company_id.id})._advance()
        return self.env._(
            "On %(drafted)s a draft is made; clients are informed by %(told)s.",
            drafted=said(day - advance - timedelta(days=REVIEW_DAYS)),
            told=said(day - advance),
        )


class CharterSupportImportResult(models.TransientModel):
    """One date of one model as an import wrote it, and whom it concerns."""

    _name = "charter.support.import.result"
    _description = "Result of an import of end-of-support dates"
    _order = "id"

    import_id = fields.Many2one("charter.support.import", required=True, ondelete="cascade")
    model = fields.Char()
    kind = fields.Selection(KINDS)
    date = fields.Date(help="Empty: none is announced.")
    before = fields.Char("Was before", help="Empty: nothing was on record, or the same.")
    equipment_ids = fields.Many2many(
        "charter.equipment", "charter_support_import_result_rel", "result_id", "equipment_id"
    )
    equipment_count = fields.Integer("Pieces of equipment")
    clients = fields.Char("Clients concerned")
    notice_id = fields.Many2one("charter.notice", ondelete="cascade")
    notification = fields.Char("Clients informed")
    is_left_out = fields.Boolean("Nothing of it was taken")

    def action_equipment(self):
        """Open the devices this date is about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        return {**action, "context": {}, "domain": [("id", "in", self.equipment_ids.ids)], "target": "main"}
