"""Clients and the documents delivered to them."""

from freezegun import freeze_time

from .common import START, CharterCase


class DeliveryCase(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Clients of a database with a life of its own are not these tests'.
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).charter_tier_id = False
        cls.company.charter_delivery_review_from = 20
        with cls.frozen():
            cls.contract = cls._contract(cls.client)

    @classmethod
    def frozen(cls):
        return freeze_time(START)

    def contacts_cron(self):
        with self.committing():
            self.env["charter.contact.sheet"]._cron_contacts()

    def deliver(self):
        with self.committing():
            self.env["charter.delivery.run"]._cron_delivery()

    def deliveries(self, kind="contacts", client=None):
        return self.env["charter.delivery"].search(
            [("partner_id", "=", (client or self.client).id), ("kind", "=", kind)], order="id"
        )

    def leave(self, deliveries):
        for mail in deliveries.sudo().mail_id:
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])

    def hand_over(self, hours=0):
        """Everything owed is planned, written and leaves."""
        with self.at(hours):
            self.contacts_cron()
            self.deliver()
            on_their_way = self.env["charter.delivery"].search([("state", "=", "queued")])
            self.leave(on_their_way)
        return on_their_way

    def sheets_owed(self, client=None):
        return self.env["charter.obligation"].search(
            [
                ("partner_id", "=", (client or self.client).id),
                ("code", "=", "contacts.sheet"),
                ("is_owed", "=", True),
            ]
        )
