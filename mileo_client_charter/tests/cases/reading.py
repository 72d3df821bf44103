"""Whoever could try to read what is not theirs, and a document of each kind in each of its states."""

import base64
from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import Command
from odoo.tests import new_test_user

from .access import AccessCase
from .common import START


class ReadingCase(AccessCase):
    """The people of ``AccessCase`` and more of them; ``documents[model][label]``, a label being client and state.

    Client a has a document of each state; b and c (of the second company) one that a client may read.
    """

    @classmethod
    def _people_and_rows(cls):
        result = super()._people_and_rows()
        abroad = {"company_id": cls.company2.id, "company_ids": [Command.set(cls.company2.ids)]}
        cls.users.update(
            monitoring=new_test_user(
                cls.env, "t_monitoring", groups="mileo_client_charter.group_charter_monitoring"
            ),
            other_employee=new_test_user(cls.env, "t_other_employee", groups="base.group_user", **abroad),
            other_user=cls._staff("t_other_user", "group_charter_user", **abroad),
        )
        cls.documents = {}
        for make in (
            cls._make_reports, cls._make_charters, cls._make_reviews, cls._make_clients, cls._make_authorisations,
        ):  # fmt: skip
            model, documents = make()
            cls.documents[model] = documents
        return result

    @classmethod
    def states(cls, model):
        field = cls.env[model]._fields.get("state")
        return [key for key, _label in field.selection] if field else []

    @classmethod
    def _contract_of(cls, label):
        return cls.rows["contract.contract", label].with_env(cls.env)

    # -- one of each state ------------------------------------------------------------------------

    @classmethod
    def _make_reports(cls):
        def report(label, number, state):
            contract = cls._contract_of(label)
            first = date(2026, 3, 1) + relativedelta(months=number)
            return cls.env["charter.report"]._charter_engine().create(
                {
                    "contract_id": contract.id, "partner_id": contract.commercial_partner_id.id,
                    "company_id": contract.company_id.id, "period": f"{first:%Y-%m}", "state": state,
                    "first_day": first, "last_day": first + relativedelta(months=1, days=-1),
                }
            )  # fmt: skip

        made = {
            f"a {state}": report("a", number, state)
            for number, state in enumerate(cls.states("charter.report"))
        }
        made |= {f"{label} sent": report(label, 0, "sent") for label in "bc"}
        for one in made.values():
            one._compute_tables()
        return "charter.report", {label: one.with_env(cls.env) for label, one in made.items()}

    @classmethod
    def _make_charters(cls):
        old = cls.document.copy({"version": "v0"})
        old._charter_engine().state = "superseded"
        made = {"draft": cls.draft, "in_force": cls.document, "superseded": old}
        for state, document in made.items():
            document._charter_engine().write(
                {
                    "official_pdf": base64.b64encode(f"charter {state}".encode()),
                    "official_pdf_name": "charter.pdf",
                }
            )
        return "charter.document", {
            **{f"1 {state}": document for state, document in made.items()},
            "2 in_force": cls.shared["charter.document", "2"],
        }

    @classmethod
    def _make_reviews(cls):
        made = {f"a {state}": ("a", state) for state in cls.states("charter.review")}
        made |= {f"{label} held": (label, "held") for label in "bc"}
        documents = {}
        for name, (label, state) in made.items():
            contract = cls._contract_of(label)
            review = (
                cls.env["charter.review"]
                .with_company(contract.company_id)
                .create({"contract_id": contract.id, "kind": "annual", "start_at": START})
            )
            review._charter_engine().state = state
            review._prepare()
            review._charter_engine().dossier_file = base64.b64encode(f"dossier {name}".encode())
            documents[name] = review.with_env(cls.env)
        return "charter.review", documents

    @classmethod
    def _make_clients(cls):
        return "res.partner", {
            label: cls._contract_of(label).commercial_partner_id for label in ("a", "b", "s", "c")
        }

    @classmethod
    def _make_authorisations(cls):
        kind = cls.env.ref("mileo_client_charter.authorisation_video")
        ends = {"valid": 9 * 365, "to_renew": 700, "expired": -400, "open_ended": None}
        wanted = [("a", state) for state in cls.states("charter.authorisation")] + [
            ("b", "valid"),
            ("c", "valid"),
        ]
        made = {}
        for label, state in wanted:
            contract, days = cls._contract_of(label), ends[state]
            made[f"{label} {state}"] = cls.env["charter.authorisation"].create(
                {
                    "kind_id": kind.id, "partner_id": contract.commercial_partner_id.id, "company_id": contract.company_id.id,
                    "valid_until": days is not None and START.date() + relativedelta(days=days),
                    "lead_months": 36 if state == "to_renew" else 4,
                    "document": base64.b64encode(f"order {label} {state}".encode()), "document_name": "order.pdf",
                }
            )  # fmt: skip
        return "charter.authorisation", made

    # -- whoever asks -----------------------------------------------------------------------------

    def enter_as(self, role):
        """Open a session of ``role``; nobody's for the public."""
        if getattr(self, "entered", None) == role:
            return
        self.entered = role
        login = self.users[role].login
        self.authenticate(*((None, None) if role == "public" else (login, login + "x" * (8 - len(login)))))
