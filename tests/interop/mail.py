#!/usr/bin/env python3
"""Mail handed to real mail servers on the loopback address (aiosmtpd), and to hostile ones; read by Python's own reader of mail. Prints TAP.

    mail.py MERIT SMTP-TOOL WORK
"""
import email
import email.policy
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests")]
from tap import Tap  # noqa: E402

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, SMTP
except ImportError:  # it belongs to the system's Python
    if os.environ.get("MERIT_MAIL_AGAIN") or not Path("/usr/bin/python3").exists():
        print("1..0 # SKIP aiosmtpd is not installed: apt install python3-aiosmtpd")
        sys.exit(0)
    os.environ["MERIT_MAIL_AGAIN"] = "1"
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])


class Box:
    """What a server of ours took, and how it answers: `rcpt` and `data` map an address to an answer."""

    def __init__(self):
        self.taken, self.rcpt, self.data, self.peers = [], {}, {}, set()
        self.pause = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.peers.add(session.peer)
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        if to in self.data:
            return self.data[to]
        if self.pause:
            import asyncio
            await asyncio.sleep(self.pause)
        self.taken.append((envelope.mail_from, to, envelope.content))
        return "250 taken as number %d" % len(self.taken)


class Server(Controller):
    """On any free port, or on the one given."""

    def __init__(self, box, port=0, tls=None, **options):
        self.options = options
        if not port:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
        super().__init__(box, hostname="127.0.0.1", port=port, ssl_context=tls)

    def factory(self):
        return SMTP(self.handler, hostname="mail.example.org", **self.options)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Script(threading.Thread):
    """A server that says what it is told: pairs of (wait for this beginning of a line, say that); at the end it closes, or hangs."""

    def __init__(self, steps, hang=False):
        super().__init__(daemon=True)
        self.steps, self.hang, self.stopping = steps, hang, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                self.talk(peer)

    def talk(self, peer):
        heard = peer.makefile("rb")
        for wanted, answer in self.steps:
            while wanted:
                line = heard.readline()
                if not line:
                    return
                if line.upper().startswith(wanted):
                    break
            if answer:
                peer.sendall(answer)
        if self.hang:
            self.stopping.wait(60)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


TALK = [(None, b"220 x\r\n"), (b"EHLO", b"250 x\r\n"), (b"MAIL", b"250 ok\r\n"), (b"RCPT", b"250 ok\r\n"), (b"DATA", b"354 go on\r\n")]


def wait_for(what, truth, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = truth()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s: {what}")


def make_certificates(folder):
    """An authority, a server's certificate from it, and an authority that has nothing to do with it."""
    folder.mkdir()

    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=folder)
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                f"{name}.pem", "-days", 30, "-subj", f"/CN=Test {name}")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj",
            "/CN=localhost")
    (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 30, "-extfile", "ext", "-out",
            "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


class Mailing:
    def __init__(self, merit, tool, work):
        self.merit, self.tool, self.work, self.tap = merit, tool, work, Tap()

    def hand(self, port, *to, scheme="smtp", host="127.0.0.1", timeout=5000, ca="-", user="-", password="-", sender="post@example.org"):
        done = subprocess.run([self.tool, f"{scheme}://{host}:{port}", str(timeout), str(ca), user, password, sender, *to],
                              capture_output=True, text=True, timeout=120)
        return [line.split(" ", 3) for line in done.stdout.splitlines()]

    def fates(self, name, got, *wanted):
        self.tap.case(name, [line[0] for line in got] == list(wanted), got)

    # ---- one session ----

    def messages(self):
        box = Box()
        with Server(box) as server:
            got = self.hand(server.port, "ada@example.org", "bo@example.org", "cy@example.org")
        self.fates("several messages are taken", got, "accepted", "accepted", "accepted")
        self.tap.case("they go over one connection", len(box.peers) == 1, box.peers)
        sender, to, content = box.taken[0]
        m = email.message_from_bytes(content, policy=email.policy.default)
        self.tap.case("the envelope is right", (sender, to) == ("post@example.org", "ada@example.org"), (sender, to))
        self.tap.case("headers are read as they were meant",
                      m["Subject"] == "Dit bevis: sårpleje i hjemmet, for begyndere og øvede, på dansk og på engelsk" and
                      m["From"].addresses[0].display_name == 'Århus "Sygepleje" skole' and m["Message-ID"] == "<number-1@example.org>" and
                      m["Auto-Submitted"] == "auto-generated" and m["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and not m.defects,
                      [m.items(), m.defects])
        text, html = m.get_body(("plain",)).get_content(), m.get_body(("html",)).get_content()
        wanted = ("Kære Åse\n\n.\n..to\nFrom here on\nen lang linje, som er langt længere end de seksoghalvfjerds tegn, som en linje må have på vej "
                  "gennem nettet =\ntrailing \n")
        self.tap.case("both bodies arrive letter for letter", text.replace("\r\n", "\n") + "\n" == wanted and html.replace("\r\n", "\n") == "<p>Kære Åse</p>\n.", [text, html])
        self.tap.case("no line is longer than RFC 5322 wants", max(map(len, content.splitlines())) <= 78, content)

    def answers(self):
        box = Box()
        box.rcpt = {"no@example.org": "550 5.1.1 no such user", "later@example.org": "451 4.3.0 try again", "busy@example.org": "421 4.3.2 closing"}
        box.data = {"big@example.org": "552 5.3.4 too big", "slow@example.org": "452 4.2.2 mailbox full"}
        with Server(box) as server:
            got = self.hand(server.port, "no@example.org", "later@example.org", "big@example.org", "slow@example.org", "ok@example.org")
            self.fates("refused, put off, refused and put off after the text, taken", got, "refused", "later", "refused", "later", "accepted")
            self.tap.case("the server's own words are kept", got[0][1:] == ["550", "0", "550 5.1.1 no such user"] and got[2][1] == "552", got)
            self.fates("421 is for later", self.hand(server.port, "busy@example.org"), "later")

    def bad_servers(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.fates("nobody listens", self.hand(port, "a@example.org"), "no_server")
        with Script([], hang=True) as s:
            self.fates("a server that never says anything", self.hand(s.port, "a@example.org", timeout=700), "no_server")
        with Script([]) as s:
            self.fates("a server that hangs up at once", self.hand(s.port, "a@example.org"), "no_server")
        with Script([(None, b"554 no service here\r\n")]) as s:
            self.fates("a server that greets with a refusal", self.hand(s.port, "a@example.org"), "no_server")
        with Script([(None, b"HTTP/1.1 400 Bad Request\r\n\r\n")]) as s:
            self.fates("something that is no mail server", self.hand(s.port, "a@example.org"), "no_server")
        with Script(TALK) as s:
            self.fates("a connection that breaks in the middle of a message", self.hand(s.port, "a@example.org"), "later")
        with Script(TALK, hang=True) as s:
            self.fates("a server that hangs behind the message", self.hand(s.port, "a@example.org", timeout=700), "later")
        with Script([(None, b"220 x\r\n"), (b"EHLO", b"250 x\r\n"), (b"MAIL", b"550 \x1b[31m" + b"no" * 4000 + b"\r\n")]) as s:
            got = self.hand(s.port, "a@example.org")
            self.tap.case("a long answer with control characters is cut and made harmless", got[0][0] == "refused" and "\x1b" not in got[0][3] and
                          len(got[0][3]) < 400, got)

    def signing_in(self):
        box = Box()

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (b"merit", b"s3cret pa:ss"), handled=False)
        with Server(box, authenticator=check, auth_required=True, auth_require_tls=False) as server:
            self.fates("signed in", self.hand(server.port, "a@example.org", user="merit", password="s3cret pa:ss"), "accepted")
            self.fates("with a wrong password it is the server's trouble", self.hand(server.port, "a@example.org", user="merit", password="x"), "no_server")
            self.fates("and without any", self.hand(server.port, "a@example.org"), "no_server")

    def tls(self):
        certificates = self.work / "certificates"
        context = make_certificates(certificates)
        box = Box()
        with Server(box, tls_context=context, require_starttls=True) as server:
            self.fates("STARTTLS, vouched for by an authority of one's own",
                       self.hand(server.port, "a@example.org", "b@example.org", host="localhost", ca=certificates / "ca.pem"), "accepted", "accepted")
            got = self.hand(server.port, "a@example.org", host="localhost", ca=certificates / "other.pem")
            self.fates("nobody vouches for the server: nothing is sent", got, "no_server")
        with Server(box, tls=context) as server:
            self.fates("TLS from the start", self.hand(server.port, "a@example.org", scheme="smtps", host="localhost", ca=certificates / "ca.pem"), "accepted")
        with Server(box) as server:
            before = len(box.taken)
            got = self.hand(server.port, "a@example.org", host="localhost", ca=certificates / "ca.pem")
            self.tap.case("no STARTTLS where it is wanted: nothing is sent in the open", got[0][0] == "no_server" and len(box.taken) == before, got)

    def letters(self):
        box = Box()
        with Server(box, enable_SMTPUTF8=False) as server:
            got = self.hand(server.port, "a@bücher.example", "blåbær@example.org", "blåbær@example.org", "c@example.org")
            self.fates("letters beyond ASCII and a server without SMTPUTF8", got, "accepted", "refused", "refused", "accepted")
            self.tap.case("why is told", got[1][2] == "1" and got[2][2] == "1", got)
            self.tap.case("domains are written in ASCII", [to for _, to, _ in box.taken] == ["a@xn--bcher-kva.example", "c@example.org"], box.taken)
            self.fates("the first of a session as well", self.hand(server.port, "blåbær@example.org"), "refused")
        with Server(box, enable_SMTPUTF8=True) as server:
            self.fates("and a server with it", self.hand(server.port, "blåbær@bücher.example", "d@example.org"), "accepted", "accepted")

    # ---- the outbox ----

    def serve(self, data, *more, env=None):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        log = open(self.work / f"serve-{data.name}.log", "ab")
        child = subprocess.Popen([self.merit, "serve", "--demo", "--data", str(data), "--port", str(port), *map(str, more)], stdout=log, stderr=log,
                                 env={**os.environ, **(env or {})})

        def answers():
            if child.poll() is not None:
                raise AssertionError(f"merit serve ended with {child.returncode}")
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).status == 200
            except OSError:
                return False
        wait_for("the server answers", answers, 120)
        return child

    def stop(self, child, how=signal.SIGTERM):
        child.send_signal(how)
        child.wait(60)

    def queue(self, data, mails):
        db = sqlite3.connect(data / "merit.db", timeout=60)
        org = db.execute("SELECT id FROM organisation ORDER BY id LIMIT 1").fetchone()[0]
        now = int(time.time() * 1000)
        ids = []
        with db:
            for number, m in enumerate(mails):
                ids.append(f"{now + number:012x}"[:8] + "-" + f"{now + number:012x}"[8:12] + "-7" + uuid.uuid4().hex[:3] + "-8" + uuid.uuid4().hex[:3] + "-" +
                           uuid.uuid4().hex[:12])
                db.execute("INSERT INTO mail (id, org_id, template, language, recipient, data, state, attempts, next_at, created_at) VALUES "
                           "(?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)",
                           (ids[-1], org, m.get("template", "claim"), m.get("language", "en"), m["to"], json.dumps(m.get("data", {})).encode(),
                            now + number, now + m.get("age", 0)))
            db.execute("UPDATE job SET run_at = ? WHERE kind = 'mail.send' AND state = 'waiting'", (now,))
        db.close()
        return ids

    def rows(self, data):
        db = sqlite3.connect(data / "merit.db", timeout=60)
        found = db.execute("SELECT recipient, state, answer, data, attempts, id, round FROM mail ORDER BY next_at, id").fetchall()
        db.close()
        return found

    def states(self, data):
        return {row[0]: row[1] for row in self.rows(data)}

    def outbox(self):
        data, box = self.work / "outbox", Box()
        box.rcpt = {"no@example.org": "550 5.1.1 no such user", "later@example.org": "451 4.3.0 try again"}
        reports = self.work / "reports.mbox"
        with Server(box) as server:
            child = self.serve(data, "--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org", "--mail-reports", reports)
            try:
                self.outbox_sends(data, box)
                self.outbox_reads_reports(data, reports)
            finally:
                self.stop(child)

    def outbox_sends(self, data, box):
        learner = {"learner": "Åse Østergård", "title": "Sårpleje", "provider": "Skolen", "link": "https://merit.example.org/claim/1/2", "until": "2030-06-30"}
        self.queue(data, [{"to": "ada@example.org", "language": "da", "data": learner}, {"to": "no@example.org", "data": learner},
                          {"to": "later@example.org", "data": learner}, {"to": "old@example.org", "template": "sign_in", "age": -7200000},
                          {"to": "odd@example.org", "template": "unheard_of"}, {"to": "bare@example.org"}, {"to": "rem@example.org", "template": "reminder", "data": learner}])
        states = wait_for("all are settled once", lambda: (lambda s: s if all(v != "waiting" or k == "later@example.org" for k, v in s.items()) else None)(self.states(data)))
        self.tap.case("each fares as its server says", states == {"ada@example.org": "sent", "no@example.org": "refused", "later@example.org": "waiting",
                      "old@example.org": "given_up", "odd@example.org": "given_up", "bare@example.org": "sent", "rem@example.org": "sent"}, states)
        rows = {row[0]: row for row in self.rows(data)}
        self.tap.case("what was sent is emptied, what was not is kept", not rows["ada@example.org"][3] and rows["no@example.org"][3] and rows["later@example.org"][3], rows)
        self.tap.case("the refusal is kept", rows["no@example.org"][2] == "550 5.1.1 no such user", rows["no@example.org"])
        m = email.message_from_bytes(next(c for _, to, c in box.taken if to == "ada@example.org"), policy=email.policy.default)
        text, html = m.get_body(("plain",)).get_content(), m.get_body(("html",)).get_content()
        self.tap.case("it speaks the learner's language", m["Subject"] == "Dit mikroeksamensbevis: Sårpleje" and "Kære Åse Østergård" in text and "30. juni 2030" in text and
                      "https://merit.example.org/claim/1/2" in text and m["From"].addresses[0].display_name == "Skolen", [m.items(), text])
        self.tap.case("the HTML fetches nothing and has one button", html.count('class="button"') == 1 and not re.search(r"<img|url\(|<script|<link", html) and
                      'href="https://merit.example.org/claim/1/2"' in html, html)
        bare = email.message_from_bytes(next(c for _, to, c in box.taken if to == "bare@example.org"), policy=email.policy.default)
        self.tap.case("a member that is missing is shown as nothing", "{" not in bare.get_body(("plain",)).get_content(), bare.get_content_type())
        reminder = email.message_from_bytes(next(c for _, to, c in box.taken if to == "rem@example.org"), policy=email.policy.default)
        self.tap.case("only a reminder can be stopped", "/mail/stop/" in str(reminder["List-Unsubscribe"]) and not m["List-Unsubscribe"], reminder.items())
        stop = str(reminder["List-Unsubscribe"]).strip("<>")
        request = urllib.request.Request(stop, data=b"List-Unsubscribe=One-Click", method="POST")
        self.tap.case("in one click, without a form", urllib.request.urlopen(request, timeout=10).status == 200, stop)

    def outbox_reads_reports(self, data, reports):
        sent = {row[0]: row for row in self.rows(data) if row[1] == "sent"}
        row = sent["ada@example.org"]
        report = "".join(["From MAILER-DAEMON Thu Jul  7 17:16:05 2026\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n"
                          "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\n"
                          "Status: 5.2.1\nDiagnostic-Code: smtp; 550 mailbox closed\n\n--b\nContent-Type: text/rfc822-headers\n\n"
                          f"Message-ID: <{row[5]}.{row[6]}@merit.example.org>\n--b--\n\n"])
        forged = report.replace(row[5], str(uuid.uuid4()))
        old = report.replace(f"{row[5]}.{row[6]}", f"{sent['bare@example.org'][5]}.7")
        reports.write_text(forged + old + report)
        db = sqlite3.connect(data / "merit.db", timeout=60)
        with db:
            db.execute("UPDATE job SET run_at = 0 WHERE kind = 'mail.reports' AND state = 'waiting'")
        db.close()
        states = wait_for("the report is read", lambda: (lambda s: s if s["ada@example.org"] == "returned" else None)(self.states(data)))
        answer = next(r[2] for r in self.rows(data) if r[0] == "ada@example.org")
        self.tap.case("a report says that it did not arrive", answer == "5.2.1 550 mailbox closed", answer)
        self.tap.case("a report about another sending counts nothing", states["bare@example.org"] == "sent", states)

    def server_down(self):
        """Nothing is lost while there is no mail server; afterwards all of it goes out in its order."""
        data = self.work / "down"
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        child = self.serve(data, "--smtp", f"smtp://127.0.0.1:{port}", "--mail-from", "post@merit.example.org")
        try:
            wanted = [f"learner{n:02d}@example.org" for n in range(30)]
            self.queue(data, [{"to": to} for to in wanted])
            db = sqlite3.connect(data / "merit.db", timeout=60)

            def trouble():
                return db.execute("SELECT failures FROM mail_way WHERE id = 'server' AND failures > 0").fetchone()
            wait_for("the server is missed", trouble)
            rows = self.rows(data)
            self.tap.case("trouble of the server counts against no mail", all(r[1] == "waiting" and r[4] == 0 for r in rows), rows[:3])
            box = Box()
            with Server(box, port=port):
                with db:
                    db.execute("UPDATE job SET run_at = 0 WHERE kind = 'mail.send' AND state = 'waiting'")
                wait_for("all have gone", lambda: len(box.taken) == 30)
                self.tap.case("then all go, in their order", [to for _, to, _ in box.taken] == wanted, [to for _, to, _ in box.taken])
                wait_for("the trouble is forgotten", lambda: not trouble())
            db.close()
        finally:
            self.stop(child)

    def killed(self):
        """kill -9 in the middle, again and again: every mail arrives, and only the one under way may arrive twice, with the same Message-ID."""
        data, box, kills = self.work / "killed", Box(), 4
        box.pause = 0.01
        with Server(box) as server:
            words = ("--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org", "--mail-rate", 100000)
            child = self.serve(data, *words)
            wanted = [f"learner{n:03d}@example.org" for n in range(200)]
            self.queue(data, [{"to": to} for to in wanted])
            for n in range(kills):
                wait_for("some have gone", lambda: len(box.taken) >= 30 * (n + 1))
                self.stop(child, signal.SIGKILL)
                child = self.serve(data, *words)
            try:
                wait_for("all are sent", lambda: all(r[1] == "sent" for r in self.rows(data)), 120)
            finally:
                self.stop(child)
        got = [to for _, to, _ in box.taken]
        twice = sorted({to for to in got if got.count(to) > 1})
        names = {to: {email.message_from_bytes(c)["Message-ID"] for _, t, c in box.taken if t == to} for to in twice}
        self.tap.case("every mail arrived", set(got) == set(wanted), set(wanted) - set(got))
        self.tap.case("at most the one under way arrived twice, known by its Message-ID", len(twice) <= kills and all(len(ids) == 1 for ids in names.values()), names)

    def run(self):
        for part in (self.messages, self.answers, self.bad_servers, self.signing_in, self.tls, self.letters, self.outbox, self.server_down, self.killed):
            try:
                part()
            except Exception as error:  # a part that breaks is one failure, and the others are still tried
                self.tap.case(f"{part.__name__}: the test itself", False, repr(error))
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main():
    merit, tool, work = (Path(p).resolve() for p in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Mailing(merit, tool, work).run()


if __name__ == "__main__":
    sys.exit(main())
