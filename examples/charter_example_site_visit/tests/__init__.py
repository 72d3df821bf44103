from . import test_site_visit
