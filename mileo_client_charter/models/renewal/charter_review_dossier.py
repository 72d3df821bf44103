"""The review file of an annual review, frozen once prepared, and the minutes sent afterwards."""

import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ...tools.figures import mean
from ..base.charter_batches import one_by_one
from ..base.charter_format import day_text, percent_text
from ..base.client_document import message_extras

# A dossier is prepared automatically this long before the meeting.
DOSSIER_DAYS = 15


class CharterReview(models.Model):
    _inherit = "charter.review"

    contact_id = fields.Many2one("res.partner", compute="_compute_contact_id")
    dossier_figures = fields.Json(
        "Review file figures",
        readonly=True,
        copy=False,
        charter_engine=True,
        charter_json="figures",
        groups="base.group_user",
    )
    dossier_at = fields.Datetime("Review file prepared on", readonly=True, copy=False, charter_engine=True)
    dossier_file = fields.Binary(
        "Review file", readonly=True, copy=False, charter_engine=True, attachment=True
    )
    dossier_name = fields.Char("Review file name", readonly=True, copy=False, charter_engine=True)
    dossier_error = fields.Char(
        "Review file error", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    minutes_at = fields.Datetime("Minutes sent on", readonly=True, copy=False, charter_engine=True)
    minutes = fields.Html(readonly=True, copy=False, charter_engine=True)

    @api.depends("contact_ids", "partner_id")
    def _compute_contact_id(self):
        for review in self:
            review.contact_id = review._reachable_contacts()[:1] or review.partner_id

    def _reachable_contacts(self):
        """Return those invited who can be written to now, each mailbox once."""
        self.ensure_one()
        people, mailboxes = self.env["res.partner"], set()
        for contact in self.contact_ids:
            if contact._charter_unreachable(self.partner_id) or contact.email_normalized in mailboxes:
                continue
            mailboxes.add(contact.email_normalized)
            people |= contact
        return people

    @api.model
    def _charter_file_fields(self):
        # The client has it once the meeting was held: it is what was talked about.
        shown = Domain("state", "in", ("held", "minutes")) & Domain("dossier_at", "!=", False)
        return {**super()._charter_file_fields(), "dossier_file": shown}

    # -- the dossier ------------------------------------------------------------------------------

    def action_prepare(self):
        """Freeze the year's figures with last year's beside them, and print them."""
        self._charter_step("draft", "planned")
        self._prepare()

    def _prepare_if_soon(self):
        if self.kind == "annual" and self.start_at <= self._charter_now() + timedelta(days=DOSSIER_DAYS):
            self._prepare()

    def _prepare(self):
        engine = self._charter_engine()
        engine.write({"dossier_figures": engine._freeze_figures(), "dossier_at": self._charter_now()})
        lang = self.contact_id.lang or self.env.lang
        content, kind = (
            self.env["ir.actions.report"]
            .sudo()
            .with_context(lang=lang)
            ._render_qweb_pdf("mileo_client_charter.report_review_dossier", engine.ids)
        )
        day = self.contract_id._charter_local_day(self.start_at or engine.dossier_at)
        engine.write(
            {
                "dossier_file": base64.b64encode(content),
                "dossier_name": f"{self.contract_id.code or self.contract_id.name} {day}.{kind}".replace(
                    "/", "-"
                ),
                "dossier_error": False,
            }
        )

    def _freeze_figures(self):
        """Return two years of figures, JSON-able: the twelve months up to yesterday, and the twelve before."""
        self.ensure_one()
        contract = self.contract_id
        last = contract._charter_local_day(self._charter_now()) - timedelta(days=1)
        first = last - relativedelta(years=1) + timedelta(days=1)
        began = contract._charter_first_day()
        figures, client = self.env["charter.figures"], self.partner_id
        since = max(first, min(began or first, last))
        years = {"year": figures._figures(contract, since, last, client)[contract.id]}
        before = first - timedelta(days=1)
        if began and began <= before:
            start = max(before - relativedelta(years=1) + timedelta(days=1), began)
            years["before"] = figures._figures(contract, start, before, client)[contract.id]
        years["recommendations"] = self._open_recommendations()
        # What is left to be done is that of the day itself: what was updated this morning is not.
        scope = figures._scope({contract: (since, last + timedelta(days=1), client.id)})
        years["vigilance"] = figures._vigilance_rows(scope).get(contract.id, [])
        years["verdict"] = self._frozen_standing()
        return years

    def _frozen_standing(self):
        nps, client = self.env["charter.nps"], self.partner_id
        standing = nps._standings(client, self.company_id)[client.id]
        set_aside = nps._set_aside(client, self.company_id)[client.id]
        return {**standing._asdict(), "verdict": standing.verdict, "set_aside": set_aside}

    def _open_recommendations(self):
        found = (
            self.env["charter.recommendation"]
            .sudo()
            .search(
                [
                    ("contract_id", "=", self.contract_id.id),
                    ("partner_id", "=", self.partner_id.id),
                    ("state", "in", ("proposed", "accepted")),
                ]
            )
        )
        return [{"name": one.name, "advice": one.advice, "state": one.state} for one in found]

    def _charter_runs_below(self, _report):
        """Return what runs at the foot of each page of the dossier, and the language it is in."""
        review = self.with_context(lang=self.contact_id.lang or self.env.lang)
        return review._charter_print_name(), review.env.lang

    def _charter_print_name(self):
        review = self.with_context(lang=self.contact_id.lang or self.env.lang)
        names = (review.env._("Annual review"), review.partner_id.name, review.contract_id.name)
        return " · ".join(names).replace("/", "-")

    def _charter_check_print(self, report):
        # What is printed is made of the frozen figures: staff read those, the client its copy of the dossier.
        self._check_field_access(self._fields["dossier_figures"], "read")

    def _dossier_vigilance(self):
        """Return what is still to be updated, and which authorisations end, a line each, in the language of the reader."""
        self.ensure_one()
        lines = []
        # Dossiers frozen before this was listed have none.
        for row in (self.dossier_figures or {}).get("vigilance", ()):
            name = row["name"]
            if isinstance(name, dict):
                name = name.get(self.env.lang) or name.get("en_US") or ""
            if row["what"] == "device":
                since = self.company_id.sudo()._charter_day_at(row["since"][:19])
                said = {"number": row["number"], "day": day_text(self.env, since, "d MMMM y")}
                words = (
                    self.env._("1 device to update, since %(day)s", **said)
                    if row["number"] == "1"
                    else self.env._("%(number)s devices to update, since %(day)s", **said)
                )
                lines.append((name, words))
            else:
                until = day_text(self.env, fields.Date.to_date(row["until"]), "d MMMM y")
                title = " · ".join(filter(None, [name, row["place"], row["number"]]))
                lines.append((title, self.env._("valid until %s", until)))
        return lines

    def _dossier_rows(self):
        """Return [(label, this year, last year)] in the language of the reader; “—” where nothing was measured."""
        self.ensure_one()
        years = self.dossier_figures or {}
        return [
            (label, *(words(years[key]) if years.get(key) else "—" for key in ("year", "before")))
            for label, words in self._dossier_lines()
        ]

    def _dossier_period(self, key):
        """Return the first and last day of the ``year`` or of the one ``before``, as the reader writes them."""
        period = self.dossier_figures[key]["period"]
        return " – ".join(day_text(self.env, period[name], "d MMM y") for name in ("first_day", "last_day"))

    def _dossier_due(self, row):
        """Return the day a commitment of ``late_list`` was due, where the company is; midnight ends the day before."""
        due = fields.Datetime.to_datetime(row["due_at"])
        return day_text(self.env, due and self.company_id.sudo()._charter_day_at(due - timedelta(seconds=1)))

    def _dossier_lines(self):
        def figure(value, digits):
            return formatLang(self.env, value, digits=digits)

        def of(part):
            part = dict(part)
            met = part.get("met", part.get("kept"))
            rate = percent_text(self.env, met, part["total"])
            if not rate:
                return self.env._("nothing fell due")
            return self.env._("%(met)s of %(total)s (%(rate)s)", met=met, total=part["total"], rate=rate)

        def availability(figures):
            part = figures["availability"]
            if not part["expected"]:
                return self.env._("no data") if part["equipment"] else self.env._("no supervised equipment")
            whole = part["expected"] + part["planned"] + part["no_data"]
            return self.env._(
                "%(rate)s, measured %(coverage)s of the time",
                rate=percent_text(self.env, part["expected"] - part["down"], part["expected"], 3),
                coverage=percent_text(self.env, part["expected"], whole),
            )

        def satisfaction(figures):
            part = figures["satisfaction"]
            if not part["n"]:
                return self.env._("no answer")
            return self.env._(
                "%(mean)s of 5 (n = %(n)s)", mean=figure(mean(part["sum"], part["n"]), 1), n=part["n"]
            )

        def recommend(figures):
            part = figures["nps"]
            return self.env["charter.renewal"].with_env(self.env)._nps_in_words(part["score"], part["n"])

        return [
            (self.env._("Interventions done"), lambda f: str(f["interventions"]["done"])),
            (
                self.env._("Interventions in progress at the end"),
                lambda f: str(f["interventions"]["open_at_end"]),
            ),
            (self.env._("Response within the target time"), lambda f: of(f["response"])),
            (self.env._("Resolution within the target time"), lambda f: of(f["resolution"])),
            (self.env._("Availability of supervised equipment"), availability),
            (self.env._("Satisfaction after interventions"), satisfaction),
            (self.env._("Would recommend us"), recommend),
            (self.env._("Commitments of the charter met on time"), lambda f: of(f["promises"])),
            (self.env._("Call-backs after negative feedback, on time"), lambda f: of(f["callbacks"])),
            (self.env._("Escalations raised"), lambda f: str(f["escalations"]["raised"])),
            (
                self.env._("Escalations not resolved at the end"),
                lambda f: str(f["escalations"]["open_at_end"]),
            ),
        ]

    @api.model
    def _prepare_due(self):
        """Prepare the dossiers of the annual reviews of the coming days; one that fails says so and holds up no other."""
        now = self._charter_now()
        due = self.sudo().search(
            [
                ("kind", "=", "annual"),
                ("state", "=", "planned"),
                ("dossier_at", "=", False),
                ("dossier_error", "=", False),
                ("start_at", "<=", now + timedelta(days=DOSSIER_DAYS)),
            ]
        )
        return one_by_one(due, lambda review: review._prepare(), self._say_not_prepared)

    @api.model
    def _say_not_prepared(self, review, why):
        review._charter_engine().dossier_error = why

    # -- the minutes ------------------------------------------------------------------------------

    def action_ask_minutes(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "minutes")

    def _record_minutes(self, subject, body):
        """Send the minutes to those who were invited; the meeting is over then.

        :raise UserError: not held yet, or nobody to write to
        """
        engine = self._charter_step("held")
        people = self._reachable_contacts() or self.env["charter.delivery"]._check_recipients(
            self.partner_id, "documents"
        )
        self.env["charter.delivery"]._queue(
            [
                {
                    "kind": "review",
                    "res_model": self._name,
                    "res_id": self.id,
                    "partner_id": self.partner_id.id,
                    "contact_id": contact.id,
                    "company_id": self.company_id.id,
                    "fingerprint": f"minutes-{self.id}",
                    "subject": subject,
                    "body": self._minutes_page(contact, body),
                    "attachments": [*self._dossier_attachment(), *message_extras(self.env).files],
                    "obligation_id": None,
                    "reason": "",
                }
                for contact in people
            ]
        )
        engine.write({"state": "minutes", "minutes_at": self._charter_now(), "minutes": body})
        self.message_post(body=body, subject=subject)

    def _minutes_page(self, contact, words):
        """Return ``words`` as every email to a client: with a number to call and the address for an escalation."""
        reader = self.with_context(lang=contact.lang or self.env.lang)
        company = reader.company_id.sudo()
        return reader.env["ir.qweb"]._render(
            "mileo_client_charter.mail_minutes", {"words": Markup(words), "company": company}
        )

    def _dossier_attachment(self):
        self.env["ir.attachment"]._charter_files_of(self, "dossier_file")._charter_check_intact()
        if not self.dossier_file:
            return []
        return [(self.dossier_name, base64.b64decode(self.with_context(bin_size=False).dossier_file))]
