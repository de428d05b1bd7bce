"""What the journeys written in Python share: a running server, programs that call its API, people who sign in with a browser's cookies, and waiting for what must happen."""
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET = {**{k: v for k, v in os.environ.items() if not k.startswith("MERIT_")}, "LC_ALL": "C.UTF-8"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, truth, seconds=120):
    """What `truth` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = truth()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s: {what}")


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.url} {self.body[:1500]!r}"


def send(opener, method, url, body=None, headers=None):
    request = urllib.request.Request(url, method=method, data=body, headers={"Accept-Language": "en", **(headers or {})})
    try:
        with opener.open(request, timeout=120) as r:
            return Answer(r.status, r.headers, r.read(), r.url)
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read(), e.url)


class Program:
    """Calls the API with a token."""

    def __init__(self, site, token):
        self.site, self.token, self.opener = site, token, urllib.request.build_opener()

    def call(self, method, path, body=None, key=None, type="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": type}
        if key:
            headers["Idempotency-Key"] = key
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return send(self.opener, method, f"{self.site.url}/api/v1{path}", body, headers)

    def good(self, method, path, body=None, **more):
        """The answer's JSON (None where there is none); anything but 2xx ends the test."""
        answer = self.call(method, path, body, **more)
        if not 200 <= answer.status < 300:
            raise AssertionError(f"{method} {path}: {answer!r}")
        return answer.json if answer.body else None


class Person:
    """Comes in by a link that signs in once, and presses buttons: forms are sent as a browser sends them."""

    def __init__(self, site, link, to="/provider"):
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        answer = send(self.opener, "POST", link, f"to={to}".encode())
        if answer.status != 200 or to not in answer.url:
            raise AssertionError(f"nobody came in: {answer!r}")

    def read(self, path):
        return send(self.opener, "GET", self.site.url + path)

    def press(self, page, action, **fields):
        """Send the form with this action that stands on the page."""
        shown = self.read(page)
        form = re.search(r'<form(?: [^>]*)? method="post" action="(%s)"[^>]*>\s*<input type="hidden" name="form_token" value="([^"]+)">' % re.escape(action), shown.text)
        if not form:
            raise AssertionError(f"no form {action} on {shown!r}")
        return send(self.opener, "POST", self.site.url + action, urllib.parse.urlencode({"form_token": form[2], **fields}).encode())

    def upload(self, page, action, name, content):
        shown = self.read(page)
        token = re.search(r'name="form_token" value="([^"]+)"', shown.text)[1]
        edge = uuid.uuid4().hex
        parts = [b"--%s\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n%s\r\n" % (edge.encode(), token.encode()),
                 b"--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n%s\r\n" % (edge.encode(), name.encode(), content),
                 b"--%s--\r\n" % edge.encode()]
        return send(self.opener, "POST", self.site.url + action, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={edge}"})


class Site:
    """`merit serve`, ready when it is entered and stopped when it is left. `people` are the links of the demo's people: designer, approver, registrar, assessor,
    administrator; `operator` is the token of whoever runs the program. log: a file for what it says beside."""

    def __init__(self, merit, data, *words, env=None, log=None):
        self.merit, self.data, self.words, self.env = merit, Path(data), [str(w) for w in words], {**QUIET, **(env or {})}
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen([self.merit, "serve", "--data", self.data, "--port", str(self.port), "--public-url", self.url, *self.words],
                                        stdout=subprocess.PIPE, stderr=open(self.log, "ab") if self.log else subprocess.DEVNULL, text=True, env=self.env)
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"the server did not start: {said}")
        self.people = re.findall(r"^ +(http:\S+/sign-in/link/\S+)$", said, re.M)
        operator = re.search(r"/operator/(\S+)", said)
        self.operator = operator and Program(self, operator[1])
        return self

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(60)

    def kill(self):
        self.process.kill()
        self.process.stdout.close()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def run(self, *words, env=None):
        """A command of merit on the same data folder (and database)."""
        place = self.words[self.words.index("--database") + 1] if "--database" in self.words else None
        more = {"MERIT_DATA": str(self.data), **({"MERIT_DATABASE": place} if place else {}), **(env or {})}
        return subprocess.run([self.merit, *map(str, words)], capture_output=True, text=True, env={**self.env, **more}, timeout=120, stdin=subprocess.DEVNULL, check=False)

    def token(self, name, scope, org):
        done = self.run("token", "add", name, "--scope", scope, "--org", org)
        if done.returncode:
            raise AssertionError(done.stderr)
        return Program(self, done.stdout.strip())
