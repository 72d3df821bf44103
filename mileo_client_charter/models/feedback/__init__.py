from . import charter_feedback
from . import charter_feedback_invitation
from . import charter_feedback_nps
from . import charter_feedback_correction
from . import charter_corrective_action
from . import charter_escalation
from . import charter_nps
from . import charter_nps_answer
