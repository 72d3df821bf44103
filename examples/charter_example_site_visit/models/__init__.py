from . import site_visit
from . import charter_defect
