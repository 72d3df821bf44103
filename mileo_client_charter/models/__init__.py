# The packages in order of dependence: each imports from those above it only.
from . import base
from . import charter
from . import ledger
from . import people
from . import delivery
from . import work
from . import feedback
from . import report
from . import renewal
from . import overview
from . import onboarding
from . import privacy
