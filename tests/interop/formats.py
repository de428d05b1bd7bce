#!/usr/bin/env python3
"""Every form that Merit issues, judged by software that is not ours; and what that software issues, judged by Merit. Prints TAP.

    formats.py MERIT SIGN_BADGE VERIFY_LISTED WORK

Ours   an example is issued in every form, with keys of Ed25519 and P-256, and a badge is signed with every suite; statuses are changed and the lists published. peers.mjs has
       @digitalbazaar/vc, @digitalcredentials/verifier-core, jose, @sd-jwt/sd-jwt-vc, @digitalbazaar/vc-bitstring-status-list and @sd-jwt/jwt-status-list
       accept them, and refuse each with one letter changed.
Theirs peers.mjs issues credentials, tokens, SD-JWTs and a presentation; `merit verify` finds their seals intact, and those with one change broken; what their status lists say is told.

The published contexts are found in MERIT_SUITES and MERIT_ELM; what is missing is skipped, aloud.
"""
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
EXAMPLE = ROOT / "docs/examples/wound-care"
LISTS = "https://status.example/lists"  # where the lists would be hosted
JUDGED = 3  # files of each form


def run(*command, **environment):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, done.stdout + done.stderr


def issue(tap, merit, work):
    """Issue the example with each kind of key; the files, and the ids in the order of issued.csv."""
    data, files = work / "data", []
    tap.case("a data folder with a test seal is made", run(merit, "init", "--data", data)[0] == 0)
    for kind in ("ed25519", "p256"):
        status, text = run(merit, "key", "new", kind, "--kind", kind, "--data", data)
        tap.case(f"a key of {kind} is made", status == 0, text)
        out = work / f"issued-{kind}"
        status, text = run(merit, "issue", f"{EXAMPLE}.json", f"{EXAMPLE}.csv", "--out", out, "--data", data, "--key", kind, "--status", LISTS,
                           "--format", "vc+jwt,data-integrity,dc+sd-jwt,eu-learning,open-badges")
        tap.case(f"every form is issued with {kind}", status == 0, text)
        badges = work / f"tokens-{kind}"
        status, text = run(merit, "issue", f"{EXAMPLE}.json", f"{EXAMPLE}.csv", "--out", badges, "--data", data, "--key", kind, "--format", "open-badges+jwt")
        tap.case(f"badges are issued as tokens with {kind}", status == 0, text)
        files += sorted(badges.glob("*.badge.jwt"))[:JUDGED]
        for ending in (".jwt", ".vc.json", ".sd-jwt", ".badge.json"):
            files += sorted(f for f in out.glob(f"*{ending}") if ending != ".sd-jwt" or not f.name.endswith((".vc.sd-jwt")))[:JUDGED]
    return data, files


def write_canonical(tap, merit, files):
    """Our canonical form of each badge beside it, for others to compare."""
    for file in files:
        if not file.name.endswith(".badge.json"):
            continue
        plain = Path(f"{file}.plain.jsonld")
        badge = json.loads(file.read_text())
        plain.write_text(json.dumps({k: v for k, v in badge.items() if k != "proof"}, ensure_ascii=False))
        done = subprocess.run([merit, "rdf", "canon", "--safe", plain], capture_output=True)
        tap.case(f"{file.name} has a canonical form, and nothing of it is dropped", done.returncode == 0, done.stderr.decode())
        Path(f"{file}.nq").write_bytes(done.stdout)


def sign_badges(tap, sign_badge, work):
    status, text = run(sign_badge, work)
    tap.case("a badge is signed with every suite", status == 0, text)
    return sorted(work.glob("badge-*.vc.json"))


def place_of(file):
    """List and index of a vc+jwt file."""
    import base64
    payload = file.read_text().split(".")[1]
    entry = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["credentialStatus"][0]
    return entry["statusListCredential"].rsplit("/", 1)[0], int(entry["statusListIndex"])


def credential_id(file):
    import base64
    payload = file.read_text().split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["id"]


def publish(tap, merit, work, data, tokens):
    """Revoke one, suspend another, leave a third; the published lists with what is expected of them."""
    wanted = list(zip(tokens, ("revoked", "suspended", "active")))
    for file, state in wanted[:2]:
        status, text = run(merit, "status", "set", credential_id(file), state, "--reason", "an interoperability test", "--data", data)
        tap.case(f"{file.name} is {state}", status == 0, text)
    out = work / "lists"
    status, text = run(merit, "status", "list", "--out", out, "--data", data)
    tap.case("the lists are published", status == 0, text)
    values = {"revocation": {"revoked": 1}, "suspension": {"suspended": 1}, "token": {"revoked": 1, "suspended": 2}}
    found = []
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name in values):
        expected = [[place_of(file)[1], values[path.name].get(state, 0)] for file, state in wanted if place_of(file)[0].rsplit("/", 1)[1] == path.parent.name]
        Path(f"{path}.expected").write_text(json.dumps(expected))
        found.append(path)
    tap.case("there is a list of each form", {p.name for p in found} == set(values), str(found))
    return found


def judge(tap, files):
    _, text = run(NODE, PEERS, "judge", CONTEXTS, *files)
    lines = [line for line in text.splitlines() if re.match(r"(not )?ok ", line)]
    for line in lines:
        kind, file = re.match(r"(?:not )?ok (\S+) (\S+?)(?::|$)", line).groups()
        tap.case(f"{'/'.join(Path(file).parts[-2:])} is accepted by {kind}, and refused with a change", line.startswith("ok"), line)
    tap.case("every file was judged", len(lines) >= len(files), text)


def verify_theirs(tap, merit, work):
    made = work / "theirs"
    _, text = run(NODE, PEERS, "make", CONTEXTS, made)
    tap.case("they issue", text.count("\nok ") + text.startswith("ok ") == 5 and "not ok" not in text, text)
    for file in sorted(p for p in made.glob("*") if p.is_file()):
        _, text = run(merit, "verify", "--json", file)
        try:
            checks = {c["code"]: c["state"] for c in json.loads(text.splitlines()[-1])["checks"]}
        except (ValueError, IndexError, KeyError):
            checks = {}
        if file.name.startswith("changed-"):
            tap.case(f"{file.name} is refused", checks.get("seal") == "failed", text)
        else:
            tap.case(f"{file.name} has an intact seal of its issuer", checks.get("seal") == "passed" and checks.get("issuer") == "passed", text)


def ask_their_lists(tap, verify_listed, folder):
    """Their credentials, whose status stands in their lists."""
    wanted = {"revoked": "failed", "suspended": "failed", "active": "passed"}
    for file in sorted(p for p in folder.glob("*.txt") if not p.stem.endswith("-list")):
        kind, state = file.stem.split("-")
        _, text = run(verify_listed, file, "https://lists.example/1", folder / f"{kind}-list.txt")
        tap.case(f"{file.name}: their list says so", text.startswith(wanted[state]) and (state == "active" or ("suspended" in text) == (state == "suspended")), text)


def main(merit, sign_badge, verify_listed, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    tap = Tap()
    if not CONTEXTS.exists() or not (ROOT / "tests/node_modules").exists():
        tap.skip("other people's software", "the published contexts are not here (MERIT_SUITES), or the npm packages are not installed: run ./dev test")
    else:
        data, files = issue(tap, merit, work)
        files += sign_badges(tap, sign_badge, work)
        lists = publish(tap, merit, work, data, [f for f in files if f.suffix == ".jwt" and f.parent.name == "issued-ed25519"])
        write_canonical(tap, merit, files)
        judge(tap, files + lists)
        verify_theirs(tap, merit, work)
        ask_their_lists(tap, verify_listed, work / "theirs/lists")
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
