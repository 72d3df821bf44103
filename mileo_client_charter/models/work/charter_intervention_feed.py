"""An intervention fed by the document of another application: kept up to date from it."""

import logging

from odoo import Command, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import INTERVENTION_RESOLUTION
from ..base.charter_batches import run_isolated

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)

# What a source says of the work at any time, and of what it was promised on while the work lasts.
PLAIN = ("name", "user_id", "description", "work_done", "equipment_ids")
WHILE_OPEN = ("partner_id", "company_id", "contract_id", "kind", "priority", "reported_at", "responded_at")


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    def _charter_take(self, values):
        """Take over what the source says now. One that is over and whose source goes on is reopened.

        :param values: of ``_charter_intervention_values``; None: no client's business any more
        """
        self.ensure_one()
        reason = values["cancelled"] if values and values.get("cancelled") else False
        if not values:
            reason = _lt("The document it came from is no client's business any more.")
        if reason:
            if self.state == "open":
                self._charter_cancel_work(reason)
            return
        resolved = values.get("resolved_at")
        if self.state == "cancelled" or (self.state == "closed" and not resolved):
            self._charter_reopen()
        changes = self._charter_changes(values)
        if changes:
            # Not as the engine: the promises have to follow.
            self.with_context(charter_engine=None)._charter_follow(changes)
        if resolved and self.state == "open":
            self._charter_close([resolved])
        elif resolved and resolved != self.resolved_at and not self.corrected_at:
            self._charter_correct_resolution(resolved)

    def _charter_source_deleted(self):
        """Cancel the work whose source is deleted; a failure is logged, as there is no document left to say it on, and the deletion goes on."""
        run_isolated(
            self,
            lambda one: one._charter_cancel_work(_lt("The document it came from was deleted.")),
            lambda one, why: _logger.error("%s could not be cancelled with its source: %s", one, why),
        )

    def _charter_check_followed(self):
        """:raise ValidationError: a document of another app says when this work begins and ends"""
        # The error names both.
        self.check_access("read")
        for intervention in self.sudo():
            model = intervention.res_model
            if not model or model not in self.env or not hasattr(self.env[model], "_charter_feed"):
                continue
            source = self.env[model].sudo().browse(intervention.res_id).exists()
            if source:
                raise ValidationError(
                    self.env._(
                        "%(intervention)s follows “%(document)s”: close, cancel or reopen that document.",
                        intervention=intervention.display_name,
                        document=source.display_name,
                    )
                )

    def _charter_changes(self, values):
        """Return what of ``values`` is not on the record yet."""
        names = PLAIN + (WHILE_OPEN if self.state == "open" else ())
        changes = {}
        for name in names:
            field = self._fields[name]
            if name in values and field.type == "many2many":
                if set(values[name]) != set(self[name].ids):
                    changes[name] = [Command.set(values[name])]
            elif name in values and field.convert_to_cache(values[name], self) != field.convert_to_cache(
                self[name], self
            ):
                changes[name] = values[name]
        if not changes.get("responded_at", True):
            # The source does not say when: what people recorded stays.
            del changes["responded_at"]
        return changes

    def _charter_correct_resolution(self, at):
        """Correct the end of the work by the source's other moment: the ledger follows and keeps both."""
        if at < self.reported_at:
            raise ValidationError(
                self.env._("Resolved at: it comes before the moment the intervention was reported.")
            )
        self.write({"resolved_at": at, "responded_at": min(self.responded_at or at, at)})
        row = self._charter_last_promises().get((self.id, INTERVENTION_RESOLUTION))
        if row:
            row._restate(at)
        self._charter_declare_response()
