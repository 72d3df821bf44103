"""The two kinds of columns that name a contact, and what a merge writes into them."""

from typing import NamedTuple

from odoo.tools import SQL


class Link(NamedTuple):
    """A foreign key to contacts."""

    column: str

    def of(self, ids):
        return SQL("%(column)s = ANY(%(ids)s)", column=SQL.identifier(self.column), ids=list(ids))

    def value(self, merge):
        return SQL(
            "CASE WHEN %(of)s THEN %(target)s ELSE %(column)s END",
            of=self.of(merge.sources),
            target=merge.target,
            column=SQL.identifier(self.column),
        )


class Reference(NamedTuple):
    """A model's name and the id of one of its records."""

    kind: str
    column: str

    def of(self, ids):
        return SQL(
            "%(kind)s = 'res.partner' AND %(column)s = ANY(%(ids)s)",
            kind=SQL.identifier(self.kind),
            column=SQL.identifier(self.column),
            ids=list(ids),
        )

    def value(self, merge):
        return SQL(
            "CASE WHEN %(of)s THEN %(target)s ELSE %(column)s END",
            of=self.of(merge.sources),
            target=merge.target,
            column=SQL.identifier(self.column),
        )
