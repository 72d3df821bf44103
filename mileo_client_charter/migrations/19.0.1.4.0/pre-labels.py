"""Labels whose English has changed since get the French of the new one.

An update writes the English of models, fields and choices, and leaves every translation as it is: a state that is called “Clients informed”
now was still read under its former name. What a company has translated in its own words stays wherever the English is the same.
"""

import re

import polib
from odoo.tools.misc import file_path

LABEL = re.compile(
    r"model:(ir\.model|ir\.model\.fields|ir\.model\.fields\.selection),(name|field_description|help):mileo_client_charter\.(\w+)$"
)


def migrate(cr, version):
    if not version:
        return
    labels = {}
    for entry in polib.pofile(file_path("mileo_client_charter/i18n/fr.po")):
        for place, _line in entry.occurrences:
            found = LABEL.match(place)
            if found and entry.msgstr:
                model, column, name = found.groups()
                labels.setdefault((model, column), []).append((name, entry.msgid, entry.msgstr))
    for (model, column), rows in labels.items():
        names, english, french = map(list, zip(*rows, strict=True))
        # The tables and columns are those of the expression above.
        cr.execute(
            f"""
            UPDATE {model.replace(".", "_")} AS label
               SET {column} = label.{column} || jsonb_build_object('fr_FR', said.french)
              FROM unnest(%(names)s, %(english)s, %(french)s) AS said (name, english, french)
              JOIN ir_model_data data ON data.module = 'mileo_client_charter' AND data.name = said.name
             WHERE data.model = %(model)s AND data.res_id = label.id
               AND label.{column} ? 'fr_FR' AND label.{column} ->> 'en_US' IS DISTINCT FROM said.english
            """,  # noqa: S608
            {"model": model, "names": names, "english": english, "french": french},
        )
