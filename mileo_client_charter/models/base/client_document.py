"""What a model says of itself to what surrounds it, so that no list of models has to follow.

``_charter_messages`` = {kind: Message}: messages people write to the client from a document (charter.message.wizard).
``_charter_export`` = Sheet: the client finds the model's rows in the file of its own data (controllers/data_export.py).
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
