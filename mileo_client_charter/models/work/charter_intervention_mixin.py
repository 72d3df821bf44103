"""Documents of other applications that concern a client: each feeds one intervention."""

import psycopg2
from lxml import etree
from odoo import Command, api, fields, models
from odoo.tools.misc import clean_context

from ..base.charter_batches import run_isolated

# In the context (``charter_no_feed``) of writings that feed nothing. An object: what a remote call sends holds nothing back.
HELD = object()


class CharterInterventionMixin(models.AbstractModel):
    """For the model of a source: one method to override, ``_charter_intervention_values``. Its forms need no view of ours.

    Creating, writing and deleting the source feeds the intervention, as the engine: who works on the source needs
    no right of the charter. A feed that fails never stops the source's own work: it is logged, and said on the
    record (``charter_feed_error``) until the next writing succeeds.
    """

    _name = "charter.intervention.mixin"
    _description = "Source of interventions"

    charter_feed_error = fields.Char(
        "Not in the client charter",
        readonly=True,
        copy=False,
        help="Why the intervention could not be updated.",
    )
    charter_intervention_ids = fields.One2many(
        "charter.intervention",
        "res_id",
        "Intervention",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )
    # A column of the source's own: what feeds nothing, as most of what other apps save, is known without a statement.
    charter_is_fed = fields.Boolean(
        "In the client charter",
        compute="_compute_charter_is_fed",
        store=True,
        groups="base.group_user",
        help="There is an intervention of the charter that follows this document.",
    )

    @api.depends("charter_intervention_ids")
    def _compute_charter_is_fed(self):
        fed = self._charter_fed()
        for record in self:
            record.charter_is_fed = record._origin.id in fed

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Return a view as of any model; its forms show why the intervention was not updated, and lead to it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        sheet = arch.find(".//sheet") if view_type == "form" else None
        if sheet is not None and not arch.xpath("//*[@name='charter_feed_error']"):
            sheet.addprevious(self._charter_feed_alert())
            box = sheet.find(".//div[@name='button_box']")
            if box is None:
                box = etree.Element("div", {"name": "button_box", "class": "oe_button_box"})
                sheet.insert(0, box)
            box.append(self._charter_intervention_button())
        return arch, view

    @api.model
    def _charter_feed_alert(self):
        alert = etree.Element(
            "div",
            {
                "class": "alert alert-warning mb-0",
                "role": "alert",
                "invisible": "not charter_feed_error",
                "groups": "base.group_user",
            },
        )
        alert.text = self.env._("Not in the client charter:") + " "
        etree.SubElement(alert, "field", {"name": "charter_feed_error", "class": "d-inline"})
        return alert

    @api.model
    def _charter_intervention_button(self):
        button = etree.Element(
            "button",
            {
                "name": "action_charter_intervention",
                "type": "object",
                "class": "oe_stat_button",
                "icon": "fa-wrench",
                "string": self.env._("Intervention"),
                "groups": "mileo_client_charter.group_charter_user",
                "invisible": "not charter_intervention_ids",
            },
        )
        etree.SubElement(button, "field", {"name": "charter_intervention_ids", "invisible": "1"})
        return button

    def _charter_intervention_values(self):
        """Return what this record is for the client, or None when it is no client's business.

        :return: dict: ``name``, ``partner_id``, ``company_id``, ``reported_at`` and optionally ``kind``, ``priority``,
            ``user_id``, ``contract_id``, ``responded_at``, ``description``, ``work_done``, ``equipment_ids`` (a list); ``resolved_at`` when the work
            is over; ``cancelled``, a reason, when there is none to do. Moments are naive UTC, ids are ids.
        """
        raise NotImplementedError

    def _charter_feed_fields(self):
        """Return names of the fields whose writing feeds the intervention; empty for all."""
        return set()

    def _charter_descriptive_fields(self):
        """Return names of the fields that only say what an intervention there is says: no writing of them makes a document the
        charter's business. Those that feed none are left alone when nothing else is written."""
        return set()

    # -- the source's own life -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._charter_feed()
        return records

    def write(self, vals):
        result = super().write(vals)
        names = self._charter_feed_fields()
        if vals.keys() & names if names else not self._charter_said_by_itself(vals):
            only_described = vals.keys() <= self._charter_descriptive_fields()
            (self._charter_in_charter() if only_described else self)._charter_feed()
        return result

    def _charter_in_charter(self):
        """Return those that feed an intervention, or ought to and could not."""
        return (
            self.sudo()
            .filtered(lambda record: record.charter_is_fed or record.charter_feed_error)
            .with_env(self.env)
        )

    def _charter_said_by_itself(self, vals):
        """Return whether ``vals`` are no person's: our own note of an error, or what the source's app computes of other fields."""
        fields_of = [self._fields[name] for name in vals if name in self._fields]
        return all(
            field.name == "charter_feed_error" or (field.compute and field.readonly) for field in fields_of
        )

    def unlink(self):
        fed = self._charter_fed()
        result = super().unlink()
        for intervention in fed.values():
            if intervention.state == "open":
                intervention._charter_source_deleted()
        return result

    # -- feeding -------------------------------------------------------------------------------------

    def _charter_fed(self):
        """Return {id of a source: its intervention}, read as the engine."""
        interventions = self.env["charter.intervention"]._charter_engine().with_context(active_test=False)
        rows = interventions.search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        return {row.res_id: row for row in rows}

    def _charter_feed(self):
        """Bring the interventions of these records up to date: all at once, or one by one when that fails."""
        if not self or self.env.context.get("charter_no_feed") is HELD:
            return
        concerned = self._charter_concerned()
        if concerned:
            concerned._charter_feed_or_say()

    def _charter_concerned(self):
        """Return those with an intervention, or that ought to have one.

        All others are left exactly as they would be without the charter: nothing is flushed, no savepoint runs what the
        source's app keeps for the end of the transaction, such as its messages about what changed.
        """
        sources = self.sudo().with_context(charter_no_feed=HELD)
        concerned, new = set(sources._charter_in_charter().ids), []
        for record in sources:
            if record.id in concerned:
                continue
            try:
                values = record._charter_intervention_values()
            except psycopg2.Error:
                raise
            except Exception:
                # Feeding meets it again, and says it.
                concerned.add(record.id)
                continue
            if values and not values.get("cancelled"):
                new.append({**values, "res_id": record.id})
        concerned.update(values["res_id"] for values in self._charter_under_charter(new))
        return self.filtered(lambda record: record.id in concerned)

    def _charter_feed_or_say(self):
        # What the record's own transaction has to say comes first, and is none of ours.
        self.env.flush_all()
        sources = self.sudo().with_context(charter_no_feed=HELD)
        failed = run_isolated(
            sources,
            lambda records: records._charter_feed_now(),
            lambda record, why: record.write({"charter_feed_error": why}),
        )
        healed = (sources - failed).filtered("charter_feed_error")
        if healed:
            healed.charter_feed_error = False

    def _charter_feed_now(self):
        fed = self._charter_fed()
        new = []
        for record in self:
            values = record._charter_intervention_values()
            intervention = fed.get(record.id)
            if intervention:
                intervention._charter_take(values)
            elif values and not values.pop("cancelled", False):
                if values.get("equipment_ids"):
                    values["equipment_ids"] = [Command.set(values["equipment_ids"])]
                # Not the source's user as the technician, unless it says so.
                new.append({"user_id": False, **values, "res_model": record._name, "res_id": record.id})
        # Replaced, not added to: the source's defaults are none of the intervention's.
        interventions = self.env["charter.intervention"].with_context(  # pylint: disable=context-overridden
            clean_context(self.env.context)
        )
        interventions._charter_engine().create(self._charter_under_charter(new))

    def _charter_under_charter(self, vals_list):
        """Return those for a client under the charter: what companies do for others is not in it, and surveys nobody."""
        if not vals_list:
            return []
        contracts = self.env["contract.contract"].sudo()
        client_of = {
            vals["partner_id"]: self.env["res.partner"]
            .sudo()
            .browse(vals["partner_id"])
            .commercial_partner_id.id
            for vals in vals_list
        }
        found = contracts.search_fetch(
            [*contracts._charter_active_domain(), ("commercial_partner_id", "in", list(client_of.values()))],
            ["commercial_partner_id", "company_id"],
        )
        under = {(contract.commercial_partner_id.id, contract.company_id.id) for contract in found}
        return [vals for vals in vals_list if (client_of[vals["partner_id"]], vals["company_id"]) in under]

    def _charter_known(self):
        """Return the intervention this record feeds, for moments the source itself does not keep."""
        self.ensure_one()
        return self.sudo().charter_intervention_ids[:1]

    def action_charter_intervention(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.intervention",
            "res_id": self.charter_intervention_ids[:1].id,
            "view_mode": "form",
        }
