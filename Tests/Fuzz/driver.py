"""The compiler in a process that handles many models, and that may end at any of them."""
import os
import resource
import select
import subprocess
import tempfile
import time
from pathlib import Path

HANG = 20  # seconds of processor time for one model
MEMORY = 2 << 30  # bytes that the process may write to
MODELS_A_PROCESS = 2000
TICKS = os.sysconf("SC_CLK_TCK")


class Driver:
    """Asks `tessera-fuzz-driver`; starts it anew where it ended."""

    def __init__(self, program, polite):
        self.program, self.polite, self.process = program, polite, None
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.path = Path(self.folder.name) / "model.onnx"

    def start(self):
        def limits():
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
            if self.polite:
                os.nice(19)

        self.log = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            [str(self.program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=limits,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        self.left = MODELS_A_PROCESS

    def ask(self, command, data):
        """Returns "ok", "refused ID", or what is wrong: "bug ...", "died ...", "hangs"."""
        if self.process is None:
            self.start()
        self.path.write_bytes(data)
        self.process.stdin.write(f"{command} {self.path}\n")
        self.process.stdin.flush()
        begun, used = time.monotonic(), self.seconds_used()
        while not select.select([self.process.stdout], [], [], 5)[0]:
            # others may have the processor: what counts is what the process itself used, or that it sleeps for long
            if self.seconds_used() - used > HANG or time.monotonic() - begun > 30 * HANG:
                self.stop()
                return "hangs"
        line = self.process.stdout.readline().strip()
        if line:
            self.left -= 1
            if self.left == 0:
                self.stop()
            return line
        status = self.process.wait()
        self.log.seek(0)
        said = " / ".join(line for line in self.log.read().split("\n") if line.strip())[-400:]
        self.stop()
        return f"died with {status}: {said}"

    def seconds_used(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.log.close()
            self.process = None


def is_failure(answer):
    """`True` iff an answer is not what a model may get."""
    return not answer.startswith(("ok", "refused"))
