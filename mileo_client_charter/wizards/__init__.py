from . import charter_feedback_callback
from . import charter_message_wizard
from . import charter_obligation_wizard
from . import charter_maintenance
from . import charter_equipment_import
from . import charter_intervention_wizard
from . import charter_report_wizard
