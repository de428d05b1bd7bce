#!/usr/bin/env python3
"""People by commands: the first administrator by `merit init`, `merit user`, and what opens the server's doors. Prints TAP.

    user.py MERIT WORK
"""
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

URL = "https://merit.example.org"


class Users:
    def __init__(self, merit, work):
        self.merit, self.data, self.tap = merit, work / "data", Tap()

    def run(self, *words, **environment):
        done = subprocess.run([self.merit, *words, "--data", str(self.data)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LC_ALL": "C.UTF-8", **environment}, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def init(self):
        status, out, err = self.run("init", "--admin-email", "Ada@Example.org", "--admin-name", "Ada Holm", "--public-url", URL)
        link = re.search(URL + r"/sign-in/link/[A-Za-z0-9_-]{32}\n", out)
        self.tap.case("init makes the first administrator and prints a link", status == 0 and link, out + err)
        status, out, err = self.run("init", "--admin-email", "ada@example.org")
        self.tap.case("an address belongs to one person", status == 2 and "already" in err, out + err)
        status, out, err = self.run("init", "--admin-email", "bo@example.org", MERIT_ADMIN_PASSWORD="short")
        self.tap.case("a short password is refused", status == 1 and "bo@example.org" not in out, out + err)
        status, out, err = self.run("init", "--admin-email", "bo@example.org", MERIT_ADMIN_PASSWORD="fire graa katte sover")
        self.tap.case("with a password no link is printed", status == 0 and "sign-in/link" not in out, out + err)

    def users(self):
        with sqlite3.connect(self.data / "merit.db") as db:
            db.execute("INSERT INTO organisation (id, slug, name, created_at) VALUES ('o1', 'nordskolen', 'Nordskolen', 0)")
        status, out, err = self.run("user", "add", "cleo@example.org", "--name", "Cleo", "--roles", "designer,approver", "--public-url", URL)
        self.tap.case("user add makes an account with roles", status == 0 and URL + "/sign-in/link/" in out, out + err)
        status, out, err = self.run("user", "add", "dan@example.org", "--roles", "king")
        self.tap.case("user add knows the roles", status == 1 and "king" in err, out + err)
        status, out, err = self.run("user", "add", "no address")
        self.tap.case("user add knows what an address is", status == 1, out + err)
        status, out, err = self.run("user", "roles", "cleo@example.org", "--roles", "administrator,auditor", "--org", "Nordskolen")
        self.tap.case("user roles sets these roles and no others", status == 0 and "administrator" in out and "auditor" in out and "designer" not in out, out + err)
        status, out, err = self.run("user", "roles", "cleo@example.org", "--roles", "", "--org", "Nordskolen")
        self.tap.case("the last administrator stays", status == 2, out + err)
        status, out, err = self.run("user", "list")
        self.tap.case("user list tells everybody", status == 0 and all(name in out for name in ("ada@example.org", "(installation)", "cleo@example.org", "Nordskolen")), out + err)
        with sqlite3.connect(self.data / "merit.db") as db:
            db.execute("INSERT INTO passkey (id, person_id, name, public_key, algorithm, counter, created_at) SELECT 'lost', id, 'lost telephone', x'00', -7, 0, 0 FROM person "
                       "WHERE email = 'bo@example.org'")
        status, out, err = self.run("user", "reset", "bo@example.org")
        with sqlite3.connect(self.data / "merit.db") as db:
            password = db.execute("SELECT password FROM person WHERE email = 'bo@example.org'").fetchone()[0]
            passkeys = db.execute("SELECT COUNT(*) FROM passkey").fetchone()[0]
        self.tap.case("user reset takes password and passkeys away, says so, and prints a link",
                      status == 0 and "/sign-in/link/" in out and "passkeys" in out and password is None and passkeys == 0, out + err)
        status, out, err = self.run("user", "reset", "nobody@example.org")
        self.tap.case("user reset knows nobody", status == 2 and "nobody@example.org" in err, out + err)
        status, out, err = self.run("user", "dance")
        self.tap.case("another word shows the help", status == 2 and "merit user add" in err, out + err)

    def serve(self, *words):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen([self.merit, "serve", "--data", str(self.data), "--port", str(port), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True)
        said = ""
        try:
            for line in server.stdout:
                said += line
                if "Ctrl-C stops it" in line:
                    break
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=30) as answer:
                page = answer.read().decode()
            return said, page
        finally:
            server.terminate()
            server.wait(30)

    def doors(self):
        said, page = self.serve()
        self.tap.case("an installation with an administrator opens for people alone", "/operator/" not in said and "/sign-in" in said and "<h1>" in page, said)
        said, _ = self.serve("--operator-link")
        self.tap.case("unless the operator's link is asked for", "/operator/" in said, said)
        with sqlite3.connect(self.data / "merit.db") as db:
            for table in ("person", "person_email"):
                db.execute(f"UPDATE {table} SET email = replace(email, '@example.org', '@example.net')")
        said, _ = self.serve("--demo")
        self.tap.case("a demo makes no door in a house with an owner", "/operator/" not in said and "@example.org" not in said and "link/" not in said, said)
        (self.data / "sign-in.json").write_text('{"providers": [{"id": "Uni"}]}')
        status, out, err = self.run("serve", "--port", "1", "--public-url", URL)
        self.tap.case("a faulty sign-in.json is told of at start", status != 0 and "sign-in.json" in err, out + err)


def main():
    merit, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    users = Users(str(merit), work)
    users.init()
    users.users()
    users.doors()
    print(f"1..{users.tap.number}")
    return 1 if users.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
