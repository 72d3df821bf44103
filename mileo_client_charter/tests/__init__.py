from . import test_charter_document
from . import test_obligation
from . import test_clock_killed
from . import test_feedback
from . import test_escalation
from . import test_working_time
from . import test_doors
from . import test_tour
