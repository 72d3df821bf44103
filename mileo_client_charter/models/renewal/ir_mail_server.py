"""The form in which an invitation leaves, so that calendars show it as one (RFC 6047)."""

from odoo import models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, attachments=None, **kwargs):  # noqa: PLW3201
        """Build as core does; an invitation is a form of the message itself, which calendars show with its buttons, and a file besides."""
        entries = [one for one in attachments or () if one[2] and one[2].startswith("text/calendar; method=")]
        others = [one for one in attachments or () if one not in entries]
        message = super()._build_email__(*args, attachments=others, **kwargs)
        for name, content, mimetype in entries:
            method = (
                mimetype.partition("method=")[2].strip().upper()
            )  # an attachment keeps it in small letters
            forms = [part for part in message.walk() if part.get_content_type() == "multipart/alternative"]
            if forms:
                # Of the forms of a message the last is the one to show (RFC 2046, section 5.1.4).
                text = content if isinstance(content, str) else content.decode()
                forms[0].add_alternative(text, subtype="calendar", charset="utf-8", params={"method": method})
            data = content.encode() if isinstance(content, str) else content
            params = {"method": method, "charset": "utf-8"}
            message.add_attachment(data, maintype="text", subtype="calendar", filename=name, params=params)
        return message
