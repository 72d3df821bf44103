"""Many values as one parameter of a statement."""


def pg_array(values):
    """Return ``values`` as the text of a PostgreSQL array, to be cast: ``%s::int[]``.

    Quoting a thousand values one by one takes longer than what the statement does with them.

    :param values: numbers, naive datetimes or None

    >>> pg_array([1, None, 3])
    '{1,NULL,3}'
    """
    # No number and no date has a word in it.
    return f"{{{','.join(map(str, values))}}}".replace("None", "NULL")


def pg_text_array(values):
    r"""Return ``values`` as ``pg_array`` does, for any text.

    >>> pg_text_array(['a "b", c', "NULL", "", None, "\\"])
    '{"a \\"b\\", c","NULL","",NULL,"\\\\"}'
    """
    return f"{{{','.join(['NULL' if value is None else _quoted(value) for value in values])}}}"


def _quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
