"""One list of the portal, as its address asks for it: searched, filtered, sorted, one page at a time.

Every list of the portal goes through ``Listing``: a client finds its way in all of them once it knows one, and the
number of queries of a page is the same whatever the number of documents.
"""

from collections import namedtuple
from datetime import timedelta
from urllib.parse import urlencode

from odoo import fields
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ..tools.clock import to_local, to_utc

PAGE_ROWS = 20
SEARCH_LENGTH = 100

# A way to narrow a list: name in the address, label, options.
Choice = namedtuple("Choice", "name label options")
# One of its options: key in the address, label, domain. Named, not a plain tuple: the extraction of terms takes what
# stands in parentheses after a translated text for terms too.
Option = namedtuple("Option", "key label domain")
# A way to sort it: key in the address, label, order in SQL.
Sort = namedtuple("Sort", "key label order")


class Listing:
    """The rows of one page and what its tools show; what an address asks that does not exist is ignored.

    :param reading: the ``ClientReading`` that searches, with the rights of the user who asks
    :param address: of the page, without its query
    :param query: parameters of the address
    :param own: which rows are the client's
    :param search: names of the fields a text is looked for in, or a function from the text to a domain; empty: no search
    :param kept: {name: value} of other parameters the page has, kept by every link of it
    """

    def __init__(
        self, reading, address, query, model, names, sorts, search=(), choices=(), own=None, kept=None
    ):
        self.address = address
        self.kept = kept or {}
        self.sorts, self.choices = sorts, choices
        self.searchable = bool(search)
        self.text = (query.get("q") or "").strip()[:SEARCH_LENGTH] if search else ""
        keys = {sort.key for sort in sorts}
        self.sort = query["sort"] if query.get("sort") in keys else sorts[0].key
        self.chosen = {choice.name: self._chosen(choice, query) for choice in choices}
        domain = Domain.AND([own or reading.own, self._search_domain(search), *self._choice_domains()])
        records = reading.env[model]
        self.pager = pager(records.search_count(domain), query.get("page"), self._link)
        order = next(sort.order for sort in sorts if sort.key == self.sort)
        self.rows = records.search_fetch(
            domain, names, order=order, limit=PAGE_ROWS, offset=self.pager["offset"]
        )

    @property
    def total(self):
        return self.pager["total"]

    @property
    def narrowed(self):
        """Return whether the client looks at a part of its rows."""
        return bool(self.text or any(self.chosen.values()))

    @property
    def refined(self):
        """Return whether a filter or another order than the usual one is in force."""
        return bool(any(self.chosen.values())) or self.sort != self.sorts[0].key

    @property
    def everything(self):
        """Return the address of the list without search and filters."""
        return self._address(self.kept)

    def _chosen(self, choice, query):
        value = query.get(choice.name)
        return value if value in {key for key, _label, _domain in choice.options} else ""

    def _search_domain(self, search):
        if not self.text:
            return Domain.TRUE
        # What a client types is text: a % finds a %.
        wanted = escape_psql(self.text)
        return (
            search(wanted)
            if callable(search)
            else Domain.OR([Domain(name, "ilike", wanted) for name in search])
        )

    def _choice_domains(self):
        return [
            domain
            for choice in self.choices
            for key, _label, domain in choice.options
            if key == self.chosen[choice.name]
        ]

    def _link(self, page):
        sort = {} if self.sort == self.sorts[0].key else {"sort": self.sort}
        chosen = {name: value for name, value in self.chosen.items() if value}
        text = {"q": self.text} if self.text else {}
        return self._address({**self.kept, **text, **chosen, **sort, "page": page})

    def _address(self, parameters):
        return f"{self.address}?{urlencode(parameters)}" if parameters else self.address


def pager(total, page, link):
    """Return which page is shown of how many; a page that does not exist is the nearest one.

    :param link: function from the number of a page to its address
    """
    pages = max(1, -(-total // PAGE_ROWS))
    wanted = int(page) if str(page).isdecimal() and len(str(page)) < 9 else 1
    number = min(max(1, wanted), pages)
    return {
        "total": total,
        "number": number,
        "pages": pages,
        "offset": (number - 1) * PAGE_ROWS,
        "previous": link(number - 1) if number > 1 else None,
        "next": link(number + 1) if number < pages else None,
    }


def periods(reading, name, moment=True):
    """Return the choice of a period over the field ``name``; its days begin at midnight where the client is.

    :param moment: the field holds naive UTC moments, else days
    """
    today = to_local(fields.Datetime.now(), reading.tz).date()
    january = today.replace(month=1, day=1)
    last_january = january.replace(year=january.year - 1)

    def since(day):
        return to_utc(day, reading.tz) if moment else day

    env = reading.env
    return Choice(
        "period",
        env._("Period"),
        [
            Option("30", env._("The last 30 days"), Domain(name, ">=", since(today - timedelta(days=30)))),
            Option("90", env._("The last 90 days"), Domain(name, ">=", since(today - timedelta(days=90)))),
            Option("year", env._("This year"), Domain(name, ">=", since(january))),
            Option(
                "before",
                env._("Last year"),
                Domain(name, ">=", since(last_january)) & Domain(name, "<", since(january)),
            ),
        ],
    )


def selection(env, model, name, label, keys=None):
    """Return the choice of a value of a selection field, with the labels people know."""
    options = env[model]._fields[name]._description_selection(env)
    return Choice(
        name,
        label,
        [Option(key, words, Domain(name, "=", key)) for key, words in options if keys is None or key in keys],
    )


def newest_and_oldest(env, newest, oldest):
    return [Sort("newest", env._("Newest first"), newest), Sort("oldest", env._("Oldest first"), oldest)]
