"""Copies for a client of what it did itself, or is on record as its own: an incident it reported, a link it followed, a
rating.
"""


def mail_copy(
    thread, contact, company, subject, body, layout="mileo_client_charter.mail_bare_layout", owed=False
):
    """Queue a mail to ``contact`` of what it has just done or said; it is kept on ``thread``, where a reply to it arrives.

    It keeps no promise: what informs a client of something of ours is ``_charter_write_to_client``, or a delivery.

    :param thread: document the mail belongs to, in the language of ``contact``
    :param body: HTML
    :param layout: external id; by default the body is a page of its own
    :param owed: it is more than a copy, and no contact can refuse it
    """
    if not owed and not contact._charter_takes_copies():
        return
    thread.with_context(mail_notify_force_send=False).message_notify(
        partner_ids=contact.ids,
        subject=subject,
        body=body,
        author_id=company.partner_id.id,
        email_layout_xmlid=layout,
        mail_auto_delete=False,
    )
    # Core's queue does not look for what has just been put into it.
    thread.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


def mail_recorded_for(document, contact, said):
    """Mail ``contact``, in its language, what our people have just recorded of what it said or did: it says if that is not so.

    A reply is a word of the client on ``document``, which is read (charter.word). Without an address there is none.

    :param said: function of the document, in the language of ``contact``, that returns the subject of the email, and
        (what, words) of each thing recorded
    """
    if not contact.email_normalized:
        return
    thread = document.with_context(lang=contact.lang or document.env.lang)
    subject, lines = said(thread)
    body = thread.env["ir.qweb"]._render(
        "mileo_client_charter.mail_recorded_for",
        {"contact": contact, "lines": [line for line in lines if line[1]], "who": thread.env.user.name},
    )
    layout = "mileo_client_charter.mail_client_layout"
    mail_copy(thread, contact, thread.company_id, subject, body, layout, owed=True)
