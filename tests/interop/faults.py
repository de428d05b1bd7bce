#!/usr/bin/env python3
"""Bad days: servers killed with -9 in the middle of sealing, mailing and uploading, two nodes of which one dies, a full disk, a database that goes away under load, a mail server that
is down. Afterwards every acknowledged achievement is there once and nothing is there by halves. What the database holds is read by sqlite3 of Python and by psql. Prints TAP.

    faults.py MERIT WORK
"""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/interop")]
from mail import Box, Server, wait_for  # noqa: E402
from postgresql import Cluster  # noqa: E402
from tap import Tap  # noqa: E402

PROVIDER = "Aarhus School of Nursing (invented)"
HEADER = "name,birth date,e-mail,student number,grade,date,place\n"


def table(count, mark):
    return HEADER + "".join(f"Learner {mark} {i},1990-01-{i % 28 + 1:02},{mark}{i}@example.org,{mark}{i:05},Passed,2026-10-14,Aarhus\n" for i in range(count))


class Node:
    """A running server over a data folder, asked over HTTP, looked into by SQL."""

    def __init__(self, test, data, *more):
        self.test, self.data, self.more = test, data, more
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url, self.token, self.child = f"http://127.0.0.1:{self.port}", None, None

    def start(self, *more):
        log = open(self.test.work / f"{self.data.name}.log", "ab")
        self.child = subprocess.Popen([self.test.merit, "serve", "--data", self.data, "--port", str(self.port), "--operator-link", *map(str, self.more),
                                       *map(str, more)], env=self.test.env, stdout=subprocess.PIPE, stderr=log, text=True)
        self.test.children.append(self.child)
        self.said = ""
        for line in self.child.stdout:
            self.said += line
            found = re.search(r"/operator/\S+", line)
            self.operator = found.group(0) if found else getattr(self, "operator", "")
            if "Ctrl-C" in line:
                return self
        raise RuntimeError("the server did not start; its log tells why")

    def stop(self, how=signal.SIGTERM):
        self.child.send_signal(how)
        self.child.stdout.close()
        self.child.wait(60)

    def kill(self):
        self.stop(signal.SIGKILL)

    def take_token(self):
        done = subprocess.run([self.test.merit, "token", "add", "Faults", "--scope", "describe,award,sign,manage", "--org", PROVIDER, "--data", self.data],
                              env=self.test.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        self.token = done.stdout.strip()

    def ask(self, method, path, body=None, headers=None, timeout=60):
        request = urllib.request.Request(self.url + path, method=method, data=body.encode() if isinstance(body, str) else body,
                                         headers={"Accept-Language": "en", **({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read().decode()
        except OSError as fault:  # the server is gone
            return 0, str(fault)

    def upload(self, text, key=None):
        status, said = self.ask("POST", "/api/v1/specifications/wound-care-2026/batches?file=t.csv", text,
                                {"Content-Type": "text/csv", **({"Idempotency-Key": key} if key else {})})
        return (json.loads(said)["id"] if status in (200, 201) else None), status, said

    def batch(self, id):
        status, said = self.ask("GET", f"/api/v1/batches/{id}")
        return json.loads(said) if status == 200 else {"state": "", "rows_sealed": -1}


class Faults(Tap):
    def __init__(self, merit, work, cluster):
        super().__init__()
        self.merit, self.work, self.cluster, self.children = Path(merit).resolve(), Path(work).resolve(), cluster, []
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("MERIT_")}
        self.env["LC_ALL"] = "C.UTF-8"
        self.name = None

    def rows(self, node, sql):
        """Rows as texts, on either database."""
        if self.name:
            return [tuple(line.split("|")) for line in self.cluster.sql(self.name, sql).splitlines()]
        db = sqlite3.connect(node.data / "merit.db", timeout=60)
        try:
            return [tuple("" if v is None else str(v) for v in row) for row in db.execute(sql).fetchall()]
        finally:
            db.close()

    def change(self, node, sql):
        if self.name:
            self.cluster.sql(self.name, sql)
            return
        db = sqlite3.connect(node.data / "merit.db", timeout=60)
        with db:
            db.execute(sql)
        db.close()

    def new_data(self, name):
        """A data folder with the demo in it, on the database in turn."""
        data = self.work / name
        node = Node(self, data).start("--demo")
        node.stop()
        if self.name is not None:
            self.name, url = self.cluster.database()
            done = subprocess.run([self.merit, "db", "move", "--to", url, "--data", data], env=self.env, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
        return data

    def whole(self, node, batch, count):
        """Every row once, each with as many credentials and one mail; nothing but whole ones."""
        learners = self.rows(node, f"SELECT learner_name, count(*) FROM achievement WHERE batch_id = '{batch}' GROUP BY learner_name")
        forms = Counter(row[1] for row in self.rows(node, f"SELECT a.id, count(c.format) FROM achievement a LEFT JOIN credential c ON c.achievement_id = a.id WHERE "
                                                    f"a.batch_id = '{batch}' GROUP BY a.id"))
        mails = Counter(row[1] for row in self.rows(node, f"SELECT a.id, count(m.id) FROM achievement a LEFT JOIN mail m ON m.object_id = a.id AND m.template = 'claim' "
                                                    f"WHERE a.batch_id = '{batch}' GROUP BY a.id"))
        indexes = self.rows(node, f"SELECT count(*), count(DISTINCT a.id) FROM achievement a WHERE a.batch_id = '{batch}'")
        good = len(learners) == count and all(n == "1" for _, n in learners) and len(forms) == 1 and "0" not in forms and mails == {"1": count}
        return good, f"{len(learners)} learners of {count}; credentials {forms}; mails {mails}; {indexes}"

    def checked(self, node):
        done = subprocess.run([self.merit, "db", "check", "--data", node.data], env=self.env, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout[-300:] + done.stderr

    # ---- kill -9 ----

    def sealing_killed(self, on):
        node = Node(self, self.new_data(f"sealing-{on}")).start()
        node.take_token()
        batch, status, said = node.upload(table(600, "k"))
        node.ask("POST", f"/api/v1/batches/{batch}/sign")
        started = node.ask("POST", f"/api/v1/batches/{batch}/seal?mail=yes")[0]
        kills, last = 0, -1
        for _ in range(4):
            wait_for("more rows are sealed", lambda: node.batch(batch)["state"] == "sealed" or node.batch(batch)["rows_sealed"] > last, 120)
            last = node.batch(batch)["rows_sealed"]
            if node.batch(batch)["state"] == "sealed":
                break
            node.kill()
            kills += 1
            node.start()
        wait_for("all rows are sealed", lambda: node.batch(batch)["state"] == "sealed", 180)
        good, why = self.whole(node, batch, 600)
        node.stop()
        sound, told = self.checked(node)
        self.case(f"{on}: sealing killed {kills} times: every row once, whole, one mail each", good and sound and kills > 1, f"{status} {said[:200]} {started} {why} {told}")

    def uploads_killed(self, on):
        node = Node(self, self.new_data(f"upload-{on}")).start()
        node.take_token()
        large, acknowledged = table(20000, "u"), []
        for i in range(4):
            sender = threading.Thread(target=lambda: acknowledged.append(node.upload(large)[0]))
            sender.start()
            time.sleep((0.05, 0.3, 0.8, 2)[i])  # into what it does with the table; there is nothing to be seen from outside
            node.kill()
            sender.join()
            node.start()
        kept = self.rows(node, "SELECT b.id, b.rows_read, (SELECT count(*) FROM upload_row r WHERE r.batch_id = b.id) FROM batch b WHERE b.file_name = 't.csv'")
        node.stop()
        known = {row[0] for row in kept}
        self.case(f"{on}: uploads killed: whole batches or none, and each that was acknowledged", all(row[1] == row[2] == "20000" for row in kept) and
                  {id for id in acknowledged if id} <= known, f"{kept} {acknowledged}")
        self.case(f"{on}: and the database is sound", *self.checked(node))

    def mailing_killed(self, on):
        box = Box()
        box.pause = 0.02
        with Server(box) as server:
            node = Node(self, self.new_data(f"mail-{on}"), "--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org", "--mail-rate", 100000)
            node.start()
            node.take_token()
            batch, _, _ = node.upload(table(120, "m"))
            node.ask("POST", f"/api/v1/batches/{batch}/sign")
            node.ask("POST", f"/api/v1/batches/{batch}/seal?mail=yes")

            def mine():
                return [to for _, to, _ in box.taken if re.fullmatch(r"m\d+@example.org", to)]
            kills = 0
            for wanted in (10, 40, 70):
                wait_for("mails go out", lambda: len(mine()) >= wanted, 120)
                node.kill()
                kills += 1
                node.start()
            wait_for("all mails are gone", lambda: len(set(mine())) == 120 and not self.rows(node, "SELECT id FROM mail WHERE state = 'waiting' AND recipient LIKE 'm%@example.org'"), 180)
            node.stop()
        twice = [to for to, n in Counter(mine()).items() if n > 1]
        self.case(f"{on}: mailing killed {kills} times: every mail goes out, at most one a kill twice", len(twice) <= kills and max(Counter(mine()).values()) <= 1 + kills, twice)

    # ---- the mail server is down ----

    def mail_server_down(self):
        box = Box()
        server = Server(box)  # knows its port; does not listen yet
        node = Node(self, self.new_data("down"), "--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org", "--mail-rate", 100000).start()
        node.take_token()
        batch, _, _ = node.upload(table(50, "d"))
        node.ask("POST", f"/api/v1/batches/{batch}/sign")
        node.ask("POST", f"/api/v1/batches/{batch}/seal?mail=yes")
        wait_for("it is sealed", lambda: node.batch(batch)["state"] == "sealed", 120)
        wait_for("it was tried", lambda: self.rows(node, "SELECT failures FROM mail_way WHERE failures > 0"), 60)
        # A day passes: all of it is a day old, and tried again and again.
        for _ in range(3):
            before = self.rows(node, "SELECT failures FROM mail_way")
            self.change(node, "UPDATE job SET run_at = 1 WHERE kind = 'mail.send' AND state = 'waiting'")
            wait_for("it is tried again", lambda: self.rows(node, "SELECT failures FROM mail_way") != before, 30)
        self.change(node, "UPDATE mail SET created_at = created_at - 86400000, next_at = next_at - 86400000 WHERE state = 'waiting'")
        waiting = self.rows(node, "SELECT recipient FROM mail WHERE state = 'waiting' AND recipient LIKE 'd%' ORDER BY next_at, id")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.addheaders = [("Accept-Language", "en")]
        opener.open(node.url + node.operator, timeout=30).read()
        page = opener.open(node.url + "/provider/mail", timeout=30).read().decode()
        self.case("mail server down: nothing is given up, and the office says so", len(waiting) == 50 and "mail server" in page.lower(), page[-1500:])
        with server:
            self.change(node, "UPDATE job SET run_at = 1 WHERE kind = 'mail.send' AND state = 'waiting'")
            wait_for("all of it is sent", lambda: not self.rows(node, "SELECT id FROM mail WHERE state = 'waiting' AND recipient LIKE 'd%'"), 120)
        got = [to for _, to, _ in box.taken if re.fullmatch(r"d\d+@example.org", to)]
        self.case("mail server back: all of it goes out once, in its order", got == [row[0] for row in waiting], got)
        node.stop()

    # ---- a full disk ----

    def full_disk(self):
        disk = self.work / "small"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, check=False).returncode:
            self.skip("a full disk", "no file system can be mounted here")
            return
        try:
            shutil.copytree(self.new_data("room"), disk / "data")
            node = Node(self, disk / "data").start()
            node.take_token()
            good, _, _ = node.upload(table(300, "f"))
            with open(disk / "filler", "wb", buffering=0) as out:
                try:
                    while out.write(bytes(4096)):
                        pass
                except OSError:
                    pass
            refused = [node.upload(table(3000, "g"))[1:] for _ in range(3)]
            reading = node.ask("GET", "/")[0]
            page = node.ask("GET", "/ready")
            self.case("full disk: what needs room is refused with 507 and says so", all(s == 507 and "disk" in t for s, t in refused), refused)
            self.case("full disk: reading goes on, /ready says why not", reading == 200 and page[0] == 503, (reading, page))
            node.ask("POST", f"/api/v1/batches/{good}/sign")
            node.ask("POST", f"/api/v1/batches/{good}/seal?mail=yes")
            (disk / "filler").unlink()
            node.ask("POST", f"/api/v1/batches/{good}/sign")
            status = node.ask("POST", f"/api/v1/batches/{good}/seal?mail=yes")[0]
            self.change(node, "UPDATE job SET run_at = 1 WHERE kind = 'batch.seal' AND state = 'waiting'")  # what waits for room looks again
            wait_for("with room again it is sealed", lambda: node.batch(good)["state"] == "sealed", 120)
            whole, why = self.whole(node, good, 300)
            self.case("full disk: with room again it works by itself, every row once", whole, f"{status} {why}")
            node.stop()
            self.case("full disk: the database is sound", *self.checked(node))
        finally:
            for child in self.children:
                if child.poll() is None:
                    child.kill()
                    child.wait()
            subprocess.run(["umount", disk], check=False)

    # ---- a database that goes away ----

    def database_lost(self):
        node = Node(self, self.new_data("lost")).start()
        node.take_token()
        batch, _, _ = node.upload(table(400, "l"))
        node.ask("POST", f"/api/v1/batches/{batch}/sign")
        node.ask("POST", f"/api/v1/batches/{batch}/seal?mail=yes")
        statuses, acknowledged, ending = Counter(), [], threading.Event()

        def work(number):
            i = 0
            while not ending.is_set():
                i += 1
                statuses[node.ask("GET", "/")[0]] += 1
                id, status, _ = node.upload(table(2, f"w{number}x{i}y"))
                statuses[status] += 1
                if id:
                    acknowledged.append(id)
        workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for w in workers:
            w.start()
        for _ in range(3):
            seen = len(acknowledged)
            wait_for("work goes on", lambda: len(acknowledged) > seen + 3, 60)
            self.cluster.stop(signal.SIGQUIT)  # at once, as a crash
            refused = statuses[503]
            wait_for("it is refused", lambda: statuses[503] > refused, 60)
            self.cluster.start()
        ending.set()
        for w in workers:
            w.join()
        kept = {row[0] for row in self.rows(node, "SELECT id FROM batch")}
        self.case("lost database: every answer is a good one or 503, every acknowledged upload is kept", not (set(statuses) - {200, 201, 503, 429}) and
                  set(acknowledged) <= kept, f"{statuses} {set(acknowledged) - kept}")
        self.change(node, "UPDATE job SET run_at = 1 WHERE kind = 'batch.seal' AND state = 'waiting'")
        self.change(node, "UPDATE job SET leased_until = 1 WHERE kind = 'batch.seal' AND state = 'running' AND leased_until < (SELECT max(leased_until) FROM job) - 20000")
        wait_for("the batch is sealed all the same", lambda: node.batch(batch)["state"] in ("sealed", "failed"), 180)
        state = node.batch(batch)
        good, why = self.whole(node, batch, 400)
        self.case("lost database: sealing goes on by itself, every row once", state["state"] == "sealed" and good, f"{state} {why}")
        node.stop()

    # ---- two nodes ----

    def two_nodes(self):
        box = Box()
        with Server(box) as server:
            post = ("--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org", "--mail-rate", 100000)
            a = Node(self, self.new_data("a"), *post)
            folder = self.work / "b"
            shutil.copytree(a.data, folder, ignore=shutil.ignore_patterns("node", "lock", "merit.db*"))
            b = Node(self, folder, *post, "--public-url", a.url)
            a.start("--demo"), b.start()
            a.take_token()
            b.token = a.token
            self.across(a, b)
            self.node_dies(a, b, box)

    def across(self, a, b):
        """What one node gave the other takes."""
        first, second = a.upload(table(3, "i"), "one-key"), b.upload(table(3, "i"), "one-key")
        other = b.upload(table(4, "j"), "one-key")
        self.case("two nodes: an idempotency key holds on both", first[0] and first[0] == second[0] and other[1] in (409, 422), f"{first} {second} {other[1:]}")
        jar = urllib.request.HTTPCookieProcessor()
        opener = urllib.request.build_opener(jar)
        opener.addheaders = [("Accept-Language", "en")]
        link = re.search(r"/sign-in/link/\S+", a.said).group(0)
        form = opener.open(a.url + link, timeout=30).read().decode()
        fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        opener.open(b.url + link, urllib.parse.urlencode(fields).encode(), timeout=30).read()
        offices = [opener.open(n.url + "/provider", timeout=30) for n in (a, b)]
        self.case("two nodes: a form of A is taken by B, and who came in there is in on both", all(o.status == 200 and o.geturl().endswith("/provider") for o in offices),
                  [fields, [o.geturl() for o in offices]])
        self.case("two nodes: a page of A is a page of B", a.ask("GET", "/")[1].replace(a.url, b.url) == b.ask("GET", "/")[1].replace(a.url, b.url))

    def node_dies(self, a, b, box):
        batch, _, _ = a.upload(table(2000, "n"))
        a.ask("POST", f"/api/v1/batches/{batch}/sign")
        a.ask("POST", f"/api/v1/batches/{batch}/seal?mail=yes")
        wait_for("sealing has begun", lambda: b.batch(batch)["rows_sealed"] > 50, 120)
        at = self.rows(a, f"SELECT node FROM job WHERE kind = 'batch.seal' AND object_id = '{batch}' AND state = 'running'")
        holder, other = (a, b) if at == [((a.data / "node").read_text(),)] else (b, a)
        holder.kill()
        sealed = other.batch(batch)["rows_sealed"]
        # Its minute is over, without waiting for it.
        self.change(other, f"UPDATE job SET leased_until = 1 WHERE node = '{(holder.data / 'node').read_text()}' AND state = 'running'")
        wait_for("the other seals the rest", lambda: other.batch(batch)["state"] == "sealed", 240)
        good, why = self.whole(other, batch, 2000)
        self.case("two nodes: one dies while it seals 2,000 rows, the other goes on: every row once, one mail each", good and sealed < 2000, f"{sealed} {why}")

        def mine():
            return Counter(to for _, to, _ in box.taken if re.fullmatch(r"n\d+@example.org", to))
        holder.start()
        wait_for("all mails are gone", lambda: len(mine()) == 2000, 240)
        twice = [to for to, n in mine().items() if n > 1]
        self.case("two nodes: all mails go out, at most the one on its way when the node died twice", len(twice) <= 1, twice)
        seals = [n.ask("GET", "/api/v1/batches/" + batch + "/achievements?limit=1")[1] for n in (a, b)]
        id = json.loads(seals[0])["items"][0]["id"]
        self.case("two nodes: both show what was awarded", id == json.loads(seals[1])["items"][0]["id"], seals)
        a.stop(), b.stop()
        self.case("two nodes: the database is sound", *self.checked(a))
        (b.data / "secret").write_bytes(os.urandom(32))
        done = subprocess.run([self.merit, "serve", "--data", b.data, "--port", "0", "--public-url", "http://127.0.0.1:1"], env=self.env, capture_output=True, text=True, check=False, timeout=60)
        self.case("two nodes: one with another secret is refused", done.returncode == 2 and "`secret`" in done.stderr, done.stderr)

    def all(self, only):
        def run(case, *args):
            if not only or case.__name__ in only:
                try:
                    case(*args)
                except (AssertionError, RuntimeError, OSError) as fault:
                    self.case(case.__name__, False, repr(fault))
        engines = ["SQLite"] + (["PostgreSQL"] if self.cluster.installed else [])
        for on in engines:
            self.name = None if on == "SQLite" else ""
            for case in (self.sealing_killed, self.uploads_killed, self.mailing_killed):
                run(case, on)
        self.name = None
        run(self.mail_server_down)
        run(self.full_disk)
        for case in (self.database_lost, self.two_nodes):
            self.name = ""
            if self.cluster.installed:
                run(case)
            else:
                self.skip(case.__name__, "PostgreSQL is not installed (postgresql-15)")
        print(f"1..{self.number}")
        return 1 if self.failed else 0


def main(merit, work, *only):
    with Cluster() as cluster:
        test = Faults(merit, work, cluster)
        try:
            return test.all(only)
        finally:
            for child in test.children:
                if child.poll() is None:
                    child.kill()
                    child.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
