#!/usr/bin/env python3
"""Trusted lists, as an operator meets them: a list made here and sealed by xmlsec1's own command, imported, asked, aged, withdrawn, damaged; and the program that
reads XML under input that is meant to hurt it. Prints TAP.

    trust.py MERIT READER WORK
"""
import base64
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
EXAMPLES = ROOT / "docs/examples"
SUITE = Path(os.environ.get("MERIT_SUITES") or ROOT.parent / "shared/data/suites").resolve() / "eu-trusted-lists"
TSL = "http://uri.etsi.org/TrstSvc/TrustedList"

LIST = """<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="list" TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>\
<TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>{number}</TSLSequenceNumber><TSLType>{tsl}/TSLType/{type}</TSLType>\
<SchemeOperatorName><Name xml:lang="en">Invented Agency</Name></SchemeOperatorName><SchemeOperatorAddress><PostalAddresses><PostalAddress xml:lang="en">\
<StreetAddress>1 Nowhere</StreetAddress><Locality>Nowhere</Locality><CountryName>ZZ</CountryName></PostalAddress></PostalAddresses><ElectronicAddress>\
<URI xml:lang="en">mailto:list@agency.example</URI></ElectronicAddress></SchemeOperatorAddress><SchemeName><Name xml:lang="en">{territory}:invented</Name>\
</SchemeName><SchemeInformationURI><URI xml:lang="en">https://agency.example/</URI></SchemeInformationURI>\
<StatusDeterminationApproach>http://agency.example/how</StatusDeterminationApproach><SchemeTerritory>{territory}</SchemeTerritory>\
<HistoricalInformationPeriod>65535</HistoricalInformationPeriod>{pointers}<ListIssueDateTime>{issued}</ListIssueDateTime><NextUpdate>\
<dateTime>{next}</dateTime></NextUpdate></SchemeInformation>{services}\
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="sig"><ds:SignedInfo>\
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>\
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/><ds:Reference URI=""><ds:Transforms>\
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>\
</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>\
<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#props"><ds:Transforms>\
<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>\
<ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo><ds:Object>\
<x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Target="#sig"><x:SignedProperties Id="props"><x:SignedSignatureProperties>\
<x:SigningTime>2026-10-01T00:00:00Z</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>\
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{digest}</ds:DigestValue></x:CertDigest></x:Cert>\
</x:SigningCertificateV2></x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></ds:Object></ds:Signature></TrustServiceStatusList>"""
SERVICE = """<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">Trust Services (invented)</Name></TSPName>\
<TSPAddress><PostalAddresses><PostalAddress xml:lang="en"><StreetAddress>2 Nowhere</StreetAddress><Locality>Nowhere</Locality><CountryName>ZZ</CountryName>\
</PostalAddress></PostalAddresses><ElectronicAddress><URI xml:lang="en">mailto:ca@trust.example</URI></ElectronicAddress></TSPAddress><TSPInformationURI>\
<URI xml:lang="en">https://trust.example/</URI></TSPInformationURI></TSPInformation><TSPServices><TSPService><ServiceInformation>\
<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">CA</Name></ServiceName>\
<ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>\
<ServiceStatus>{tsl}/Svcstatus/{status}</ServiceStatus><StatusStartingTime>{since}</StatusStartingTime></ServiceInformation><ServiceHistory>{history}\
</ServiceHistory></TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList>"""
HISTORY = """<ServiceHistoryInstance><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier><ServiceName>\
<Name xml:lang="en">CA</Name></ServiceName><ServiceDigitalIdentity><DigitalId><X509SKI>AAAA</X509SKI></DigitalId></ServiceDigitalIdentity>\
<ServiceStatus>{tsl}/Svcstatus/granted</ServiceStatus><StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime></ServiceHistoryInstance>"""
POINTER = """<PointersToOtherTSL><OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate}</X509Certificate>\
</DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities><TSLLocation>https://agency.example/zz.xml</TSLLocation><AdditionalInformation>\
<OtherInformation><TSLType>{tsl}/TSLType/EUgeneric</TSLType></OtherInformation><OtherInformation><SchemeTerritory>ZZ</SchemeTerritory></OtherInformation>\
<OtherInformation><t:MimeType xmlns:t="http://uri.etsi.org/02231/v2/additionaltypes#">application/vnd.etsi.tsl+xml</t:MimeType></OtherInformation>\
</AdditionalInformation></OtherTSLPointer></PointersToOtherTSL>"""


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Trust:
    def __init__(self, merit, reader, work):
        self.merit, self.reader, self.work, self.tap = Path(merit).resolve(), Path(reader).resolve(), Path(work).resolve(), Tap()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.env = {**os.environ, "MERIT_TRUSTED_LIST": str(self.reader), "MERIT_PASSWORD": "geheim", "LC_ALL": "C"}
        self.env.pop("MERIT_TRUST", None)

    def run(self, *args, **more):
        done = subprocess.run([self.merit, *map(str, args)], cwd=self.work, env=self.env, capture_output=True, text=True, timeout=300, **more)
        return done.returncode, done.stdout, done.stderr

    def sh(self, *args):
        done = subprocess.run(list(map(str, args)), cwd=self.work, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def certificate(self, name):
        pem = (self.work / f"{name}.pem").read_text()
        return "".join(pem.split("-----")[2].split())

    # Making.

    def make_keys(self):
        for name, subject, more in (("signer", "/C=ZZ/O=Invented Agency/CN=List signer", ()), ("other", "/C=ZZ/O=Invented Agency/CN=Other signer", ()),
                                    ("ca", "/C=ZZ/O=Trust Services/CN=Trust CA", ("-addext", "keyUsage=critical,keyCertSign,cRLSign"))):
            self.sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
                    "-days", 3650, "-subj", subject, *more)
        (self.work / "seal.ext").write_text("keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\n1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc\n[qc]\na=SEQUENCE:a\n"
                                            "b=SEQUENCE:b\nc=SEQUENCE:c\n[a]\nid=OID:0.4.0.1862.1.1\n[b]\nid=OID:0.4.0.1862.1.4\n[c]\nid=OID:0.4.0.1862.1.6\n"
                                            "v=SEQUENCE:t\n[t]\nid=OID:0.4.0.1862.1.6.2\n")

    def seal_list(self, name, signer="signer", **fields):
        digest = base64.b64encode(hashlib.sha256(base64.b64decode(self.certificate(signer))).digest()).decode()
        values = {"number": 7, "type": "EUgeneric", "territory": "ZZ", "issued": day(-3), "next": day(60), "services": "", "pointers": "", "digest": digest, "tsl": TSL, **fields}
        (self.work / "unsigned.xml").write_text(LIST.format(**values))
        self.sh("xmlsec1", "--sign", "--privkey-pem", f"{signer}.key,{signer}.pem", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
                "--output", name, "unsigned.xml")

    def service(self, status="granted", since="2020-01-01T00:00:00Z", history=False):
        return SERVICE.format(certificate=self.certificate("ca"), status=status, since=since, tsl=TSL, history=HISTORY.format(tsl=TSL) if history else "")

    def make_credential(self):
        self.sh("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "seal.key", "-out", "seal.csr", "-subj",
                "/C=DK/O=Aarhus School of Nursing (invented)/organizationIdentifier=VATDK-00000000/CN=Seal of the school")
        self.sh("openssl", "x509", "-req", "-in", "seal.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 700, "-extfile", "seal.ext", "-out", "seal.pem")
        self.sh("openssl", "pkcs12", "-export", "-inkey", "seal.key", "-in", "seal.pem", "-certfile", "ca.pem", "-out", "seal.p12", "-passout", "pass:geheim")
        self.run("init")
        status, out, err = self.run("issue", EXAMPLES / "wound-care.json", EXAMPLES / "wound-care.csv", "--out", "own", "--seal", "seal.p12", "--no-image")
        self.tap.case("a seal from the listed authority seals", status == 0, out + err)
        return next(iter(sorted(self.work.glob("own/*.jsonld"))), None)

    # Cases.

    def imports(self):
        self.seal_list("zz.xml", services=self.service())
        status, out, err = self.run("trust", "import", "zz.xml", "--trust", "T")
        self.tap.case("a list of whose signer nothing is known is not kept, and how to go on is said", status == 1 and "--signer" in err and "0 lists kept" in out, out + err)
        status, out, err = self.run("trust", "import", "zz.xml", "--trust", "T", "--signer", "other.pem")
        self.tap.case("signed by a stranger: not kept", status == 1 and "none of the certificates given" in err, out + err)
        status, out, err = self.run("trust", "import", "zz.xml", "--trust", "T", "--signer", "signer.pem")
        self.tap.case("signed by whom the operator named: kept", status == 0 and "1 list kept" in out, out + err)
        self.seal_list("older.xml", services=self.service(), number=6)
        status, out, err = self.run("trust", "import", "older.xml", "--trust", "T", "--signer", "signer.pem")
        self.tap.case("an older list never replaces a newer one", status == 1 and "older" in err, out + err)
        text = (self.work / "zz.xml").read_bytes()
        (self.work / "cut.xml").write_bytes(text[:len(text) // 2])
        status, out, err = self.run("trust", "import", "cut.xml", "--trust", "T", "--signer", "signer.pem")
        self.tap.case("half a list is not kept", status == 1 and "well-formed" in err, out + err)
        (self.work / "forged.xml").write_bytes(text.replace(b"Svcstatus/granted", b"Svcstatus/withdrawn"))
        status, out, err = self.run("trust", "import", "forged.xml", "--trust", "T", "--signer", "signer.pem")
        self.tap.case("a changed list is not kept", status == 1 and "changed after signing" in err, out + err)
        status, out, err = self.run("trust", "list", "--trust", "T")
        self.tap.case("the list stays, with its number and age", status == 0 and "no. 7" in out and "ZZ" in out and "TOO OLD" not in out, out + err)
        later = day(70)[:10]
        status, out, err = self.run("trust", "list", "--trust", "T", "--at", later)
        self.tap.case("and is too old after its next update", status == 1 and "TOO OLD" in out, out + err)

    def list_of_lists(self):
        pointer = POINTER.format(certificate=self.certificate("other"), tsl=TSL)
        self.seal_list("lotl.xml", type="EUlistofthelists", territory="EU", pointers=pointer, number=3)
        self.seal_list("by-other.xml", signer="other", services=self.service())
        status, out, err = self.run("trust", "import", "lotl.xml", "by-other.xml", "--trust", "L", "--signer", "signer.pem")
        self.tap.case("a list of lists brings along whom it names", status == 0 and "2 lists kept" in out, out + err)
        status, out, err = self.run("trust", "import", "lotl.xml", "zz.xml", "--trust", "L2", "--signer", "signer.pem")
        self.tap.case("who signs the list of lists may not sign the others", status == 1 and "1 list kept" in out and "ZZ" in err, out + err)
        status, out, err = self.run("trust", "list", "--trust", "L2")
        self.tap.case("what is missing is told", status == 1 and "0 are here" in out and "failed: ZZ" in out, out + err)
        status, out, err = self.run("trust", "import", "by-other.xml", "--trust", "L2")
        self.tap.case("a list that was late is known by the list of lists that is kept", status == 0, out + err)

    def verify(self, credential, trust, *more):
        status, out, err = self.run("verify", credential, "--json", "--trust", trust, *more)
        report = json.loads(out.splitlines()[0]) if out else {}
        return status, next((c for c in report.get("checks", []) if c["code"] == "trust"), {"text": out + err}), report

    def credentials(self):
        credential = self.make_credential()
        if not credential:
            return
        status, check, report = self.verify(credential, "T")
        self.tap.case("verify names the list, its date and what the seal is worth", check.get("state") == "passed" and "trusted list of ZZ" in check["text"]
                      and "qualified seal" in check["text"], check)
        status, check, _ = self.verify(credential, "T", "--lang", "da")
        self.tap.case("in Danish too", "positivlisten for ZZ" in check["text"], check)
        (self.work / "empty").mkdir(exist_ok=True)
        for trust, said in (("T", "confirms that"), ("empty", "")):
            _, out, err = self.run("seal", "test", "seal.p12", "--trust", trust)
            self.tap.case(f"seal test, lists in {trust}: what the list says", "qualified" in out and ("confirms that" in out) == bool(said), out + err)
        status, check, _ = self.verify(credential, "empty")
        self.tap.case("without any list it could not be checked", check.get("state") == "unchecked" and "no trust anchors" in check["text"], check)
        self.seal_list("withdrawn.xml", services=self.service("withdrawn", day(-1), history=True), number=8)
        self.run("trust", "import", "withdrawn.xml", "--trust", "T", "--signer", "signer.pem")
        status, check, _ = self.verify(credential, "T")
        _, out, err = self.run("seal", "test", "seal.p12", "--trust", "T")
        self.tap.case("seal test: withdrawn, the list does not confirm it", "does not confirm that" in out, out + err)
        self.tap.case("withdrawn before the seal: failed, and since when", check.get("state") == "failed" and "not allowed" in check["text"], check)
        status, out, err = self.run("trust", "check", "seal.pem", "--trust", "T")
        self.tap.case("trust check says the same", status == 1 and "withdrawn" in out, out + err)
        status, out, err = self.run("trust", "check", "seal.pem", "--trust", "T", "--at", "2021-01-01")
        self.tap.case("before the seal's certificate was made, nothing vouches for it", status == 1, out + err)
        self.seal_list("old.xml", services=self.service(), number=9, issued=day(-300), next=day(-100))
        self.run("trust", "import", "old.xml", "--trust", "T", "--signer", "signer.pem")
        status, check, _ = self.verify(credential, "T")
        self.tap.case("a list past its next update decides nothing", check.get("state") == "unchecked" and "too old" in check["text"], check)
        index = next(self.work.glob("T/lists/ZZ-*.json"))
        for path in self.work.glob("T/lists/ZZ-*.json"):
            path.write_text(path.read_text().replace("granted", "Granted"))
        status, check, _ = self.verify(credential, "T")
        self.tap.case("a list that was changed on the disk is not used", check.get("state") == "unchecked" and "were changed" in check["text"], (index, check))
        status, out, err = self.run("trust", "list", "--trust", "T")
        self.tap.case("and trust list says so", status == 1 and "CHANGED" in out, out + err)
        status, out, err = self.run("trust", "check", "did:web:nobody.example", "--trust", "empty")
        self.tap.case("nobody knows an identifier where nothing is known", status == 3, out + err)

    def feed(self, make):
        """The reader under input from a program: its answer, its status, how long it took."""
        start = time.monotonic()
        source = subprocess.Popen([sys.executable, "-c", make], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        done = subprocess.run([self.reader], stdin=source.stdout, capture_output=True, text=True, timeout=120)
        source.stdout.close()
        source.kill()
        source.wait()
        return done.returncode, done.stdout, time.monotonic() - start

    def hostile(self):
        bomb = "<!DOCTYPE a [<!ENTITY a0 'x'>" + "".join(f"<!ENTITY a{i} '&a{i - 1};&a{i - 1};'>" for i in range(1, 40)) + "]><a>&a39;</a>"
        for name, make, wanted in (
                ("entities without end", f"print({bomb!r})", "document type"),
                ("a file that the XML asks for", "print('<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>')", "document type"),
                ("a hundred megabytes", "import sys\nfor i in range(1600): sys.stdout.write('<a>' + 'x' * 65536)", "larger than"),
                ("a stream that never ends", "import sys\nwhile True: sys.stdout.write('<a>' * 4096)", "larger than"),
                ("elements in elements in elements", "print('<a>' * 1000000)", "well-formed")):
            status, out, seconds = self.feed(make)
            answer = json.loads(out) if out.strip() else {}
            self.tap.case(f"{name}: a sentence", status == 1 and wanted in answer.get("error", "") and seconds < 60, (status, out[:300], seconds))
        slow = self.work / "slow.xml"
        slow.write_text("<TrustServiceStatusList " + " ".join(f'a{i}=""' for i in range(200000)) + "/>")
        status, out, err = self.run("trust", "import", "slow.xml", "--trust", "H", "--signer", "signer.pem")
        self.tap.case("what takes too long is ended, and said so", status == 1 and ("more time" in err or "no trusted list" in err), out + err)

    def pivots(self):
        if not SUITE.is_dir():
            self.tap.skip("the EU's pivots", "the suites are not here (MERIT_SUITES)")
            return
        xml, signer = SUITE / "xml", ("--signer", SUITE / "certs/pivot-oj-signer.pem")
        pivots = [xml / f"tl_pivot_{n}_mp.xml" for n in (172, 191, 226, 247)]
        status, out, err = self.run("trust", "import", xml / "eu-lotl.xml", *pivots, xml / "ie-tl.xml", *signer, "--trust", "P")
        self.tap.case("from the Official Journal's signer over four pivots to list of lists no. 248", status == 0 and err.count("signature good") == 5 and "IE: kept" in err, out + err)
        for name, files, more, wanted in (
                ("a pivot is missing", [xml / "eu-lotl.xml", *pivots[:2], pivots[3]], signer, "pivot-226"),
                ("a pivot comes twice", [xml / "eu-lotl.xml", *pivots, pivots[1]], signer, "circles"),
                ("another signer to begin with", [xml / "eu-lotl.xml", *pivots], ("--signer", SUITE / "certs/wrong-signer.pem"), "no. 172"),
                ("no signer to begin with", [xml / "eu-lotl.xml", *pivots], (), "no. 172"),
                ("the last one is broken", [xml / "eu-lotl-broken-sig.xml", *pivots], signer, "no. 248")):
            status, out, err = self.run("trust", "import", *files, *more, "--trust", "Q")
            self.tap.case(f"{name}: nothing is kept", status == 1 and wanted in err and "0 lists kept" in out, out + err)

    def all(self):
        if not shutil.which("xmlsec1") or not shutil.which("openssl"):
            self.tap.skip("trusted lists", "xmlsec1 and openssl are needed")
        else:
            self.make_keys()
            self.imports()
            self.list_of_lists()
            self.credentials()
            self.hostile()
            self.pivots()
        print(f"1..{self.tap.number}")
        return self.tap.failed == 0


if __name__ == "__main__":
    sys.exit(0 if Trust(*sys.argv[1:4]).all() else 1)
