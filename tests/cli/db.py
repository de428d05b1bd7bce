#!/usr/bin/env python3
"""`merit db` and what may happen to a database: backups, moving, a full disk, kill -9 at any moment, a database server that goes away. What the databases hold is read by
sqlite3 of Python and by psql. Prints TAP.

    db.py MERIT WORK
"""
import contextlib
import io
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from postgresql import Cluster  # noqa: E402
from tap import Tap  # noqa: E402


class Test(Tap):
    def __init__(self, merit, work, cluster):
        super().__init__()
        self.merit, self.work, self.cluster = Path(merit).resolve(), Path(work).resolve(), cluster
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("MERIT_")}
        self.env["LC_ALL"] = "C.UTF-8"
        self.data = self.work / "data"
        self.servers = []

    def run(self, *args, **more):
        return subprocess.run([self.merit, *args], cwd=self.work, env=self.env, capture_output=True, text=True, check=False, **more)

    def db(self, *args, data=None):
        return self.run("db", *args, "--data", data or self.data)

    def rows(self, data=None):
        """Digest lines that `merit db check` prints."""
        done = self.db("check", data=data)
        return [line for line in done.stdout.splitlines() if " rows  " in line], done

    def port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def serve(self, data, *args):
        """A running server and its address."""
        port = self.port()
        server = subprocess.Popen([self.merit, "serve", "--data", data, "--port", str(port), *args], cwd=self.work, env=self.env,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.servers.append(server)
        for line in server.stdout:
            if "Ctrl-C" in line:
                return server, f"http://127.0.0.1:{port}"
        raise RuntimeError("the server did not start")

    def stop(self, server, how=signal.SIGTERM):
        server.send_signal(how)
        server.stdout.close()
        server.wait(60)

    def get(self, url):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Language": "en"}), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read().decode()

    # ---- one data folder with learners in it ----

    def fill(self):
        server, _ = self.serve(self.data, "--demo")
        self.stop(server)
        self.checkpoint()
        db = sqlite3.connect(self.data / "merit.db")
        one = db.execute("SELECT achievement_id, org_id, format, content, created_at FROM credential").fetchall()
        names = [c[1] for c in db.execute("PRAGMA table_info(achievement)")]
        first = dict(zip(names, db.execute("SELECT * FROM achievement LIMIT 1").fetchone()))
        for i in range(1500):  # more rows than go anywhere in an instant
            row = {**first, "id": f"00000000-0000-7000-8000-{i:012}", "learner_key": f"key {i}", "row_number": 100000 + i}
            db.execute(f"INSERT INTO achievement ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", [row[n] for n in names])
            db.execute("INSERT INTO credential (achievement_id, org_id, format, content, created_at) VALUES (?, ?, ?, ?, ?)",
                       [row["id"], *one[i % len(one)][1:]])
        more = {"awarded": True, "addressed": first["learner_email"], "claimed": first["claim_state"] == "accepted", "declined": first["claim_state"] == "declined",
                "suspended": first["status"] == "suspended", "revoked": first["status"] == "revoked"}  # as counted by src/store/count.c
        db.execute(f"UPDATE achievement_count SET {', '.join(f'{name} = {name} + 1500' for name, counts in more.items() if counts)} "
                   "WHERE (of_id = ? AND month = ?) OR (of_id = ? AND month = '')", [first["specification_id"], first["awarded_on"][:7], first["batch_id"]])
        db.execute("UPDATE specification_count SET awarded = awarded + 1500 WHERE specification_id = ?", [first["specification_id"]])
        if first["expires_at"] is not None:
            db.execute("UPDATE expiry_count SET achievements = achievements + 1500 WHERE specification_id = ? AND month = ? AND expires_at = ?",
                       [first["specification_id"], first["awarded_on"][:7], first["expires_at"]])
        db.commit()
        db.close()
        shutil.copytree(self.data, self.work / "origin")
        self.wanted, done = self.rows()
        self.case("check: a sound database is whole", done.returncode == 0 and "Everything is whole" in done.stdout and
                  any(line.split()[:2] == ["achievement", "1512"] for line in self.wanted), done.stdout + done.stderr)

    def checkpoint(self):
        """One more checkpoint of the audit log, over what the demo wrote: the first may have come before it."""
        with contextlib.closing(sqlite3.connect(self.data / "merit.db")) as db, db:
            db.execute("UPDATE job SET run_at = ? WHERE kind = 'audit.checkpoint'", [int(time.time() * 1000)])
        server, _ = self.serve(self.data)
        with contextlib.closing(sqlite3.connect(self.data / "merit.db", timeout=10)) as db:
            for _ in range(600):
                if db.execute("SELECT SUM(row_count) FROM audit_checkpoint").fetchone()[0]:
                    break
                time.sleep(0.1)
        self.stop(server)

    def checks(self):
        damaged = self.work / "damaged"
        shutil.copytree(self.data, damaged)
        db = sqlite3.connect(damaged / "merit.db")
        key, format, content = db.execute("SELECT achievement_id, format, content FROM credential LIMIT 1").fetchone()
        middle = len(content) // 2
        content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]
        db.execute("UPDATE credential SET content = ? WHERE achievement_id = ? AND format = ?", (content, key, format))
        db.commit()
        db.close()
        _, done = self.rows(damaged)
        self.case("check: one bit of a sealed credential is noticed", done.returncode == 1 and key in done.stderr and format in done.stderr,
                  done.stdout + done.stderr)
        with open(damaged / "merit.db", "r+b") as file:
            file.seek(4096 * 20)
            file.write(os.urandom(4096 * 8))
        _, done = self.rows(damaged)
        self.case("check: a damaged file is noticed", done.returncode in (1, 2) and ("damaged" in done.stderr or "refused" in done.stderr),
                  done.stdout + done.stderr)
        self.log_is_proven()
        done = self.db("check", data=self.work / "nowhere")
        self.case("check: a folder that is none", done.returncode == 2 and "merit init" in done.stderr, done.stderr)
        done = self.db("upgrade")
        self.case("upgrade: says that nothing was to be done", done.returncode == 0 and "up to date" in done.stdout, done.stdout + done.stderr)

    def log_is_proven(self):
        """`check` says what the proof of the audit log comes to: sound, a line changed, a line taken away."""
        _, done = self.rows()
        covered = re.search(r"only grew: (\d+) checkpoints over (\d+) lines", done.stdout)
        self.case("check: the audit log is proven", covered and int(covered[1]) > 0 and int(covered[2]) > 0, done.stdout)
        for what, sql in {"changed": "UPDATE audit SET object_id = 'x' WHERE id = (SELECT MIN(id) FROM audit)",
                          "taken away": "DELETE FROM audit WHERE id = (SELECT MIN(id) FROM audit)"}.items():
            folder = self.work / f"log {what}"
            shutil.copytree(self.data, folder)
            db = sqlite3.connect(folder / "merit.db")
            db.execute(sql)
            db.commit()
            db.close()
            _, done = self.rows(folder)
            self.case(f"check: a line of the audit log that was {what} is noticed", done.returncode == 1 and "checkpoint" in done.stderr and
                      "audit log was changed" in done.stderr and "damaged:" not in done.stderr and "whole" not in done.stdout, done.stdout + done.stderr)

    def found(self, site):
        return self.get(site + "/specifications?q=wound")[1].count("wound-care-2026")

    def reindexing(self, name, data, empty, *args):
        """The search is emptied behind the server's back; `reindex` fills it beside the running server."""
        server, site = self.serve(data, *args)
        before = self.found(site)
        empty()
        without = self.found(site)
        done = self.db("reindex", *[x for x in args if x != "--demo"], data=data)
        after = self.found(site)
        self.stop(server)
        self.case(f"reindex: fills the search again beside the server, {name}", before > 0 and without == 0 and after == before and
                  done.returncode == 0 and re.search(r": [1-9]\d* specifications", done.stdout), f"{before} {without} {after} {done.stdout}{done.stderr}")

    def reindexing_sqlite(self):
        def empty():
            db = sqlite3.connect(self.data / "merit.db", timeout=10)
            db.executescript("DELETE FROM catalogue_entry; DELETE FROM catalogue_facet;")
            db.close()
        self.reindexing("SQLite", self.data, empty)
        done = self.db("reindex", data=self.work / "old-first")
        self.case("reindex: an old database is not brought up to date in passing", done.returncode == 2 and "merit db upgrade" in done.stderr, done.stderr)

    def reindexing_postgresql(self):
        name, url = self.cluster.database()
        self.reindexing("PostgreSQL", self.work / "indexed",
                        lambda: self.cluster.sql(name, "DELETE FROM catalogue_entry; DELETE FROM catalogue_facet"), "--database", url, "--demo")

    def upgrading(self):
        old = self.work / "old"
        shutil.copytree(self.data, old)
        for name in old.glob("merit.db*"):
            name.unlink()
        db = sqlite3.connect(old / "merit.db")
        db.executescript((ROOT / "sql/migrations/0001_start.sql").read_text())
        db.execute("CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)")
        db.execute("INSERT INTO schema_version VALUES (1, '0001_start.sql')")
        db.commit()
        db.close()
        done = self.db("check", data=old)
        self.case("check: an old database is not read as if it were new", done.returncode == 2 and "merit db upgrade" in done.stderr, done.stderr)
        shutil.copytree(old, self.work / "old-first")
        # Killed at many moments: whole migrations or none, and the next try goes on.
        for i in range(12):
            run = subprocess.Popen([self.merit, "db", "upgrade", "--data", old], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                run.wait(0.002 * i)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
        done = self.db("upgrade", data=old)
        _, checked = self.rows(old)
        self.case("upgrade: killed again and again, it ends up to date", done.returncode == 0 and checked.returncode == 0,
                  done.stderr + checked.stderr)

    def backups(self):
        file = self.work / "backup.tar"
        named = self.data / "seals" / "Siegel Universität (2026) #1.p12"
        named.write_bytes(b"a file with a name as people give them")
        server, url = self.serve(self.data)
        done = self.db("backup", file)
        good = done.returncode == 0 and self.get(url + "/")[0] == 200
        refused = self.db("move", "--to", "sqlite")
        self.stop(server)
        mode = file.stat().st_mode & 0o777 if file.exists() else 0
        self.case("backup: while the server runs, for its owner alone", good and mode == 0o600, done.stderr + oct(mode))
        self.case("move: refused while the server runs", refused.returncode == 2 and "stop it first" in refused.stderr, refused.stderr)
        with tarfile.open(file) as archive:
            names = set(archive.getnames())
        self.case("backup: another reader of tar finds what must be in it", {"merit.db", "secret", "authority.pem", "password"} <= names and
                  any(n.startswith("seals/") for n in names) and not {"lock", "node"} & names, names)
        back = self.work / "back"
        done = self.db("restore", file, data=back)
        got, checked = self.rows(back)
        same = [line for line in got if not line.startswith("  job ")] == [line for line in self.wanted if not line.startswith("  job ")]
        self.case("restore: every table as it was", done.returncode == 0 and checked.returncode == 0 and same, done.stderr + checked.stderr)
        self.case("restore: a file with any name that people give is there", (back / "seals" / named.name).exists())
        odd = self.data / "seals" / "two\nlines"
        odd.write_bytes(b"")
        done = self.db("backup", self.work / "odd.tar")
        self.case("backup: a name that could not be restored is refused at once, and named", done.returncode in (1, 2) and "rename it" in done.stderr and
                  not list(self.work.glob("odd.tar*")), done.stderr)
        odd.unlink()
        named.unlink()
        self.case("restore: the secret as it was", (back / "secret").read_bytes() == (self.data / "secret").read_bytes())
        done = self.db("restore", file, data=back)
        self.case("restore: never into a folder that holds something", done.returncode == 2 and "empty" in done.stderr, done.stderr)
        cut = self.work / "cut.tar"
        cut.write_bytes(file.read_bytes()[:-200000])
        done = self.db("restore", cut, data=self.work / "from-cut")
        self.case("restore: half an archive leaves nothing", done.returncode != 0 and "cut off" in done.stderr and
                  not list(self.work.glob("from-cut*")), done.stderr)
        self.hostile_archives(file)

    def hostile_archives(self, good):
        """A sound backup with one member more that no backup holds: refused as a whole, and nothing of it stays anywhere."""
        outside = self.work / "outside"
        outside.mkdir()
        (outside / "kept").write_text("kept")

        def member(name, **more):
            info = tarfile.TarInfo(name)
            info.size = more.pop("size", 4 if not more else 0)
            for key, value in more.items():
                setattr(info, key, value)
            return info

        members = {
            "an absolute name": [member(str(outside / "kept"))],
            "a name that goes up": [member("../outside/kept")],
            "a name that goes down and up": [member("seals/../../outside/kept")],
            "a dot": [member("./secret2")],
            "an empty part": [member("seals//x")],
            "a symbolic link": [member("seals/link", type=tarfile.SYMTYPE, linkname=str(outside))],
            "a file through a symbolic link": [member("way", type=tarfile.SYMTYPE, linkname=str(outside)), member("way/kept")],
            "a hard link": [member("link", type=tarfile.LNKTYPE, linkname=str(outside / "kept"))],
            "a hard link within": [member("copy", type=tarfile.LNKTYPE, linkname="secret")],
            "a character device": [member("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
            "a block device": [member("disk", type=tarfile.BLKTYPE, devmajor=7, devminor=0)],
            "a pipe": [member("pipe", type=tarfile.FIFOTYPE)],
            "a folder": [member("folder", type=tarfile.DIRTYPE, mode=0o777)],
            "one name twice": [member("secret")],
            "a file in a file": [member("secret/x")],
            "a name of control characters": [member("a\x1b[2J")],
            "a long name (pax)": [member("a" * 300)],
            "another database": [member("database")],
            "another node": [member("node")],
        }
        for what, more in members.items():
            evil, into = self.work / "evil.tar", self.work / "from-evil"
            shutil.copy(good, evil)
            with tarfile.open(evil, "a", format=tarfile.PAX_FORMAT) as archive:
                for one in more:
                    archive.addfile(one, io.BytesIO(b"evil"[:one.size]) if one.size else None)
            done = self.db("restore", evil, data=into)
            self.case(f"restore: refused for {what}", done.returncode in (1, 2) and "whole" not in done.stdout and  not list(self.work.glob("from-evil*")) and
                      [f.name for f in outside.iterdir()] == ["kept"] and (outside / "kept").read_text() == "kept", done.stderr)
        # Announced, and not there: refused before the disk is filled.
        for size in (2**40, 2**62):
            evil, into = self.work / "evil.tar", self.work / "from-evil"
            whole = good.read_bytes()
            with tarfile.open(good) as archive:
                end = max(m.offset_data + (m.size + 511) // 512 * 512 for m in archive.getmembers())
            info = member("huge", size=size)
            evil.write_bytes(whole[:end] + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
            done = self.db("restore", evil, data=into)
            self.case(f"restore: refused for a file of {size} octets that is not there", done.returncode == 1 and
                      not list(self.work.glob("from-evil*")), done.stderr)
        with subprocess.Popen(["cat", good], stdout=subprocess.PIPE) as cat:
            done = self.run("db", "restore", "/dev/stdin", "--data", self.work / "from-pipe", stdin=cat.stdout)
        self.case("restore: from a pipe", done.returncode == 0 and (self.work / "from-pipe/secret").exists(), done.stderr)

    def killed_backups(self):
        file, chance, left = self.work / "killed.tar", random.Random(5), 0
        for _ in range(15):
            run = subprocess.Popen([self.merit, "db", "backup", file, "--data", self.data], env=self.env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            try:
                run.wait(chance.random() * 0.06)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
            if file.exists():  # whole, or not there
                left += 1
                with tarfile.open(file) as archive:
                    if "merit.db" not in archive.getnames():
                        self.case("backup: killed, it left half a file", False)
                file.unlink()
        done = self.db("backup", file)
        self.case("backup: killed at any moment, it leaves a whole file or none", done.returncode == 0 and
                  not list(self.work.glob("killed.tar?*")), f"{done.stderr} {list(self.work.glob('killed.tar*'))}")

    # ---- a full disk ----

    def small_disk(self, size):
        """A file system of its own, or None where none can be made."""
        where = self.work / "small"
        where.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], capture_output=True, check=False)
        return where if done.returncode == 0 else None

    def full_disk(self):
        disk = self.small_disk("12m")
        if not disk:
            self.skip("a full disk", "no file system can be mounted here")
            return
        try:
            done = self.db("backup", disk / "b.tar")
            self.case("backup: a full disk is named, and nothing is left on it", done.returncode == 2 and "disk is full" in done.stderr and
                      not list(disk.iterdir()), f"{done.stderr} {list(disk.iterdir())}")
            shutil.copytree(self.work / "old", disk / "data")
            server, url = self.serve(disk / "data")
            filler = disk / "filler"
            with open(filler, "wb", buffering=0) as out:  # to the last page
                try:
                    while out.write(bytes(4096)):
                        pass
                except OSError:
                    pass
            self.stop(server)
            before = self.rows(disk / "data")[0]
            refused = subprocess.run([self.merit, "serve", "--demo", "--data", disk / "data", "--port", str(self.port())], env=self.env,
                                     capture_output=True, text=True, check=False, timeout=60)
            self.case("serve: a full disk is named", refused.returncode == 2 and "full" in refused.stderr, refused.stderr)
            filler.unlink()
            server, url = self.serve(disk / "data", "--demo")
            status, _ = self.get(url + "/")
            self.stop(server)
            after, checked = self.rows(disk / "data")
            self.case("serve: with room again it works, and what was there is there", status == 200 and checked.returncode == 0 and before,
                      checked.stderr)
        finally:
            subprocess.run(["umount", disk], check=False)

    # ---- PostgreSQL ----

    def moving(self):
        name, url = self.cluster.database()
        mine = self.work / "moving"
        shutil.copytree(self.work / "origin", mine)
        wanted = self.rows(mine)[0]
        # Killed at many moments, then once more in peace.
        chance, killed = random.Random(7), 0
        for _ in range(8):
            run = subprocess.Popen([self.merit, "db", "move", "--to", url, "--data", mine], env=self.env, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            try:
                run.wait(0.02 + chance.random() * 0.4)
            except subprocess.TimeoutExpired:
                killed += 1
                run.kill()
                run.wait()
            if (mine / "database").exists():
                break
        done = self.db("move", "--to", url, data=mine) if not (mine / "database").exists() else None
        got, checked = self.rows(mine)
        self.case("move: killed at any moment, the next try ends it", killed > 0 and (not done or done.returncode == 0) and
                  (mine / "database").read_text() == url and not (mine / "merit.db").exists(), done.stderr if done else f"killed {killed}")
        self.case("move: every table is what it was", got == wanted and checked.returncode == 0, checked.stderr)
        self.case("move: psql counts the same", self.cluster.sql(name, "SELECT count(*) FROM achievement") == "1512" and
                  self.cluster.sql(name, "SELECT sum(length(content)) FROM credential") ==
                  str(sqlite3.connect(mine / "merit.db.moved").execute("SELECT sum(length(content)) FROM credential").fetchone()[0]))
        again = self.cluster.sql(name, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable")
        self.case("move: references are watched as before", again == "0", again)
        done = self.db("move", "--to", url, data=mine)
        self.case("move: to where it is", done.returncode == 2 and "already" in done.stderr, done.stderr)
        other = self.work / "other"
        shutil.copytree(self.work / "old", other)
        done = self.db("move", "--to", url, data=other)
        self.case("move: never over something else", done.returncode == 2 and "not empty" in done.stderr, done.stderr)
        file = self.work / "from-pg.tar"
        done = self.db("backup", file, data=mine)
        back = self.work / "from-pg"
        restored = self.db("restore", file, data=back)
        got, checked = self.rows(back)
        self.case("backup of PostgreSQL: restored as SQLite, every table is what it was", done.returncode == 0 and restored.returncode == 0 and
                  got == wanted, done.stderr + restored.stderr + checked.stderr)
        done = self.db("move", "--to", "sqlite", data=mine)
        got, checked = self.rows(mine)
        self.case("move: and back into the folder", done.returncode == 0 and got == wanted and not (mine / "database").exists(),
                  done.stderr + checked.stderr)

    def lost_server(self):
        _, url = self.cluster.database()
        server, site = self.serve(self.work / "node0", "--database", url, "--demo")
        before = self.get(site + "/")
        self.cluster.stop()
        down = [self.get(site + "/") for _ in range(3)]
        alive = server.poll() is None
        self.cluster.start()
        after = self.get(site + "/")
        self.stop(server)
        self.case("serve: without its database it says so, with status 503", all(s == 503 and "database cannot be reached" in t for s, t in down) and
                  alive, down)
        self.case("serve: it works again by itself", before[0] == after[0] == 200 and "wound" in after[1].lower(), after)
        done = self.run("serve", "--data", self.work / "node9", "--port", str(self.port()), "--database", "postgresql:///x?host=/nowhere", timeout=60)
        self.case("serve: a database that is not there is named", done.returncode == 2 and "does not answer" in done.stderr, done.stderr)
        done = self.run("serve", "--data", self.work / "node9", "--port", str(self.port()), "--database", "mysql://x", timeout=60)
        self.case("serve: an address that is none is named", done.returncode == 2 and "postgresql://" in done.stderr, done.stderr)

    def two_nodes(self):
        name, url = self.cluster.database()
        first, a = self.serve(self.work / "a", "--database", url, "--demo")
        second_folder = self.work / "b"
        second_folder.mkdir()
        for item in ["secret", "password", "authority.pem"]:
            shutil.copy(self.work / "a" / item, second_folder / item)
        shutil.copytree(self.work / "a/seals", second_folder / "seals")
        second, b = self.serve(second_folder, "--database", url)
        pages = [self.get(x + "/")[1] for x in (a, b)]
        self.case("two nodes: both show the same", pages[0].replace(a, b) == pages[1] and "wound" in pages[0].lower())
        claim = self.cluster.sql(name, "SELECT min(id) FROM achievement")
        self.case("two nodes: what one awarded the other finds", bool(claim) and self.run(
            "status", "show", claim, "--data", second_folder, "--database", url).returncode in (0, 2))
        node_a, node_b = (self.work / "a/node").read_text(), (second_folder / "node").read_text()
        first.kill()
        first.stdout.close()
        first.wait()
        # The lease of what it had has ended: the other takes it up.
        self.cluster.sql(name, f"UPDATE job SET state = 'running', node = '{node_a}', leased_until = 1, run_at = 1, attempts = 7 WHERE kind = 'house.keep'")
        end, state = time.monotonic() + 30, ""
        while time.monotonic() < end and not state.startswith("waiting"):
            state = self.cluster.sql(name, "SELECT state || ' ' || attempts || ' ' || (run_at > 1000) FROM job WHERE kind = 'house.keep'")
            time.sleep(0.1)
        self.case("two nodes: the jobs of one that was killed are done by the other", node_a != node_b and state == "waiting 8 true", state)
        self.stop(second)
        first, a = self.serve(self.work / "a", "--database", url)
        self.case("two nodes: the killed one comes back", self.get(a + "/")[0] == 200)
        self.stop(first)

    def all(self):
        self.fill()
        self.checks()
        self.upgrading()
        self.reindexing_sqlite()
        self.backups()
        self.killed_backups()
        self.full_disk()
        for case in (self.reindexing_postgresql, self.moving, self.lost_server, self.two_nodes):
            if self.cluster.installed:
                case()
            else:
                self.skip(case.__name__, "PostgreSQL is not installed (postgresql-15)")
        print(f"1..{self.number}")
        return 1 if self.failed else 0


def main(merit, work):
    with Cluster() as cluster:
        test = Test(merit, work, cluster)
        try:
            return test.all()
        finally:
            for server in test.servers:
                server.kill()
                server.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
