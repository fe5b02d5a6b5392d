"""A server of Examples/Server as a process on a free port of this machine."""
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Server:
    """The running server; a context that ends it."""

    def __init__(self, program, module, threads=1):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [str(program), str(module), str(self.port), str(threads)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.get("health")
                return self
            except urllib.error.URLError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the server ended with {self.process.returncode}: {self.command}") from None
                time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("the server did not answer within 10 seconds")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def url(self, route):
        return f"http://127.0.0.1:{self.port}/{route}"

    def get(self, route):
        return urllib.request.urlopen(self.url(route), timeout=30).read()

    def post(self, route, body):
        return urllib.request.urlopen(urllib.request.Request(self.url(route), data=body, method="POST"), timeout=60).read()

    def status(self, route, body):
        """The status of a request that may fail."""
        try:
            self.post(route, body)
            return 200
        except urllib.error.HTTPError as error:
            return error.code
