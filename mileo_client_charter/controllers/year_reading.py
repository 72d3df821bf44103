"""What a client reads of what lies ahead: meetings, notices and the renewal of its contracts, as plain values."""

from odoo import fields
from odoo.fields import Domain

from ..models.base.charter_format import day_text
from .client_reading import ClientReading
from .listing import Choice, Listing, Option, Sort, newest_and_oldest, selection

RENEWALS = 20
REVIEW_FIELDS = ["kind", "state", "start_at", "location", "minutes_at", "dossier_at"]
AUTHORISATION_FIELDS = [
    "kind_id", "site_id", "partner_id", "number", "authority", "issued_on", "valid_until", "document_name", "state",
]  # fmt: skip
NOTICE_FIELDS = ["notice_id", "effect_on", "sent_at", "acknowledged_at", "late_reason", "sent_late"]


class YearReading(ClientReading):
    def reviews_page(self, query):
        env, now = self.env, fields.Datetime.now()
        listing = Listing(
            self, "/my/charter/reviews", query, "charter.review", REVIEW_FIELDS,
            sorts=newest_and_oldest(env, "start_at desc, id desc", "start_at, id"),
            search=("location", "achievements", "outlook"),
            choices=[
                selection(env, "charter.review", "kind", env._("Kind")),
                Choice("when", env._("When"), [
                    Option("next", env._("To come"), Domain("start_at", ">=", now)),
                    Option("past", env._("Past"), Domain("start_at", "<", now)),
                ]),
                Choice("minutes", env._("Minutes"), [
                    Option("sent", env._("Sent"), Domain("state", "=", "minutes")),
                ]),
            ],
        )  # fmt: skip
        return {"listing": listing, "reviews": self._reviews(listing.rows), "renewals": self.renewals()}

    def notices_page(self, query):
        env, today = self.env, self.company._charter_today()
        kinds = env["charter.notice"]._fields["kind"]._description_selection(env)
        listing = Listing(
            self, "/my/charter/notices", query, "charter.notice.line", NOTICE_FIELDS,
            sorts=[
                Sort("newest", env._("Latest effect first"), "effect_on desc, id desc"),
                Sort("oldest", env._("Earliest effect first"), "effect_on, id"),
                Sort("told", env._("Most recent first"), "sent_at desc, id desc"),
            ],
            # The notice itself is not the client's to read, what it was informed of it is.
            search=lambda text: Domain("notice_id", "any!", [("name", "ilike", text)]),
            choices=[
                Choice("read", env._("State"), [
                    Option("no", env._("To read"), Domain("acknowledged_at", "=", False)),
                    Option("yes", env._("Read"), Domain("acknowledged_at", "!=", False)),
                ]),
                Choice("kind", env._("Kind"), [
                    Option(key, label, Domain("notice_id", "any!", [("kind", "=", key)])) for key, label in kinds
                ]),
                Choice("effect", env._("Effect"), [
                    Option("next", env._("To come"), Domain("effect_on", ">=", today) | Domain("effect_on", "=", False)),
                    Option("past", env._("Past"), Domain("effect_on", "<", today)),
                ]),
            ],
        )  # fmt: skip
        return {"listing": listing, "notices": self._notices(listing.rows)}

    def authorisations_page(self, query):
        env, today = self.env, self.company._charter_today()
        listing = Listing(
            self,
            "/my/charter/authorisations",
            query,
            "charter.authorisation",
            AUTHORISATION_FIELDS,
            sorts=[
                Sort("end", env._("What ends first"), "valid_until nulls last, id"),
                Sort("newest", env._("Last issued first"), "issued_on desc nulls last, id desc"),
            ],
            search=lambda text: (
                Domain.OR(Domain(name, "ilike", text) for name in ("number", "authority"))
                | Domain("kind_id", "any!", [("name", "ilike", text)])
                | Domain("site_id", "any!", [("name", "ilike", text)])
            ),
            choices=[
                Choice(
                    "state",
                    env._("State"),
                    [
                        Option(
                            "running",
                            env._("Running"),
                            Domain("valid_until", ">=", today) | Domain("valid_until", "=", False),
                        ),
                        Option("ended", env._("Ended"), Domain("valid_until", "<", today)),
                    ],
                )
            ],
        )
        return {"listing": listing, "authorisations": self._authorisations(listing.rows)}

    def _authorisations(self, rows):
        labels = dict(self.env["charter.authorisation"]._fields["state"]._description_selection(self.env))
        return [
            {
                "title": row.display_name,
                "words": " · ".join(filter(None, [row.number, row.authority])),
                "until": day_text(self.env, row.valid_until, "d MMMM y"),
                "state": row.state,
                "label": labels[row.state],
                "file": f"/my/charter/authorisation/{row.id}/document" if row.document_name else None,
                "file_name": row.document_name,
            }
            for row in rows
        ]

    def notice_detail(self, line):
        [row] = self._notices(line)
        notice = line.notice_id.sudo()
        advisories, equipment = line.sudo()._advisory_rows(), line.sudo()._devices_said()
        devices = [one for row in advisories for one in row["equipment"]] or equipment
        return {
            "row": row,
            "notice": notice,
            "revisions": line._revisions_said(),
            "equipment": equipment,
            "advisories": advisories,
            "all_done": bool(devices) and all(one["is_done"] for one in devices),
            "promises": self._promises_of(line),
        }

    def review_detail(self, review):
        [row] = self._reviews(review)
        return {"row": row, "record": review, "people": ", ".join(review.staff_ids.sudo().mapped("name"))}

    def renewals(self):
        """Return the state of the renewals of the client's contracts, in words it understands."""
        # The client has no access to how it is judged; it reads what follows for its own contracts.
        found = (
            self.env["charter.renewal"]
            .sudo()
            .search(
                [("partner_id", "=", self.client.id), ("state", "!=", "closed")],
                order="term_end desc",
                limit=RENEWALS,
            )
        )
        words = {
            "open": self.env._("We decide with you, at the annual review, whether this contract goes on."),
            "interview": self.env._(
                "We would like to hear from you first: your account manager calls you to arrange it."
            ),
            "remediation": self.env._(
                "We would first like to resolve with you what did not go well. We will propose the renewal after this remediation."
            ),
            "passed": self.env._(
                "The satisfaction condition of the charter is met: your contract can be renewed on its end date."
            ),
            "renewed": self.env._("Renewed."),
            "restored": self.env._(
                "What we had agreed with you is done: we now decide, with you, on the renewal of this contract."
            ),
            "exception": self.env._(
                "Our general management has decided that your contract can be renewed on its end date."
            ),
        }
        return [
            {
                "contract": renewal.contract_id.name,
                "until": day_text(self.env, renewal.term_end, "d MMMM y"),
                "words": words[self._renewal_words(renewal)],
            }
            for renewal in found
        ]

    @staticmethod
    def _renewal_words(renewal):
        if renewal.state == "passed" and renewal.overridden:
            return "exception"
        if renewal.state == "open" and renewal.remediation_ids[:1].state == "succeeded":
            return "restored"
        return renewal.state

    # -- words ------------------------------------------------------------------------------------

    def _reviews(self, rows):
        kinds = dict(self.env["charter.review"]._fields["kind"]._description_selection(self.env))
        states = {
            "planned": self.env._("planned"),
            "held": self.env._("held; minutes to come"),
            "minutes": self.env._("minutes sent"),
            "declined": self.env._("declined by you"),
        }
        return [
            {
                "url": row._get_portal_url(),
                "title": kinds[row.kind],
                "when": self.moment(row.start_at),
                "location": row.location,
                "status": states[row.state],
            }
            for row in rows
        ]

    def _notices(self, rows):
        return [
            {
                "url": row._get_portal_url(),
                "title": row.notice_id.sudo().name,
                "effect": day_text(self.env, row.effect_on, "d MMMM y"),
                "published": day_text(self.env, row.notice_id.sudo().published_on, "d MMMM y"),
                "told": self.moment(row.sudo().informed_at),
                "acknowledged": self.moment(row.acknowledged_at),
                "late_reason": row.late_reason,
                "is_late": row.sent_late,
                "changes": row.sudo()._changes_said(),
                "is_void": row.sudo()._is_void(),
            }
            for row in rows
        ]
