"""A private PostgreSQL cluster for tests written in Python, as tests/testing_db.h has it for those in C: in a folder of its own, reached through a socket in it. It ends with
the test, however that ends.

    postgresql.py     run by a test that is not written in Python: prints the address of a new database, and ends when its standard input does
"""
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLACES = ["/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/local/bin", "/usr/bin"]


class Cluster:
    def __init__(self):
        self.bin = next((Path(p) for p in PLACES if os.access(f"{p}/initdb", os.X_OK)), None)
        self.server, self.databases = None, 0

    @property
    def installed(self):
        return self.bin is not None and shutil.which("setpriv") is not None

    def __enter__(self):
        if not self.installed:
            return self
        self.folder = Path(tempfile.mkdtemp(prefix="merit-pg-", dir="/tmp"))  # short: the path of a socket has at most 107 octets
        self.user = None
        if os.geteuid() == 0:
            names = [p.pw_name for p in pwd.getpwall()]
            self.user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        subprocess.run(self.as_user("initdb", "-D", self.folder / "data", "-U", "merit", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
                       check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        self.start()
        return self

    def __exit__(self, *_):
        if self.installed:
            self.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def as_user(self, program, *args):
        user = [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"] if self.user else []
        return ["setpriv", *user, "--pdeathsig", "INT", self.bin / program, *args]

    def start(self):
        log = open(self.folder / "log", "ab")
        self.server = subprocess.Popen(self.as_user("postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
                                                    "-c", "max_connections=120"), cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while subprocess.run([self.bin / "pg_isready", "-h", self.folder], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            if time.monotonic() > end or self.server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)  # until it listens: it has no other way to say so

    def stop(self, how=signal.SIGINT):
        if self.server:
            self.server.send_signal(how)
            self.server.wait()
            self.server = None

    def sql(self, name, text):
        done = subprocess.run([self.bin / "psql", "-h", self.folder, "-U", "merit", "-d", name, "-AtXq", "-v", "ON_ERROR_STOP=1", "-c", text],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def database(self):
        """The name and the address of a new database."""
        self.databases += 1
        name = f"d{self.databases}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return name, f"postgresql:///{name}?host={self.folder}&user=merit"


def main():
    with Cluster() as cluster:
        print(cluster.database()[1] if cluster.installed else "SKIP PostgreSQL is not installed (postgresql-15)", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
