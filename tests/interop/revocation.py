#!/usr/bin/env python3
"""One achievement in every form, one revocation for all of them. Prints TAP.

    revocation.py MERIT VERIFY_LISTED WORK

One learner's credential is issued in every form with a place in a status list. It is suspended, reinstated and revoked; after each change the lists are published, and
every form must say so: to Merit, and to @digitalbazaar/vc-bitstring-status-list and @sd-jwt/jwt-status-list. A European Digital Credential names no list and cannot be
suspended: it is asked in the list of withdrawn ids. Then another credential takes its place.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
CONTEXTS = Path(os.environ.get("MERIT_SUITES") or ROOT.parent / "shared/data/suites") / "contexts"
NODE, PEERS = ROOT / "tests/node", ROOT / "tests/interop/peers.mjs"
LISTS = "https://status.example/lists"
FORMS = [".jsonld", ".badge.json", ".badge.jwt", ".vc.json", ".jwt", ".vc.sd-jwt", ".sd-jwt", ".eu.sd-jwt"]
STATES = {"active": ("passed", ""), "suspended": ("failed", "suspended"), "revoked": ("failed", "withdrawn")}


def run(*command, **environment):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, done.stdout + done.stderr


def form_of(file):
    return max((f for f in FORMS if file.name.endswith(f)), key=len)


def issue(tap, merit, work):
    """The files of the first learner by their ending, her credential's id, and that of the next one."""
    rows = list(csv.reader((ROOT / "docs/examples/wound-care.csv").open(encoding="utf-8")))[:3]
    table = work / "two.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    run(merit, "init", "--data", work / "data")
    run(merit, "key", "new", "badges", "--kind", "ed25519", "--data", work / "data")
    status, text = run(merit, "issue", ROOT / "docs/examples/wound-care.json", table, "--out", work / "out", "--data", work / "data", "--key", "badges",
                       "--status", LISTS, "--no-image", "--format", "all,eu-learning")
    tap.case("one achievement is issued in every form", status == 0, text)
    issued = list(csv.DictReader((work / "out/issued.csv").open(encoding="utf-8-sig")))
    column = next(name for name in issued[0] if issued[0][name].startswith("urn:credential:"))
    ids = list(dict.fromkeys(row[column] for row in issued))
    stems = {re.sub(r"\..*", "", p.name) for p in (work / "out").iterdir() if p.name.endswith(".badge.json") and json.loads(p.read_text())["id"] == ids[0]}
    files = {form_of(p): p for p in (work / "out").iterdir() if p.name.split(".")[0] in stems and any(p.name.endswith(f) for f in FORMS)}
    tap.case("there is a file of each form", sorted(files) == sorted(FORMS), str(sorted(files)))
    return files, ids


def publish(merit, work):
    run(merit, "status", "list", "--out", work / "lists", "--data", work / "data")
    return [(f"{LISTS}/{p.relative_to(work / 'lists')}", p) for p in sorted((work / "lists").rglob("*")) if p.is_file()]


def trust_issuer(work, pages):
    """The issuer's list of withdrawn European Digital Credentials is found through the trust folder."""
    url = next(u for u, _ in pages if "/withdrawn/" in u)
    (work / "trust").mkdir(exist_ok=True)
    (work / "trust/issuers.json").write_text(json.dumps([{"id": "VATDK-00000000", "name": "School (invented)", "withdrawn": url}]))
    return work / "trust"


def ask(tap, verify_listed, work, files, pages, state, when):
    pairs = [x for page in pages for x in page]
    for form, file in sorted(files.items()):
        wanted, word = STATES["active" if form == ".jsonld" and state == "suspended" else state]
        _, text = run(verify_listed, file, *pairs, MERIT_TRUST=str(trust_issuer(work, pages)))
        tap.case(f"{when}: {form} says so to Merit", text.startswith(wanted) and word in text, text)
    others = [f for form, f in sorted(files.items()) if form != ".jsonld"]
    _, text = run(NODE, PEERS, "status", CONTEXTS, work / "lists", *others)
    said = {file: word for word, _, file in (line.partition(" ") for line in text.splitlines())}
    for file in others:
        tap.case(f"{when}: {form_of(file)} says so to others", said.get(str(file)) == state, text)


def replace(tap, merit, work, old, new):
    def status(*more):
        return run(merit, "status", "set", old, "revoked", "--data", work / "data", *more)

    code, text = status("--replaced-by", old)
    tap.case("nothing takes its own place", code == 2, text)
    code, text = run(merit, "status", "set", old, "suspended", "--replaced-by", new, "--data", work / "data")
    tap.case("what is only suspended is not replaced", code == 2, text)
    code, text = status("--replaced-by", new, "--reason", "a wrong name")
    tap.case("another takes its place", code == 0, text)
    _, text = run(merit, "status", "list", "--data", work / "data")
    lines = {word: line for line in text.splitlines() for word in line.split() if word.startswith("urn:credential:")}
    tap.case("the provider sees which", any(old in line and f"replaced by {new}" in line for line in text.splitlines()) and bool(lines), text)


def main(merit, verify_listed, work):
    work, tap = Path(work).resolve(), Tap()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    if not CONTEXTS.exists() or not (ROOT / "tests/node_modules").exists():
        tap.skip("other people's software", "the published contexts are not here (MERIT_SUITES), or the npm packages are not installed: run ./dev test")
    else:
        files, ids = issue(tap, merit, work)
        ask(tap, verify_listed, work, files, publish(merit, work), "active", "issued")
        for state in ("suspended", "active"):
            run(merit, "status", "set", ids[0], state, "--data", work / "data")
            ask(tap, verify_listed, work, files, publish(merit, work), state, "suspended" if state == "suspended" else "reinstated")
        replace(tap, merit, work, ids[0], ids[1])
        ask(tap, verify_listed, work, files, publish(merit, work), "revoked", "replaced")
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
