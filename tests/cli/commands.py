#!/usr/bin/env python3
"""The commands as a person or a script meets them: the real program, real files. Prints TAP.

    commands.py MERIT WORK
"""
import base64
import csv
import http.server
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
ELM = Path(os.environ.get("MERIT_ELM") or ROOT.parent / "shared/data/elm")
TOOLS = Path(os.environ.get("MERIT_TOOLS") or ROOT.parent / "shared/tools")
EXAMPLES = ROOT / "docs/examples"
CHECKS = ["format", "seal", "issuer", "trust", "status", "dates", "holder", "quality", "completeness"]


def many(value):
    """JSON-LD writes one value alone or in a list."""
    return value if isinstance(value, list) else [value]


class Commands:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()
        # nothing of the caller's environment reaches the program, except what a sanitized build is told
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.env = {**kept, "LANG": "C.UTF-8", "MERIT_DATA": str(work / "data")}

    def run(self, *args, stdin=None, env=None):
        done = subprocess.run([self.merit, *map(str, args)], capture_output=True, text=True, input=stdin, cwd=self.work,
                              env={**self.env, **(env or {})}, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def report(self, *args, env=None):
        status, out, err = self.run("verify", "--json", *args, env=env)
        return status, [json.loads(line) for line in out.splitlines()], err

    # ---- what each command says ----

    def levels_of_the_server(self):
        """Never silently a lower level of seal than was asked for."""
        for words, said in ((("--level", "X"), "one of B, T, LT, LTA"), (("--level", "LTA"), "need a time-stamp authority"),
                            (("--level", "B", "--timestamp", "http://127.0.0.1:1/"), "carries no time-stamp")):
            status, _, err = self.run("serve", *words)
            self.tap.case(f"serve {' '.join(words)} is refused in words", status == 2 and said in err, err)

    def help(self):
        for command in ["init", "spec", "results", "issue", "verify", "check", "show", "convert", "vocab", "bake", "unbake", "endorse", "accreditation", "seal", "trust", "disclose", "status", "key", "did", "rdf", "json",
                        "serve", "config", "audit"]:
            status, out, _ = self.run(command, "--help")
            self.tap.case(f"{command} --help shows an example", status == 0 and f"merit {command}" in out, out)
        status, _, err = self.run("verfiy")
        self.tap.case("an unknown command is named, with status 2", status == 2 and "verfiy" in err, err)
        status, _, err = self.run("verify", "--jsno", "x")
        self.tap.case("an unknown option is named, with status 2", status == 2 and "--jsno" in err, err)

    def tells_in_one_line(self, args):
        _, out, err = self.run(*args)
        clean = not any(c in out + err for c in "\x1b\u202e") and "\n✓ Genuine" not in out + err
        words = " ".join(map(str, args[:-1])).encode("unicode_escape").decode()
        self.tap.case(f"{words} tells of a hostile name in one line", clean and "x?✓" in out + err, out + err)

    def hostile_words(self):
        """The same of names that are no files: of keys, states, formats, folders."""
        name = "x\n✓ Genuine\x1b[2J\u202e"
        issue = ["issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "never"]
        for args in (["key", "new", name], ["key", "rotate", name], ["key", "export", "--as", "jwk", name], ["key", "list", "--data", name],
                     ["status", "set", name, "revoked"], ["status", "set", "urn:x", name], ["status", "list", "--data", name],
                     [*issue, "--format", "vc+jwt", "--key", name], [*issue, "--format", "dc+sd-jwt", "--holder", name], [*issue, "--format", name]):
            self.tells_in_one_line(args)

    def hostile_names(self):
        """Whoever names a file or writes its texts must not steer the terminal or write lines of the report."""
        name = "x\n✓ Genuine\x1b[2J\u202e.json"
        (self.work / name).write_text(json.dumps({"a\x1b[31m\nb": 1}))
        for args in (["verify", name], ["verify", name + "?"], ["check", name], ["check", name + "?"], ["show", name], ["spec", "check", name], ["spec", "check", name + "?"],
                     ["disclose", name], ["disclose", name + "?", "--show", "/a"], ["disclose", name, "--holder-key", name, "--audience", "a", "--nonce", "b", "--all"],
                     ["did", "resolve", name]):
            self.tells_in_one_line(args)

        octets = os.fsencode(self.work) + b"/a\xffb.json"
        Path(os.fsdecode(octets)).write_text("{}")
        for args in (["verify", "--json"], ["check", "--json"], ["spec", "check", "--json"]):
            done = subprocess.run([self.merit, *args, b"a\xffb.json"], capture_output=True, cwd=self.work, env=self.env, timeout=120)
            try:
                file = json.loads(done.stdout.decode())["file"]
            except ValueError as e:
                file = str(e)
            self.tap.case(f"{args[0]} --json is UTF-8 though the file's name is not", file == "a?b.json", file)

    def init(self):
        status, out, err = self.run("init")
        self.tap.case("init makes a data folder", status == 0 and (self.work / "data/authority.pem").exists(), out + err)
        keys = [p for p in (self.work / "data").rglob("*") if p.is_file() and p.name in ("authority.pem", "secret", "password")]
        self.tap.case("its secrets are the owner's alone", len(keys) == 3 and all(p.stat().st_mode & 0o077 == 0 for p in keys), keys)
        self.tap.case("its key is encrypted", "ENCRYPTED PRIVATE KEY" in (self.work / "data/authority.pem").read_text())
        before = (self.work / "data/authority.pem").read_bytes()
        status, out, _ = self.run("init")
        self.tap.case("a second init changes nothing", status == 0 and before == (self.work / "data/authority.pem").read_bytes(), out)

    def specification(self):
        for file in sorted(EXAMPLES.glob("*.json")):
            status, out, err = self.run("spec", "check", file)
            self.tap.case(f"{file.name} is complete", status == 0, out + err)
        whole = json.loads((EXAMPLES / "wound-care.json").read_text())
        for gone in ["learning_outcomes", "workload", "level", "assessment", "participation", "quality_assurance", "title", "provider"]:
            (self.work / "less.json").write_text(json.dumps({k: v for k, v in whole.items() if k != gone}))
            status, out, err = self.run("spec", "check", "less.json", "--json")
            elements = [f["element"] for f in json.loads(out)["findings"] if not f["warning"]] if out else []
            self.tap.case(f"without {gone} it is refused", status == 1 and len(elements) >= 1, out + err)
        (self.work / "less.json").write_text(json.dumps({"specification": "1", "titel": {"en": "x"}}))
        status, out, err = self.run("spec", "check", "less.json")
        self.tap.case("all faults come at once, the mistyped name with them", status == 1 and out.count("✗") >= 9 and "titel" in out, out + err)
        (self.work / "broken.json").write_text('{"title": {"en": "x",}}')
        status, out, err = self.run("spec", "check", "broken.json")
        self.tap.case("broken JSON is answered with line and column", status != 0 and "line 1, column" in err, out + err)

    def vocabulary(self):
        status, out, _ = self.run("vocab")
        self.tap.case("vocab lists the lists", status == 0 and "assessment" in out and "isced-f" in out, out)
        status, out, _ = self.run("vocab", "assessment", "--lang", "da")
        self.tap.case("vocab explains a list in Danish", status == 0 and "skriftlig eksamen" in out, out)
        status, _, err = self.run("vocab", "assesment")
        self.tap.case("an unknown list is named", status == 2 and "assesment" in err, err)

    # ---- issuing ----

    def issue(self):
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "out", "--format", "elm,vc+jwt")
        files = sorted((self.work / "out").iterdir()) if (self.work / "out").exists() else []
        names = [f.name for f in files]
        self.tap.case("twelve rows give twelve credentials in two formats", status == 0 and sum(n.endswith(".jsonld") for n in names) == 12
                      and sum(n.endswith(".jwt") for n in names) == 12 and "refused.csv" not in names, out + err)
        before = {f: f.read_bytes() for f in files}
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "out", "--format", "elm,vc+jwt")
        self.tap.case("a second run changes nothing", status == 0 and "12 there already" in out and before == {f: f.read_bytes() for f in sorted((self.work / "out").iterdir())}, out + err)
        rows = list(csv.DictReader((self.work / "out/issued.csv").open(encoding="utf-8")))
        self.tap.case("issued.csv tells whose each file is", len(rows) == 24 and all((self.work / "out" / r["file"]).exists() for r in rows)
                      and any(r["name"] == "Ελένη Παπαδοπούλου" for r in rows), rows[:2])
        sizes = [f.stat().st_size for f in files if f.suffix == ".jsonld"]
        images = []
        for f in files:
            if f.suffix == ".jsonld":
                payload = json.loads(json.loads(f.read_text())["payload"])
                for display in many(payload["displayParameter"]["individualDisplay"]):  # one for each language of the specification
                    images += [base64.b64decode(detail["image"]["content"]) for detail in many(display["displayDetail"])]
        self.tap.case("each certificate picture is a PNG of at most 40 KiB", len(images) == 12 and all(i[:4] == b"\x89PNG" and len(i) <= 40960 for i in images),
                      [len(i) for i in images] + sizes)

    def issue_more(self):
        """Another run may ask for more formats: what is there may be in the learner's hands, and stays as it is."""
        (self.work / "one.csv").write_text("name,email\nLearner Test,l@example.org\n")
        issue = ["issue", EXAMPLES / "wound-care.json", "one.csv", "--out", "more", "--no-image", "--format"]
        first = self.run(*issue, "elm")
        before = {f: f.read_bytes() for f in (self.work / "more").glob("*.jsonld")}
        status, out, err = self.run(*issue, "all,eu-learning")
        files = sorted(f.name for f in (self.work / "more").iterdir() if f.name != "issued.csv")
        self.tap.case("a run with more formats adds files", first[0] == status == 0 and len(files) == 8, (out, err, files))
        self.tap.case("and leaves those that are there", before and all(f.read_bytes() == text for f, text in before.items()))
        listed = sorted(r["file"] for r in csv.DictReader((self.work / "more/issued.csv").open(encoding="utf-8")))
        self.tap.case("each file is listed once", listed == files, listed)
        for file in files:
            status, out, err = self.run("check", "--json", f"more/{file}")
            codes = [f["code"] for f in json.loads(out)["findings"] if f["severity"] == "fault"]
            wanted = ["check.vct.no_room"] * 2 if file.endswith(".eu.sd-jwt") else []  # the type asks for neither assessment nor participation
            self.tap.case(f"check finds in {file} what it is and lacks", status == (1 if wanted else 0) and codes == wanted, out + err)

    def issue_bound(self):
        """Options that no format of the run heeds, keys that are none: told before anything is signed."""
        (self.work / "holder.jwk").write_text(self.run("key", "export", "main", "--as", "jwk")[1])
        (self.work / "two.csv").write_text("name,email\nA Test,a@example.org\nB Test,b@example.org\n")
        (self.work / "holder.pem").write_text("-----BEGIN PUBLIC KEY-----\n")
        issue = ["issue", EXAMPLES / "wound-care.json", "two.csv", "--out", "bound"]
        for args, word in ((["--key", "main"], "vc+jwt"), (["--format", "vc+jwt", "--holder", "holder.jwk"], "dc+sd-jwt"),
                           (["--format", "dc+sd-jwt", "--holder", "holder.jwk"], "this learner's row alone"),
                           (["--format", "dc+sd-jwt", "--holder", "holder.pem"], "merit: holder.pem: this is no public key"),
                           (["--format", "dc+sd-jwt", "--holder", "gone.jwk"], "merit: gone.jwk: "),
                           (["--format", "vc+jwt", "--key", "none"], "merit: none: there is no key of this name"),
                           (["--format", "elm", "--seal", "gone.p12"], "merit: gone.p12: ")):
            status, out, err = self.run(*issue, *args)
            issued = [f.name for f in (self.work / "bound").glob("*test*")] if (self.work / "bound").exists() else []
            self.tap.case(f"issue {' '.join(args)} is refused and nothing is issued", status in (1, 2) and word in err and not issued, (status, out, err, issued))
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", "one.csv", "--out", "bound", "--format", "dc+sd-jwt", "--holder", "holder.jwk")
        self.tap.case("a credential is bound to its holder's key", status == 0 and "test seal" in out, out + err)
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", "two.csv", "--out", "keyed", "--format", "vc+jwt", "--key", "main")
        self.tap.case("where a key signs, no seal is spoken of", status == 0 and "seal" not in out, out + err)

    def interrupted(self):
        """A run that is killed, or finds the disk full, has listed what it has issued; the next one goes on."""
        out = self.work / "interrupted"
        (self.work / "many.csv").write_text("name,email\n" + "".join(f"Learner {i} Test,l{i}@example.org\n" for i in range(20000)))
        command = [self.merit, "issue", EXAMPLES / "wound-care.json", "many.csv", "--out", out, "--no-image"]
        run = subprocess.Popen(command, cwd=self.work, env=self.env, stderr=subprocess.DEVNULL)
        while run.poll() is None and len(list(out.glob("*.jsonld"))) < 30:
            time.sleep(0.005)
        run.kill()
        run.wait()
        files = {f.name for f in out.glob("*.jsonld")}
        listed = {r["file"] for r in csv.DictReader((out / "issued.csv").open(encoding="utf-8"))}
        self.tap.case("what a killed run issued is listed, but for the one at hand", len(files) >= 30 and files <= listed and len(listed - files) <= 1,
                      (len(files), len(listed)))
        # a file may have so many octets: enough for a credential, not for a list of them all
        (self.work / "some.csv").write_text("name,email\n" + "".join(f"Learner {i} Test,l{i}@example.org\n" for i in range(450)))
        small = self.work / "small"
        command = [self.merit, "issue", EXAMPLES / "wound-care.json", "some.csv", "--out", small, "--no-image"]

        def narrow():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))

        done = subprocess.run(command, cwd=self.work, env=self.env, capture_output=True, preexec_fn=narrow, timeout=120)
        files = {f.name for f in small.glob("*.jsonld")}
        text = (small / "issued.csv").read_text(encoding="utf-8")
        listed = [r["file"] for r in csv.DictReader(text.splitlines())]
        self.tap.case("where the list is full nothing more is issued, and no line is half", done.returncode == 2 and 100 < len(files) < 450
                      and set(listed) == files and text.endswith("\n"), (len(files), len(listed), done.stderr))
        status, said, err = self.run(*command[1:])
        listed = [r["file"] for r in csv.DictReader((small / "issued.csv").open(encoding="utf-8"))]
        self.tap.case("the next run goes on and lists the rest", status == 0 and len(listed) == 450
                      and set(listed) == {f.name for f in small.glob("*.jsonld")}, said + err)

    def refused_rows(self):
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "faulty.csv", "--out", "faulty")
        rows = list(csv.reader((self.work / "faulty/refused.csv").open(encoding="utf-8-sig"), delimiter=";")) if (self.work / "faulty/refused.csv").exists() else []
        if rows and len(rows[0]) == 1:
            rows = list(csv.reader((self.work / "faulty/refused.csv").open(encoding="utf-8-sig")))
        text = "\n".join(" | ".join(r) for r in rows)
        self.tap.case("bad rows are refused with status 1, good ones issued", status == 1 and len(list((self.work / "faulty").glob("*.jsonld"))) == 3, out + err + text)
        self.tap.case("each refused row stands in refused.csv with a reason", len(rows) == 6 and all(r[-1].strip() for r in rows), text)
        for word in ["aylin@example", "31/02/1990", "2126"]:
            self.tap.case(f"the reason quotes {word}", any(word in r[-1] for r in rows), text)

    def hostile_tables(self):
        def issue(name, content):
            (self.work / f"{name}.csv").write_bytes(content)
            return self.run("issue", EXAMPLES / "wound-care.json", f"{name}.csv", "--out", f"out-{name}")

        status, out, err = issue("latin1", "name,birth date\nSøren Æbelø,1979-06-05\n".encode("latin-1"))
        issued = list((self.work / "out-latin1").glob("*.jsonld")) if (self.work / "out-latin1").exists() else []
        self.tap.case("Latin-1 is read, and said", status == 0 and "Windows-1252" in out and issued and "Søren Æbelø" in issued[0].read_text(), out + err)
        for name, content in {"empty": b"", "header": b"birth date,grade\n1990-01-01,Passed\n", "utf16": "name\nA B\n".encode("utf-16"),
                              "open-quote": b'name,birth date\n"A B,1990-01-01\n', "nul": b"name\nA\0B\n", "picture": b"\xff\xd8\xff\xe0" + bytes(200)}.items():
            status, out, err = issue(name, content)
            left = list((self.work / f"out-{name}").glob("*.jsonld")) if (self.work / f"out-{name}").exists() else []
            self.tap.case(f"a table that is {name} is refused in words, and nothing is issued", status in (1, 2) and "merit:" in err and not left, out + err)

    def own_seal(self):
        ca, key = self.work / "ca.pem", self.work / "ca.key"
        openssl = lambda *a: subprocess.run(["openssl", *map(str, a)], check=True, capture_output=True, cwd=self.work)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", ca, "-days", 3650,
                "-subj", "/C=DK/O=Trust Example (invented)/CN=Seal CA", "-addext", "keyUsage=keyCertSign,cRLSign")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "seal.key", "-out", "seal.csr",
                "-subj", "/C=DK/O=Aarhus School of Nursing (invented)/organizationIdentifier=VATDK-00000000/CN=Seal of the school")
        (self.work / "seal.ext").write_text("keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", "seal.csr", "-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", 700, "-extfile", "seal.ext", "-out", "seal.pem")
        openssl("pkcs12", "-export", "-inkey", "seal.key", "-in", "seal.pem", "-certfile", ca, "-out", "seal.p12", "-passout", "pass:geheim")
        args = ("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "own", "--seal", "seal.p12", "--no-image")
        status, out, err = self.run(*args, env={"MERIT_PASSWORD": "wrong"})
        self.tap.case("a wrong password is said, and nothing is issued", status == 2 and "assword" in err and not list(self.work.glob("own/*.jsonld")), out + err)
        status, out, err = self.run(*args, env={"MERIT_PASSWORD": "geheim"})
        self.tap.case("an own PKCS#12 seal seals", status == 0 and "test seal" not in out, out + err)
        other = ("issue", EXAMPLES / "data-ethics.json", EXAMPLES / "data-ethics.csv", "--out", "other", "--seal", "seal.p12", "--no-image")
        status, out, err = self.run(*other, env={"MERIT_PASSWORD": "geheim"})
        self.tap.case("another party's seal is refused without a mandate", status != 0 and "mandate" in err and not list(self.work.glob("other/*.jsonld")), out + err)
        status, out, err = self.run(*other, "--mandate", "none", env={"MERIT_PASSWORD": "geheim"})
        _, reports, _ = self.report(*sorted(self.work.glob("other/*.jsonld"))[:1])
        issuer = next((c for c in reports[0]["checks"] if c["code"] == "issuer"), {}) if reports else {}
        self.tap.case("with a mandate it seals, and says on whose behalf", status == 0 and issuer.get("state") == "passed" and "on behalf of" in issuer.get("text", ""), out + err)
        (self.work / "anchors").mkdir()
        shutil.copy(ca, self.work / "anchors/ca.pem")
        file = sorted(self.work.glob("own/*.jsonld"))[0]
        for text in ("[{", "{}", '[{"id": "did:web:school.example"}]'):
            (self.work / "known").mkdir(exist_ok=True)
            (self.work / "known/issuers.json").write_text(text)
            status, out, err = self.run("verify", file, "--trust", "known")
            self.tap.case(f"a list of issuers that is {text} says nothing of the credential", status == 2 and "known/issuers.json" in err and not out, (status, out, err))
        status, reports, err = self.report(file, "--trust", "anchors")
        states = {c["code"]: c["state"] for c in reports[0]["checks"]} if reports else {}
        self.tap.case("with the anchor trust is passed; without a status list the verdict stays open", status == 3 and states.get("trust") == "passed"
                      and states.get("status") == "unchecked" and states.get("issuer") == "passed", reports or err)
        status, reports, err = self.report(file)
        states = {c["code"]: c["state"] for c in reports[0]["checks"]} if reports else {}
        self.tap.case("without an anchor trust is unchecked, never passed", status == 3 and states.get("trust") == "unchecked", reports or err)

    def time_stamp(self):
        w = self.work / "tsa"
        w.mkdir()
        openssl = lambda *a: subprocess.run(["openssl", *map(str, a)], check=True, capture_output=True, cwd=w)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", 3650, "-subj", "/CN=TSA root (invented)",
                "-addext", "keyUsage=keyCertSign,cRLSign")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA (invented)")
        (w / "tsa.ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
        openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", 700, "-extfile", "tsa.ext", "-out", "tsa.pem")
        (w / "serial").write_text("01\n")
        (w / "tsa.cnf").write_text(f"[tsa]\ndefault_tsa=t\n[t]\nserial={w}/serial\nsigner_cert={w}/tsa.pem\ncerts={w}/root.pem\nsigner_key={w}/tsa.key\n"
                                   "signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n")

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                (w / "q.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-out", "a.tsr"], cwd=w, capture_output=True)
                body = (w / "a.tsr").read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        status, out, err = self.run("issue", EXAMPLES / "data-ethics.json", EXAMPLES / "data-ethics.csv", "--out", "stamped", "--timestamp", url)
        server.shutdown()
        file = (sorted(self.work.glob("stamped/*.jsonld")) or [None])[0]
        self.tap.case("with a time-stamp authority seals are made at level T", status == 0 and file is not None, out + err)
        if file is None:
            return
        status, reports, err = self.report(file)
        seal = next((c for c in reports[0]["checks"] if c["code"] == "seal"), {})
        states = {c["code"]: c["state"] for c in seal.get("checks", [])}
        self.tap.case("its time-stamp is verified", seal.get("state") == "passed" and states.get("signature_time") == "passed", reports or err)
        judge = TOOLS / "oracles/verify_jades.py"
        if judge.exists():
            done = subprocess.run(["/usr/bin/python3", judge, file], capture_output=True, text=True)
            self.tap.case("another program verifies the time-stamp too", done.returncode == 0 and "sigTst" in done.stdout, done.stdout + done.stderr)
        else:
            self.tap.skip("another program verifies the time-stamp too", "verify_jades.py is not here (MERIT_TOOLS)")
        status, out, err = self.run("issue", EXAMPLES / "data-ethics.json", EXAMPLES / "data-ethics.csv", "--out", "unstamped", "--timestamp", url)
        self.tap.case("when the authority does not answer, nothing is sealed without a stamp", status == 2 and not list(self.work.glob("unstamped/*.jsonld")), out + err)

    # ---- verifying ----

    def commission_sample(self):
        sample = ELM / "samples/Sample-MC-Annex1-signed.jsonld"
        if not sample.exists():
            self.tap.skip("the Commission's sample", "the samples are not here (MERIT_ELM)")
            return
        status, reports, err = self.report(sample)
        checks = {c["code"]: c for c in reports[0]["checks"]} if reports else {}
        seal = checks.get("seal", {})
        self.tap.case("the Commission's sample: seal intact, five sub-checks passed", seal.get("state") == "passed" and len(seal.get("checks", [])) == 5
                      and all(c["state"] == "passed" for c in seal["checks"]), seal or err)
        self.tap.case("the Commission's sample: issuer and certificate agree, trust unchecked", checks.get("issuer", {}).get("state") == "passed"
                      and checks.get("trust", {}).get("state") == "unchecked", checks)
        self.tap.case("the Commission's sample: the missing eleventh element is named", checks.get("completeness", {}).get("state") == "failed"
                      and "quality" in checks["completeness"]["text"].lower(), checks.get("completeness"))
        self.tap.case("the Commission's sample: verdict unknown, status 3", status == 3 and reports[0]["verdict"] == "unknown", status)
        content = bytearray(sample.read_bytes())
        at = content.index(b"Andromeda")
        content[at] ^= 0x01
        (self.work / "changed.jsonld").write_bytes(content)
        status, reports, err = self.report("changed.jsonld")
        codes = [c["code"] for c in reports[0]["checks"]] if reports else []
        self.tap.case("one byte changed: invalid, changed after sealing, nothing else claimed", status == 1 and reports[0]["verdict"] == "invalid"
                      and set(codes) <= {"format", "seal"} and "hanged after" in json.dumps(reports[0]) and not reports[0].get("credential"), reports or err)
        status, out, err = self.run("verify", sample, "--lang", "da")
        self.tap.case("the report speaks Danish", status == 3 and "Segl" in out, out + err)

    def verify(self):
        files = sorted((self.work / "out").glob("*.jsonld")) + sorted((self.work / "out").glob("*.jwt"))
        status, reports, err = self.report(*files)
        self.tap.case("everything issued is verified, each with its verdict", status == 3 and len(reports) == 24
                      and all(r["verdict"] == "unknown" for r in reports), err or [r["verdict"] for r in reports])
        states = [{c["code"]: c["state"] for c in r["checks"]} for r in reports]
        self.tap.case("seal, issuer and completeness passed on all of them; a test seal is no trust", all(s["seal"] == s["issuer"] == s["completeness"] == "passed"
                      and s["trust"] == "unchecked" and list(s) == CHECKS for s in states), states[:1])
        status, out, err = self.run("verify", "-", stdin=files[-1].read_text())
        self.tap.case("a credential comes by standard input", status == 3, out + err)
        status, out, err = self.run("show", files[0])
        self.tap.case("show tells the learning outcomes first", status == 0 and out.index("Assess and stage") < out.index("Mette") if "Mette" in out.split("\n\n", 1)[-1] else status == 0, out + err)
        status, _, err = self.run("verify", "nothing-here.jsonld")
        self.tap.case("a file that is not there is said, with status 2", status == 2 and "nothing-here" in err, err)

    def convert(self):
        """What merit issued becomes the specification that it was issued from, and more can be issued from it."""
        sealed = sorted((self.work / "out").glob("*.jsonld"))[0]
        status, out, err = self.run("convert", sealed, "--to", "specification")
        wanted = json.loads((EXAMPLES / "wound-care.json").read_text())
        self.tap.case("a sealed credential becomes the specification that it was issued from", status == 0 and json.loads(out) == wanted, out[:300] + err)
        (self.work / "again.json").write_text(out)
        status, out, err = self.run("convert", sealed, "--to", "results", "--out", "again.csv")
        self.tap.case("and a row of results, for nobody else's eyes", status == 0 and not out
                      and (self.work / "again.csv").stat().st_mode & 0o077 == 0, out + err)
        status, out, err = self.run("issue", "again.json", "again.csv", "--out", "again", "--format", "elm")
        self.tap.case("from both it is issued again", status == 0 and len(list((self.work / "again").glob("*.jsonld"))) == 1, out + err)
        status, out, err = self.run("convert", sealed, "--to", "elm", "--out", "upload.json")
        told = self.run("show", "upload.json")
        self.tap.case("the document for upload says that it is a re-description", status == 0 and told[0] == 0 and "Re-described" in told[1]
                      and told[1].startswith("Nothing seals this document."), err + told[1])
        badge = {"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
                 "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": {"id": "did:example:x", "name": "Somebody (invented)"},
                 "credentialSubject": {"type": "AchievementSubject", "achievement": {"type": "Achievement", "name": "Welding", "inLanguage": "en", "ECTS": 2}}}
        (self.work / "badge.json").write_text(json.dumps(badge))
        status, out, err = self.run("convert", "badge.json", "--to", "specification")
        self.tap.case("gaps are named, with status 4", status == 4 and json.loads(out)["workload"] == {"ects": 2} and "Learning outcomes" in err
                      and "Country" in err, out + err)
        status, out, err = self.run("show", "badge.json", "--json")
        told = json.loads(out) if status == 0 else {}
        self.tap.case("show names what is not stated, as JSON too", told.get("sealed") is False and "level" in [g["code"] for g in told["credential"]["not_stated"]], out + err)
        (self.work / "changed.jsonld").write_text(sealed.read_text().replace("chronic", "cosmic"))
        for command in (["show", "changed.jsonld"], ["convert", "changed.jsonld", "--to", "specification"]):
            status, out, err = self.run(*command)
            self.tap.case(f"{command[0]} tells nothing of what a broken seal covers", status == 1 and "cosmic" not in out + err, out + err)
        status, _, err = self.run("convert", "badge.json", "--to", "pdf")
        self.tap.case("an unknown format is a wrong call", status == 2 and "specification, results or elm" in err, err)
        (self.work / "plain.json").write_text('{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"did:example:x","credentialSubject":{"degree":"B"}}')
        status, out, err = self.run("convert", "plain.json", "--to", "elm")
        self.tap.case("what describes no achievement is said, with status 1", status == 1 and not out and "no achievement" in err, out + err)

    def check(self):
        issued = sorted(f for f in (self.work / "out").iterdir() if f.suffix in (".jsonld", ".jwt"))
        status, out, err = self.run("check", "--json", *issued)
        reports = [json.loads(line) for line in out.splitlines()]
        self.tap.case("what issue made is complete, in both formats", status == 0 and len(reports) == 24
                      and all(r["complete"] and not r["findings"] for r in reports), out + err)
        status, out, err = self.run("check", EXAMPLES / "wound-care.json", "--lang", "da")
        self.tap.case("a specification file is checked as one", status == 0 and "fuldstændig beskrivelse" in out, out + err)
        (self.work / "wrong.json").write_text((EXAMPLES / "wound-care.json").read_text().replace('"learning_outcomes": [', '"learning_outcomes": ['
            '{"title":{"en":"Assess","da":"Vurdere"},"skills":[{"uri":"urn:x","label":{"en":"A","da":"B"}}]},'))
        status, out, err = self.run("check", "wrong.json")
        self.tap.case("the element is named once", status == 1 and out.count("Learning outcomes:") == 1, out + err)
        (self.work / "unfit.json").write_text((EXAMPLES / "wound-care.json").read_text().replace('"learning_outcomes": [', '"learning_outcomes": ['
            '{"title":{"en":"Assess","da":"Vurdere"},"skills":[{"uri":"http://data.europa.eu/snb/eqf/6","label":{"en":"Bachelor"}}]},'))
        status, out, err = self.run("issue", "unfit.json", EXAMPLES / "wound-care.csv", "--out", "unfit")
        self.tap.case("nothing is sealed that would break an official rule", status == 1 and "two texts in the same language" in err
                      and not list((self.work / "unfit").glob("*.jsonld")), out + err)
        for name, content in {"picture": b"\x89PNG\r\n\x1a\n", "prose": b"Dear Sir or Madam,\n", "empty": b"", "deep": b"[" * 5000}.items():
            (self.work / "hostile").write_bytes(content)
            status, out, err = self.run("check", "hostile", "--json")
            self.tap.case(f"check of {name} says what it is, with status 2", status == 2 and json.loads(out)["kind"] is None and json.loads(out)["summary"], out + err)
        status, out, err = self.run("check", "not-there.jsonld")
        self.tap.case("a file that is not there is named", status == 2 and "not-there.jsonld" in err, err)
        if not (ELM / "samples").exists():
            self.tap.skip("check of the Commission's sample", "no ELM data (MERIT_ELM)")
            return
        sample = ELM / "samples/Sample-MC-Annex1-unsigned.jsonld"
        status, out, err = self.run("check", sample)
        self.tap.case("the Commission's sample lacks quality assurance", status == 1 and "14 of 16 elements are answered; 1 fault, 5 warnings" in " ".join(out.split())
                      and "✗ Type of quality assurance" in out and "“P60M” means 60 months" in out, out + err)
        status, out, err = self.run("check", sample, "--lang", "da")
        self.tap.case("and says so in Danish", status == 1 and "14 af 16 elementer er besvaret; 1 fejl, 5 advarsler" in " ".join(out.split()), out + err)
        status, out, err = self.run("check", sample, ELM / "minimal/edc-annex1.jsonld", "--json")
        self.tap.case("several files: a report each, the highest status", status == 1 and [json.loads(line)["complete"] for line in out.splitlines()] == [False, True], out + err)

    def hostile_files(self):
        good = sorted((self.work / "out").glob("*.jsonld"))[0].read_bytes()
        token = sorted((self.work / "out").glob("*.jwt"))[0].read_text()
        head, body, mac = token.strip().split(".")
        none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"vc+jwt"}').decode().rstrip("=")
        cases = {
            "empty": b"", "truncated": good[: len(good) // 2], "deep": b"[" * 100000, "picture": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(5000),
            "pdf": b"%PDF-1.7\n" + bytes(100), "zip": b"PK\3\4" + bytes(100), "latin1": "{\"navn\":\"Søren\"}".encode("latin-1"), "utf16": good.decode().encode("utf-16"),
            "two members": b'{"payload":"{}","payload":"{}","signatures":[]}', "prose": b"Dear Sir or Madam,\n", "number": b"42",
            "alg none": f"{none}.{body}.".encode(), "token cut": f"{head}.{body}.{mac[:-4]}".encode(), "token changed": f"{head}.{body[:-2]}AA.{mac}".encode(),
            "huge": b'{"a":"' + b"x" * (17 << 20) + b'"}',
        }
        for name, content in cases.items():
            (self.work / "hostile").write_bytes(content)
            status, out, err = self.run("verify", "hostile", "--json")
            verdict = json.loads(out)["verdict"] if out else "-"
            said = json.loads(out)["summary"] if out else err
            good_answer = (status == 1 and verdict == "invalid" and said) or (name == "huge" and status == 2 and said)
            self.tap.case(f"{name}: refused with a reason", bool(good_answer), f"{status} {out} {err}")

    # ---- linked data, for experts ----

    def write(self, **files):
        """a__ttl=text makes a.ttl."""
        for name, text in files.items():
            (self.work / name.replace("__", ".")).write_text(text)

    def linked_data(self):
        document = json.dumps({"@context": {"name": "https://schema.example/name"}, "@id": "urn:x:1", "name": 'Zoë "Z"'}, indent=1)
        quad = '<urn:x:1> <https://schema.example/name> "Zoë \\"Z\\"" .\n'
        turtle = "@prefix s: <https://schema.example/> .\n<urn:x:1> s:name 'Zoë \"Z\"' ."
        self.write(a__jsonld=document, c__json=json.dumps({"@context": {"n": "https://schema.example/name"}}))
        status, out, err = self.run("rdf", "expand", "a.jsonld")
        self.tap.case("rdf expand frees a document of its context", status == 0
                      and json.loads(out) == [{"@id": "urn:x:1", "https://schema.example/name": [{"@value": 'Zoë "Z"'}]}], out + err)
        self.write(e__json=out or "[]")
        status, out, err = self.run("rdf", "compact", "e.json", "--context", "c.json")
        self.tap.case("rdf compact uses the context it is given", status == 0
                      and json.loads(out) == {"@context": {"n": "https://schema.example/name"}, "@id": "urn:x:1", "n": 'Zoë "Z"'}, out + err)
        status, out, err = self.run("rdf", "compact", "e.json")
        self.tap.case("rdf compact asks for a context", status == 2 and "--context" in err, out + err)
        for name, text in {"a.jsonld": document, "a.nq": quad, "a.ttl": turtle, "json": document, "quads": quad, "turtle": turtle}.items():
            (self.work / name).write_text(text)
            for command in ("nquads", "canon"):
                status, out, err = self.run("rdf", command, name)
                self.tap.case(f"rdf {command} reads {name}", status == 0 and out == quad, out + err)
        status, out, err = self.run("rdf", "canon", "-", stdin=turtle)
        self.tap.case("rdf canon reads standard input", status == 0 and out == quad, out + err)
        self.write(b__ttl="_:x <urn:p> [ <urn:q> 1 ] .")
        status, out, err = self.run("rdf", "canon", "b.ttl", "--hash", "sha384")
        self.tap.case("rdf canon names blank nodes anew, with sha384 too", status == 0 and out.count("_:c14n0") + out.count("_:c14n1") == 3, out + err)
        status, out, err = self.run("rdf", "canon", "b.ttl", "--hash", "md5")
        self.tap.case("rdf canon refuses another hash", status == 2 and "sha384" in err, out + err)

    def linked_data_faults(self):
        self.write(unsafe__jsonld='{"@context": {"a": "urn:a"},\n "@id": "urn:x:1",\n "b": 1}', id__jsonld='{"@context": {},\n "urn:p": {"@id": 1}}',
                   far__jsonld='{"@context": "https://nowhere.example/c", "@id": "x", "n": "1"}', near__json='{"@context": {"n": "urn:n"}}')
        status, out, err = self.run("rdf", "nquads", "unsafe.jsonld")
        self.tap.case("rdf drops what has no meaning, as JSON-LD does", status == 0 and out == "", out + err)
        status, out, err = self.run("rdf", "nquads", "unsafe.jsonld", "--safe")
        self.tap.case("rdf --safe names it, with pointer and line", status == 1 and "/b" in err and "line 3" in err, out + err)
        status, out, err = self.run("rdf", "expand", "id.jsonld")
        self.tap.case("rdf names the error of the standard, with pointer and line", status == 1 and "invalid @id value" in err and "/urn:p/@id" in err
                      and "line 2" in err, out + err)
        status, out, err = self.run("rdf", "expand", "far.jsonld")
        self.tap.case("rdf fetches no context, and says which is missing", status == 1 and "https://nowhere.example/c" in err, out + err)
        status, out, err = self.run("rdf", "nquads", "far.jsonld", "--add-context", "https://nowhere.example/c=near.json", "--base", "https://x.example/")
        self.tap.case("rdf takes an added context and a base", status == 0 and out == '<https://x.example/x> <urn:n> "1" .\n', out + err)
        status, out, err = self.run("rdf", "nquads", "far.jsonld", "--add-context", "near.json")
        self.tap.case("rdf --add-context asks for IRI=FILE", status == 2 and "IRI=FILE" in err, out + err)
        for name, text, where in (("bad.nq", "<urn:a> <urn:b> <urn:c> .\n<urn:a> .\n", "line 2"), ("bad.ttl", "<urn:a>\n <urn:b> .\n", "line"),
                                  ("bad.json", '{"a": }', "line 1, column 7")):
            (self.work / name).write_text(text)
            status, out, err = self.run("rdf", "canon", name)
            self.tap.case(f"rdf says where {name} is wrong", status == 1 and where in err and not out, out + err)
        status, out, err = self.run("rdf", "canon", "nothing-here.ttl")
        self.tap.case("rdf says that a file is not there, with status 2", status == 2 and "nothing-here" in err, out + err)
        status, out, err = self.run("rdf", "expand", "a.nq")
        self.tap.case("rdf expand refuses what is no JSON-LD", status == 1 and "not JSON-LD" in err, out + err)
        status, out, err = self.run("rdf", "canon", sorted((self.work / "out").glob("*.jsonld"))[0])
        self.tap.case("rdf opens no sealed file", status == 1 and "sealed" in err, out + err)
        for words in ([], ["canon"]):
            status, out, err = self.run("rdf", *words)
            self.tap.case(f"merit rdf {' '.join(words)} is answered with the help", status == 2 and "merit rdf expand" in err, out + err)

    def shapes(self):
        prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        self.write(s__ttl=prefixes + "<urn:S> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:property [ sh:path <urn:n> ; sh:datatype xsd:integer ; sh:minCount 1 ] .",
                   s2__ttl=prefixes + "<urn:S2> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:property [ sh:path <urn:m> ; sh:maxCount 1 ] .",
                   d__jsonld='{"@context": {"@vocab": "urn:"}, "@graph": [\n {"@id": "urn:good", "@type": "C", "n": 1, "m": "a"},\n'
                             ' {"@id": "urn:bad", "@type": "C",\n  "n": "x", "m": ["a", "b"]}]}',
                   good__ttl="<urn:good> a <urn:C> ; <urn:n> 1 .")
        status, out, err = self.run("rdf", "shacl", "--shapes", "s.ttl", "--shapes", "s2.ttl", "d.jsonld")
        lines = out.splitlines()
        self.tap.case("rdf shacl tells each fault in a line", status == 1 and len(lines) == 2 and all("<urn:bad>" in line for line in lines), out + err)
        self.tap.case("with path, value, what is expected, pointer and line", any(all(word in line for word in (
            "path <urn:n>", 'value "x"', "XMLSchema#integer", "/@graph/1/n", "line 4")) for line in lines), out)
        again = self.run("rdf", "shacl", "--shapes", "s.ttl", "s2.ttl", "d.jsonld")
        self.tap.case("rdf shacl takes several files behind --shapes", again == (status, out, err), again)
        status, out, err = self.run("rdf", "shacl", "--shapes", "s.ttl", "d.jsonld", "--turtle")
        self.write(report__ttl=out)
        quads = self.run("rdf", "nquads", "report.ttl")[1]
        self.tap.case("rdf shacl --turtle writes the report as RDF", status == 1 and quads.count("ns/shacl#ValidationResult>") == 1
                      and 'ns/shacl#conforms> "false"' in quads, out + err)
        status, out, err = self.run("rdf", "shacl", "--shapes", "s.ttl", "good.ttl")
        self.tap.case("rdf shacl says that Turtle conforms", status == 0 and out == "It conforms.\n", out + err)
        self.write(bare__jsonld='{"@context": "http://data.europa.eu/snb/model/context/edc-ap", "id": "urn:x:1", "type": "Person", "birthName": 1}',
                   l1__ttl=prefixes + "_:p sh:path <urn:n> ; sh:minCount 1 . <urn:S> a sh:NodeShape ; sh:targetNode <urn:x> ; sh:property _:p .",
                   l2__nq='_:p <http://www.w3.org/ns/shacl#maxCount> "0"^^<http://www.w3.org/2001/XMLSchema#integer> .\n')
        status, out, err = self.run("rdf", "shacl", "--shapes", "edc-generic-no-cv", "--shapes", "edc-generic-full", "bare.jsonld")
        self.tap.case("rdf shacl knows the shapes of European Digital Credentials", status in (0, 1) and out and not err, out + err)
        self.write(or__ttl=prefixes + "<urn:S> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:property [ sh:path <urn:n> ; sh:in (1 2) ] ,\n"
                           "[ sh:path <urn:m> ; sh:node <urn:T> ] . <urn:T> sh:property [ sh:path <urn:k> ; sh:minCount 1 ] .")
        status, out, err = self.run("rdf", "shacl", "--shapes", "or.ttl", "d.jsonld")
        self.tap.case("rdf shacl says what would have been right", "is not one of the values allowed, such as 1, 2" in out
                      and "is not of the shape <urn:T>: its <urn:k> has too few values: 0" in out, out + err)
        status, out, err = self.run("rdf", "shacl", "--shapes", "edc-nothing", "bare.jsonld")
        self.tap.case("rdf shacl says that there are no such shapes", status == 2 and "edc-nothing" in err, out + err)
        self.write(x__ttl="<urn:x> <urn:n> 1 .")
        status, out, err = self.run("rdf", "shacl", "--shapes", "l1.ttl", "--shapes", "l2.nq", "x.ttl")
        self.tap.case("blank nodes of two files are not the same, whatever their labels", status == 0, out + err)
        status, out, err = self.run("rdf", "shacl", "d.jsonld")
        self.tap.case("rdf shacl asks for shapes", status == 2 and "--shapes" in err, out + err)
        status, out, err = self.run("rdf", "shacl", "--shapes", "edc-generic-full", "bare.jsonld")
        self.tap.case("rdf shacl tells of shapes that leave the rest to others", "add --shapes edc-generic-no-cv" in err, out + err)
        self.write(far__jsonld='{"@context": "https://example.org/far", "a": 1}')
        status, out, err = self.run("rdf", "expand", "far.jsonld")
        self.tap.case("rdf names a context that is unknown, and says how to add it", status == 1 and "https://example.org/far" in err
                      and "never fetched" in err and "--add-context" in err, out + err)
        status, out, err = self.run("rdf", "frob", "far.jsonld")
        self.tap.case("rdf says which of its words it does not know", status == 2 and 'no "frob"' in err, out + err)
        status, out, err = self.run("rdf", "expand", "far.jsonld", "far.jsonld")
        self.tap.case("rdf says that it reads one file", status == 2 and "one file" in err, out + err)
        status, out, err = self.run("rdf", "expand", "gone.jsonld")
        self.tap.case("a file that is missing is named once", status == 2 and err.count("gone.jsonld") == 1, out + err)

    def canonical_json(self):
        (self.work / "c.json").write_text('{ "b": [1.0, 1e2], "a": "\\u00e9" }\n')
        status, out, err = self.run("json", "canon", "c.json")
        self.tap.case("json canon writes the canonical form", status == 0 and out == '{"a":"é","b":[1,100]}', out + err)
        status, out, err = self.run("json", "canon", "-", stdin='{"a": 1, "a": 2}')
        self.tap.case("json canon says where a document is no JSON", status == 1 and "/a" in err and "line 1, column 10" in err, out + err)
        status, out, err = self.run("json", "canon")
        self.tap.case("json canon without a file is answered with the help", status == 2 and "merit json canon" in err, out + err)

    # ---- keys and identifiers ----

    def keys(self):
        status, out, err = self.run("key", "list")
        self.tap.case("key list says how to begin", status == 0 and "merit key new" in out, out + err)
        status, out, err = self.run("key", "new", "main")
        self.tap.case("key new makes a key and names its identifier", status == 0 and "P-256, did:key:zDn" in out, out + err)
        status, out, err = self.run("key", "new", "web", "--kind", "ed25519", "--did", "did:web:example.org:edu")
        self.tap.case("key new says where the document of a did:web belongs", status == 0 and "https://example.org/edu/did.json" in out, out + err)
        status, out, err = self.run("key", "rotate", "web")
        self.tap.case("key rotate keeps the old key", status == 0 and "can still be verified" in out, out + err)
        status, out, err = self.run("key", "rotate", "main")
        self.tap.case("key rotate says that a did:key cannot change", status == 2 and "did:key is its key" in err and "another name" in err, out + err)
        _, out, _ = self.run("key", "list")
        states = [line.split()[:2] for line in out.splitlines()]
        self.tap.case("key list shows names and states", states == [["main", "current"], ["web", "old"], ["web", "current"]], out)
        files = list((self.work / "data/keys").glob("*.pem"))
        private = all("ENCRYPTED PRIVATE KEY" in f.read_text() and f.stat().st_mode & 0o077 == 0 for f in files)
        self.tap.case("private keys are encrypted and the owner's alone", len(files) == 3 and private, files)
        for args in (["key", "new", "other"], ["key", "rotate", "web"]):
            status, out, err = self.run(*args, env={"MERIT_PASSWORD": "not the one"})
            self.tap.case(f"{' '.join(args)} under another password makes no key that nobody can open", status == 2 and "MERIT_PASSWORD" in err
                          and len(list((self.work / "data/keys").glob("*.pem"))) == 3, (status, out, err))
        self.key_exports()
        for args, word in ((["key", "new", "Main"], "small letters"), (["key", "new", "main"], "choose another name"), (["key", "new", "x", "--kind", "rsa"], "--kind is"),
                           (["key", "new", "x", "--did", "did:ebsi:1"], "did:web"), (["key", "new", "x", "--did", "did:web:127.0.0.1"], "did:web"),
                           (["key", "export", "none", "--as", "jwk"], "merit key list"), (["key", "export", "web"], "--as is"),
                           (["key", "export", "main", "--as", "jwt-vc-issuer"], "did:web"), (["key", "frob"], "merit key new")):
            status, out, err = self.run(*args)
            self.tap.case(f"{' '.join(args)} is refused with a reason", status in (1, 2) and word in err and not out, out + err)
        status, out, err = self.run("key", "list", "--data", "nowhere")
        self.tap.case("key says what a data folder is", status == 2 and "merit init" in err, out + err)

    def key_exports(self):
        form = {name: self.run("key", "export", "web", "--as", name)[1] for name in ("jwk", "jwks", "multikey", "did-document", "jwt-vc-issuer", "pem-public")}
        jwk, document, issuer = (json.loads(form[name]) for name in ("jwk", "did-document", "jwt-vc-issuer"))
        x = base64.urlsafe_b64decode(jwk["x"] + "=")
        self.tap.case("the JWK says what it is for", jwk["alg"] == "EdDSA" and jwk["use"] == "sig" and "d" not in jwk, jwk)
        self.tap.case("the key set holds the old key, too", [k["kid"] for k in json.loads(form["jwks"])["keys"]][1:] == [jwk["kid"]], form["jwks"])
        pem = "".join(form["pem-public"].splitlines()[1:-1])
        self.tap.case("the PEM holds the same key", base64.b64decode(pem).endswith(x), form["pem-public"])
        methods = [m["id"] for m in document["verificationMethod"]]
        self.tap.case("the document lists both keys, each as Multikey and as JWK", len(methods) == 4 and document["assertionMethod"] == methods, document)
        self.tap.case("and is about the identifier alone", document["id"] == "did:web:example.org:edu" and {m["controller"] for m in document["verificationMethod"]} == {document["id"]})
        self.tap.case("the Multikey is in it", form["multikey"].strip() in [m.get("publicKeyMultibase") for m in document["verificationMethod"]], document)
        self.tap.case("the issuer's metadata name the address of the identifier", issuer["issuer"] == "https://example.org/edu" and len(issuer["jwks"]["keys"]) == 2, issuer)

    def identifiers(self):
        multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
        status, out, err = self.run("did", "resolve", f"did:key:{multikey}")
        document = json.loads(out) if status == 0 else {}
        self.tap.case("did resolve makes the document of a did:key", document.get("verificationMethod", [{}])[0].get("publicKeyMultibase") == multikey, out + err)
        for name, expected, word in (("did:web:example.org", 2, "--online"), ("https://example.org/1", 2, "--online"), ("did:ebsi:1", 1, "did:ebsi"),
                                     ("did:key:zabc", 1, "unknown kind"), ("did:key:\x1b[2J", 1, "?[2J"), ("x", 1, "not an identifier")):
            status, out, err = self.run("did", "resolve", name)
            self.tap.case(f"did resolve {name!r} says why not", status == expected and word in err and "\x1b" not in err and not out, out + err)
        status, out, err = self.run("did", "resolve", "did:web:localhost", "--online")
        self.tap.case("did resolve never goes to a private address", status == 2 and "not a public address" in err, out + err)
        status, out, err = self.run("did", "resolve")
        self.tap.case("did resolve without a name is answered with the help", status == 2 and "merit did resolve" in err, out + err)

    def all(self):
        self.help()
        self.levels_of_the_server()
        self.hostile_names()
        self.init()
        self.hostile_words()
        self.specification()
        self.vocabulary()
        self.issue()
        self.issue_more()
        self.interrupted()
        self.refused_rows()
        self.hostile_tables()
        self.own_seal()
        self.time_stamp()
        self.commission_sample()
        self.verify()
        self.convert()
        self.check()
        self.hostile_files()
        self.linked_data()
        self.linked_data_faults()
        self.shapes()
        self.canonical_json()
        self.keys()
        self.issue_bound()
        self.identifiers()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Commands(Path(merit).resolve(), work).all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
