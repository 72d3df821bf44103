"""Set aside what is no escalation, before any answer: it stays on record, and the client that wrote it is informed (article
03).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import ESCALATION_LEVEL1
from ...tools.words import is_said
from ..base.charter_recorded import OPERATIONS
from ..base.charter_words import Choice

_lt = LazyTranslate(__name__)

DIRECTION = "mileo_client_charter.group_charter_direction"
KINDS = [
    ("automatic", "Automatic email"), ("spam", "Advertising or spam"), ("duplicate", "Duplicate of another escalation"),
]  # fmt: skip
# By channel. Whom we heard, or read on paper, is no machine; a form is filled in by a person who means it.
OF_CHANNEL = {"mail": ("automatic", "spam", "duplicate"), "phone": ("duplicate",), "letter": ("duplicate",)}


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    dismiss_kind = fields.Selection(
        KINDS, "Set aside as", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    dismiss_reason = fields.Text(
        "Why it was set aside", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    dismissed_by_id = fields.Many2one(
        "res.users", "Set aside by", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    duplicate_of_id = fields.Many2one(
        "charter.escalation",
        "Duplicate of",
        readonly=True,
        copy=False,
        charter_engine=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    may_dismiss = fields.Boolean("May be set aside", compute="_compute_may_dismiss", groups="base.group_user")

    @api.depends("state", "level", "answered_at", "reopened_count", "door", "partner_id")
    @api.depends_context("uid")
    def _compute_may_dismiss(self):
        for escalation in self:
            escalation.may_dismiss = not (
                escalation._dismissal_barred() or escalation._dismissal_of_another()
            )

    def _dismissal_barred(self):
        """Return why this is an escalation whatever anybody says, with the way out; None: it may be none."""
        self.ensure_one()
        if self.state not in ("unqualified", "open", "answered"):
            return self.env._("%s is closed already.", self.display_name)
        if self.answered_at or self.level == "2":
            return self.env._(
                "%s was answered, or is with general management: it is an escalation, and only the client says that it "
                "is resolved. Wait for the client, record that it accepts the answer, or go to level 2.",
                self.display_name,
            )
        if self.partner_id and self.reopened_count:
            return self.env._(
                "%s was set aside before, and the client wrote again: it is an escalation. Answer it.",
                self.display_name,
            )
        if self.door not in OF_CHANNEL:
            return self.env._(
                "%s was raised by a contact of the client with a form of ours: it is an escalation. Answer it.",
                self.display_name,
            )
        return None

    def _dismissal_of_another(self):
        """Return whose the step is, in words, where it is not the user's; None: it is."""
        self.ensure_one()
        user = self.env.user
        if not (self.env.su or user.has_group(OPERATIONS)):
            return self.env._("Only operations managers dismiss an escalation.")
        if not self.partner_id or self.env.su:
            return None
        if not user.has_group(DIRECTION):
            return self.env._(
                "A contact of the client wrote %s: only general management sets it aside. Ask general management, or "
                "answer it.",
                self.display_name,
            )
        if user == self.user_id:
            return self.env._(
                "You are the one who has to answer %s: somebody else of general management sets it aside. Or answer it.",
                self.display_name,
            )
        return None

    def action_ask_dismiss(self):
        return self.env["charter.obligation"]._wizard_action(
            "dismiss", self.env._("This is no escalation")
        ) | {"context": {"default_operation": "dismiss", "default_escalation_ids": self.ids}}

    def action_dismiss(self, reason, kind=None, duplicate_of=None):
        """Set aside what is no escalation: an automatic email, advertising, a duplicate; never after an answer.

        It stays on record, the renewal condition names it, the client whose contact wrote it reads why in an email, and its
        objection, or any word of it, opens it again. What was found late by then stays late.

        :param kind: one of ``KINDS``  :param duplicate_of: charter.escalation, the other one, of the same client
        :raise AccessError: not an operations manager; a known contact wrote it, and the user is not of general management,
            or has to answer it
        :raise ValidationError: answered, closed, or raised with a form; no reason, no kind, no other one
        """
        for escalation in self:
            escalation.check_access("write")
            # Two clicks are one step.
            engine = escalation._charter_locked()
            escalation._check_dismissal(reason, kind, duplicate_of)
            words = _lt(
                "Set aside by %(user)s (%(kind)s): %(reason)s",
                user=self.env.user.name,
                kind=Choice(self, "dismiss_kind", kind),
                reason=reason.strip(),
            )
            engine._charter_cancel(ESCALATION_LEVEL1, words)
            engine.write(
                {
                    "state": "dismissed",
                    "resolved_at": self._charter_now(),
                    "resolution": words,
                    "dismiss_kind": kind,
                    "dismiss_reason": reason.strip(),
                    "dismissed_by_id": self.env.uid,
                    "duplicate_of_id": duplicate_of.id if kind == "duplicate" else False,
                }
            )
            engine.activity_unlink(["mileo_client_charter.activity_promise"])
            self.env["charter.word"]._unread_of(escalation)._mark_read()
            if escalation.partner_id:
                escalation._mail_client("mileo_client_charter.mail_escalation_dismissed")

    def _check_dismissal(self, reason, kind, duplicate_of):
        """:raise AccessError: as ``action_dismiss``  :raise ValidationError: as there"""
        self.ensure_one()
        another = self._dismissal_of_another()
        if another and not self.env.user.has_group(OPERATIONS):
            raise AccessError(another)
        barred = self._dismissal_barred()
        if barred:
            raise ValidationError(barred)
        if another:
            raise AccessError(another)
        if not is_said(reason):
            raise ValidationError(
                self.env._("Reason: say why this is no escalation; the client can read it.")
            )
        if kind not in OF_CHANNEL[self.door]:
            labels = dict(self._fields["dismiss_kind"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "Set aside as: choose what it is. By this channel: %s.",
                    ", ".join(labels[one] for one in OF_CHANNEL[self.door]),
                )
            )
        if kind == "duplicate":
            self._check_duplicate(duplicate_of)
        if self.partner_id:
            unreachable = (self.contact_id or self.partner_id)._charter_unreachable(self.partner_id)
            if unreachable:
                raise ValidationError(unreachable)

    def _check_duplicate(self, other):
        """:raise ValidationError: ``other`` is not another complaint of the same client that still waits"""
        if not other or other == self:
            raise ValidationError(self.env._("Duplicate of: name the other escalation."))
        if other.partner_id != self.partner_id or other.company_id != self.company_id:
            raise ValidationError(self.env._("Duplicate of: choose an escalation of the same client."))
        if not other.is_complaint:
            raise ValidationError(
                self.env._(
                    "Duplicate of: %s is closed, and no one would answer this one. Answer this one.",
                    other.display_name,
                )
            )
