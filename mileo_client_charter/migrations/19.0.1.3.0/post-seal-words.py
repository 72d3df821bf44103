"""The list of seals names its columns and steps otherwise: an update leaves the French of a label that is there."""

FIELDS = {"kind": "Étape", "label": "Référence", "seal": "Empreinte du maillon"}
STEPS = {"first": "Premier scellé", "change": "Scellé à nouveau\u00a0: étape ultérieure"}


def migrate(cr, version):
    if not version:
        return
    for name, french in FIELDS.items():
        cr.execute(
            "UPDATE ir_model_fields SET field_description = field_description || jsonb_build_object('fr_FR', %s::text) "
            "WHERE model = 'charter.seal' AND name = %s AND field_description ? 'fr_FR'",
            [french, name],
        )
    for value, french in STEPS.items():
        cr.execute(
            """
            UPDATE ir_model_fields_selection AS choice SET name = choice.name || jsonb_build_object('fr_FR', %s::text)
              FROM ir_model_fields AS field
             WHERE field.id = choice.field_id AND field.model = 'charter.seal' AND field.name = 'kind'
               AND choice.value = %s AND choice.name ? 'fr_FR'
            """,
            [french, value],
        )
