"""Rows of a long run as jobs: one job for each range of ids."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.mileo_client_charter.models.base.charter_lock import lock_free

# A runner begins what waits within seconds, unless it is busy: then it began something.
PATIENCE = timedelta(minutes=30)


class CharterJobMixin(models.AbstractModel):
    """Jobs are about ranges of ids with fixed borders, and a range has one key.

    Whatever is asked for twice while it waits is therefore one job; what came into a range meanwhile is done by the job
    that waits. A job looks again at what is still to be done and locks it: two at once never do the same row.
    """

    _name = "charter.job.mixin"
    _description = "Long runs as jobs"

    @api.model
    def _charter_at_once(self):
        """Return whether the scheduled action does the work itself: as tests and scripts ask for, or because no runner takes the jobs.

        A job that is taken after all looks again at what is left, under a lock: nothing is done twice.
        """
        return bool(self.env.context.get("queue_job__no_delay")) or self._charter_runner_is_away()

    @api.model
    def _charter_runner_is_away(self):
        """Return whether jobs of ours wait for longer than ``PATIENCE`` and none was begun meanwhile."""
        jobs = self.env["queue.job"].sudo()
        before = fields.Datetime.now() - PATIENCE
        ours = Domain("channel", "=like", "root.charter%")
        waiting = ours & Domain("state", "in", ["pending", "enqueued"]) & Domain("date_created", "<", before)
        waiting &= Domain("eta", "=", False) | Domain("eta", "<", before)
        return bool(jobs.search_count(waiting, limit=1)) and not jobs.search_count(
            Domain("date_started", ">=", before), limit=1
        )

    @api.model
    def _charter_enqueue(self, method, ids, size, what):
        """Queue a job that calls ``method(first, last)`` for each range of ``size`` ids that holds one of ``ids``.

        :param what: the job in words
        """
        for number in sorted({record_id // size for record_id in ids}):
            first, last = number * size, (number + 1) * size - 1
            delayed = self.with_delay(
                description=f"{what} ({first}–{last})",
                identity_key=f"{self._name}.{method}-{size}-{number}",
            )
            getattr(delayed, method)(first, last)

    @api.model
    def _charter_in_range(self, domain, first, last):
        """Return the rows of ``domain`` in the range that nobody else is at, locked. They are looked at again after the lock."""
        domain = Domain(domain)
        ranged = domain & Domain([("id", ">=", first), ("id", "<=", last)])
        return lock_free(self.sudo().search(ranged, order="id"), domain)
