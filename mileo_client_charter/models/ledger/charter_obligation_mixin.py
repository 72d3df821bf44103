"""What a document inherits to owe a client something, or to meet what another document owes."""

from odoo import api, fields, models


class CharterObligationMixin(models.AbstractModel):
    """For any document that owes something to a client.

    A document says to whom it owes (``_charter_partner``), under which contract (``_charter_contract``)
    and in which company (``_charter_company``); the rest is the ledger's.
    """

    _name = "charter.obligation.mixin"
    _description = "Document with commitments"

    obligation_ids = fields.One2many(
        "charter.obligation",
        "res_id",
        string="Commitments",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        # Not every employee who reads partners or contracts may read the ledger.
        groups="mileo_client_charter.group_charter_user",
    )

    # See models/base/client_document.py.
    _charter_messages = {}
    _charter_title = None

    def _charter_origin(self):
        """Say to the client where a commitment comes from.

        Called with the client's own rights, on an id that is not read: read nothing a client may not.

        :return: (words, address of a page of the portal); None for what there is none of, the contract is named then
        """
        return None, None

    def _charter_said(self):
        """Return the client's own words, for the people who answer them; empty when it said none."""
        self.ensure_one()
        return ""

    def _charter_worked_on(self):
        """Return the document in which what this one owes is done (hook); this one, unless it is a row of another that has the steps."""
        self.ensure_one()
        return self

    @api.model
    def _charter_met_by(self, code):
        """Return (label, method of a button) of the step that meets the commitment ``code``, for *Today* (hook); None for both: none."""
        return None, None

    def _charter_result_corrected(self, promises, reason):
        """Inform who was notified of these promises of this document that a correction has changed what became of them (hook).

        :param reason: why, and who says so; a text, or one in the language of its reader
        """

    def _charter_partner(self):
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _charter_contract(self):
        self.ensure_one()
        return self.contract_id if "contract_id" in self._fields else self.env["contract.contract"]

    def _charter_company(self):
        self.ensure_one()
        return self.company_id or self.env.company

    def _charter_parties(self):
        """Return (client id, contract id or None, company id) of each record; a model that opens thousands of promises at
        once may read them by one statement."""
        return [
            (
                record._charter_partner().id,
                record._charter_contract().id or None,
                record._charter_company().id,
            )
            for record in self
        ]

    def _charter_open(self, code, at=None, occurrence="", optional=False, **values):
        """Open the promise ``code`` for each record; a second call gives the same rows.

        :param at: naive UTC moment of the trigger (or of the event, for promises that come before one); now
            by default. A callable is given each record.
        :param occurrence: which one, for promises that come back; a callable is given each record
        :param optional: records of companies whose charter has no such commitment are owed nothing, and left out
        :param values: more keys of ``charter.obligation._open``
        :return: charter.obligation in the order of ``self``
        :raise MissingCharter: the company has no charter in force with that code
        """
        obligations = self.env["charter.obligation"]
        requests = [
            {
                "code": code,
                "res_model": record._name,
                "res_id": record.id,
                "partner_id": partner_id,
                "contract_id": contract_id,
                "company_id": company_id,
                "at": (at(record) if callable(at) else at) or obligations._charter_now(),
                "occurrence": occurrence(record) if callable(occurrence) else occurrence,
                **values,
            }
            for record, (partner_id, contract_id, company_id) in zip(
                self, self._charter_parties(), strict=True
            )
        ]
        if optional:
            companies = {request["company_id"] for request in requests}
            promised = self.env["charter.document"]._commitments_in_force(companies, [code])
            requests = [request for request in requests if (request["company_id"], code) in promised]
        opened = obligations._open(requests)
        self.invalidate_recordset(["obligation_ids"])
        return opened

    def _charter_promises(self, *codes, domain=(), fetch=(), order="id", limit=None):
        """Return the rows of the ledger that these records opened, of ``codes``, read as the engine.

        :param domain: more conditions on the rows
        :param fetch: names of fields read by the same statement
        """
        own = [*self._charter_promises_domain(*codes), *domain]
        return self.env["charter.obligation"].sudo().search_fetch(own, fetch, order=order, limit=limit)

    def _charter_promises_domain(self, *codes):
        """Return the domain of the rows of the ledger that these records opened, of ``codes``."""
        return [("res_model", "=", self._name), ("res_id", "in", self.ids), ("code", "in", codes)]

    def _charter_owed(self, *codes, occurrence=None):
        """Return what these records still owe of ``codes``, read as the engine."""
        domain = [("is_owed", "=", True)]
        if occurrence is not None:
            domain.append(("occurrence", "=", occurrence))
        return self._charter_promises(*codes, domain=domain, order=None)

    def _charter_fulfil(self, code, evidence, occurrence=None, at=None):
        """Keep what is owed of ``code`` now, or as of ``at``. :return: the rows that were owed"""
        owed = self._charter_owed(code, occurrence=occurrence)
        owed._fulfil(evidence, at)
        return owed

    def _charter_cancel(self, code, reason, occurrence=None, withdrawn=False):
        """Cancel what is owed of ``code``, for ``reason``.

        :param withdrawn: it may come back: opening the same occurrence again opens it as another row
        :return: the rows that were owed
        """
        owed = self._charter_owed(code, occurrence=occurrence)
        owed._cancel(reason, withdrawn)
        return owed


class CharterKeepingMixin(models.AbstractModel):
    """For any document made to keep a promise that its contract, or another document, owes.

    A report, a meeting, a decision and a delivery owe nothing themselves: several of them may serve one promise (versions of a
    report, deliveries to each contact), which stays that of the record that opened it. This is their only link to it, and
    ``obligation_ids`` of ``charter.obligation.mixin`` that of the record that owes: ``tests/test_house.py`` refuses another.
    """

    _name = "charter.keeping.mixin"
    _description = "Document that keeps a commitment"
    _inherit = ["charter.engine.mixin"]
    # Codes of the commitments that are worked on in such a document, not in what they come from.
    _charter_keeps = ()

    obligation_id = fields.Many2one(
        "charter.obligation",
        "Commitment",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="Kept by this document.",
    )

    @api.model
    def _charter_keeping_action(self, promise):
        """Return the action that opens a new document for ``promise``, which has none; None where it is not time for one yet."""
        return

    def _charter_keep(self, evidence, at=None):
        """Keep the promise these documents serve, as of ``at`` (naive UTC) or now; what is kept already stays as it is."""
        self.sudo().obligation_id._fulfil(evidence, at)
