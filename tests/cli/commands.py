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

    def help(self):
        for command in ["init", "spec", "results", "issue", "verify", "show", "vocab", "serve"]:
            status, out, _ = self.run(command, "--help")
            self.tap.case(f"{command} --help shows an example", status == 0 and f"merit {command}" in out, out)
        status, _, err = self.run("verfiy")
        self.tap.case("an unknown command is named, with status 2", status == 2 and "verfiy" in err, err)
        status, _, err = self.run("verify", "--jsno", "x")
        self.tap.case("an unknown option is named, with status 2", status == 2 and "--jsno" in err, err)

    def hostile_names(self):
        """Whoever names a file or writes its texts must not steer the terminal or write lines of the report."""
        name = "x\n✓ Genuine\x1b[2J\u202e.json"
        (self.work / name).write_text(json.dumps({"a\x1b[31m\nb": 1}))
        for args in (["verify", name], ["verify", name + "?"], ["show", name], ["spec", "check", name], ["spec", "check", name + "?"]):
            _, out, err = self.run(*args)
            clean = not any(c in out + err for c in "\x1b\u202e") and "\n✓ Genuine" not in out + err
            self.tap.case(f"{' '.join(args[:-1])} tells of a hostile name in one line", clean and "x?✓" in out + err, out + err)

        octets = os.fsencode(self.work) + b"/a\xffb.json"
        Path(os.fsdecode(octets)).write_text("{}")
        for args in (["verify", "--json"], ["spec", "check", "--json"]):
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
        self.tap.case("what a killed run issued is listed, but for the one at hand", len(files) >= 30 and len(files - listed) <= 1 and listed <= files,
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
        status, out, err = self.run(*other, "--mandate", env={"MERIT_PASSWORD": "geheim"})
        _, reports, _ = self.report(*sorted(self.work.glob("other/*.jsonld"))[:1])
        issuer = next((c for c in reports[0]["checks"] if c["code"] == "issuer"), {}) if reports else {}
        self.tap.case("with a mandate it seals, and says on whose behalf", status == 0 and issuer.get("state") == "passed" and "on behalf of" in issuer.get("text", ""), out + err)
        (self.work / "anchors").mkdir()
        shutil.copy(ca, self.work / "anchors/ca.pem")
        file = sorted(self.work.glob("own/*.jsonld"))[0]
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

    def all(self):
        self.help()
        self.hostile_names()
        self.init()
        self.specification()
        self.vocabulary()
        self.issue()
        self.interrupted()
        self.refused_rows()
        self.hostile_tables()
        self.own_seal()
        self.time_stamp()
        self.commission_sample()
        self.verify()
        self.hostile_files()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Commands(Path(merit).resolve(), work).all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
