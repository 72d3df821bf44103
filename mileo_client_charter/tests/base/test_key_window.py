"""A key is shown once, in a window, and is written nowhere."""

from odoo.tests import tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestKeyWindow(CharterCase):
    def test_a_window_that_is_left_writes_no_key_into_the_log(self):
        """What the web client sends when another address is opened in the tab: the record of the window, as new."""
        window = self.env["res.users.apikeys.show"].with_user(self.admin)
        with self.assertNoLogs("odoo.sql_db"):
            saved = window.web_save({"key": "5242"}, specification={"key": {}})
        self.assertEqual(saved, [])
