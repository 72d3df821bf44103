"""What a report says, computed once: the table every rendering is made from."""

import json

from odoo import fields, models

from ..base.charter_batches import run_isolated

# Of a person who answers, what the client may keep on paper.
CARD = ("name", "function", "phone", "email")


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _compute_tables(self):
        """Compute the tables of these reports again, as of now.

        All at once; when one of them cannot be computed, one by one: that one keeps what went wrong on its row, and
        holds up no other.
        """
        if self:
            run_isolated(
                self,
                lambda reports: reports._write_tables(),
                lambda report, why: report._charter_engine().write({"error": why}),
            )

    def _write_tables(self):
        now = self._charter_now()
        engine = self._charter_engine()
        figures = self.env["charter.figures"].sudo()
        cards, advised = self._contact_cards(), self._open_recommendations()
        # Two versions of one contract are two spans: they are computed in turns.
        for turn in self._turns():
            spans = {
                report.contract_id.sudo(): (report.first_day, report.last_day, report.partner_id.id)
                for report in turn
            }
            numbers, details = figures._figures_of(spans), figures._details_of(spans)
            for report in engine & turn:
                contract_id = report.contract_id.id
                own = advised.get((contract_id, report.partner_id.id), ())
                table = {
                    **report._frozen_table(now),
                    "contacts": cards[report.company_id.id, report.partner_id.id],
                    "recommendations": [one._row() for one in report._with_corrected(own)],
                    "figures": numbers[contract_id],
                    "details": details[contract_id],
                }
                report.write(
                    {
                        "table": json.loads(json.dumps(table, default=str)),
                        "computed_at": now,
                        "error": False,
                        "late_count": len(table["figures"]["promises"]["late_list"]),
                        "done_count": table["figures"]["interventions"]["done"],
                    }
                )

    def _turns(self):
        """These reports in as few groups as possible, each with a contract once."""
        turns = []
        for report in self:
            for turn in turns:
                if report.contract_id not in turn.contract_id:
                    break
            else:
                turn = self.browse()
                turns.append(turn)
            turns[turns.index(turn)] = turn | report
        return turns

    def _frozen_table(self, now):
        """What the table of one report says of itself, JSON-able: no language in it but the words people wrote, and
        names."""
        self.ensure_one()
        return {
            "reference": self.reference,
            "version": self.version,
            "correction": self.correction_reason or "",
            "unreviewed": self.unreviewed,
            "client": self.partner_id.name,
            "company": self.company_id.name,
            "contract": self.contract_id.name,
            "tier": self._tier_name(),
            "period": self.period,
            "first_day": str(self.first_day),
            "last_day": str(self.last_day),
            "as_of": str(now),
            "introduction": self.introduction or "",
            "no_recommendation": self.no_recommendation_reason or "",
        }

    def _tier_name(self):
        """{language: name}: tiers are translated, and the table is read in the language of each contact."""
        tier = self.contract_id.charter_tier_id
        return {
            code: tier.with_context(lang=code).name or ""
            for code, _name in self.env["res.lang"].get_installed()
        }

    def _contact_cards(self):
        """{(company id, client id): who answers the client, as a report freezes it}"""
        found = {}
        for company, reports in self.grouped("company_id").items():
            for client_id, contacts in reports.partner_id._charter_contacts_many(company).items():
                found[company.id, client_id] = [
                    {
                        "role": contact["role"],
                        "usual": contact["usual"],
                        **{name: (contact["card"] or {}).get(name) or "" for name in CARD},
                    }
                    for contact in contacts
                ]
        return found


class CharterReportCorrected(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _with_corrected(self, own):
        """``own``, and what the version that this one corrects recommended, whatever became of it since."""
        self.ensure_one()
        own = self.env["charter.recommendation"].sudo().browse([one.id for one in own])
        shown = (self.sudo().previous_id.table or {}).get("recommendations") or []
        before = own.browse([row["id"] for row in shown]).exists()
        return before | own if before else own


class CharterRecommendation(models.Model):
    _inherit = "charter.recommendation"  # pylint: disable=consider-merging-classes-inherited

    def _row(self):
        """As a report freezes it."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "advice": self.advice,
            "benefit": self.benefit,
            "urgency": self.urgency,
            "state": self.state,
            "equipment": ", ".join(self.equipment_ids.mapped("name")),
            "proposed_at": fields.Datetime.to_string(self.proposed_at) or "",
            "comment": self.comment or "",
        }
