"""Alerts are in the language of the colleague they are for: a mail template without a language takes the client's."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE mail_template AS template
           SET lang = '{{ ctx.get(''charter_user'', object.user_id).lang }}'
          FROM ir_model_data AS known
         WHERE known.model = 'mail.template' AND known.res_id = template.id AND known.module = 'mileo_client_charter'
           AND known.name IN ('mail_promise_opened', 'mail_promise_due', 'mail_promise_late')
           AND COALESCE(template.lang, '') = ''
        """
    )
