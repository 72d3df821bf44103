from . import test_sample_matter
