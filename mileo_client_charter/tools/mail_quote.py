"""What somebody wrote in a mail, without what it answers. Plain Python."""

from lxml import etree, html

# Odoo marks what it finds quoted; what it does not find is mostly in one of these.
QUOTED = "//*[@data-o-mail-quote or @data-o-mail-quote-node or self::blockquote or self::style]"


def own_words(body: str | None) -> str:
    """Return the writer's own words of a mail's ``body`` (HTML), a line each, without the mail it quotes.

    >>> own_words('<p>Rappelez-moi</p><blockquote>We call you back</blockquote>')
    'Rappelez-moi'
    >>> own_words('<div>Merci</div><div data-o-mail-quote="1">call us</div>')
    'Merci'
    >>> own_words("plain words"), own_words(""), own_words(None)
    ('plain words', '', '')
    """
    if not (body or "").strip():
        return ""
    try:
        tree = html.fragment_fromstring(body, create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    for node in tree.xpath(QUOTED):
        if node.getparent() is not None:
            node.drop_tree()
    return "\n".join(text.strip() for text in tree.itertext() if text.strip())
