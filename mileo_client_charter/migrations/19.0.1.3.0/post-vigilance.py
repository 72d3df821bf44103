"""A company that had chosen its days for a vulnerability has them for a critical one too."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        "UPDATE res_company SET charter_vulnerability_critical_days = charter_vulnerability_days, "
        "charter_vulnerability_other_days = GREATEST(charter_vulnerability_days, 14)"
    )
