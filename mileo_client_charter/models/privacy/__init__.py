from . import charter_privacy
from . import charter_anonymiser
from . import res_company
from . import res_partner
