"""What was sent to a contact that was merged into another one opens that one's page: links, surveys, calendars, invitations."""

from odoo.tests import tagged

from ..cases.doors import DoorSweep
from ..cases.links import LinksCase

# Parts of an address that open a page without a login, each with the test below that follows it through a merge.
KEYS = {"link": "signed links", "token": "surveys", "key": "calendars"}


@tagged("post_install", "-at_install")
class TestMergedLinks(LinksCase):
    def setUp(self):
        super().setUp()
        self.chain = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.client.id, "email": f"{name}@alpine.example.com", "lang": "en_US"}
                for name in ("first", "second")
            ]
        )  # fmt: skip
        self._contract(self.client)

    def merge(self, source, target):
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [source.id, target.id], target, extra_checks=False
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def page(self, path, **query):
        self.env.flush_all()
        answer = self.url_open(path, params=query, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def test_each_key_of_an_address_is_followed_here(self):
        """From the routing map: a route of next year that opens by a key of its own is asked about."""
        routes = [rule for rule in DoorSweep.routes(self) if rule.endpoint.routing["auth"] == "public"]
        keys = {
            name
            for rule in routes
            for name, kind in rule._converters.items()
            if type(kind).__name__ == "UnicodeConverter"
        }
        self.assertEqual(keys, set(KEYS), "say here what becomes of it when its contact is merged")

    def test_signed_links(self):
        """Every purpose of the registry, its contact merged, merged again, and its client merged as well."""
        purposes = {purpose: model for model, purpose, _link in self.env["charter.link"]._purposes().values()}
        self.assertGreaterEqual(len(purposes), 10)
        first, second = self.chain
        sister = self.env["res.partner"].create({"name": "Alpine SA", "is_company": True})
        records = {purpose: self.record_of(purpose).sudo() for purpose in sorted(purposes)}
        tokens = {purpose: self.token(record, purpose) for purpose, record in records.items()}
        opened = self.env["charter.link"]._opened

        def assert_all(contact, status, code):
            for purpose, token in tokens.items():
                with self.subTest(purpose, contact=contact.name, status=status):
                    record = contact if purposes[purpose] == "res.partner" else records[purpose]
                    found = opened(token)
                    self.assertEqual(
                        (found[0], found[1], found[2], found[4]), (record, contact, purpose, status)
                    )
                    page = self.page(f"/charter/l/{token}")
                    self.assertEqual(page.status_code, code, page.text[:300])

        self.merge(self.alice, first)
        assert_all(first, "open", 200)
        self.merge(first, second)
        self.merge(self.client, sister)
        assert_all(second, "open", 200)
        second.active = False
        assert_all(second, "left", 410)

    def invited(self, *contacts):
        """One closed intervention and its invitations, in the order of ``contacts``."""
        work = self.env["charter.intervention"].create(
            {"name": "Door", "partner_id": self.client.id, "kind": "corrective",
             "contact_ids": [(6, 0, [contact.id for contact in contacts])]}
        )  # fmt: skip
        work.action_close()
        surveys = work.feedback_ids.sudo().sorted(lambda one: contacts.index(one.contact_id))
        surveys._send_invitations(self.env.cr.now())
        return surveys

    def test_surveys(self):
        """Of one invited alone, and of two who were invited to the same: each address opens the survey that stands."""
        first = self.chain[0]
        for case, invited, answering in (
            ("alone", (self.alice,), None),
            ("both", (self.alice, first), None),
            ("both, the one who goes has answered", (self.alice, first), 0),
            ("both, the one who stays has answered", (self.alice, first), 1),
        ):
            with self.subTest(case), self.env.cr.savepoint() as savepoint:
                surveys = self.invited(*invited)
                if answering is not None:
                    surveys[answering]._answer(rating=5, comment="All is well.")
                self.merge(self.alice, first)
                for survey in surveys:
                    page = self.page(f"/charter/s/{survey.token}")
                    self.assertEqual(page.status_code, 200, page.text[:300])
                    self.assertEqual('name="rating"' in page.text, answering is None)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_calendars(self):
        """Both go on, are revoked together, and end with the person."""
        first, second = self.chain
        for contact in (self.alice, first):
            contact._charter_make_calendar()
        keys = [contact.sudo().charter_calendar_key for contact in (self.alice, first)]

        def answers():
            return [self.page(f"/charter/calendar/{key}.ics").status_code for key in keys]

        self.merge(self.alice, first)
        self.merge(first, second)
        self.assertEqual(answers(), [200, 200])
        for ending in (
            "_charter_make_calendar",
            "_charter_revoke_calendar",
            "_charter_anonymise",
            "action_archive",
        ):
            with self.subTest(ending), self.env.cr.savepoint() as savepoint:
                getattr(second, ending)()
                self.assertEqual(answers(), [404, 404])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_calendar_of_another_client_ends(self):
        """Nothing hangs on the contact but its calendar: it must not show what is the other client's."""
        borea, bea, _bob = self._client("Borea")
        self._contract(borea)
        [silent, mover] = self.env["res.partner"].create(
            [{"name": name, "parent_id": borea.id} for name in ("Silent", "Mover")]
        )
        for contact in (silent, mover):
            contact._charter_make_calendar()
        keys = [contact.sudo().charter_calendar_key for contact in (silent, mover)]
        self.merge(silent, mover)
        self.merge(mover, self.alice)
        for key in keys:
            self.assertEqual(self.page(f"/charter/calendar/{key}.ics").status_code, 404)
        self.assertFalse(self.alice.sudo().charter_calendar_key)
        self.assertTrue(bea.exists())

    def test_invitations_to_the_portal(self):
        """The token of core's mail “You are invited” (auth_signup)."""
        first, second = self.chain
        user = self._portal(self.alice)
        self.alice.signup_prepare()
        token = self.alice._generate_signup_token()
        retrieve = self.env["res.partner"].sudo()._signup_retrieve_info
        self.assertEqual(retrieve(token)["login"], user.login)
        self.merge(self.alice, first)
        self.merge(first, second)
        self.assertEqual(retrieve(token)["login"], user.login)
        self.assertEqual(self.page("/web/signup", token=token).status_code, 200)
        second.signup_cancel()
        self.assertFalse(retrieve(token), "it was used")
        second.signup_prepare()
        user.active = False
        self.assertFalse(retrieve(token), "the user is gone")
