"""Devices to update and authorisations that end, in reports and review files."""

from odoo import api, models

AUTHORISATION_MONTHS = 12


class CharterFigures(models.AbstractModel):
    _inherit = "charter.figures"

    @api.model
    def _detail_parts(self, scope):
        return {**super()._detail_parts(scope), "vigilance": self._vigilance_rows(scope)}

    @api.model
    def _vigilance_rows(self, scope):
        """Return devices whose client was informed to update them and that were not by the end of the period, one row an advisory; and
        authorisations that end within a year of it, or have ended. What a device is to be updated for twice is there once.

        One statement, and the titles of what has none: rows of ``what`` ``device`` (``name`` of the advisory, ``number`` of devices, informed ``since``) and
        ``authorisation`` (``name`` of its kind by language, ``number``, ``until``).
        """
        for model in (
            "charter.advisory.concern",
            "charter.notice",
            "charter.advisory",
            "charter.authorisation",
            "charter.authorisation.kind",
        ):
            self.env[model].flush_model()
        rows = self._dicts(
            """
            SELECT found.* FROM (
                SELECT scope.contract_id, 'device' AS what, advisory.id AS advisory, (
                           SELECT notice.name FROM charter_notice notice
                            WHERE notice.advisory_id = advisory.id AND notice.company_id = scope.company_id AND notice.state != 'draft'
                            ORDER BY notice.id DESC LIMIT 1) AS name, advisory.severity,
                       COUNT(*)::text AS number, MIN(concern.told_at)::text AS since, NULL::text AS until, NULL::text AS place
                  FROM charter_advisory_concern concern
                  JOIN charter_advisory advisory ON advisory.id = concern.advisory_id
                  JOIN charter_equipment equipment ON equipment.id = concern.equipment_id AND equipment.active
                  JOIN %(scope)s scope ON scope.contract_id = equipment.contract_id AND scope.partner_id = concern.partner_id
                 WHERE concern.same_as_id IS NULL AND concern.told_at < scope.end_at
                   AND (concern.state = 'open' AND concern.answer = 'affected' OR concern.updated_on > scope.last_day)
                 GROUP BY scope.contract_id, scope.company_id, advisory.id
                 UNION ALL
                SELECT scope.contract_id, 'authorisation', NULL, kind.name, NULL, authorisation.number, NULL,
                       authorisation.valid_until::text, site.name
                  FROM charter_authorisation authorisation
                  JOIN charter_authorisation_kind kind ON kind.id = authorisation.kind_id
                  LEFT JOIN res_partner site ON site.id = authorisation.site_id
                  JOIN %(scope)s scope ON scope.partner_id = authorisation.partner_id AND scope.company_id = authorisation.company_id
                 WHERE authorisation.active AND authorisation.valid_until <= scope.last_day + %(reach)s::interval
            ) found
             ORDER BY found.what DESC, found.since, found.until, found.number
            """,
            scope=scope["table"],
            reach=f"{AUTHORISATION_MONTHS} months",
        )
        self._name_unnamed([row for of_contract in rows.values() for row in of_contract])
        return rows

    @api.model
    def _name_unnamed(self, rows):
        """Give what was notified in the notice of a week, which has no name of its own for each advisory, its title in every language."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        listed = [(row, row.pop("advisory")) for row in rows]
        advisories = (
            self.env["charter.advisory"]
            .sudo()
            .browse({one for row, one in listed if one and not row["name"]})
        )
        titles = {
            one.id: {code: one.with_context(lang=code)._title() for code in languages} for one in advisories
        }
        for row, advisory in listed:
            row["name"] = row["name"] or titles[advisory]


class CharterReport(models.Model):
    _inherit = "charter.report"

    def _sections(self, table):
        sections = super()._sections(table)
        # Reports frozen before this was listed have none.
        rows = table["details"].get("vigilance") or []
        if rows:
            # Before what comes next: what is still to be done of what was announced.
            sections.insert(len(sections) - 1, self._vigilance_section(rows))
        return sections

    def _vigilance_section(self, rows):
        devices = [row for row in rows if row["what"] == "device"]
        others = [row for row in rows if row["what"] == "authorisation"]
        lines = []
        if devices:
            number = sum(int(row["number"]) for row in devices)
            since = min(row["since"] for row in devices)
            lines.append((self.env._("Devices to update"), self._number(number)))
            lines.append((self.env._("Since"), self._day(self._local(since).date())))
        update = {
            "title": self.env._("Devices to update"),
            "sheet": self.env._("To update"),
            "head": [
                self.env._("Vulnerability"),
                self.env._("Severity"),
                self.env._("Pieces of equipment"),
                self.env._("You were informed on"),
            ],
            "rows": [
                [
                    self._in_language(row["name"]),
                    self._label("charter.advisory", "severity", row["severity"]) if row["severity"] else "—",
                    self._number(int(row["number"])),
                    self._moment(row["since"]),
                ]
                for row in devices
            ],
        }
        ending = {
            "title": self.env._("Authorisations and certificates"),
            "sheet": self.env._("Authorisations"),
            "head": [
                self.env._("Authorisation"),
                self.env._("Number"),
                self.env._("Site"),
                self.env._("Valid until"),
                self.env._("State"),
            ],
            "rows": [
                [
                    self._in_language(row["name"]),
                    row["number"] or "—",
                    row["place"] or "—",
                    self._day(row["until"]),
                    self.env._("No longer valid")
                    if row["until"] <= str(self.last_day)
                    else self.env._("To renew"),
                ]
                for row in others
            ],
        }
        return self._section("vigilance", self.env._("Vigilance"), lines, [update, ending])
