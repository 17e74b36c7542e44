"""This machine as a source of readings: one probe a fact, all at once, each bounded in time.

`Machine` is the seam to the system, `HostReader` the `Reader`; `run_through` runs the failing command before our eyes.
"""

from diagflow.collect.host.command import Failing, Ran, SavedLog, run_through
from diagflow.collect.host.machine import Machine, this_machine
from diagflow.collect.host.reader import KINDS, LOG, HostReader

__all__ = ["KINDS", "LOG", "Failing", "HostReader", "Machine", "Ran", "SavedLog", "run_through", "this_machine"]
