"""What a model declares about its documents (messages, export, title), so that no list of models is needed.

``_charter_messages`` = {kind: Message}: messages people write to the client from a document (charter.message.wizard).
``_charter_export`` = Sheet: the client finds the model's rows in the file of its own data (controllers/data_export.py).
``_charter_links`` = {purpose: Link}: what a contact does from a mail, without a login (models/base/charter_link.py).
``_charter_retention``: the company's field with the months after which a row is anonymised (charter.privacy).
``_charter_title``: SQL that names a row to its client, ``{row}`` being its table (late commitments of a report).
"""

from typing import NamedTuple


class Message(NamedTuple):
    """A message people write to a client from a document."""

    template: str
    """External id of the mail.template it starts from, on the document's own model."""
    step: str
    """Method of the document that sends it: ``step(subject, body)``."""
    words: tuple = ()
    """Fields in which people wrote what the template repeats; where they wrote nothing it may not leave as it opens."""


class Sheet(NamedTuple):
    """Rows of a model in the file of a client's own data."""

    name: str
    fields: tuple
    owner: str = "partner_id"
    """Field that names the client."""
    given: tuple = ()
    """((figure, field that says whether there is one), …): a figure nobody gave is empty in the file, not 0."""


class Link(NamedTuple):
    """One thing a contact of the client does from a mail, without a login, by a signed link."""

    number: int
    """Of the purpose, in the token: never used for another one."""
    template: str
    """External id of the page's template."""
    values: str
    """Method of the document that gives the values of the page: ``values(contact)``, with a ``heading``."""
    step: str | None = None
    """Method of the document that does it once the reader has confirmed: ``step(contact, form)``; None: a page to read.

    It gives the words of a copy for the reader's mailbox, or nothing where it sends one itself.
    """
    days: int = 60
    """How long the link opens."""
    file: str | None = None
    """Method of the document that gives (name, bytes, mimetype) of the file behind the page."""


class Extras(NamedTuple):
    """What goes with a message that a document sends: copies to people of the client, files."""

    copies: tuple = ()
    """Numbers of contacts."""
    files: tuple = ()
    """(name, content) of each."""


def message_extras(env):
    """Return the ``Extras`` of the message that is being sent: an object of this process, which no remote call can send."""
    extras = env.context.get("charter_message_extras")
    return extras if isinstance(extras, Extras) else Extras()
