from . import test_absence
from . import test_absence_tour
from . import test_assignment
from . import test_assignment_access
from . import test_client_leaves
from . import test_group_access
from . import test_mail_choice
