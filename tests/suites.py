#!/usr/bin/env python3
"""What the official suites came to: one row a suite, read from the log of a test run.

    suites.py TESTLOG              print the table
    suites.py --targets BUILD      the programs that ./dev suites needs, for ninja

A test that walks a suite prints "# NAME: N passed of M" or "# NAME: N passed of M (K skipped)"; the skipped ones are not among the M.
A suite of which no test tells was skipped, when its cases are not here, or missed, which tests/count.py counts as a failure.
"""
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {name: Path(os.environ.get(name) or ROOT.parent / "shared/data" / beside)
           for name, beside in (("MERIT_SUITES", "suites"), ("MERIT_ELM", "elm"), ("MERIT_VOCAB", "vocab"))}
LINE = re.compile(r"^# (\S.*?): (\d+) passed of (\d+)(?: \((\d+) skipped\))?\s*$")

# name as the tests print it: where its cases are, the standard, its version and date
SUITES = {
    "json-ld expand": ("MERIT_SUITES", "json-ld-api/expand-manifest.jsonld", "JSON-LD 1.1 Processing Algorithms and API: expansion", "W3C Recommendation, 16 July 2020"),
    "json-ld toRdf": ("MERIT_SUITES", "json-ld-api/toRdf-manifest.jsonld", "JSON-LD 1.1 Processing Algorithms and API: RDF", "W3C Recommendation, 16 July 2020"),
    "json-ld compact": ("MERIT_SUITES", "json-ld-api/compact-manifest.jsonld", "JSON-LD 1.1 Processing Algorithms and API: compaction", "W3C Recommendation, 16 July 2020"),
    "contexts": ("MERIT_SUITES", "contexts/index.json", "Published contexts, as built in", "each of its own version"),
    "rdf-canon": ("MERIT_SUITES", "rdf-canon/manifest.jsonld", "RDF Dataset Canonicalization", "RDFC-1.0, W3C Recommendation, 21 May 2024"),
    "shacl-core": ("MERIT_SUITES", "shacl-core/manifest.ttl", "Shapes Constraint Language, SHACL Core", "W3C Recommendation, 20 July 2017"),
    "vc-di-eddsa": ("MERIT_SUITES", "vc-di-eddsa", "Data Integrity EdDSA Cryptosuites: test vectors, proof sets", "W3C Recommendation, 15 May 2025"),
    "vc-di-ecdsa": ("MERIT_SUITES", "vc-di-ecdsa", "Data Integrity ECDSA Cryptosuites: ecdsa-rdfc-2019 and ecdsa-jcs-2019 test vectors", "W3C Recommendation, 15 May 2025"),
    "vc11-ed25519": ("MERIT_SUITES", "vc11-ed25519/manifest.json", "Ed25519Signature2018 and Ed25519Signature2020: proofs of other software", "W3C Community Group reports"),
    "rfc8785-jcs": ("MERIT_SUITES", "rfc8785-jcs/input", "JSON Canonicalization Scheme", "RFC 8785, June 2020"),
    "rfc8785-jcs numbers": ("MERIT_SUITES", "rfc8785-jcs/es6numbers-10000.txt", "JSON Canonicalization Scheme: numbers", "RFC 8785, June 2020"),
    "json-parsing": ("MERIT_SUITES", "json-parsing", "JSON", "RFC 8259, December 2017; RFC 7493, March 2015"),
    "did-key": ("MERIT_SUITES", "did-key", "did:key", "W3C CCG method specification, test vectors of 2 September 2022"),
    "did-jwk": ("MERIT_SUITES", "did-jwk/vectors.json", "did:jwk", "method specification"),
    "did-web": ("MERIT_SUITES", "did-web/vectors.json", "did:web", "W3C CCG method specification"),
    "mustache comments": ("MERIT_SUITES", "mustache/comments.json", "Mustache: comments", "core modules of the specification"),
    "mustache delimiters": ("MERIT_SUITES", "mustache/delimiters.json", "Mustache: delimiters", "core modules of the specification"),
    "mustache interpolation": ("MERIT_SUITES", "mustache/interpolation.json", "Mustache: interpolation", "core modules of the specification"),
    "mustache inverted": ("MERIT_SUITES", "mustache/inverted.json", "Mustache: inverted", "core modules of the specification"),
    "mustache partials": ("MERIT_SUITES", "mustache/partials.json", "Mustache: partials", "core modules of the specification"),
    "mustache sections": ("MERIT_SUITES", "mustache/sections.json", "Mustache: sections", "core modules of the specification"),
    "bitstring-status-list": ("MERIT_SUITES", "bitstring-status-list/vectors.json", "Bitstring Status List: lists as bits", "1.0, W3C Recommendation, 15 May 2025"),
    "token-status-list": ("MERIT_SUITES", "token-status-list/vectors.json", "Token Status List: lists as bits", "IETF draft -20"),
    "statuslist-legacy": ("MERIT_SUITES", "statuslist-legacy/manifest.json", "StatusList2021, RevocationList2020, 1EdTech's revocation list, other makers' scenarios", "drafts and practice, 2020 to 2025"),
    "dcc status lists": ("MERIT_SUITES", "dcc-vc-test-fixtures/statusLists/didkey-ed25519Signature2020", "Bitstring Status List credentials of the Digital Credentials Consortium", "1.0, W3C Recommendation, 15 May 2025"),
    "vc-di-ecdsa sd-2023": ("MERIT_SUITES", "vc-di-ecdsa/ecdsa-sd-2023", "Data Integrity ECDSA Cryptosuites: ecdsa-sd-2023, every step", "W3C Recommendation, 15 May 2025"),
    "vc-di-ecdsa-mocks sd-2023": ("MERIT_SUITES", "vc-di-ecdsa-mocks", "Data Integrity ECDSA Cryptosuites: ecdsa-sd-2023, inputs of the interoperability suite", "W3C Recommendation, 15 May 2025"),
    "elm canonical": ("MERIT_ELM", "expected", "JSON-LD 1.1 and RDFC-1.0: samples of the European Learning Model", "ELM 3"),
    "elm shacl-samples": ("MERIT_ELM", "expected/shacl-samples.tsv", "SHACL: those samples and the shapes of European Digital Credentials", "ELM 3"),
    "elm shacl-mutations": ("MERIT_ELM", "expected/shacl-mutations.tsv", "SHACL: documents with one fault", "ELM 3"),
    "elm jades-vectors": ("MERIT_ELM", "jades-dss/VERDICTS.tsv", "JAdES baseline signatures: vectors", "ETSI TS 119 182-1"),
    "elm sealed-samples": ("MERIT_ELM", "samples/Sample-MC-Annex1-signed.jsonld", "JAdES baseline signatures: sealed European Digital Credentials", "ETSI TS 119 182-1; ELM 3"),
    "vcdm-2.0": ("MERIT_SUITES", "vcdm-2.0/manifest.json", "Verifiable Credentials Data Model: what conforms", "2.0, W3C Recommendation, 15 May 2025"),
    "vcdm examples": ("MERIT_SUITES", "vcdm-1.1-schema", "Verifiable Credentials Data Model: examples beside its schemas", "2.0, W3C Recommendation, 15 May 2025"),
    "dcc badges": ("MERIT_SUITES", "dcc-vc-test-fixtures/verifiableCredentials", "Open Badges 3.0 of the Digital Credentials Consortium: the data model", "VC Data Model 1.1 and 2.0"),
    "ob30 badges": ("MERIT_SUITES", "ob30-1edtech-validator", "Open Badges 3.0 of 1EdTech's validator: the data model", "VC Data Model 1.1 and 2.0"),
    "ob30 baked": ("MERIT_SUITES", "ob30-1edtech-validator/simple-jwt.png", "Open Badges 3.0 baked into PNG and SVG: 1EdTech's validator", "3.0, 1EdTech, May 2024"),
    "ob20 baked": ("MERIT_SUITES", "ob20/mozilla-bakery/baked.svg", "Open Badges 1.x and 2.0 baked into PNG and SVG, and pictures without: 1EdTech, Mozilla, Badgr", "2.0, 1EdTech, April 2018"),
    "clr20 records": ("MERIT_SUITES", "clr20-1edtech-validator", "Comprehensive Learner Records 2.0 of 1EdTech's validator: the data model", "VC Data Model 1.1 and 2.0"),
    "ob20": ("MERIT_SUITES", "ob20/manifest.json", "Open Badges 2.0 of 1EdTech's validator (its pictures are read elsewhere)", "2.0, 12 April 2018"),
    "ob20 older versions": ("MERIT_SUITES", "ob20/validator-core", "Open Badges 0.5, 1.0, 1.1: files of other software", "2011 to 2015"),
    "ob20 spec-derived": ("MERIT_SUITES", "ob20/spec/examples", "Open Badges 2.0: examples of the specification's pages", "2.0, 12 April 2018"),
    "edubadges ob2": ("MERIT_SUITES", "edubadges/ob2-to-ob3-mapping.json", "Extensions of edubadges: what its server makes of them", "as published"),
    "ob30 verdicts": ("MERIT_SUITES", "ob30-1edtech-validator", "Open Badges 3.0 of 1EdTech's validator: whole verdicts", "3.0"),
    "clr20 verdicts": ("MERIT_SUITES", "clr20-1edtech-validator", "Comprehensive Learner Records 2.0 of 1EdTech's validator: whole verdicts", "2.0"),
    "dcc verdicts": ("MERIT_SUITES", "dcc-vc-test-fixtures/manifest.json", "Open Badges 3.0 of the Digital Credentials Consortium: whole verdicts", "VC Data Model 1.1 and 2.0"),
    "edubadges ob3": ("MERIT_SUITES", "edubadges/ob3-examples", "Open Badges 3.0 with the Dutch fields: read as Annex I elements and converted (which element a field answers is read out of the glossary here)", "examples of educredentials, 2025"),
    "ob30 views": ("MERIT_SUITES", "ob30-1edtech-validator", "Open Badges 3.0 of 1EdTech's validator: what is told of them", "3.0"),
    "clr20 contents": ("MERIT_SUITES", "clr20-1edtech-validator", "Comprehensive Learner Records 2.0: what is in them, part by part", "2.0"),
    "dcc views": ("MERIT_SUITES", "dcc-vc-test-fixtures/verifiableCredentials", "Open Badges 3.0 of the Digital Credentials Consortium: what is told of them", "VC Data Model 1.1 and 2.0"),
    "ob30 impl vectors": ("MERIT_SUITES", "ob30-1edtech-impl-vectors", "Open Badges 3.0 and CLR 2.0 implementation guides: canonical forms", "3.0 and 2.0"),
    "sd-jwt": ("MERIT_SUITES", "sd-jwt/settings.json", "Selective Disclosure for JSON Web Tokens", "RFC 9901, November 2025; the reference implementation's cases"),
    "vc-jose-cose": ("MERIT_SUITES", "vc-jose-cose/manifest.json", "Securing Verifiable Credentials using JOSE and COSE: JWT and SD-JWT (COSE is not read)", "W3C Recommendation, 15 May 2025"),
    "eudi-learning-credential": ("MERIT_SUITES", "eudi-learning-credential/manifest.json", "SD-JWT VC: the Commission's Learning Credential, one fault at a time", "urn:eu.europa.ec.eudi:learning:credential:1"),
    "eu-trusted-lists": ("MERIT_SUITES", "eu-trusted-lists/manifest.json", "Trusted lists in XML and JSON: seals, pivots, structure, wrapping attacks", "ETSI TS 119 612 v2.4.1, TS 119 602 v1.1.1"),
    "ebsi-accreditation": ("MERIT_SUITES", "ebsi-accreditation/manifest.json", "EBSI accreditations and attestations: forms, signed examples; the rest is read only", "schemas 1.3.0 and 2.0.0"),
    "vocabularies": ("MERIT_VOCAB", "schemes.tsv", "Controlled vocabularies of the Publications Office and ELM", "as published"),
}


class Row:
    def __init__(self, name, passed=0, count=0, skipped=0, counted=False):
        self.name, self.passed, self.count, self.skipped, self.counted = name, passed, count, skipped, counted
        self.variable, self.part, self.standard, self.version = SUITES.get(name, ("", "", name, ""))

    @property
    def failed(self):
        return self.count - self.passed

    @property
    def is_missed(self):
        """Its cases are here, and no test came to the end of them."""
        return not self.counted and (FOLDERS[self.variable] / self.part).exists()

    def remark(self):
        return "no test came to its end" if self.is_missed else f"not in {self.variable}"


def entries(log):
    with open(log, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def rows(log):
    """Every known suite in the order above, then those that only the tests know."""
    found = {name: Row(name) for name in SUITES}
    for entry in entries(log):
        for line in (entry.get("stdout") or "").splitlines():
            told = LINE.match(line)
            if not told:
                continue
            row = found.setdefault(told[1], Row(told[1]))
            row.passed, row.count, row.skipped = row.passed + int(told[2]), row.count + int(told[3]), row.skipped + int(told[4] or 0)
            row.counted = True
    return list(found.values())


def table(log):
    lines = [f"{'suite':<26}{'cases':>8}{'passed':>8}{'failed':>8}{'skipped':>8}"]
    for row in rows(log):
        numbers = "".join(f"{n:>8}" for n in (row.count + row.skipped, row.passed, row.failed, row.skipped))
        lines.append(f"{row.name:<26}{numbers}" if row.counted else f"{row.name:<26}  {'failed' if row.is_missed else 'skipped'}: {row.remark()}")
    return "\n".join(lines)


def targets(build):
    """Paths of the test programs, as ninja knows them."""
    told = json.loads((Path(build) / "meson-info/intro-tests.json").read_text())
    programs = {Path(test["cmd"][0]) for test in told if any(suite.split(":")[-1] == "suites" for suite in test["suite"])}
    return sorted(str(program.relative_to(Path(build).resolve())) for program in programs)


if __name__ == "__main__":
    if sys.argv[1] == "--targets":
        print(*targets(sys.argv[2]))
    else:
        print(table(sys.argv[1]))
