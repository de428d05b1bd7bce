"""Figures of what strangers ask a server for: the files that programs fetch (a credential at its permanent address, a specification, a status list), and verifying what they send."""
import base64
import json
import re
import shutil
import statistics
import subprocess
import urllib.request
import zlib

import office
import serving

POST = """
local file = io.open("%s", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/octet-stream"
"""


def fetch(url, body=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=600) as answer:
        return answer.read()


def permanent_address(certificate):
    """The address that the QR code on a certificate (PDF) leads to, which its link names, too."""
    streams = (part.split(b"endstream")[0].lstrip(b"\r\n") for part in certificate.split(b"stream")[1:])
    for octets in (certificate, *streams):
        try:
            text = octets if octets is certificate else zlib.decompressobj().decompress(octets)
        except zlib.error:
            continue
        found = re.search(rb"/verify/[0-9a-f-]{36}/[\w-]{32}", text)
        if found:
            return found.group(0).decode()
    raise RuntimeError("the certificate names no address")


def addresses(desk):
    """The path of each figure, after one learner was awarded and has accepted."""
    desk.settings(["elm", "vc+jwt"], False)
    made = desk.ask("POST", "/api/v1/achievements", {"specification": "wound-care-2026", "name": "Alva Bench", "birth_date": "1990-01-01"})
    claim = re.search(r"/claim/[^\"?]+", json.dumps(made)).group(0)
    cookie = desk.form(f"{claim}/accept", None, {})["Set-Cookie"].split(";")[0]
    at = permanent_address(fetch(f"{desk.server.url}{claim}/file/certificate", headers={"Cookie": cookie}))
    token = fetch(f"{desk.server.url}{at}/file/jwt").decode().split(".")[1]
    entry = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["credentialStatus"]
    lists = entry if isinstance(entry, list) else [entry]
    return {"serve.credential": f"{at}/file/european", "serve.specification": "/specifications/wound-care-2026/file",
            "serve.status_list": re.sub(r"^https?://[^/]+", "", lists[0]["statusListCredential"])}


def serve(merit, evhttp, folder, seconds, rounds):
    """[(name, answers a CPU second, those of a bare evhttp with as many octets)]"""
    bare, figures = office.Bare(evhttp), []
    try:
        with office.Office(merit, folder) as desk:
            for name, path in addresses(desk).items():
                url, ours, theirs = desk.server.url + path, [], []
                size = office.size_of(url, None)
                for _ in range(rounds):
                    ours.append(office.per_cpu_second(desk.pid, url, None, seconds))
                    theirs.append(office.per_cpu_second(bare.process.pid, f"{bare.url}/{size}", None, seconds))
                print(f"# {name}: {size / 1024:.1f} KiB", flush=True)
                figures.append((name, statistics.median(ours), statistics.median(theirs)))
    finally:
        bare.close()
    return figures


def signed(merit, folder, specification, results, form, kind):
    """One credential of the example in this form, by a key whose did:key says all that is needed."""
    shutil.rmtree(folder, ignore_errors=True)
    data, out = folder / "data", folder / "out"
    for words in (["init", "--data", data], ["key", "new", "bench", "--kind", kind, "--data", data],
                  ["issue", specification, results, "--out", out, "--data", data, "--format", form, "--key", "bench", "--no-image", "--quiet"]):
        subprocess.run([merit, *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return data, next(path for path in sorted(out.iterdir()) if path.suffix != ".csv")


def posted(merit, folder, specification, results, form, kind, seconds, rounds):
    """Verifications a CPU second of the server, each a POST of this file to the API; and the size of the file."""
    data, path = signed(merit, folder, specification, results, form, kind)
    script = folder / "post.lua"
    script.write_text(POST % path)
    with serving.Server(merit, data) as server:
        report = json.loads(fetch(f"{server.url}/api/v1/verify", path.read_bytes(), {"Content-Type": "application/octet-stream"}))
        if {check["code"]: check["state"] for check in report["checks"]}["seal"] != "passed":
            raise RuntimeError(f"the seal of {path} does not hold")
        rates = []
        for _ in range(rounds):
            cpu = serving.cpu_seconds(server.process.pid)
            asked = office.wrk(f"{server.url}/api/v1/verify", script, seconds=seconds, threads=1, clients=8)["requests"]
            rates.append(asked / max(serving.cpu_seconds(server.process.pid) - cpu, 0.01))
    return statistics.median(rates), path.stat().st_size
