#!/usr/bin/env python3
"""`merit disclose` as a learner meets it: SD-JWTs by an issuer of our own (Python's cryptography, not Merit), read back by the same. Prints TAP.

    disclose.py MERIT WORK
"""
import base64
import hashlib
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

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:
    ec = None


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwk(key, private=False):
    numbers = key.public_key().public_numbers()
    made = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
    return {**made, "d": b64(key.private_numbers().private_value.to_bytes(32, "big"))} if private else made


def sign(key, header, payload):
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}"
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def holds(key, token):
    text, _, signature = token.rpartition(".")
    octets = unb64(signature)
    der = utils.encode_dss_signature(int.from_bytes(octets[:32], "big"), int.from_bytes(octets[32:], "big"))
    try:
        key.public_key().verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
        return True
    except Exception:
        return False


def disclosure(*parts):
    text = b64(json.dumps([b64(os.urandom(16)), *parts], ensure_ascii=False).encode())
    return text, b64(hashlib.sha256(text.encode()).digest())


class Disclose:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.env = {**kept, "LANG": "C.UTF-8"}

    def run(self, *args, env=None):
        done = subprocess.run([self.merit, "disclose", *map(str, args)], capture_output=True, text=True, cwd=self.work,
                              env={**self.env, **(env or {})}, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def issue(self):
        """Mette's credential: name, grade, two learning outcomes and an address within which the street may be hidden."""
        self.issuer, self.holder, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        street, street_digest = disclosure("street", "Vestergade 1")
        first, first_digest = disclosure("Assess a wound")
        second, second_digest = disclosure("Choose a dressing\x1b[31m")
        outcomes, outcomes_digest = disclosure("learning_outcomes", [{"...": first_digest}, {"...": second_digest}])
        address, address_digest = disclosure("address", {"city": "Aarhus", "_sd": [street_digest]})
        name, name_digest = disclosure("name", "Mette Krogh Poulsen")
        grade, grade_digest = disclosure("assessment_grade", 10)
        odd, odd_digest = disclosure("a/b~c", {"da": "dansk", "en": "English"})
        self.parts = {"/name": name, "/assessment_grade": grade, "/address": address, "/address/street": street, "/learning_outcomes": outcomes,
                      "/learning_outcomes/0": first, "/learning_outcomes/1": second, "/a~1b~0c": odd}
        digests = [name_digest, grade_digest, address_digest, outcomes_digest, odd_digest, b64(os.urandom(32))]
        payload = {"vct": "https://school.example/wound-care", "iss": "https://school.example", "cnf": {"jwk": jwk(self.holder)}, "_sd": digests,
                   "_sd_alg": "sha-256", "achievement_title": "Wound care"}
        self.jwt = sign(self.issuer, {"alg": "ES256", "typ": "dc+sd-jwt"}, payload)
        self.token = "~".join([self.jwt, *self.parts.values(), ""])
        (self.work / "mine.sd-jwt").write_text(self.token + "\n")
        (self.work / "my-key.jwk").write_text(json.dumps(jwk(self.holder, private=True)))
        (self.work / "stranger.jwk").write_text(json.dumps(jwk(stranger, private=True)))
        pem = self.holder.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"hest"))
        (self.work / "my-key.pem").write_bytes(pem)

    def shown(self, out, *pointers):
        return out.strip() == "~".join([self.jwt, *(text for pointer, text in self.parts.items() if pointer in pointers), ""])

    # ---- SD-JWT ----

    def list(self):
        status, out, err = self.run("mine.sd-jwt")
        told = [line.strip() for line in out.splitlines()]
        missing = [pointer for pointer in self.parts if pointer not in told]
        self.tap.case("without --show everything that can be shown is listed", status == 0 and not missing, out + err)
        self.tap.case("in words", "Name: Mette Krogh Poulsen" in told and "Grade achieved: 10" in told and "Learning outcomes 1: Assess a wound" in told, out)
        self.tap.case("a text in several languages is told in the reader's", "a/b~c: English" in told, out)
        self.tap.case("what is always shown is told apart", told.index("This is shown in any case:") > told.index("/name") and told.index("/vct") > told.index(
            "This is shown in any case:"), out)
        self.tap.case("nothing steers the terminal", "\x1b" not in out and "Choose a dressing?[31m" in out, out)
        self.tap.case("salts, digests and keys are not told", "cnf" not in out and "_sd" not in out, out)
        status, out, err = self.run("mine.sd-jwt", "--lang", "da")
        self.tap.case("the list speaks Danish", status == 0 and "Navn: Mette Krogh Poulsen" in out and "a/b~c: dansk" in out, out + err)

    def show(self):
        for pointers, wanted in ((["/name"], ["/name"]), (["/name", "/assessment_grade"], ["/name", "/assessment_grade"]),
                                 (["/learning_outcomes/1"], ["/learning_outcomes", "/learning_outcomes/1"]), (["/address/city"], ["/address"]),
                                 (["/address"], ["/address"]), (["/a~1b~0c"], ["/a~1b~0c"]), (["/vct"], [])):
            status, out, err = self.run("mine.sd-jwt", "--show", *pointers)
            self.tap.case(f"--show {' '.join(pointers)} shows just that", status == 0 and self.shown(out, *wanted), out + err)
        status, out, err = self.run("mine.sd-jwt", "--show", "/name", "--show=/address")
        self.tap.case("--show may be given again", status == 0 and self.shown(out, "/name", "/address"), out + err)
        status, out, err = self.run("mine.sd-jwt", "--all")
        self.tap.case("--all shows everything", status == 0 and out.strip() == self.token, out + err)
        status, out, err = self.run("mine.sd-jwt", "--show", "/name", "--out", "shown.sd-jwt")
        file = self.work / "shown.sd-jwt"
        self.tap.case("--out writes a file for its owner alone", status == 0 and out == "" and self.shown(file.read_text(), "/name")
                      and file.stat().st_mode & 0o077 == 0, out + err)
        status, out, err = self.run(file)
        self.tap.case("what was hidden is not in what is shown", status == 0 and "/name" in out and "/address" not in out, out + err)
        status, out, err = self.run(file, "--show", "/address")
        self.tap.case("and cannot be shown from it", status == 1 and out == "" and "/address" in err, out + err)

    def bind(self):
        asked = ["--audience", "https://hospital.example", "--nonce", "7f3a90"]
        for name, env in (("my-key.jwk", {}), ("my-key.pem", {"MERIT_PASSWORD": "hest"})):
            status, out, err = self.run("mine.sd-jwt", "--show", "/name", "--holder-key", name, *asked, env=env)
            before, _, binding = out.strip().rpartition("~")
            claims = json.loads(unb64(binding.split(".")[1])) if binding.count(".") == 2 else {}
            header = json.loads(unb64(binding.split(".")[0])) if binding.count(".") == 2 else {}
            good = status == 0 and self.shown(before + "~", "/name") and holds(self.holder, binding) and header.get("typ") == "kb+jwt"
            self.tap.case(f"{name} proves that she is the holder", good, out + err)
            self.tap.case(f"{name}: to that party, for this once, for what is shown", claims.get("aud") == asked[1] and claims.get("nonce") == asked[3]
                          and claims.get("sd_hash") == b64(hashlib.sha256((before + "~").encode()).digest()) and "iat" in claims, claims)
        status, out, err = self.run("mine.sd-jwt", "--show", "/name", "--holder-key", "stranger.jwk", *asked)
        self.tap.case("another's key is refused", status != 0 and out == "" and "key" in err, out + err)
        status, out, err = self.run("mine.sd-jwt", "--show", "/name", "--holder-key", "my-key.pem", *asked, env={"MERIT_PASSWORD": "kat"})
        self.tap.case("a wrong password is told", status == 2 and out == "" and "my-key.pem" in err, out + err)

    def wrong(self):
        (self.work / "plain.jwt").write_text(sign(self.issuer, {"alg": "ES256", "typ": "vc+jwt"}, {"a": 1}))
        (self.work / "unsigned.json").write_text('{"a": 1}')
        (self.work / "letter.txt").write_text("Dear Mette")
        (self.work / "extra.sd-jwt").write_text(self.token + disclosure("x", 1)[0] + "~")
        (self.work / "none.sd-jwt").write_text(self.jwt + "~")
        for args, wanted, said in (
                ([], 2, "merit disclose"),
                (["mine.sd-jwt", "--shwo", "/name"], 2, "--shwo"),
                (["nowhere.sd-jwt"], 2, "nowhere.sd-jwt"),
                (["mine.sd-jwt", "--show", "/nome"], 1, "/nome"),
                (["mine.sd-jwt", "--show", "name"], 1, "name"),
                (["mine.sd-jwt", "--show", "/name", "--holder-key", "my-key.jwk"], 2, "--audience"),
                (["mine.sd-jwt", "--show", "/name", "--nonce", "1"], 2, "--holder-key"),
                (["mine.sd-jwt", "--out", "x"], 2, "--show"),
                (["mine.sd-jwt", "--all", "--holder-key", "nowhere.jwk", "--audience", "a", "--nonce", "b"], 2, "nowhere.jwk"),
                (["plain.jwt"], 1, "whole"),
                (["unsigned.json"], 1, "whole"),
                (["letter.txt"], 1, "letter.txt"),
                (["extra.sd-jwt"], 1, "extra.sd-jwt"),
                (["mine.sd-jwt", "--all", "--out", "nowhere/x"], 2, "")):
            status, out, err = self.run(*args)
            self.tap.case(f"wrong: {' '.join(args) or 'no file'}", status == wanted and out == "" and said in err and ".." not in err.replace("...", ""), f"{status} {out}{err}")
        status, out, err = self.run("none.sd-jwt")
        self.tap.case("a token without disclosures lists what is shown in any case", status == 0 and "/achievement_title" in out and "--show" not in out, out + err)

    # ---- ecdsa-sd-2023 ----

    def document(self):
        """A badge with a base proof: its issuer, date and achievement are shown in any case."""
        base = ROOT / "tests/cli/files/badge-base-proof.json"
        whole = json.loads(base.read_text())
        status, out, err = self.run(base)
        choice, _, always = out.partition("This is shown in any case:")
        self.tap.case("every value of a document is listed", status == 0 and "Name: Wound care\n      /name" in choice
                      and "/credentialSubject/identifier/1/identityHash" in choice and "/proof" not in out and "@context" not in out, out + err)
        self.tap.case("what its issuer made mandatory stands apart", "/issuer/name" in always and "/credentialSubject/achievement/criteria/narrative" in always
                      and "/issuer" not in choice, out)
        status, out, err = self.run(base, "--show", "/credentialSubject/identifier/0", "--out", "derived.json")
        derived = json.loads((self.work / "derived.json").read_text()) if status == 0 else {"credentialSubject": {}}
        self.tap.case("a part is shown, with what is mandatory, and no more", status == 0 and "name" not in derived and derived["issuer"] == whole["issuer"]
                      and derived["credentialSubject"]["achievement"] == whole["credentialSubject"]["achievement"]
                      and [i["identityHash"] for i in derived["credentialSubject"]["identifier"]] == ["Mette Krogh Poulsen"], f"{derived}{err}")
        verified = subprocess.run([self.merit, "verify", "--json", "derived.json"], capture_output=True, text=True, cwd=self.work, env=self.env, timeout=120)
        states = {c["code"]: c["state"] for c in json.loads(verified.stdout or "{}").get("checks", [])}
        self.tap.case("its derived proof holds", states.get("seal") == "passed" and states.get("issuer") == "passed", verified.stdout)
        status, out, err = self.run(base, "--all")
        everything = {k: v for k, v in json.loads(out or "{}").items() if k != "proof"}
        self.tap.case("--all shows all of it", everything == {k: v for k, v in whole.items() if k != "proof"}, out + err)
        for args in (["derived.json"], ["derived.json", "--show", "/issuer"]):
            status, out, err = self.run(*args)
            self.tap.case(f"{' '.join(args)}: a derived proof shows no less and no more", status == 1 and out == "" and "derived.json" in err, out + err)
        status, out, err = self.run(base, "--show", "/nowhere")
        self.tap.case("a part that is not there is named", status == 1 and "/nowhere" in err, out + err)
        status, out, err = self.run(base, "--all", "--holder-key", "my-key.jwk", "--audience", "a", "--nonce", "b")
        self.tap.case("a holder's key has no place in it", status == 2 and out == "" and "SD-JWT" in err, out + err)

    def official(self):
        """The working group's credential with a base proof (ECDSA Cryptosuites 1.0, appendix); its contexts are not all built in."""
        found = sorted((SUITES / "vc-di-ecdsa/ecdsa-sd-2023").rglob("*SignedSDBase.json"))
        if not found:
            self.tap.skip("the working group's base proof", "vc-di-ecdsa is not in MERIT_SUITES")
            return
        status, out, err = self.run(found[0])
        self.tap.case("the working group's base proof is listed", status == 0 and out.count("      /") > 5, out + err)
        status, out, err = self.run(found[0], "--all")
        self.tap.case("a context that is not built in is named", status == 0 or "citizenship" in err, out + err)

    def all(self):
        status, out, _ = self.run("--help")
        self.tap.case("--help shows an example", status == 0 and "merit disclose mine.sd-jwt" in out, out)
        if ec:
            self.issue()
            self.list()
            self.show()
            self.bind()
            self.wrong()
            self.document()
            self.official()
        else:
            self.tap.skip("SD-JWTs", "python3-cryptography is not installed")
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sys.exit(Disclose(str(Path(sys.argv[1]).resolve()), folder.resolve()).all())
