#!/usr/bin/env python3
"""`merit endorse` as an organisation meets it: a badge of somebody else is endorsed, the endorsement verified, and what cannot be endorsed refused. Prints TAP.

    endorse.py MERIT WORK
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
EXAMPLE = ROOT / "docs/examples/wound-care"


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def main(merit, work):
    work, tap = Path(work).resolve(), Tap()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    school, hospital, out = work / "school", work / "hospital", work / "out"
    run(merit, "init", "--data", school)
    run(merit, "issue", f"{EXAMPLE}.json", f"{EXAMPLE}.csv", "--out", out, "--data", school, "--format", "open-badges,elm", "--no-image")
    badge, elm = sorted(out.glob("*.badge.json"))[0], sorted(out.glob("*.jsonld"))[0]
    run(merit, "init", "--data", hospital)
    status, _, said = run(merit, "endorse", badge, "--comment", "Good.", "--data", hospital)
    tap.case("without a key it says where keys come from", status == 1 and "merit key" in said, said)
    run(merit, "key", "new", "h", "--kind", "ed25519", "--data", hospital)

    def endorse(file, *more):
        return run(merit, "endorse", file, "--key", "h", "--data", hospital, *more)

    made = work / "endorsement.json"
    status, _, said = endorse(badge, "--comment", "We employ people who can do this.", "--name", "Hospital (invented)", "--out", made)
    tap.case("a badge is endorsed", status == 0 and made.exists(), said)
    document, original = json.loads(made.read_text()), json.loads(badge.read_text())
    tap.case("it is about what the badge is awarded for", document["credentialSubject"]["id"] == original["credentialSubject"]["achievement"]["id"], str(document))
    status, text, _ = run(merit, "verify", "--json", made)
    report = json.loads(text)
    checks = {c["code"]: c["state"] for c in report["checks"]}
    tap.case("the endorsement verifies on its own", checks["seal"] == "passed" and checks["issuer"] == "passed", text)
    tap.case("and says by whom it is", report["credential"]["issuer"] == "Hospital (invented)" and "learner" not in report["credential"], text)
    for of, wanted in (("credential", original["id"]), ("issuer", original["issuer"]["id"])):
        status, text, said = endorse(badge, "--comment", "Good.", "--of", of)
        tap.case(f"its {of} can be endorsed", status == 0 and json.loads(text)["credentialSubject"]["id"] == wanted, text + said)
    status, text, said = endorse(elm, "--comment", "Good.")
    tap.case("a European Digital Credential is endorsed as such", status == 0 and json.loads(text)["credentialSubject"]["id"].startswith("urn:credential:"), text + said)
    status, _, said = endorse(elm, "--comment", "Good.", "--of", "achievement")
    tap.case("its achievement has no name that others could use", status == 1 and said, said)
    changed = work / "changed.json"
    changed.write_text(badge.read_text().replace("Wound", "Mound"))
    status, _, said = endorse(changed, "--comment", "Good.")
    tap.case("what was changed is not endorsed", status == 1 and "seal" in said, said)
    for words in ((), ("--comment", "  "), ("--comment", "Good.", "--of", "learner")):
        status, _, said = endorse(badge, *words)
        tap.case(f"refused: {' '.join(words) or 'no comment'}", status == 2 and said.startswith("merit: "), said)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
