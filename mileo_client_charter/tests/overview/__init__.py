from . import test_health
from . import test_cockpit
from . import test_digest
from . import test_cockpit_access
from . import test_cockpit_tour
from . import test_days
from . import test_looks_true
