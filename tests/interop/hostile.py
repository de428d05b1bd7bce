#!/usr/bin/env python3
"""Bad input at the door of a real server: bytes that are no requests, too much of everything, other people's ids, the same thing done by many at once, and guessing.
Prints TAP.

    hostile.py MERIT WORK
"""
import concurrent.futures
import io
import json
import re
import shutil
import socket
import sqlite3
import sys
import threading
import time
import urllib.parse
import zipfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
from hostile_site import OTHER, PROVIDER, ROOT, Client, Page, Site, wait_for  # noqa: E402
from tap import Tap  # noqa: E402

HOST = b"Host: example.org\r\n"
SMUGGLED = b"GET /health HTTP/1.1\r\nHost: example.org\r\n\r\n"
ROLES = "designer,assessor,registrar,approver,reviewer,auditor,administrator"


def routes():
    """(method, pattern, action) of every page; (method, pattern, action, takes) of the API."""
    text = (ROOT / "src/web/routes.def").read_text()
    pages = re.findall(r'^MR_ROUTE\(MR_(\w+), "([^"]+)", \w+, (\w+)\)', text, re.M)
    api = re.findall(r'^MR_API\(MR_(\w+), "([^"]+)", \w+, (\w+), (\w+), ', text, re.M)
    return pages, api


class Hostile:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()

    # ---- bytes ----

    def raw(self, octets, wait=15):
        """What comes back until the other side ends; None behind it when it does not."""
        with socket.create_connection(("127.0.0.1", self.site.port), timeout=wait) as s:
            got = b""
            try:
                s.sendall(octets)
            except OSError:
                pass
            try:
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        return got, True
                    got += piece
            except ConnectionResetError:
                return got, True
            except TimeoutError:
                return got, False

    def probes(self):
        post = b"POST /verify HTTP/1.1\r\n" + HOST
        cases = [
            ("two different Content-Length", post + b"Content-Length: 0\r\nContent-Length: 6\r\n\r\n", 400),
            ("twice the same Content-Length", post + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
            ("a list of Content-Length", post + b"Content-Length: 0, 0\r\n\r\n", 400),
            ("Content-Length with chunked", post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("Transfer-Encoding: xchunked", post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
            ("Transfer-Encoding: gzip, chunked", post + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
            ("Transfer-Encoding: identity", post + b"Transfer-Encoding: identity\r\n\r\n", 400),
            ("Transfer-Encoding in HTTP/1.0", post.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("Content-Length: +5", post + b"Content-Length: +5\r\n\r\nhello", 400),
            ("Content-Length: -1", post + b"Content-Length: -1\r\n\r\n", 400),
            ("Content-Length: 0x10", post + b"Content-Length: 0x10\r\n\r\n", 400),
            ("Content-Length beyond 64 bits", post + b"Content-Length: 18446744073709551617\r\n\r\n", 400),
            ("a body of 20 MB", post + b"Content-Length: 20971520\r\n\r\n", 413),
            ("a chunk size that is no number", post + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
            ("a huge chunk", post + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
            ("an enormous chunk", post + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
            ("no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
            ("two Hosts", b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
            ("Host and another in the target", b"GET http://example.com/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
            ("bare LF", b"GET / HTTP/1.1\nHost: example.org\n\n", 400),
            ("bare LF in a value", b"GET / HTTP/1.1\r\n" + HOST + b"A: b\nC: d\r\n\r\n", 400),
            ("obs-fold", b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400),
            ("NUL in a header", b"GET / HTTP/1.1\r\n" + HOST + b"A: b\0c\r\n\r\n", 400),
            ("NUL in the path", b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
            ("NUL in the path, encoded", b"GET /specifications/a%00b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
            ("a blank before the colon", b"GET / HTTP/1.1\r\n" + HOST + b"A : b\r\n\r\n", 400),
            ("2000 headers", b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 2000 + b"\r\n", 400),
            ("a header of 200 KB", b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 200000 + b"\r\n\r\n", 431),
            ("a path of 200 KB", b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
            ("TRACE", b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 501),
            ("CONNECT", b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 501),
            ("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
            ("paths that climb", b"GET /static/../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 400),
            ("paths that climb, encoded", b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        ]
        for what, octets, status in cases:
            got, closed = self.raw(octets + SMUGGLED)
            first = got.split(b"\r\n", 1)[0]
            good = closed and re.match(rb"HTTP/1\.[01] %d " % status, first) and got.count(b"HTTP/1.") == 1 and b"Connection: close" in got
            self.tap.case(f"{what}: one {status}, and nothing more is read", good, [first, closed, got[-200:]])

    def traversal(self):
        client, leaks = self.site.operator(), []
        for path in ("/static/..%2f..%2fetc%2fpasswd", "/static/%252e%252e%252fetc%252fpasswd", "/static/..%5c..%5cmerit.db", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
                     "/static/....//....//etc/passwd", "/static/merit.css%00.png", "/.well-known/../merit.db", "/merit.db", "/..%2fmerit.db/did.json", "/provider/vocabularies/..%2f..%2fetc%2fpasswd",
                     "/specifications/..%2f..%2fmerit.db/file", "/provider/mail/templates/..%2f..%2fclaim/en", "/provider/mail/templates/claim/..%2f..%2fetc%2fpasswd",
                     "/status/..%2f..%2fmerit.db/token", "/.well-known/jwt-vc-issuer/..%2f..%2fkeys", "/provider/evidence/..%2f..%2fmerit.db"):
            got, closed = self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ".encode() +
                                   "; ".join(f"{k}={v}" for k, v in client.cookies.items()).encode() + b"\r\n\r\n")
            if not re.match(rb"HTTP/1.1 (400|404|403|405) ", got) or b"root:" in got or b"SQLite format" in got:
                leaks.append([path, got[:200]])
        self.tap.case("no path leads out of what is served", not leaks, leaks)

    def slow(self):
        """A byte a second, for the head and for the body: both end, and others are served meanwhile."""
        ended, started = {}, time.monotonic()

        def trickle(name, head, octets):
            with socket.create_connection(("127.0.0.1", self.site.port), timeout=2) as s:
                s.sendall(head)
                for _ in range(120):
                    try:
                        s.sendall(octets)
                        s.settimeout(1)
                        if s.recv(1000) is not None:
                            break
                    except TimeoutError:
                        continue
                    except OSError:
                        break
                ended[name] = time.monotonic() - started
        threads = [threading.Thread(target=trickle, args=args) for args in (
            ("head", b"GET / HTTP/1.1\r\nA: ", b"a"),
            ("body", b"POST /verify HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n", b"a"),
            ("chunks", b"POST /verify HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"))]
        for t in threads:
            t.start()
        worst = 0
        while any(t.is_alive() for t in threads) and time.monotonic() - started < 150:
            before = time.monotonic()
            assert Client(self.site).get("/health").status == 200
            worst = max(worst, time.monotonic() - before)
            threads[0].join(0.5)
        for t in threads:
            t.join(5)
        self.tap.case("a head that trickles in is ended", ended.get("head", 999) < 20, ended)
        self.tap.case("bodies that trickle in are ended", ended.get("body", 999) < 100 and ended.get("chunks", 999) < 100, ended)
        self.tap.case("others are served meanwhile", worst < 5, worst)

    def pipelining(self):
        got, closed = self.raw(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 200 + b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 60)
        self.tap.case("201 requests at once have 201 answers", closed and got.count(b"HTTP/1.1 200 OK") == 201, [closed, got.count(b"HTTP/1.1 ")])

    # ---- too much, and what is no text ----

    def floods(self):
        pages, api = routes()
        client = self.site.operator()
        token = client.form_token()
        wrong, slow, sent = [], [], 0
        shapes = {"1 MB": b"a" * (1 << 20), "bytes that are no UTF-8": b"a\xff\xfe\xc0\x80\xed\xa0\x80", "control characters": b"\x00\x01\x1b[31m\x7f\xc2\x9b", "backwards": "\u202egnp.exe".encode()}
        ids = self.ids(PROVIDER)
        forms = self.forms(client)
        for path, names in sorted(forms.items()):
            for what, octets in shapes.items():
                before = time.monotonic()
                names_sent = names if what != "1 MB" else names[:6]
                answer = client.send(path, [("form_token", token)] + [(n, octets) for n in names_sent], multipart=True)
                sent += 1
                if answer.status >= 500:
                    wrong.append(f"POST {path}, {what}: {answer.status}")
                if time.monotonic() - before > 10:
                    slow.append(f"POST {path}, {what}: {time.monotonic() - before:.1f} s")
                if b"\x1b" in answer.body or b"\x00" in answer.body or "\u202e" in answer.text and "value=" not in answer.text:
                    wrong.append(f"POST {path}, {what}: comes back as it was")
                answer.body.decode("utf-8")
        self.tap.case(f"fields full of rubbish are refused or kept, and never trouble ({sent} forms)", sent > 100 and not wrong, "\n".join(wrong))
        self.tap.case("and answered at once", not slow, "\n".join(slow))
        self.documents(api, ids)

    def forms(self, client):
        """Every form that takes words: its address and the names of its fields."""
        found, todo, done = {}, ["/provider", "/provider/specifications", "/provider/specifications/wound-care-2026", "/installation", "/account", "/", "/claim", "/sign-in",
                                 "/provider/integrations", "/provider/integrations/lti", "/provider/profiles", "/provider/mail"], set()
        while todo and len(done) < 250:
            path = todo.pop(0)
            if path in done:
                continue
            done.add(path)
            answer = client.get(path)
            if "html" not in answer.type:
                continue
            page = Page(path, answer.text)
            for form in page.forms:
                names = [f.name for f in form.fields if f.name != "form_token" and f.type not in ("file",)]
                if form.method == "post" and names and not re.search(r"/(leave|sign-out)$|acting-for", form.action):
                    found.setdefault(form.action, names)
            kinds = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", d) for d in done}
            for link in page.links:
                parts = urllib.parse.urlsplit(link)
                if not parts.netloc and not parts.query and re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", parts.path) not in kinds:
                    todo.append(parts.path)
        return found

    def documents(self, api, ids):
        client, wrong, sent = Client(self.site, self.site.token("floods", PROVIDER)), [], 0
        others = [Client(self.site, self.site.token(f"floods {i}", PROVIDER)) for i in range(5)]
        bodies = {"nested a hundred thousand deep": b"[" * 100000, "objects within objects": b'{"a":' * 5000 + b"1" + b"}" * 5000, "a number of 400 digits": b'{"a":1' + b"0" * 400 + b"}",
                  "1e999999": b'{"seats":1e999999,"days":1e999999}', "the same member twice": b'{"name":"a","name":"b"}', "no UTF-8": b'{"name":"\xff\xfe"}',
                  "half a surrogate": b'{"name":"\\ud800"}', "NUL": b'{"name":"a\\u0000b"}', "5 MB in a member": b'{"name":"' + b"a" * 5000000 + b'"}', "nothing": b"", "a list": b"[]",
                  "no member that is known": b'{"org_id":"x","id":"y","state":"sealed","roles":["administrator"],"__proto__":{}}'}
        for method, pattern, _, takes in api:
            if method == "GET" or takes in ("NONE", "Table", "Document", "Csv"):
                continue
            path = self.address(pattern, ids)
            for what, body in bodies.items():
                client = others[sent % len(others)]
                sent += 1
                answer = client.ask(method, path, body, {"Content-Type": "application/json"})
                refused = 400 <= answer.status < 500
                if not refused and not (what in ("nothing", "a list") and answer.status < 300):
                    wrong.append(f"{method} {pattern}, {what}: {answer.status} {answer.text[:200]}")
        self.tap.case(f"documents that no program means are refused ({sent})", sent > 400 and not wrong, "\n".join(wrong))

    def bombs(self):
        """Archives that are not what they say, through the upload of results."""
        def book(**more):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
                parts = {"[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
                         "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
                                        b'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
                         "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                                            b'relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
                         "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.'
                                                       b'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
                         "xl/worksheets/sheet1.xml": b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name'
                                                     b'</t></is></c></row></sheetData></worksheet>', **more}
                for name, content in parts.items():
                    if callable(content):
                        with z.open(name, "w", force_zip64=True) as f:
                            content(f)
                    else:
                        z.writestr(name, content)
            return out.getvalue()
        head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        sheet = "xl/worksheets/sheet1.xml"
        megabyte = b" " * (1 << 20)

        def blanks(f):
            f.write(head)
            for _ in range(700):
                f.write(megabyte)

        def one_cell(f):
            f.write(head + b'<row r="2"><c r="A2" t="inlineStr"><is><t>')
            for _ in range(200):
                f.write(b"a" * (1 << 20))
        laughs = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"lol") for i in range(10))
        cases = {
            "700 MB of blanks": book(**{sheet: blanks}),
            "one cell of 200 MB": book(**{sheet: one_cell}),
            "a billion laughs": book(**{sheet: b"<!DOCTYPE x [" + laughs + b"]>" + head.replace(b">name<", b">&l9;<") + b"</sheetData></worksheet>"}),
            "an entity that is a file": book(**{sheet: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + head + b'<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'}),
            "elements within elements": book(**{sheet: head + b"<a>" * 200000}),
            "5000 files": book(**{f"xl/x{i}.xml": b"" for i in range(5000)}),
            "a row number beyond all rows": book(**{sheet: head + b'<row r="99999999999"><c r="A99999999999" t="inlineStr"><is><t>Ann</t></is></c></row></sheetData></worksheet>'}),
            "a column beyond all columns": book(**{sheet: head + b'<row r="2"><c r="ZZZZZZZZ2" t="inlineStr"><is><t>Ann</t></is></c></row></sheetData></worksheet>'}),
            "a sheet that lies elsewhere": book(**{"xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http:'
                                                   b'//schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../../../../etc/passwd"/></Relationships>'}),
            "an archive cut off": book()[:-40],
            "no archive at all": b"PK\x03\x04" + b"\xff" * 100000,
        }
        client = self.site.operator()
        token = client.form_token()
        for what, content in cases.items():
            before = time.monotonic()
            answer = client.send("/provider/specifications/wound-care-2026/results", [("form_token", token)], [("file", "results.xlsx", content)], True)
            page = answer.text if answer.status != 303 else client.get(answer.location).text
            took = time.monotonic() - before
            self.tap.case(f"workbook: {what}", answer.status < 500 and "root:" not in page and took < 20 and (answer.status != 303 or "beyond" in what) and self.resident() < 700,
                          [answer.status, answer.location, took, self.resident()])

    def resident(self):
        """MiB that the server holds."""
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.site.child.pid}/status").read_text()).group(1)) / 1024

    # ---- other people's ids ----

    def rows(self, org):
        """All that belongs to an organisation, by table; and one id of each."""
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        (org_id,) = db.execute("SELECT id FROM organisation WHERE name = ?", (org,)).fetchone()
        kept, ids = {}, {"organisation": org_id}
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            if "org_id" not in columns or table in ("mail_way",):
                continue
            found = db.execute(f"SELECT * FROM {table} WHERE org_id = ?", (org_id,)).fetchall()
            kept[table] = sorted(map(repr, found))
            if "id" in columns and found:
                ids[table] = found[0][columns.index("id")]
        db.close()
        return kept, ids

    def ids(self, org):
        ids = self.rows(org)[1]
        names = {"batch": "batches", "achievement": "achievements", "specification_draft": "drafts", "webhook": "webhooks", "opportunity": "opportunities", "partner": "partners",
                 "validation": "validations", "enrolment": "enrolments", "mapping": "profiles", "mail": "mail", "api_token": "tokens", "evidence_file": "evidence", "lti_platform": "lti",
                 "invitation": "invitations", "assessor_body": "assessors", "organisation": "organisations"}
        return {**{names[t]: i for t, i in ids.items() if t in names}, "specifications": "wound-care-2026", "units": ids.get("organisation"), "statements": "recognition"}

    @staticmethod
    def address(pattern, ids):
        parts = []
        for part in pattern.split("/"):
            parts.append(str(ids.get(parts[-1], "description" if parts[-1] not in ("templates", "claim") else {"templates": "claim", "claim": "en"}[parts[-1]])) if part == "*" else part)
        return "/".join(parts)

    def furnish(self):
        """One object of each kind for the provider, so that there is something to be guessed."""
        api, op = Client(self.site, self.site.token("furnish", PROVIDER)), self.site.operator()
        token = op.form_token()

        def post(path, document, method="POST"):
            answer = api.ask(method, path, json.dumps(document).encode(), {"Content-Type": "application/json"})
            return json.loads(answer.body) if answer.body else {}
        _, ids = self.rows(PROVIDER)
        post("/api/v1/specifications/wound-care-2026/copy", {})
        post("/api/v1/enrolments", {"specification": "wound-care-2026", "name": "Secret Enrolled", "email": "secret-enrolled@example.org"})
        post("/api/v1/profiles", {"name": "Secret profile", "columns": {"name": "Navn"}})
        post("/api/v1/opportunities", {"specification": "wound-care-2026", "mode": "online", "languages": ["en"], "time_zone": "Europe/Copenhagen", "start": "2027-01-10", "end": "2027-02-10", "place": "Secret place"})
        post("/api/v1/specifications/wound-care-2026/validations", {"name": "Secret Claimant", "email": "secret-claimant@example.org", "claim": "Twenty years of it"})
        post("/api/v1/evidence", {"kind": "achievement", "object": ids["achievement"], "name": "secret.pdf", "content": "JVBERi0xLjQ="})
        post("/api/v1/invitations", {"emails": ["secret-invited@example.org"], "roles": ["designer"], "language": "en"})
        post("/api/v1/organisation/assessors", {"name": {"en": "Secret assessor"}, "country": "DK"})
        post("/api/v1/mail/test", {"to": "secret-mail@example.org"})
        api.ask("POST", "/api/v1/specifications/wound-care-2026/batches?file=secret.csv", b"name,e-mail\nSecret Uploaded,secret-uploaded@example.org\n", {"Content-Type": "text/csv"})
        op.send("/provider/webhooks", [("form_token", token), ("url", "https://secret.example.org/"), ("events", "achievement.sealed"), ("contact", "secret-contact@example.org")])
        op.send("/provider/integrations/lti", [("form_token", token), ("name", "Secret platform"), ("issuer", "https://lms.example.org"), ("client_id", "c"), ("auth_url", "https://lms.example.org/a"),
                                               ("token_url", "https://lms.example.org/t"), ("jwks_url", "https://lms.example.org/j"), ("deployments", ""), ("organisation", ids["organisation"])])

    def guesses(self):
        self.furnish()
        pages, api = routes()
        ids = self.ids(PROVIDER)
        kinds = {"batches", "achievements", "drafts", "opportunities", "validations", "enrolments", "profiles", "mail", "tokens", "evidence", "invitations"}
        self.tap.case("there is something to be guessed of each kind", kinds <= set(ids), kinds - set(ids))
        stranger = Client(self.site, self.site.token("thief", OTHER))
        person = self.site.person("thief@example.org", OTHER, ROLES)
        token = person.form_token()
        before, _ = self.rows(PROVIDER)
        secret = re.compile(r"secret-|Secret |secret\.|" + "|".join(re.escape(m) for m in self.learners()[:20]))
        got, shown, tried = [], [], 0
        for method, pattern, action, takes in api:
            path = self.address(pattern, ids)
            if action == "PUBLIC" or pattern.endswith("/results/template"):
                continue
            for body in ([None] if method == "GET" else [b"{}", json.dumps(self.plausible()).encode()]):
                answer = stranger.ask(method, path, body, {"Content-Type": "application/json"})
                tried += 1
                if secret.search(answer.text):
                    shown.append(f"{method} {path}: {answer.text[:300]}")
                if "*" in pattern and answer.status < 300 and not re.search(r"/(vocabularies|specifications|templates)/", pattern):
                    got.append(f"{method} {path}: {answer.status} {answer.text[:200]}")
        for method, pattern, action in pages:
            path = self.address(pattern, ids)
            if action == "PUBLIC" or re.search(r"/(sign-out|leave|provider/template)$|/account", path):
                continue
            answer = person.get(path) if method == "GET" else person.send(path, [("form_token", token), *self.plausible_fields()], multipart=True)
            tried += 1
            if secret.search(answer.text):
                shown.append(f"{method} {path}: {answer.status} {secret.search(answer.text).group(0)}")
            if "*" in pattern and answer.status == 200 and not re.search(r"/(vocabularies|specifications|templates|statements)/", pattern):
                got.append(f"{method} {path}: {answer.status}")
        after, _ = self.rows(PROVIDER)
        changed = [f"{table}: {sorted(set(after[table]) ^ set(before[table]))[:2]}" for table in before if before[table] != after[table]]
        self.tap.case(f"somebody with every role elsewhere gets nothing by its id ({tried} guesses)", tried > 250 and not got, "\n".join(got))
        self.tap.case("and is shown nothing of it", not shown, "\n".join(shown))
        self.tap.case("and changes not one row", not changed, "\n".join(changed))

    def learners(self):
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        found = [r[0] for r in db.execute("SELECT a.learner_email FROM achievement a JOIN organisation o ON o.id = a.org_id WHERE o.name = ? AND a.learner_email LIKE '%@%'", (PROVIDER,))]
        db.close()
        return found

    @staticmethod
    def plausible():
        return {"status": "suspended", "reason": "a guess", "state": "withdrawn", "name": "A", "remark": "x", "closed": True, "archived": True, "roles": ["administrator"], "mail": False}

    @staticmethod
    def plausible_fields():
        return [("status", "suspended"), ("reason", "a guess"), ("name", "A"), ("remark", "x"), ("role.administrator", "1"), ("confirm", "1"), ("do", "remove"), ("to", "thief@example.org")]

    # ---- forms from elsewhere ----

    def forgery(self):
        """Every page that changes something, sent as another site would have it sent."""
        pages, _ = routes()
        ids, wrong, tried = self.ids(PROVIDER), [], 0
        client = self.site.operator()
        mine = client.form_token()
        other = self.site.operator()
        person = self.site.person("victim@example.org", PROVIDER, ROLES)
        theirs = person.form_token()
        before, _ = self.rows(PROVIDER)
        for method, pattern, action in pages:
            if method != "POST" or action == "PUBLIC":
                continue
            path = self.address(pattern, ids)
            for who, token in ((client, None), (client, ""), (client, theirs), (client, mine[:-1]), (person, mine), (person, None)):
                fields = [] if token is None else [("form_token", token)]
                answer = who.send(path, fields + self.plausible_fields(), headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
                tried += 1
                if answer.status != 403:
                    wrong.append(f"{path}: {answer.status}")
            # a token in the address is none
            if client.send(f"{path}?form_token={mine}", self.plausible_fields()).status != 403:
                wrong.append(f"{path}: the token was taken from the address")
        for method, pattern, action in pages:  # and none of them is done by looking
            if method == "POST" and action != "PUBLIC" and ("GET", pattern) not in {(m, p) for m, p, _ in pages}:
                answer = other.get(self.address(pattern, ids) + f"?form_token={mine}")
                if answer.status not in (404, 405) and not re.search(r"/(mail|webhooks|validations|achievements|people|drafts|opportunities|enrolments|addresses)/", pattern):
                    wrong.append(f"GET {pattern}: {answer.status}")
        for path in ("/sign-in/password", "/sign-in/link", "/sign-in/second", "/sign-in/passkey"):
            answer = Client(self.site).send(path, [("email", "x@example.org")], headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
            if answer.status != 403:
                wrong.append(f"{path}: {answer.status}")
        after, _ = self.rows(PROVIDER)
        wrong += [f"{table} changed" for table in before if before[table] != after[table]]
        self.tap.case(f"no form of another site does anything ({tried} sent)", tried > 300 and not wrong, "\n".join(wrong))
        answer = client.ask("POST", "/api/v1/drafts", b"{}", {"Content-Type": "application/json"})
        self.tap.case("a cookie is nothing to the API", answer.status == 401, answer.text)

    def hosts(self):
        client, bad = Client(self.site), []
        for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}, {"X-Original-URL": "/installation", "X-Rewrite-URL": "/installation"},
                        {"X-HTTP-Method-Override": "DELETE"}):
            for path in ("/", "/sign-in", "/specifications", "/specifications/wound-care-2026", "/api/v1/openapi.json", "/api/v1/catalogue", "/provider", "/verify", "/lti/jwks", "/operator/x"):
                answer = client.get(path, headers)
                if "evil.example" in answer.text or "evil.example" in answer.location or answer.status >= 500:
                    bad.append(f"{path} {headers}: {answer.status} {answer.location}")
        self.tap.case("no header changes where links lead", not bad, "\n".join(bad))

    # ---- many at once ----

    def together(self, count, act):
        """act(i) in as many threads at the same moment; what they gave back."""
        barrier = threading.Barrier(count)

        def one(i):
            barrier.wait(30)
            return act(i)
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    def count(self, sql, *values):
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        (n,) = db.execute(sql, values).fetchone()
        db.close()
        return n

    def races(self):
        token = self.site.token("races", PROVIDER)
        api = Client(self.site, token)
        rows = "name,e-mail,student number\n" + "".join(f"Racer {chr(65 + i)},racer{i}@example.org,r{i}\n" for i in range(12))
        batch = json.loads(api.ask("POST", "/api/v1/specifications/wound-care-2026/batches?file=race.csv", rows.encode(), {"Content-Type": "text/csv"}).body)["id"]
        operator = self.site.operator()
        operator.send(f"/provider/batches/{batch}/sign", [("form_token", operator.form_token())])
        clients = [Client(self.site, token) for _ in range(10)]
        statuses = self.together(10, lambda i: clients[i].ask("POST", f"/api/v1/batches/{batch}/seal").status)
        wait_for("the batch is sealed", lambda: json.loads(api.get(f"/api/v1/batches/{batch}").body)["state"] == "sealed", 120)
        sealed = self.count("SELECT COUNT(*) FROM achievement WHERE batch_id = ?", batch)
        self.tap.case("ten who press seal at once seal once", sealed == 12 and max(statuses) < 500, [statuses, sealed])
        # the same table handed in by many, and sealed at once: nobody gets it twice
        batches = self.together(4, lambda i: json.loads(clients[i].ask("POST", "/api/v1/specifications/wound-care-2026/batches?file=again.csv",
                                                                      b"name,e-mail,student number\nTwin Racer,twin@example.org,t1\n", {"Content-Type": "text/csv"}).body)["id"])
        form_token = operator.form_token()
        for b in batches:
            operator.send(f"/provider/batches/{b}/sign", [("form_token", form_token)])
        self.together(4, lambda i: clients[i].ask("POST", f"/api/v1/batches/{batches[i]}/seal").status)
        wait_for("all are sealed", lambda: all(json.loads(api.get(f"/api/v1/batches/{b}").body)["state"] in ("sealed", "failed", "preview") for b in batches), 120)
        twins = self.count("SELECT COUNT(*) FROM achievement WHERE learner_email = 'twin@example.org'")
        self.tap.case("one learner in four batches sealed at once has it once", twins == 1, twins)
        items = json.loads(api.get(f"/api/v1/batches/{batch}/achievements").body)["items"]
        path = urllib.parse.urlsplit(items[0]["claim_link"]).path
        visitors = [Client(self.site) for _ in range(10)]
        answers = self.together(10, lambda i: visitors[i].ask("POST", f"{path}/{'accept' if i % 2 else 'decline'}", b"", {"Content-Type": "application/x-www-form-urlencoded"}).status)
        state = self.count("SELECT claim_state FROM achievement WHERE id = ?", items[0]["id"])
        told = self.count("SELECT COUNT(*) FROM event WHERE type IN ('achievement.claimed', 'achievement.accepted', 'achievement.declined') AND payload LIKE ?", f"%{items[0]['id']}%")
        self.tap.case("accepted and declined at once is one of them, told once", state in ("accepted", "declined") and max(answers) < 500 and told <= 1, [state, answers, told])
        one = items[1]["id"]
        answers = self.together(8, lambda i: clients[i].ask("POST", f"/api/v1/achievements/{one}/replace", json.dumps({"name": f"Racer B{chr(65 + i)}", "date": "2026-10-14", "reason": "a wrong letter"}).encode(),
                                                            {"Content-Type": "application/json"}).status)
        in_its_place = self.count("SELECT COUNT(*) FROM achievement WHERE replaces = ?", one) if self.has_column("achievement", "replaces") else \
            self.count("SELECT COUNT(*) FROM achievement WHERE learner_name LIKE 'Racer B_'")
        self.tap.case("eight who replace one credential at once replace it once", in_its_place == 1 and sum(s < 300 for s in answers) == 1, [answers, in_its_place])
        self.seats(api)
        self.once(operator)

    def has_column(self, table, column):
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        found = any(row[1] == column for row in db.execute(f"PRAGMA table_info({table})"))
        db.close()
        return found

    def seats(self, api):
        answer = api.ask("PUT", "/api/v1/specifications/wound-care-2026/enrolments/page", json.dumps({"open": True, "seats": 3}).encode(), {"Content-Type": "application/json"})
        before = self.count("SELECT COUNT(*) FROM enrolment WHERE state IN ('applied', 'enrolled', 'completed')")
        page = Page("/enrol/wound-care-2026", Client(self.site).get("/enrol/wound-care-2026").text)
        form = next((f for f in page.forms if f.method == "post" and "/enrol/" in f.action), None)
        self.tap.case("there is a page to enrol on", answer.status < 300 and form is not None, [answer.status, answer.text])
        if not form:
            return

        def enrol(i):
            fields = []
            for f in form.fields:
                value = {"email": f"seat{i}@example.org", "name": f"Seat {chr(65 + i)}", "given_name": "Seat", "family_name": chr(65 + i), "birth_date": "1990-01-01"}.get(f.name, f.initial())
                if f.type == "checkbox":
                    value = f.value
                if value is not None:
                    fields.append((f.name, value))
            return Client(self.site).send(form.action, fields, multipart=form.multipart).status
        answers = self.together(8, enrol)
        after = self.count("SELECT COUNT(*) FROM enrolment WHERE state IN ('applied', 'enrolled', 'completed')")
        self.tap.case("eight who want the last seats: no more come in than there are", after <= max(3, before) and after - before == max(0, 3 - before) and max(answers) < 500,
                      [before, after, answers])

    def once(self, operator):
        said = self.site.run("user", "add", "once@example.org", "--name", "Once", "--roles", "designer", "--org", PROVIDER, "--public-url", self.site.url)
        link = urllib.parse.urlsplit(re.search(r"http://\S+", said).group(0)).path
        visitors = [Client(self.site) for _ in range(8)]
        self.together(8, lambda i: visitors[i].ask("POST", link).status)
        entered = sum("merit_session" in v.cookies for v in visitors)
        self.tap.case("a link that eight use at once signs one of them in", entered == 1, entered)
        # a session that was planted is not the one that is entered with
        planted = Client(self.site)
        planted.cookies["merit_session"] = "A" * 32
        said = self.site.run("user", "reset", "once@example.org", "--public-url", self.site.url)
        planted.ask("POST", urllib.parse.urlsplit(re.search(r"http://\S+", said).group(0)).path)
        self.tap.case("a planted session is never entered", planted.cookies.get("merit_session") not in (None, "", "A" * 32), planted.cookies)
        old = next(v for v in visitors if "merit_session" in v.cookies)
        self.tap.case("and the sessions from before a reset are over", old.get("/provider").status == 403, "")

    # ---- guessing, behind a proxy ----

    def guessing(self):
        with Site(self.merit, self.work / "proxied", "--proxies", "127.0.0.1") as self.site:
            client = Client(self.site)
            statuses = [client.get("/api/v1/me", {"Authorization": f"Bearer merit_{i:043d}", "X-Forwarded-For": f"203.0.113.{i % 250}, 198.51.100.7"}).status for i in range(150)]
            self.tap.case("guessed tokens are few, whatever else the header says", set(statuses) == {401, 429} and statuses[-1] == 429, statuses[-5:])
            other = client.get("/api/v1/me", {"X-Forwarded-For": "198.51.100.8"})
            self.tap.case("and others are not kept out by it", other.status == 401, other.status)
            self.tap.case("a limit is told", client.get("/api/v1/me", {"X-Forwarded-For": "198.51.100.7"}).headers.get("Retry-After"), "no Retry-After")
            statuses = [client.send("/sign-in/password", [("email", f"nobody{i}@example.org"), ("password", "wrong wrong wrong")],
                                    headers={"X-Forwarded-For": f"203.0.113.{i}, 198.51.100.9"}).status for i in range(40)]
            self.tap.case("passwords are not tried without end from one address", statuses[-1] == 429, statuses)
            statuses = [client.send("/claim", [("code", self.code(i))], headers={"X-Forwarded-For": f"203.0.113.{i}, 198.51.100.10"}).status for i in range(14)]
            self.tap.case("codes on paper are not tried without end", len(set(statuses)) > 1 and statuses[-1] != statuses[0], statuses)
            fresh = client.send("/claim", [("code", self.code(99))], headers={"X-Forwarded-For": "198.51.100.11"}).status
            self.tap.case("but by others they are", fresh == statuses[0], [fresh, statuses[0]])
        self.guessing_alone()

    def guessing_alone(self):
        """Without a proxy that is believed, nobody chooses which address wrong passwords are counted for."""
        with Site(self.merit, self.work / "alone") as self.site:
            self.site.person("target@example.org", PROVIDER, "designer")
            client = Client(self.site)
            for i in range(8):
                client.send("/sign-in/password", [("email", "target@example.org"), ("password", "wrong wrong wrong")], headers={"X-Forwarded-For": f"198.51.100.{i}"})
            answer = client.send("/sign-in/password", [("email", "target@example.org"), ("password", "wrong wrong wrong")], headers={"X-Forwarded-For": "198.51.100.99"})
            keys = self.count("SELECT COUNT(*) FROM attempt")
            self.tap.case("a header that nobody vouches for is not believed", keys <= 2 and answer.status < 500, [keys, answer.status])

    @staticmethod
    def code(i):
        """A code that is spelt right (service/claim_code.h) and was given to nobody."""
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        values = [(i * 7 + k * 3) % 32 for k in range(15)] + [0]
        total = 0
        for v in values:
            total = ((total << 1) ^ 0x25 if total & 16 else total << 1) ^ v
        values[15] = total
        return "".join(alphabet[v] for v in values)

    def everything(self):
        with Site(self.merit, self.work / "data") as self.site:
            self.probes()
            self.pipelining()
            self.traversal()
            self.hosts()
            self.bombs()
            self.races()
            self.guesses()
            self.forgery()
            self.floods()
            self.slow()
            self.tap.case("the server is still there", self.site.alive())
        self.tap.case("and ends well", self.site.code == 0, self.site.code)
        self.guessing()


def main():
    merit, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    hostile = Hostile(merit, work)
    hostile.everything()
    print(f"1..{hostile.tap.number}")
    return 1 if hostile.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
