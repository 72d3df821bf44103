from . import charter_contact_sheet
from . import charter_delivery
from . import charter_delivery_content
from . import charter_delivery_run
from . import mail_mail
from . import ir_attachment
from . import res_partner_links
