"""What is said of work that is over, and what a client reported itself: it stays as it was recorded (article 01)."""

from odoo import api, fields, models
from odoo.tools import is_html_empty
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# What a step of the operations manager corrects of work that is over (``action_correct``).
CORRECTED = ("responded_at", "resolved_at")


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    words_on_record = fields.Boolean("Words on record", compute="_compute_on_record")
    work_on_record = fields.Boolean("Work report on record", compute="_compute_on_record")

    @api.depends("state", "work_done")
    def _compute_on_record(self):
        for intervention in self:
            # As it is saved: the first word typed does not close the field.
            saved = intervention._origin
            intervention.words_on_record = bool(saved) and saved._charter_is_recorded("description")
            intervention.work_on_record = bool(saved) and saved._charter_is_recorded("work_done")

    def _charter_is_recorded(self, name):
        """Return what is said of work that is over, and from the start the words of a client who reported it itself.

        A report of the work that was never written may still be written.
        """
        if self.state == "open":
            return name in ("name", "description") and bool(self.sudo().reported_by_id)
        return name != "work_done" or not is_html_empty(self.work_done)

    def _charter_is_for_client(self, name):
        if name in CORRECTED:
            return True
        # What was reported by telephone or mail is our own note of it; the client does not read that.
        return super()._charter_is_for_client(name) and (name == "name" or bool(self.sudo().reported_by_id))

    def _charter_follow(self, changes):
        """Write what the source says; where it contradicts what is on record, both stay, as in a correction by a person."""
        recorded = {
            name
            for name in self._charter_recorded_fields().keys() & changes.keys()
            if self._charter_is_recorded(name)
        }
        if recorded:
            engine = self._charter_engine()
            before = {name: engine._charter_recorded_value(name) for name in recorded}
            engine.write({name: changes[name] for name in recorded})
            after = {name: engine._charter_recorded_value(name) for name in recorded}
            differing = {
                name: (before[name], after[name]) for name in sorted(recorded) if before[name] != after[name]
            }
            if differing:
                engine._charter_note_correction(
                    differing, _lt("It was changed in the document this work follows.")
                )
        rest = {name: value for name, value in changes.items() if name not in recorded}
        if rest:
            self.write(rest)
