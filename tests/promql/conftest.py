"""What holds for the tests of PromQL."""

from hypothesis import settings

# How long an example takes depends on what else runs on the machine: that is no failure.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
