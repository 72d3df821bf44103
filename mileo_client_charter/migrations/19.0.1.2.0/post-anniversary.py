"""The annual review comes back every year of a contract, whatever its term: reviews of the years before this version was
installed were never promised by it, and are not opened as late."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE contract_contract contract SET charter_known_on = (now() AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
          FROM res_company company LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
         WHERE company.id = contract.company_id AND charter_since IS NOT NULL AND charter_known_on IS NULL
        """
    )
