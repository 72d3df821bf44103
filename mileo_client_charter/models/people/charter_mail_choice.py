"""Who of a client is written to, and which of our messages a contact chose to receive: never so that nobody of the client is informed."""

from typing import NamedTuple

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..base.charter_lock import lock

# Sent to a client through its contacts: one who leaves a kind leaves it to the others. Each has its field “charter_mail_…”.
SHARED = ("documents", "notices", "reports")
# For the contact alone: each has a field that says no.
OWN = {"copies": "charter_no_copies", "reminders": "charter_no_reminders", "surveys": "charter_no_survey"}
CHOICES = [("no", "Not wanted"), ("yes", "Wanted")]


class MailKind(NamedTuple):
    """One kind of our messages, as a contact chooses it."""

    name: str
    label: str
    stays: str
    """What is there all the same, in words."""
    wanted: bool
    """Whether the contact receives it today."""
    others: tuple = ()
    """Names of those of the client who receive it besides."""
    asks: bool = True
    """Whether the contact can choose: a kind that is sent to others by our choice is asked for by those who see the portal."""
    instead: tuple = ()
    """((number, name), …) of those who can receive it instead, where the contact is the last one."""


def field_of(kind):
    return OWN.get(kind) or f"charter_mail_{kind}"


class CharterMailChoice(models.AbstractModel):
    """What a contact receives by mail beyond the answers owed to it in person."""

    _name = "charter.mail.choice.mixin"
    _description = "Choice of messages"

    charter_mail_documents = fields.Selection(
        CHOICES,
        "Documents by email",
        groups="base.group_user",
        help="The charter, contact sheets, substitutes and minutes, as the contact chose; empty: as the company set it.",
    )
    charter_mail_notices = fields.Selection(
        CHOICES,
        "Notices by email",
        groups="base.group_user",
        help="As the contact chose; empty: as the company set it.",
    )
    charter_mail_reports = fields.Selection(
        CHOICES,
        "Reports by email",
        groups="base.group_user",
        help="As the contact chose; empty: as the company set it.",
    )
    charter_no_copies = fields.Boolean(
        "No copies by email",
        groups="base.group_user",
        help="This contact wants no copies of what it does itself on the portal or by our links.",
    )
    charter_no_reminders = fields.Boolean(
        "No reminders by email",
        groups="base.group_user",
        help="This contact wants no reminders: of a survey that waits, of a meeting.",
    )

    # -- who is written to ------------------------------------------------------------------------

    def _charter_document_contacts(self, kind=None):
        """Return who of a client receives its documents; empty: nobody has an address, which is a defect to fix.

        :param kind: of ``SHARED``: what is sent; None: what no contact can refuse
        """
        self.ensure_one()
        client = self.commercial_partner_id
        return self.browse(self._charter_document_recipients([client.id], kind).get(client.id, []))

    @api.model
    def _charter_document_recipients(self, client_ids, kind=None):
        """Return {client id: ids of the contacts its documents go to}, in one query for any number of clients.

        The contacts marked as recipients, else every contact with an address, else the client itself; of those who
        share a mailbox, the first. Never our own people. Who chose not to receive ``kind`` comes after everybody else,
        and is written to only where there is nobody else: a client is informed of what the charter owes it, whatever was chosen.

        :param kind: of ``SHARED``: what is sent; None: what no contact can refuse
        """
        if not client_ids:
            return {}
        self.env["res.partner"].flush_model()
        choice = SQL("NULL::varchar")
        if kind:
            choice = SQL("partner.%(name)s", name=SQL.identifier(field_of(kind)))
        query = SQL(
            """
            WITH people AS (
                SELECT partner.commercial_partner_id AS client, partner.id, partner.email_normalized AS mailbox,
                       (partner.charter_recipient IS TRUE OR %(choice)s IS NOT DISTINCT FROM 'yes') AS marked,
                       (%(choice)s IS NOT DISTINCT FROM 'no') AS refused,
                       (partner.parent_id IS NOT NULL) AS person
                  FROM res_partner partner
                 WHERE partner.commercial_partner_id = ANY(%(client_ids)s) AND partner.active AND partner.email_normalized IS NOT NULL
                   AND (partner.id = partner.commercial_partner_id OR partner.type = 'contact' AND NOT partner.is_company)
                   AND NOT EXISTS (SELECT 1 FROM res_users users WHERE users.partner_id = partner.id AND NOT users.share)
            ), ranked AS (
                SELECT client, id, mailbox, rank() OVER (PARTITION BY client ORDER BY refused, marked DESC,
                           CASE WHEN marked THEN 0 WHEN person THEN 1 ELSE 2 END) AS place
                  FROM people
            )
            SELECT client, array_agg(id ORDER BY id)
              FROM (SELECT DISTINCT ON (client, mailbox) client, id FROM ranked WHERE place = 1
                     ORDER BY client, mailbox, id) mailboxes
             GROUP BY client
            """,
            client_ids=list(client_ids),
            choice=choice,
        )
        return dict(self.env.execute_query(query))

    # -- choosing ---------------------------------------------------------------------------------

    def _charter_mail_kinds(self):
        """Return what ``self`` can choose (:class:`MailKind`), in the language of the environment."""
        contact, words = self.sudo(), self._charter_mail_words()
        found = [self._charter_shared_kind(kind, *words[kind]) for kind in SHARED]
        return [*found, *(MailKind(kind, *words[kind], not contact[field_of(kind)]) for kind in OWN)]

    def _charter_mail_words(self):
        """Return {kind: (what it is, what is there anyway)}."""
        return {
            "documents": (
                self.env._("The charter, who to call, minutes of meetings"),
                self.env._("They stay on your portal under “Documents” and “Contacts”."),
            ),
            "notices": (
                self.env._("Advance notices: end of support, vulnerabilities, new rules"),
                self.env._("They stay on your portal under “Advance notices”."),
            ),
            "reports": (
                self.env._("Activity reports"),
                self.env._("They stay on your portal under “Reports”."),
            ),
            "copies": (
                self.env._("Copies of what I do myself: an incident I report, an answer I accept"),
                self.env._("Each stays on its own page of your portal."),
            ),
            "reminders": (
                self.env._("Reminders of a survey that waits, of a meeting"),
                self.env._("The survey and the invitation themselves reach you."),
            ),
            "surveys": (
                self.env._("Ask me how an intervention went"),
                self.env._(
                    "Without surveys you keep every right to be heard: call us, reply to any message of ours, or escalate."
                ),
            ),
        }

    def _charter_shared_kind(self, kind, label, stays):
        readers = self.sudo()._charter_document_contacts(kind)
        wanted = self._charter_among(readers)
        others = readers.filtered(
            lambda one: one != self and one.email_normalized != self.sudo().email_normalized
        )
        return MailKind(
            kind,
            label,
            stays,
            wanted,
            tuple(others.mapped("name")),
            wanted or self.sudo()[field_of(kind)] == "no" or self._charter_sees_portal(),
            tuple((one.id, one.name) for one in self._charter_instead(kind)) if wanted and not others else (),
        )

    def _charter_among(self, readers):
        """Return whether what ``readers`` receive arrives in this contact's mailbox."""
        return self.sudo().email_normalized in readers.sudo().mapped("email_normalized")

    def _charter_sees_portal(self):
        return any(user.share and user.active for user in self.sudo().user_ids)

    def _charter_instead(self, kind):
        """Return who of the client can receive ``kind`` in the place of this contact: with an address, and not against its own choice."""
        client = self.sudo().commercial_partner_id
        people = self.sudo().search(
            [
                ("commercial_partner_id", "=", client.id),
                ("email_normalized", "not in", (False, self.sudo().email_normalized)),
                ("id", "!=", self.id),
                (field_of(kind), "!=", "no"),
                *("|", ("id", "=", client.id), "&", ("type", "=", "contact"), ("is_company", "=", False)),
            ],
            order="name, id",
        )
        return people.filtered(lambda one: all(user.share for user in one.user_ids))

    def _charter_choose_mails(self, wanted, instead=None):
        """Record which kinds of our messages this contact receives from now on.

        :param wanted: names of kinds
        :param instead: {kind: number of the contact who receives it in its place}, where it is the last who does
        :raise ValidationError: it is the last of its client who receives a kind, and nobody is named instead
        """
        self.ensure_one()
        contact = self.sudo()
        lock(contact.commercial_partner_id)
        changed = []
        with self.env.cr.savepoint():
            for kind in self._charter_mail_kinds():
                if kind.wanted == (kind.name in wanted) or not kind.asks:
                    continue
                follows = self.browse()
                if kind.name in OWN:
                    contact[field_of(kind.name)] = kind.wanted
                elif kind.wanted:
                    follows = contact._charter_leave(kind, (instead or {}).get(kind.name))
                else:
                    contact._charter_join(kind.name)
                changed.append((kind, follows))
        if changed:
            contact._charter_note_choices(changed)

    def _charter_join(self, kind):
        name = field_of(kind)
        self[name] = False
        if not self._charter_among(self._charter_document_contacts(kind)):
            self[name] = "yes"

    def _charter_leave(self, kind, instead):
        """Leave ``kind`` to the others. :return: who was named to receive it instead, where nobody else does"""
        named = self.browse()
        if not kind.others:
            named = self.browse([number for number, _name in kind.instead if str(number) == str(instead)])
            if not named:
                raise ValidationError(self._charter_last_words(kind))
            named[field_of(kind.name)] = "yes"
        self[field_of(kind.name)] = "no"
        self._charter_left_mails(kind.name)
        return named

    def _charter_last_words(self, kind):
        if kind.instead:
            return self.env._(
                "%s: you are the last of your company who receives these; choose who receives them instead, or keep them.",
                kind.label,
            )
        return self.env._(
            "%s: you are the only one of your company with an email address who receives these. Name us another "
            "contact to receive them, then choose again.",
            kind.label,
        )

    def _charter_left_mails(self, kind):
        """Take note that this contact receives ``kind`` no more (hook)."""

    def _charter_note_choices(self, changed):
        """Write on the contact, for our own people, what it chose and who receives it instead."""
        contact = self.with_context(lang=self.env.company._charter_staff_lang())
        labels = {kind.name: kind.label for kind in contact._charter_mail_kinds()}
        lines = []
        for kind, follows in changed:
            label = labels[kind.name]
            if not kind.wanted:
                lines.append(contact.env._("Wants by email: %s", label))
            elif follows:
                lines.append(
                    contact.env._(
                        "Does not want by email: %(what)s (%(who)s receives it instead)",
                        what=label,
                        who=follows.name,
                    )
                )
                follows.with_env(contact.env)._message_log(
                    body=contact.env._(
                        "%(who)s named this contact to receive: %(what)s", who=self.name, what=label
                    ),
                    author_id=self.id,
                )
            else:
                lines.append(contact.env._("Does not want by email: %s", label))
        contact._message_log(body=Markup("<br/>").join(lines), author_id=self.id)
