#!/usr/bin/env python3
"""The Debian package on a clean root: made by debootstrap from where this machine takes its packages, installed by apt with all that it depends on, then the program
starts there, issues, verifies and serves. Needs root and debootstrap; skipped, aloud, without. Prints TAP.

    install.py SOURCE WORK
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SOURCE, WORK = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "tests"))
from tap import Tap  # noqa: E402


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def mirror():
    """(address, release) of the machine's own main archive."""
    targets = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"], capture_output=True, text=True).stdout
    for line in targets.splitlines():
        address, release, component = (line.split() + ["", "", ""])[:3]
        if component == "main" and re.fullmatch(r"[a-z]+|stable|oldstable", release):
            return address, release
    return None, None


class Root:
    def __init__(self, tap):
        self.tap, self.path = tap, WORK / "root"

    def run(self, *args, **more):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root", "LC_ALL": "C.UTF-8"}
        env.update({k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")})
        return subprocess.run(["chroot", self.path, *args], capture_output=True, text=True, env=env, timeout=900, **more)

    def make(self, address, release):
        shutil.rmtree(self.path, ignore_errors=True)
        done = subprocess.run(["debootstrap", "--variant=minbase", release, self.path, address], capture_output=True, text=True, timeout=900)
        self.tap.case("debootstrap makes a clean root", done.returncode == 0, (done.stdout + done.stderr)[-1500:])
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")
        for folder in ("/etc/apt/apt.conf.d",):
            for f in Path(folder).glob("*proxy*"):
                shutil.copy(f, self.path / folder[1:] / f.name)
        return done.returncode == 0

    def install(self, package):
        shutil.copy(package, self.path / "tmp/merit.deb")
        done = self.run("sh", "-c", "apt-get update -qq && apt-get install -y -qq --no-install-recommends /tmp/merit.deb")
        self.tap.case("apt installs the package with all that it depends on", done.returncode == 0, (done.stdout + done.stderr)[-1500:])
        return done.returncode == 0

    def as_merit(self, *args):
        return self.run("setpriv", "--reuid=merit", "--regid=merit", "--clear-groups", *args)


def installed(tap, root):
    owner = root.run("stat", "-c", "%U %a", "/var/lib/merit").stdout.strip()
    tap.case("its account owns its data folder, nobody else reads it", owner == "merit 700", owner)
    check = root.as_merit("merit", "config", "check", "--config", "/etc/merit/merit.conf")
    tap.case("its configuration is well", check.returncode == 0, check.stdout + check.stderr)
    done = root.as_merit("merit", "init", "--data", "/var/lib/merit")
    tap.case("the data folder is made", done.returncode == 0, done.stdout + done.stderr)


def issues(tap, root):
    examples = "/usr/share/doc/merit/examples"
    done = root.as_merit("merit", "issue", f"{examples}/wound-care.json", f"{examples}/wound-care.csv", "--out", "/var/lib/merit/out", "--data", "/var/lib/merit",
                         "--format", "all")
    tap.case("it issues in every format, with pictures", done.returncode == 0 and "12 issued" in done.stdout, (done.stdout + done.stderr)[-600:])
    files = sorted(p.name for p in (root.path / "var/lib/merit/out").iterdir()) if done.returncode == 0 else []
    sealed = [f for f in files if f.endswith(".jsonld")]
    done = root.as_merit("merit", "verify", *[f"/var/lib/merit/out/{f}" for f in sealed[:1]], "--json")
    report = json.loads(done.stdout.splitlines()[0]) if done.stdout.startswith("{") else {}
    checks = {c["code"]: c["state"] for c in report.get("checks", [])}
    tap.case("and verifies what it issued", checks.get("seal") == "passed", (done.stdout + done.stderr)[-600:])


def serves(tap, root):
    """As the unit starts it: the socket is made before and handed over."""
    port = free_port()
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    env = {"PATH": "/usr/bin:/bin", "LISTEN_FDS": "1", "LC_ALL": "C.UTF-8"}

    def hand_over():
        os.dup2(listener.fileno(), 3)
        os.chroot(root.path)
        os.chdir("/var/lib/merit")

    log = open(WORK / "serve.log", "w")
    server = subprocess.Popen(["setpriv", "--reuid=merit", "--regid=merit", "--clear-groups", "merit", "serve", "--config", "/etc/merit/merit.conf", "--public-url",
                               f"http://127.0.0.1:{port}"], pass_fds=(3,), preexec_fn=hand_over, stdout=log, stderr=log, env=env)
    try:
        answer = ""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=60) as r:
            answer = r.read().decode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/verify", timeout=20) as r:
            page = r.read().decode()
        tap.case("it serves on the socket that it is given", answer == "ready\n" and "<html" in page, answer)
    except OSError as e:
        tap.case("it serves on the socket that it is given", False, str(e) + (WORK / "serve.log").read_text()[-600:])
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            status = server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            status = "killed"
        listener.close()
    tap.case("and stops when it is told to", status == 0, f"{status} {(WORK / 'serve.log').read_text()[-400:]}")


def removed(tap, root):
    done = root.run("apt-get", "purge", "-y", "-qq", "merit")
    tap.case("purging keeps the data of learners", done.returncode == 0 and (root.path / "var/lib/merit/secret").exists(), (done.stdout + done.stderr)[-600:])


def main():
    tap = Tap()
    address, release = mirror()
    lacks = "needs root" if os.geteuid() else "debootstrap is not installed" if not shutil.which("debootstrap") else "no archive is known here" if not address else None
    if lacks:
        tap.skip("the Debian package on a clean root", lacks)
        print(f"1..{tap.number}")
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([SOURCE / "dev", "package", WORK / "out"], capture_output=True, text=True)
    packages = list((WORK / "out").glob("*.deb"))
    tap.case("the package is made", made.returncode == 0 and len(packages) == 1, (made.stdout + made.stderr)[-1500:])
    root = Root(tap)
    if packages and root.make(address, release) and root.install(packages[0]):
        installed(tap, root)
        issues(tap, root)
        serves(tap, root)
        removed(tap, root)
    shutil.rmtree(root.path, ignore_errors=True)
    print(f"1..{tap.number}")
    return tap.failed > 0


sys.exit(main())
