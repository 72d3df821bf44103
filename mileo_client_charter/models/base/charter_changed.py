"""Find which of some values differ from a record: writing a value again as it is has no consequences."""


def changed_names(record, vals):
    """Return the names in ``vals``, as ``write`` takes them, whose value is another than ``record``'s."""
    names = set()
    for name, value in vals.items():
        field = record._fields[name]
        if field.type in ("one2many", "many2many"):
            present = set(record[name]._ids)
            same = set(field.convert_to_cache(value, record, validate=False)) == present
        else:
            same = field.convert_to_cache(value, record, validate=False) == field.convert_to_cache(
                record[name], record, validate=False
            )
        if not same:
            names.add(name)
    return names
