from datetime import timedelta

from odoo import Command, fields, models
from odoo.tools import SQL

from ..models.base.charter_format import day_text
from ..models.renewal.charter_notice import LIVE, MILESTONES, REVIEW_DAYS
from ..models.work.charter_equipment_milestone import KINDS

# So many devices are named in a sentence, the others are counted.
NAMED = 3


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
        live = {one: one._devices_meant() for one in self._live_notices()}
        rows = [{"model": model, "notification": why, "is_left_out": True} for model, why in left_out]
        rows += [self._result_of(*one, clients, live, moved) for one in written]
        self.write(
            {
                "done": True,
                "result_ids": [Command.clear(), *(Command.create(row) for row in rows)],
                "notice_ids": [Command.set((raised | moved).ids)],
            }
        )

    def _result_of(self, owner, kind, day, before, clients, live, moved):
        """Return the row of one date. :param live: {notice: the equipment it is about}"""
        devices, kept = self._devices_with(owner, kind, day)
        informed = devices.partner_id & clients
        mine = [one for one, meant in live.items() if meant & devices] if kind in MILESTONES else []
        notice = next((one for one in mine if one.effect_on == day), None)
        others = (one for one in mine if one.effect_on != day and not one.milestone_key)
        typed = self.env["charter.notice"].union(*others)[:1]
        said = []
        if devices or not kept:
            said.append(
                self._notification_text(kind, day, informed, notice, bool(notice and notice in moved))
            )
        if kept:
            said.append(self._kept_text(kept))
        if typed:
            is_drafted = bool(informed and day and day > self.company_id._charter_today())
            said.append(self._written_text(typed, is_drafted))
        return {
            "model": owner.display_name,
            "kind": kind,
            "date": day,
            "before": self._said_before(before, day)
            or day_text(self.env, typed.effect_on, "d MMM y")
            or False,
            "equipment_ids": [Command.set(devices.ids)],
            "equipment_count": len(devices),
            "kept_ids": [Command.set(self.env["charter.equipment"].union(*kept.values()).ids)],
            "clients": ", ".join(sorted(informed.mapped("name"))) or False,
            "notice_id": notice.id if notice else False,
            "written_id": typed.id,
            "notification": "\n".join(said),
        }

    def _devices_with(self, owner, kind, day):
        """Return (equipment of this company that has this date, {another date, or None: equipment of the model that keeps it})."""
        devices = self.env["charter.equipment"]
        if owner._name == devices._name:
            return owner, {}
        rows = self._dates_of_devices(owner._covered(), kind)
        status = "announced" if day else "none_announced"
        having = rows.filtered(lambda row: (row.status, row.date or False) == (status, day or False))
        kept = {
            other: devices.browse(some.equipment_id.ids)
            for other, some in (rows - having).grouped(lambda row: row.date or None).items()
        }
        return devices.browse(having.equipment_id.ids), kept

    def _dates_of_devices(self, models_of, kind):
        """Return the dates of one kind of the equipment of these models."""
        return (
            self.env["charter.equipment.milestone"]
            .sudo()
            .search(
                [
                    ("equipment_id.catalogue_id", "in", models_of.ids),
                    ("equipment_id.company_id", "=", self.company_id.id),
                    ("equipment_id.active", "=", True),
                    ("kind", "=", kind),
                ]
            )
        )

    def _kept_at_preview(self, row, models_of):
        """Return what is said of equipment whose date somebody typed: the list does not change it."""
        said = []
        for kind, day in self._says(row).items() if models_of else ():
            typed = self._dates_of_devices(models_of, kind).filtered(
                lambda one, day=day: not one.model_date_id and one.status == "announced" and one.date != day
            )
            if typed:
                kept = typed.grouped("date")
                said.append(self._kept_text({other: some.equipment_id for other, some in kept.items()}))
        return said

    def _kept_text(self, kept):
        """Return which devices keep another date, and whose clients were informed of it. :param kept: {date, or None: devices}"""
        said = []
        for day, devices in sorted(kept.items(), key=lambda one: (one[0] is None, one[0])):
            named = [one.display_name for one in devices[:NAMED]]
            if len(devices) > NAMED:
                named.append(self.env._("%s more", len(devices) - NAMED))
            other = day_text(self.env, day, "d MMM y") if day else self.env._("None announced")
            words = {"day": other, "devices": ", ".join(named), "number": len(devices)}
            said.append(
                self.env._("1 device keeps another date, %(day)s: %(devices)s.", **words)
                if len(devices) == 1
                else self.env._("%(number)s devices keep another date, %(day)s: %(devices)s.", **words)
            )
            informed = self._informed_of(day, devices)
            if informed:
                said.append(
                    self.env._("Informed of that date: %s.", ", ".join(sorted(informed.mapped("name"))))
                )
        return " ".join(said)

    def _informed_of(self, day, devices):
        """Return the clients of these devices who were informed of this date of them."""
        if not day:
            return self.env["res.partner"]
        lines = (
            self.env["charter.notice.line"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", devices.partner_id.ids),
                    ("told_effect_on", "=", day),
                    ("equipment_ids", "in", devices.ids),
                ]
            )
        )
        return lines.filtered(lambda line: line.informed_state == "informed").partner_id

    def _live_notices(self):
        """Return the notices of ends of support, drafts and out: those a date raised, and those somebody wrote, which no date moves."""
        return self.env["charter.notice"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", "end_of_support"),
                ("state", "in", LIVE),
            ]
        )

    def _written_text(self, notice, is_drafted):
        """Return what is said of a notice written by hand that gives another date than the list."""
        words = {"notice": notice.name, "day": day_text(self.env, notice.effect_on, "d MMM y")}
        if notice.state == "draft":
            said = [self.env._("The draft “%(notice)s” was written by hand and gives %(day)s.", **words)]
        else:
            said = [
                self.env._(
                    "“%(notice)s”, written by hand, gave %(day)s to its clients (%(number)s); it keeps that date until you take the new one.",
                    number=notice.client_count,
                    **words,
                )
            ]
        if is_drafted:
            said.append(
                self.env._("The draft of the new date comes beside it: cancel the one you do not need.")
            )
        return " ".join(said)

    def _clients_under_charter(self):
        probe = self.env["charter.notice"].new({"company_id": self.company_id.id})
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT contract.commercial_partner_id FROM contract_contract contract WHERE %s",
                probe._running_sql(),
            )
        )
        return self.env["res.partner"].browse(client for (client,) in rows)

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
    kept_ids = fields.Many2many(
        "charter.equipment",
        "charter_support_import_kept_rel",
        "result_id",
        "equipment_id",
        string="Equipment with another date",
    )
    clients = fields.Char("Clients concerned")
    notice_id = fields.Many2one("charter.notice", ondelete="cascade")
    written_id = fields.Many2one(
        "charter.notice",
        "Notice written by hand",
        ondelete="cascade",
        help="It gives another date than the list.",
    )
    written_state = fields.Selection(related="written_id.state")
    written_date = fields.Date(related="written_id.known_date")
    notification = fields.Text("Clients informed")
    is_left_out = fields.Boolean("Nothing of it was taken")

    def action_take_date(self):
        """Let the notice somebody wrote take the date of the list, as its own yellow line offers it."""
        self.ensure_one()
        notice = self.written_id
        former = day_text(self.env, notice.effect_on, "d MMM y")
        notice.action_take_date()
        self.write(
            {
                "notice_id": notice.id,
                "written_id": False,
                "notification": self.env._(
                    "“%(notice)s” gives this date now, and no longer %(day)s. Clients who were informed are informed again.",
                    notice=notice.name,
                    day=former,
                ),
            }
        )
        self.import_id.notice_ids |= notice
        return self.import_id._reopen()

    def action_written(self):
        """Open the notice that somebody wrote."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.notice",
            "res_id": self.written_id.id,
            "views": [(False, "form")],
        }

    def action_equipment(self):
        """Open the devices this date is about, and those that keep another one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        return {
            **action,
            "context": {},
            "domain": [("id", "in", (self.equipment_ids | self.kept_ids).ids)],
            "target": "main",
        }
