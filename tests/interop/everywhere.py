#!/usr/bin/env python3
"""The page, the API and the command say exactly the same of a file. Prints TAP.

    everywhere.py MERIT VERDICT WORK

The good and bad files of verdicts.py, and what becomes of certificates on bad days, are each given to `merit verify`, to POST /api/v1/verify and to the form of the verify page,
twice: without a network, and `--online` with one. Of each the verdict, the sentence, the story, and every check with its state, those of the seal with their parts, must be
the same.

The network is a network namespace of our own (unshare), in which the names of the cases lead to a server here; the guarded client is the real one and meets real TLS. Where that is not
allowed, the second half is skipped, aloud.
"""
import html
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests/interop"))
import verdicts  # noqa: E402
from authorities import Authorities  # noqa: E402
from tap import Tap  # noqa: E402

HERE = "9.9.9.9"  # an address that the guarded client takes for a public one; it is only ours
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
LEAST = 30

# ---- a network of our own ----


def enter_network():
    """This program once more, in a namespace of its own, as "root" of that alone; True: it is there already. False: not allowed here."""
    if os.environ.get("MERIT_OWN_NETWORK"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "addr", "add", f"{HERE}/32", "dev", "lo"], check=True)
        return True
    able = BUNDLE.exists() and shutil.which("unshare") and shutil.which("ip")
    if not able or subprocess.run(["unshare", "-rmn", "ip", "addr", "add", f"{HERE}/32", "dev", "lo"], capture_output=True).returncode:
        return False
    os.execvpe("unshare", ["unshare", "-rmn", sys.executable, *sys.argv], {**os.environ, "MERIT_OWN_NETWORK": "1"})


class Network:
    """What verdicts.py serves from files, over https, at names that /etc/hosts of the namespace knows."""

    def __init__(self, world):
        self.world, folder = world, world.work / "network-of-our-own"
        folder.mkdir()
        self.hosts = ["nursing.example.org", "agency.example.org", "example.org", "www.example.org"]
        authority = verdicts.Authority(folder / "authority", "Network of our own (invented)")
        key, request, certificate, names = (folder / f"server.{ending}" for ending in ("key", "csr", "pem", "ext"))
        verdicts.run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=here")
        names.write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in self.hosts))
        verdicts.run("openssl", "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-days", "30", "-out", certificate, "-extfile", names,
                     "-set_serial", "1")
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n{HERE} {' '.join(self.hosts)}\n")
        for ours, place in ((folder / "hosts", "/etc/hosts"), (authority.certificate, os.path.realpath(BUNDLE))):
            subprocess.run(["mount", "--bind", ours, place], check=True)
        self.server = http.server.ThreadingHTTPServer((HERE, 443), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.asked = 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handler(self):
        network = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                network.asked += 1
                name = network.world.addresses.get(f"https://{self.headers['Host']}{self.path}")
                body = (network.world.network / name).read_bytes() if name else b""
                self.send_response(200 if name else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass
        return Answer


# ---- the three ----


class Server:
    """merit serve with this trust folder."""

    def __init__(self, merit, work, trust, online):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url, ready = f"http://127.0.0.1:{port}", False
        data = work / f"server-{len(list(work.glob('server-*')))}"
        verdicts.run(merit, "init", "--data", data)
        if trust:
            shutil.rmtree(data / "trust")
            shutil.copytree(trust, data / "trust")
        self.process = subprocess.Popen([merit, "serve", "--data", data, "--port", str(port), *(["--online"] if online else [])], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env={**os.environ, "MERIT_PASSWORD": verdicts.PASSWORD})
        for line in self.process.stdout:
            ready = "Ctrl-C" in line
            if ready:
                break
        if not ready:
            raise RuntimeError("merit serve did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()

    def ask(self, path, body, headers):
        request = urllib.request.Request(self.url + path, body, {"Accept-Language": "en", **headers})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read().decode()

    def api(self, octets):
        return of_json(json.loads(self.ask("/api/v1/verify", octets, {"Content-Type": "application/octet-stream"})))

    def page(self, name, octets):
        edge = "----verdict-everywhere-7d1f"
        body = (f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + octets
                + f"\r\n--{edge}--\r\n".encode())
        return of_page(self.ask("/verify", body, {"Content-Type": f"multipart/form-data; boundary={edge}"}))


def of_json(report):
    """What must be the same: verdict, sentence, story, checks in their order."""
    checks = []
    for check in report["checks"]:
        checks.append(f"{check['code']}.{check['state']}")
        checks += [f"{check['code']}.{part['code']}.{part['state']}" for part in check.get("checks", [])]
    inside = [(one.get("verdict", ""), one["summary"]) for one in report.get("contents", [])]
    return {"verdict": report["verdict"], "summary": report["summary"], "story": report.get("story", ""), "checks": checks, "contents": inside}


def of_page(text):
    def plain(markup):
        return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()
    article = re.search(r'<article [^>]*data-verdict="(\w+)">(.*?)</article>', text, re.S)
    section = re.search(r'<section class="verdict \w+" role="status">(.*?)</section>', article.group(2), re.S).group(1)
    checks, current = [], None
    for found in re.finditer(r'data-(check|part)="(\w+)" data-state="(\w+)"', article.group(2)):
        kind, code, state = found.groups()
        current = code if kind == "check" else current
        checks.append(f"{code}.{state}" if kind == "check" else f"{current}.{code}.{state}")
    return {"verdict": article.group(1), "summary": plain(re.search(r"<h1>(.*?)</h1>", section, re.S).group(1)), "text": plain(section), "checks": checks,
            "contents": [(verdict, plain(told)) for verdict, told in re.findall(r'data-contained="(\w*)">.*?<td>(.*?)</td>', article.group(2), re.S)]}


def command(merit, path, trust, online):
    done = subprocess.run([str(x) for x in (merit, "verify", path, "--json", "--lang", "en", *(["--trust", trust] if trust else []), *(["--online"] if online else []))],
                          capture_output=True, timeout=120)
    return of_json(json.loads(done.stdout))


def differences(said, api, page):
    for what in ("verdict", "summary", "story", "checks", "contents"):
        if said[what] != api[what]:
            yield f"{what}: the command says {said[what]}\n  the API says {api[what]}"
        if what == "story":
            if said["story"] not in page["text"]:
                yield f"the page lacks the story: {said['story']}\n  {page['text']}"
        elif said[what] != page[what]:
            yield f"{what}: the command says {said[what]}\n  the page says {page[what]}"


# ---- bad days ----


PAPER = "Certificates on bad days"


def paper(w):
    """The certificate of the first credential."""
    if not shutil.which("qpdf"):
        raise verdicts.Missing("qpdf")
    path = w.made / "certificate.pdf"
    if not path.exists():
        verdicts.run(w.merit, "certificate", w.edc[0], "--out", path)
    return path


def changed(w, name, *words, good=(0, 3)):
    out = w.made / name
    verdicts.run("qpdf", *words, out, good=good)
    return out


def photograph(w, name, *words):
    if not shutil.which("pdftoppm"):
        raise verdicts.Missing("pdftoppm")
    out = w.made / name
    verdicts.run("pdftoppm", "-f", "1", "-l", "1", "-singlefile", *words, paper(w), out)
    return next(w.made.glob(f"{name}.*"))


BAD_DAYS = [
    ("paper", "as it was printed", "valid", paper),
    ("paper-overwritten", "other words laid over what is seen; what is sealed inside is told", "valid",
     lambda w: changed(w, "overwritten.pdf", paper(w), "--overlay", other_paper(w), "--")),
    ("paper-two", "with another credential attached, too", None, lambda w: changed(w, "two.pdf", paper(w), "--add-attachment", w.edc[1], "--")),
    ("paper-encrypted", "under a password", "invalid", lambda w: (changed(w, "locked.pdf", "--encrypt", "", "secret", "256", "--", paper(w)))),
    ("paper-bare", "saved by a program that drops attachments", "invalid", lambda w: changed(w, "bare.pdf", paper(w), "--remove-attachment=" + attached(paper(w)))),
    ("paper-cut", "half of the file", "invalid", lambda w: w.write("half.pdf", paper(w).read_bytes()[:20000])),
    ("paper-photo", "photographed and made small by a chat program", "invalid", lambda w: photograph(w, "photo", "-r", "80", "-jpeg", "-jpegopt", "quality=30")),
    ("archive", "in a ZIP", "valid", lambda w: zipped(w, "credential.zip", edc(w))),
    ("archive-mixed", "two in a ZIP, with what is no credential beside", "valid",
     lambda w: zipped(w, "mixed.zip", edc(w), ("more/second.jsonld", w.edc[0].read_bytes()), ("README.txt", b"Read me"), ("list.csv", b"name\nAnna\n"), ("data.json", b"{}"))),
    ("archive-bad", "in a ZIP, with one that was cut off and one that was changed", "invalid",
     lambda w: zipped(w, "bad.zip", edc(w), ("cut.jsonld", w.edc[1].read_bytes()[:900]), ("changed.jsonld", swapped(w.edc[1].read_bytes())))),
    ("archive-names", "with names that lead elsewhere", "valid", lambda w: zipped(w, "names.zip", ("../../outside.jsonld", w.edc[0].read_bytes()), ("/etc/x\u202etxt.jsonld", w.edc[0].read_bytes()))),
    ("archive-nested", "in a ZIP in a ZIP", "invalid", lambda w: zipped(w, "nested.zip", ("inner.zip", zipped(w, "inner.zip", edc(w)).read_bytes()))),
    ("archive-locked", "in a ZIP under a password", "invalid", lambda w: locked(w)),
    ("archive-cut", "half of a ZIP", "invalid", lambda w: w.write("half.zip", zipped(w, "whole.zip", edc(w)).read_bytes()[:2000])),
    ("archive-bomb", "a ZIP that unpacks to 70 megabytes", "invalid", lambda w: zipped(w, "bomb.zip", edc(w), ("noughts.bin", bytes(70 << 20)))),
    ("archive-many", "more files than are looked at", "unknown", lambda w: zipped(w, "many.zip", edc(w), *((f"{n}.txt", b"no credential") for n in range(105)))),
    ("archive-paper", "certificates in a ZIP", "valid", lambda w: zipped(w, "papers.zip", ("a.pdf", paper(w).read_bytes()), edc(w))),
    ("bomb", "a list of a million lists", "invalid", lambda w: w.write("bomb.json", "[" + "[]," * 1000000 + "[]]")),
    ("nothing-but-noughts", "a megabyte of zero octets", "invalid", lambda w: w.write("noughts.bin", bytes(1 << 20))),
    ("utf16", "saved again by an editor as UTF-16", "invalid", lambda w: w.write("utf16.jsonld", w.edc[0].read_text().encode("utf-16"))),
    ("mark", "saved again by an editor with a byte-order mark", None, lambda w: w.write("mark.jsonld", b"\xef\xbb\xbf" + w.edc[0].read_bytes())),
]


def attached(pdf):
    return verdicts.run("qpdf", "--list-attachments", pdf).decode().split(" -> ")[0].strip()


def other_paper(w):
    path = w.made / "other.pdf"
    verdicts.run(w.merit, "certificate", w.edc[1], "--out", path)
    return changed(w, "other-bare.pdf", path, "--remove-attachment=" + attached(path))


def edc(w):
    return "credential.jsonld", w.edc[0].read_bytes()


def swapped(octets):
    """Two neighbours in the middle of the payload change places."""
    at = next(n for n in range(len(octets) // 2, len(octets)) if octets[n] != octets[n + 1])
    return octets[:at] + octets[at + 1:at + 2] + octets[at:at + 1] + octets[at + 2:]


def zipped(w, name, *files):
    path = w.made / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, octets in files:
            archive.writestr(inside, octets)
    return path


def locked(w):
    """As if encrypted: bit 0 of the flags, in both headers (APPNOTE.TXT 4.4.4)."""
    octets = bytearray(zipped(w, "unlocked.zip", edc(w)).read_bytes())
    octets[6] |= 1
    octets[octets.index(b"PK\1\2") + 8] |= 1
    return w.write("locked.zip", bytes(octets))


# ---- all of it ----


class Servers:
    """One for each trust folder as it is now; cases change it."""

    def __init__(self, merit, work):
        self.merit, self.work, self.running = merit, work, {}

    def of(self, trust, online):
        state = tuple((str(f.relative_to(trust)), f.read_bytes()) for f in sorted(trust.rglob("*")) if f.is_file()) if trust else ()
        # what was fetched is remembered for minutes: a network that has changed is asked by a server that has asked nothing yet
        index = self.work / "network/index.json"
        key = (hash(state), online and hash(index.read_bytes()))
        if key not in self.running:
            self.running[key] = Server(self.merit, self.work, trust, online)
        return self.running[key]

    def stop(self):
        for server in self.running.values():
            server.stop()


def main(merit, _verdict, work):
    inside = enter_network()
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    merit, tap, compared = Path(merit).resolve(), Tap(), {False: 0, True: 0}
    world, servers = verdicts.World(merit, work), Servers(merit, work)
    (work / "clock").mkdir()
    try:
        with Authorities(work / "clock") as world.clock:
            for anchor in world.clock.anchors.iterdir():
                shutil.copy(anchor, world.trust / f"clock-{anchor.name}")
            verdicts.prepare(world)
            network = Network(world) if inside else None
            cases = [*verdicts.CASES, *((PAPER, name, what, right, {}, make) for name, what, right, make in BAD_DAYS)]
            for _, name, what, right, how, make in cases:
                try:
                    path = make(world)
                except verdicts.Missing as missing:
                    tap.skip(f"{name}: {what}", f"not here: {missing}")
                    continue
                if how.get("at"):
                    continue  # on another day: neither the page nor the command can be asked of one
                trust = world.trust if how.get("trust", True) else None
                for online in (False, *([True] if network and how.get("network", True) else [])):
                    compare(tap, servers, merit, path, trust, online, name, what, right)
                    compared[online] += 1
            tap.case(f"at least {LEAST} files were compared without a network", compared[False] >= LEAST, compared)
            if network:
                tap.case(f"and at least {LEAST} with one, which was asked", compared[True] >= LEAST and network.asked > 0, f"{compared}, {network.asked} requests")
            else:
                tap.skip(f"at least {LEAST} with a network", "no network of our own may be made here (unshare -rmn)")
    finally:
        servers.stop()
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


def compare(tap, servers, merit, path, trust, online, name, what, right):
    label = f"{name}{' online' if online else ''}: {what}"
    try:
        server, octets = servers.of(trust, online), path.read_bytes()
        said = command(merit, path, trust, online)
        found = list(differences(said, server.api(octets), server.page(path.name, octets)))
        if online and right and said["verdict"] != right:
            found.append(f"the verdict is {said['verdict']}, and should be {right}: {said['checks']}")
        tap.case(label, not found, "\n".join(found))
    except Exception as error:  # the other cases go on
        tap.case(label, False, repr(error))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
