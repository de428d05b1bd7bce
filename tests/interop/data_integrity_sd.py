#!/usr/bin/env python3
"""ecdsa-sd-2023 between Merit and software that is not ours. Prints TAP.

    data_integrity_sd.py SD_TOOL WORK

Each credential below is signed by both, shown in part by both from both base proofs, and verified by both. From one base proof both must show the same, to
the last octet of the proof value. What is shown is then altered, and both must refuse it.

The other side is npm @digitalbazaar/ecdsa-sd-2023-cryptosuite (data_integrity_sd.mjs), with the published contexts of MERIT_SUITES (otherwise beside the
source tree). What is missing is skipped, aloud.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
SUITES = Path(os.environ.get("MERIT_SUITES") or ROOT.parent / "shared/data/suites")
NODE = ROOT / "tests/node"

V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PROOFS = "https://w3id.org/security/data-integrity/v2"
TERMS = {"@vocab": "https://terms.example/"}
MAPS = {"label": {"@id": "https://terms.example/label", "@container": "@language"}, "by": {"@id": "https://terms.example/by", "@container": "@index"}}

# name: the credential without issuer, what is mandatory, what is shown
CREDENTIALS = {
    "a badge": ({
        "@context": [V2, BADGES], "id": "urn:uuid:a7467ef6-56cb-4faa-b8cf-8f0c8fd3f6d5", "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Welding, level 2", "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2036-01-01T00:00:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": {
            "id": "https://school.example/achievements/welding", "type": ["Achievement"], "name": "Welding", "description": "Joins steel.",
            "criteria": {"narrative": "A joint that holds."}, "tag": ["steel", "joint"]}}},
        ["/issuer", "/validFrom", "/validUntil"], ["/credentialSubject/achievement/name", "/credentialSubject/achievement/tag/1"]),
    "blank nodes in lists, two of them alike": ({
        "@context": [V2, TERMS], "type": ["VerifiableCredential"], "credentialSubject": {"results": [
            {"course": "A", "grade": 1}, {"course": "B", "grade": 2.5}, {"course": "C", "grade": 3}, {"course": "C", "grade": 3}],
            "mentor": {"name": "R. Doe", "address": {"city": "Ghent", "open": True}}}},
        ["/issuer", "/credentialSubject/results/0"], ["/credentialSubject/results/3/course", "/credentialSubject/mentor/address/city"]),
    "languages and directions": ({
        "@context": [V2, TERMS], "type": ["VerifiableCredential"],
        "name": [{"@value": "Welding", "@language": "en"}, {"@value": "Schweißen", "@language": "de"}],
        "description": {"@value": "لحام", "@language": "ar", "@direction": "rtl"}, "credentialSubject": {"id": "did:example:learner", "skill": "weld"}},
        ["/issuer", "/type"], ["/name/1", "/description"]),
    "maps of languages and keys": ({
        "@context": [V2, TERMS, MAPS], "type": ["VerifiableCredential"], "credentialSubject": {
            "label": {"en": "a", "da": ["b", "c"]}, "by": {"k": {"x": "1"}, "l": {"x": "2"}}}},
        ["/issuer"], ["/credentialSubject/label/da", "/credentialSubject/by/l"]),
    "everything mandatory": ({
        "@context": [V2, TERMS], "type": ["VerifiableCredential"], "credentialSubject": {"skill": ["weld", "cut"]}},
        [""], []),
    "nothing mandatory": ({
        "@context": [V2, TERMS], "type": ["VerifiableCredential"], "credentialSubject": {"skill": ["weld", "cut"], "~/": {"name": "odd"}}},
        [], ["/credentialSubject/skill/0", "/credentialSubject/~0~1/name"]),
    "a credential of version 1.1": ({
        "@context": [V1, PROOFS, TERMS], "type": ["VerifiableCredential"], "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:learner", "skill": [{"id": "urn:uuid:0c2e6a5a-0f1c-4d27-9d3f-9d65b9a6a1a9", "level": "2"}, {"level": "3"}]}},
        ["/issuer", "/issuanceDate"], ["/credentialSubject/skill/1"]),
}


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def contexts():
    index = json.loads((SUITES / "contexts/index.json").read_text(encoding="utf-8"))
    return {entry["url"]: str(SUITES / "contexts" / entry["file"]) for entry in index}


class Theirs:
    """The other side: jobs are gathered, and done in one run."""

    def __init__(self, tap, work):
        self.tap, self.work, self.key, self.jobs = tap, work, work / "key.json", []

    def add(self, role, name, document, pointers=None, out=None):
        self.jobs.append({"do": role, "name": name, "document": str(document), "pointers": pointers, "out": out and str(out)})

    def done(self):
        plan = self.work / "jobs.json"
        plan.write_text(json.dumps({"contexts": contexts(), "key": str(self.key), "jobs": self.jobs}), encoding="utf-8")
        _, text, error = run(NODE, ROOT / "tests/interop/data_integrity_sd.mjs", plan)
        told = text.splitlines()
        for job in self.jobs:
            name = job["name"]
            why = next((line for line in told if line.startswith(f"not ok {name}: ")), error)
            self.tap.case(name, f"ok {name}" in told, why)
        self.jobs = []
        return json.loads(self.key.read_text(encoding="utf-8"))


class Ours:
    def __init__(self, tap, tool, work):
        self.tap, self.tool, self.work = tap, tool, work

    def make(self, name, out, *arguments):
        status, text, error = run(self.tool, *arguments)
        out.write_text(text, encoding="utf-8")
        self.tap.case(name, status == 0, error)

    def judge(self, name, document, wanted):
        _, text, error = run(self.tool, "verify", document)
        self.tap.case(name, text.split(" ")[:2] == wanted.split(" "), f"{text}{error}")


def altered(file):
    """The document with one text of it changed, in a file beside it."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["issuer"] += "x"
    out = file.with_suffix(".altered.json")
    out.write_text(json.dumps(document), encoding="utf-8")
    return out


def main(tool, work):
    work, tap = Path(work).resolve(), Tap()
    missing = ("the npm packages are not installed: run ./dev test" if not (ROOT / "tests/node_modules/@digitalbazaar/ecdsa-sd-2023-cryptosuite").exists()
               else "the published contexts are not here (MERIT_SUITES)" if not (SUITES / "contexts/index.json").exists() else "")
    if missing:
        print(f"1..0 # SKIP {missing}")
        return 0
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    theirs, ours = Theirs(tap, work), Ours(tap, tool, work)
    key = theirs.done()
    folders = {}
    for number, (name, (document, mandatory, show)) in enumerate(CREDENTIALS.items()):
        folder = folders[name] = work / str(number)
        folder.mkdir()
        for file, value in (("document", {**document, "issuer": key["controller"]}), ("mandatory", mandatory), ("show", show)):
            (folder / f"{file}.json").write_text(json.dumps(value), encoding="utf-8")
        ours.make(f"{name}: signed by Merit", folder / "base-ours.json", "sign", key["secretKeyMultibase"], key["id"], folder / "document.json",
                  folder / "mandatory.json")
        theirs.add("sign", f"{name}: signed by the other", folder / "document.json", mandatory, folder / "base-theirs.json")
    theirs.done()
    for name, folder in folders.items():
        for signer in ("ours", "theirs"):
            base = folder / f"base-{signer}.json"
            ours.judge(f"{name}, base proof of {signer}: holds for Merit", base, "passed proof.base_holds")
            ours.make(f"{name}, base proof of {signer}: shown by Merit", folder / f"{signer}-ours.json", "derive", base, folder / "show.json")
            theirs.add("derive", f"{name}, base proof of {signer}: shown by the other", base, CREDENTIALS[name][2], folder / f"{signer}-theirs.json")
            theirs.add("same", f"{name}, base proof of {signer}: both show the same", folder / f"{signer}-ours.json", None, folder / f"{signer}-theirs.json")
            theirs.add("verify", f"{name}, base proof of {signer}: what Merit shows holds for the other", folder / f"{signer}-ours.json")
    theirs.done()
    for name, folder in folders.items():
        for signer in ("ours", "theirs"):
            shown = folder / f"{signer}-ours.json"
            ours.judge(f"{name}, base proof of {signer}: what the other shows holds for Merit", folder / f"{signer}-theirs.json", "passed proof.sd_holds")
            ours.judge(f"{name}, base proof of {signer}: what Merit shows holds for Merit", shown, "passed proof.sd_holds")
            if '"issuer"' not in shown.read_text(encoding="utf-8"):
                continue
            ours.judge(f"{name}, base proof of {signer}: altered, refused by Merit", altered(shown), "failed seal.signature.changed")
            theirs.add("refuse", f"{name}, base proof of {signer}: altered, refused by the other", altered(shown))
    theirs.done()
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
