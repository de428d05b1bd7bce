#!/usr/bin/env python3
"""The seals of a provider, as the one who looks after them meets them: files, tokens (SoftHSM), the next seal, and the mandate to seal for others. The maker
of keys and certificates, and the judge of what was signed, is openssl. Prints TAP.

    seals.py MERIT WORK
"""
import base64
import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
EXAMPLES = ROOT / "docs/examples"
OWNER = "/C=DK/O=Aarhus School of Nursing (invented)/organizationIdentifier=VATDK-00000000/CN=Seal of the school"
STRANGER = "/C=DK/O=Sealing Service (invented)/organizationIdentifier=VATDK-99999999/CN=Seal of a service"
SEAL = "keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\n"
MODULES = [os.environ.get("MERIT_SOFTHSM", ""), "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"]
PIN = "4711"


class Seals:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.env = {**kept, "LANG": "C.UTF-8", "MERIT_DATA": str(work / "data"), "SOFTHSM2_CONF": str(work / "softhsm2.conf")}
        self.module = next((m for m in MODULES if m and Path(m).exists()), None)
        if not (self.module and shutil.which("softhsm2-util") and shutil.which("pkcs11-tool")):
            self.module = None

    def run(self, *args, env=None):
        done = subprocess.run([self.merit, *map(str, args)], capture_output=True, text=True, cwd=self.work, env={**self.env, **(env or {})},
                              timeout=120, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def tool(self, *args):
        subprocess.run(list(map(str, args)), check=True, capture_output=True, cwd=self.work, env=self.env)

    def seal(self, name, subject=OWNER, days=700, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), extensions=SEAL):
        self.tool("openssl", "req", "-new", "-newkey", *key, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        (self.work / "ext").write_text(extensions)
        self.tool("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
                  "-extfile", "ext", "-out", f"{name}.pem")
        self.tool("openssl", "pkcs12", "-export", "-inkey", f"{name}.key", "-in", f"{name}.pem", "-certfile", "ca.pem", "-out", f"{name}.p12",
                  "-passout", "pass:geheim")

    def authority(self):
        self.tool("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                  "-days", 3650, "-subj", "/C=DK/O=Trust Example (invented)/CN=Seal CA", "-addext", "keyUsage=keyCertSign,cRLSign")
        (self.work / "anchors").mkdir()
        shutil.copy(self.work / "ca.pem", self.work / "anchors/ca.pem")
        self.run("init")

    # ---- testing a seal ----

    def test(self):
        password = {"MERIT_PASSWORD": "geheim"}
        self.seal("good")
        status, out, err = self.run("seal", "test", "good.p12", "--trust", "anchors", "--specification", EXAMPLES / "wound-care.json", env=password)
        self.tap.case("a good seal is fit for use", status == 0 and "VATDK-00000000" in out and "Trust Example (invented)" in out and "fit for use" in out
                      and "as the credential says" in out and "vouches for" in out, out + err)
        status, out, err = self.run("seal", "test", "good.p12", "--lang", "da", env=password)
        self.tap.case("and so in Danish", status == 0 and "Seglet kan bruges." in out and "kvalificeret" in out, out + err)
        status, out, err = self.run("seal", "test", "good.p12", env={"MERIT_PASSWORD": "wrong"})
        self.tap.case("a wrong password is told, and no verdict given", status == 2 and "assword" in err and not out, out + err)
        status, out, err = self.run("seal", "test", "good.p12", "--specification", EXAMPLES / "data-ethics.json", env=password)
        self.tap.case("another's specification needs a mandate", status == 4 and "mandate" in out, out + err)
        for name, days, subject, extensions, code, word in [
                ("soon", 40, OWNER, SEAL, 4, "ends soon"), ("tls", 700, OWNER, SEAL + "extendedKeyUsage=serverAuth\n", 1, "something else than sealing"),
                ("nameless", 700, "/C=DK/O=Aarhus School of Nursing (invented)/CN=x", SEAL, 1, "organizationIdentifier")]:
            self.seal(name, subject, days, extensions=extensions)
            status, out, err = self.run("seal", "test", f"{name}.p12", env=password)
            self.tap.case(f"a seal that is {name} is told of", status == code and word in out, f"{status}\n{out}{err}")
        status, out, err = self.run("seal", "test", "good.key", env=password)
        self.tap.case("a key without certificate is no seal", status == 2 and "no certificate" in err, out + err)

    # ---- the next seal ----

    def rotation(self):
        password = {"MERIT_PASSWORD": "geheim"}
        data = {"MERIT_PASSWORD": "geheim", "MERIT_DATA": str(self.work / "own-data")}
        run = lambda *a: self.run(*a, env=data)
        run("init")
        status, out, err = run("seal", "list")
        self.tap.case("at first there is no seal", status == 0 and "no seal yet" in out, out + err)
        self.seal("first", days=50)
        status, out, err = run("seal", "add", "first.p12")
        self.tap.case("a seal is added, and in use", status == 0 and "in use now" in out, out + err)
        status, out, err = run("seal", "list")
        self.tap.case("its end is near, and nothing follows on: said", status == 4 and "no other seal follows on" in out, out + err)
        self.seal("second")
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
        status, out, err = run("seal", "add", "second.p12", "--from", day)
        self.tap.case("the next is added for its day", status == 0 and "used from" in out, out + err)
        status, out, err = run("seal", "list")
        lines = [line.split() for line in out.splitlines() if line.startswith("  ")]
        self.tap.case("and follows on", status == 0 and [line[0] for line in lines] == ["next", "in"] and lines[0][1] == day, out + err)
        keys = [p for p in (self.work / "own-data/seals").rglob("*") if p.suffix in (".pem", ".key")]
        self.tap.case("keys lie there encrypted", len(keys) == 2 and all("ENCRYPTED PRIVATE KEY" in p.read_text() and p.stat().st_mode & 0o77 == 0 for p in keys), keys)
        status, out, err = run("seal", "add", "second.p12")
        self.tap.case("a seal is added once", status == 2 and "already" in err, out + err)
        status, out, err = run("seal", "add", "second.p12", "--from", "soon")
        self.tap.case("a day that is none is refused", status != 0 and "merit:" in err, out + err)
        status, out, err = run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "rotated", "--no-image")
        file = sorted(self.work.glob("rotated/*.jsonld"))[0]
        self.tap.case("the one in use seals", status == 0 and self.sealed_by(file) == self.der("first"), out + err)
        status, out, err = run("seal", "test")
        self.tap.case("those of the data folder are tried without naming them", status == 4 and "ends soon" in out, out + err)
        self.run("seal", "list", env=password)
        other = {"MERIT_DATA": str(self.work / "other-data")}
        self.run("init", env=other)
        self.run("seal", "add", "second.p12", env={**other, **password})
        status, out, err = self.run("seal", "list", env=other)
        self.tap.case("the password of a seal's file does not become that of the data folder", status == 0 and "in use" in out and "unreadable" not in out,
                      out + err)

    def der(self, name):
        return subprocess.run(["openssl", "x509", "-in", f"{name}.pem", "-outform", "DER"], cwd=self.work, capture_output=True, check=True).stdout

    def sealed_by(self, file):
        protected = json.loads(file.read_text())["signatures"][0]["protected"]
        return base64.b64decode(json.loads(base64.urlsafe_b64decode(protected + "=="))["x5c"][0])

    # ---- tokens ----

    def tokens(self):
        if not self.module:
            print("# skipped: softhsm2 or opensc is not installed")
            return
        (self.work / "tokens").mkdir()
        (self.work / "softhsm2.conf").write_text(f"directories.tokendir = {self.work}/tokens\nlog.level = ERROR\n")
        self.tool("softhsm2-util", "--init-token", "--free", "--label", "Merit", "--pin", PIN, "--so-pin", "12345678")
        self.tool("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "good.key", "-out", "good.p8")
        self.tool("softhsm2-util", "--import", "good.p8", "--token", "Merit", "--label", "good", "--id", "01", "--pin", PIN)
        uri = f"pkcs11:token=Merit;object=good?module-path={self.module}"
        pin = {"MERIT_PIN": PIN}
        status, out, err = self.run("seal", "test", uri, env=pin)
        self.tap.case("a token without certificate asks for the file", status == 2 and "certificate" in err, out + err)
        status, out, err = self.run("seal", "test", uri, "--certificate", "good.pem", "--trust", "anchors", env=pin)
        self.tap.case("which may be given", status == 0 and "in a token" in out, out + err)
        self.tool("openssl", "x509", "-in", "good.pem", "-outform", "DER", "-out", "good.der")
        self.tool("pkcs11-tool", "--module", self.module, "--token-label", "Merit", "--login", "--pin", PIN, "--write-object", "good.der", "--type", "cert",
                  "--label", "good", "--id", "01")
        for name, given, word in [("no PIN", {}, "asks for its PIN"), ("a wrong PIN", {"MERIT_PIN": "0000"}, "PIN of the token is wrong")]:
            status, out, err = self.run("seal", "test", uri, env=given)
            self.tap.case(f"{name} is told", status == 2 and word in err, out + err)
        (self.work / "pin").write_text(PIN + "\n")
        status, out, err = self.run("seal", "test", uri + f"&pin-source=file:{self.work}/pin", env={"MERIT_PIN": "0000"})
        self.tap.case("a PIN is read from the file that the URI names", status == 0, out + err)
        status, out, err = self.run("seal", "test", f"pkcs11:object=good?module-path={self.module}&pin-value={PIN}", env={"MERIT_PIN": "0000"})
        self.tap.case("the only token needs no name", status == 0, out + err)
        status, out, err = self.run("seal", "test", f"pkcs11:token=No;object=good?module-path={self.module}&pin-value={PIN}")
        self.tap.case("a PIN in a URI is not shown", status == 2 and "Merit" in err and PIN not in err, out + err)
        status, out, err = self.run("seal", "test", "pkcs11:object=good", env={**pin, "MERIT_PKCS11_MODULE": self.module})
        self.tap.case("the library may come from MERIT_PKCS11_MODULE", status == 0, out + err)
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "token", "--no-image", "--seal", uri,
                                    "--format", "elm,vc+jwt,dc+sd-jwt", "--status", "https://lists.example.org/status", env=pin)
        files = sorted(self.work.glob("token/*.jsonld"))
        self.tap.case("it seals every row", status == 0 and len(files) == 12 and all(self.sealed_by(f) == self.der("good") for f in files), out + err)
        status, out, err = self.run("verify", *files, *sorted(self.work.glob("token/*.jwt")), "--trust", "anchors")
        self.tap.case("and verifiers find each seal good", status == 3 and out.count("✓ Seal ") == 24 and out.count("✓ Trust ") == 24, out + err)
        status, out, err = self.run("status", "list", "--out", "lists", "--seal", uri, env=pin)
        self.tap.case("lists of states are sealed in the token", status == 0 and list(self.work.glob("lists/*/token")), out + err)
        status, out, err = self.run("seal", "add", uri, env=pin)
        self.tap.case("its place is kept in the data folder", status == 0, out + err)
        note = next((self.work / "data/seals").rglob("*.json"))
        kept = json.loads(note.read_text())
        self.tap.case("without the PIN, with the certificates", kept["pkcs11"] == uri and (note.parent / kept["certificate"]).exists(), kept)
        status, out, err = self.run("seal", "list")
        self.tap.case("listing asks no PIN", status == 0 and "token" in out, out + err)
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "kept", "--no-image", env=pin)
        files = sorted(self.work.glob("kept/*.jsonld"))
        self.tap.case("and it seals from there", status == 0 and files and self.sealed_by(files[0]) == self.der("good"), out + err)

    # ---- for others ----

    def mandate(self):
        password = {"MERIT_PASSWORD": "geheim"}
        self.seal("service", STRANGER)
        args = ("issue", EXAMPLES / "data-ethics.json", EXAMPLES / "data-ethics.csv", "--seal", "service.p12", "--no-image", "--quiet", "--out")
        (self.work / "mandate.pdf").write_bytes(b"%PDF-1.4\nan invented mandate\n")
        status, out, err = self.run(*args, "m1", "--mandate", "mandate.pdf", env=password)
        files = sorted(self.work.glob("m1/*.jsonld"))
        self.tap.case("a mandate is enclosed", status == 0 and len(files) == 3, out + err)
        (self.work / "payload.json").write_text(json.loads(files[0].read_text())["payload"])
        shapes = [x for s in ("edc-generic-no-cv", "edc-generic-full", "edc-issued-by-mandate") for x in ("--shapes", s)]
        status, out, err = self.run("rdf", "shacl", *shapes, "payload.json")
        self.tap.case("as the official shapes for it ask", status == 0, out + err)
        status, out, err = self.run("verify", files[0])
        self.tap.case("verifiers are told of it", "mandate.pdf, 1 KB" in " ".join(out.split()), out + err)
        status, out, err = self.run("show", files[0], "--mandate", "saved.pdf")
        self.tap.case("and can save it", status == 0 and (self.work / "saved.pdf").read_bytes() == (self.work / "mandate.pdf").read_bytes(), out + err)
        status, out, err = self.run(*args, "m2", "--mandate", "none", env=password)
        files = sorted(self.work.glob("m2/*.jsonld"))
        self.tap.case("--mandate none encloses nothing", status == 0 and "embeddedEvidence" not in files[0].read_text(), out + err)
        status, out, err = self.run("show", files[0], "--mandate", "none.pdf")
        self.tap.case("and nothing can be saved", status == 1 and not (self.work / "none.pdf").exists(), out + err)
        for name, more, word in [("a key", ["--mandate", "service.key"], "PDF, PNG or JPEG"), ("nothing", ["--mandate", "--quiet"], "`none`"),
                                 ("a format that has no place for it", ["--mandate", "mandate.pdf", "--format", "vc+jwt"], "elm")]:
            status, out, err = self.run(*args, "m3", *more, env=password)
            self.tap.case(f"{name} is refused in words", status in (1, 2) and word in err and not list(self.work.glob("m3/*.j*")), out + err)
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--seal", "good.p12", "--no-image", "--out", "m4",
                                    "--mandate", "mandate.pdf", env=password)
        self.tap.case("who awards needs no mandate, and none is enclosed in silence", status == 2 and "awarding body's own" in err, out + err)

    def all(self):
        if not shutil.which("openssl"):
            print("1..0 # skipped: the openssl command is not installed")
            return 0
        self.authority()
        self.test()
        self.rotation()
        self.tokens()
        self.mandate()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Seals(Path(merit).resolve(), work).all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
