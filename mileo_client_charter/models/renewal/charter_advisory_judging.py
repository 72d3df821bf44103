"""Match the products of advisories with the installed base, and decide each device: affected, not affected, or to be looked at."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.catalogue import SHORTEST
from ...tools.versions import AFFECTED, LOOK, NOT_AFFECTED, decide


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    @api.model
    def _matches(self, advisories=None, equipment=None):
        """Return which product is about which devices: one statement, however many there are.

        :param advisories: only these
        :param equipment: only these
        :return: rows of (advisory, product, condition, status, how, firmware, [equipment ids]); ``how`` is ``exact``, ``near``
            (one name begins with the other, or has the other's code in it) or ``maker`` (the advisory names no model)
        """
        self.env.flush_all()
        of_advisories = (
            SQL("AND product.advisory_id = ANY(%s)", advisories.ids) if advisories is not None else SQL()
        )
        of_equipment = SQL("AND equipment.id = ANY(%s)", equipment.ids) if equipment is not None else SQL()
        of_models = (
            SQL("WHERE model_id = ANY(%s)", equipment.sudo().catalogue_id.ids)
            if equipment is not None
            else SQL()
        )
        self.env.cr.execute(
            SQL(
                """
                WITH product AS MATERIALIZED (
                    SELECT product.id, product.advisory_id, product.key, product.pattern, product.resembling, product.maker_key,
                           COALESCE(product.condition, '') AS condition, product.status
                      FROM charter_advisory_product product JOIN charter_advisory advisory ON advisory.id = product.advisory_id AND advisory.active
                     WHERE product.maker_key <> '' %(of_advisories)s
                ), spelling AS MATERIALIZED (
                    SELECT model_id, key, maker_key FROM charter_equipment_alias %(of_models)s
                ), makers AS MATERIALIZED (
                    SELECT theirs.maker_key AS said, ours.maker_key AS ours
                      FROM (SELECT DISTINCT maker_key, string_to_array(maker_key, ' ') AS words FROM product) theirs
                      JOIN (SELECT DISTINCT maker_key, string_to_array(maker_key, ' ') AS words FROM spelling WHERE maker_key <> '') ours
                        ON theirs.words <@ ours.words OR ours.words <@ theirs.words
                ), found AS (
                    SELECT product.id, spelling.model_id, 'exact' AS how
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                             AND spelling.key = product.key
                     UNION
                    SELECT product.id, spelling.model_id, 'exact'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                             AND spelling.key ~ product.pattern
                     WHERE product.pattern <> ''
                     UNION
                    SELECT product.id, spelling.model_id, 'near'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                     WHERE spelling.key <> product.key AND product.status IN ('affected', 'look')
                       AND (length(product.key) >= %(shortest)s AND length(spelling.key) >= %(shortest)s
                            AND (starts_with(spelling.key, product.key) OR starts_with(product.key, spelling.key)
                                 OR product.key ~ '[0-9]' AND strpos(spelling.key, product.key) > 0
                                 OR spelling.key ~ '[0-9]' AND strpos(product.key, spelling.key) > 0)
                            OR product.resembling <> '' AND spelling.key ~ product.resembling)
                     UNION
                    SELECT product.id, spelling.model_id, 'maker'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours WHERE product.key = ''
                ), best AS MATERIALIZED (
                    SELECT id, model_id, MIN(how) AS how FROM found GROUP BY id, model_id
                ), devices AS MATERIALIZED (
                    SELECT equipment.catalogue_id, COALESCE(equipment.firmware, '') AS firmware, array_agg(equipment.id) AS ids
                      FROM charter_equipment equipment
                     WHERE equipment.active AND equipment.catalogue_id IN (SELECT model_id FROM best) %(of_equipment)s
                     GROUP BY 1, 2
                )
                SELECT product.advisory_id, product.id, product.condition, product.status, best.how, devices.firmware, devices.ids
                  FROM best JOIN product ON product.id = best.id JOIN devices ON devices.catalogue_id = best.model_id
                """,
                of_advisories=of_advisories,
                of_equipment=of_equipment,
                of_models=of_models,
                shortest=SHORTEST,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _answers(self, rows):
        """Return {(advisory id, equipment id): (answer, reason, product id, firmware)} of the rows of :meth:`_matches`."""
        said = defaultdict(dict)
        for advisory, product, condition, status, how, firmware, equipment in rows:
            answer, reason = _answer(condition, status, how, firmware)
            if answer:
                for one in equipment:
                    said[advisory, one].setdefault((answer, reason), (product, firmware))
        return {key: _together(answers) for key, answers in said.items()}

    def _judge(self, equipment=None):
        """Judge these advisories, or all of them for some equipment, and keep the answers."""
        advisories = self if self or equipment is None else None
        found = self._answers(self._matches(advisories, equipment))
        concern = self.env["charter.advisory.concern"].sudo()
        domain = (
            [("advisory_id", "in", self.ids)]
            if advisories is not None
            else [("equipment_id", "in", equipment.ids)]
        )
        before = concern.search(domain)
        known = {(one.advisory_id.id, one.equipment_id.id): one for one in before}
        companies = self.env["charter.equipment"].sudo().browse({key[1] for key in found}).company_id
        today = {company: company._charter_today() for company in companies}
        fresh = []
        for key, (answer, reason, product, firmware) in found.items():
            one = known.pop(key, concern)
            if not one:
                fresh.append(
                    {
                        "advisory_id": key[0],
                        "equipment_id": key[1],
                        "answer": answer,
                        "reason": reason,
                        "product_id": product,
                        "firmware": firmware,
                        "state": "clear" if answer == NOT_AFFECTED else "open",
                        "found_on": today[concern.equipment_id.browse(key[1]).company_id],
                    }
                )
            else:
                one._again(answer, reason, product, firmware, today[one.equipment_id.company_id])
        for one in known.values():
            # The advisory names it no more, or its model was corrected.
            if one.state == "open" and one.equipment_id.active:
                one.write(
                    {"answer": NOT_AFFECTED, "reason": "revision", "state": "clear", "product_id": False}
                )
        created = concern.create(fresh)
        created._see_twins()
        ended = before.filtered(lambda one: one.state != "open")
        if ended:
            # What was to be notified with them is a concern of its own now.
            concern.search([("same_as_id", "in", ended.ids), ("state", "=", "open")]).same_as_id = False
        concern.search([*domain, ("state", "=", "open"), ("answer", "=", LOOK)])._ask_to_look()
        concern.search(domain).advisory_id._close_looks()
        return created


def _answer(condition, status, how, firmware):
    """Return (answer, reason) of one product for one firmware; (None, None) where it says nothing about it."""
    if status in ("fixed", "not_affected"):
        cleared = how == "exact" and condition and decide(condition, firmware) == AFFECTED
        return (NOT_AFFECTED, "said_fixed") if cleared else (None, None)
    if how != "exact":
        return LOOK, "near" if how == "near" else "no_model"
    if status == "look":
        return LOOK, "investigated"
    if not condition:
        return LOOK, "no_condition"
    answer = decide(condition, firmware)
    if answer == LOOK:
        return LOOK, "undecided" if firmware else "no_firmware"
    return answer, "version"


def _together(answers):
    """Return one answer of several products: affected by any; cleared only if nothing speaks against it.

    :param answers: {(answer, reason): (product, firmware)}
    """

    def first(*wanted):
        return next(
            ((*key, *value) for key, value in answers.items() if key in wanted or key[0] in wanted), None
        )

    affected, cleared = first(AFFECTED), first((NOT_AFFECTED, "said_fixed"))
    if affected and cleared:
        return LOOK, "contradiction", *affected[2:]
    if affected or cleared:
        return affected or cleared
    exact = [key for key in answers if key[1] not in ("near", "no_model")]
    looked = next(((*key, *answers[key]) for key in exact if key[0] == LOOK), None)
    if looked or exact:
        # A product that is this very model says more than one whose name only resembles it.
        return looked or first(NOT_AFFECTED)
    return first(LOOK)


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    def _recognised(self):
        """Judge again what was published before they came, or before they were updated."""
        result = super()._recognised()
        if self:
            self.env["charter.advisory"].sudo()._judge(equipment=self)
        return result
