"""Two companies in one database, each with a charter, people, hours and a language of its own, living the same year."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import START
from .lists import rows_of
from .year import YearCase

# What the charter of the second company says otherwise: {code: (delay, unit, clock)}.
FIGURES_B = {"feedback.callback": (8, "hours", "working"), "escalation.level1": (12, "hours", "elapsed")}
REPORTING, DECIDING = datetime(2026, 11, 2, 8), datetime(2027, 1, 10, 9)


@dataclass
class Side:
    """One of the companies, with whoever works there and its client."""

    company: object
    document: object
    tier: object
    staff: dict
    client: object
    contacts: object
    portal: object
    rows: dict = field(default_factory=dict)

    @property
    def people(self):
        """Those of this side whom a mail may reach."""
        return self.contacts | self.client | self.company.partner_id | _partners(self.staff)


def _partners(staff):
    return next(iter(staff.values())).partner_id.union(*(user.partner_id for user in staff.values()))


class TwoCompaniesCase(YearCase):
    """A in Paris, in English; B in Saint-Denis of Réunion, two hours ahead in October, in French.

    Everybody's contacts are nobody's company's, as they are by default: the contract says who serves whom.
    """

    kept = True  # lived once for all classes: bin/lib/kept_fixtures.py

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A database with a life of its own has clients already: these tests have theirs.
        cls.env["charter.delivery"].search(
            [("state", "in", ("planned", "queued"))]
        )._charter_engine().unlink()
        cls.env["charter.obligation"].search([("is_owed", "=", True)])._cancel("Not these tests'.")
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.write({"name": "Mileo Paris", "email": "hello@paris.example.com", **cls._settings()})
        cls.company.partner_id.lang = "en_US"
        cls.company_b = cls.env["res.company"].create(
            {"name": "Mileo Réunion", "email": "bonjour@reunion.example.com", **cls._settings()}
        )
        cls.company_b.partner_id.lang = "fr_FR"
        cls.company_b.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Saint-Denis", "company_id": cls.company_b.id, "tz": "Indian/Reunion"}
        )
        cls.a = cls._side_a()
        cls.b = cls._side_b()
        cls.sides = (cls.a, cls.b)
        both = (cls.company | cls.company_b).ids
        cls.both = cls._staff("t_both", "group_charter_admin", company_ids=[Command.set(both)])
        cls._live()

    @classmethod
    def _settings(cls):
        return {
            "charter_delivery_review_from": 20, "charter_feedback_frequency_days": 0, "charter_stand_in_rule": "operations",
            "charter_words_months": 0, "charter_complaints_months": 0, "charter_bodies_months": 0,
        }  # fmt: skip

    @classmethod
    def _side_a(cls):
        cls.client.name = "Alpine Conserves"
        staff = {
            "manager": cls.manager, "technician": cls.technician, "operations": cls.operations,
            "direction": cls.direction, "admin": cls.admin,
        }  # fmt: skip
        return Side(
            cls.company,
            cls.document,
            cls.premium.copy({"code": "paris", "company_id": cls.company.id}),
            staff,
            cls.client,
            cls.alice | cls.adam,
            cls._login(cls.alice),
        )

    @classmethod
    def _side_b(cls):
        company = cls.company_b
        document = cls.document.copy({"company_id": company.id, "version": "v9"})
        for lang in ("en_US", "fr_FR"):
            document.with_context(lang=lang).name = "Charte de La Réunion"
        for code, (delay, unit, clock) in FIGURES_B.items():
            commitment = document.commitment_ids.filtered(lambda one, code=code: one.code == code)
            commitment.write({"delay": delay, "unit": unit, "clock": clock, "warn_before": 0})
        document.action_publish()
        tier = cls.env["charter.tier"].create(
            {
                "name": "Océan",
                "code": "ocean",
                "company_id": company.id,
                "report_period": "month",
                "report_days": 10,
            }
        )
        cls.env["charter.service.level"].create(
            {"tier_id": tier.id, "priority": "1", "response_hours": 1, "resolution_hours": 2}
        )
        staff = {
            name: cls._staff(
                f"r_{name}", f"group_charter_{group}", company_id=company.id,
                company_ids=[Command.set(company.ids)], lang="fr_FR", tz="Indian/Reunion",
            )
            for name, group in (
                ("manager", "user"), ("technician", "user"), ("operations", "operations"),
                ("direction", "direction"), ("admin", "admin"),
            )
        }  # fmt: skip
        client, one, two = cls._client("Bourbon Vanille", held=False)
        (client | one | two).lang = "fr_FR"
        with cls._moment(START - timedelta(days=400)):
            for role, name, partner in (
                ("operations_manager", "operations", None),
                ("general_management", "direction", None),
                ("account_manager", "manager", client),
                ("technical_contact", "technician", client),
            ):
                cls._assign(role, staff[name], partner, company)
        return Side(company, document, tier, staff, client, one | two, cls._login(one))

    @classmethod
    def _login(cls, contact):
        """A user of the portal, made by somebody of A, as Odoo makes them: in the company of whoever invites."""
        return new_test_user(
            cls.env, f"p_{contact.id}", groups="base.group_portal", partner_id=contact.id, name=contact.name,
            email=contact.email, lang=contact.lang,
        )  # fmt: skip

    # -- one life, twice --------------------------------------------------------------------------

    @classmethod
    def _moment(cls, moment):
        return cls.at(cls, moment=moment)

    @classmethod
    def _crons(cls, moment):
        """Everything that runs by itself, once for both companies; then the mails leave."""
        with cls._moment(moment), cls.committing(cls):
            cls.env["charter.scheduler"]._cron_schedule()
            cls.env["charter.contact.sheet"]._cron_contacts()
            cls.env["charter.delivery.run"]._cron_delivery()
            cls.env["charter.feedback"]._cron_feedback()
            cls.env["charter.report"]._cron_report()
            cls.env["charter.obligation"]._cron_clock()
            cls.env["charter.seal"]._cron_seal()
            cls.env["charter.delivery"].search([("state", "=", "queued")])._mail_left()
            cls.env.flush_all()
            cls.env.invalidate_all()

    @classmethod
    def _as(cls, side, who):
        """The environment of one of a side's people, as a session of theirs has it."""
        return cls.env(
            user=side.staff[who], context={**cls.env.context, "allowed_company_ids": side.company.ids}
        )

    @classmethod
    def _live(cls):
        with cls._moment(START):
            advisory = cls.env["charter.advisory"].create(
                {"identifier": "ACME-1", "publisher": "Acme", "name": "Anybody may log in",
                 "product_ids": [Command.create({"vendor": "Acme", "model": "C-100", "condition": "< 2.0"})]}
            )  # fmt: skip
            cls.env["charter.advisory.revision"].sudo().create({"advisory_id": advisory.id, "version": "1"})
        cls._each(START, cls._begin)
        cls._crons(START + timedelta(minutes=5))
        cls._each(START + timedelta(hours=1), cls._work)
        cls._crons(START + timedelta(hours=4))
        cls._each(START + timedelta(hours=5), cls._complain)
        for hours in (30, 80):
            cls._crons(START + timedelta(hours=hours))
        cls._each(START + timedelta(hours=81), cls._call_back)
        cls._crons(REPORTING)
        cls._each(REPORTING, cls._report)
        cls._crons(REPORTING + timedelta(hours=1))
        cls._crons(DECIDING - timedelta(days=1))
        cls._each(DECIDING, cls._decide)
        cls._crons(DECIDING + timedelta(hours=1))

    @classmethod
    def _each(cls, moment, step):
        with cls._moment(moment):
            for side in cls.sides:
                step(side)
            cls.env.flush_all()
            cls.env.invalidate_all()

    @classmethod
    def _begin(cls, side):
        env = cls._as(side, "admin")
        line = Command.create(cls.line(cls, "2026-03-01", "2027-02-28"))
        side.rows["contract"] = cls.env["contract.contract"].with_company(side.company).create(
            {"name": f"Maintenance {side.client.name}", "partner_id": side.client.id, "company_id": side.company.id,
             "line_recurrence": True, "charter_tier_id": side.tier.id, "contract_line_ids": [line]}
        )  # fmt: skip
        equipment = env["charter.equipment"].create(
            {"name": "Camera", "serial": "SN-1", "partner_id": side.client.id, "contract_id": side.rows["contract"].id,
             "supervised_from": "2026-01-01", "maker": "Acme", "model": "C-100", "firmware": "1.0",
             "milestone_ids": [Command.create({"kind": "end_of_support", "status": "announced", "date": "2028-01-01"})]}
        )  # fmt: skip
        env["charter.outage"].create(
            {
                "equipment_id": equipment.id,
                "start_at": START - timedelta(hours=3),
                "end_at": START - timedelta(hours=2),
            }
        )
        equipment.sudo().concern_ids.told_at = START
        side.rows["equipment"] = equipment
        cls.env["charter.setup.check"]._refresh(side.company)
        env["charter.authorisation"].create(
            {"kind_id": cls.env.ref("mileo_client_charter.authorisation_video").id, "partner_id": side.client.id,
             "company_id": side.company.id, "number": "2024-0815", "valid_until": "2029-01-01"}
        )  # fmt: skip
        program = cls.env["res.users"].create(
            {"name": "Monitoring", "login": f"monitoring-{side.company.id}", "company_id": side.company.id,
             "company_ids": [Command.set(side.company.ids)],
             "group_ids": [Command.set(cls.env.ref("mileo_client_charter.group_charter_monitoring").ids)]}
        )  # fmt: skip
        outage = (
            cls.env["charter.outage"].with_user(program).with_context(allowed_company_ids=side.company.ids)
        )
        outage._ingest(
            {"event_id": "1", "serial": "SN-404", "status": "down", "start": "2026-10-05T06:00:00Z"}
        )

    @classmethod
    def _work(cls, side):
        env = cls._as(side, "manager")
        intervention = env["charter.intervention"].create(
            {"name": "Camera 4", "partner_id": side.client.id, "contract_id": side.rows["contract"].id,
             "contact_ids": side.contacts[0].ids}
        )  # fmt: skip
        intervention.action_pause("Waiting for a key")
        intervention.action_resume()
        intervention.action_close()
        side.rows["intervention"] = intervention
        before = cls.env["contract.contract"].create(
            {"name": "Before", "partner_id": side.contacts[1].id, "company_id": side.company.id}
        )
        campaign = cls._as(side, "operations")["charter.onboarding"].create(
            {"name": "All", "rule_ids": [Command.create({"tier_id": side.tier.id})]}
        )
        env["charter.onboarding.line"].sudo().create(
            {"onboarding_id": campaign.id, "contract_id": before.id, "tier_id": side.tier.id}
        )
        before.active = False
        above = cls.env["res.partner"].create({"name": f"Holding {side.company.id}", "is_company": True})
        reader = cls.env["res.partner"].create(
            {
                "name": f"Head {side.company.id}",
                "parent_id": above.id,
                "email": f"head{side.company.id}@holding.example.com",
            }
        )
        side.client.parent_id = above
        side.rows["access"] = cls._as(side, "operations")["charter.group.access"]._entitle(
            side.client, reader
        )
        rows_of(env, side.client, side.contacts[0])

    @classmethod
    def _complain(cls, side):
        feedback = side.rows["intervention"].feedback_ids
        feedback.sudo()._answer(rating=2, nps=3, comment="Nobody came.")
        side.rows["feedback"] = feedback
        contact = cls.env(user=side.portal)["res.partner"].browse(side.contacts[0].id)
        side.rows["escalation"] = cls.env(user=side.portal)["charter.escalation"]._from_portal(
            contact, "No answer", f"{side.client.name} waits."
        )
        cls._as(side, "manager")["charter.absence"].create(
            {"user_id": side.staff["manager"].id, "date_from": "2026-10-20", "date_to": "2026-10-23"}
        )

    @classmethod
    def _call_back(cls, side):
        feedback = side.rows["feedback"].with_env(cls._as(side, "manager"))
        feedback._record_callback(
            fields.Datetime.now(), "A cable is cut", "made",
            [{"name": "Lay it", "user_id": side.staff["technician"].id, "date_deadline": "2026-10-20"}], "",
        )  # fmt: skip
        escalation = side.rows["escalation"].with_env(cls._as(side, "manager"))
        escalation.action_level2()
        cls._as(side, "direction")["charter.escalation"].browse(escalation.id)._record_answer(
            "Answer", "<p>We are sorry.</p>"
        )
        cls.env["charter.word"].sudo()._hear(side.rows["escalation"].sudo())
        cls._as(side, "operations")["charter.escalation"].browse(escalation.id)._charter_correct(
            {"name": "No answer since Monday"}, "Heard again"
        )
        notice = cls._as(side, "manager")["charter.notice"].create(
            {"name": "News", "effect_on": "2027-06-01", "kind": "regulation", "regulation": "gdpr",
             "body": "<p>It changes.</p>", "advice": "Read it.", "tier_ids": side.tier.ids}
        )  # fmt: skip
        notice.action_match()
        notice.action_send()
        side.rows["notice"] = notice
        cls.env["charter.redaction"]._charter_engine().create(
            {"res_model": "charter.feedback", "res_id": feedback.id, "field_name": "comment", "before": "0" * 64,
             "after": "f" * 64}
        )  # fmt: skip

    @classmethod
    def _report(cls, side):
        env = cls._as(side, "technician")
        report = env["charter.report"].search([("contract_id", "=", side.rows["contract"].id)])
        env["charter.recommendation"].create(
            {"name": "Replace the recorder", "advice": "It is old.", "benefit": "Pictures are kept.",
             "report_id": report.id, "contract_id": report.contract_id.id}
        )  # fmt: skip
        report.action_written()
        report.with_env(cls._as(side, "manager")).action_review()
        report.with_env(cls._as(side, "manager")).action_send()
        side.rows["report"] = report

    @classmethod
    def _decide(cls, side):
        env = cls._as(side, "operations")
        renewal = env["charter.renewal"].search([("contract_id", "=", side.rows["contract"].id)])
        renewal.action_decide()
        remediation = env["charter.remediation"].search([("renewal_id", "=", renewal.id)])
        remediation.action_ids = [
            Command.create({"name": "Visit", "user_id": env.uid, "date_deadline": "2027-01-20"})
        ]
        review = env["charter.review"].search([("contract_id", "=", side.rows["contract"].id)], limit=1)
        review.answer_ids = [Command.create({"contact_id": side.contacts[0].id, "rating": "4"})]
        review.action_ids = [
            Command.create({"name": "Call", "user_id": env.uid, "date_deadline": "2027-01-20"})
        ]
        review._charter_engine().state = "planned"
        cls.env["charter.delivery"].search(
            [("partner_id", "=", side.client.id), ("kind", "=", "notice")], limit=1
        )._fail("No such address")
        side.rows.update(renewal=renewal, remediation=remediation, review=review)

    def other(self, side):
        return self.b if side is self.a else self.a
