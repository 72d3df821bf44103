"""Files handed over so far are on record from now on.

What a charter's copies carry was told clients under its SHA-256 (``fingerprint``): that is what goes on record, so that a
file that was replaced since shows. Of other files nothing older is known than what they are today.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_door

BATCH = 100


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    files = env["ir.attachment"]
    cr.execute(
        """
        SELECT file.id, min(delivery.fingerprint)
          FROM ir_attachment file
          JOIN charter_delivery_ir_attachment_rel link ON link.ir_attachment_id = file.id
          JOIN charter_delivery delivery ON delivery.id = link.charter_delivery_id
         WHERE delivery.kind = 'charter' AND delivery.fingerprint ~ '^[0-9a-f]{64}$' AND file.charter_sha256 IS NULL
         GROUP BY file.id
        """
    )
    recorded = dict(cr.fetchall())
    with charter_door(cr):
        for file in files.browse(recorded):
            file.write({"charter_sha256": recorded[file.id], "company_id": file._charter_company().id})
    cr.execute(
        """
        SELECT file.id FROM ir_attachment file WHERE file.charter_sha256 IS NULL AND (
               EXISTS (SELECT 1 FROM charter_delivery_ir_attachment_rel link WHERE link.ir_attachment_id = file.id)
            OR file.res_model = 'charter.review' AND file.res_field = 'dossier_file'
            OR file.res_model = 'charter.document' AND file.res_field = 'official_pdf'
               AND EXISTS (SELECT 1 FROM charter_document one WHERE one.id = file.res_id AND one.state != 'draft'))
         ORDER BY file.id
        """
    )
    rest = [row_id for (row_id,) in cr.fetchall()]
    for start in range(0, len(rest), BATCH):
        files.browse(rest[start : start + BATCH])._charter_freeze()
        env.invalidate_all()
