"""A Merit server with demo data, a client for it that forgets nothing, and a reader of its pages: what the tests with bad intentions share."""
import http.client
import re
import socket
import subprocess
import threading
import time
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROVIDER = "Aarhus School of Nursing (invented)"
OTHER = "Hogeschool Waterland (verzonnen)"
BOUNDARY = "----frontier7MA4YWxkTrZu0gW"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, truth, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = truth()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s: {what}")


class Site:
    """merit serve --demo on the loopback address; used with `with`."""

    def __init__(self, merit, folder, *words):
        self.merit, self.folder, self.words, self.port = merit, Path(folder), [str(w) for w in words], free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = ""

    def __enter__(self):
        self.child = subprocess.Popen([self.merit, "serve", "--demo", "--data", str(self.folder), "--port", str(self.port), "--public-url", self.url,
                                       *self.words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        try:
            wait_for("the server is ready", lambda: "Ctrl-C stops it" in self.said or self.child.poll() is not None, 120)
            self.operator_link = re.search(r"http://\S+(/operator/\S+)", self.said).group(1)
        except BaseException:
            self.child.kill()
            self.child.wait()
            raise
        return self

    def listen(self):
        for line in self.child.stdout:
            self.said += line

    def __exit__(self, *_):
        self.child.terminate()
        self.code = self.child.wait(60)
        self.listener.join(10)

    def alive(self):
        return self.child.poll() is None and Client(self).get("/health").status == 200

    def run(self, *words):
        return subprocess.run([self.merit, *map(str, words), "--data", str(self.folder)], check=True, capture_output=True, text=True, timeout=60).stdout

    def token(self, name, org, scope="describe,award,manage"):
        return self.run("token", "add", name, "--scope", scope, "--org", org).strip()

    def operator(self):
        """Whoever runs the program, signed in."""
        client = Client(self)
        client.get(self.operator_link)
        return client

    def person(self, email, org, roles):
        """Somebody new, signed in by the printed link."""
        said = self.run("user", "add", email, "--name", email.split("@")[0], "--roles", roles, "--org", org, "--public-url", self.url)
        client = Client(self)
        client.ask("POST", urllib.parse.urlsplit(re.search(r"http://\S+", said).group(0)).path)
        assert "merit_session" in client.cookies, said
        return client


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body
        self.type = response.headers.get("Content-Type", "")
        self.location = response.headers.get("Location", "")

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Client:
    """One visitor: a connection that is kept, cookies, perhaps a token for the API."""

    def __init__(self, site, token=None, headers=None):
        self.site, self.token, self.cookies, self.connection = site, token, {}, None
        self.more = headers or {}

    def ask(self, method, path, body=None, headers=None):
        send = {**self.more, **(headers or {})}
        if self.cookies:
            send.setdefault("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if self.token:
            send.setdefault("Authorization", f"Bearer {self.token}")
        path = urllib.parse.quote(path, safe="/?&=%:@!$'()*+,;-._~[]")
        for again in (True, False):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=120)
                self.connection.request(method, path, body=body, headers=send)
                response = self.connection.getresponse()
                answer = Answer(response, response.read())
                break
            except (http.client.HTTPException, OSError):
                self.connection.close()
                self.connection = None
                if not again:
                    raise
        for name, value in response.headers.items():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer

    def get(self, path, headers=None):
        return self.ask("GET", path, headers=headers)

    def send(self, path, fields, files=(), multipart=False, headers=None):
        """A form: pairs of name and value (text or octets), files as (name, file name, octets)."""
        def octets(value):
            return value if isinstance(value, bytes) else str(value).encode()
        if not multipart and not files:
            body = "&".join(f"{urllib.parse.quote_plus(k)}={urllib.parse.quote_plus(v)}" for k, v in fields).encode()
            return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
        body = b""
        for name, value in fields:
            body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + octets(value) + b"\r\n"
        for name, file_name, content in files:
            quoted = file_name.replace("\\", "\\\\").replace('"', "%22")
            body += (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{quoted}"\r\n'
                     "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
        body += f"--{BOUNDARY}--\r\n".encode()
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **(headers or {})})

    def form_token(self, path="/provider"):
        found = re.search(r'name="form_token" value="([^"]+)"', self.get(path).text)
        return found.group(1) if found else ""


class Field:
    def __init__(self, tag, attributes):
        self.tag, self.name = tag, attributes.get("name", "")
        self.type = attributes.get("type", "text").lower() if tag == "input" else tag
        self.value, self.options = attributes.get("value", "on" if self.type in ("checkbox", "radio") else ""), []
        self.checked, self.invalid = "checked" in attributes, attributes.get("aria-invalid") == "true"
        self.chosen = None

    def initial(self):
        """What a browser would send, or None."""
        if self.type in ("checkbox", "radio"):
            return self.value if self.checked else None
        if self.type == "select":
            return self.chosen if self.chosen is not None else self.options[0] if self.options else None
        if self.type in ("submit", "button", "image", "file", "reset"):
            return None
        return self.value


class Form:
    def __init__(self, page, attributes):
        self.page, self.action = page, urllib.parse.urljoin(page, attributes.get("action", "") or page)
        self.method = attributes.get("method", "get").lower()
        self.multipart = attributes.get("enctype", "") == "multipart/form-data"
        self.fields, self.buttons, self.id = [], [], attributes.get("id")


class Page(HTMLParser):
    """Links and forms of a page, and what no page of ours may have: `faults`."""
    ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "background", "ping", "manifest")

    def __init__(self, path, text):
        super().__init__(convert_charrefs=True)
        self.path, self.links, self.forms, self.faults = path, [], [], []
        self.form = self.select = self.area = None
        self.by_id, self.outside = {}, []
        self.feed(text)
        self.close()
        for owner, field in self.outside:
            if owner in self.by_id:
                self.by_id[owner].fields.append(field)

    def handle_starttag(self, tag, attributes):
        attributes = {k: v or "" for k, v in attributes}
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"<{tag} {name}={value!r}>")
            scheme = re.sub(r"[\x00-\x20]", "", value).lower()
            picture = tag == "img" and name == "src" and scheme.startswith("data:image/")  # no script runs in one
            if name in self.ADDRESSES and not picture and re.match(r"(javascript|vbscript|data):", scheme):
                self.faults.append(f"<{tag} {name}={value!r}>")
        if (tag == "script" and not attributes.get("src", "").startswith("/static/")) or tag in ("iframe", "object", "embed", "base", "style", "applet"):
            self.faults.append(f"<{tag}>")
        if tag == "meta" and "refresh" in attributes.get("http-equiv", "").lower() and "url" in attributes.get("content", "").lower():
            self.faults.append("<meta refresh>")
        if tag == "a" and "href" in attributes:
            self.links.append(urllib.parse.urljoin(self.path, attributes["href"]))
        elif tag == "form":
            self.form = Form(self.path, attributes)
            self.forms.append(self.form)
            if self.form.id:
                self.by_id[self.form.id] = self.form
        elif tag in ("input", "textarea", "select", "button"):
            field = Field(tag, attributes)
            if tag == "select":
                self.select = field
            if tag == "textarea":
                self.area = field
            if tag == "button" and self.form and field.name:
                self.form.buttons.append((field.name, field.value))
            elif tag != "button" and field.name and attributes.get("form"):
                self.outside.append((attributes["form"], field))
            elif tag != "button" and field.name and self.form:
                self.form.fields.append(field)
        elif tag == "option" and self.select:
            self.select.options.append(attributes.get("value", ""))
            if "selected" in attributes:
                self.select.chosen = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.area.value += data


def within(site, link):
    """The path of a link that stays on the site, without its fragment; None for others."""
    parts = urllib.parse.urlsplit(link)
    if parts.scheme and (parts.scheme != "http" or parts.netloc != f"127.0.0.1:{site.port}"):
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return urllib.parse.quote(path, safe="/?&=%:@!$'()*+,;-._~")  # as a browser would
