#!/usr/bin/env python3
"""Good and bad files of every kind, made here or taken from the suites, and what Merit says of each: docs/verdicts.md. Prints TAP.

    verdicts.py MERIT VERDICT WORK           make and verify them, and compare with the page
    verdicts.py MERIT VERDICT WORK --write   write the page

Every file is verified with the same trust folder (one authority made here, one issuer known by name, one agency that accredits) and a network of files. A row is
(verdict, the state of every check, the sentence that decides); times and identifiers in sentences are left out, because they differ from run to run. Each case
names the verdict that is right, so that the page cannot be written with a wrong one.
"""
import base64
import csv
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests/interop"))
from authorities import Authorities  # noqa: E402
from tap import Tap  # noqa: E402

DATA = ROOT.parent / "shared/data"
SUITES, ELM = (Path(os.environ.get(name) or DATA / beside) for name, beside in (("MERIT_SUITES", "suites"), ("MERIT_ELM", "elm")))
PAGE = ROOT / "docs/verdicts.md"
EXAMPLE = ROOT / "docs/examples/wound-care"
LISTS, WITHDRAWN = "https://nursing.example.org/status", "https://nursing.example.org/status/withdrawn/vatdk-00000000"
CHECKS = ["format", "seal", "issuer", "trust", "status", "dates", "holder", "quality", "completeness"]
SIGNS = {"passed": "✓", "failed": "✗", "unchecked": "?", "not_applicable": "–", None: ""}
PASSWORD = "invented password"


class Missing(Exception):
    """What a case needs is not on this machine."""


def run(*command, **options):
    environment, good = {**os.environ, "MERIT_PASSWORD": PASSWORD, **options.pop("env", {})}, options.pop("good", (0,))
    done = subprocess.run([str(c) for c in command], capture_output=True, env=environment, timeout=300, **options)
    if done.returncode not in good:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.returncode} {done.stdout.decode()[-600:]} {done.stderr.decode()[-600:]}")
    return done.stdout


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ---- authorities and seals, by openssl ----

SUBJECT = "/C=DK/O=Aarhus School of Nursing (invented)/2.5.4.97=VATDK-00000000/CN=Seal of Aarhus School of Nursing (invented)"
OTHER = "/C=DK/O=Harbour Academy (invented)/2.5.4.97=VATDK-11111111/CN=Seal of Harbour Academy (invented)"


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = folder / "root.pem", folder / "root.key"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key, "-out", self.certificate,
            "-days", "7300", "-subj", f"/C=DK/O={name}/CN={name}")

    def seal(self, name, subject=SUBJECT, usage="critical,nonRepudiation", purpose=None, start=None, end=None):
        """A key and certificate: NAME.p12, NAME.pem, NAME.key. start, end: YYYYMMDDHHMMSSZ, for a certificate that is over."""
        key, request, certificate = (self.folder / f"{name}.{ending}" for ending in ("key", "csr", "pem"))
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", subject)
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"keyUsage={usage}\nbasicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n" +
                              (f"extendedKeyUsage={purpose}\n" if purpose else ""))
        if start:
            database = self.folder / "index.txt"
            database.write_text("")
            config = self.folder / "ca.cnf"
            config.write_text(f"[ca]\ndefault_ca=a\n[a]\ndatabase={database}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nnew_certs_dir={self.folder}\n"
                              "unique_subject=no\n[p]\ncommonName=supplied\ncountryName=optional\norganizationName=optional\norganizationIdentifier=optional\n")
            run("openssl", "ca", "-batch", "-config", config, "-cert", self.certificate, "-keyfile", self.key, "-in", request, "-out", certificate, "-startdate",
                start, "-enddate", end, "-extfile", extensions, "-notext", "-preserveDN")
        else:
            run("openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days", "1000", "-out", certificate, "-extfile",
                extensions, "-set_serial", str(int.from_bytes(os.urandom(8), "big") >> 1))
        run("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-certfile", self.certificate, "-out", self.folder / f"{name}.p12", "-passout",
            f"pass:{PASSWORD}")
        return self.folder / f"{name}.p12"


def certificate_der(path):
    return run("openssl", "x509", "-in", path, "-outform", "DER")


def seal_by_hand(payload, key, certificate, iat=None):
    """JAdES baseline B, as another program would write it (facts of the standard: RFC 7797, TS 119 182-1)."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    der = certificate_der(certificate)
    header = {"alg": "ES256", "typ": "jose+json", "x5t#S256": b64url(hashlib.sha256(der).digest()), "x5c": [base64.b64encode(der).decode()], "b64": False,
              "iat": iat or int(datetime.datetime.now(datetime.timezone.utc).timestamp()) - 60, "crit": ["b64"]}
    protected = b64url(json.dumps(header, separators=(",", ":")).encode())
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    r, s = utils.decode_dss_signature(private.sign(protected.encode() + b"." + payload.encode(), ec.ECDSA(hashes.SHA256())))
    return json.dumps({"payload": payload, "signatures": [{"protected": protected, "signature": b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}]},
                      ensure_ascii=False, separators=(",", ":"))


# ---- the world in which all are verified ----


class World:
    """An authority, a school with a seal and a did:key, status lists: what the cases are made of."""

    def __init__(self, merit, work):
        self.merit, self.work, self.made = merit, work, work / "made"
        self.data, self.trust, self.network = work / "data", work / "trust", work / "network"
        for folder in (self.made, self.trust, self.network):
            folder.mkdir(parents=True)
        self.addresses = {}
        self.authority = Authority(work / "authority", "Baltic Trust Services (invented)")
        self.stranger = Authority(work / "stranger", "Unheard-of Certificates (invented)")
        self.seal = self.authority.seal("seal")
        shutil.copy(self.authority.certificate, self.trust / "authority.pem")
        run(merit, "init", "--data", self.data)
        self.did, agency = (self.new_key(name) for name in ("school", "agency"))
        self.knows([{"id": self.did, "name": "Aarhus School of Nursing (invented)"},
                    {"id": agency, "name": "Quality Agency (invented)", "accredits": True},
                    {"id": "VATDK-00000000", "name": "Aarhus School of Nursing (invented)", "withdrawn": WITHDRAWN}])

    def new_key(self, name):
        return re.search(r"did:key:z\w+", run(self.merit, "key", "new", name, "--kind", "ed25519", "--data", self.data).decode()).group(0)

    def knows(self, issuers):
        (self.trust / "known.json").write_text(json.dumps(issuers))

    def serve(self, url, octets):
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        (self.network / name).write_bytes(octets)
        self.addresses[url] = name
        (self.network / "index.json").write_text(json.dumps(self.addresses))

    def issue(self, name, *options, rows=1, change=None, seal=None, **row):
        """Issue the example to so many learners; the files. change: what to do to the specification, row: columns of every row."""
        specification = json.loads(Path(f"{EXAMPLE}.json").read_text())
        if change:
            change(specification)
        (self.made / f"{name}.json").write_text(json.dumps(specification))
        table = list(csv.DictReader(open(f"{EXAMPLE}.csv", encoding="utf-8")))[:rows]
        with open(self.made / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table[0])
            writer.writeheader()
            writer.writerows({**one, **row} for one in table)
        out = self.work / name
        run(self.merit, "issue", self.made / f"{name}.json", self.made / f"{name}.csv", "--out", out, "--data", self.data, "--seal", seal or self.seal,
            "--status", LISTS, "--quiet", *options)
        return sorted(f for f in out.iterdir() if f.suffix != ".csv"), [r["credential"] for r in csv.DictReader(open(out / "issued.csv", encoding="utf-8"))]

    def set_status(self, identifier, state):
        run(self.merit, "status", "set", identifier, state, "--data", self.data, "--reason", "for a test")

    def publish(self):
        """The status lists of all that was issued, at their addresses."""
        out = self.work / "lists"
        run(self.merit, "status", "list", "--out", out, "--data", self.data, "--seal", self.seal)
        for file in sorted(p for p in out.rglob("*") if p.is_file()):
            self.serve(f"{LISTS}/{file.relative_to(out).as_posix()}", file.read_bytes())

    def write(self, name, text):
        path = self.made / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


def payload_of(path):
    return json.loads(path.read_text())["payload"]


def change_letter(path, world, before, after, name):
    text = path.read_text()
    assert before in text
    return world.write(name, text.replace(before, after, 1))


def ending(files, suffix):
    return [f for f in files if f.name.endswith(suffix)]


def suite(*parts):
    path = SUITES.joinpath(*parts)
    if not path.exists():
        raise Missing(f"{parts[0]} (MERIT_SUITES)")
    return path


def elm(*parts):
    path = ELM.joinpath(*parts)
    if not path.exists():
        raise Missing("the ELM samples (MERIT_ELM)")
    return path


# ---- the cases: name, what it is, the right verdict; a case makes its file and may say how it is verified ----

CASES = []


def case(group, name, what, verdict, **how):
    def keep(make):
        CASES.append((group, name, what, verdict, how, make))
        return make
    return keep


EDC, BADGE, OLDER, TOKEN, QUALITY, LISTED, NOTHING = ("European Digital Credentials", "Badges and records", "Older badges", "Tokens and presentations",
                                                     "Accreditation", "Trusted lists", "No credentials")


@case(EDC, "edc", "sealed by a school under an authority in the trust folder", "valid")
def _(w):
    return w.edc[0]


@case(EDC, "edc-offline", "the same, without a network", "unknown", network=False)
def _(w):
    return w.edc[0]


@case(EDC, "edc-no-trust", "the same, and nobody is trusted", "unknown", trust=False)
def _(w):
    return w.edc[0]


@case(EDC, "edc-changed", "one letter of the learner's name changed", "invalid")
def _(w):
    return change_letter(w.edc[0], w, "Poulsen", "Paulsen", "edc-changed.jsonld")


@case(EDC, "edc-withdrawn", "withdrawn by the school", "invalid")
def _(w):
    return w.edc[1]


@case(EDC, "edc-test-seal", "sealed by Merit's own test authority", "unknown")
def _(w):
    out = w.work / "test-seal"
    run(w.merit, "issue", f"{EXAMPLE}.json", f"{EXAMPLE}.csv", "--out", out, "--data", w.data, "--quiet")
    return sorted(out.glob("*.jsonld"))[0]


@case(EDC, "edc-stranger", "sealed under an authority that nobody here knows", "unknown")
def _(w):
    return w.issue("strange", seal=w.stranger.seal("seal"))[0][0]


@case(EDC, "edc-expired", "valid for a year, awarded in 2020", "caution")
def _(w):
    return w.issue("expired", change=lambda s: s.update(valid_months=12), date="2020-01-15")[0][0]


@case(EDC, "edc-other-organisation", "sealed by another organisation than the one that it names", "invalid")
def _(w):
    w.authority.seal("other", OTHER)
    return w.write("edc-other.jsonld", seal_by_hand(payload_of(w.edc[0]), w.authority.folder / "other.key", w.authority.folder / "other.pem"))


@case(EDC, "edc-other-purpose", "sealed with a certificate for web sites", "invalid")
def _(w):
    w.authority.seal("web", usage="critical,digitalSignature", purpose="serverAuth")
    return w.write("edc-web.jsonld", seal_by_hand(payload_of(w.edc[0]), w.authority.folder / "web.key", w.authority.folder / "web.pem"))


@case(EDC, "edc-certificate-over", "sealed today with a certificate that was over in 2024", "invalid")
def _(w):
    w.authority.seal("over", start="20210101000000Z", end="20240101000000Z")
    return w.write("edc-over.jsonld", seal_by_hand(payload_of(w.edc[0]), w.authority.folder / "over.key", w.authority.folder / "over.pem"))


@case(EDC, "edc-certificate-over-since", "says that it was sealed in 2022 with that certificate; no time-stamp proves it", "unknown")
def _(w):
    return w.write("edc-over-since.jsonld", seal_by_hand(payload_of(w.edc[0]), w.authority.folder / "over.key", w.authority.folder / "over.pem", 1654077600))


@case(EDC, "edc-incomplete", "no learning outcomes in it", "caution")
def _(w):
    document = json.loads(payload_of(w.edc[0]))
    for claim in document["credentialSubject"]["hasClaim"]:
        claim["specifiedBy"].pop("learningOutcome")
    return w.write("edc-incomplete.jsonld", seal_by_hand(json.dumps(document, ensure_ascii=False), w.authority.folder / "seal.key", w.authority.folder / "seal.pem"))


@case(EDC, "edc-no-seal", "the document without its seal", "invalid")
def _(w):
    return w.write("edc-plain.jsonld", payload_of(w.edc[0]))


@case(EDC, "edc-of-the-commission", "the European Commission's own sample", "unknown", needs="elm")
def _(w):
    return elm("samples", "Sample-MC-Annex1-signed.jsonld")


@case(EDC, "edc-foreign-context", "an intact seal around words that another site defines", "invalid", needs="elm")
def _(w):
    return elm("samples-edc-repo", "credential-jws-invalid.jsonld")


@case(TOKEN, "vc-jwt", "the same achievement as a token", "valid")
def _(w):
    return ending(w.forms, ".jwt")[0]


@case(TOKEN, "vc-jwt-revoked", "withdrawn", "invalid")
def _(w):
    return ending(w.forms, ".jwt")[1]


@case(TOKEN, "vc-jwt-suspended", "suspended for now", "caution")
def _(w):
    return ending(w.forms, ".jwt")[2]


@case(TOKEN, "vc-jwt-none", "its algorithm changed to none", "invalid")
def _(w):
    head, body, _ = ending(w.forms, ".jwt")[0].read_text().split(".")
    header = {**json.loads(unb64url(head)), "alg": "none"}
    return w.write("none.jwt", f"{b64url(json.dumps(header).encode())}.{body}.")


@case(TOKEN, "vc-jwt-changed", "another grade written into it", "invalid")
def _(w):
    head, body, signature = ending(w.forms, ".jwt")[0].read_text().split(".")
    text = unb64url(body).decode().replace("Passed", "Excellent", 1)
    return w.write("changed.jwt", f"{head}.{b64url(text.encode())}.{signature}")


@case(TOKEN, "sd-jwt-vc", "for wallets, everything shown", "valid")
def _(w):
    return ending(w.forms, ".sd-jwt")[0]


@case(TOKEN, "sd-jwt-vc-part", "for wallets, part of it kept back", "valid")
def _(w):
    whole = ending(w.forms, ".sd-jwt")[0].read_text().strip()
    parts = whole.split("~")
    return w.write("part.sd-jwt", "~".join([parts[0], *parts[3:]]))


@case(TOKEN, "data-integrity", "as JSON with a proof by a known did:key", "valid")
def _(w):
    return ending(w.forms, ".vc.json")[0]


@case(TOKEN, "data-integrity-unknown", "with a proof by a did:key that nobody here knows", "unknown")
def _(w):
    run(w.merit, "key", "new", "stranger", "--kind", "ed25519", "--data", w.data)
    return ending(w.issue("unknown-key", "--format", "data-integrity", "--key", "stranger")[0], ".vc.json")[0]


@case(EDC, "edc-lta", "made for keeping: time-stamps and proof that its certificate was not revoked (JAdES-LTA)", "valid")
def _(w):
    w.lasting = w.issue("lasting", "--level", "LTA", "--timestamp", w.clock.tsa, "--fetch-from", w.clock.url, rows=2, seal=w.clock.seal)[0]
    return w.lasting[0]


@case(EDC, "edc-lta-other-stamp", "with the time-stamp of another credential's seal", "invalid")
def _(w):
    mine, other = (json.loads(f.read_text()) for f in w.lasting)
    mine["signatures"][0]["header"]["etsiU"][0] = other["signatures"][0]["header"]["etsiU"][0]
    return w.write("edc-stamp.jsonld", json.dumps(mine, ensure_ascii=False))


@case(EDC, "edc-stamped", "a time-stamp only (JAdES-T)", "valid")
def _(w):
    return w.issue("stamped", "--level", "T", "--timestamp", w.clock.tsa, "--fetch-from", w.clock.url, seal=w.clock.seal)[0][0]


@case(BADGE, "badge", "Open Badge 3.0 with every European element", "valid")
def _(w):
    return ending(w.forms, ".badge.json")[0]


@case(BADGE, "badge-revoked", "withdrawn", "invalid")
def _(w):
    return ending(w.forms, ".badge.json")[1]


@case(BADGE, "badge-suspended", "suspended for now", "caution")
def _(w):
    return ending(w.forms, ".badge.json")[2]


@case(BADGE, "badge-changed", "one letter changed", "invalid")
def _(w):
    return change_letter(ending(w.forms, ".badge.json")[0], w, "Poulsen", "Paulsen", "badge-changed.json")


def bake(w, badge, name):
    path = w.made / name
    run(w.merit, "bake", badge, "--out", path)
    return path


@case(BADGE, "badge-png", "in a picture (PNG)", "valid")
def _(w):
    return bake(w, ending(w.forms, ".badge.json")[0], "badge.png")


@case(BADGE, "badge-svg", "in a picture (SVG)", "valid")
def _(w):
    return bake(w, ending(w.forms, ".badge.json")[0], "badge.svg")


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


@case(BADGE, "badge-png-two", "a picture with a second badge behind the first", "valid")
def _(w):
    picture = bake(w, ending(w.forms, ".badge.json")[0], "first.png").read_bytes()
    second = chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + ending(w.forms, ".badge.json")[1].read_bytes())
    return w.write("two.png", picture[:-12] + second + picture[-12:])


@case(BADGE, "badge-png-cut", "half of a picture", "invalid")
def _(w):
    picture = bake(w, ending(w.forms, ".badge.json")[0], "whole.png").read_bytes()
    return w.write("cut.png", picture[:picture.index(b"openbadgecredential") + 500])


@case(BADGE, "badge-png-bare", "a picture without a badge", "invalid")
def _(w):
    return w.write("bare.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0") + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


@case(BADGE, "badge-svg-script", "a picture that would run a script; the badge in it is read, the picture never shown", "valid")
def _(w):
    text = bake(w, ending(w.forms, ".badge.json")[0], "plain.svg").read_text()
    return w.write("script.svg", text.replace("</svg>", "<script>alert(1)</script></svg>"))


@case(BADGE, "endorsement", "the school speaks for a badge", "unknown")
def _(w):
    path = w.made / "endorsement.json"
    run(w.merit, "endorse", ending(w.forms, ".badge.json")[0], "--key", "school", "--comment", "Known to us (invented).", "--out", path, "--data", w.data)
    return path


@case(BADGE, "clr", "a learner record of 1EdTech's validator", "unknown", needs="suites")
def _(w):
    return suite("clr20-1edtech-validator", "simple.json")


@case(BADGE, "badge-expired", "a badge of the Digital Credentials Consortium, expired", "unknown", needs="suites", network=False)
def _(w):
    return suite("dcc-vc-test-fixtures", "verifiableCredentials/v1/dataIntegrityProof/didKey/oidf-noStatus-expired.json")


def host(w):
    folder = suite("ob20", "1edtech-validator", "assets")
    for file in folder.iterdir():
        for beginning in ("http://example.org/", "https://example.org/", "http://www.example.org/", "https://www.example.org/"):
            w.serve(beginning + file.name, file.read_bytes())
    return folder.parent


@case(OLDER, "ob2-hosted", "Open Badge 2.0; its site confirms it", "unknown", needs="suites")
def _(w):
    folder = host(w)
    w.serve("https://example.org/beths-robotics-badge.json", (folder / "basic-assertion.json").read_bytes())
    return folder / "basic-assertion.json"


@case(OLDER, "ob2-hosted-changed", "its site says something else", "invalid", needs="suites")
def _(w):
    return w.write("ob2-changed.json", (suite("ob20", "1edtech-validator", "basic-assertion.json")).read_text().replace("2016-12-31", "2019-12-31"))


@case(OLDER, "ob2-hosted-page", "its address gives a web page", "unknown", needs="suites")
def _(w):
    text = suite("ob20", "1edtech-validator", "basic-assertion.json").read_text().replace("beths-robotics-badge.json", "moved.json")
    w.serve("https://example.org/moved.json", b"<!doctype html><title>Our new site</title>")
    return w.write("ob2-page.json", text)


@case(OLDER, "ob2-hosted-offline", "without a network", "unknown", needs="suites", network=False)
def _(w):
    return suite("ob20", "1edtech-validator", "basic-assertion.json")


@case(OLDER, "ob2-signed", "signed, its key named by the issuer", "unknown", needs="suites")
def _(w):
    return suite("ob20", "1edtech-validator", "simple-not-revoked.jwt")


@case(OLDER, "ob2-signed-revoked", "in the issuer's list of withdrawn badges", "invalid", needs="suites")
def _(w):
    return suite("ob20", "1edtech-validator", "simple-revoked.jwt")


@case(OLDER, "ob2-expired", "expired", "unknown", needs="suites")
def _(w):
    text = suite("ob20", "1edtech-validator", "basic-assertion-expired.json")
    w.serve(json.loads(text.read_text())["id"], text.read_bytes())
    return text


# Each case has the one record that it is about: of several that cover an achievement the best counts.
AGENCY = "https://agency.example.org/decisions/"


def accredited(w, number, recorded=True, **limits):
    """A credential that claims decision number, and the agency's record of it."""
    template = json.loads(run(w.merit, "accreditation", "template"))
    record = {**template, "id": AGENCY + number, "organisations": [{"name": {"en": "Aarhus School of Nursing (invented)"}, "country": "DK", "eidas": "VATDK-00000000"}],
              **{k: v for k, v in limits.items() if k != "limits"}, "limits": {**template["limits"], **limits.get("limits", {})}}
    shutil.rmtree(w.trust / "accreditations", ignore_errors=True)
    (w.trust / "accreditations").mkdir()
    if recorded:
        path = w.write(f"record-{number}.json", json.dumps(record))
        run(w.merit, "accreditation", "issue", path, "--key", "agency", "--out", w.trust / f"accreditations/{number}.jwt", "--data", w.data)

    def claim(specification):
        specification["fields"] = ["0913"]
        specification["quality_assurance"] = [{"kind": "institution", "title": {"en": "Institutional accreditation"}, "reference": AGENCY + number,
                                               "by": {"name": {"en": "Quality Agency (invented)"}, "country": "DK"}}]
    return w.issue(f"accredited-{number}", change=claim)[0][0]


@case(QUALITY, "accredited", "accredited on the day of awarding, as the agency's record says", "valid")
def _(w):
    return accredited(w, "1")


@case(QUALITY, "accredited-claim", "it says so itself; no record is at hand", "unknown")
def _(w):
    return accredited(w, "2", recorded=False)


@case(QUALITY, "accredited-field", "the record is for another field of study", "caution")
def _(w):
    return accredited(w, "3", limits={"fields": ["061"]})


@case(QUALITY, "accredited-level", "the record is for another level", "caution")
def _(w):
    return accredited(w, "4", limits={"levels": ["7"]})


@case(QUALITY, "accredited-late", "the accreditation ended the day before it was awarded", "caution")
def _(w):
    return accredited(w, "5", valid_until="2026-10-13")


@case(QUALITY, "accredited-last-day", "it was awarded on the last day of the accreditation", "valid")
def _(w):
    return accredited(w, "6", valid_until="2026-10-14")


@case(QUALITY, "accredited-refused", "the agency refused", "caution")
def _(w):
    return accredited(w, "7", decision="negative")


@case(QUALITY, "accredited-conditions", "accredited with conditions", "valid")
def _(w):
    return accredited(w, "8", decision="conditional", conditions={"en": "A second examiner by 2027 (invented)."})


@case(NOTHING, "page", "a web page saved from a browser", "invalid")
def _(w):
    return w.write("page.html", "<!doctype html><title>Diploma</title><p>This is to certify ...")


@case(NOTHING, "pdf", "a PDF without anything in it", "invalid")
def _(w):
    return w.write("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")


@case(NOTHING, "empty", "an empty file", "invalid")
def _(w):
    return w.write("empty.json", b"")


@case(NOTHING, "deep", "a hundred thousand brackets", "invalid")
def _(w):
    return w.write("deep.json", "[" * 100000)


@case(NOTHING, "twice", "JSON that names one member twice", "invalid")
def _(w):
    return w.write("twice.json", '{"type":["VerifiableCredential"],"id":"urn:x:1","id":"urn:x:2"}')


# ---- making, verifying, telling ----


def prepare(world):
    """Two credentials as EDC, of which one is withdrawn; and three in the other forms: good, revoked, suspended."""
    world.edc, ids = world.issue("edc", rows=2)
    by_name = dict(zip(["Jonas", "Mette"], sorted(world.edc, key=lambda p: p.name)))
    world.edc = [by_name["Mette"], by_name["Jonas"]]
    world.set_status(ids[1], "revoked")
    world.forms, ids = world.issue("forms", "--format", "vc+jwt,data-integrity,dc+sd-jwt,open-badges", "--key", "school", rows=3)
    names = ["mette", "jonas", "soren"]
    world.forms.sort(key=lambda p: next((i for i, n in enumerate(names) if n in p.name or (n == "soren" and "bel" in p.name)), 9))
    by_row = list(dict.fromkeys(ids))
    world.set_status(by_row[1], "revoked")
    world.set_status(by_row[2], "suspended")
    world.publish()


DAY = r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}(?: at \d\d:\d\d(?: \(UTC\))?)?"


def sentence(report):
    """The sentence that decides: of the first check that failed, else of the first that could not be made; else the summary."""
    for state in ("failed", "unchecked"):
        for check in report["checks"]:
            if check["state"] == state and check["code"] != "holder":
                text = re.sub(DAY, "(date)", check["text"])
                return re.sub(r"(did:key:z|urn:[a-z]+:)[\w-]+", r"\1...", text)
    return report["summary"]


def verify(verdict, world, path, how):
    trust = world.trust if how.get("trust", True) else "-"
    network = world.network if how.get("network", True) else "-"
    return json.loads(run(verdict, path, trust, network, *how.get("at", [])))


def row_of(name, what, report):
    states = {c["code"]: c["state"] for c in report["checks"]}
    return [name, what, f"**{report['verdict']}**", *(SIGNS[states.get(code)] for code in CHECKS), sentence(report)]


HEAD = """# What Merit says of good and bad files

Written by `tests/interop/verdicts.py --write` (`./dev verdicts --write`), which makes each of these files or takes it from an official suite, and verifies it; the tests
compare every row again. All are verified in the same world: one authority whose seals are trusted, one school known by its identifiers, and a network in which the
school's status lists can be reached.

Verdicts: **valid**, **caution** (genuine, but look closer), **unknown** (something could not be checked), **invalid**. Checks: ✓ passed, ✗ failed, ? could not be
checked, – does not apply, empty: not looked at, because format or seal failed. The check `holder` (is it she who shows it?) never changes the verdict.
"""


def page_of(rows):
    lines, group = [HEAD], None
    for of, row in rows:
        if of != group:
            group = of
            lines.append(f"\n## {group}\n\n| file | what it is | verdict | {' | '.join(CHECKS)} | the sentence that decides |\n|{'---|' * (len(CHECKS) + 4)}")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def main(merit, verdict, work, *options):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    tap, rows = Tap(), []
    world = World(merit, work)
    (work / "clock").mkdir()
    with Authorities(work / "clock") as world.clock:
        for anchor in world.clock.anchors.iterdir():
            shutil.copy(anchor, world.trust / f"clock-{anchor.name}")
        prepare(world)
        judge(tap, verdict, world, rows, "--write" in options)
    if "--write" in options and not tap.failed:
        PAGE.write_text(page_of(rows))
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


def judge(tap, verdict, world, rows, writing):
    page = PAGE.read_text() if PAGE.exists() else ""
    for group, name, what, right, how, make in CASES:
        try:
            report = verify(verdict, world, make(world), how)
        except Missing as missing:
            tap.skip(f"{name}: {what}", f"not here: {missing}")
            continue
        except Exception as error:  # the other cases go on
            tap.case(f"{name}: {what}", False, repr(error))
            continue
        row = row_of(name, what, report)
        rows.append((group, row))
        line = page_of([(group, row)]).splitlines()[-1]
        told = writing or line in page
        tap.case(f"{name}: {what}", report["verdict"] == right and told, f"wanted {right}, and this row in docs/verdicts.md:\n{line}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
