from . import charter_privacy
from . import charter_anonymiser
from . import res_partner_forgotten
