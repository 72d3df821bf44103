"""*Today*: one page for each role, as plain values; each figure leads to its rows."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.clock import to_local, to_utc
from ...tools.past_due import is_past_due
from ...tools.phone import tel
from ..base.charter_format import day_text, moment_text
from ..ledger.charter_past_due import over_domain

# Rows of a block; what is more is counted and one click away.
ROWS = 8
# page -> (group that reads it, role of the company that opens it first)
PAGES = {
    "manager": ("mileo_client_charter.group_charter_user", None),
    "operations": ("mileo_client_charter.group_charter_operations", "operations_manager"),
    "direction": ("mileo_client_charter.group_charter_direction", "general_management"),
}


class CharterCockpit(models.AbstractModel):
    """Reads the page of a role as plain values, for the client action to show. Nothing is stored.

    A page is ``figures`` (label, value, tone, action) and ``blocks`` of rows or of a table. Rows are read with the
    rights of the reader, in the companies they work in at present; an action is the list the figure was counted on.
    The number of statements does not depend on the size of the ledger: a test and a benchmark hold it down.
    """

    _name = "charter.cockpit"
    _description = "Cockpit"
    _inherit = ["charter.engine.mixin"]

    # -- the door ---------------------------------------------------------------------------------

    @api.model
    @api.readonly
    def charter_page(self, page=None):
        """Return the page ``page``, by default that of the reader's role.

        :return: dict of ``page``, ``pages`` the reader may open, ``day`` in words, ``figures`` and ``blocks``
        :raise AccessError: not a page of the reader's
        """
        mine = [name for name, (group, _role) in PAGES.items() if self.env.user.has_group(group)]
        page = page or self._first_page(mine)
        if page not in mine:
            raise AccessError(self.env._("This page of the cockpit is not one of your role."))
        titles = {
            "manager": self.env._("My day"),
            "operations": self.env._("Operations"),
            "direction": self.env._("General management"),
        }
        figures, blocks = getattr(self, f"_page_{page}")()
        return {
            "page": page,
            "pages": [{"id": name, "title": titles[name]} for name in mine],
            "day": moment_text(self.env, self._charter_now(), self._tz(), "EEEE d MMMM y, HH:mm"),
            "figures": figures,
            "blocks": blocks,
            "quick": self._quick(),
        }

    @api.model
    def _quick(self):
        """Return what a client brings by phone, one click away: [{key, label, action}] of what the reader may record."""
        wanted = (
            ("report", self.env._("A client reports a problem"), "charter.feedback"),
            ("escalation", self.env._("A client escalates"), "charter.escalation"),
            ("intervention", self.env._("New intervention"), "charter.intervention"),
        )
        return [
            {
                "key": key,
                "label": label,
                "action": {
                    "type": "ir.actions.act_window",
                    "name": label,
                    "res_model": model,
                    "views": [[False, "form"]],
                    "target": "current",
                },
            }
            for key, label, model in wanted
            if self.env[model].has_access("create")
        ]

    @api.model
    def _first_page(self, mine):
        """Return the page of the company's role one holds, else the account manager's."""
        roles = {role: name for name, (_group, role) in PAGES.items() if role and name in mine}
        if roles:
            assignments = self.env["charter.assignment"].sudo()
            keys = [(company, role, None) for company in self.env.companies.ids for role in roles]
            held = {
                role for (_c, role, _p), user in assignments._holders(keys).items() if user == self.env.uid
            }
            for role, name in reversed(roles.items()):
                if role in held:
                    return name
        return "manager"

    # -- time -------------------------------------------------------------------------------------

    @api.model
    def _tz(self):
        return self.env.context.get("tz") or self.env.user.tz or self.env.company._charter_tz()

    @api.model
    def _today(self):
        """Return the reader's day."""
        return to_local(self._charter_now(), self._tz()).date()

    @api.model
    def _midnight(self, days):
        """Return the end of the day ``days`` from the reader's today, naive UTC; what is due then is due on that day."""
        return to_utc(self._today() + timedelta(days=days + 1), self._tz())

    @api.model
    def _hour(self, moment):
        """Return “16:30”, or “by evening” when there is time until the end of the day."""
        local = to_local(moment, self._tz())
        if local.time() == time():
            return self.env._("by evening")
        return moment_text(self.env, moment, self._tz(), "HH:mm")

    @api.model
    def _day(self, moment, pattern="EEE d MMM"):
        """Return the day of a moment in words; midnight ends the day before."""
        local = to_local(moment - timedelta(seconds=1), self._tz())
        return day_text(self.env, local.date(), pattern)

    # -- whose ------------------------------------------------------------------------------------

    @api.model
    def _my_clients(self):
        """Return the domain on (company, client): those whose account manager or technical contact the reader is today,
        standing in included, in each of the companies they work in."""
        held = self.env["charter.assignment"]._clients_of_user()
        return Domain.OR(
            Domain("company_id", "=", company) & Domain("partner_id", "in", sorted(clients))
            for company, clients in held.items()
        )

    # -- shapes -----------------------------------------------------------------------------------

    @api.model
    def _list(self, title, model, domain, context=None, views=("list", "form")):
        """Return the action that shows what a figure was counted on."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [[False, view] for view in views],
            "domain": [self._plain(leaf) for leaf in Domain(domain)],
            "context": context or {},
            "target": "current",
        }

    @api.model
    def _plain(self, leaf):
        """Return a leaf of a domain without dates, which JSON has none of."""
        if isinstance(leaf, (list, tuple)):
            name, operator, value = leaf
            if isinstance(value, datetime):
                value = fields.Datetime.to_string(value)
            elif not isinstance(value, (str, int, float, bool, list, tuple)) and hasattr(value, "isoformat"):
                value = fields.Date.to_string(value)
            elif isinstance(value, (set, frozenset, tuple)) or type(value).__name__ == "OrderedSet":
                value = list(value)
            return [name, operator, value]
        return leaf

    @api.model
    def _figure(self, key, label, value, action, tone="", note=""):
        return {"key": key, "label": label, "value": str(value), "tone": tone, "note": note, "action": action}

    @api.model
    def _row(
        self,
        record,
        title,
        *,
        when="",
        lines=(),
        tone="",
        badge="",
        phone="",
        step=None,
        model=None,
        res_id=None,
    ):
        """Return a line of a block that opens ``record``, or the record of ``model`` and ``res_id``."""
        return {
            "key": f"{record._name}-{record.id}",
            "title": title,
            "when": when,
            "lines": [line for line in lines if line],
            "tone": tone,
            "badge": badge,
            "phone": phone or "",
            "tel": tel(phone),
            "step": step,
            "action": {
                "type": "ir.actions.act_window",
                "res_model": model or record._name,
                "res_id": res_id or record.id,
                "views": [[False, "form"]],
                "target": "current",
            },
        }

    @api.model
    def _block(self, key, title, empty, *, groups=(), table=None, action=None, count=0, more=""):
        """Return a part of a page; ``empty`` is said where it has nothing, ``count`` how many its list has."""
        return {
            "key": key,
            "title": title,
            "empty": empty,
            "groups": [group for group in groups if group["rows"]],
            "table": table,
            "action": action,
            "count": count,
            "more": more,
        }

    # -- shared blocks ----------------------------------------------------------------------------

    @api.model
    def _trouble_block(self, domain, title):
        """Return clients in trouble and why. :return: (block, how many are in trouble, how many there are)"""
        health = self.env["charter.health"]
        levels = dict(health._read_group(domain, ["level"], ["__count"]))
        trouble = Domain(domain) & Domain("level", "=", "trouble")
        rows = health.search_fetch(trouble, limit=ROWS) if levels.get("trouble") else health
        rows.partner_id.fetch(["name"])
        block = self._block(
            "trouble",
            title,
            self.env._("No client is at risk."),
            groups=[
                {
                    "title": "",
                    "rows": [
                        self._row(
                            row,
                            row.partner_id.name,
                            lines=(row.reasons or "").splitlines(),
                            tone="danger",
                            model="res.partner",
                            res_id=row.partner_id.id,
                        )
                        for row in rows
                    ],
                }
            ],
            action=self._list(title, "charter.health", trouble, views=("list", "kanban")),
            count=levels.get("trouble", 0),
        )
        return block, levels.get("trouble", 0), sum(levels.values())

    @api.model
    def _report_block(self, domain, title):
        """Return reports not sent yet, the most pressing first. :return: (block, how many, how many past their day)"""
        reports = self.env["charter.report"]
        domain = Domain(domain) & Domain("state", "in", ("draft", "held", "reviewed"))
        count = reports.search_count(domain)
        rows = reports.search(domain, order="due_at, id", limit=ROWS) if count else reports
        now = self._charter_now()
        labels = dict(reports._fields["state"]._description_selection(self.env))
        late = reports.search_count(domain & over_domain(now)) if count else 0
        block = self._block(
            "reports",
            title,
            self.env._("No report waits to be sent."),
            groups=[
                {
                    "title": "",
                    "rows": [
                        self._row(
                            row,
                            row.display_name,
                            when=self._day(row.due_at) if row.due_at else "",
                            lines=[row.error],
                            badge=labels[row.state],
                            tone="danger" if is_past_due(row.due_at, now) else "",
                        )
                        for row in rows
                    ],
                }
            ],
            action=self._list(title, "charter.report", domain),
            count=count,
        )
        return block, count, late
