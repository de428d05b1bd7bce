#!/usr/bin/env python3
"""Withdrawing, as a provider meets it: credentials that point to a status list, the lists as files and over HTTP, read by a reader of their own: base64,
gzip and zlib of Python, the signature by OpenSSL. Prints TAP.

    status.py MERIT WORK
"""
import base64
import csv
import gzip
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
EXAMPLES = ROOT / "docs/examples"
BASE = "https://lists.example.org/status"
ENTRIES = 131072


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class List:
    """A published list: header and payload, the entries, and whether its certificate's key signed it."""

    def __init__(self, work, text):
        head, payload, signature = text.decode("ascii").split(".")
        self.header, self.payload = json.loads(unbase64(head)), json.loads(unbase64(payload))
        self.signed = self.verify(work, f"{head}.{payload}".encode(), unbase64(signature))
        self.bits = b""
        if "status_list" in self.payload:
            self.bits = zlib.decompress(unbase64(self.payload["status_list"]["lst"]))
        elif "credentialSubject" in self.payload:
            text = self.payload["credentialSubject"]["encodedList"]
            self.bits = gzip.decompress(unbase64(text[1:])) if text[:1] == "u" else b""

    def verify(self, work, text, signature):
        def integer(octets):
            octets = octets.lstrip(b"\0") or b"\0"
            octets = (b"\0" if octets[0] & 0x80 else b"") + octets
            return bytes([2, len(octets)]) + octets

        half = len(signature) // 2
        pair = integer(signature[:half]) + integer(signature[half:])
        (work / "list.sig").write_bytes(bytes([0x30, len(pair)]) + pair)
        (work / "list.der").write_bytes(base64.b64decode(self.header["x5c"][0]))
        key = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", work / "list.der", "-pubkey", "-noout"], capture_output=True).stdout
        (work / "list.pem").write_bytes(key)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", work / "list.pem", "-signature", work / "list.sig"], input=text, capture_output=True)
        return done.returncode == 0

    def entry(self, index):
        """The bit orders are opposite: most significant first in a bitstring, least in a token list of two bits."""
        if "status_list" in self.payload:
            return self.bits[index // 4] >> index % 4 * 2 & 3
        return self.bits[index // 8] >> (7 - index % 8) & 1

    def set_entries(self):
        return [i for i in range(ENTRIES) if self.entry(i)] if any(self.bits) else []


class Status:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.env = {**kept, "LANG": "C.UTF-8", "MERIT_DATA": str(work / "data")}
        self.data = work / "data"

    def run(self, *args):
        done = subprocess.run([self.merit, *map(str, args)], capture_output=True, text=True, cwd=self.work, env=self.env, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def issue(self, out, *args, table=EXAMPLES / "wound-care.csv"):
        return self.run("issue", EXAMPLES / "wound-care.json", table, "--out", out, "--no-image", "--status", BASE, *args)

    def issued(self, out):
        return list(csv.DictReader((self.work / out / "issued.csv").open(encoding="utf-8")))

    def rows(self, sql, data=None):
        db = sqlite3.connect(f"file:{(data or self.data) / 'merit.db'}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    # ---- issuing ----

    def places(self):
        status, out, err = self.issue("out")
        rows = self.issued("out")
        entries = dict(self.rows("SELECT achievement_id, idx FROM status_entry"))
        ids = [r["credential"].removeprefix("urn:credential:") for r in rows]
        self.tap.case("each credential that is issued has a place of its own", status == 0 and len(ids) == 12 and set(ids) == set(entries)
                      and len(set(entries.values())) == 12, out + err)
        order = [entries[i] for i in ids]
        self.tap.case("places do not follow each other", all(abs(a - b) > 1 for a, b in zip(order, order[1:])), order)
        base = self.rows("SELECT DISTINCT base FROM status_list")
        self.tap.case("lists stand where --status said", base == [(BASE,)], base)
        for row in rows[:3]:
            (self.work / "out" / row["file"]).unlink()
        status, out, err = self.issue("out")
        again = self.issued("out")[12:]
        self.tap.case("what is issued again has the id and the place it had", status == 0 and [r["credential"] for r in again] == [r["credential"] for r in rows[:3]]
                      and dict(self.rows("SELECT achievement_id, idx FROM status_entry")) == entries, out + err)
        for bad in ["lists", "ftp://example.org/", "https://", "https://example.org/ x", "https://example.org/?a"]:
            status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "bad", "--status", bad)
            self.tap.case(f"--status {bad} is refused in words", status == 2 and "no place for status lists" in err and not (self.work / "bad").exists(), out + err)

    def interrupted(self):
        (self.work / "many.csv").write_text("name\n" + "".join(f"Learner {i} Test\n" for i in range(400)))
        command = [self.merit, "issue", EXAMPLES / "wound-care.json", "many.csv", "--out", "many", "--no-image", "--status", BASE + "/"]
        run = subprocess.Popen(command, cwd=self.work, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while run.poll() is None and len(list((self.work / "many").glob("*.jsonld"))) < 30:
            time.sleep(0.002)
        run.kill()
        run.wait()
        before = {r["file"]: r["credential"] for r in self.issued("many")}
        status, out, err = self.issue("many", table="many.csv")
        after = {r["file"]: r["credential"] for r in self.issued("many")}
        count = self.rows("SELECT COUNT(*) FROM status_entry")[0][0]
        self.tap.case("a killed run wastes no place, and the next gives everybody one", status == 0 and 30 <= len(before) < 400 and len(after) == len(set(after.values())) == 400
                      and before.items() <= after.items() and count == 412, (len(before), len(after), count, out + err))

    # ---- deciding ----

    def deciding(self):
        first, second = [r["credential"] for r in self.issued("out")[3:5]]
        steps = [(first, "suspended", 0, "suspended"), (first, "active", 0, "counts again"), (first, "revoked", 0, "withdrawn for good"),
                 (first, "revoked", 0, "withdrawn for good"), (first, "active", 2, "cannot be taken back"), (first, "suspended", 2, "cannot be taken back"),
                 (second.removeprefix("urn:credential:"), "suspended", 0, "suspended"), ("urn:credential:01900000-0000-7000-8000-000000000000", "revoked", 2, "has this id"),
                 ("nonsense", "revoked", 2, "has this id"), (second, "gone", 2, "revoked, suspended or active")]
        for credential, to, wanted, says in steps:
            status, out, err = self.run("status", "set", credential, to, "--reason", "awarded by mistake")
            self.tap.case(f"status set {credential[-12:]} {to}: {says}", status == wanted and says in out + err, out + err)
        status, out, err = self.run("status", "set", second, "active", "--reason", "x" * 501)
        self.tap.case("a reason that is too long is refused", status == 2 and "too long" in err, out + err)
        status, out, err = self.run("status", "list")
        lines = out.splitlines()
        self.tap.case("status list shows each credential with its state", status == 0 and len(lines) == 412 and sum(line.startswith("active") for line in lines) == 410
                      and any(line.startswith("revoked") and first in line for line in lines), out[-400:] + err)
        for call in (["status"], ["status", "set", first], ["status", "list", "x"], ["status", "show"]):
            status, out, err = self.run(*call)
            self.tap.case(f"{' '.join(call)[:20]} is answered with the help", status == 2 and "merit status set" in err, out + err)
        status, out, err = self.run("status", "list", "--data", "nowhere")
        self.tap.case("a folder that is none is named", status == 2 and "no data folder" in err and not (self.work / "nowhere").exists(), out + err)

    # ---- lists ----

    def files(self):
        revoked, suspended = [r["credential"] for r in self.issued("out")[3:5]]
        index = dict(self.rows("SELECT achievement_id, idx FROM status_entry"))
        revoked_at, suspended_at = (index[c.removeprefix("urn:credential:")] for c in (revoked, suspended))
        status, out, err = self.run("status", "list", "--out", "lists")
        (list_id,), = self.rows("SELECT id FROM status_list")
        folder = self.work / "lists" / list_id
        self.tap.case("status list --out writes the lists as files", status == 0 and sorted(f.name for f in folder.iterdir()) == ["revocation", "suspension", "token"]
                      and f"{BASE}/{list_id}" in out, out + err)
        forms = {name: List(self.work, (folder / name).read_bytes()) for name in ("revocation", "suspension", "token")}
        self.tap.case("each is signed by the key of its certificate", all(f.signed for f in forms.values()), {n: f.header for n, f in forms.items()})
        self.tap.case("the list of revocations holds the one that was withdrawn", forms["revocation"].set_entries() == [revoked_at]
                      and forms["revocation"].payload["id"] == f"{BASE}/{list_id}/revocation", forms["revocation"].payload)
        self.tap.case("the list of suspensions holds the one that is suspended", forms["suspension"].set_entries() == [suspended_at], forms["suspension"].payload)
        token = forms["token"]
        self.tap.case("the token list holds both, each with its value", token.set_entries() == sorted([revoked_at, suspended_at]) and token.entry(revoked_at) == 1
                      and token.entry(suspended_at) == 2 and token.payload["sub"] == f"{BASE}/{list_id}/token" and token.header["typ"] == "statuslist+jwt", token.payload)
        self.tap.case("lists are long enough to hide one entry", all(len(f.bits) * (4 if n == "token" else 8) == ENTRIES for n, f in forms.items()))
        issuers = list((self.work / "lists/withdrawn").iterdir())
        withdrawn = List(self.work, issuers[0].read_bytes())
        self.tap.case("the withdrawn list holds its id", len(issuers) == 1 and withdrawn.signed and withdrawn.payload["withdrawn"] == [revoked]
                      and withdrawn.payload["sub"] == f"{BASE}/withdrawn/{issuers[0].name}", withdrawn.payload)
        status, out, err = self.run("status", "list", "--out", "lists", "--data", self.empty())
        self.tap.case("without lists that is said", status == 0 and "no status lists yet" in out, out + err)

    def empty(self):
        self.run("init", "--data", "empty")
        return "empty"

    def other_seal(self):
        openssl = lambda *a: subprocess.run(["openssl", *map(str, a)], check=True, capture_output=True, cwd=self.work)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "own.key", "-out", "own.pem", "-days", 30,
                "-subj", "/C=DK/O=Aarhus School of Nursing (invented)/CN=Own seal", "-addext", "keyUsage=critical,nonRepudiation")
        (self.work / "seal.pem").write_text((self.work / "own.key").read_text() + (self.work / "own.pem").read_text())
        status, out, err = self.run("status", "list", "--out", "own", "--seal", "seal.pem")
        file = next(iter((self.work / "own").glob("*/token")), None)
        found = List(self.work, file.read_bytes()) if file else None
        der = subprocess.run(["openssl", "x509", "-in", "own.pem", "-outform", "DER"], cwd=self.work, capture_output=True).stdout
        self.tap.case("--seal signs them with another seal", status == 0 and found and found.signed and base64.b64decode(found.header["x5c"][0]) == der, out + err)
        status, out, err = self.run("status", "list", "--out", "own", "--seal", "nothing.p12")
        self.tap.case("a seal that is not there is said", status == 2 and "nothing.p12" in err, out + err)

    # ---- over HTTP ----

    def get(self, url, **headers):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read()

    def served(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        data = self.work / "served"
        site = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([self.merit, "serve", "--demo", "--data", data, "--port", str(port)], cwd=self.work, env=self.env, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        try:
            for line in server.stdout:
                if "Ctrl-C" in line:
                    break
            self.ask(site, data)
        finally:
            server.terminate()
            server.wait(20)
            server.stdout.close()

    def ask(self, site, data):
        (list_id, issuer), = self.rows("SELECT id, issuer FROM status_list", data)
        entries = self.rows("SELECT achievement_id, idx FROM status_entry", data)
        base = f"{site}/status/{list_id}"
        types = {"revocation": "application/vc+jwt", "suspension": "application/vc+jwt", "token": "application/statuslist+jwt"}
        for name, media in types.items():
            status, headers, body = self.get(f"{base}/{name}")
            found = List(self.work, body)
            self.tap.case(f"the server gives its list to everybody: {name}", status == 200 and headers["Content-Type"] == media and headers["Access-Control-Allow-Origin"] == "*"
                          and "max-age" in headers["Cache-Control"] and found.signed and not found.set_entries(), (status, dict(headers)))
        status, headers, body = self.get(f"{base}/token")
        status_again, _, body_again = self.get(f"{base}/token", **{"If-None-Match": headers["ETag"]})
        self.tap.case("it is the same until something changes", status_again == 304 and body_again == b"", status_again)
        achievement, index = entries[0]
        status, out, err = self.run("status", "set", achievement, "revoked", "--data", data)
        self.tap.case("the command works beside the server", status == 0, out + err)
        found = {name: List(self.work, self.get(f"{base}/{name}")[2]) for name in types}
        self.tap.case("and the server shows the change at once, in every form", found["revocation"].set_entries() == [index] and found["suspension"].set_entries() == []
                      and found["token"].set_entries() == [index] and found["token"].entry(index) == 1, found["token"].payload)
        status, headers, body = self.get(f"{site}/status/withdrawn/{issuer}")
        withdrawn = List(self.work, body)
        self.tap.case("the withdrawn list is served too", status == 200 and headers["Content-Type"] == "application/jwt" and withdrawn.signed
                      and withdrawn.payload["withdrawn"] == [f"urn:credential:{achievement}"], withdrawn.payload)
        status, _, _ = self.get(f"{site}/status/01900000-0000-7000-8000-000000000000/token")
        self.tap.case("a list that is not there is not found", status == 404, status)

    def all(self):
        self.places()
        self.interrupted()
        self.deciding()
        self.files()
        self.other_seal()
        self.served()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Status(Path(merit).resolve(), work).all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
