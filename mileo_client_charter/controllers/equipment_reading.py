"""What a client reads of its supervised equipment, as plain values for the pages of the portal."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..models.base.charter_format import day_text, percent_text
from .client_reading import ClientReading
from .listing import Choice, Listing, Option, Sort
from .together import Asked

DAYS = 30
SUPPORT_DAYS = 365
ADDRESS = "/my/charter/equipment"
EQUIPMENT_FIELDS = [
    "name", "serial", "reference", "product_id", "maker", "model", "partner_id", "site_id", "contract_id",
    "supervised_from", "supervised_to", "lifecycle", "end_of_support", "down_since", "firmware",
]  # fmt: skip
TO_UPDATE = Domain("state", "=", "open") & Domain("answer", "=", "affected")
OUTAGE_FIELDS = ["start_at", "end_at", "kind", "reason"]
OUTAGE_ROWS = 50


class EquipmentReading(ClientReading):
    def equipment_page(self, query):
        """Return one page of the client's equipment, what is down first; its number of queries is fixed."""
        env, today = self.env, self.company._charter_today()
        soon = today + timedelta(days=SUPPORT_DAYS)
        listing = Listing(
            self, ADDRESS, query, "charter.equipment", EQUIPMENT_FIELDS,
            sorts=[
                Sort("down", env._("What is down first"), "down_since nulls last, name, id"),
                Sort("name", env._("By name"), "name, id"),
                Sort("support", env._("End of support first"), "end_of_support nulls last, name, id"),
                Sort("newest", env._("Last supervised first"), "supervised_from desc nulls last, id desc"),
            ],
            search=lambda text: Domain.OR(
                Domain(name, "ilike", text) for name in ("name", "serial", "reference", "maker", "model")
            )
            | Domain("product_id", "any!", [("name", "ilike", text)])
            | Domain("site_id", "any!", [("name", "ilike", text)]),
            choices=[
                Choice("state", env._("State"), [
                    Option("down", env._("Down now"), Domain("down_since", "!=", False)),
                    Option("up", env._("Not down"), Domain("down_since", "=", False)),
                    Option("unwatched", env._("Not supervised"), Domain("supervised_from", "=", False)),
                ]),
                Choice("firmware", env._("Firmware"), [
                    Option("to_update", env._("Firmware to update"), Domain("id", "in", self._ids_to_update())),
                ]),
                Choice("support", env._("Manufacturer's support"), [
                    Option("ended", env._("Ended"), Domain("end_of_support", "<", today)),
                    Option("soon", env._("Ends within a year"), Domain("end_of_support", ">=", today)
                           & Domain("end_of_support", "<=", soon)),
                ]),
            ],
        )  # fmt: skip
        return {"listing": listing, "equipment": self._equipment(listing.rows)}

    def equipment_detail(self, equipment):
        [row] = self._equipment(equipment)
        now = fields.Datetime.now()
        since = now - timedelta(days=DAYS)
        outages = self._search(
            "charter.outage",
            OUTAGE_FIELDS,
            [("equipment_id", "=", equipment.id), "|", ("end_at", "=", False), ("end_at", ">", since)],
            order="start_at desc, id desc",
            limit=OUTAGE_ROWS,
        )
        return {
            "record": equipment,
            "row": row,
            "last_days": self.env._("The last %s days", DAYS),
            "milestones": self._milestones(equipment),
            "outages": self._outages(outages.filtered(lambda outage: outage.start_at <= now)),
            "planned": self._outages(
                outages.filtered(lambda outage: outage.start_at > now).sorted("start_at")
            ),
        }

    def _ask_equipment(self):
        return {
            "equipment": Asked("charter.equipment", self.own, aggregates=("__count", "down_since:count")),
            "to_update": Asked(
                "charter.advisory.concern",
                self.own & TO_UPDATE,
                aggregates=("equipment_id:count_distinct", "told_at:min"),
            ),
        }

    def equipment_home(self, equipment, to_update):
        """Return how many pieces of equipment the client has, and how many are down."""
        [(count, down)] = equipment
        state = (
            self.env._("%(down)s of %(count)s down now", down=down, count=count)
            if down
            else self.env._("Nothing is down")
        )
        return {
            "equipment_count": count,
            "equipment_down": down,
            "equipment_state": state,
            "equipment_to_update": self._to_update_at_home(*to_update[0]),
            "equipment_address": f"{ADDRESS}?firmware=to_update" if to_update[0][0] else ADDRESS,
        }

    def _to_update_at_home(self, number, since):
        """Return “3 devices to update, since …”: what we informed the client of, and nobody has updated."""
        if not number:
            return ""
        words = {"number": number, "day": day_text(self.env, since, "d MMMM y")}
        if number == 1:
            return self.env._("1 device to update, since %(day)s", **words)
        return self.env._("%(number)s devices to update, since %(day)s", **words)

    def _ids_to_update(self):
        """Return a query of the equipment whose firmware is to be updated; part of the page's own statement."""
        return self.env["charter.advisory.concern"]._search(self.own & TO_UPDATE).subselect("equipment_id")

    def _to_update(self, rows):
        """Return {equipment id: since when its firmware is to be updated}; one statement."""
        groups = self.env["charter.advisory.concern"]._read_group(
            self.own & TO_UPDATE & Domain("equipment_id", "in", rows.ids), ["equipment_id"], ["told_at:min"]
        )
        return {
            equipment.id: self.env._("Firmware to update, since %s", day_text(self.env, since, "d MMMM y"))
            for equipment, since in groups
        }

    # -- words ------------------------------------------------------------------------------------

    def _equipment(self, rows):
        now = fields.Datetime.now()
        availability = self.env["charter.outage"]._availability(
            now - timedelta(days=DAYS),
            now,
            equipment_ids=rows.ids,
            by="equipment",
            partner_ids=self.client.ids,
        )
        today = self.company._charter_today()
        to_update = self._to_update(rows)
        return [
            {
                "to_update": to_update.get(row.id),
                "firmware": row.firmware,
                "url": f"{ADDRESS}/{row.id}",
                "name": row.name,
                "serial": row.serial,
                "reference": row.reference,
                # The catalogue itself is not the client's to read; what it bought has a name.
                "product": row.product_id.sudo().name or " ".join(filter(None, [row.maker, row.model])),
                "site": row.site_id.sudo().name,
                "supervised": self._supervised(row, today),
                "lifecycle": self._lifecycle(row, today),
                "down": row.down_since and self.env._("Down since %s", self.moment(row.down_since)),
                **self._availability(availability.get(row.id)),
            }
            for row in rows
        ]

    def _availability(self, found):
        """Put both rates into words: availability is never 100 % over an outage, nor the coverage over missing data."""
        if not found or found.ratio is None:
            return {"availability": None, "coverage": self.env._("no data over %s days", DAYS)}
        rate = percent_text(self.env, found.expected - found.down, found.expected, 2)
        watched = percent_text(self.env, found.expected, found.period, 0)
        return {
            "availability": self.env._("%(rate)s available over %(days)s days", rate=rate, days=DAYS),
            "coverage": self.env._("watched %s of the time", watched),
        }

    def _supervised(self, row, today):
        first, last = row.supervised_from, row.supervised_to
        if not first:
            return self.env._("Not supervised")
        words = {
            "first": day_text(self.env, first, "d MMMM y"),
            "last": last and day_text(self.env, last, "d MMMM y"),
        }
        if last and last < today:
            return self.env._("Supervised from %(first)s to %(last)s", **words)
        if first > today:
            return self.env._("Supervised from %(first)s on", **words)
        return self.env._("Supervised since %(first)s", **words)

    def _lifecycle(self, row, today):
        if row.end_of_support:
            day = day_text(self.env, row.end_of_support, "d MMMM y")
            if row.end_of_support < today:
                return self.env._("The manufacturer's support ended on %s", day)
            return self.env._("The manufacturer's support ends on %s", day)
        if row.lifecycle == "none_announced":
            return self.env._("The manufacturer has announced no end of support")
        return ""

    def _milestones(self, equipment):
        kinds = dict(self.env["charter.equipment.milestone"]._fields["kind"]._description_selection(self.env))
        words = {"none_announced": self.env._("none announced"), "unknown": self.env._("not known yet")}
        return [
            {
                "label": kinds[row.kind],
                "when": day_text(self.env, row.date, "d MMMM y") if row.date else words[row.status],
                "checked": row.checked_on
                and self.env._("checked on %s", day_text(self.env, row.checked_on, "d MMMM y")),
            }
            for row in equipment.milestone_ids
        ]

    def _outages(self, rows):
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        return [
            {
                "kind": row.kind,
                "label": kinds[row.kind],
                "when": self._when(row),
                "lasted": row.end_at and self._lasted(row.end_at - row.start_at),
                "reason": row.reason,
                "open": not row.end_at,
            }
            for row in rows
        ]

    def _when(self, row):
        start = self.moment(row.start_at)
        if not row.end_at:
            return self.env._("since %s", start)
        return self.env._("from %(start)s to %(end)s", start=start, end=self.moment(row.end_at))

    def _lasted(self, duration):
        """Return a duration in words: “2 d 3 h”, “40 min”."""
        minutes = round(duration.total_seconds() / 60)
        days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        return self.env._("%s min", minutes)
