from . import sample_matter
