from . import test_feedback
from . import test_escalation
from . import test_message_wizard
