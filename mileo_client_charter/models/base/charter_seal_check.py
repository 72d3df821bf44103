"""Verify the seals: compute every digest again, list what differs, and inform general management."""

import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .charter_batches import one_by_one
from .charter_format import moment_text
from .charter_seal import GENESIS, link_seal
from .charter_words import Kept, as_stored, in_words, stored

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)

# A run verifies links this many at a time: what it holds in memory does not grow with the chain.
PAGE = 20_000
# A chain verified less than this long ago is not verified again by the clock.
CHECK_HOURS = 20
# Places of a broken chain that are listed: a chain cut at its beginning would list all of it.
LISTED = 50


class CharterSeal(models.Model):
    _inherit = "charter.seal"

    # -- verifying ----------------------------------------------------------------------------------

    @api.model
    def _verify(self, company):
        """Hold the whole chain of ``company`` and every sealed row against each other.

        Memory does not grow with the chain. Rows on the list of those to seal are waiting, not broken, but for
        those that could not be sealed.

        :param company: res.company
        :return: what is broken, at most LISTED of each kind: list of dicts ``problem`` ("chain", "content", "missing",
            "unsealed"), ``number`` of the link (None for "unsealed"), ``model_name``, ``row_id``, ``label``
        """
        company.ensure_one()
        self.env.flush_all()
        broken = self._broken_links(company)
        for model in self._sealed_models():
            broken += self._broken_rows(model, company)
        return broken

    @api.model
    def _broken_links(self, company):
        """Return links whose number or seal does not follow from the one before."""
        broken, before, expected, last = [], GENESIS, 1, 0
        while True:
            self.env.cr.execute(
                SQL(
                    """
                SELECT number, model_name, row_id, kind, to_char(sealed_at, 'YYYY-MM-DD HH24:MI:SS'), label, content, seal
                  FROM charter_seal WHERE company_id = %(company_id)s AND number > %(last)s ORDER BY number LIMIT %(page)s
                """,
                    company_id=company.id,
                    last=last,
                    page=PAGE,
                ),
            )
            links = self.env.cr.fetchall()
            for number, model_name, row_id, kind, sealed_at, label, content, seal in links:
                own = link_seal(
                    before, company.id, number, model_name, row_id, kind, sealed_at, label, content
                )
                if (number, seal) != (expected, own) and len(broken) < LISTED:
                    broken.append(
                        self._broken(
                            "chain", number=number, model_name=model_name, row_id=row_id, label=label
                        )
                    )
                before, expected, last = seal, number + 1, number
            if len(links) < PAGE:
                return broken

    @api.model
    def _broken_rows(self, model, company):
        """Return rows that are not what their last link says, that are gone, or that nobody ever sealed."""
        self.env.cr.execute(
            SQL(
                """
                WITH last AS (
                    SELECT DISTINCT ON (row_id) row_id, number, kind, content, label
                      FROM charter_seal WHERE model_name = %(model)s
                     ORDER BY row_id, number DESC
                )
                SELECT CASE WHEN row.id IS NULL THEN 'missing' WHEN last.row_id IS NULL THEN 'unsealed' ELSE 'content' END,
                       last.number, COALESCE(row.id, last.row_id), COALESCE(last.label, left(%(label)s, 200))
                  FROM (SELECT * FROM %(table)s WHERE company_id = %(company)s) AS row
                  FULL JOIN (SELECT last.* FROM last
                               JOIN charter_seal AS link ON link.model_name = %(model)s AND link.row_id = last.row_id
                                AND link.number = last.number AND link.company_id = %(company)s) AS last
                    ON last.row_id = row.id
                 WHERE CASE WHEN row.id IS NULL THEN last.kind != 'removed'
                            WHEN last.row_id IS NULL THEN %(when)s
                            ELSE last.content != %(content)s END
                   AND NOT EXISTS (SELECT 1 FROM charter_seal_due AS due
                                    WHERE due.model_name = %(model)s AND due.row_id = COALESCE(row.id, last.row_id)
                                      AND due.error IS NULL)
                 ORDER BY 2, 3 LIMIT %(listed)s
                """,
                model=model._name,
                label=model._charter_seal_sql(model._charter_seal_label),
                table=SQL.identifier(model._table),
                company=company.id,
                when=model._charter_seal_sql(model._charter_seal_when),
                content=model._charter_seal_content(),
                listed=LISTED,
            )
        )
        return [
            self._broken(problem, number=number, model_name=model._name, row_id=row_id, label=label)
            for problem, number, row_id, label in self.env.cr.fetchall()
        ]

    @api.model
    def _broken(self, problem, **values):
        return {"problem": problem, **values}

    @api.model
    def _standing(self, record):
        """Return what the seals say of one record now: its own links are counted again, and its content is held against the last.

        :return: dict ``state``: “sealed”, “waiting” (on the list of rows to seal), “changed” (not what was sealed), “broken” (a
            link of its own does not follow from the one before) or “none” (nothing seals it); ``sealed_at`` of its first link,
            naive UTC, or None
        """
        record.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT link.number, link.kind, to_char(link.sealed_at, 'YYYY-MM-DD HH24:MI:SS'), link.label, link.content, link.seal,
                       link.company_id, before.seal, link.sealed_at, %(content)s,
                       EXISTS (SELECT FROM charter_seal_due AS due WHERE due.model_name = %(model)s AND due.row_id = row.id)
                  FROM %(table)s AS row
                  LEFT JOIN charter_seal AS link ON link.model_name = %(model)s AND link.row_id = row.id
                  LEFT JOIN charter_seal AS before
                    ON before.company_id = link.company_id AND before.number = link.number - 1
                 WHERE row.id = %(id)s ORDER BY link.number
                """,
                content=record._charter_seal_content(),
                table=SQL.identifier(record._table),
                model=record._name,
                id=record.id,
            )
        )
        links = self.env.cr.fetchall()
        waiting = links[0][-1]
        if links[0][0] is None:
            return {"state": "waiting" if waiting else "none", "sealed_at": None}
        whole = all(
            seal
            == link_seal(
                before or GENESIS, company, number, record._name, record.id, kind, sealed_at, label, content
            )
            for number, kind, sealed_at, label, content, seal, company, before, *_rest in links
        )
        content, present = links[-1][4], links[-1][9]
        if not whole:
            state = "broken"
        elif content == present:
            state = "sealed"
        else:
            state = "waiting" if waiting else "changed"
        return {"state": state, "sealed_at": links[0][8]}

    # -- the check ----------------------------------------------------------------------------------

    @api.model
    def _cron_verify(self):
        """Verify every company's chain; general management is alerted of what is broken, once for each finding."""
        since = self._charter_now() - timedelta(hours=CHECK_HOURS)
        companies = (
            self.env["res.company"]
            .sudo()
            .search(
                ["|", ("charter_seal_checked_at", "=", False), ("charter_seal_checked_at", "<=", since)],
                order="id",
            )
        )
        one_by_one(companies, self._check, self._say_not_checked)
        # What could not be sealed is said by now, and tried again.
        self.env["charter.seal.due"].search([("error", "!=", False)]).write({"error": False})

    @api.model
    def _say_not_checked(self, company, why):
        self._record_check(company, stored(_lt("The proof could not be verified: %s", why)))

    @api.model
    def _check(self, company):
        """Verify ``company``, write what was found on it, and alert general management of what is new."""
        broken = self._verify(company)
        self._record_check(company, Kept("\n".join(self._in_words(one) for one in broken)))
        return broken

    @api.model
    def charter_standing(self):
        """Return, for what stands above the list of seals, how the proof of each company in use stands.

        :return: list of dicts ``company``, ``links``, ``verified`` and ``since`` (how many of them the last verification was about, and
            how many were made since), ``checked`` (when, in the company's time zone; False: never),
            ``problems`` (list of sentences), ``lost`` (there are no links, and there were)
        :raise AccessError: not somebody who reads the seals
        """
        self.check_access("read")
        companies = self.env.companies.sudo()
        heads = self._heads(companies.ids)
        rows = []
        for company in companies:
            links = heads.get(company.id, (0, GENESIS))[0]
            checked = company.charter_seal_checked_at
            rows.append(
                {
                    "company": company.name,
                    "links": links,
                    # How many of them the last verification was about, and how many were made since.
                    "verified": min(company.charter_seal_checked, links),
                    "since": max(links - company.charter_seal_checked, 0),
                    "checked": checked and moment_text(self.env, checked, company._charter_tz()),
                    "problems": (company.charter_seal_problem or "").splitlines(),
                    "lost": not links and bool(company.charter_seal_checked),
                }
            )
        return rows

    @api.model
    def _record_check(self, company, said):
        """Write on ``company`` what does not hold (terms as ``stored``, one a line; empty: all does), and alert of what is new."""
        number, _seal = self._heads({company.id}).get(company.id, (0, GENESIS))
        known, had = as_stored(company, "charter_seal_problem"), company.charter_seal_checked
        if number < had:
            gone = stored(
                _lt(
                    "The chain had %(had)s links when it was verified before, and has %(number)s: links are gone.",
                    had=had,
                    number=number,
                )
            )
            said = Kept(f"{gone}\n{said}") if said else gone
        company.sudo().write(
            {
                "charter_seal_checked_at": self._charter_now(),
                # Of a chain that lost links, how many it had: it is said at each check.
                "charter_seal_checked": max(number, had),
                "charter_seal_problem": said or False,
            }
        )
        if said:
            _logger.error("The proof of company %s does not hold:\n%s", company.id, in_words(self.env, said))
        if said and said != known:
            self._alert(company, said)

    @api.model
    def _alert(self, company, said):
        people = company._charter_people("general_management")
        for user in people:
            lines = in_words(self.with_context(lang=user.lang).env, said)
            company.partner_id.sudo().activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=_lt("The proof of the client charter does not hold"),
                note=lines.replace("\n", "<br/>"),
            )

    def _in_words(self, broken):
        problem = {
            "chain": _lt("the chain is cut or this link was changed"),
            "content": _lt("the row is not what was sealed"),
            "missing": _lt("the row that was sealed is gone"),
            "unsealed": _lt("the row was decided and never sealed"),
        }[broken["problem"]]
        name = broken["model_name"]
        return stored(
            _lt(
                "Link %(number)s, %(what)s no. %(id)s (%(label)s): %(problem)s.",
                number=broken["number"] or "—",
                what=self.env["ir.model"]._get(name).sudo() if name in self.env else name,
                id=broken["row_id"],
                label=broken["label"] or "—",
                problem=problem,
            )
        )

    def action_verify(self):
        """Verify the chains of the companies in use now, whichever links are chosen.

        :raise AccessError: neither general management nor an administrator of the charter
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_direction"):
            raise AccessError(self.env._("Only general management and administrators verify the proof."))
        found = [self._check(company) for company in self.env.companies]
        broken = sum(map(len, found)) or sum(
            map(bool, self.env.companies.sudo().mapped("charter_seal_problem"))
        )
        waiting = self.env["charter.seal.due"].sudo().search_count([])
        whole = self.env._("Every sealed row is as it was sealed, and the chain is whole.")
        if waiting:
            whole += " " + self.env._(
                "Rows decided or changed within the last minutes and not sealed yet: %s. They are verified next.",
                waiting,
            )
        message = (
            self.env._("Broken places: %s. They are named above the list of Configuration ‣ Proof.", broken)
            if broken
            else whole
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "message": message,
                "sticky": bool(broken),
                # What is said above the list is read again.
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
