"""The annual review comes back every year of a contract, whatever its term: reviews of the years before this version was
installed were never promised by it, and are not opened as late."""


def migrate(cr, version):
    cr.execute(
        "UPDATE contract_contract SET charter_known_on = CURRENT_DATE "
        "WHERE charter_since IS NOT NULL AND charter_known_on IS NULL"
    )
