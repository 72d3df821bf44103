"""Meetings, notices and renewals now keep these promises by their own steps; nobody records them by hand any more."""

CODES = ("notice.advance", "interview.biannual", "review.annual", "renewal.decision", "remediation.start")


def migrate(cr, version):
    if not version:
        return
    # Charters in force are frozen for their readers; this is no term of the promise, only who closes it.
    cr.execute("UPDATE charter_commitment SET by_evidence = false WHERE code = ANY(%s)", [list(CODES)])
