"""States that were one word for things of both genders have one each since, and a notice that is out is “Issued”.

Their French follows the new English, as in 19.0.1.4.0.
"""

from odoo.modules.migration import load_script
from odoo.tools.misc import file_path


def migrate(cr, version):
    script = file_path("mileo_client_charter/migrations/19.0.1.4.0/pre-labels.py")
    load_script(script, "charter_pre_labels").migrate(cr, version)
