#!/usr/bin/env python3
"""Journey J10: an integrator, from nothing to the whole of J1 by program. A token, a first call, a draft written element by element, approved by a person, results sent as a
table, signed off by a person, sealed, waited for, fetched, verified; every event told to a webhook whose signature is checked by the lines of docs/webhooks.md; the same request
sent twice does its work once. (The commands of docs/api.md are run by api.mjs, learning platforms by lti.mjs.) Prints TAP.

    j10.py MERIT WORK [sqlite|postgresql]
"""
import base64
import hashlib
import hmac
import http.server
import json
import re
import shutil
import sys
import threading
import time
import traceback
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from journeys import Person, Site, send, wait_for  # noqa: E402
from postgresql import Cluster  # noqa: E402
from smtp_box import Box, Controller, again_with_the_systems_python  # noqa: E402
from tap import Tap  # noqa: E402

SCHOOL = "Aarhus School of Nursing (invented)"
LEARNERS = "name,birth date,e-mail,grade\n" + "".join(f"Inge Integration-{chr(65 + i)},1990-01-{i + 1:02},inge{i}@example.org,Passed\n" for i in range(12)) \
    + "Wrong Row,1990-02-31,wrong@example.org,Passed\n"

# The eleven elements that Europe asks for, as the file has them; two of them, who the learner is and when it was awarded, come with the results.
ELEMENTS = {
    "title": {"en": "Data ethics in practice", "da": "Dataetik i praksis"},
    "description": {"en": "How to use data about people without losing their trust.", "da": "Hvordan man bruger data om mennesker uden at miste deres tillid."},
    "learning_outcomes": [{"title": {"en": "Carry out a data protection impact assessment", "da": "Gennemføre en konsekvensanalyse om databeskyttelse"}, "type": "skill"}],
    "workload": {"ects": 3},
    "level": {"eqf": 6, "basis": "declared"},
    "assessment": [{"type": "oral-examination", "mode": "online"}],
    "participation": {"modes": ["online"]},
    "quality_assurance": [{"kind": "internal", "title": {"en": "Peer review every year", "da": "Kollegial gennemgang hvert år"}}],
}


class Receiver:
    """A webhook of somebody else's system: keeps what arrives."""

    def __init__(self):
        self.got, self.changed = [], threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.changed:
                    outer.got.append((dict(self.headers.items()), body))
                    outer.changed.notify_all()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, what, truth, seconds=120):
        with self.changed:
            found = self.changed.wait_for(lambda: truth([(h, json.loads(b)) for h, b in self.got]), seconds)
        if not found:
            raise AssertionError(f"the webhook was not told within {seconds} s: {what}; it got {self.got}")
        return found


def is_genuine():
    """The function of docs/webhooks.md, as it stands there."""
    lines = (ROOT / "docs/webhooks.md").read_text().split("    import base64, hashlib, hmac\n")[1].splitlines()
    end = next(i for i, line in enumerate(lines) if line and not line.startswith("    "))
    space = {"base64": base64, "hashlib": hashlib, "hmac": hmac}
    exec("\n".join(line[4:] for line in lines[:end]), space)
    return space["is_genuine"]


def journey(tap, site, post, hook):
    me = site.token("Student system", "describe,award", SCHOOL)
    said = me.good("GET", "/me")
    tap.case("the first call says who the program is and what it may do", said["kind"] == "token" and "batch.seal" in said["actions"] and "result.sign" not in said["actions"], said)
    refused = me.call("POST", "/webhooks", {"url": hook.address + "merit", "events": ["test"]})
    tap.case("a token cannot have events sent elsewhere: an administrator does that", refused.status == 403 and refused.json["code"], refused)
    wanted = ["specification.published", "batch.sealed", "achievement.awarded", "achievement.claimed"]
    made = site.operator.good("POST", "/webhooks", {"url": hook.address + "merit", "events": wanted})

    # ---- describe ----
    draft = me.good("POST", "/drafts", {"title": "Data ethics in practice", "languages": "en da"}, key="begin")
    again = me.call("POST", "/drafts", {"title": "Data ethics in practice", "languages": "en da"}, key="begin")
    drafts = [d for d in me.good("GET", "/drafts")["items"] if d["slug"] == draft["slug"]]
    tap.case("the same request sent twice begins one draft", again.json["id"] == draft["id"] and again.headers["Idempotency-Replayed"] == "true" and len(drafts) == 1, drafts)
    early = me.call("POST", f"/drafts/{draft['id']}/submit")
    tap.case("what is not complete cannot be handed in, and all that is missing is told", early.status in (400, 409, 422) and len(early.json.get("findings", [])) >= 5, early)
    for name, value in ELEMENTS.items():
        seen = me.good("GET", f"/drafts/{draft['id']}/elements/{name}")
        me.good("PUT", f"/drafts/{draft['id']}/elements/{name}", {"value": value, **({"base": seen["base"]} if "base" in seen else {})})
    old = me.call("PUT", f"/drafts/{draft['id']}/elements/title", {"value": {"en": "Lost"}, "base": "0000000000000000"})
    tap.case("an element that somebody else has changed meanwhile is not written over", old.status == 409, old)
    mandatory = [f for f in me.good("GET", f"/drafts/{draft['id']}/findings")["items"] if f.get("severity", f.get("level")) == "error"]
    tap.case("nothing is in the way of publishing", not mandatory, mandatory)
    me.good("POST", f"/drafts/{draft['id']}/submit")
    tap.case("who hands it in does not approve it", me.call("POST", f"/drafts/{draft['id']}/approve").status == 403)
    approver, assessor = Person(site, site.people[1]), Person(site, site.people[3])
    page = f"/provider/drafts/{draft['id']}"
    shown = approver.press(page, f"{page}/approve")
    slug = me.good("GET", f"/drafts/{draft['id']}")["slug"]
    tap.case("a person approves it, and everybody reads it", "Published" in shown.text and "Dataetik i praksis" in
             send(me.opener, "GET", f"{site.url}/specifications/{slug}", headers={"Accept-Language": "da"}).text, shown)

    # ---- award ----
    upload = f"/specifications/{slug}/batches?file=autumn.csv"
    batch = me.good("POST", upload, LEARNERS.encode(), key="autumn", type="text/csv")
    repeat = me.call("POST", upload, LEARNERS.encode(), key="autumn", type="text/csv")
    other = me.call("POST", upload, LEARNERS.replace("Inge", "Inga").encode(), key="autumn", type="text/csv")
    tap.case("results sent twice are one batch; another table under the same key is refused", repeat.json["id"] == batch["id"] and
             other.status == 422 and other.json["code"] == "key_of_another" and len(me.good("GET", f"/specifications/{slug}/batches")["items"]) == 1, other)
    rows = me.good("GET", f"/batches/{batch['id']}/rows?fate=refused")["items"]
    tap.case("the wrong row is told with its number and a code", [r["number"] for r in rows] == [14] and "result.date" in json.dumps(rows), rows)
    unsigned = me.call("POST", f"/batches/{batch['id']}/seal")
    tap.case("nothing is sealed before somebody has signed off", unsigned.status in (403, 409), unsigned)
    page = f"/provider/batches/{batch['id']}"
    assessor.press(page, f"{page}/sign")
    me.good("POST", f"/batches/{batch['id']}/seal", key="seal-autumn")
    wait_for("the batch is sealed", lambda: me.good("GET", f"/batches/{batch['id']}")["state"] == "sealed")
    me.good("POST", f"/batches/{batch['id']}/seal", key="seal-autumn")
    awarded = me.good("GET", f"/batches/{batch['id']}/achievements?limit=5")
    items = awarded["items"]
    while "next" in awarded:
        awarded = me.good("GET", f"/batches/{batch['id']}/achievements?limit=5&after={awarded['next']}")
        items += awarded["items"]
    tap.case("twelve are sealed, read in parts of five, none twice", len(items) == 12 and len({i["id"] for i in items}) == 12, items)

    # ---- fetch, verify ----
    for form in ("european", "badge", "wallet"):
        file = me.call("GET", f"/achievements/{items[0]['id']}/files/{form}")
        report = send(me.opener, "POST", f"{site.url}/api/v1/verify", file.body)
        seal = [c["state"] for c in report.json.get("checks", []) if c["code"] in ("seal", "signature")]
        tap.case(f"the credential is fetched and verified by anybody: {form}", file.status == 200 and report.status == 200 and seal and seal[0] == "passed", report)
    me.good("POST", f"/batches/{batch['id']}/mail")
    mail = post.wait("twelve mails", lambda mails: len({m["to"] for m in mails if "/claim/" in m["text"]}) == 12 and next(m for m in mails if "/claim/" in m["text"]))
    claim = re.search(r"http\S+/claim/\S+", mail["text"])[0]
    send(me.opener, "POST", f"{claim}/accept", b"")
    wait_for("the counters say so", lambda: (lambda c: c["awarded"] == 12 and c["mailed"] == 12 and c["claimed"] == 1)(me.good("GET", f"/batches/{batch['id']}/counts")))
    tap.case("mails go out, one learner accepts, and the counters say so", True)

    # ---- the webhook ----
    hook.wait("somebody accepted", lambda got: [e for _, e in got if e["type"] == "achievement.claimed"])
    hook.wait("twelve were awarded", lambda got: len({e["data"]["id"] for _, e in got if e["type"] == "achievement.awarded"}) == 12)
    genuine = is_genuine()
    good = [genuine(made["secret"], {k.lower(): v for k, v in h.items()}, b) for h, b in hook.got]
    told = {json.loads(b)["type"] for _, b in hook.got}
    tap.case("the webhook was told everything, and each signature is genuine by the lines of docs/webhooks.md", all(good) and told == set(wanted), f"{told} {good}")
    headers, body = hook.got[0]
    headers = {k.lower(): v for k, v in headers.items()}
    tap.case("a changed event is not genuine", not genuine(made["secret"], headers, body.replace(b"2", b"3", 1) if b"2" in body else body + b" "))
    tap.case("events name nobody", not any(b"Inge" in b or b"@" in b for _, b in hook.got))


def main(merit, work, engine="sqlite"):
    tap, work = Tap(), Path(work).resolve()
    again_with_the_systems_python()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    if not Controller:
        print("1..0 # SKIP aiosmtpd is not installed: apt install python3-aiosmtpd")
        return 0
    with Cluster() if engine == "postgresql" else open("/dev/null") as base, Box() as post, Receiver() as hook:
        if engine == "postgresql" and not base.installed:
            print("1..0 # SKIP PostgreSQL is not installed (postgresql-15)")
            return 0
        place = ["--database", base.database()[1]] if engine == "postgresql" else []
        with Site(merit, work / "data", "--demo", "--smtp", f"smtp://127.0.0.1:{post.port}", "--mail-from", "post@merit.example.org", "--fetch-from", hook.address, *place) as site:
            began = time.monotonic()
            try:
                journey(tap, site, post, hook)
            except Exception:  # noqa: BLE001: a journey that cannot go on is a case that failed
                tap.case("the journey goes on to its end", False, traceback.format_exc())
            tap.case("from nothing to the end in less than five minutes", time.monotonic() - began < 300)
    print(f"1..{tap.number}")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
