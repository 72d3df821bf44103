from . import charter_job_mixin
from . import charter_report
from . import charter_delivery_run
from . import charter_setup_check
