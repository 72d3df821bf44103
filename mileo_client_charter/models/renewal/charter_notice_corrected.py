"""A date that changed for some devices only: they leave the notice of the former one, and a client who had been informed of it is
informed at once (article 01).
"""

from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ...tools.codes import NOTICE_ADVANCE
from ..base.charter_format import day_text


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    def _places(self, dates):
        """Return {device of the lines that is no more one of this date: its day by now, None where no date is announced}.

        :param dates: days announced for the model that are still to come
        """
        self.ensure_one()
        kind = self._key_parts()[0]
        self.env["charter.notice.line"].flush_model()
        self.env["charter.equipment.milestone"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT equipment.id, own.date, (%(of_model)s) AND own.status IS DISTINCT FROM 'none_announced'
                  FROM charter_equipment equipment
                  LEFT JOIN charter_equipment_milestone own ON own.equipment_id = equipment.id AND own.kind = %(kind)s
                 WHERE equipment.id = ANY(%(devices)s) AND equipment.active AND NOT COALESCE((%(belongs)s), FALSE)
                 ORDER BY equipment.id
                """,
                of_model=self._model_sql(),
                kind=kind,
                devices=self.line_ids.equipment_ids.ids,
                belongs=self._milestone_sql(),
            )
        )
        earliest = min(dates, default=None)
        devices = self.env["charter.equipment"].sudo()
        # What has no date of its own follows the earliest of its model.
        return {devices.browse(one): day or (earliest if follows else None) for one, day, follows in rows}

    def _correct(self, dates, live):
        """Take out the devices whose date is another one by now; whoever was informed of this date is informed at once of what changed.

        :param dates: days announced for the model that are still to come
        :param live: {day: the notice of that day} of the model
        """
        self.ensure_one()
        places = self._places(dates)
        if not places:
            return
        today = self.company_id._charter_today()
        moved, over = defaultdict(dict), self.line_ids.browse()
        for line in self.line_ids.filtered("sent_at"):
            gone = line.equipment_ids.filtered(lambda one: one in places)
            if not gone:
                continue
            line._note_changes(gone, places)
            for day, devices in gone.grouped(places.get).items():
                if day in dates and day != self.effect_on:
                    moved[day][line] = devices
                else:
                    over |= line
        self._leave_out(places)
        self.line_ids._follow_recommendations()
        for day, lines in moved.items():
            notice = live.get(day, self.browse()).exists()
            if not notice:
                notice = live[day] = self._copied_to(day)
            notice._inform_of_change(lines)
        if over:
            self._notify(over, known_on=today)

    def _leave_out(self, places):
        kept = {line: line.equipment_ids.filtered(lambda one: one not in places) for line in self.line_ids}
        # A client who was informed of it keeps its line; another one is owed nothing of it any more.
        found = {line.partner_id.id: left.ids for line, left in kept.items() if left or line.sent_at}
        self._write_lines(found)

    def _copied_to(self, day):
        """Return a notice of the same model for another day, in the same words: its readers have read them, of the former date."""
        other = self._charter_engine().copy({"effect_on": day, "late_reason": False})
        other.write({"milestone_key": self.milestone_key, "state": "open"})
        return other

    def _inform_of_change(self, former):
        """Inform clients that their devices belong to this date now. :param former: {their line of the former date: devices}"""
        known = {line.partner_id.id: set(line.equipment_ids.ids) for line in self.line_ids}
        for line, devices in former.items():
            known.setdefault(line.partner_id.id, set()).update(devices.ids)
        self._write_lines({client: sorted(devices) for client, devices in known.items()})
        of_client = {line.partner_id: line for line in self.line_ids}
        lines = self.line_ids.browse()
        for line, devices in former.items():
            mine = of_client[line.partner_id]._charter_engine()
            mine.changes = [*(mine.changes or ()), *line._changes_of(devices)]
            lines |= mine
        self._notify(lines, known_on=self.company_id._charter_today())

    def _close_if_void(self, dates):
        """Close the notice of a date that is announced for no device any more, once every client has been informed of it."""
        if self.effect_on in dates or self._places(dates):
            return
        if self.state == "draft":
            # Nobody was informed, and the day has come: it was missed, and stays in the list.
            if self.effect_on > self.company_id._charter_today() or not self.line_ids:
                self._give_way()
        elif not (
            any(self.line_ids.mapped("error")) or self.line_ids.with_context(active_test=False).equipment_ids
        ):
            self._charter_engine().state = "closed"

    def _to_notify(self):
        """Return the lines that were not informed yet: of this notice, of its date, or of devices that joined since."""
        owed = {row.res_id: row for row in self.line_ids._charter_owed(NOTICE_ADVANCE)}
        return self.line_ids.filtered(
            lambda line: (
                not line.sent_at or (line.id in owed and owed[line.id].occurrence == line._occurrence())
            )
        )


class CharterNoticeLine(models.Model):
    _inherit = "charter.notice.line"

    changes = fields.Json(
        readonly=True,
        copy=False,
        charter_json="numbers of equipment, days",
        help="Devices whose date changed after their client had been informed of it: what it was, what it is, and when that was noticed.",
    )

    def _note_changes(self, devices, places):
        """Note what the date of ``devices`` was, and what it is by now."""
        self.ensure_one()
        now = fields.Datetime.to_string(self._charter_now())
        self._charter_engine().changes = [
            *(self.changes or ()),
            *(
                {
                    "equipment": one.id,
                    "was": fields.Date.to_string(self.effect_on),
                    "now": fields.Date.to_string(places[one]) or False,
                    "at": now,
                }
                for one in devices
            ),
        ]

    def _changes_of(self, devices):
        """Return what was noted last of each of these devices."""
        latest = {row["equipment"]: row for row in self.changes or ()}
        return [latest[one.id] for one in devices]

    def _changes_said(self, since=None):
        """Return what the client reads of dates that changed, a sentence a device.

        :param since: naive UTC moment after which it was noticed; all by default
        """
        self.ensure_one()
        rows = [
            row for row in self.changes or () if not since or row["at"] > fields.Datetime.to_string(since)
        ]
        devices = self.env["charter.equipment"].sudo().browse(row["equipment"] for row in rows).exists()
        named = {one.id: f"{one.name} ({one.serial})" if one.serial else one.name for one in devices}
        said = []
        for row in rows:
            if row["equipment"] not in named:
                continue
            words = {"device": named[row["equipment"]], "was": self._day_said(row["was"])}
            if row["now"]:
                said.append(
                    self.env._(
                        "%(device)s: the date is %(now)s; we had announced %(was)s to you.",
                        now=self._day_said(row["now"]),
                        **words,
                    )
                )
            else:
                said.append(
                    self.env._(
                        "%(device)s: the date of %(was)s, which we had announced to you, no longer applies; no date is announced at present.",
                        **words,
                    )
                )
        return said

    def _day_said(self, day):
        return day_text(self.env, fields.Date.to_date(day), "d MMMM y")

    def _is_void(self):
        """Return whether none of the client's devices has the date of this notice any more."""
        self.ensure_one()
        return bool(self.changes and not self.sudo().equipment_ids)


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    def _move(self, places):
        """Take what went to another client out of the notices of the former one: where it is now is not that client's to read."""
        super()._move(places)
        gone = self.filtered(lambda one: places[one][0] != one.partner_id)
        if not gone:
            return
        lines = self.env["charter.notice.line"].sudo().search([("equipment_ids", "in", gone.ids)])
        for notice, some in lines.grouped("notice_id").items():
            left = {
                line: line.equipment_ids.filtered(lambda one, line=line: one.partner_id == line.partner_id)
                for line in some
            }
            kept = {line: left.get(line, line.equipment_ids) for line in notice.line_ids}
            notice._write_lines(
                {
                    line.partner_id.id: devices.ids
                    for line, devices in kept.items()
                    if devices or line.sent_at or line not in some
                }
            )
            some.exists()._follow_recommendations()
