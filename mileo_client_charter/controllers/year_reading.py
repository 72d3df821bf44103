"""What a client reads of what lies ahead: meetings, notices and the renewal of its contracts, as plain values."""

from odoo.tools import format_date

from .client_reading import PAGE_ROWS, ClientReading

REVIEW_FIELDS = ["kind", "state", "start_at", "location", "minutes_at", "dossier_at"]
NOTICE_FIELDS = ["notice_id", "effect_on", "sent_at", "acknowledged_at", "late_reason"]


class YearReading(ClientReading):
    def reviews_page(self, page):
        pager = self._pager(self.env["charter.review"].search_count(self.own), page, "/my/charter/reviews?")
        rows = self._search(
            "charter.review",
            REVIEW_FIELDS,
            order="start_at desc, id desc",
            limit=PAGE_ROWS,
            offset=pager["offset"],
        )
        return {"pager": pager, "reviews": self._reviews(rows), "renewals": self.renewals()}

    def notices_page(self, page):
        pager = self._pager(
            self.env["charter.notice.line"].search_count(self.own), page, "/my/charter/notices?"
        )
        rows = self._search(
            "charter.notice.line", NOTICE_FIELDS, order="effect_on desc, id desc", limit=PAGE_ROWS,
            offset=pager["offset"],
        )  # fmt: skip
        return {"pager": pager, "notices": self._notices(rows)}

    def notice_detail(self, line):
        [row] = self._notices(line)
        notice = line.notice_id.sudo()
        return {
            "row": row,
            "notice": notice,
            "equipment": [(one.name, one.serial) for one in line.equipment_ids.sudo()],
            "promises": self._promises_of(line),
        }

    def review_detail(self, review):
        [row] = self._reviews(review)
        return {"row": row, "record": review, "people": ", ".join(review.staff_ids.sudo().mapped("name"))}

    def year_home(self):
        """Counts for the first page; the notices nobody has acknowledged first."""
        lines = self.env["charter.notice.line"]
        [(notices, read)] = lines._read_group(self.own, [], ["__count", "acknowledged_at:count"])
        return {
            "notice_count": notices,
            "notice_unread": notices - read,
            "review_count": self.env["charter.review"].search_count(self.own),
        }

    def renewals(self):
        """The state of the renewals of the client's contracts, in words it understands."""
        # The client has no access to how it is judged; it reads what follows for its own contracts.
        found = self.env["charter.renewal"].sudo().search(
            [("partner_id", "=", self.client.id), ("state", "!=", "closed")], order="term_end desc", limit=PAGE_ROWS
        )  # fmt: skip
        words = {
            "open": self.env._("We decide with you, at the annual review, whether this contract goes on."),
            "interview": self.env._(
                "We would like to hear from you first: your account manager calls you to arrange it."
            ),
            "remediation": self.env._(
                "You are not satisfied, so we put things right first; only then do we propose to renew."
            ),
            "passed": self.env._("You are satisfied: your contract can be renewed when its term ends."),
            "renewed": self.env._("Renewed."),
        }
        return [
            {
                "contract": renewal.contract_id.name,
                "until": format_date(self.env, renewal.term_end),
                "words": words[renewal.state],
            }
            for renewal in found
        ]

    # -- words ------------------------------------------------------------------------------------

    def _reviews(self, rows):
        kinds = dict(self.env["charter.review"]._fields["kind"]._description_selection(self.env))
        states = {
            "planned": self.env._("planned"),
            "held": self.env._("held; minutes to come"),
            "minutes": self.env._("minutes sent"),
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
                "effect": format_date(self.env, row.effect_on, date_format="d MMMM y"),
                "told": self.moment(row.sent_at),
                "acknowledged": self.moment(row.acknowledged_at),
                "late_reason": row.late_reason,
            }
            for row in rows
        ]
