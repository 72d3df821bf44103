from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestThreadReach(CharterCase):
    """What is posted on a client's thread is mailed to our people and to that client's, whoever follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.other, cls.bea, _two = cls._client("Bistro")
        cls.portal_bea = new_test_user(
            cls.env, "t_bea", groups="base.group_portal", partner_id=cls.bea.id, name="Bea", email="bea@bistro.example.com"
        )  # fmt: skip
        cls.follows = cls.bea | cls.alice | cls.technician.partner_id

    def _threads(self):
        return (
            ("feedback", self.negative()),
            ("escalation", self.escalate()),
            (
                "intervention",
                self.env["charter.intervention"].create({"name": "Camera", "partner_id": self.client.id}),
            ),
        )

    def _post(self, record, **values):
        """(partners notified, partners mailed) by a real post of a member of the staff."""
        last = self.env["mail.mail"].sudo().search([], order="id desc", limit=1).id or 0
        message = record.with_user(self.manager).with_context(mail_notify_force_send=False).message_post(
            body="Between Alpine and us.", message_type="comment", subtype_xmlid="mail.mt_comment",
            mail_auto_delete=False, **values
        )  # fmt: skip
        mails = self.env["mail.mail"].sudo().search([("id", ">", last), ("mail_message_id", "=", message.id)])
        return message.sudo().notification_ids.res_partner_id, mails.recipient_ids

    def test_a_foreign_follower_is_mailed_nothing(self):
        with self.at():
            for name, record in self._threads():
                with self.subTest(name):
                    record.message_subscribe(self.follows.ids)
                    self.assertIn(self.bea, record.message_partner_ids)
                    for found in self._post(record):
                        self.assertNotIn(self.bea, found)
                        self.assertIn(self.alice, found)
                        self.assertIn(self.technician.partner_id, found)

    def test_nor_when_named(self):
        """Somebody named in the message is one of ours or of the client too; the client's own subsidiary is not."""
        subsidiary = self.env["res.partner"].create(
            {"name": "Alpine South", "is_company": True, "parent_id": self.client.id, "email": "south@alpine.example.com"}
        )  # fmt: skip
        with self.at():
            for name, record in self._threads():
                with self.subTest(name):
                    for found in self._post(record, partner_ids=(self.bea | subsidiary | self.adam).ids):
                        self.assertFalse(found & (self.bea | subsidiary))
                        self.assertIn(self.adam, found)

    def test_what_a_client_wrote_stays(self):
        """An administrator rewrote, and deleted, a client's message in the thread of its escalation."""
        with self.at():
            for name, record in self._threads():
                said = record.message_post(
                    body="It never worked.",
                    author_id=self.alice.id,
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                )
                own = record.message_post(body="We look at it.", author_id=self.technician.partner_id.id)
                for who in (self.env(su=True), self.env(user=self.env.ref("base.user_admin"))):
                    message = said.with_env(who)
                    with self.subTest(name, who=who.uid, su=who.su):
                        with self.assertRaisesRegex(AccessError, "stays as it was written"):
                            message.write({"body": "It works."})
                        with self.assertRaisesRegex(AccessError, "stays as it was written"):
                            message.unlink()
                        message.write({"body": message.body})
                (said + own).invalidate_recordset()
                self.assertIn("It never worked.", said.body)
                with self.subTest(name, own=True):
                    own.write({"body": "We are looking at it."})
                    own.unlink()

    def test_our_own_contacts_without_a_login(self):
        colleague = self.env["res.partner"].create(
            {"name": "On call", "parent_id": self.company.partner_id.id, "email": "oncall@mileo.example.com"}
        )
        with self.at():
            escalation = self.escalate()
            escalation.message_subscribe(colleague.ids)
            for found in self._post(escalation):
                self.assertIn(colleague, found)

    def test_who_is_not_identified_can_be_asked(self):
        with self.at():
            escalation = self.env["charter.escalation"].message_new(
                {"subject": "Nobody answers", "body": "<p>Call me</p>", "email_from": "Zoe <zoe@unknown.example.com>",
                 "from": "Zoe <zoe@unknown.example.com>", "message_id": "<t1@x>", "author_id": False}
            )  # fmt: skip
            self.assertEqual(escalation.state, "unqualified")
            stranger = self.env["res.partner"].create({"name": "Zoe", "email": "zoe@unknown.example.com"})
            for found in self._post(escalation, partner_ids=(stranger | self.bea).ids):
                self.assertIn(stranger, found)
                self.assertNotIn(self.bea, found)
