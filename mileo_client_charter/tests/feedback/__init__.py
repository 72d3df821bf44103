from . import test_feedback
from . import test_escalation
from . import test_charter_sentences_02_03
from . import test_message_wizard
from . import test_links
from . import test_nobody_there
