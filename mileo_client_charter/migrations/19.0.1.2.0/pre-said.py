"""When a client spoke is what was recorded, for what was recorded before the two were told apart.

The columns are filled before the ORM adds them: it would give old rows the default, the day of the update.
"""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_door

# (table, new column, the one it is filled from)
COLUMNS = (
    ("charter_feedback", "said_at", "answered_at"),
    ("charter_feedback", "call_recorded_at", "called_at"),
    ("charter_escalation", "said_at", "raised_at"),
    ("charter_escalation", "level2_recorded_at", "level2_at"),
)


def migrate(cr, version):
    with charter_door(cr):
        for table, column, source in COLUMNS:
            cr.execute("SELECT to_regclass(%s)", [table])
            if cr.fetchone()[0]:
                cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} timestamp")
                cr.execute(f"UPDATE {table} SET {column} = {source} WHERE {column} IS NULL")
