"""What holds for all tests."""

import signal

from hypothesis import settings

# A shell that starts something in the background has it ignore Ctrl-C, and all that it starts inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Speed is measured by benchmarks: a busy machine must fail no test.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
