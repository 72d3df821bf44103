from . import public
from . import survey
from . import portal
from . import outages
from . import portal_equipment
from . import portal_documents
from . import portal_reports
