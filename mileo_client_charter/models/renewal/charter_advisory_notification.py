"""Inform the clients an advisory concerns: one notice for each company, as any other notice."""

import hashlib
import json
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.versions import AFFECTED, LOOK
from ..base.charter_engine_links import Links
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)

# An advisory whose score is 0, or that has none, counts as the least severe.
LEAST = "low"
# In the context (``charter_revision``) of what a revision sends. An object: no remote call sends it.
REVISION = object()


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    advisory_id = fields.Many2one(
        "charter.advisory", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    advisory_ids = fields.Many2many(
        "charter.advisory",
        "charter_notice_advisory_rel",
        string="Advisories of the week",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _one_an_advisory = models.UniqueIndex(
        "(company_id, advisory_id) WHERE advisory_id IS NOT NULL AND state IN ('draft', 'open')",
        "A notice about this advisory is there already.",
    )

    def _has_scope(self):
        return bool(self._advisories()) or super()._has_scope()

    def _advisories(self):
        """Return what it is about: one advisory, or those of a week."""
        return self.advisory_id | self.advisory_ids

    def _match(self):
        self.ensure_one()
        if not self._advisories():
            return super()._match()
        found = defaultdict(set)
        for advisory in self._advisories():
            for client, equipment in advisory._clients_to_notify(
                self.company_id, self._running_sql()
            ).items():
                found[client].update(equipment)
        return {client: sorted(equipment) for client, equipment in found.items()}

    def action_send(self):
        """Inform the clients of the preview; where the devices concerned are others by now, show those first and send nothing."""
        self._check_shared()
        for notice in self:
            if notice.state == "draft" and notice._advisories() and notice._charter_follow_devices():
                return {
                    "type": "ir.actions.client",
                    "tag": "display_notification",
                    "params": {
                        "type": "warning",
                        "sticky": True,
                        "message": self.env._(
                            "Nothing was sent: the devices concerned have changed since this page was opened. Read the clients "
                            "below, then inform them."
                        ),
                        "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                    },
                }
        return super().action_send()

    def _charter_follow_devices(self):
        """Bring the preview in step with the devices concerned by now. :return: whether it was another one"""
        shown = {line.partner_id.id: set(line.equipment_ids.ids) for line in self.line_ids}
        found = self._match()
        if not shown or shown == {client: set(equipment) for client, equipment in found.items()}:
            return False
        self._write_lines(found)
        self.line_ids._owe(self.company_id._charter_today())
        return True

    def action_notify_again(self):
        self._check_shared()
        return super().action_notify_again()

    def _check_shared(self):
        """:raise UserError: a publisher does not let everybody read one of its advisories, and nobody has confirmed the text"""
        for advisory in self._advisories():
            if not advisory._shared():
                raise UserError(advisory._not_shared_words())

    def _why_late(self, line, known_on):
        if self.env.context.get("charter_revision") is REVISION and not line.told_times:
            return _lt(
                "this equipment is named by a revision of the publisher’s advisory, which we have had since %s",
                known_on,
            )
        return super()._why_late(line, known_on)

    def _notify(self, lines, known_on=None):
        result = super()._notify(lines, known_on)
        for advisory in self._advisories():
            advisory._note_notified(self.company_id, lines)
        return result


class CharterNoticeLine(models.Model):
    _inherit = "charter.notice.line"

    revision_ids = Links(
        "charter.advisory.revision",
        string="Revisions notified",
        readonly=True,
        copy=False,
        groups="mileo_client_charter.group_charter_user",
        help="Those of which this client was informed after its first notice.",
    )

    def _revisions_said(self):
        """Return the HTML of the revisions this client was informed of, the last one of each advisory; nothing for whoever read the first notice."""
        self.ensure_one()
        notice = self.sudo().notice_id
        latest = {}
        for one in self.sudo().revision_ids.sorted("id"):
            latest[one.advisory_id] = one
        return Markup("").join(
            self.env["ir.qweb"]._render(
                "mileo_client_charter.advisory_notice_revision",
                {
                    "advisory": one.advisory_id.with_context(lang=self.env.lang),
                    "revision": one.with_context(lang=self.env.lang),
                    "named": not notice.advisory_id,
                },
            )
            for one in latest.values()
        )


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    notice_ids = fields.One2many("charter.notice", "advisory_id", "Advance notices", readonly=True)
    weekly_notice_ids = fields.Many2many(
        "charter.notice", "charter_notice_advisory_rel", string="Notices of a week", readonly=True, copy=False
    )
    notice_count = fields.Integer(compute="_compute_notice_count")

    @api.depends("notice_ids", "weekly_notice_ids")
    def _compute_notice_count(self):
        for one in self:
            one.notice_count = len(one._notices())

    def _notices(self):
        """Return the notices about it, of its own and of a week."""
        return self.notice_ids | self.weekly_notice_ids

    def _clients_to_notify(self, company, running):
        """Return {client id: [equipment ids]} of clients under the charter with affected devices; one concern is notified once.

        :param running: SQL condition on the contracts ``c`` that put a client under the charter
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT partner_id, array_agg(equipment_id ORDER BY equipment_id)
                  FROM charter_advisory_concern
                 WHERE advisory_id = %(advisory)s AND company_id = %(company)s AND state = 'open' AND answer = %(affected)s
                   AND same_as_id IS NULL
                   AND partner_id IN (SELECT contract.commercial_partner_id FROM contract_contract contract WHERE %(running)s)
                 GROUP BY partner_id
                """,
                advisory=self.id,
                company=company.id,
                affected=AFFECTED,
                running=running,
            )
        )
        return dict(self.env.cr.fetchall())

    def action_notice(self):
        """Write the notice of the advisory for the clients concerned, in every language; somebody reads it before it leaves.

        :raise UserError: no client of this company is concerned
        """
        self.ensure_one()
        self.check_access("write")
        company = self.env.company
        notice = self._notices().filtered(
            lambda one: one.company_id == company and one.state in ("draft", "open")
        )[:1]
        if not notice:
            notice = self.env["charter.notice"].create(self._notice_values(company))
            self._write_notice_texts(notice)
            notice.action_match()
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.notice",
            "res_id": notice.id,
            "views": [(False, "form")],
        }

    def _notice_values(self, company):
        cves = self.cve_ids.filtered("cve").mapped("cve")
        published = fields.Datetime.context_timestamp(
            self.with_context(tz=company._charter_tz()), self.published_at
        ).date()
        return {
            "name": self._title(),
            "kind": "vulnerability",
            "company_id": company.id,
            "advisory_id": self.id,
            "severity": self.severity if self.severity not in (False, "none") else LEAST,
            "published_on": min(published, company._charter_today()),
            "cve": cves[0] if len(cves) == 1 else False,
            "source": " · ".join([self.publisher, self.identifier]),
        }

    def _write_notice_texts(self, notice):
        """Write what clients read, in each language. Above TLP:CLEAR nothing of the publisher's text is taken over."""
        for code, _name in self.env["res.lang"].get_installed():
            self._write_notice_text(notice.with_context(lang=code))

    def _write_notice_text(self, notice):
        """Write what clients of one language read: that of the context of ``notice``."""
        one = self.with_context(lang=notice.env.lang)
        notice.write({"name": one._title(), "body": one._notice_body(), "advice": one._advice()})

    def _note_notified(self, company, lines):
        notified = lines.filtered(lambda line: line.sent_at and not line.error)
        concerns = (
            self.env["charter.advisory.concern"]
            .sudo()
            .search(
                [
                    ("advisory_id", "=", self.id),
                    ("company_id", "=", company.id),
                    ("partner_id", "in", notified.partner_id.ids),
                    ("state", "=", "open"),
                    ("answer", "=", AFFECTED),
                ]
            )
        )
        twins = concerns.search([("same_as_id", "in", concerns.ids), ("state", "=", "open")])
        (concerns | twins).filtered(lambda one: not one.told_at).told_at = fields.Datetime.now()

    # -- revisions --------------------------------------------------------------------------------

    def _notified_before(self):
        """Return {line of a notice that is out: what it means for its client} before a revision."""
        lines = self.sudo()._notices().filtered(lambda one: one.state == "open").line_ids.filtered("sent_at")
        return {line: self._meaning(line) for line in lines}

    def _meaning(self, line):
        """Return a digest of what the advisory says for one client: its devices, how severe it is for them, what to do."""
        concerns = (
            self.env["charter.advisory.concern"]
            .sudo()
            .search(
                [
                    ("advisory_id", "=", self.id),
                    ("company_id", "=", line.company_id.id),
                    ("partner_id", "=", line.partner_id.id),
                    ("state", "=", "open"),
                    ("answer", "=", AFFECTED),
                ]
            )
        )
        cves = concerns.product_id.cve_ids
        said = [
            sorted(concerns.equipment_id.ids),
            sorted((one.cve or one.name or "", one.severity or "") for one in cves),
            sorted(self.remedy_ids.mapped(lambda one: f"{one.kind} {one.text}")),
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def _notify_changed(self, notified, proposed):
        """Notify again, after a revision, those for whom something changed; whoever is new gets the first notice as any other.

        :param notified: :meth:`_notified_before`
        :param proposed: :meth:`_proposed` before the revision
        :return: the clients informed
        """
        clients = self.env["res.partner"]
        for notice in self.sudo()._notices().filtered(lambda one: one.state == "open"):
            if notice.advisory_id:
                notice._charter_engine().severity = self._notice_values(notice.company_id)["severity"]
                self._state_again(notice, proposed)
            else:
                notice._charter_engine().severity = notice.advisory_ids._highest_severity()
            found = notice._match()
            for line in notice.line_ids:
                found.setdefault(line.partner_id.id, ())
            changed = notice.line_ids.filtered(
                lambda line, notified=notified: line in notified and self._meaning(line) != notified[line]
            )
            before = notice.line_ids
            notice._write_lines(found)
            changed._charter_engine().revision_ids |= self.revision_ids[:1]
            reached = changed | (notice.line_ids - before)
            if not self._shared():
                # The revision is less public than what was sent: somebody confirms it, and presses "Notify remaining clients".
                reached._charter_engine().error = self._not_shared_term()
                continue
            notice.with_context(charter_revision=REVISION)._notify(
                reached, known_on=notice.company_id._charter_today()
            )
            clients |= reached.filtered(lambda line: not line.error).partner_id
        return clients

    def _proposed(self):
        """Return {language: what a notice of it says}, to be compared after a revision."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return {code: self.with_context(lang=code)._proposal() for code in languages}

    def _proposal(self):
        if self.product_ids:
            advice = self._advice() or self.env._("We contact you to agree on what is to be done.")
        else:
            advice = self.env._("Nothing is left to be done.")
        return {"name": self._title(), "body": self._notice_body(), "advice": advice}

    def _state_again(self, notice, proposed):
        """Let a notice that is out say what the publisher says now, in the languages in which that changed.

        What we wrote about a former text is not sent with a new one: neither our words that nobody has confirmed since, nor
        what somebody wrote into the notice. Both stay in the emails that left.
        """
        for code, values in self._proposed().items():
            if values != proposed.get(code):
                notice.with_context(lang=code).write(values)

    def _not_shared_words(self):
        return in_words(self.env, stored(self._not_shared_term()))

    def _not_shared_term(self):
        return _lt(
            "%(advisory)s is TLP:%(tlp)s: its publisher does not let everybody read it. Read what clients will read, and "
            "confirm it on the advisory.",
            advisory=self.identifier,
            tlp=self.tlp or "?",
        )

    def _join_notices(self):
        """Add devices found to be affected to the notices that are out, and inform their clients."""
        for notice in self.sudo()._notices().filtered(lambda one: one.state == "open"):
            notice._pick_up_new()

    # -- who looks --------------------------------------------------------------------------------

    def _close_looks(self):
        """Close the step of the technical contact once nothing is left to look at for its client."""
        for one in self.sudo():
            waiting = one.concern_ids.filtered(lambda row: row.state == "open" and row.answer == LOOK)
            done = one.activity_ids.filtered(
                lambda step, users=waiting.look_user_id: (
                    step.activity_type_id == self._look_type() and step.user_id not in users
                )
            )
            if done:
                done.action_feedback()

    def _look_step(self, user, day):
        """Give somebody one step for all that waits for them here, read in each language; one that is open counts what came since."""
        self.ensure_one()
        waiting = self.sudo().concern_ids.filtered(
            lambda row: row.state == "open" and row.answer == LOOK and row.look_user_id == user
        )
        words = {"number": len(waiting), "clients": len(waiting.partner_id)}
        if len(waiting) == 1:
            summary = _lt("1 device to look at")
        elif len(waiting.partner_id) == 1:
            summary = _lt("%(number)s devices to look at", **words)
        else:
            summary = _lt("%(number)s devices to look at, at %(clients)s clients", **words)
        steps = self.sudo().activity_ids.filtered(
            lambda step: step.activity_type_id == self._look_type() and step.user_id == user
        )
        if steps:
            steps[:1].summary = summary
        else:
            self.activity_schedule(
                "mileo_client_charter.mail_activity_advisory_look", day, user_id=user.id, summary=summary
            )

    @api.model
    def _look_type(self):
        return self.env.ref("mileo_client_charter.mail_activity_advisory_look")


class CharterAdvisoryConcern(models.Model):
    _inherit = "charter.advisory.concern"

    def _ask_to_look(self):
        """Give what is undecided to the client's technical contact, with a day; one step a person and advisory."""
        groups, asked = defaultdict(self.browse), {}
        for one in self.filtered(lambda row: not row.look_user_id):
            groups[one.company_id, one.advisory_id, one.partner_id] |= one
        for (company, advisory, client), concerns in groups.items():
            client = client.with_company(company).sudo()
            user = client.charter_technical_contact_id or client.charter_account_manager_id
            user = company.sudo()._charter_stood_in().get(user.id, user)[:1]
            limit = company._charter_vulnerability_limit(advisory.severity)
            day = company._charter_today() + timedelta(days=limit)
            concerns.write({"look_user_id": user.id, "look_by": day})
            if user:
                asked[advisory, user] = min(day, asked.get((advisory, user), day))
        for (advisory, user), day in asked.items():
            advisory._look_step(user, day)
