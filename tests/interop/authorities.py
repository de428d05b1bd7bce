"""Invented authorities on the loopback address, all of them the openssl command: one that issues seals, its OCSP responder and revocation lists, and a
time-stamp authority. They count what they were asked, and misbehave when told to.

    with Authorities(folder) as a:
        a.seal          a PEM file: private key, certificate, issuers
        a.tsa           URL of the time-stamp authority
        a.url           beginning of all addresses
        a.anchors       folder with the roots
"""
import http.server
import subprocess
import threading

AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
LEAF = "basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"


class Authorities:
    def __init__(self, folder, subject="/C=DK/O=Aarhus School of Nursing (invented)/organizationIdentifier=VATDK-00000000/CN=Invented seal"):
        self.folder, self.subject = folder, subject
        self.counts = {"tsa": 0, "ocsp": 0, "crl": 0, "issuer": 0}
        self.fault = None  # "down", "late N" (down after N time-stamps), "nonce", "other", "garbage", "slow"
        self.kept = None
        self.lock = threading.Lock()

    def openssl(self, *words, **more):
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, **more)
        if done.returncode:
            raise RuntimeError(f"openssl {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def issue(self, name, subject, issuer, extensions, days="3650"):
        (self.folder / f"{name}.ext").write_text(extensions)
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-subj", subject,
                     "-out", f"{name}.csr")
        by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"] if issuer else ["-key", f"{name}.key"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        (self.folder / f"{name}.index").write_text("")
        (self.folder / f"{name}.cnf").write_text(
            f"[ca]\ndefault_ca=one\n[one]\ndatabase={name}.index\ndefault_md=sha256\ndefault_crl_days=7\ncertificate={name}.pem\nprivate_key={name}.key\n")

    def know(self, authority, name, revoked=""):
        serial = self.openssl("x509", "-in", f"{name}.pem", "-noout", "-serial").decode().strip().split("=")[1]
        line = f"{'R' if revoked else 'V'}\t401231000000Z\t{revoked and revoked + ',keyCompromise'}\t{serial}\tunknown\t/CN={name}\n"
        (self.folder / f"{authority}.index").write_text(line)

    def found(self):
        web = f"crlDistributionPoints=URI:{self.url}crl/%s\n"
        self.issue("sealroot", "/C=DK/O=Invented/CN=Invented Root", None, AUTHORITY)
        self.issue("sealca", "/C=DK/O=Invented/CN=Invented Issuing", "sealroot", AUTHORITY + web % "sealroot")
        self.issue("seal", self.subject, "sealca", LEAF + "keyUsage=critical,nonRepudiation\n" + web % "sealca"
                   + f"authorityInfoAccess=OCSP;URI:{self.url}ocsp,caIssuers;URI:{self.url}issuer\n")
        self.issue("ocsp", "/C=DK/O=Invented/CN=Invented Responder", "sealca",
                   LEAF + "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n")
        self.issue("tsaroot", "/C=DK/O=Invented/CN=Clock Root", None, AUTHORITY)
        self.new_clock("tsa", "300")
        self.know("sealca", "seal")
        (self.folder / "serial").write_text("01\n")
        parts = [(self.folder / name).read_text() for name in ("seal.key", "seal.pem", "sealca.pem", "sealroot.pem")]
        self.seal = self.folder / "own-seal.pem"
        self.seal.write_text("".join(parts))
        self.anchors = self.folder / "anchors"
        self.anchors.mkdir(exist_ok=True)
        for name in ("sealroot", "tsaroot"):
            (self.anchors / f"{name}.pem").write_text((self.folder / f"{name}.pem").read_text())

    def new_clock(self, name, days):
        self.issue(name, f"/C=DK/O=Invented/CN=Invented Clock {name}", "tsaroot",
                   LEAF + "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
                   + f"crlDistributionPoints=URI:{self.url}crl/tsaroot\n", days)
        (self.folder / "ts.cnf").write_text(
            f"[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ncrypto_device=builtin\nsigner_cert={name}.pem\ncerts=tsaroot.pem\nsigner_key={name}.key\n"
            "signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\ness_cert_id_alg=sha256\ness_cert_id_chain=no\n")

    # What is answered.

    def stamp(self, query):
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def answer_tsa(self, query):
        self.counts["tsa"] += 1
        fault = self.fault or ""
        if fault == "down" or (fault.startswith("late") and self.counts["tsa"] > int(fault.split()[1])):
            return None
        if fault == "garbage":
            return b"no time-stamp"
        if fault == "nonce":  # an answer to somebody else
            self.kept = self.kept or self.stamp(query[:-4] + bytes([query[-4] ^ 2]) + query[-3:])
            return self.kept
        if fault == "other":  # over other octets, with the right nonce
            at = query.index(b"\x04\x20") + 2
            return self.stamp(query[:at] + bytes([query[at] ^ 1]) + query[at + 1:])
        return self.stamp(query)

    def answer_ocsp(self, query):
        self.counts["ocsp"] += 1
        if self.fault == "no ocsp":
            return None
        (self.folder / "question").write_bytes(query)
        self.openssl("ocsp", "-index", "sealca.index", "-CA", "sealca.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key", "-reqin", "question",
                     "-respout", "answer", "-ndays", "7")
        return (self.folder / "answer").read_bytes()

    def answer_get(self, path):
        if path == "/issuer":
            self.counts["issuer"] += 1
            return self.openssl("x509", "-in", "sealca.pem", "-outform", "DER")
        if path.startswith("/crl/") and path[5:] in ("sealroot", "sealca", "tsaroot"):
            self.counts["crl"] += 1
            pem = self.openssl("ca", "-config", f"{path[5:]}.cnf", "-gencrl")
            return self.openssl("crl", "-outform", "DER", input=pem)
        return None

    # The server.

    def __enter__(self):
        mine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 20

            def reply(self, body, kind):
                self.send_response(200 if body is not None else 500)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def do_POST(self):
                query = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
                with mine.lock:
                    body = mine.answer_tsa(query) if self.path == "/tsa" else mine.answer_ocsp(query)
                self.reply(body, "application/timestamp-reply" if self.path == "/tsa" else "application/ocsp-response")

            def do_GET(self):
                with mine.lock:
                    body = mine.answer_get(self.path)
                self.reply(body, "application/octet-stream")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # who asked may have been killed
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.tsa = self.url + "tsa"
        self.found()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
