"""How long the words and names of clients are kept, and what takes them out when the time is over.

Figures stay: marks, NPS, promises kept and late. What somebody wrote, and who, goes. See readme/PRIVACY.md.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

BATCH = 200


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_words_months = fields.Integer(
        "Months the words of feedback are kept",
        help="Then comments and who wrote them are removed, for good; marks stay. 0: kept.",
    )
    charter_bodies_months = fields.Integer(
        "Months the text of deliveries is kept",
        help="Then messages and files are removed, for good; who was handed what, and when, stays. 0: kept.",
    )

    _charter_retention_range = models.Constraint(
        "CHECK (charter_words_months BETWEEN 0 AND 600 AND charter_bodies_months BETWEEN 0 AND 600)",
        "Months that words and messages are kept: give 0 (kept) to 600.",
    )

    @api.constrains("charter_words_months", "charter_nps_months")
    def _check_charter_words_months(self):
        """The NPS of a client counts the latest answer of each contact: it must still be known whose it is."""
        for company in self:
            if 0 < company.charter_words_months < company.charter_nps_months:
                raise ValidationError(
                    self.env._(
                        "Months the words of feedback are kept: the NPS of a client looks back %s months. Give at least as "
                        "many, or 0 to keep them.",
                        company.charter_nps_months,
                    )
                )

    def _charter_retention(self):
        """{“words”, “bodies”: months, 0 for “kept”}, as the client's portal says it."""
        self.ensure_one()
        return {"words": self.charter_words_months, "bodies": self.charter_bodies_months}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    charter_words_months = fields.Integer(related="company_id.charter_words_months", readonly=False)
    charter_bodies_months = fields.Integer(related="company_id.charter_bodies_months", readonly=False)


class CharterPrivacy(models.AbstractModel):
    """What can be made nobody's: a document says what of it is personal, and when its time is over."""

    _name = "charter.privacy"
    _description = "Retention of personal data"

    anonymised_at = fields.Datetime(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="When words and names were removed; figures stay.",
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
                    "%(record)s: something is still owed to this client. Close it first, then anonymise it.",
                    record=running[0].display_name,
                )
            )
        records = self.filtered(lambda record: not record.anonymised_at)._charter_engine()
        if not records:
            return
        records._charter_remove_threads()
        records.write({**records._charter_blank(), "anonymised_at": fields.Datetime.now()})

    def _charter_running(self):
        """Whether the record is still needed as it is."""
        return False

    def _charter_blank(self):
        """{field: value} of what is written over the personal fields."""
        raise NotImplementedError

    def _charter_remove_threads(self):
        """Messages about the records, their files and followers: they are words and names."""
        if "message_ids" not in self._fields:
            return
        self.env["mail.message"].sudo().search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        self.env["mail.followers"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_privacy(self):
        """Anonymise what is older than its company keeps it, in batches of one transaction each."""
        cron = self.env["ir.cron"]
        for model, setting in (
            ("charter.feedback", "charter_words_months"),
            ("charter.delivery", "charter_bodies_months"),
        ):
            records = self.env[model].sudo()
            for company in self.env["res.company"].sudo().search([(setting, ">", 0)], order="id"):
                limit = fields.Datetime.now() - relativedelta(months=company[setting])
                domain = Domain("company_id", "=", company.id) & records._charter_expired(limit)
                while batch := records.search(domain, limit=BATCH, order="id").try_lock_for_update():
                    batch._charter_anonymise()
                    in_time = cron._commit_progress(len(batch), remaining=records.search_count(domain))
                    # What was removed is not needed any more: memory stays flat.
                    self.env.invalidate_all()
                    if not in_time:
                        return


class CharterFeedback(models.Model):
    _name = "charter.feedback"
    _inherit = ["charter.feedback", "charter.privacy"]

    def _charter_expired(self, limit):
        """Answers, and invitations nobody answered, from before ``limit``; never while something is owed for them."""
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
            ("comment", "understanding", "no_action_reason", "outcome", "answer_ip", "answer_agent", "contact_id", "token"),
            False,
        )  # fmt: skip


class CharterDelivery(models.Model):
    _name = "charter.delivery"
    _inherit = ["charter.delivery", "charter.privacy"]

    def _charter_expired(self, limit):
        """What left, failed or was withdrawn before ``limit``."""
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
            "body": False, "email": False, "failure": False, "mail_id": False, "mail_message_id": False,
            "attachment_ids": [fields.Command.clear()],
        }  # fmt: skip

    def _charter_remove_threads(self):
        """The message as it left, and the files of these deliveries alone: a file of many letters stays with the others."""
        self.sudo().mail_id.unlink()
        self.sudo().mail_message_id.unlink()
        self.sudo().attachment_ids.filtered(lambda file: file.res_model == self._name).unlink()


class CharterEscalation(models.Model):
    _name = "charter.escalation"
    _inherit = ["charter.escalation", "charter.privacy"]

    def _charter_running(self):
        self.ensure_one()
        return self.is_complaint

    def _charter_blank(self):
        return {
            "name": self.env._("Anonymised"), "description": False, "contact_id": False, "email_from": False,
            "answer": False, "resolution": False,
        }  # fmt: skip
