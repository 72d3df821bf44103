"""Availability of any number of contracts, sites or equipment over a period, by one statement (decision: docs/decisions/availability.md)."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.availability import Availability

BY = {
    "equipment": SQL("stay.equipment_id"),
    "contract": SQL("stay.contract_id"),
    "site": SQL("stay.site_id"),
}


class CharterOutage(models.Model):
    _inherit = "charter.outage"  # pylint: disable=consider-merging-classes-inherited

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
        of_clients=None,
        without=(),
    ):
        """Return the availability from ``start`` to ``end`` (naive UTC, cut at the present) of each contract, equipment or site.

        One statement whatever the number; as ``tools.availability.availability``, to the second. Read as the
        engine: the caller has chosen ids its user may read.

        An equipment counts for the contract, site and client it had at each moment (its stays). Archived, it counts
        only while it was supervised; otherwise time without supervision is missing data. What has no equipment in
        the period has no key: it is not supervised at all.

        :param by: "contract", "equipment" or "site": what the keys are
        :param partner_ids: only the time the equipment was at these clients
        :param of_clients: (contract id, client id): only the time the equipment was there for that contract and that client
        :param without: ids of outages that are taken as if they had not been
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
                chosen.append(SQL("%(column)s = ANY(%(ids)s)", column=SQL(column), ids=list(ids)))
        if of_clients is not None:
            chosen.append(
                SQL(
                    "(stay.contract_id, stay.partner_id) IN (SELECT * FROM unnest(%(contracts)s::int[], %(clients)s::int[]))",
                    contracts=[pair[0] for pair in of_clients],
                    clients=[pair[1] for pair in of_clients],
                )
            )
        for model in ("charter.equipment", "charter.equipment.stay", "charter.outage", "res.company"):
            self.env[model].flush_model()
        self.env.cr.execute(self._availability_sql(start, end, SQL(" AND ").join(chosen), BY[by], without))
        return {key: Availability(*seconds) for key, *seconds in self.env.cr.fetchall()}

    @api.model
    def _availability_sql(self, start, end, chosen, key, without=()):
        """Return each equipment's part of the period, then what happened in it as multiranges, then lengths by key.

        A part is what a stay shares with the period (``whole_from``, ``whole_to``) and what of it was supervised
        (``from_at``, ``to_at``; no time when ``to_at`` is not later). Days become moments, in the company's time
        zone, only for a supervision that begins or ends about the period: converting costs more than the rest.
        An equipment that nothing happened to, as most, costs no multirange.
        """
        return SQL(
            """
            WITH part AS (
                SELECT %(key)s AS key, stay.equipment_id,
                       GREATEST(%(start)s, stay.from_at) AS whole_from,
                       LEAST(%(end)s, stay.until_at) AS whole_to,
                       CASE WHEN supervised_from IS NULL THEN %(end)s
                            WHEN supervised_from < %(start)s::date - 1 THEN GREATEST(%(start)s, stay.from_at)
                            ELSE GREATEST(%(start)s, stay.from_at, supervised_from::timestamp
                                AT TIME ZONE COALESCE(calendar.tz, partner.tz, 'UTC') AT TIME ZONE 'UTC')
                        END AS from_at,
                       CASE WHEN supervised_from IS NULL THEN %(start)s
                            WHEN supervised_to IS NULL OR supervised_to > %(end)s::date + 1
                            THEN LEAST(%(end)s, stay.until_at)
                            ELSE LEAST(%(end)s, stay.until_at, (supervised_to + 1)::timestamp
                                AT TIME ZONE COALESCE(calendar.tz, partner.tz, 'UTC') AT TIME ZONE 'UTC')
                        END AS to_at,
                       equipment.active
                  FROM charter_equipment_stay stay
                  JOIN charter_equipment equipment ON equipment.id = stay.equipment_id
                  JOIN res_company company ON company.id = equipment.company_id
                  LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
                  LEFT JOIN res_partner partner ON partner.id = company.partner_id
                 WHERE %(chosen)s AND %(start)s < %(end)s
                   AND (stay.from_at IS NULL OR stay.from_at < %(end)s)
                   AND (stay.until_at IS NULL OR stay.until_at > %(start)s)
            ),
            happened AS (
                SELECT equipment_id,
                       range_agg(tsrange(start_at, end_at)) FILTER (WHERE planned) AS planned,
                       range_agg(tsrange(start_at, end_at)) FILTER (WHERE no_data) AS unseen,
                       range_agg(tsrange(start_at, end_at)) FILTER (
                           WHERE planned IS NOT TRUE AND no_data IS NOT TRUE) AS down
                  FROM charter_outage
                 WHERE active AND start_at < %(end)s AND (end_at IS NULL OR end_at > %(start)s)
                   AND equipment_id IN (SELECT equipment_id FROM part WHERE from_at < to_at) %(without)s
                 GROUP BY equipment_id
            ),
            -- MATERIALIZED: else each multirange is computed again wherever it is used.
            joined AS MATERIALIZED (
                SELECT part.*, happened.planned, happened.unseen, happened.down,
                       CASE WHEN happened.equipment_id IS NOT NULL AND from_at < to_at
                            THEN tsmultirange(tsrange(from_at, to_at)) END AS watched
                  FROM part
                  LEFT JOIN happened USING (equipment_id)
            ),
            cut AS MATERIALIZED (
                SELECT key, whole_from, whole_to, from_at, to_at, active,
                       watched * planned AS planned,
                       watched * unseen - COALESCE(planned, '{}') AS unseen,
                       watched * down - COALESCE(planned, '{}') - COALESCE(unseen, '{}') AS down
                  FROM joined
            ),
            lengths AS (
                SELECT key,
                       CASE WHEN active THEN whole_to - whole_from
                            ELSE GREATEST(to_at - from_at, '0') END AS whole,
                       GREATEST(to_at - from_at, '0') AS watched,
                       %(planned)s AS planned, %(unseen)s AS unseen, %(down)s AS down
                  FROM cut
            ),
            total AS (
                SELECT key, SUM(whole) AS whole, SUM(watched) AS watched,
                       COALESCE(SUM(planned), '0') AS planned, COALESCE(SUM(unseen), '0') AS unseen,
                       COALESCE(SUM(down), '0') AS down
                  FROM lengths
                 GROUP BY key
            )
            SELECT key, EXTRACT(epoch FROM watched - planned - unseen)::float8, EXTRACT(epoch FROM down)::float8,
                   EXTRACT(epoch FROM planned)::float8, EXTRACT(epoch FROM whole - watched + unseen)::float8
              FROM total
            """,
            start=start,
            end=end,
            key=key,
            chosen=chosen,
            without=SQL("AND id <> ALL(%s)", list(without)) if without else SQL(),
            **{name: self._availability_length(name) for name in ("planned", "unseen", "down")},
        )

    @api.model
    def _availability_length(self, name):
        """Return time in the multirange ``cut.<name>``; NULL for none."""
        column = SQL.identifier("cut", name)
        return SQL(
            "CASE WHEN %(column)s <> '{}' THEN "
            "(SELECT SUM(upper(piece) - lower(piece)) FROM unnest(%(column)s) piece) END",
            column=column,
        )
