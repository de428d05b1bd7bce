"""What figures of the server share: a server of our own on loopback, what it keeps in memory, how fast it answers."""
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """merit serve on a data folder; use it as `with Server(...) as server`."""

    def __init__(self, merit, data, *more):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = [os.fspath(x) for x in (merit, "serve", "--data", data, "--port", str(self.port), *more)]

    def __enter__(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("MERIT_") or k in ("MERIT_ELM", "MERIT_TOOLS")}
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                return self
        raise RuntimeError("merit serve did not start: " + "".join(self.said))

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def operator_cookie(self):
        """Come in by the link that the server printed; the cookie as a header's value."""
        path = re.search(r"(/operator/\S+)", "".join(self.said)).group(1)

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        try:
            urllib.request.build_opener(Stay).open(self.url + path)
        except urllib.error.HTTPError as answer:
            return answer.headers["Set-Cookie"].split(";")[0]
        raise RuntimeError("the operator's link did not redirect")


def resident_kib(pid):
    """Anonymous and file pages that are in memory for this process alone or shared: what `top` shows as RES."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"no such process {pid}")


def libraries(pid):
    """Shared objects that a process has mapped, without the loader."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        path = line.split(maxsplit=5)[-1]
        if ".so" in path and path not in found and "ld-linux" not in path:
            found.append(path)
    return found


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(merit, empty, data):
    """(ours, the empty program's) resident memory in MiB, after a quiet second."""
    with Server(merit, data) as server:
        time.sleep(1)
        ours = resident_kib(server.process.pid)
        with subprocess.Popen([empty, *libraries(server.process.pid)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as beside:
            if beside.stdout.readline() != "ready\n":
                raise RuntimeError("the empty program did not load the libraries")
            time.sleep(1)
            theirs = resident_kib(beside.pid)
            beside.stdin.close()
            beside.wait(10)
    return ours / 1024, theirs / 1024
