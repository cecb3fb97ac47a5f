"""What holds for all tests."""

import os
import signal

from hypothesis import settings

# Property tests: CI tries the same examples each time, a person's machine new ones, and
# PROPERTIES=thorough many of them.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=30)
settings.register_profile("person", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("PROPERTIES") or ("ci" if "CI" in os.environ else "person"))

# Where the tests run in the background of a script, their children would ignore Ctrl-C too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
