"""Send a notice: one email for each contact, in its language, and one commitment for each client."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_utc
from ...tools.codes import NOTICE_ADVANCE
from ...tools.words import is_said, trimmed
from ..base.charter_format import day_text
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    @api.model
    def _midnight(self, day, tz):
        return to_utc(day, tz)

    def action_send(self):
        """Inform the clients of the preview.

        :raise ValidationError: something is missing, or it is late and nobody says why
        """
        for notice in self:
            notice.check_access("write")
            engine = notice._charter_locked("state")
            if engine.state != "draft":
                raise UserError(self.env._("“%s” is out already: reload the page.", notice.name))
            notice._check_future(notice.effect_on)
            if not notice.line_ids:
                raise UserError(self.env._("Clients: find the affected clients first, and read the preview."))
            if is_html_empty(notice.body):
                raise ValidationError(self.env._("What happens: write it down; it is what clients read."))
            if not is_said(notice.advice):
                raise ValidationError(
                    self.env._("What we recommend: write it down; it is what clients read.")
                )
            if notice.is_late and not is_said(notice.late_reason):
                raise ValidationError(
                    self.env._(
                        (
                            "Reason for missing the time limit: clients should have been informed by %s. Give the "
                            "reason; they read it."
                        ),
                        notice.tell_by,
                    )
                )
            engine.state = "open"
            notice._notify(notice._to_notify())

    def _notify(self, lines, known_on=None):
        """Inform these clients now, and keep the promise; a client nobody can write to is said on its line.

        :param known_on: the day on which it became known that they are to be informed of this, the notice's own by default
        """
        self.ensure_one()
        known_on = known_on or self.known_on
        tell_by, known_late = self._notify_by(known_on)
        # What became known too late for the charter's time limit is late only once the days we set ourselves are over.
        late = bool(tell_by and tell_by < self.company_id._charter_today())
        reason = trimmed(self.late_reason)
        lines = lines._charter_engine()
        rows = []
        promises = dict(zip(lines, lines._owe(known_on), strict=True)) if lines else {}
        people = self.env["charter.delivery"]._recipients_of(lines.partner_id, "notices")
        for line in lines:
            readers = people[line.partner_id]
            if not readers:
                line.error = _lt("No contact of the client has an email address: add one, then notify again.")
                continue
            why = (reason or self._why_late(line, known_on)) if late or known_late else ""
            for number, contact in enumerate(readers):
                rows.append(line._mail(contact, why, late, promises[line].id if not number else None))
            line.write(
                {
                    "sent_at": self._charter_now(),
                    "told_times": line.told_times + 1,
                    "told_effect_on": self.effect_on,
                    "late_reason": why,
                    "sent_late": late,
                    "error": False,
                    "acknowledged_at": False,
                    "acknowledged_by_id": False,
                }
            )
            line._recommend()
        self.env["charter.delivery"]._queue(rows)

    def _why_late(self, line, known_on):
        if line.told_times:
            return _lt("the date or the equipment concerned has changed since")
        if known_on == self.known_on:
            return line.notice_id._known_late_in_words(known_on)
        return _lt("we have had this equipment on record since %s only", known_on)

    def action_notify_again(self):
        """Inform those who could not be written to, once that is fixed."""
        for notice in self:
            notice.check_access("write")
            if notice.state != "open":
                raise UserError(self.env._("“%s” is not out.", notice.name))
            notice._notify(notice.line_ids.filtered("error"))

    def action_send_again(self):
        """Send again what was not delivered to clients of this notice. :raise UserError: nothing of it failed"""
        self.check_access("write")
        return self.line_ids.sudo().action_send_again()

    def action_cancel(self):
        for notice in self:
            notice.check_access("write")
            if notice.state != "draft":
                raise UserError(
                    self.env._("“%s” is out already; it ends with its date of effect.", notice.name)
                )
            notice.line_ids._charter_cancel(NOTICE_ADVANCE, _lt("The notice was cancelled."))
            notice._charter_engine().state = "cancelled"

    def action_close(self):
        """Close a notice that has no date of effect: equipment that comes later does not join it any more."""
        for notice in self:
            notice.check_access("write")
            if notice.state != "open" or notice.effect_on:
                raise UserError(self.env._("“%s” ends with its date of effect.", notice.name))
            notice._charter_engine().state = "closed"

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for notice in self:
            if notice.state != "draft" or notice.line_ids.obligation_ids:
                raise UserError(self.env._("“%s”: cancel it instead; its commitments stay.", notice.name))


class CharterNoticeLine(models.Model):
    _inherit = "charter.notice.line"

    def _mail(self, contact, why, is_late, obligation_id):
        """Return the row of one contact's mail, written in its language.

        :param why: what kept us from telling earlier; an apology for it only where ``is_late``
        """
        line = self.with_context(lang=contact.lang or self.env.lang)
        notice = line.notice_id
        body = line.env["ir.qweb"]._render(
            "mileo_client_charter.notice_mail",
            {
                "line": line,
                "notice": notice,
                "contact": contact,
                "why": in_words(line.env, stored(why)),
                "is_late": is_late,
            },
        )
        return {
            "kind": "notice",
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "company_id": self.company_id.id,
            "fingerprint": f"notice-{notice.id}-{self.told_times + 1}",
            "subject": notice.name,
            "body": body,
            "attachments": [],
            "obligation_id": obligation_id,
            "reason": why,
        }

    def _recommend(self):
        """Put what we recommend into the client's next report, once a notice; while it is being written it follows what is announced."""
        contract = self._charter_contract()
        if self.told_times > 1 or not contract:
            self._follow_recommendations()
            return
        notice = self.notice_id.with_context(lang=self.partner_id.lang or self.env.lang)
        self.env["charter.recommendation"]._charter_engine().sudo().create(
            {
                "name": notice.name,
                "advice": notice.advice,
                "benefit": self._benefit(),
                "urgency": "3" if notice.severity in ("high", "critical") else "2",
                "contract_id": contract.id,
                "equipment_ids": [(6, 0, self.equipment_ids.ids)],
                "notice_line_id": self.id,
            }
        )

    def _benefit(self):
        notice = self.notice_id.with_context(lang=self.partner_id.lang or self.env.lang)
        if not notice.effect_on:
            return notice.env._("Once it is done, your system is exposed to it no more.")
        return notice.env._(
            "Done before %s, your system stays supported and compliant.",
            day_text(notice.env, notice.effect_on, "d MMMM y"),
        )

    def _follow_recommendations(self):
        """Bring what no client has read yet in step with the date and the devices of these lines."""
        written = (
            self.env["charter.recommendation"]
            .sudo()
            .search([("notice_line_id", "in", self.ids), ("state", "=", "draft")])
            .filtered(lambda one: not one.report_id or one.report_id.state in ("draft", "held"))
        )
        for one in written:
            line = one.notice_line_id
            if one.equipment_ids and not line.equipment_ids:
                one.unlink()
            else:
                values = {"benefit": line._benefit(), "equipment_ids": [(6, 0, line.equipment_ids.ids)]}
                one.write(values)


class CharterRecommendation(models.Model):
    _inherit = "charter.recommendation"

    notice_line_id = fields.Many2one(
        "charter.notice.line",
        "Advance notice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        charter_engine=True,
        groups="base.group_user",
        help="The notice it comes from.",
    )
