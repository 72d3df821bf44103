"""The triggers that refuse changes of a protected table unless the transaction has opened ``charter_door`` of ``charter_engine``."""

from .charter_triggers import DIGEST, Trigger

# What a table's trigger (charter_triggers) calls when the door is closed: everything has been decided in its WHEN, so that what is allowed
# costs no call. Its arguments: the digest of its definition, then the protected columns (none: all).
REFUSE = """
CREATE OR REPLACE FUNCTION charter_door() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    touched text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT string_agg(before.key, ', ' ORDER BY before.key) INTO touched
          FROM jsonb_each(to_jsonb(OLD)) AS before JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
         WHERE before.value IS DISTINCT FROM after.value AND (TG_NARGS = 1 OR before.key = ANY(TG_ARGV));
        touched := 'its ' || COALESCE(touched, 'rows') || ' can';
    ELSE
        touched := CASE TG_OP WHEN 'TRUNCATE' THEN 'its rows can' ELSE 'a row can' END;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        TABLE = TG_TABLE_NAME,
        CONSTRAINT = 'charter_door',
        MESSAGE = format('%s is part of the client charter''s proof: %s only %s through the charter''s own steps.',
                         TG_TABLE_NAME, touched, CASE TG_OP WHEN 'UPDATE' THEN 'change' WHEN 'INSERT' THEN 'be added' ELSE 'be deleted' END),
        HINT = 'Use the buttons of the form. Code of an addon writes as the engine (_charter_engine()); SQL goes through '
               'charter_door() of mileo_client_charter.models.base.charter_engine.';
END
$function$
"""


# A trigger reads other tables by a function only: whether the document a link belongs to is on record. Of one that is gone, nothing is.
ON_RECORD = """
CREATE OR REPLACE FUNCTION charter_on_record(document text, number integer, condition text) RETURNS boolean LANGUAGE plpgsql STABLE AS $function$
DECLARE
    found boolean;
BEGIN
    EXECUTE format('SELECT %s FROM %I AS document WHERE document.id = $1', condition, document) INTO found USING number;
    RETURN COALESCE(found, FALSE);
END
$function$
"""

# The actions of foreign keys (depth 1) are the schema's own.
SHUT = "pg_trigger_depth() = 0 AND current_setting('charter.door', true) IS DISTINCT FROM 'open'"


def _closed_door(columns, rows, recorded):
    """Return (condition of the trigger on UPDATE, on DELETE)."""
    shut = f"{rows} AND {SHUT}" if rows else SHUT
    changed = [f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in columns]
    changed += [
        f'OLD."{name}" IS DISTINCT FROM NEW."{name}" AND ({condition})'
        for name, condition in sorted(recorded.items())
    ]
    return f"{shut} AND ({' OR '.join(changed) or 'OLD.* IS DISTINCT FROM NEW.*'})", shut


def door_triggers(columns, rows="", recorded=None):
    """Return the three triggers of a table the engine protects: nobody changes, deletes or empties it past the door.

    :param columns: sorted; empty, with nothing ``recorded``: every column
    :param rows: condition on OLD; empty: every row
    :param recorded: {column: condition on OLD, from when on it does not change any more}
    """
    recorded = recorded or {}
    update, delete = _closed_door(columns, rows, recorded)
    return [
        Trigger(
            "charter_door_update",
            "BEFORE UPDATE",
            update,
            "charter_door",
            (DIGEST, *sorted({*columns, *recorded})),
        ),
        Trigger("charter_door_delete", "BEFORE DELETE", delete, "charter_door", (DIGEST,)),
        Trigger("charter_door_truncate", "BEFORE TRUNCATE", SHUT, "charter_door", (DIGEST,)),
    ]


def link_triggers(near, document="", recorded=""):
    """Return the four triggers of a table of links (many2many): none is added, changed or taken away past the door.

    :param near: column that names the document the links belong to
    :param document: its table, with ``recorded``
    :param recorded: condition on ``{row}``, from when on the links do not change any more; empty: at any time
    """

    def shut(rows):
        if not recorded:
            return SHUT
        condition = recorded.format(row="document").replace("'", "''")
        checks = (f"""charter_on_record('{document}', {row}."{near}", '{condition}')""" for row in rows)
        return f"{SHUT} AND ({' OR '.join(checks)})"

    changed = "OLD.* IS DISTINCT FROM NEW.*"
    return [
        Trigger("charter_door_insert", "BEFORE INSERT", shut(("NEW",)), "charter_door", (DIGEST,)),
        Trigger(
            "charter_door_update",
            "BEFORE UPDATE",
            f"{changed} AND {shut(('OLD', 'NEW'))}",
            "charter_door",
            (DIGEST,),
        ),
        Trigger("charter_door_delete", "BEFORE DELETE", shut(("OLD",)), "charter_door", (DIGEST,)),
        Trigger("charter_door_truncate", "BEFORE TRUNCATE", SHUT, "charter_door", (DIGEST,)),
    ]
