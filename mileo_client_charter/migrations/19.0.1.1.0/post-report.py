"""The promise of an activity report is kept by its mail having left, not by a line somebody writes."""


def migrate(cr, version):
    cr.execute("UPDATE charter_commitment SET by_evidence = false WHERE code = 'report.delivery'")
