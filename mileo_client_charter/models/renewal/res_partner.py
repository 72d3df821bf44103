"""A contact: its calendar feed, its kind of site, and the legal reminder of art. L215-1 of the French consumer code, off by
default.

The supplier informs its client in writing, by a dedicated letter or mail, between three months and one month before the
last day to refuse the renewal, that it may refuse it; that day stands in a box. It protects consumers and, by art.
L215-3, non-professionals. Whether it applies to a client is to be confirmed by counsel: this helps, it does not advise.
"""

import re
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...tools import ical
from ...tools.clock import to_local
from ...tools.codes import REPORT_DELIVERY

# A client's own dates in its calendar: a feed behind a key of one contact, which that contact makes and revokes (RFC 5545).
PATH = "/charter/calendar/"
# What a key is made of; nothing else is looked for.
KEY = re.compile(r"[\w-]{20,64}", re.ASCII)
# Of each kind at most, the next ones.
ROWS = 200


class CharterMergedContact(models.Model):
    _inherit = "charter.merged.contact"

    calendar_key = fields.Char(readonly=True, groups="base.group_system")

    _calendar_key_once = models.UniqueIndex("(calendar_key) WHERE calendar_key IS NOT NULL")

    @api.model
    def _remember(self, sources, target):
        """Keep the key a calendar subscribed to the feed with; let none show another client's."""
        for source in sources:
            clients = source.commercial_partner_id, target.commercial_partner_id
            if clients[0] != clients[1] and clients != (source, target):
                # Core would pass the key on to the contact that stays.
                source._charter_revoke_calendar()
        return super()._remember(sources, target)

    @api.model
    def _kept_of(self, source):
        return {**super()._kept_of(source), "calendar_key": source.sudo().charter_calendar_key}


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_legal_reminder = fields.Boolean(
        "Reminder of tacit renewal (art. L215-1)",
        help="Sent between three months and one month before the last day to refuse the renewal. "
        "Whether the law asks for it with this client is to be confirmed by counsel.",
    )
    charter_calendar_key = fields.Char(readonly=True, copy=False, groups="base.group_system")
    charter_site_kind_id = fields.Many2one(
        "charter.site.kind",
        "Kind of site",
        index="btree_not_null",
        ondelete="restrict",
        groups="mileo_client_charter.group_charter_user",
        help="Regulations about this kind of site reach it, with equipment or without.",
    )

    # Not unique: while two contacts are merged, both have it. It cannot be guessed, nor met twice by chance.
    _charter_calendar_key_idx = models.Index("(charter_calendar_key) WHERE charter_calendar_key IS NOT NULL")

    def _charter_make_calendar(self):
        """Make another address for this contact's feed; the former ones show nothing any more."""
        self._charter_revoke_calendar()
        self.sudo().charter_calendar_key = secrets.token_urlsafe(24)

    def _charter_revoke_calendar(self):
        self.sudo().charter_calendar_key = False
        self.env["charter.merged.contact"].sudo().search(
            [("partner_id", "in", self.ids)]
        ).calendar_key = False

    def _charter_calendar_address(self):
        """Return the address a calendar subscribes to (https); None while there is none."""
        key = self.sudo().charter_calendar_key
        return f"{self.get_base_url()}{PATH}{key}.ics" if key else None

    @api.model
    def _charter_by_calendar_key(self, key):
        """Return the contact of a feed, in its language; empty for a key that is unknown, or revoked, or of somebody who left."""
        known = KEY.fullmatch(key or "")
        contact = self.sudo().search([("charter_calendar_key", "=", key)], limit=1) if known else self.sudo()
        if known and not contact:
            former = self.env["charter.merged.contact"].sudo().search([("calendar_key", "=", key)])
            contact = former.partner_id.filtered("active")
        if not contact or not contact.commercial_partner_id._charter_is_client():
            return self.sudo().browse()
        return contact.with_context(lang=contact.lang or self.env.lang)

    def _charter_is_client(self):
        contracts = self.env["contract.contract"].sudo()
        return bool(
            contracts.search_count(
                [*contracts._charter_active_domain(), ("commercial_partner_id", "=", self.id)], limit=1
            )
        )

    def _charter_calendar_feed(self):
        """Return the file of the feed (bytes): meetings, reports, ends of term, notices, from a month ago on."""
        client = self.commercial_partner_id
        company = client._charter_serving_company().sudo()
        tz, now = self.tz or company._charter_tz(), self.env.cr.now()
        since = now - timedelta(days=31)
        entries = [
            *self._charter_meeting_entries(client, since),
            *self._charter_report_entries(client, since, tz),
            *self._charter_term_entries(client),
            *self._charter_notice_entries(client, company._charter_day_at(since)),
        ]
        return ical.write(entries, "PUBLISH", now, tz, self.env._("%s: our dates", company.name))

    def _charter_meeting_entries(self, client, since):
        reviews = self.env["charter.review"].sudo()
        domain = [("state", "in", ("planned", "held", "minutes")), ("start_at", ">=", since)]
        base = self.get_base_url()
        return [
            ical.Entry(
                uid=review.ical_uid or self._charter_entry_uid(review, "meeting"),
                start=review.start_at,
                stop=review.start_at + timedelta(hours=review.duration),
                summary=review.name,
                sequence=review.ical_sequence,
                location=review.location or "",
                url=f"{base}{review._get_portal_url()}",
            )
            for review in reviews.search(
                [("partner_id", "=", client.id), *domain], order="start_at", limit=ROWS
            )
        ]

    def _charter_report_entries(self, client, since, tz):
        """Yield the days reports are due, in the zone ``tz``."""
        promises = self.env["charter.obligation"].sudo()
        domain = [("code", "=", REPORT_DELIVERY), ("is_owed", "=", True), ("due_at", ">=", since)]
        address = f"{self.get_base_url()}/my/charter/reports"
        for row in promises.search([("partner_id", "=", client.id), *domain], order="due_at", limit=ROWS):
            # Due at midnight is due on the day that ends then.
            day = to_local(row.due_at - timedelta(seconds=1), tz).date()
            period = row.occurrence_text
            title = (
                self.env._("Your activity report is due: %s", period)
                if period
                else self.env._("Your activity report is due")
            )
            yield self._charter_day(row, "report", day, title, address)

    def _charter_term_entries(self, client):
        """Yield the ends of terms and the first days on which contracts renew automatically."""
        contracts = self.env["contract.contract"].sudo()
        domain = [*contracts._charter_active_domain(), ("commercial_partner_id", "=", client.id)]
        address = f"{self.get_base_url()}/my/charter/reviews"
        for contract in contracts.search(domain, limit=ROWS):
            if contract.charter_term_end:
                if contract._charter_runs_on():
                    title = self.env._("End of the contract year: %s", contract.name)
                else:
                    title = self.env._("Contract end date: %s", contract.name)
                yield self._charter_day(contract, "term", contract.charter_term_end, title, address)
            if contract.charter_notice_date:
                title = self.env._("Renews automatically from this day on: %s", contract.name)
                yield self._charter_day(contract, "notice", contract.charter_notice_date, title, address)

    def _charter_notice_entries(self, client, first_day):
        lines, base = self.env["charter.notice.line"].sudo(), self.get_base_url()
        domain = [("sent_at", "!=", False), ("effect_on", ">=", first_day)]
        for line in lines.search([("partner_id", "=", client.id), *domain], order="effect_on", limit=ROWS):
            if line._is_void():
                continue  # Nothing of the client takes effect on that day any more.
            title = self.env._("Takes effect: %s", line.notice_id.name)
            address = f"{base}/my/charter/notice/{line.id}"
            yield self._charter_day(line, "effect", line.effect_on, title, address)

    def _charter_day(self, record, what, day, title, address):
        return ical.Entry(
            uid=self._charter_entry_uid(record, what),
            start=day,
            stop=day + timedelta(days=1),
            summary=title,
            url=address,
        )

    def _charter_entry_uid(self, record, what):
        """Return the same identifier at each reading, and of this database alone."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"{record._table}-{record.id}-{what}@{database}"
