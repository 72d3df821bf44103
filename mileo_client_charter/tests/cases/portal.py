"""Two clients with contacts who have users on the portal, and requests of theirs."""

import html
import re

from odoo.http import Request
from odoo.tests import HttpCase

from .common import CharterCase


class DoorsCase(CharterCase, HttpCase):
    """Two clients with two contacts each, and a subsidiary of the first, all with a user on the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "charter_feedback_frequency_days": 0,
                "charter_nps_frequency_days": 0,
                "phone": "+33 1 44 00 00 00",
            }
        )
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        # The language of the site: its pages have no prefix then.
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.borea, cls.bea, cls.bob = cls._client("Borea")
        cls.south = cls.env["res.partner"].create(
            {"name": "Alpine South", "is_company": True, "parent_id": cls.client.id}
        )
        cls.sara = cls.env["res.partner"].create(
            {"name": "Sara", "parent_id": cls.south.id, "email": "sara@south.example.com", "lang": "en_US"}
        )
        for contact, login in (
            (cls.alice, "p_alice"), (cls.adam, "p_adam"), (cls.bea, "p_bea"), (cls.bob, "p_bob"),
            (cls.sara, "p_sara"),
        ):  # fmt: skip
            cls._portal(contact, login)

    def log_in(self, login):
        self.authenticate(login, login)

    def get(self, url, **options):
        return self.url_open(url, allow_redirects=False, **options)

    def post(self, url, **data):
        return self.url_open(
            url, data={"csrf_token": Request.csrf_token(self), **data}, method="POST", allow_redirects=False
        )

    def portal_user(self, contact):
        return self.env["res.users"].search([("partner_id", "=", contact.id)])

    def assertShows(self, response, *texts, status=200):
        self.assertEqual(response.status_code, status)
        page = " ".join(html.unescape(re.sub(r"<[^>]+>", "", response.text)).split())
        for text in texts:
            self.assertIn(text, page)

    def body(self, response):
        """A page without what changes from one request to the next: tokens and its own address."""
        path = response.request.path_url
        text = re.sub(r"[0-9a-f]{40}o\d+", "TOKEN", response.text)
        return text.replace(path, "PATH")
