"""Draft notices from the installed base: one for each date a manufacturer announced, to the clients that have it (article
01).
"""

import logging
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup
from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.codes import NOTICE_ADVANCE
from ..base.charter_batches import end_batch, run_isolated
from .charter_notice import LIVE, MILESTONES, REVIEW_DAYS

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)

# What makes two pieces of equipment the same model: the product; else manufacturer and model, however they are written; else the
# name. Without a product, one of the last three columns is filled.
MODEL = SQL(
    """equipment.product_id,
       CASE WHEN equipment.product_id IS NULL THEN NULLIF(lower(btrim(equipment.maker)), '') END,
       CASE WHEN equipment.product_id IS NULL THEN NULLIF(lower(btrim(equipment.model)), '') END,
       CASE WHEN equipment.product_id IS NULL AND COALESCE(btrim(equipment.maker), '') = '' AND COALESCE(btrim(equipment.model), '') = ''
            THEN lower(btrim(equipment.name)) END"""
)
SEPARATOR = "|"


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    @api.model
    def _model_key(self, kind, product, maker, model, name):
        """Return the date of a model, as notices raised by it are found again."""
        parts = [kind, product or "", maker or "", model or "", *([name] if name else [])]
        return SEPARATOR.join(str(part).replace(SEPARATOR, " ") for part in parts)

    def _key_parts(self):
        """Return (kind, product id or None, maker, model, name) of the date this notice was raised by."""
        kind, product, maker, model, *name = self.milestone_key.split(SEPARATOR)
        if product:
            return kind, int(product), "", "", ""
        return kind, None, maker.strip().lower(), model.strip().lower(), "".join(name)

    def _model_sql(self):
        """Return SQL: ``equipment`` is of the model this notice is about."""
        _kind, product, maker, model, name = self._key_parts()
        if product:
            return SQL("equipment.product_id = %s", product)
        return SQL(
            "(%(key)s) IS NOT DISTINCT FROM (NULL::int, NULLIF(%(maker)s, ''), NULLIF(%(model)s, ''), NULLIF(%(name)s, ''))",
            key=MODEL,
            maker=maker,
            model=model,
            name=name,
        )

    def _milestone_sql(self):
        """Return SQL: ``equipment`` is one this notice is about: of its model, with its date; without a date of its own, if it is the
        earliest of those announced.

        A client is informed of its own equipment's date: what has another date announced belongs to another notice, and what was looked
        up since, and has none, to none.
        """
        self.ensure_one()
        dated = SQL(
            """FROM charter_equipment_milestone milestone
               WHERE milestone.equipment_id = equipment.id AND milestone.kind = %s AND milestone.status = 'announced' AND milestone.date""",
            self._key_parts()[0],
        )
        own = SQL("EXISTS (SELECT 1 %(dated)s = %(effect_on)s)", dated=dated, effect_on=self.effect_on)
        earlier = SQL(
            """SELECT 1 FROM charter_notice earlier WHERE earlier.company_id = %(company_id)s
                  AND lower(earlier.milestone_key) = %(milestone_key)s AND earlier.id != %(own_id)s
                  AND earlier.state IN ('draft', 'open') AND earlier.effect_on < %(effect_on)s""",
            company_id=self.company_id.id,
            milestone_key=self.milestone_key.lower(),
            own_id=self.id or 0,
            effect_on=self.effect_on,
        )
        return SQL(
            """%(of_model)s AND (%(own)s OR NOT EXISTS (SELECT 1 %(dated)s IS NOT NULL) AND NOT EXISTS (%(answered)s)
               AND NOT EXISTS (%(earlier)s) AND %(announced)s)""",
            of_model=self._model_sql(),
            own=own,
            dated=dated,
            answered=SQL(
                """SELECT 1 FROM charter_equipment_milestone answer WHERE answer.equipment_id = equipment.id AND answer.kind = %(kind)s
                      AND answer.status = 'none_announced' AND answer.checked_on >= %(known_on)s""",
                kind=self._key_parts()[0],
                known_on=self.known_on,
            ),
            earlier=earlier,
            announced=self._announced_sql(),
        )

    def _announced_sql(self):
        """Return SQL: the date of this notice is announced for a device of its company, which is there."""
        return SQL(
            """EXISTS (SELECT 1 FROM charter_equipment_milestone announced JOIN charter_equipment equipment ON equipment.id = announced.equipment_id
                        WHERE announced.kind = %(kind)s AND announced.status = 'announced' AND announced.date = %(effect_on)s
                          AND equipment.active AND equipment.company_id = %(company_id)s AND %(of_model)s)""",
            kind=self._key_parts()[0],
            effect_on=self.effect_on,
            company_id=self.company_id.id,
            of_model=self._model_sql(),
        )

    @api.model
    def _dates_of_models(self):
        """Return {company id: {model key: {day: (product id, title)}}} of the dates announced that are still to come."""
        self.env["charter.equipment.milestone"].flush_model()
        self.env["charter.equipment"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT equipment.company_id, milestone.kind, milestone.date, min(concat_ws(' ', equipment.maker,
                       equipment.model)), min(equipment.name), %(model)s
                  FROM charter_equipment_milestone milestone JOIN charter_equipment equipment ON equipment.id = milestone.equipment_id
                 WHERE milestone.status = 'announced' AND milestone.kind = ANY(%(kinds)s) AND milestone.date > %(today)s AND equipment.active
                 GROUP BY equipment.company_id, milestone.kind, milestone.date, 6, 7, 8, 9
                 ORDER BY milestone.date, min(equipment.id)
                """,
                model=MODEL,
                kinds=list(MILESTONES),
                today=self.env["res.company"]._charter_today_sql(SQL("equipment.company_id")),
            )
        )
        found = defaultdict(lambda: defaultdict(dict))
        for company, kind, day, title, called, *model in self.env.cr.fetchall():
            found[company][self._model_key(kind, *model)][day] = (model[0], title.strip() or called)
        return found

    @api.model
    def _raise_drafts(self):
        """Return a draft for each date of the installed base that has to be announced soon; one that moved moves its notice."""
        raised = self.browse()
        found = self._dates_of_models()
        live = self.sudo().search([("milestone_key", "!=", False), ("state", "in", LIVE)])
        for company in self.env["res.company"].browse(found) | live.company_id:
            raised |= self._raise_of(company, found.get(company.id, {}))
        return raised

    @api.model
    def _raise_isolated(self):
        """Call ``_raise_drafts`` as a step of the scheduled action. :return: whether there is time left"""
        self._raise_drafts()
        return end_batch(self.env, 1)

    @api.model
    def _raise_of(self, company, models_of):
        known = defaultdict(self.browse)
        for notice in self.sudo().search(
            [("company_id", "=", company.id), ("milestone_key", "!=", False)], order="id"
        ):
            known[self._model_key(*notice._key_parts())] |= notice
        probe = self.new({"company_id": company.id})
        today = company._charter_today()
        horizon = today + probe._advance() + timedelta(days=REVIEW_DAYS)
        raised = self.browse()
        for key in [*models_of, *(key for key in known if key not in models_of)]:
            dates, notices = models_of.get(key, {}), known[key]
            # A date that has come is no date that was corrected: ``dates`` are those to come.
            live = notices.filtered(lambda one: one.state in LIVE and one.effect_on > today)
            self._follow(live, dates)
            # What somebody gave up is not raised again, as long as it is that date.
            announced = notices.filtered(lambda n: n.state != "closed").mapped("effect_on")
            for day, (product_id, title) in dates.items():
                if (
                    day <= horizon
                    and day not in announced
                    and not self._is_written_already(company, key, day)
                ):
                    fresh = self._raise_one(company, key, day, product_id, title)
                    raised |= fresh
                    live |= fresh
            # What nobody was informed of, and is over, is owed no more to whom it is not the date any more.
            self._correct_each(live | notices.filtered(lambda one: one.state == "draft"), dates)
        return raised

    @api.model
    def _is_written_already(self, company, key, day):
        """Return whether a notice somebody wrote gives this date to all whom a draft of it would reach: they are not informed twice."""
        written = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("milestone_key", "=", False),
                ("kind", "=", "end_of_support"),
                ("state", "in", LIVE),
                ("effect_on", "=", day),
            ]
        )
        if not written.line_ids:
            return False
        draft = self.new(
            {"company_id": company.id, "milestone_key": key, "effect_on": day, "kind": "end_of_support"}
        )
        reached = {number for devices in draft._match().values() for number in devices}
        return reached <= set(written.line_ids.equipment_ids.ids)

    def _follow(self, notices, dates):
        """Move notices of one model whose date is not announced any more to the date that came in its place for all their devices."""
        taken = set(notices.mapped("effect_on"))
        for notice in notices.filtered(lambda n: n.effect_on not in dates):
            days = set(notice._places(dates).values())
            if len(days) == 1 and days <= dates.keys() - taken:
                [day] = days
                taken.add(day)
                run_isolated(
                    notice, lambda one, day=day: one._charter_engine()._move(day), self._say_not_raised
                )

    def _correct_each(self, notices, dates):
        """Take the devices out of these notices of one model that are of another date by now, and end those that are about nothing more."""
        by_day = {notice.effect_on: notice for notice in notices}
        for notice in notices:
            run_isolated(notice, lambda one: one._correct(dates, by_day), self._say_not_raised)
        for notice in notices.filtered(lambda n: n.effect_on not in dates and n.state in LIVE):
            run_isolated(notice, lambda one: one._close_if_void(dates), self._say_not_raised)

    @api.model
    def _say_not_raised(self, record, why):
        _logger.error("The notice of %s cannot follow the dates of the installed base: %s", record, why)

    def _give_way(self):
        """Close a draft of a date that is announced no more: nobody is owed word of it."""
        self.line_ids._charter_cancel(NOTICE_ADVANCE, _lt("The date was corrected."), withdrawn=True)
        self._charter_engine().state = "closed"

    @api.model
    def _raise_one(self, company, key, day, product_id, title):
        """Draft the notice of one date, with its clients, who are owed word of it from today."""
        product = self.env["product.product"].browse(product_id or []).sudo()

        def named(env):
            kinds = env["charter.equipment.milestone"]._fields["kind"]._description_selection(env)
            return env._(
                "%(what)s: %(product)s",
                what=dict(kinds)[key.split(SEPARATOR)[0]],
                product=product.with_env(env).sudo().display_name or title,
            )

        raised = self.browse()

        def create(_company):
            nonlocal raised
            raised = self._charter_engine().create(
                {
                    "name": named(self.env),
                    "kind": "end_of_support",
                    "company_id": company.id,
                    "effect_on": day,
                    "milestone_key": key,
                    "product_ids": product.ids,
                }
            )
            # It is read, and sent, in each language: nobody retypes a subject, and what to say is proposed.
            for code, _name in self.env["res.lang"].get_installed():
                there = raised.with_context(lang=code)
                there.write({"name": named(there.env), **there._proposed_end(key.split(SEPARATOR)[0])})

        if run_isolated(company, create, self._say_not_raised):
            return self.browse()
        raised._reach(raised._match())
        return raised

    @api.model
    def _proposed_end(self, kind):
        """Return what the draft of a date proposes to say, in the reader's language; the date itself is beside it, and may move."""
        body = {
            "end_of_support": self.env._(
                "The manufacturer ends its support of this equipment on the date of effect. From then on there are no more updates of "
                "its firmware, and faults found later stay."
            ),
            "end_of_security": self.env._(
                "The manufacturer ends the security updates of this equipment on the date of effect. Vulnerabilities found later stay open."
            ),
        }[kind]
        advice = self.env._(
            "Plan its replacement before that date. We contact you to agree on what is to be done."
        )
        return {"body": Markup("<p>%s</p>") % body, "advice": advice}

    def _reach(self, found):
        """Add lines for the clients ``found``, each owed word from today; one that cannot be written holds up no other."""
        self.ensure_one()

        def reach(clients):
            known = {line.partner_id.id: line.equipment_ids.ids for line in self.line_ids}
            mine = {client: found[client] for client in clients.ids}
            self._write_lines({**known, **mine})
            lines = self.line_ids.filtered(lambda line: line.partner_id in clients)
            lines._charter_engine()._owe(self.company_id._charter_today())

        run_isolated(self.env["res.partner"].browse(found), reach, self._say_not_raised)

    def _move(self, day):
        """Move the notice to the maker's new date: a draft is owed for it, clients who were informed are informed again."""
        for notice in self:
            notice.write({"effect_on": day})

    @api.model
    def _pick_up(self):
        """Add equipment that came since to the notices that concern it: its client is owed word, or informed at once. :return: True"""
        held_by = self.env["res.company"]._charter_held_clients()
        notices = self.sudo().search([("state", "in", ("draft", "open"))])
        run_isolated(notices, lambda rows: rows._pick_up_new(held_by), self._say_not_raised)
        return True

    def _pick_up_new(self, held_by):
        for notice in self:
            today = notice.company_id._charter_today()
            if notice.state == "open" and notice.effect_on and notice.effect_on < today:
                notice._charter_engine().state = "closed"
                continue
            if notice.state == "draft" and not (notice.milestone_key or notice.line_ids):
                continue  # nobody has looked for its clients yet
            if not notice._has_scope():
                continue  # its clients were given, nobody can join them
            known = {line.partner_id.id: set(line.equipment_ids.ids) for line in notice.line_ids}
            held = held_by.get(notice.company_id.id, ())
            found = {
                client: sorted(known.get(client, set()) | set(equipment))
                for client, equipment in notice._match().items()
                if client not in held and (client not in known or set(equipment) - known[client])
            }
            if not found:
                continue
            notice._reach(found)
            if notice.state == "open":
                lines = notice.line_ids.filtered(lambda line, f=found: line.partner_id.id in f)
                run_isolated(
                    lines,
                    lambda some, notice=notice, today=today: notice._notify(some, known_on=today),
                    lambda line, why: line._charter_engine().write({"error": why}),
                )
