from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.availability import Availability

BY = {
    "equipment": SQL("stay.equipment_id"),
    "contract": SQL("stay.contract_id"),
    "site": SQL("stay.site_id"),
}


class CharterOutage(models.Model):
    _inherit = "charter.outage"

    @api.model
    def _availability(
        self,
        start,
        end,
        contract_ids=None,
        equipment_ids=None,
        by="contract",
        partner_ids=None,
        site_ids=None,
    ):
        """Availability from ``start`` to ``end`` (naive UTC, cut at the present) of each contract, equipment or site.

        One statement whatever the number; as ``tools.availability.availability``, to the second. Read as the
        engine: the caller has chosen ids its user may read.

        An equipment counts for the contract, site and client it had at each moment (its stays). Archived, it counts
        only while it was supervised; otherwise time without supervision is missing data. What has no equipment in
        the period has no key: it is not supervised at all.

        :param by: "contract", "equipment" or "site": what the keys are
        :param partner_ids: only the time the equipment was at these clients
        :return: {id: Availability}, the seconds of an id's equipment added up
        :raise ValueError: unknown ``by``, or ``end`` before ``start``
        """
        if by not in BY:
            raise ValueError(f"Availability by {by!r}: use one of {', '.join(BY)}.")
        if end < start:
            raise ValueError(f"Availability: the period ends ({end}) before it starts ({start}).")
        end = max(start, min(end, fields.Datetime.now()))
        chosen = [SQL("%s IS NOT NULL", BY[by])]
        for column, ids in (
            ("stay.contract_id", contract_ids),
            ("stay.equipment_id", equipment_ids),
            ("stay.partner_id", partner_ids),
            ("stay.site_id", site_ids),
        ):
            if ids is not None:
                chosen.append(SQL("%s = ANY(%s)", SQL(column), list(ids)))
        for model in ("charter.equipment", "charter.equipment.stay", "charter.outage", "res.company"):
            self.env[model].flush_model()
        self.env.cr.execute(self._availability_sql(start, end, SQL(" AND ").join(chosen), BY[by]))
        return {
            key: Availability(*(float(number) for number in numbers))
            for key, *numbers in self.env.cr.fetchall()
        }

    @api.model
    def _availability_sql(self, start, end, chosen, key):
        """Ranges of time cut, united and subtracted by PostgreSQL's multiranges; each length is added up once.

        ``span`` is what an equipment's stay shares with the period, ``watched`` what of it was supervised. An
        equipment that nothing happened to (nearly all) costs no multirange.
        """
        return SQL(
            """
            WITH period AS (SELECT tsrange(%(start)s, %(end)s) AS whole),
            span AS (
                SELECT %(key)s AS key, equipment.id,
                       period.whole * tsrange(stay.from_at, stay.until_at) AS whole,
                       equipment.active, watch.time AS watch
                  FROM charter_equipment_stay stay
                  JOIN charter_equipment equipment ON equipment.id = stay.equipment_id
                  JOIN res_company company ON company.id = equipment.company_id
                  LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
                  LEFT JOIN res_partner partner ON partner.id = company.partner_id
                 CROSS JOIN LATERAL (SELECT COALESCE(calendar.tz, partner.tz, 'UTC') AS name) zone
                 CROSS JOIN LATERAL (
                    SELECT CASE WHEN equipment.supervised_from IS NULL THEN 'empty'::tsrange ELSE tsrange(
                        equipment.supervised_from::timestamp AT TIME ZONE zone.name AT TIME ZONE 'UTC',
                        (equipment.supervised_to + 1)::timestamp AT TIME ZONE zone.name AT TIME ZONE 'UTC'
                    ) END AS time
                 ) watch
                 CROSS JOIN period
                 WHERE %(chosen)s AND period.whole && tsrange(stay.from_at, stay.until_at)
            ),
            watched AS (
                SELECT key, id, whole * watch AS time,
                       CASE WHEN active THEN whole ELSE whole * watch END AS whole
                  FROM span
            ),
            happened AS (
                SELECT equipment_id,
                       range_agg(tsrange(start_at, end_at)) FILTER (WHERE planned) AS planned,
                       range_agg(tsrange(start_at, end_at)) FILTER (WHERE no_data AND NOT planned) AS unseen,
                       range_agg(tsrange(start_at, end_at)) FILTER (
                           WHERE planned IS NOT TRUE AND no_data IS NOT TRUE) AS down
                  FROM charter_outage
                 CROSS JOIN period
                 WHERE charter_outage.active AND start_at < upper(period.whole)
                   AND (end_at IS NULL OR end_at > lower(period.whole))
                   AND equipment_id IN (SELECT id FROM watched WHERE NOT isempty(time))
                 GROUP BY equipment_id
            ),
            part AS (
                SELECT watched.key, watched.whole, watched.time,
                       tsmultirange(watched.time) * happened.planned AS planned,
                       tsmultirange(watched.time) * happened.unseen
                           - COALESCE(happened.planned, '{}') AS unseen,
                       tsmultirange(watched.time) * happened.down
                           - COALESCE(happened.planned, '{}') - COALESCE(happened.unseen, '{}') AS down
                  FROM watched
                  LEFT JOIN happened ON happened.equipment_id = watched.id
            ),
            lengths AS (
                SELECT key,
                       COALESCE(EXTRACT(epoch FROM upper(whole) - lower(whole)), 0) AS whole,
                       COALESCE(EXTRACT(epoch FROM upper(time) - lower(time)), 0) AS watched,
                       %(planned)s AS planned, %(unseen)s AS unseen, %(down)s AS down
                  FROM part
            )
            SELECT key, SUM(watched - planned - unseen), SUM(down), SUM(planned), SUM(whole - watched + unseen)
              FROM lengths
             GROUP BY key
            """,
            start=start,
            end=end,
            key=key,
            chosen=chosen,
            **{name: self._availability_length(name) for name in ("planned", "unseen", "down")},
        )

    @api.model
    def _availability_length(self, name):
        """Seconds of the multirange ``part.<name>``; 0 for none."""
        column = SQL.identifier("part", name)
        return SQL(
            """CASE WHEN %(column)s IS NULL THEN 0 ELSE (
                SELECT COALESCE(SUM(EXTRACT(epoch FROM upper(piece) - lower(piece))), 0)
                  FROM unnest(%(column)s) piece
            ) END""",
            column=column,
        )
