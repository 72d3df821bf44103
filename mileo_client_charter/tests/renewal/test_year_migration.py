from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..cases.year import YearCase

CODES = ("notice.advance", "interview.biannual", "review.annual", "renewal.decision", "remediation.start")


@tagged("post_install", "-at_install")
class TestYearMigration(YearCase):
    def test_promises_kept_by_their_own_steps(self):
        """A charter of the first release let these be recorded by hand; reports stay as they are."""
        commitments = self.document.commitment_ids
        ours = commitments.filtered(lambda one: one.code in CODES)
        self.assertEqual(len(ours), 5)
        self.env.cr.execute(
            "UPDATE charter_commitment SET by_evidence = true WHERE id = ANY(%s)", [commitments.ids]
        )
        path = file_path("mileo_client_charter/migrations/19.0.1.1.0/post-year.py")
        script = load_script(path, "charter_post_year")
        script.migrate(self.env.cr, "19.0.1.0.0")
        commitments.invalidate_recordset()
        self.assertFalse(any(ours.mapped("by_evidence")))
        self.assertTrue(all((commitments - ours).mapped("by_evidence")))

    def test_a_renewal_of_before_finds_its_promise(self):
        renewal = self.opened()
        promise = renewal.obligation_id
        self.assertTrue(promise)
        renewal._charter_engine().obligation_id = False
        self.env.flush_all()
        path = file_path("mileo_client_charter/migrations/19.0.1.2.0/post-promise.py")
        load_script(path, "charter_post_promise").migrate(self.env.cr, "19.0.1.1.0")
        renewal.invalidate_recordset()
        self.assertEqual(renewal.obligation_id, promise)
