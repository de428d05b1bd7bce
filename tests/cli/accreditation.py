#!/usr/bin/env python3
"""`merit accreditation`, and what `merit verify` makes of it: an agency signs, a provider issues, somebody verifies. One record is signed by a signer of our
own (Python's cryptography, not Merit). Prints TAP.

    accreditation.py MERIT WORK
"""
import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:
    ec = None

SCHOOL = "Aarhus School of Nursing (invented)"
DECISION = "https://agency.example.org/decisions/2026-17"


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class World:
    def __init__(self, merit, work):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.merit, self.work = merit, work
        self.env = {**os.environ, "MERIT_DATA": str(work / "data"), "LC_ALL": "C", "NO_COLOR": "1"}
        for name in ("MERIT_TRUST", "MERIT_PASSWORD"):
            self.env.pop(name, None)

    def run(self, *arguments):
        return subprocess.run([self.merit, *arguments], cwd=self.work, env=self.env, capture_output=True, text=True, timeout=120)

    def write(self, name, value):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return name

    def quality(self, file):
        done = self.run("verify", file, "--trust", "trust", "--json")
        report = json.loads(done.stdout)
        return next(c for c in report["checks"] if c["code"] == "quality")


def record(world, **changes):
    template = json.loads(world.run("accreditation", "template").stdout)
    template["organisations"] = [{"name": {"en": SCHOOL}, "country": "DK", "eidas": "VATDK-00000000"}]
    return {**template, **changes}


def specification():
    made = json.loads((ROOT / "docs/examples/wound-care.json").read_text(encoding="utf-8"))
    language = next(iter(made["title"]))
    made["fields"] = ["0913"]
    made["quality_assurance"] = [{"kind": "institution", "title": {language: "Institutional accreditation 2026"}, "reference": DECISION,
                                  "by": {"name": {language: "Quality Agency (invented)"}, "country": "DK"},
                                  "limits": {"fields": ["091"], "levels": ["6"], "jurisdictions": ["DK"],
                                             "programme": {"title": {language: "Wound care"}}}}]
    return made


def sign_ourselves(payload):
    """A compact JWS under a did:key that is made here."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    point = bytes([2 + (numbers.y & 1)]) + numbers.x.to_bytes(32, "big")
    alphabet, number, text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", int.from_bytes(b"\x80\x24" + point, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    did = "did:key:z" + text
    payload["issuer"]["id"] = did
    payload["credentialSubject"]["accreditation"]["accreditingAgent"]["id"] = did
    signed = f'{b64(json.dumps({"alg": "ES256", "typ": "vc+jwt", "kid": did + "#z" + text}).encode())}.{b64(json.dumps(payload).encode())}'
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return did, f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def main():
    tap, world = Tap(), World(str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve())
    world.run("init")
    world.run("key", "new", "agency")
    did = world.run("key", "list").stdout.split()[-1]

    done = world.run("accreditation", "check", world.write("record.json", record(world)))
    tap.case("the template is complete", done.returncode == 0 and "complete" in done.stdout, done)
    done = world.run("accreditation", "issue", world.write("bad.json", record(world, kind="internal")), "--key", "agency", "--out", "no.jwt")
    tap.case("a faulty record is not signed", done.returncode == 1 and not (world.work / "no.jwt").exists() and "/kind" in done.stderr, done)
    done = world.run("accreditation", "issue", "record.json", "--key", "agency", "--out", "a.jwt")
    tap.case("a record is signed", done.returncode == 0 and (world.work / "a.jwt").exists(), done)
    done = world.run("accreditation", "issue", "record.json", "--out", "b.jwt")
    tap.case("by somebody", done.returncode == 2, done)
    done = world.run("accreditation", "check", "a.jwt")
    tap.case("of an agency that nobody knows it cannot be told", done.returncode == 3 and "Only these fields of study: 091" in done.stdout, done)
    world.write("trust/known.json", [{"id": did, "name": "Quality Agency (invented)", "accredits": True}])
    done = world.run("accreditation", "check", "a.jwt", "--trust", "trust", "--lang", "da")
    tap.case("of one that is known it is genuine", done.returncode == 0 and done.stdout.startswith("✓ Posten er ægte"), done)
    text = (world.work / "a.jwt").read_text()
    done = world.run("accreditation", "check", world.write("changed.jwt", text[:-6] + "AAAAAA"), "--trust", "trust")
    tap.case("a changed one is not", done.returncode == 1 and done.stdout.startswith("✗"), done)

    world.write("spec.json", specification())
    done = world.run("issue", "spec.json", str(ROOT / "docs/examples/wound-care.csv"), "--out", "out", "--format", "elm", "--no-image", "--quiet")
    files = sorted((world.work / "out").glob("*.jsonld"))
    tap.case("credentials are issued", done.returncode == 0 and files, done)
    file = str(files[0])
    done = world.run("check", file)
    tap.case("with limits that the official shapes accept", done.returncode == 0, done.stdout)
    done = world.run("show", file)
    tap.case("the limits are shown", "only for: " in done.stdout and "Wound care" in done.stdout, done.stdout)
    check = world.quality(file)
    tap.case("a claim alone is not checked", check["state"] == "unchecked", check)
    (world.work / "trust/accreditations").mkdir()
    shutil.copy(world.work / "a.jwt", world.work / "trust/accreditations/a.jwt")
    check = world.quality(file)
    tap.case("with the record it is accredited", check["state"] == "passed" and "Quality Agency (invented)" in check["text"], check)

    expired = record(world, valid_until="2026-10-01")
    world.run("accreditation", "issue", world.write("expired.json", expired), "--key", "agency", "--out", "trust/accreditations/a.jwt")
    check = world.quality(file)
    tap.case("outside its time it is outside", check["state"] == "failed" and "1 October 2026" in check["text"], check)
    world.write("trust/accreditations/broken.json", "{}")
    done = world.run("verify", file, "--trust", "trust")
    tap.case("a file that is no record is named", done.returncode == 2 and "broken.json" in done.stderr, done)
    (world.work / "trust/accreditations/broken.json").unlink()

    if not ec:
        tap.skip("a record of another signer", "Python's cryptography is not here")
    else:
        part = text.split(".")[1]
        payload = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        other, token = sign_ourselves(payload)
        world.write("trust/accreditations/a.jwt", token)
        check = world.quality(file)
        tap.case("another signer is not known", check["state"] == "unchecked", check)
        world.write("trust/known.json", [{"id": other, "name": "Quality Agency (invented)", "accredits": True}])
        check = world.quality(file)
        tap.case("and counts when he is", check["state"] == "passed", check)
    print(f"1..{tap.number}")
    sys.exit(bool(tap.failed))


main()
