"""Who leaves a client reads it no more, from the next request on, whatever way they left."""

import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.base.charter_addons import is_charter_model
from ..cases.reading import ReadingCase


class MoverCase(ReadingCase):
    def client_models(self):
        """Models of which clients read rows of their own: the charter's, and contracts."""
        alice = self.users["alice"]
        return [
            name
            for name, model in self.env.registry.items()
            if not model._abstract
            and not model._transient
            and (is_charter_model(model) or name.startswith("contract."))
            and self.env[name].with_user(alice).has_access("read")
        ]

    def ways_to_leave(self):
        """{how: what is done}; each time client a's contact ends up as client b's, or the user as another contact."""
        contact, user = self.alice, self.users["alice"]
        person = self.env["res.partner"].create({"name": "Alan", "parent_id": self.client_b.id})
        elsewhere = self.env["res.partner"].create({"name": "Elsewhere", "is_company": True})
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.client.id})

        def by_another_worker():
            self.env.cr.execute(
                "UPDATE res_partner SET parent_id = %(to)s, commercial_partner_id = %(to)s WHERE id = %(who)s",
                {"to": self.client_b.id, "who": contact.id},
            )
            self.env.invalidate_all()

        def below_a_branch_that_is_sold():
            branch.parent_id = self.client_b

        def merged():
            self.env.flush_all()
            # What core's wizard does last, by SQL; ours refuses a merge into a contact of another client.
            self.env.cr.execute("UPDATE res_users SET partner_id = %s WHERE id = %s", [person.id, user.id])
            self.env.invalidate_all()

        contact_below = {"below a branch that is sold": branch}
        ways = {
            "moved": lambda: contact.write({"parent_id": self.client_b.id}),
            "on its own": lambda: contact.write({"parent_id": False}),
            "became a company": lambda: contact.write({"is_company": True}),
            "moved by SQL": by_another_worker,
            "below a branch that is sold": below_a_branch_that_is_sold,
            "the user is another contact": lambda: user.write({"partner_id": person.id}),
            "merged into a contact elsewhere": merged,
            "where there is no charter": lambda: contact.write({"parent_id": elsewhere.id}),
        }
        return ways, contact_below


@tagged("post_install", "-at_install")
class TestReadingMovers(MoverCase, HttpCase):
    def rows_of(self, name):
        return set(self.env[name].with_user(self.users["alice"]).search([]).ids)

    def test_nothing_of_the_former_client(self):
        names = self.client_models()
        ways, below = self.ways_to_leave()
        for how, leave in ways.items():
            with self.undone():
                if how in below:
                    self.alice.parent_id = below[how]
                    self.env.flush_all()
                before = {name: self.rows_of(name) for name in names}
                self.assertGreater(len([name for name in names if before[name]]), 5)
                leave()
                self.env.flush_all()
                for name in names:
                    own = before[name]
                    client = self.env[name].browse(own)
                    if "partner_id" not in client._fields and "commercial_partner_id" not in client._fields:
                        continue
                    with self.subTest(how, model=name):
                        self.assertFalse(self.rows_of(name) & own)
                        for row in client:
                            with self.assertRaises(AccessError):
                                row.with_user(self.users["alice"]).read(["display_name"])

    def test_at_the_next_request(self):
        """The session that was open stays open, and shows what the new client may see."""
        self.enter_as("alice")
        own = self.rows["charter.feedback", "a"]

        def called():
            answer = self.url_open(
                "/web/dataset/call_kw",
                data=json.dumps(
                    {
                        "params": {
                            "model": "charter.feedback",
                            "method": "search_read",
                            "args": [[]],
                            "kwargs": {"fields": ["id"]},
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            )
            return {row["id"] for row in answer.json()["result"]}

        self.assertIn(own.id, called())
        self.assertEqual(self.url_open(f"/my/charter/feedback/{own.id}").status_code, 200)
        self.alice.parent_id = self.client_b
        self.env.flush_all()
        self.assertEqual(called(), set(self.rows["charter.feedback", "b"].ids))
        self.assertEqual(self.url_open(f"/my/charter/feedback/{own.id}").status_code, 404)
        self.alice.parent_id = self.client
        self.env.flush_all()
        self.assertIn(own.id, called())

    def test_rules_are_still_evaluated_once(self):
        """A user whose contact stays costs no evaluation more than before."""
        model = self.env["charter.feedback"].with_user(self.users["alice"])
        model.search([])
        evaluated = []
        real = type(self.env["ir.rule"])._get_rules
        self.patch(
            type(self.env["ir.rule"]),
            "_get_rules",
            lambda *args, **kw: evaluated.append(args) or real(*args, **kw),
        )
        self.env.invalidate_all()
        model.search([])
        self.assertFalse(evaluated)


@tagged("post_install", "-at_install")
class TestSurveyOfWhoLeft(MoverCase, HttpCase):
    def page(self, feedback, lang="en_US", more="", **form):
        path = f"/charter/s/{feedback.sudo().token}{more}?lang={lang}"
        return self.url_open(path, data={**form, "csrf_token": self.csrf} if form else None)

    def test_the_link_is_dead(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.authenticate(None, None)
        feedback = self.invitation()
        self.assertEqual(self.page(feedback).status_code, 200)
        self.csrf = self.page(feedback).text.split('name="csrf_token" value="')[1].split('"')[0]
        elsewhere = self.client_b
        # Odoo archives no contact who still has a login.
        self.users["alice"].active = False
        for how, values in (("moved", {"parent_id": elsewhere.id}), ("archived", {"active": False})):
            with self.subTest(how), self.undone(), mute_logger("odoo.http"):
                self.alice.write(values)
                self.env.flush_all()
                for more in ("", "/more"):
                    for lang, words in (("en_US", "contact no more"), ("fr_FR", "n’en est plus")):
                        page = self.page(feedback, lang, more)
                        self.assertEqual(page.status_code, 410)
                        self.assertIn(words, page.text)
                        for secret in (self.client.name, feedback.intervention_id.name, self.alice.name):
                            self.assertNotIn(secret, page.text)
                self.assertEqual(self.page(feedback, rating="1", comment="x").status_code, 410)
                feedback.invalidate_recordset()
                self.assertEqual((feedback.state, feedback.rating), ("sent", 0))

    def test_what_was_answered_before_is_closed_too(self):
        self.authenticate(None, None)
        feedback = self.negative()
        self.assertIn(feedback.intervention_id.name, self.page(feedback).text)
        self.alice.parent_id = self.client_b
        self.env.flush_all()
        page = self.page(feedback, more="/more")
        self.assertEqual(page.status_code, 410)
        self.assertNotIn(feedback.intervention_id.name, page.text)
        self.assertEqual(feedback.rating, 2, "what was said stays")

    def test_nobody_is_reminded_of_a_dead_link(self):
        feedback, other = self.invitation(), self.invitation(self.adam)
        self.users["alice"].active = self.alice.active = False
        before = self.mails_to(self.alice)
        (feedback | other)._charter_engine()._remind(feedback._charter_now())
        self.assertEqual(self.mails_to(self.alice), before)
        self.assertEqual(len(self.mails_to(self.adam)), 2)
        self.assertTrue(feedback.reminded_at, "looked at once")
