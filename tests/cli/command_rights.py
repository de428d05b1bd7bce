#!/usr/bin/env python3
"""Every command of src/cli/commands.def: those that work on files leave the database as it is, and those that act on an installation do so as its operator, say so in the
audit log, and are refused what the same rules refuse to everybody. A new command must be told of here. Prints TAP.

    command_rights.py MERIT WORK
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

EXAMPLE = ROOT / "docs/examples/wound-care"
ONE = "Aarhus School of Nursing (invented)"

# What each command does to an installation: nothing (an example of it), or the name of the test below.
OF_FILES = {
    "spec": ["check", f"{EXAMPLE}.json"],
    "results": ["template"],
    "issue": [f"{EXAMPLE}.json", f"{EXAMPLE}.csv", "--out", "out", "--no-image", "--format", "elm,open-badges", "--data", "{data}"],
    "verify": ["{badge}", "--data", "{data}"],
    "check": ["{elm}"],
    "show": ["{elm}"],
    "convert": ["{elm}", "--to", "open-badges"],
    "disclose": ["{elm}"],
    "certificate": ["{elm}", "--out", "certificate.pdf"],
    "bake": ["{badge}", "picture.png"],
    "unbake": ["picture.png"],
    "endorse": ["{badge}", "--key", "k", "--comment", "Good.", "--data", "{data}"],
    "vocab": [],
    "key": ["list", "--data", "{data}"],
    "accreditation": ["template"],
    "seal": ["list", "--data", "{data}"],
    "trust": ["list", "--trust", "trust"],
    "did": ["resolve", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    "rdf": ["canon", "{badge}"],
    "json": ["canon", "{badge}"],
    "config": ["check", "--data", "{data}"],
}
MUST_WORK = {"spec", "results", "issue", "key", "check", "show", "seal", "endorse"}
OF_INSTALLATIONS = {"init", "serve", "user", "token", "status", "audit", "db"}


class Test(Tap):
    def __init__(self, merit, work):
        super().__init__()
        self.merit, self.work = Path(merit).resolve(), Path(work).resolve()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.data = self.work / "data"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("MERIT_")} | {"LC_ALL": "C.UTF-8"}

    def run(self, *args):
        return subprocess.run([self.merit, *args], cwd=self.work, env=self.env, capture_output=True, text=True, check=False, timeout=120)

    def audit(self, data=None):
        """(who, action, detail) of each line, oldest first."""
        db = sqlite3.connect((data or self.data) / "merit.db")
        lines = db.execute("SELECT actor_kind, action, detail FROM audit ORDER BY id").fetchall()
        db.close()
        return lines

    def asked(self, sql, *values):
        db = sqlite3.connect(self.data / "merit.db")
        got = db.execute(sql, values).fetchone()[0]
        db.close()
        return got

    def tables(self):
        return [line for line in self.run("db", "check", "--data", self.data).stdout.splitlines() if " rows  " in line]

    def acts(self, what, args, wanted, status=0):
        """This call adds these lines, as the operator, and no others."""
        before = self.audit()
        done = self.run(*args, "--data", self.data)
        new = self.audit()[len(before):]
        self.case(f"{what}: {', '.join(wanted) or 'no line'} in the audit log", done.returncode == status and [a for _, a, _ in new] == wanted and
                  all(kind == "operator" for kind, _, _ in new), f"{done.returncode} {new} {done.stdout[:300]} {done.stderr[:300]}")
        return done

    def all_are_told_of(self):
        commands = re.findall(r'^MR_COMMAND\("(\w+)"', (ROOT / "src/cli/commands.def").read_text(), re.M)
        missing = [c for c in commands if (c in OF_FILES) + (c in OF_INSTALLATIONS) != 1]
        self.case("every command is told of: what does it do to an installation?", commands and not missing, str(missing))

    def init(self):
        self.env["MERIT_ADMIN_PASSWORD"] = "fire graa katte sover"
        done = self.run("init", "--data", self.data, "--admin-email", "ada@example.org", "--admin-name", "Ada Holm (invented)")
        del self.env["MERIT_ADMIN_PASSWORD"]
        lines = self.audit()
        self.case("init: the first administrator is made by the operator", done.returncode == 0 and lines and
                  {(kind, action) for kind, action, _ in lines} == {("operator", "member.edit")}, f"{lines} {done.stderr}")

    def serve(self):
        before = len(self.audit())
        server = subprocess.Popen([self.merit, "serve", "--demo", "--data", self.data, "--port", "0", "--public-url", "http://localhost"], cwd=self.work, env=self.env,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in server.stdout:
            if "Ctrl-C" in line:
                break
        server.terminate()
        server.stdout.close()
        server.wait(60)
        new = self.audit()[before:]
        self.case("serve: what it loads is the operator's, what jobs do is Merit's", {kind for kind, _, _ in new} == {"operator", "system"} and
                  {("operator", "batch.seal"), ("system", "batch.seal")} <= {(k, a) for k, a, _ in new}, str(new))

    def installation(self):
        self.acts("user add", ["user", "add", "karin@example.org", "--name", "Karin Test", "--roles", "administrator", "--org", ONE], ["member.edit"])
        self.acts("user add, the same again", ["user", "add", "karin@example.org", "--name", "Karin Test", "--roles", "auditor", "--org", ONE], [], 2)
        self.acts("user roles", ["user", "roles", "karin@example.org", "--roles", "registrar,administrator", "--org", ONE], ["member.edit"])
        self.acts("user reset", ["user", "reset", "karin@example.org"], ["signed_in"])
        self.acts("user list", ["user", "list"], [])
        self.acts("user export", ["user", "export", "karin@example.org", self.work / "karin.zip"], ["signed_in"])
        self.acts("user erase, of nobody", ["user", "erase", "nobody@example.org", "--yes"], [], 2)
        self.acts("user erase, looked at", ["user", "erase", "karin@example.org"], [])
        others = [e for e, in sqlite3.connect(self.data / "merit.db").execute(
            "SELECT p.email FROM membership m JOIN person p ON p.id = m.person_id JOIN organisation o ON o.id = m.org_id "
            "WHERE o.name = ? AND m.role = 'administrator' AND p.email <> 'karin@example.org'", (ONE,))]
        for email in others:
            self.run("user", "roles", email, "--roles", "auditor", "--org", ONE, "--data", self.data)
        self.acts("user roles, of the last administrator", ["user", "roles", "karin@example.org", "--roles", "", "--org", ONE], [], 2)
        self.acts("user erase, of the last administrator", ["user", "erase", "karin@example.org", "--yes"], [], 2)
        self.case("the last administrator is one still", self.asked(
            "SELECT COUNT(*) FROM membership m JOIN organisation o ON o.id = m.org_id WHERE o.name = ? AND role = 'administrator'", ONE) == 1)
        self.acts("token add", ["token", "add", "Studiesystem", "--org", ONE, "--scope", "award"], ["integration.edit"])
        self.acts("token add, for nobody", ["token", "add", "X", "--org", "nobody"], [], 2)
        self.acts("token list", ["token", "list"], [])
        self.acts("token revoke", ["token", "revoke", self.asked("SELECT id FROM api_token")], ["integration.edit"])
        self.acts("token revoke, one that is not there", ["token", "revoke", "01970000-0000-7000-8000-000000000000"], [], 2)
        one = "urn:credential:" + self.asked("SELECT MIN(achievement_id) FROM status_entry WHERE state = 'active'")
        self.acts("status set", ["status", "set", one, "suspended", "--reason", "x"], ["achievement.status"])
        self.acts("status set, for good", ["status", "set", one, "revoked", "--reason", "x"], ["achievement.status"])
        self.acts("status set, of what was withdrawn for good", ["status", "set", one, "active"], [], 2)
        self.acts("status list", ["status", "list"], [])
        for words in (["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "seal.key", "-out", "seal.pem", "-days", "90",
                       "-subj", "/C=DK/O=School (invented)/organizationIdentifier=VATDK-11223344/CN=School"],
                      ["pkcs12", "-export", "-inkey", "seal.key", "-in", "seal.pem", "-out", "seal.p12", "-passout", "pass:geheim"]):
            subprocess.run(["openssl", *words], cwd=self.work, check=True, capture_output=True)
        self.env["MERIT_PASSWORD"] = "geheim"
        self.acts("seal add", ["seal", "add", "seal.p12"], ["organisation.edit"])
        del self.env["MERIT_PASSWORD"]
        self.acts("seal list", ["seal", "list"], [])
        self.acts("key new", ["key", "new", "k"], ["organisation.edit"])
        self.acts("key new, for a web site", ["key", "new", "web", "--did", "did:web:school.example.org"], ["organisation.edit"])
        self.acts("key new, the same again", ["key", "new", "web"], [], 2)
        self.acts("key rotate", ["key", "rotate", "web"], ["organisation.edit"])
        self.acts("key list", ["key", "list"], [])
        self.acts("audit export", ["audit", "export"], ["audit.read"])
        self.acts("audit check", ["audit", "check"], [])
        before = self.tables()
        for words in (["check"], ["upgrade"], ["reindex"], ["backup", self.work / "backup.tar"]):
            self.acts(f"db {words[0]}", ["db", *words], [])
        self.case("db: what only looks or copies changes no table", before and self.tables() == before)

    def files(self):
        (self.work / "trust").mkdir()
        names = {"data": self.data, "elm": "", "badge": ""}
        order = ["key", "issue"] + [c for c in OF_FILES if c not in ("key", "issue")]
        for command in order:
            before, lines = self.tables(), self.audit()
            done = self.run(command, *[str(word).format(**names) for word in OF_FILES[command]])
            good = done.returncode == 0 if command in MUST_WORK else done.returncode >= 0
            self.case(f"{command}: works on files, and leaves the database as it is", good and before and self.tables() == before and self.audit() == lines,
                      f"{done.returncode} {done.stdout[:200]} {done.stderr[:300]}")
            if command == "issue":
                for path in sorted((self.work / "out").rglob("*.json*")):
                    text = path.read_text(errors="replace")
                    if text.startswith("{") and "OpenBadgeCredential" in text and not names["badge"]:
                        names["badge"] = path
                    elif not names["elm"] and "payload" in text and text.startswith("{") and "payload" in json.loads(text):
                        names["elm"] = path
        self.case("the examples were real ones", names["badge"] and names["elm"], str(names))

    def all(self):
        self.all_are_told_of()
        self.init()
        self.serve()
        self.installation()
        self.files()
        print(f"1..{self.number}")
        return 1 if self.failed else 0


if __name__ == "__main__":
    sys.exit(Test(*sys.argv[1:]).all())
