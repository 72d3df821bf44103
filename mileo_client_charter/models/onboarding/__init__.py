from . import charter_onboarding
from . import charter_onboarding_rule
from . import charter_onboarding_line
from . import charter_onboarding_run
from . import charter_scheduler
from . import res_company
