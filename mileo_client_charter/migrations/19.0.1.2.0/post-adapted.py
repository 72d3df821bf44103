"""The charter shipped with the addon is adapted from CHR-CRM-001, and says which time limits that document does not give.

Its published text stays as it was published; that it is adapted, and what the company set itself, is known of it all the same. A
version the company wrote anew, with another introduction, is left alone.
"""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through

OWN = (
    "charter.copy", "contacts.sheet", "feedback.outcome", "intervention.resolution", "intervention.response", "remediation.start",
    "renewal.decision", "report.delivery",
)  # fmt: skip


def migrate(cr, version):
    if not version:
        return
    charter_through(
        cr,
        """
        UPDATE charter_document AS document
           SET is_adapted = true
          FROM ir_model_data AS known
          JOIN charter_document AS shipped ON shipped.id = known.res_id
         WHERE known.module = 'mileo_client_charter' AND known.name = 'charter_v1_2' AND known.model = 'charter.document'
           AND document.reference = shipped.reference
           AND document.introduction ->> 'en_US' = shipped.introduction ->> 'en_US'
        """,
    )
    cr.execute(
        """
        UPDATE charter_commitment AS commitment
           SET is_own_delay = true
          FROM charter_document AS document
         WHERE document.id = commitment.document_id AND document.is_adapted AND commitment.code = ANY(%s)
        """,
        [list(OWN)],
    )
