#!/usr/bin/env python3
"""Seals of every level, older seals extended, and batches that meet trouble; the authorities are openssl on the loopback address. Prints TAP.

    jades_lta.py MERIT WORK

Each file is judged by verify_jades.py (python3-cryptography and openssl) of MERIT_TOOLS, and by `merit verify`.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/interop")]
from authorities import Authorities  # noqa: E402
from tap import Tap  # noqa: E402
TOOLS = Path(os.environ.get("MERIT_TOOLS") or ROOT.parent / "shared/tools")
SYSTEM = Path("/usr/bin/python3")  # the one that Debian's python3-cryptography belongs to
SPECIFICATION = ROOT / "docs/examples/wound-care.json"
PARTS = {"T": ["sigTst"], "LT": ["sigTst", "xVals", "rVals"], "LTA": ["sigTst", "xVals", "rVals", "arcTst"]}


def elements(path):
    seal = json.loads(path.read_text())["signatures"][0]
    return [json.loads(base64.urlsafe_b64decode(e + "=" * (-len(e) % 4))) for e in seal.get("header", {}).get("etsiU", [])]


def names(path):
    return [name for element in elements(path) for name in element]


def tokens(path):
    return [t["val"] for e in elements(path) for n in ("sigTst", "arcTst") if n in e for t in e[n]["tstTokens"]]


def fixed_parts(path):
    whole = json.loads(path.read_text())
    seal = whole["signatures"][0]
    return whole["payload"], seal["protected"], seal["signature"], seal.get("header", {}).get("etsiU", [])


class Lasting:
    def __init__(self, merit, work, authorities):
        self.merit, self.work, self.a, self.tap = merit, work, authorities, Tap()
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.env = {**kept, "LANG": "C.UTF-8", "MERIT_DATA": str(work / "data")}

    def run(self, *words):
        done = subprocess.run([self.merit, *map(str, words)], capture_output=True, text=True, env=self.env, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def table(self, rows):
        path = self.work / f"rows-{rows}.csv"
        lines = [f"Invented Learner {i},1990-01-{i % 28 + 1:02d},learner{i}@example.org,s{i},Passed,2026-10-14,Aarhus" for i in range(rows)]
        path.write_text("name,birth date,e-mail,student number,grade,date,place\n" + "\n".join(lines) + "\n")
        return path

    def issue_words(self, rows, out, level, *more):
        return ["issue", SPECIFICATION, self.table(rows), "--out", out, "--seal", self.a.seal, "--timestamp", self.a.tsa, "--level", level,
                "--fetch-from", self.a.url, "--no-image", "--quiet", *more]

    def files(self, out):
        return sorted(out.glob("*.jsonld"))

    def judge(self, what, path):
        judge, name = TOOLS / "oracles/verify_jades.py", f"{what}: every layer holds"
        if not judge.exists():
            self.tap.skip(name, "verify_jades.py is not here (MERIT_TOOLS)")
            return
        shutil.copy(judge, self.work / "verify_jades.py")
        done = subprocess.run([SYSTEM if SYSTEM.exists() else sys.executable, self.work / "verify_jades.py", path], capture_output=True, text=True)
        text = done.stdout + done.stderr
        self.tap.case(name, done.returncode == 0 and "failures: 0" in text and "FAIL" not in text, text)

    def judged_by_merit(self, what, path, level):
        _, text = self.run("verify", path, "--json", "--trust", self.a.anchors)
        report = json.loads(text)
        seal = next(c for c in report["checks"] if c["code"] == "seal")
        states = {c["code"]: c["state"] for c in report["checks"]}
        good = seal["state"] == "passed" and states["trust"] == "passed" and states["issuer"] == "passed" and level in text
        self.tap.case(f"{what}: merit verify finds {level}, and knows who vouches", good, text)

    def has_content_time(self, out):
        headers = [fixed_parts(p)[1] for p in self.files(out)]
        return headers and all("adoTst" in json.loads(base64.urlsafe_b64decode(h + "=" * (-len(h) % 4))) for h in headers)

    # The cases.

    def levels(self):
        for level, parts in PARTS.items():
            out = self.work / f"level-{level}"
            status, text = self.run(*self.issue_words(2, out, level))
            self.tap.case(f"two credentials are issued at {level}", status == 0 and len(self.files(out)) == 2, text)
            for path in self.files(out)[:1]:
                self.tap.case(f"{level} has its parts in order", names(path) == parts, names(path))
                self.judged_by_merit(level, path, f"JAdES-{level}")
                self.judge(level, path)
        out = self.work / "content"
        status, text = self.run(*self.issue_words(1, out, "LTA", "--content-time"))
        self.tap.case("a content time-stamp is added when asked", status == 0 and self.has_content_time(out), text)
        for path in self.files(out):
            self.judge("with a content time-stamp", path)

    def wrong_calls(self):
        out = self.work / "wrong"
        for words, says in ((["--level", "LTA"], "time-stamp authority"), (["--level", "Z"], "no level"),
                            (["--level", "B", "--timestamp", self.a.tsa], "no time-stamp"),
                            (["--level", "LT", "--timestamp", self.a.tsa, "--format", "vc+jwt"], "European Digital Credentials")):
            status, text = self.run("issue", SPECIFICATION, self.table(1), "--out", out, "--seal", self.a.seal, *words)
            self.tap.case(f"merit issue {' '.join(words[:2])} says what is wrong", status == 2 and says in text and not out.exists(), text)
        status, text = self.run("issue", SPECIFICATION, self.table(1), "--out", out, "--timestamp", self.a.tsa, "--level", "LTA")
        self.tap.case("the test seal has no evidence, and no lower level comes instead", status != 0 and "names no place" in text and not self.files(out), text)
        status, text = self.run(*[w for w in self.issue_words(1, out, "LTA") if w not in ("--fetch-from", self.a.url)])
        self.tap.case("addresses in certificates must be public unless the operator says so", status != 0 and "not a public address" in text, text)

    def extension(self):
        out, extended = self.work / "old", self.work / "extended"
        words = self.issue_words(3, out, "B")
        at = words.index("--timestamp")
        status, text = self.run(*words[:at], *words[at + 2:])
        self.tap.case("three credentials without a time-stamp", status == 0 and all(not names(p) for p in self.files(out)), text)
        common = ["--timestamp", self.a.tsa, "--fetch-from", self.a.url, "--trust", self.a.anchors]
        status, text = self.run("seal", "due", out, "--days", "4000")
        self.tap.case("merit seal due names them", status == 1 and text.count("JAdES-B ") == 3, text)
        status, text = self.run("seal", "extend", out, "--out", extended, *common)
        self.tap.case("they are extended to LTA", status == 0 and len(self.files(extended)) == 3 and "3 extended" in text, text)
        for path in self.files(extended)[:1]:
            self.tap.case("what was sealed stays", fixed_parts(path)[:3] == fixed_parts(out / path.name)[:3], path)
            self.tap.case("the new parts stand in order", names(path) == PARTS["LTA"], names(path))
            self.judge("extended", path)
            self.judged_by_merit("extended", path, "JAdES-LTA")
        status, text = self.run("seal", "extend", extended, "--in-place", *common)
        self.tap.case("a second run finds nothing to do", status == 0 and "3 needed nothing" in text, text)
        self.renewal(extended, common)

    def renewal(self, folder, common):
        path = self.files(folder)[0]
        for turn, days in ((1, "600"), (2, "2000")):
            time.sleep(1.1)  # evidence is told from older evidence by its second
            before = fixed_parts(path)
            self.a.new_clock(f"tsa{turn}", days)
            status, text = self.run("seal", "extend", folder, "--in-place", "--due", str(int(days) - 100), *common)
            after = fixed_parts(path)
            self.tap.case(f"renewal {turn}: all three are renewed", status == 0 and "3 extended" in text, text)
            self.tap.case(f"renewal {turn}: nothing that was there changes", before[:3] == after[:3] and after[3][:len(before[3])] == before[3])
            self.tap.case(f"renewal {turn}: evidence and a time-stamp are added", names(path)[len(before[3]):] == ["tstVD", "arcTst"], names(path))
            self.judge(f"renewal {turn}", path)
            self.judged_by_merit(f"renewal {turn}", path, "JAdES-LTA")
            status, text = self.run("seal", "due", folder, "--days", str(int(days) - 100))
            self.tap.case(f"renewal {turn}: none is due any more", status == 0, text)
        self.a.new_clock("tsa", "300")

    def refusals(self):
        good, out = self.files(self.work / "level-T")[0], self.work / "refused"
        common = ["--timestamp", self.a.tsa, "--fetch-from", self.a.url, "--out", out]
        broken = self.work / "broken.jsonld"
        broken.write_text(good.read_text().replace("Passed", "passed", 1).replace("Invented Learner", "Invented learner", 1))
        status, text = self.run("seal", "extend", broken, *common)
        self.tap.case("a seal that does not hold is not extended", status == 1 and "does not hold" in text and not self.files(out), text)
        self.a.know("sealca", "seal", "260101120000Z")
        old = self.files(self.work / "old")[0]
        status, text = self.run("seal", "extend", old, *common)
        self.tap.case("a revoked seal without proof of its time is not extended", status == 1 and "revoked" in text and not self.files(out), text)
        self.a.know("sealca", "seal")
        status, text = self.run("seal", "extend", old, "--level", "LTA", "--out", out, "--fetch-from", self.a.url)
        self.tap.case("without a time-stamp authority it says so", status == 1 and "time-stamp authority" in text, text)
        status, text = self.run("seal", "extend", old)
        self.tap.case("it asks where the files go", status == 2 and "--in-place" in text, text)

    def trouble(self):
        for fault, says in (("down", "did not answer"), ("nonce", "another request"), ("other", "covers something else"), ("garbage", "not a time-stamp")):
            out = self.work / f"trouble-{fault}"
            self.a.fault = fault
            status, text = self.run(*self.issue_words(3, out, "T"))
            self.a.fault = None
            self.tap.case(f"time-stamp authority {fault}: nothing is issued, and it is said why", status == 2 and says in text and not self.files(out), text)
        out = self.work / "trouble-late"
        self.a.fault = f"late {self.a.counts['tsa'] + 7}"
        status, text = self.run(*self.issue_words(10, out, "T"))
        self.a.fault = None
        first = {p.name: p.read_bytes() for p in self.files(out)}
        self.tap.case("an authority that fails midway: what is there stays", status == 2 and len(first) == 7 and "7 credentials were issued" in text, text)
        status, text = self.run(*self.issue_words(10, out, "T"))
        second = {p.name: p.read_bytes() for p in self.files(out)}
        self.tap.case("and the next run goes on from there", status == 0 and len(second) == 10 and all(second[n] == b for n, b in first.items()), text)
        out = self.work / "no-ocsp"
        self.a.fault = "no ocsp"
        status, text = self.run(*self.issue_words(1, out, "LTA"))
        self.a.fault = None
        lists = [e for p in self.files(out) for e in elements(p) if "rVals" in e and "ocspVals" not in e["rVals"]]
        self.tap.case("a silent responder: the revocation list serves", status == 0 and lists, text)

    def batch(self, rows=40):
        out, before = self.work / "batch", dict(self.a.counts)
        words = self.issue_words(rows, out, "LTA")
        running = subprocess.Popen([self.merit, *map(str, words)], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            if len(self.files(out)) >= 10 or running.poll() is not None:
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        running.wait()
        first = {p.name: p.read_bytes() for p in self.files(out)}
        self.tap.case("a batch is killed midway", 10 <= len(first) < rows, len(first))
        self.tap.case("every file of it is whole", all(json.loads(b)["signatures"] for b in first.values()))
        status, text = self.run(*words)
        second = {p.name: p.read_bytes() for p in self.files(out)}
        self.tap.case("the next run makes the rest and leaves what is there", status == 0 and len(second) == rows
                      and all(second[n] == b for n, b in first.items()), text)
        asked = {n: self.a.counts[n] - before[n] for n in before}
        self.tap.case("a run asks once about its seal", asked["ocsp"] == 2 and asked["crl"] <= 6, asked)
        every = [t for p in self.files(out) for t in tokens(p)]
        self.tap.case("no time-stamp serves two files", len(every) == 2 * rows == len(set(every)), (len(every), len(set(every))))
        self.judge("a file of the batch", self.files(out)[-1])


def main():
    merit, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    shutil.rmtree(work, ignore_errors=True)
    (work / "pki").mkdir(parents=True)
    if not shutil.which("openssl"):
        print("1..0 # SKIP the openssl command is not installed")
        return 0
    with Authorities(work / "pki") as authorities:
        t = Lasting(merit, work, authorities)
        for part in (t.levels, t.wrong_calls, t.extension, t.refusals, t.trouble, t.batch):
            part()
    print(f"1..{t.tap.number}")
    return 1 if t.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
