from . import test_obligation
from . import test_clock_killed
from . import test_scheduler
from . import test_ledger_words
from . import test_obligation_opening
