"""Feeds of published advisories: read by a scheduled action, never while a page is loading."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from ...tools import advisory_document, feed
from ...tools.advisory import AdvisoryError
from ...tools.catalogue import maker_words, same_maker
from ..base.charter_batches import Queue, run_isolated
from ..base.charter_words import Words

_lt = LazyTranslate(__name__)

ACTION = "mileo_client_charter.cron_advisory_feed"
# What is older than this when a feed is set up has been dealt with otherwise.
BEHIND = timedelta(days=90)
DIRECTORY = ("changes.csv", "index.txt")


class CharterAdvisoryFeed(models.Model):
    """A publisher's feed: its new and revised documents are imported, those of other manufacturers passed over."""

    _name = "charter.advisory.feed"
    _description = "Feed of security advisories"
    _order = "name, id"

    name = fields.Char(required=True, help="The publisher: CISA, Bosch PSIRT.")
    address = fields.Char(
        required=True,
        copy=False,
        help="A ROLIE feed (.json), or a directory with changes.csv or index.txt. HTTPS only; the server may not send elsewhere.",
    )
    since = fields.Date(
        "Published or revised from",
        required=True,
        default=lambda self: self.env.company._charter_today() - BEHIND,
        help="Older documents are not fetched, where the feed states when they were updated.",
    )
    only_ours = fields.Boolean(
        "Only our manufacturers",
        default=True,
        help="Documents that name no manufacturer of the catalogue of models are passed over.",
    )
    authority = fields.Text(
        "Certificate authority",
        help="Only for a server of your own: the certificate that signed its certificate, as PEM text.",
    )
    active = fields.Boolean(default=True)
    checked_at = fields.Datetime("Last fetched", readonly=True, copy=False)
    etag = fields.Char(readonly=True, copy=False)
    last_modified = fields.Char("Last changed, as the server states it", readonly=True, copy=False)
    error = Words("Last problem", readonly=True, copy=False)
    document_ids = fields.One2many("charter.advisory.feed.document", "feed_id", "Documents", readonly=True)
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    refused_count = fields.Integer("Refused", compute="_compute_counts")

    _once = models.UniqueIndex("(address)", "Address: this feed is set up already.")

    @api.depends("document_ids.outcome")
    def _compute_counts(self):
        counts = {
            (one, outcome): number
            for one, outcome, number in self.env["charter.advisory.feed.document"]._read_group(
                [("feed_id", "in", self.ids)], ["feed_id", "outcome"], ["__count"]
            )
        }
        for one in self:
            one.waiting_count = counts.get((one._origin, "waiting"), 0)
            one.refused_count = counts.get((one._origin, "refused"), 0)

    @api.constrains("address", "authority")
    def _check_address(self):
        for one in self:
            try:
                feed.check_address(one.address)
            except feed.FeedError:
                raise ValidationError(
                    self.env._(
                        "Address: “%s” is none; write it as https://www.example.com/csaf/feed.json.",
                        one.address,
                    )
                ) from None
            try:
                feed._context(one.authority)
            except feed.FeedError:
                raise ValidationError(
                    self.env._(
                        "Certificate authority: paste the PEM text, from -----BEGIN CERTIFICATE----- on."
                    )
                ) from None

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create([self._clean(dict(vals)) for vals in vals_list])
        self.env["ir.cron"]._charter_wake(ACTION)
        return created

    def write(self, vals):
        vals = self._clean(dict(vals))
        if {"address", "since", "only_ours", "active"} & vals.keys():
            # Asked for again: what the server said of its last answer is of another question.
            vals.update(etag=False, last_modified=False, error=False)
            self.env["ir.cron"]._charter_wake(ACTION)
        return super().write(vals)

    @api.model
    def _clean(self, vals):
        for name in ("address", "authority"):
            if vals.get(name):
                vals[name] = vals[name].strip()
        return vals

    def action_fetch(self):
        """Have the scheduled action run now; nobody waits for a publisher's server in front of a page."""
        self.check_access("write")
        self.env["ir.cron"]._charter_wake(ACTION)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The feed is fetched in the background; reload in a minute."),
            },
        }

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_feeds(self):
        """Look at every feed, and import what is new there; run manually from the list of actions, in the background too."""
        if request:
            self.env["ir.cron"]._charter_wake(ACTION)
            return
        run_isolated(
            self.search(Domain.TRUE, order="id"),
            lambda feeds: feeds._look(),
            lambda one, why: one.write({"error": why}),
        )
        documents = self.env["charter.advisory.feed.document"]
        Queue(documents, Domain("outcome", "=", "waiting") & Domain("feed_id.error", "=", False), size=1).run(
            lambda batch: batch._take(), lambda one, why: one.write({"outcome": "refused", "message": why})
        )

    def _look(self):
        """Read the list of documents of each; what has another date than before waits to be taken."""
        for one in self:
            now = fields.Datetime.now()
            try:
                answer, address = one._list()
                entries = feed.read_list(answer.content, address) if answer.content is not None else None
            except feed.FeedError as error:
                one.write({"checked_at": now, "error": one._failure_term(error)})
                continue
            one.write(
                {"checked_at": now, "error": False, "etag": answer.etag, "last_modified": answer.modified}
            )
            if entries is not None:
                one._note(entries)

    def _list(self):
        """Return (the answer, the address it is of): a directory has its list under one of two names."""
        self.ensure_one()
        first, *others = [
            self.address + name for name in (DIRECTORY if self.address.endswith("/") else ("",))
        ]
        try:
            return self._ask(first), first
        except feed.FeedError as error:
            if (error.code, error.detail) != ("status", "404") or not others:
                raise
        return self._ask(others[0]), others[0]

    def _ask(self, address):
        return self._fetch(address, self.etag or "", self.last_modified or "", max_bytes=feed.MAX_LIST_BYTES)

    def _fetch(self, address, *args, **values):
        return feed.fetch(address, *args, authority=self.authority or "", **values)

    def _note(self, entries):
        self.ensure_one()
        document = self.env["charter.advisory.feed.document"]
        known = {one.address: one for one in document.search([("feed_id", "=", self.id)])}
        since = fields.Datetime.to_datetime(self.since)
        fresh = []
        # The oldest first: a revision comes after what it revises.
        for entry in sorted(entries, key=lambda entry: (entry.moment or since, entry.address)):
            if entry.moment and entry.moment < since:
                continue
            one = known.get(entry.address)
            if not one:
                fresh.append(
                    {
                        "feed_id": self.id,
                        "address": entry.address,
                        "updated": entry.updated,
                        "outcome": "waiting",
                    }
                )
            elif one.updated != entry.updated:
                one.write({"updated": entry.updated, "outcome": "waiting", "message": False})
        document.create(fresh)

    def _is_ours(self, content):
        """Return whether a document names a manufacturer of the catalogue; one that cannot be read is for the import to refuse."""
        if not self.only_ours:
            return True
        try:
            vendors = {one.vendor for one in advisory_document.read(content).products}
        except AdvisoryError:
            return True
        ours = [
            maker.split()
            for [maker] in self.env["charter.equipment.alias"].sudo()._read_group([], ["maker_key"])
            if maker
        ]
        return any(same_maker(maker_words(vendor), words) for vendor in vendors for words in ours)

    @api.model
    def _failure_term(self, error):
        """Return why nothing was fetched, as a term: the scheduled action reads no language."""
        detail = error.detail
        return {
            "address": _lt("“%s” is no address of a server over HTTPS.", detail),
            "elsewhere": _lt(
                "The feed names a document of another server: %s. Nothing was taken; set up that server’s own feed.",
                detail,
            ),
            "redirect": _lt(
                "The server sends on to %s. Nothing was taken; enter that address here if you trust it.",
                detail,
            ),
            "status": _lt("The server answers %s. Check the address.", detail),
            "size": _lt("The answer is larger than %s MB, or never ends: it was cut off.", detail),
            "time": _lt(
                "The answer was not there after %s seconds: it was cut off. It is tried again at the next run.",
                detail,
            ),
            "network": _lt("The server cannot be reached (%s). It is tried again at the next run.", detail),
            "certificate": _lt("The certificate of the server is not trusted (%s).", detail),
            "content": _lt(
                "This is neither a ROLIE feed nor a list of documents (%s). Check the address.", detail
            ),
            "metadata": _lt("This describes a publisher, it is no feed. Enter one of its feeds: %s", detail),
            "entries": _lt(
                "The feed lists more than %s documents. Choose a feed of one year or of one TLP.", detail
            ),
        }[error.code]


class CharterAdvisoryFeedDocument(models.Model):
    """One document of a feed, and what became of it."""

    _name = "charter.advisory.feed.document"
    _description = "Document of a feed of advisories"
    _order = "feed_id, id desc"
    _rec_name = "address"

    feed_id = fields.Many2one(
        "charter.advisory.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    address = fields.Char(required=True, readonly=True)
    updated = fields.Char("Updated, as the feed states it", readonly=True)
    outcome = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("created", "New"),
            ("revised", "Revised"),
            ("unchanged", "On record already"),
            ("passed", "Other manufacturers"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    message = Words("Why", readonly=True)
    taken_at = fields.Datetime("Fetched on", readonly=True)
    advisory_id = fields.Many2one(
        "charter.advisory", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _once = models.UniqueIndex("(feed_id, address)", "This document is in the feed already.")
    _waiting = models.Index("(id) WHERE outcome = 'waiting'")

    def _take(self):
        """Fetch and import each; a server that is away is said on its feed, and its documents wait."""
        for one in self:
            source = one.feed_id
            try:
                content = source._fetch(one.address).content
            except feed.FeedError as error:
                if error.is_passing:
                    source.error = source._failure_term(error)
                else:
                    one._became("refused", source._failure_term(error))
                continue
            if not source._is_ours(content):
                one._became("passed")
                continue
            try:
                advisory, outcome = self.env["charter.advisory"]._import_noting(content)
            except UserError as error:
                one._became("refused", str(error))
                continue
            one._became(outcome, advisory=advisory)

    def _became(self, outcome, message=False, advisory=None):
        self.write(
            {
                "outcome": outcome,
                "message": message,
                "taken_at": fields.Datetime.now(),
                "advisory_id": advisory.id if advisory else self.advisory_id.id,
            }
        )
