"""Interventions of another program: reported by its key, with its steps, and found again by it.

The user of the key is no employee and belongs to no type of users: it has the rights of its one group. What a report or a
step needs to know of clients and contracts is read by the engine, never by that user.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, ValidationError
from psycopg2.errors import UniqueViolation

from ..base.json_call import check_values, not_as_wanted
from .charter_intervention import SOURCE

GROUP = "mileo_client_charter.group_charter_feeding"
# What a program says of what it reports.
REPORTED = {
    "name", "partner_id", "contract_id", "company_id", "kind", "priority", "user_id", "reported_at", "responded_at",
    "description", "equipment_ids", "res_model", "res_id",
}  # fmt: skip
# What it reads of its own, by which it finds them again and knows where they stand.
FOUND_BY = {
    "id", "display_name", "name", "reference", "state", "progress", "res_model", "res_id", "company_id", "reported_at",
    "responded_at", "resolved_at", "reopened_at", "closing_cycle",
}  # fmt: skip
# The answer to a step that has been taken as it is said: a program that lost our answer sends it again.
ALREADY = "already done"
# Nothing else of what a remote call says of itself reaches the engine.
CONTEXT = ("lang", "tz", "allowed_company_ids")


def _linked(value):
    """Yield the ids that the value of a many2many links: numbers, or Odoo's commands to link one or to set several.

    :raise ValueError: a command to make, write or delete records, which a program may not
    """
    for one in value or ():
        if isinstance(one, int):
            yield one
        elif one[0] == Command.SET:
            yield from one[2]
        elif one[0] == Command.LINK:
            yield one[1]
        else:
            raise ValueError(one)


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    res_model = fields.Char(groups=f"base.group_user,{GROUP}")
    res_id = fields.Many2oneReference(groups=f"base.group_user,{GROUP}")

    @api.model
    def _charter_by_program(self):
        """Return whether another program calls, by the key of a user that is nobody else's."""
        return not self.env.su and self.env.user.share and self.env.user.has_group(GROUP)

    def _charter_for_program(self):
        context = {name: self.env.context[name] for name in CONTEXT if name in self.env.context}
        return self.sudo().with_context(context)  # pylint: disable=context-overridden

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            not self._charter_by_program() or field.name in (FOUND_BY if operation == "read" else REPORTED)
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Report work. What a program reported before, by its own document, is given back as it stands: a report sent twice is one."""
        if not self._charter_by_program():
            return super().create(vals_list)
        self.check_access("create")
        # Without a contract, null or left out, it is that of the client.
        vals_list = [
            {name: value for name, value in vals.items() if value or name != "contract_id"}
            for vals in vals_list
        ]
        for vals in vals_list:
            self._charter_check_reported(vals)
        known = self._charter_reported_before(vals_list)
        new = {}
        for vals in vals_list:
            key = (vals.get("res_model"), vals.get("res_id"))
            if key not in known:
                new.setdefault(key if all(key) else id(vals), vals)
        made = self._charter_make_reported(list(new.values()))
        known |= dict(zip(new, made, strict=True))
        reported = [
            known[key if all(key := (vals.get("res_model"), vals.get("res_id"))) else id(vals)]
            for vals in vals_list
        ]
        return self.browse([one.id for one in reported])

    def _charter_make_reported(self, vals_list):
        """Create interventions. :raise ConcurrencyError: one was reported meanwhile; Odoo makes the call again, and finds it"""
        engine = self._charter_for_program()
        try:
            with self.env.cr.savepoint():
                return engine.create([{"user_id": False, **vals} for vals in vals_list])
        except UniqueViolation as error:
            if error.diag.constraint_name != self._origin_once.full_name(self):
                raise
            raise ConcurrencyError(str(error)) from error

    def _charter_reported_before(self, vals_list):
        """Return {(res_model, res_id): intervention} of what this program reported before.

        :raise ValidationError: another one's work, or of another client
        """
        wanted = {
            (vals["res_model"], vals["res_id"]): vals
            for vals in vals_list
            if vals.get("res_model") and vals.get("res_id")
        }
        if not wanted:
            return {}
        engine = self._charter_for_program()
        rows = engine.search(
            [
                ("res_model", "in", [name for name, _id in wanted]),
                ("res_id", "in", [number for _name, number in wanted]),
            ]
        )
        found = {(row.res_model, row.res_id): row for row in rows if (row.res_model, row.res_id) in wanted}
        for key, row in found.items():
            name = f"{key[0]} {key[1]}"
            if row.create_uid != self.env.user:
                raise ValidationError(self.env._("res_id: %s was reported by somebody else.", name))
            client = engine.env["res.partner"].browse(wanted[key].get("partner_id")).commercial_partner_id
            if row.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "partner_id: %s was reported for another client. Cancel it, and report it under another id.",
                        name,
                    )
                )
        return found

    def _charter_check_reported(self, vals):
        """:raise AccessError, ValidationError: what the key of a program may not say"""
        unknown = vals.keys() - REPORTED
        if unknown:
            raise AccessError(
                self.env._(
                    "%(fields)s: a program reports %(known)s of an intervention, and takes the steps for the rest.",
                    fields=", ".join(sorted(unknown)),
                    known=", ".join(sorted(REPORTED)),
                )
            )
        if (vals.get("company_id") or self.env.company.id) not in self.env.companies.ids:
            raise AccessError(self.env._("company_id: the user of this key works for another company."))
        self._charter_check_values(vals)
        if vals.get("res_model") in self.env:
            raise ValidationError(
                self.env._(
                    "res_model: %s is a document of this database. Name the document in your own program, “cmms.order” for example.",
                    vals["res_model"],
                )
            )

    def _charter_check_values(self, vals):
        """:raise ValidationError: a value that is none of the field's, or one that is missing"""
        check_values(self, vals)
        # A document of the program is known again by both; with one of them alone, sent twice, it would be reported twice.
        of_source = [name for name in SOURCE if any(map(vals.get, SOURCE))]
        for name in ("name", "partner_id", *of_source):
            value = vals.get(name)
            if not (value.strip() if isinstance(value, str) else value):
                raise ValidationError(self.env._("%s: it is missing.", name))
        client = self.env["res.partner"].sudo().browse(vals["partner_id"])
        if not self._charter_there(client):
            raise ValidationError(self.env._("partner_id: there is no client %s.", vals["partner_id"]))
        if client.commercial_partner_id.ref_company_ids:
            raise ValidationError(
                self.env._("partner_id: %s is a company of yours, not a client.", client.display_name)
            )
        if client.commercial_partner_id == client and client.user_ids.filtered(lambda one: not one.share):
            raise ValidationError(
                self.env._("partner_id: %s is one of your employees, not a client.", client.display_name)
            )
        self._charter_check_links(vals)

    def _charter_check_links(self, vals):
        """:raise ValidationError: a record that is not there, whose name the database's own error would not give; a technician who is
        no employee
        """
        for name, value in vals.items():
            field = self._fields[name]
            if field.type not in ("many2one", "many2many"):
                continue
            try:
                ids = list(_linked(value)) if field.type == "many2many" else [value] if value else []
            except ValueError as error:
                wanted = self.env._("a list of numbers")
                raise ValidationError(not_as_wanted(self.env, name, value, wanted)) from error
            records = self.env[field.comodel_name].sudo().browse(ids)
            if not self._charter_there(records):
                raise ValidationError(
                    self.env._(
                        "%(field)s: there is no record %(ids)s.", field=name, ids=", ".join(map(str, ids))
                    )
                )
        user = self.env["res.users"].sudo().browse(vals.get("user_id") or [])
        if user.share or (user and not user.active):
            raise ValidationError(self.env._("user_id: %s is none of your employees.", user.display_name))

    @api.constrains("user_id")
    def _check_technician(self):
        for intervention in self.sudo():
            if intervention.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(field)s: %(name)s is none of your employees.",
                        field=intervention._label("user_id"),
                        name=intervention.user_id.name,
                    )
                )

    @api.constrains(*SOURCE)
    def _check_source(self):
        for intervention in self:
            missing = [name for name in SOURCE if not intervention[name]]
            if len(missing) == 1:
                raise ValidationError(
                    self.env._(
                        "%(field)s: it is missing. The document of another program is named by “%(model)s” and “%(id)s” together, so "
                        "that a second report of it is known again.",
                        field=self._label(missing[0]),
                        model=self._label("res_model"),
                        id=self._label("res_id"),
                    )
                )

    @api.model
    def _charter_there(self, records):
        """Return whether all of ``records`` are in the database."""
        return len(records.exists()) == len(set(records.ids))

    def _charter_step(self, *states):
        if not self._charter_by_program():
            return super()._charter_step(*states)
        # Its own alone: the rules of reading say which.
        self.check_access("read")
        return super(CharterIntervention, self._charter_for_program())._charter_step(*states)

    # -- steps sent again ----------------------------------------------------------------------------

    def _charter_already(self, taken):
        """Return whether a program says again what is on record of all of these. :param taken: function of one of them"""
        if not self._charter_by_program():
            return False
        self.check_access("read")
        engine = self._charter_for_program()
        return bool(engine) and all(taken(one) for one in engine)

    def _charter_same(self, name, moment):
        """Return whether ``moment`` is the one on record, or none is said."""
        return bool(self[name]) and (not moment or self._charter_moment(moment, name) == self[name])

    def action_respond(self, at=None):
        if self._charter_already(lambda one: one._charter_same("responded_at", at)):
            return ALREADY
        return super().action_respond(at)

    def action_pause(self, reason, at=None, until=None):
        def taken(one):
            start = at and one._charter_moment(at, "at")
            stop = one._charter_moment(until, "until") if until else False
            return any(
                (start == pause.start_at if start else not pause.stop_at) and stop in (False, pause.stop_at)
                for pause in one.pause_ids
            )

        if self._charter_already(taken):
            return ALREADY
        return super().action_pause(reason, at, until)

    def action_resume(self, at=None):
        def taken(one):
            stops = one.pause_ids.mapped("stop_at")
            return all(stops) and (one._charter_moment(at, "at") in stops if at else bool(stops))

        if self._charter_already(taken):
            return ALREADY
        return super().action_resume(at)

    def action_close(self, resolved_at=None, work_done=None, firmware=None):
        if self._charter_already(
            lambda one: one.state == "closed" and one._charter_same("resolved_at", resolved_at)
        ):
            return ALREADY
        return super().action_close(resolved_at, work_done, firmware)

    def action_cancel(self, reason):
        if self._charter_already(lambda one: one.state == "cancelled"):
            return ALREADY
        return super().action_cancel(reason)

    def action_reopen(self):
        if self._charter_already(lambda one: one.state == "open" and one.promise_cycle > 1):
            return ALREADY
        return super().action_reopen()
