"""Spreadsheets to begin an import with: their titles and their example are in the words of who takes them."""


def import_template(env, label, name):
    """Return what ``get_import_templates`` of a model offers: the sheet ``name``, in the language of ``env``.

    :param name: of static/xls, without what tells the languages apart
    """
    french = "_fr" if (env.lang or "").startswith("fr") else ""
    return [{"label": label, "template": f"/mileo_client_charter/static/xls/{name}{french}.xlsx"}]
