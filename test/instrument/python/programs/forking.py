"""Reports spans before, in and after forks, and after the hook's last words.

Warnings are errors, and no SDK is there.
"""

import atexit
import os
import sys
import warnings

atexit.register(lambda: report("after the end"))

from glassbox_hook.exporter import Exporter  # noqa: E402
from glassbox_hook.recorder import Recorder, Span, new_place  # noqa: E402

warnings.simplefilter("error")
recorder = Recorder(Exporter(os.environ["GLASSBOX_ENDPOINT"]))


def report(name: str) -> None:
    recorder.end(recorder.start(Span(name, new_place(None), None)))


for number in range(5):
    report(f"parent {number}")
    child = os.fork()
    if child == 0:
        report(f"child {number}")
        os._exit(0)
    os.waitpid(child, 0)
print("ok")
sys.exit()
