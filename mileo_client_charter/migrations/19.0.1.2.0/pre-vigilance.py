"""The brand of an equipment is its manufacturer, as advisories and the catalogue of models call it."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'charter_equipment' "
        "AND column_name IN ('brand', 'maker')"
    )
    if cr.fetchall() == [("brand",)]:
        cr.execute("ALTER TABLE charter_equipment RENAME COLUMN brand TO maker")
