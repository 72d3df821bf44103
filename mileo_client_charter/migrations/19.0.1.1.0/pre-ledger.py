"""The ledger without the ORM's log columns, which repeated its own facts, and with one foreign key for a commitment and
its company."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE charter_obligation
              DROP COLUMN IF EXISTS create_uid,
              DROP COLUMN IF EXISTS create_date,
              DROP COLUMN IF EXISTS write_uid,
              DROP COLUMN IF EXISTS write_date,
              DROP CONSTRAINT IF EXISTS charter_obligation_commitment_id_fkey,
              DROP CONSTRAINT IF EXISTS charter_obligation_company_id_fkey
        """
    )
