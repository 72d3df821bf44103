"""How long the words and names of clients are kept, and the action that removes them afterwards.

Figures stay: marks, NPS, promises kept and late. What somebody wrote, and who, goes. See readme/PRIVACY.md.
"""

import logging

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.charter_batches import Queue
from ..base.charter_engine import charter_door

_logger = logging.getLogger(__name__)
BATCH = 200


class CharterPrivacy(models.AbstractModel):
    """What can be anonymised: a document says which of its fields are personal, and when their retention ends."""

    _name = "charter.privacy"
    _description = "Retention of personal data"

    # The company's field with the months its rows are kept; None: they go with another document, or when asked.
    _charter_retention = None
    # Whether forgetting a contact anonymises the rows that name it as ``contact_id``.
    _charter_goes_with_contact = True

    anonymised_at = fields.Datetime(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="When comments and names were removed; figures stay.",
    )

    def _valid_field_parameter(self, field, name):
        return name == "charter_engine" or super()._valid_field_parameter(field, name)

    def _charter_anonymise(self):
        """Remove what is personal from these records, for good.

        :raise UserError: something is still owed to the person: it must be known to whom
        """
        running = self.filtered(lambda record: record._charter_running())
        if running:
            raise UserError(
                self.env._(
                    "%(record)s: a commitment to this client is outstanding. Close it first, then anonymise it.",
                    record=running[0].display_name,
                )
            )
        records = self.filtered(lambda record: not record.anonymised_at)._charter_engine()
        if not records:
            return
        records._charter_remove_threads()
        self.env["charter.correction"]._forget(records)
        records.write({**records._charter_blank(), "anonymised_at": fields.Datetime.now()})

    def _charter_running(self):
        """Return whether the record is still needed as it is."""
        return False

    def _charter_blank(self):
        """Return {field: value} of what is written over the personal fields."""
        raise NotImplementedError

    def _charter_remove_threads(self):
        """Remove messages about the records, their files and followers: they are words and names."""
        if "message_ids" not in self._fields:
            return
        # Pending changes are not let in with the deletion.
        self.env.flush_all()
        with charter_door(self.env.cr):
            self.env["mail.message"].sudo().search(
                [("model", "=", self._name), ("res_id", "in", self.ids)]
            ).unlink()
            self.env["ir.attachment"].sudo().search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)]
            ).unlink()
        self.env["mail.followers"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()

    @api.model
    def _charter_of_contacts(self):
        """Return names of the models that can be made no one's, say by ``contact_id`` whose they are, and go with the contact."""
        return [
            name
            for name in self.pool.descendants(["charter.privacy"], "_inherit")
            if getattr(self.env[name]._fields.get("contact_id"), "store", False)
            and self.env[name]._charter_goes_with_contact
        ]

    @api.model
    def _charter_retained(self):
        """Return [(model, field of the company with the months its rows are kept)], in the same order every time."""
        return [
            (name, self.env[name]._charter_retention)
            for name in sorted(self.pool.descendants(["charter.privacy"], "_inherit"))
            if self.env[name]._charter_retention
        ]

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_privacy(self):
        """Anonymise what is older than its company keeps it, in batches of one transaction each."""
        for model, setting in self._charter_retained():
            for company in self.env["res.company"].sudo().search([(setting, ">", 0)], order="id"):
                records = self.env[model].sudo().with_context(lang=company._charter_staff_lang())
                limit = fields.Datetime.now() - relativedelta(months=company[setting])
                domain = Domain("company_id", "=", company.id) & records._charter_expired(limit)
                queue = Queue(records, domain, BATCH)
                if not queue.run(lambda rows: rows._charter_anonymise(), self._say_kept):
                    return

    @api.model
    def _say_kept(self, record, why):
        _logger.error("%s cannot be anonymised: %s", record, why)


class CharterFeedback(models.Model):
    _name = "charter.feedback"
    _inherit = ["charter.feedback", "charter.privacy"]

    def _charter_expired(self, limit):
        """Return answers, and invitations nobody answered, from before ``limit``; never while something is owed for them."""
        silent = Domain("answered_at", "=", False) & Domain("create_date", "<", limit)
        return (
            Domain("anonymised_at", "=", False)
            & Domain("state", "in", ("answered", "expired", "skipped"))
            & (Domain("answered_at", "<", limit) | silent)
            & Domain("followup", "not in", ("call", "tell"))
            & Domain("escalation_ids", "not any", [("is_complaint", "=", True)])
        )

    def _charter_running(self):
        self.ensure_one()
        return (
            self.state in ("planned", "sent")
            or self.followup in ("call", "tell")
            or any(self.sudo().escalation_ids.mapped("is_complaint"))
        )

    def _charter_blank(self):
        return dict.fromkeys(
            ("comment", "understanding", "no_action_reason", "outcome", "answer_ip", "answer_agent", "contact_id", "token",
             "left_out_reason", "call_wanted_phone"),
            False,
        )  # fmt: skip


class CharterDelivery(models.Model):
    _name = "charter.delivery"
    _inherit = ["charter.delivery", "charter.privacy"]
    # What is on its way leaves, and its promise is kept.
    _charter_goes_with_contact = False

    def _charter_expired(self, limit):
        """Return what left, failed or was withdrawn before ``limit``."""
        return (
            Domain("anonymised_at", "=", False)
            & Domain("state", "in", ("sent", "failed", "withdrawn"))
            & (
                Domain("sent_at", "<", limit)
                | Domain("sent_at", "=", False) & Domain("create_date", "<", limit)
            )
        )

    def _charter_running(self):
        self.ensure_one()
        return self.state in ("planned", "queued")

    def _charter_blank(self):
        return {
            "body": False,
            "email": False,
            "failure": False,
            "mail_id": False,
            "mail_message_id": False,
            "attachment_ids": [fields.Command.clear()],
        }

    def _charter_remove_threads(self):
        """Remove the message as it left, and the files of these deliveries alone: a file of many letters stays with the others."""
        self.sudo().mail_id.unlink()
        self.sudo().mail_message_id.unlink()
        with charter_door(self.env.cr):
            self.sudo().attachment_ids.filtered(lambda file: file.res_model == self._name).unlink()


class CharterEscalation(models.Model):
    _name = "charter.escalation"
    _inherit = ["charter.escalation", "charter.privacy"]

    def _charter_expired(self, limit):
        """Return those the client accepted our answer to before ``limit``; never a complaint that is still one."""
        return (
            Domain("anonymised_at", "=", False)
            & Domain("is_complaint", "=", False)
            & Domain("resolved_at", "<", limit)
        )

    def _charter_running(self):
        self.ensure_one()
        return self.is_complaint

    def _charter_blank(self):
        return {
            "name": self.env._("Anonymised"),
            "description": False,
            "contact_id": False,
            "email_from": False,
            "doubt": False,
            "answer": False,
            "resolution": False,
            "level2_reason": False,
            "dismiss_reason": False,
        }


class CharterReview(models.Model):
    _name = "charter.review"
    _inherit = ["charter.review", "charter.privacy"]

    def _charter_expired(self, limit):
        """Return meetings held, or given up, before ``limit``; never while something is owed for what was said there."""
        given_up = Domain("state", "=", "cancelled") & Domain("create_date", "<", limit)
        declined = Domain("state", "=", "declined") & Domain("declined_at", "<", limit)
        held = Domain("state", "in", ("held", "minutes")) & Domain("held_at", "<", limit)
        return (
            Domain("anonymised_at", "=", False)
            & (held | declined | given_up)
            & Domain("answer_ids", "not any", Domain("feedback_id.followup", "in", ("call", "tell")))
            & Domain(
                "answer_ids",
                "not any",
                Domain("feedback_id.escalation_ids", "any", [("is_complaint", "=", True)]),
            )
        )

    def _charter_running(self):
        self.ensure_one()
        return self.state in ("draft", "planned") or any(
            answer._charter_running() for answer in self.sudo().answer_ids
        )

    def _charter_blank(self):
        """Return the values that leave the meeting, with who held it for us, as the proof of its promise; what was said at it goes."""
        return {
            **dict.fromkeys(("satisfaction", "minutes", "declined_contact_id", "decline_words"), False),
            "contact_ids": [fields.Command.clear()],
            "attended_ids": [fields.Command.clear()],
        }

    def _charter_anonymise(self):
        result = super()._charter_anonymise()
        self.sudo().answer_ids._charter_forget()
        return result


class CharterReviewAnswer(models.Model):
    _name = "charter.review.answer"
    _inherit = ["charter.review.answer", "charter.privacy"]

    _somebody_s = models.Constraint(
        "CHECK (contact_id IS NOT NULL OR anonymised_at IS NOT NULL)", "Answers: say whose answer it is."
    )

    def _charter_running(self):
        self.ensure_one()
        return self.review_id.state in ("draft", "planned") or (
            bool(self.feedback_id) and self.sudo().feedback_id._charter_running()
        )

    def _charter_blank(self):
        return dict.fromkeys(("comment", "wishes", "contact_id"), False)

    def _charter_anonymise(self):
        """Anonymise the answers and remove the minutes, which quote them."""
        result = super()._charter_anonymise()
        reviews = self.review_id._charter_engine()
        reviews.minutes = False
        reviews._charter_remove_threads()
        return result

    def _charter_forget(self):
        """Forget the answers of a meeting that is forgotten itself."""
        answers = self.filtered(lambda answer: not answer.anonymised_at)._charter_engine()
        self.env["charter.correction"]._forget(answers)
        answers.write({**answers._charter_blank(), "anonymised_at": fields.Datetime.now()})


class CharterRemediation(models.Model):
    _name = "charter.remediation"
    _inherit = ["charter.remediation", "charter.privacy"]

    def _charter_expired(self, limit):
        """Return what was measured last, or given up, before ``limit``."""
        never_measured = Domain("measured_at", "=", False) & Domain("create_date", "<", limit)
        return (
            Domain("anonymised_at", "=", False)
            & Domain("state", "in", ("succeeded", "closed"))
            & (Domain("measured_at", "<", limit) | never_measured)
        )

    def _charter_running(self):
        self.ensure_one()
        return self.state in ("draft", "running", "agreed")

    def _charter_blank(self):
        return dict.fromkeys(("agreement", "agreed_contact_id"), False)
