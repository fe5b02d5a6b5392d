"""Turns that others do not disturb: priority, fixed processors, and what share of a processor others used meanwhile."""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")
FIRST, LIKE_OTHERS = -19, 0  # what a session weighs against others, while it is measured and else
QUIET = 0.1  # of a processor: what others may use in a turn
TICKS = os.sysconf("SC_CLK_TCK")


class Ran:
    """What a command printed and took."""

    def __init__(self, text, seconds, peak_bytes):
        self.text, self.seconds, self.peak_bytes = text, seconds, peak_bytes


def run(command, on=None, timeout=900):
    """Runs a command, on some processors only where they are given, and throws what it says where it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+", errors="replace") as errors:
        pin = (lambda: os.sched_setaffinity(0, on)) if on else None
        begun = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=errors, preexec_fn=pin)
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)  # gives the peak memory of this very process
        alarm.cancel()
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            said = " ".join((errors.read() or output.read()).split())[:300]
            raise RuntimeError(f"{Path(str(command[0])).name} ended with {process.returncode}: {said}")
        return Ran(output.read(), seconds, usage.ru_maxrss * 1024)


def processors(count):
    """Returns the processors that a measurement with some threads is pinned to."""
    return sorted(os.sched_getaffinity(0))[:count]


class Priority:
    """Puts this session before others for a `with` block, where it is one of its own and the kernel groups processes by session."""

    allowed = False

    def set(self, weight):
        if Priority.allowed:
            try:
                AUTOGROUP.write_text(str(weight))
            except OSError:
                Priority.allowed = False

    def __enter__(self):
        self.set(FIRST)

    def __exit__(self, *_):
        self.set(LIKE_OTHERS)


def lead_session():
    """Goes on in a child that leads a session of its own, so that priority is ours alone and ends with us."""
    child = os.fork()
    if child:
        try:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        except KeyboardInterrupt:
            os.kill(child, 15)
            sys.exit(130)
    os.setsid()
    Priority.allowed = AUTOGROUP.exists()


def seconds_of_all():
    """Returns the processor seconds that everybody used since the machine started, those stolen by a hypervisor included."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def seconds_of_ours(player):
    """Returns the processor seconds that this process, its ended children and the player's process used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = children.ru_utime + children.ru_stime + time.process_time()
    if player.process is not None:
        fields = Path(f"/proc/{player.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


def quiet_turn(player, milliseconds, patience=2):
    """Returns a turn's median call in ns, and what share of a processor others used meanwhile: the quietest of a few."""
    best = None
    for _ in range(1 + patience):
        time.sleep(0.03)  # threads of the one before that still spin go to sleep
        everybody, ours, begun = seconds_of_all(), seconds_of_ours(player), time.perf_counter()
        with Priority():
            median = statistics.median(player.turn(milliseconds))
        others = (seconds_of_all() - everybody) - (seconds_of_ours(player) - ours)
        others = max(0.0, others / (time.perf_counter() - begun))
        if best is None or others < best[1]:
            best = median, others
        if others < QUIET:
            break
    return best
