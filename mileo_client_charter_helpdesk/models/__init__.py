from . import charter_escalation
from . import helpdesk_ticket
