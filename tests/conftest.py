"""What holds for all tests."""

import os
import signal

from hypothesis import settings

# Property tests: CI tries the same examples each time, a person's machine new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("person", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "person")

# Where the tests run in the background of a script, their children would ignore Ctrl-C too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
