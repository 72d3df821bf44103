"""Rules of uniqueness that rows set aside by a merge of contacts do not break: they become partial indexes of another name.

The exclusion constraint of assignments looks at active rows alone; the columns it and the indexes read must be there, filled,
before they are made. The first version had not all of these tables.
"""


def migrate(cr, version):
    for table in ("charter_assignment", "charter_handover", "charter_notice_line"):
        cr.execute("SELECT to_regclass(%s)", [table])
        if cr.fetchone()[0]:
            cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS active boolean")
            cr.execute(f"UPDATE {table} SET active = true WHERE active IS NULL")
    cr.execute(
        """
        ALTER TABLE IF EXISTS charter_notice_line DROP CONSTRAINT IF EXISTS charter_notice_line_once_a_client;
        ALTER TABLE IF EXISTS charter_review_answer DROP CONSTRAINT IF EXISTS charter_review_answer_once_a_contact
        """
    )
