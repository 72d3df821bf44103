"""Fill in a field that has one possible value: the only contact, the only contract under the charter."""


def fill_only_choices(records):
    """Choose the contact and contract of a client that was chosen, where there is one of each."""
    for record in records:
        client = record.partner_id.commercial_partner_id
        if not client:
            continue
        if "contact_id" in record._fields and record.contact_id.commercial_partner_id != client:
            people = client._charter_survey_contacts() - client
            record.contact_id = people if len(people) == 1 else False
        if record.contract_id.commercial_partner_id != client:
            contracts = record.env["contract.contract"].search(
                [
                    ("commercial_partner_id", "=", client.id),
                    ("charter_tier_id", "!=", False),
                    ("company_id", "=", record.company_id.id),
                ],
                limit=2,
            )
            record.contract_id = contracts if len(contracts) == 1 else False
