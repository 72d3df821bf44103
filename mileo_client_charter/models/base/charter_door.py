"""Limits on what clients send: the same form sent twice is taken once, and the number of requests an hour is limited.

One row for each form that was taken: by whom (a user), from where (a keyed hash of the network address, never the
address), when, and, where the form carries a key, what it led to.
"""

import hashlib
import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import hmac
from psycopg2.errors import LockNotAvailable

from .charter_lock import bound_waiting, busy

WINDOW = timedelta(hours=1)
# How long a page stays open in somebody's browser and may be sent again.
KEPT = timedelta(days=7)


class TooMany(UserError):
    """The limit of an hour is reached. ``retry_at`` (naive UTC): when the next one is taken."""

    http_status = 429

    def __init__(self, message, retry_at):
        super().__init__(message)
        self.retry_at = retry_at


class CharterDoorVisit(models.Model):
    _name = "charter.door.visit"
    _description = "Form taken from a client"
    _log_access = False
    _order = "id desc"

    key = fields.Char(
        readonly=True, help="Identifies a form that was shown once and sent with the same content."
    )
    user_id = fields.Many2one("res.users", readonly=True, index=True, ondelete="cascade")
    origin = fields.Char(readonly=True, help="Keyed hash of the network address.")
    says = fields.Boolean(
        "Requires an answer", readonly=True, help="It opens something that requires an answer from us."
    )
    at = fields.Datetime(required=True, readonly=True)
    location = fields.Char(readonly=True, help="Where the client was led.")

    _key_uniq = models.UniqueIndex("(key)", "This form has been taken already.")
    _user_idx = models.Index("(user_id, at) WHERE says")
    _origin_idx = models.Index("(origin, at) WHERE origin IS NOT NULL")
    _at_idx = models.Index("(at)")

    @api.model
    def _key(self, uid, path, form):
        """Return the key of a form: the same for the same page sent again with the same words by the same user; None without one.

        :param form: {name: text} as posted, with the ``form_key`` the page was shown with
        """
        if not form.get("form_key"):
            return None
        words = sorted((name, value) for name, value in form.items() if name != "csrf_token")
        return hashlib.sha256(repr((uid, path, words)).encode()).hexdigest()

    @api.model
    def _origin_of(self, address):
        """Return the keyed hash of a network address, of a whole /64 for IPv6; None for one that is no one's in particular.

        Our own network's addresses (private, loopback) are a proxy that Odoo was not configured for, or ourselves.
        """
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return None
        found = getattr(found, "ipv4_mapped", None) or found
        if found.is_private or found.is_loopback:
            return None
        network = ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False)
        return hmac(self.env(su=True), "charter_door", str(network))

    @api.model
    def _led_to(self, key):
        """Return where a form that was taken already led; None when it was not."""
        if not key:
            return None
        return self.sudo().search_fetch([("key", "=", key)], ["location"], limit=1).location or None

    @api.model
    def _enter(self, company, key, user, address, says):
        """Take a form in; whoever sends the same one meanwhile waits here.

        :return: the row, in which the caller writes where the client was led
        :raise TooMany: the company's limit of the user, or of the address  :raise Busy: the same form does not end
        """
        origin = self._origin_of(address)
        try:
            bound_waiting(self.env.cr)
            self._take_turn(company, user, origin, says)
            self._check_limits(company, user, origin, says)
            self.env.cr.execute(
                SQL(
                    # Of the same form taken meanwhile, PostgreSQL says that the transaction is to be played again.
                    """INSERT INTO charter_door_visit (key, user_id, origin, says, at) VALUES (%(key)s, %(user_id)s, %(origin)s, %(says)s, %(now)s)
                       ON CONFLICT (key) DO UPDATE SET at = excluded.at RETURNING id""",
                    key=key,
                    user_id=user.id,
                    origin=origin,
                    says=says,
                    now=fields.Datetime.now(),
                ),
                log_exceptions=False,
            )
        except LockNotAvailable as error:
            raise busy(self.env) from error
        return self.sudo().browse(self.env.cr.fetchone()[0])

    @api.model
    def _take_turn(self, company, user, origin, says):
        """Let in one form at a time of whom a limit counts: two at once would each count without the other.

        A row of the one who counts is written by each: whoever waited for it, or began before it was last written, is played
        again by PostgreSQL's own rule, and counts what was taken meanwhile.

        :raise LockNotAvailable: the one before does not end
        """
        counted = [f"user {user.id}"] if says and company.charter_hourly_by_user else []
        if origin and company.charter_hourly_by_address:
            counted.append(f"origin {origin}")
        if counted:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO charter_door_visit (key, at) SELECT unnest(%(counted)s::text[]), %(now)s
                       ON CONFLICT (key) DO UPDATE SET at = excluded.at""",
                    counted=sorted(counted),
                    now=fields.Datetime.now(),
                ),
                log_exceptions=False,
            )

    @api.model
    def _check_limits(self, company, user, origin, says):
        now = fields.Datetime.now()
        by_user, by_address = company.charter_hourly_by_user, company.charter_hourly_by_address
        if says and by_user:
            free_at = self._free_at(SQL("user_id = %s AND says", user.id), by_user, now)
            if free_at:
                raise TooMany(
                    self.env._("You have sent us %s messages within an hour: we have them all.", by_user),
                    free_at,
                )
        if origin and by_address:
            free_at = self._free_at(SQL("origin = %s", origin), by_address, now)
            if free_at:
                raise TooMany(
                    self.env._("%s forms have come from your network within an hour.", by_address), free_at
                )

    @api.model
    def _free_at(self, who, limit, now):
        """Return when less than ``limit`` rows of ``who`` are younger than an hour; None when that is so now."""
        found = self.env.execute_query(
            SQL(
                "SELECT at FROM charter_door_visit WHERE %(who)s AND at > %(now)s ORDER BY at DESC OFFSET %(limit)s LIMIT 1",
                who=who,
                now=now - WINDOW,
                limit=limit - 1,
            )
        )
        return found[0][0] + WINDOW if found else None

    @api.autovacuum
    def _gc_visits(self):
        self.sudo().search([("at", "<", fields.Datetime.now() - KEPT)], limit=50_000).unlink()
