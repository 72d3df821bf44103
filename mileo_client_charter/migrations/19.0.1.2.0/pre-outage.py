"""Event ids are those of the program that sends them, and may be used again: the index that had them once a company goes.

Outages told so far are their makers': whose key an event came with created its row. Alerts of Alertmanager were recorded once
for each time they fired; they go on as runs of one alert.
"""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_door

ALERT = "^(.+):([0-9a-f]{16}):([0-9]{8}T[0-9]{6})$"


def migrate(cr, version):
    cr.execute("SELECT to_regclass('charter_outage')")
    if cr.fetchone()[0]:
        with charter_door(cr):
            _migrate(cr)


def _migrate(cr):
    cr.execute(
        """
        DROP INDEX IF EXISTS charter_outage_unique_event;
        ALTER TABLE charter_outage ADD COLUMN IF NOT EXISTS sender_id integer, ADD COLUMN IF NOT EXISTS event_run integer,
            ADD COLUMN IF NOT EXISTS alerts jsonb;
        UPDATE charter_outage SET sender_id = COALESCE(create_uid, 1), event_run = 0
         WHERE event_id IS NOT NULL AND sender_id IS NULL;
        """
    )
    cr.execute(
        """
        UPDATE charter_outage outage
           SET event_id = told.system || ':' || told.alert, event_run = told.run, series = NULL,
               alerts = jsonb_build_object(told.alert, jsonb_build_array(
                   to_char(outage.start_at, 'YYYY-MM-DD"T"HH24:MI:SS'), to_char(outage.end_at, 'YYYY-MM-DD"T"HH24:MI:SS')))
          FROM (SELECT id, (regexp_match(event_id, %(alert)s))[1] AS system, (regexp_match(event_id, %(alert)s))[2] AS alert,
                       row_number() OVER (PARTITION BY company_id, sender_id, (regexp_match(event_id, %(alert)s))[1:2]
                                          ORDER BY start_at, id) - 1 AS run
                  FROM charter_outage WHERE event_id ~ %(alert)s) told
         WHERE told.id = outage.id
        """,
        {"alert": ALERT},
    )
