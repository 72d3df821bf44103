"""Evidence names contacts by their key, where the delivery or the address it was written from still says whom it names."""


def migrate(cr, version):
    # The database refuses what does not come through the engine's door, where there is one.
    cr.execute("SET LOCAL charter.door = 'open'")
    # “Mail to NAME (ADDRESS): SUBJECT”, in whichever language: name and address of the delivery that kept the promise.
    cr.execute(
        """
        UPDATE charter_obligation promise
           SET evidence = replace(promise.evidence, known.words, known.key)
          FROM (SELECT delivery.obligation_id, contact.name || ' (' || delivery.email || ')' AS words,
                       '[contact ' || contact.id || ']' AS key
                  FROM charter_delivery delivery JOIN res_partner contact ON contact.id = delivery.contact_id
                 WHERE delivery.obligation_id IS NOT NULL AND delivery.email IS NOT NULL AND contact.name IS NOT NULL) known
         WHERE known.obligation_id = promise.id AND position(known.words IN promise.evidence) > 0
        """
    )
    # “…by mail to "NAME" <ADDRESS>”: a contact of the client of the promise, and of nobody else.
    cr.execute(
        """
        UPDATE charter_obligation promise
           SET evidence = replace(promise.evidence, known.words, known.key)
          FROM (SELECT commercial_partner_id, '"' || name || '" <' || email || '>' AS words, min('[contact ' || id || ']') AS key
                  FROM res_partner WHERE name IS NOT NULL AND email IS NOT NULL
                 GROUP BY 1, 2 HAVING count(*) = 1) known
         WHERE known.commercial_partner_id = promise.partner_id AND position(known.words IN promise.evidence) > 0
        """
    )
    cr.execute("SET LOCAL charter.door = ''")
