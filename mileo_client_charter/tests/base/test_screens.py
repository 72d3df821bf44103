"""Every menu as each role opens it: a page that lists within its statements, has words when it is empty, an address people read."""

import re
from datetime import timedelta

from lxml import etree
from odoo.tests import Form, tagged

from ...models.base.charter_addons import is_charter_model
from ..cases.two_companies import DECIDING, TwoCompaniesCase

STATEMENTS = {"list": 25, "form": 40}
ADDON = "mileo_client_charter"


@tagged("post_install", "-at_install")
class TestScreens(TwoCompaniesCase):
    def actions(self):
        """{external id: action} of every menu of the app that opens records."""
        menus = self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", "ir.ui.menu")])
        found = {}
        for menu in self.env["ir.ui.menu"].browse(menus.mapped("res_id")):
            if menu.action and menu.action._name == "ir.actions.act_window":
                found[menu.action.xml_id] = menu.action
        return found

    def spec_of(self, arch):
        """What the web client asks for a list: its own columns, those of lists inside left to their form."""
        return {node.get("name"): {} for node in arch.iterfind("field") if node.get("name")}

    def test_every_menu_says_what_it_is_for(self):
        actions = self.actions()
        self.assertGreater(len(actions), 40, "the sweep finds the menus by itself")
        for name, action in actions.items():
            with self.subTest(name):
                if action.target == "new" or action.res_model == "res.config.settings":
                    continue
                self.assertRegex(action.path or "", r"^charter-[a-z-]+$", "an address that people can read")
                for lang in ("en_US", "fr_FR"):
                    self.assertGreater(
                        len(re.sub("<[^>]*>|\\s", "", action.with_context(lang=lang).help or "")), 20
                    )

    def test_a_state_is_not_named_after_something_else(self):
        """A notice whose clients were informed once read “Contact change notices”, the name of another list."""
        ours = [name for name, model in self.env.items() if is_charter_model(model)]
        lists = set(self.env["ir.actions.act_window"].search([("res_model", "in", ours)]).mapped("name"))
        looked_at = 0
        for model in self.env.values():
            field = model._fields.get("state")
            if is_charter_model(model) and field and field.type == "selection":
                labels = {
                    label for _key, label in field._description_selection(self.env(context={"lang": "en_US"}))
                }
                looked_at += len(labels)
                with self.subTest(model._name):
                    self.assertFalse(labels & lists)
        self.assertGreater(looked_at, 60)

    def test_filters_of_an_action_narrow_it(self):
        """Two filters in one group of a search view are alternatives: who opens “mine, unread” does not get either."""
        alternatives = {"action_charter_feedback_followup": {"to_call", "to_tell"}}
        looked_at = 0
        for name, action in self.actions().items():
            wanted = set(re.findall(r"search_default_(\w+)", action.context or ""))
            if len(wanted) < 2:
                continue
            looked_at += 1
            view = self.env[action.res_model].get_views([(action.search_view_id.id, "search")])["views"][
                "search"
            ]
            group, groups = set(), []
            for node in etree.fromstring(view["arch"]):
                if node.tag == "separator" or node.tag == "group":
                    groups.append(group)
                    group = set()
                elif node.tag == "filter":
                    group.add(node.get("name"))
            known = set().union(*groups, group)
            self.assertLessEqual(wanted, known, name)
            for one in [*groups, group]:
                together = one & wanted
                if len(together) > 1:
                    self.assertEqual(together, alternatives.get(name.split(".")[1]), name)
        self.assertGreater(looked_at, 3)

    def test_lists_and_forms_within_their_statements(self):
        opened = dict.fromkeys(STATEMENTS, 0)
        # The most a view holds is what operations see; others are refused fields, never given more.
        people = {role: self.a.staff[role] for role in ("operations", "manager") if role in self.a.staff}
        self.asked = {}
        with self.at(moment=DECIDING + timedelta(hours=2)):
            for role, user in people.items():
                self.asked = {}
                for name, action in self.actions().items():
                    env = self.env(
                        user=user,
                        context={
                            **self.env.context,
                            "allowed_company_ids": self.company.ids,
                            "lang": "fr_FR",
                        },
                    )
                    model = env[action.res_model]
                    if model._transient or not model.has_access("read"):
                        continue
                    with self.subTest(name, role=role):
                        self.open(model, action, opened)
        self.assertGreater(opened["list"], 60)
        self.assertGreater(opened["form"], 25)

    def open(self, model, action, opened):
        modes = {mode: view for view, mode in action.views}
        for mode in ("list", "form"):
            record = model.search([], limit=1) if mode == "form" else model
            if mode not in modes or (mode == "form" and not record):
                continue
            key = (model._name, mode, modes[mode])
            if key not in self.asked:
                arch = model.get_view(modes[mode] or None, mode)["arch"]
                # Lists are read by their columns; a form by all that it holds, the lists inside included.
                self.asked[key] = (
                    self.spec_of(etree.fromstring(arch))
                    if mode == "list"
                    else Form(record, view=modes[mode] or None)._view["fields_spec"]
                )
            # What a server has read once for everybody (rules, groups) is no part of a page.
            model.web_search_read([], self.asked[key] if mode == "list" else {}, limit=1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            if mode == "list":
                model.web_search_read([], self.asked[key], limit=80)
            else:
                record.web_read(self.asked[key])
            spent = self.env.cr.sql_log_count - before
            opened[mode] += 1
            self.assertLessEqual(spent, STATEMENTS[mode], f"{mode} of {model._name}")
