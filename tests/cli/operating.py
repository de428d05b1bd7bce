#!/usr/bin/env python3
"""Running a server, as an operator meets it: settings from four places and every mistake told; being watched (health, readiness, metrics, log lines); restarted under load
without one refused request; behind a real nginx with the configuration that we hand out; the unit checked by systemd's own checker. Prints TAP.

    operating.py MERIT SOURCE WORK
"""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

MERIT, SOURCE, WORK = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
sys.path.insert(0, str(SOURCE / "tests"))
from tap import Tap  # noqa: E402

QUIET = {k: v for k, v in os.environ.items() if not k.startswith("MERIT_")}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def merit(*args, env=None):
    done = subprocess.run([MERIT, *args], capture_output=True, text=True, env={**QUIET, **(env or {})}, timeout=120)
    return done.returncode, done.stdout, done.stderr


def get(url, headers=None, context=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=20, context=context) as r:
            return r.status, r.read().decode(), r.headers
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode(), e.headers


def settings(tap):
    conf = WORK / "merit.conf"
    conf.write_text("# a comment\n\n  port = 8455 \nlog-level=warning\nproxies = 127.0.0.1 ::1\n")
    status, out, err = merit("config", "show", "--config", conf, "--log-level", "error", env={"MERIT_PORT": "8466"})
    lines = dict(re.findall(r"^(\S+)\s+= (.*?)   \[", out, re.M))
    tap.case("an option counts before the environment, that before the file, that before the fallback",
             status == 0 and lines["port"] == "8466" and lines["log-level"] == "error" and lines["proxies"] == "127.0.0.1 ::1" and lines["address"] == "127.0.0.1", out + err)
    conf.write_text("port = 99999\nprot = 1\nlevel\nonline = maybe\n")
    status, out, err = merit("config", "check", "--config", conf)
    told = all(x in err for x in ("line 1", "line 2", "line 3", "line 4", "prot", "yes or no", "65535"))
    tap.case("every mistake in the file is told with its line, and nothing starts", status == 1 and told, out + err)
    status, out, err = merit("serve", "--config", conf)
    tap.case("nor does the server start with it", status == 2 and "line 2" in err, f"{status} {err}")
    status, out, err = merit("config", "check", "--config", WORK / "none.conf")
    tap.case("a file that is not there is told", status == 1 and "none.conf" in err, err)
    sample = WORK / "sample.conf"
    sample.write_text(re.sub(r"^#(data|port|log-level) = ", r"\1 = ", merit("config", "sample")[1], flags=re.M))
    status, out, err = merit("config", "show", "--config", sample)
    tap.case("the sample is a file of settings", status == 0 and "[file]" in out, out + err)
    data = WORK / "checked"
    merit("init", "--data", data)
    os.chmod(data / "secret", 0o644)
    status, out, err = merit("config", "check", "--data", data, "--address", "0.0.0.0")
    tap.case("check tells what keeps a server from starting, and what others can read", status == 1 and "public-url" in out and "chmod 600" in out, out + err)
    os.chmod(data / "secret", 0o600)
    status, out, err = merit("config", "check", "--data", data, "--public-url", "https://credentials.example.org")
    tap.case("and says when all is well", status == 0 and "All is well" in out, out + err)
    status, out, err = merit("config", "check", "--data", data, "--level", "LTA")
    tap.case("a level that cannot be reached is a fault", status == 1 and "time-stamp" in out, out + err)
    hidden = merit("config", "show", "--config", WORK / "x\x1b[2J.conf")
    tap.case("a name cannot steer the terminal", "\x1b" not in hidden[1] + hidden[2], hidden)


class Server:
    """On a socket that the test holds, as a supervisor does, so that a new one takes over where the old one stops."""

    def __init__(self, data, *more, log="server.log"):
        self.data, self.more, self.log = data, more, WORK / log
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.address = str(WORK / "notify")
        Path(self.address).unlink(missing_ok=True)
        self.notify.bind(self.address)
        self.notify.settimeout(60)
        self.process = None

    def start(self):
        def hand_over():
            os.dup2(self.listener.fileno(), 3)

        env = {**QUIET, "LISTEN_FDS": "1", "NOTIFY_SOCKET": self.address}
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([MERIT, "serve", "--data", self.data, "--public-url", self.url, *self.more], pass_fds=(3,), preexec_fn=hand_over, env=env,
                                            stdout=subprocess.DEVNULL, stderr=log)
        return self.notify.recv(64)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.listener.close()
        self.notify.close()


def watched(tap, server):
    tap.case("the supervisor is told when the server is ready", server.start() == b"READY=1")
    status, text, _ = get(f"{server.url}/health")
    tap.case("it is alive", status == 200 and text == "alive\n", text)
    status, text, _ = get(f"{server.url}/ready")
    tap.case("and ready", status == 200 and text == "ready\n", text)
    get(f"{server.url}/claim/0192f7a0-0000-7000-8000-000000000001/secretsecretsecretsecretsecretse")
    get(f"{server.url}/api/v1/me")
    status, text, headers = get(f"{server.url}/metrics")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    well = all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? [0-9.]+', line) for line in lines)
    values = dict(line.rsplit(" ", 1) for line in lines)
    tap.case("metrics are lines of Prometheus' text format", status == 200 and well and "version=0.0.4" in headers["Content-Type"], text)
    counted = int(values['merit_requests_total{kind="api",status="4xx"}']) == 1 and int(values['merit_requests_total{kind="page",status="4xx"}']) == 1
    tap.case("they count what was asked", counted and float(values["merit_request_seconds_count"]) >= 4, text)
    tap.case("a histogram's last bucket is its count", values['merit_request_seconds_bucket{le="+Inf"}'] == values["merit_request_seconds_count"], text)
    status, _, _ = get(f"{server.url}/metrics", {"X-Forwarded-For": "198.51.100.7"})
    tap.case("nobody for whom a proxy speaks reads them", status == 404, status)
    log = server.log.read_text()
    requests = [json.loads(line) for line in log.splitlines() if '"event":"request"' in line]
    tap.case("every request is a line of JSON with the pattern of its page", any(r["page"] == "/claim/*/*" and r["status"] == "404" for r in requests), log[-800:])
    tap.case("and no secret of an address, no address of a person", "secretsecret" not in log and "127.0.0.1" not in "".join(map(json.dumps, requests)), log[-800:])


def restarted(tap, server):
    """Four clients, a connection for each request, while the server is replaced three times."""
    wrong, counts, going = [], [0] * 4, True

    def client(i):
        while going:
            try:
                status, _, _ = get(f"{server.url}/specifications", {"Connection": "close"})
                if status != 200:
                    wrong.append(status)
            except OSError as e:
                wrong.append(repr(e))
            counts[i] += 1

    threads = [threading.Thread(target=client, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    stops = []
    for _ in range(3):
        before = sum(counts)
        while sum(counts) < before + 20 and not wrong:
            time.sleep(0.01)
        stops.append(server.stop())
        server.notify.recv(64)
        server.start()
    going = False
    for t in threads:
        t.join(60)
    tap.case(f"restarted three times under load, no request is refused ({sum(counts)} answered)", stops == [0, 0, 0] and not wrong, f"{stops} {wrong[:5]}")


def audited(tap, data):
    status, out, err = merit("audit", "check", "--data", data)
    tap.case("the audit log is checked beside a running server", status == 0 and "only grew" in out, out + err)
    status, out, err = merit("audit", "export", "--data", data)
    tap.case("and taken away as JSON lines", status == 0 and all(json.loads(line)["action"] for line in out.splitlines()), out + err)
    status, out, err = merit("audit", "export", "--data", data)
    tap.case("which it remembers", '"action":"audit.read"' in out, out + err)


def behind_nginx(tap, server):
    if not shutil.which("nginx") and not Path("/usr/sbin/nginx").exists():
        tap.skip("behind a real nginx", "nginx is not installed")
        return
    folder = WORK / "nginx"
    folder.mkdir(exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days",
                    "2", "-subj", "/CN=credentials.example.org", "-addext", "subjectAltName=DNS:credentials.example.org,IP:127.0.0.1"], capture_output=True, check=True)
    tls, plain = free_port(), free_port()
    site = (SOURCE / "packaging/nginx/merit.conf").read_text()
    for was, now in (("server 127.0.0.1:8400;", f"server {server.url[7:]};"), ("listen 443 ", f"listen 127.0.0.1:{tls} "), ("listen 80;", f"listen 127.0.0.1:{plain};"),
                     ("/etc/ssl/certs/credentials.example.org.pem", str(folder / "cert.pem")), ("/etc/ssl/private/credentials.example.org.key", str(folder / "key.pem"))):
        tap.case(f"the nginx example has {was}", site.count(was) == 1)
        site = site.replace(was, now)
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.M)
    user = "user root;" if os.geteuid() == 0 else ""
    temp = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temp} {site} }}")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = ssl.create_default_context(cafile=folder / "cert.pem")
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", tls), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        status, page, headers = get(f"https://127.0.0.1:{tls}/verify", context=context)
        tap.case("a page comes through nginx over TLS", status == 200 and "<html" in page and "Strict-Transport-Security" in headers, status)
        status, _, _ = get(f"https://127.0.0.1:{tls}/metrics", context=context)
        tap.case("the metrics do not", status == 404, status)
    except OSError as e:
        tap.case("nginx runs with our example", False, f"{e} {(folder / 'error.log').read_text() if (folder / 'error.log').exists() else ''}")
    finally:
        process.terminate()
        process.wait(20)


def unit(tap):
    if not shutil.which("systemd-analyze"):
        tap.skip("the unit is well-formed", "systemd-analyze is not installed")
        return
    folder = WORK / "unit"
    folder.mkdir(exist_ok=True)
    for name in ("merit.service", "merit.socket"):
        text = (SOURCE / "packaging/systemd" / name).read_text().replace("/usr/bin/merit", str(Path(MERIT).resolve()))
        (folder / name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", folder / "merit.service", folder / "merit.socket"], capture_output=True, text=True,
                          env={**QUIET, "SYSTEMD_UNIT_PATH": f"{folder}:"})
    about = [line for line in done.stderr.splitlines() if "merit" in line]
    tap.case("systemd's checker finds nothing wrong with the unit", done.returncode == 0 and not about, done.stderr)
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=25", folder / "merit.service"], capture_output=True, text=True)
    tap.case("and its exposure is low (at most 2.5 of 10)", done.returncode == 0, done.stdout[-300:] + done.stderr)


def main():
    tap = Tap()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    settings(tap)
    data = WORK / "data"
    merit("init", "--data", data)
    server = Server(data, "--log-requests", "--proxies", "127.0.0.1")
    try:
        watched(tap, server)
        restarted(tap, server)
        audited(tap, data)
        behind_nginx(tap, server)
        tap.case("it stops when it is told to", server.stop() == 0)
    finally:
        server.close()
    unit(tap)
    print(f"1..{tap.number}")
    return tap.failed > 0


sys.exit(main())
