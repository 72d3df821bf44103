from . import charter_health
from . import res_partner_health
from . import charter_scorecard
from . import charter_cockpit
from . import charter_cockpit_manager
from . import charter_cockpit_operations
from . import charter_cockpit_direction
from . import digest_digest
