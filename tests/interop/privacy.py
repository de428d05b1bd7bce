#!/usr/bin/env python3
"""A learner leaves with everything and is forgotten, by pages and mail: the archive is unpacked and each credential in it verified by `merit verify` in an empty configuration; the account is
erased; then every column of every table, the octets of the database files, the log and the last mail are searched for what was known of her, which may stand in the restricted
record of the provider alone. Prints TAP.

    privacy.py MERIT WORK [sqlite|postgresql]
"""
import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import traceback
import urllib.parse
import urllib.request
import http.cookiejar
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from journeys import QUIET, Person, Site, send, wait_for  # noqa: E402
from postgresql import Cluster  # noqa: E402
from smtp_box import Box, Controller, again_with_the_systems_python  # noqa: E402
from tap import Tap  # noqa: E402

SCHOOL = "Aarhus School of Nursing (invented)"
NAME, EMAIL, COLLECTION, REMARK = "Ingeborg Glemsom-Prøvesen", "ingeborg.glemsom@example.org", "Til mit nye liv", "Karakteren passer ikke, siger jeg."
CLAIM = "Tolv år i hjemmeplejen, uden papir på det"
VALUES = NAME, EMAIL, COLLECTION, REMARK, CLAIM, "Glemsom", "Ingeborg"
RECORD = {"achievement", "validation"}  # what may still hold something of her, restricted
WAITING = {"upload_row", "batch"}  # and results that wait to be sealed, while they do


class Learner(Person):
    """Comes by the link of a claim, and then has an account."""

    def __init__(self, site):  # pylint: disable=super-init-not-called
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def send(self, path, **fields):
        return send(self.opener, "POST", self.site.url + path, urllib.parse.urlencode(fields).encode(), {"Origin": self.site.url})


def award(site, post):
    """Two learners are awarded; the API keeps an answer with a name in it for a day."""
    registrar, assessor = Person(site, site.people[2]), Person(site, site.people[3])
    program = site.token("Student system", "award", SCHOOL)
    table = io.StringIO()
    csv.writer(table).writerows([["name", "birth date", "e-mail", "date"], [NAME, "1991-04-05", EMAIL, "2026-10-14"],
                                 ["Ole Blivende", "1990-01-02", "ole@example.org", "2026-10-14"]])
    slug = "wound-care-2026"
    shown = registrar.upload(f"/provider/specifications/{slug}", f"/provider/specifications/{slug}/results", "results.csv", table.getvalue().encode())
    batch = re.search(r"/provider/batches/([0-9a-f-]{36})", shown.url)[1]
    assessor.press(f"/provider/batches/{batch}", f"/provider/batches/{batch}/sign")
    registrar.press(f"/provider/batches/{batch}", f"/provider/batches/{batch}/seal", mail="yes")
    mail = post.wait("her claim", lambda mails: next((m for m in mails if m["to"] == EMAIL and "/claim/" in m["text"]), None))
    return registrar, program, batch, re.search(r"/claim/[0-9a-f-]{36}/\S+", mail["text"])[0]


def claim_and_wait(tap, site, registrar):
    """Two claims of prior learning, of which one is refused, and results that wait to be sealed, given in a second time."""
    claims = [site.operator.good("POST", "/specifications/wound-care-2026/validations", {"name": NAME, "email": EMAIL, "claim": CLAIM}, key=f"claim-{n}")["id"]
              for n in range(2)]
    site.operator.good("POST", f"/validations/{claims[0]}/decision", {"accept": False, "reasons": "Not enough of it is shown.", "assessor": "A. Assessor"}, key="refuse")
    slug, table = "wound-care-2026", f"name,email,date\nNobody Else,nobody@example.org,2026-10-14\n{NAME},{EMAIL},2026-10-14\n"
    shown = registrar.upload(f"/provider/specifications/{slug}", f"/provider/specifications/{slug}/results", "more.csv", table.encode())
    tap.case("the page of an upload says until when it is kept", "is thrown away on" in shown.text, shown)
    return claims, re.search(r"/provider/batches/([0-9a-f-]{36})", shown.url)[1]


def verify_all(tap, site, work, content):
    """Unpacked, each credential is verified without a data folder, settings or network."""
    folder, home = work / "unpacked", work / "home"
    home.mkdir()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        bad, names = archive.testzip(), archive.namelist()
        archive.extractall(folder)
    tap.case("the archive is whole, and its names lead nowhere else", bad is None and not any(n.startswith("/") or ".." in n for n in names), names)
    sealed = sorted(p for p in folder.glob("credentials/*/*"))
    tap.case("it holds the certificate and each sealed form", {p.suffix for p in sealed} >= {".pdf", ".jsonld", ".jwt"}, names)
    wrong = []
    for path in sealed:
        done = subprocess.run([site.merit, "verify", "--json", path], capture_output=True, text=True, env={"HOME": str(home), "PATH": QUIET["PATH"], "LC_ALL": "C.UTF-8"},
                              cwd=home, timeout=120, check=False)
        report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
        checks = {c["code"]: c["state"] for c in report.get("checks", [])}
        # the demo's seals are test seals, whose authority nobody knows: sealed and intact, by whom it says, and nothing failed
        if checks.get("seal") != "passed" or checks.get("format") != "passed" or "failed" in checks.values() or done.returncode not in (0, 3, 4):
            wrong.append((path.name, done.returncode, checks, done.stderr))
    tap.case(f"merit verify in an empty configuration finds all {len(sealed)} of them genuine", sealed and not wrong, wrong)
    tap.case("and left nothing in an empty home", not any(home.iterdir()), list(home.iterdir()))
    data = json.loads((folder / "data.json").read_text())
    said = json.dumps(data, ensure_ascii=False)
    tap.case("the data tells account, award, mail, collection and request", all(v in said for v in (NAME, EMAIL, COLLECTION, REMARK)) and data["awards"] and data["mails"], said)
    tap.case("and claims of prior learning, and her row of results that wait", [v["claim"] for v in data["validations"]] == [CLAIM] * 2 and data["results_waiting"][0]["row"] == "3", said)
    tap.case("a README says how to verify it", "merit verify credentials/*/*" in (folder / "README.txt").read_text("utf-8-sig"), "")
    items = json.loads((folder / "items.json").read_text())
    tap.case("every file that the index names is there", items and all((folder / f).is_file() for i in items for f in i["files"]), items)
    return sealed


def tables(site, base, place):
    """(table, column, key, text) of every column of text or octets."""
    if not place:
        db = sqlite3.connect(f"file:{site.data}/merit.db?mode=ro", uri=True)
        db.text_factory = bytes
        names = [n.decode() for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            try:
                rows = db.execute(f'SELECT * FROM "{name}"')
            except sqlite3.DatabaseError:
                continue  # a table of the search, whose module is not loaded here
            columns = [c[0] for c in rows.description]
            for row in rows:
                for column, value in zip(columns, row):
                    if isinstance(value, bytes):
                        yield name, column, value.decode("utf-8", "replace")
        db.close()
        return
    name = re.search(r"///(\w+)\?", place)[1]
    listed = base.sql(name, "SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema() "
                            "AND data_type IN ('text', 'bytea')")
    for line in listed.splitlines():
        table, column, kind = line.split(" ", 2)
        value = f'"{column}"' if kind == "text" else f"encode(\"{column}\", 'hex')"
        for text in base.sql(name, f'SELECT {value} FROM "{table}" WHERE "{column}" IS NOT NULL').splitlines():
            yield table, column, text if kind == "text" else bytes.fromhex(text).decode("utf-8", "replace")


def holding(found):
    return sorted({(t, c) for t, c, text in found if any(v.lower() in text.lower() for v in VALUES)})


def journey(tap, site, post, base, place, work):
    registrar, program, batch, claim = award(site, post)
    achievement = claim.split("/")[2]
    she = Learner(site)
    she.send(f"{claim}/accept")
    kept = she.send(f"{claim}/keep")
    tap.case("she keeps it in an account of her own", "/wallet/items/" in kept.url, kept)
    she.press("/wallet/collections", "/wallet/collections", name=COLLECTION)
    asked = she.press(f"/account/data/awards/{achievement}", f"/account/data/awards/{achievement}", remark=REMARK)
    tap.case("she has the use of the record restricted, and it counts at once", "restricted" in asked.text.lower() and "asked=1" in asked.url, asked)
    listed = registrar.read(f"/provider/batches/{batch}")
    tap.case("its name is gone from the office's list", NAME not in listed.text and "Restricted record" in listed.text, re.findall(r"<h1>.*?</h1>", listed.text))
    one = registrar.read(f"/provider/achievements/{achievement}")
    tap.case("the registrar sees it, why, and may answer", NAME in one.text and REMARK in one.text and "Lift the restriction" in one.text, one)
    answers = program.good("GET", f"/batches/{batch}/achievements")
    tap.case("programs find no name in their lists either", NAME not in json.dumps(answers, ensure_ascii=False), answers)

    claims, waiting = claim_and_wait(tap, site, registrar)
    page = she.read("/account/data")
    told = "at most 30 days after the upload", "Your account: name", "Article 6(1)", "Until you erase your account", "It stays with the provider"
    tap.case("the page tells what is kept, by whom, why and how long", all(w in page.text for w in told), page)
    archive = she.read("/account/data/export?part=1")
    tap.case("everything comes as one archive", archive.status == 200 and archive.headers["Content-Type"] == "application/zip", archive.status)
    sealed = verify_all(tap, site, work, archive.body)
    done = site.run("user", "export", EMAIL, work / "by-operator.zip")
    with zipfile.ZipFile(work / "by-operator.zip") as other:
        tap.case("the operator can make the same for somebody who cannot get in", done.returncode == 0 and sum(n.startswith("credentials/") for n in other.namelist()) == len(sealed), done)
    before = holding(tables(site, base, place))
    tap.case("before, she is in many places", len(before) > 8, before)

    pieces = []  # of her sealed credentials as they are stored, compressed, that nothing else has (pictures and descriptions have parts in common): searched for afterwards
    if not place:
        with sqlite3.connect(f"file:{site.data}/merit.db?mode=ro", uri=True) as db:
            others = [c for (c,) in db.execute("SELECT content FROM credential WHERE achievement_id <> ?", (achievement,))]
            others += [c for (c,) in db.execute("SELECT document FROM specification")]
            for (c,) in db.execute("SELECT content FROM credential WHERE achievement_id = ?", (achievement,)):
                pieces += [c[at:at + 32] for at in range(0, len(c) - 32, 32) if not any(c[at:at + 32] in other for other in others)]
        tap.case("her sealed credentials are stored", len(pieces) > 50, len(pieces))

    ask = she.read("/account/data/erase")
    tap.case("what goes and what stays is said before", all(w in ask.text for w in ("What goes", "What stays", SCHOOL.split(" (")[0], "at most 30 days", "Files that you downloaded")), ask)
    tap.case("of claims and of results that wait, too", all(w in ask.text for w in ("1 claim of prior learning", "1 decision on prior learning without an award", "1 result that waits",
                                                                                   "thrown away after 30 days")), ask)
    wrong = she.press("/account/data/erase", "/account/data/erase", email="somebody@example.org")
    tap.case("another address erases nothing", wrong.status == 422 and "Nothing was erased" in wrong.text, wrong)
    gone = she.press("/account/data/erase", "/account/data/erase", email=EMAIL)
    tap.case("done, and she is signed out", gone.status == 200 and "Your account is erased" in gone.text and NAME not in she.read("/account/data").text and she.read("/account").status in (401, 403), gone)
    last = post.wait("the last mail", lambda mails: next((m for m in mails if m["to"] == EMAIL and "erased" in m["subject"]), None))
    tap.case("a last mail says who keeps what", SCHOOL.split(" (")[0] in last["text"] and "30 days" in last["text"], last["text"])

    def only_the_record():
        left = holding(tables(site, base, place))
        return left if all(t in RECORD | WAITING for t, _ in left) else None
    left = wait_for("the last address is forgotten", only_the_record, 60)
    tap.case("what is left of her stands in the restricted record, and in results that wait", left and {t for t, _ in left} == RECORD | WAITING, left)
    registrar.press(f"/provider/batches/{waiting}", f"/provider/batches/{waiting}/discard")
    left = holding(tables(site, base, place))
    tap.case("and in the record alone once these are thrown away", left and {t for t, _ in left} == RECORD, left)
    tap.case("what nobody had decided is gone", site.operator.call("GET", f"/validations/{claims[1]}").status == 404)
    kept = registrar.read("/provider/specifications/wound-care-2026/validations")
    tap.case("the list of validations shows no name", NAME not in kept.text and "Restricted record" in kept.text, kept)
    kept = registrar.read(f"/provider/validations/{claims[0]}")
    tap.case("the decision can still be answered for, and is told to be restricted", NAME in kept.text and "Use it for nothing else" in kept.text, kept)
    hook = {"url": "https://hooks.example.org/merit", "events": ["batch.sealed"]}
    made, again = (site.operator.call("POST", "/webhooks", hook, key="hook") for _ in range(2))
    secret = made.json.get("secret", "?")
    tap.case("a webhook's secret is told once, and kept for no repetition", made.status == 201 and again.status == 409 and secret not in again.text
             and not any(secret in text for _, _, text in tables(site, base, place)), (made, again))
    one = registrar.read(f"/provider/achievements/{achievement}")
    tap.case("the provider can still answer for it, and is told not to use it", NAME in one.text and "Use it for nothing else" in one.text
             and "/claim/" not in one.text and "/replace" not in one.text, one)
    stranger, offered = Learner(site), "/specifications/wound-care-2026"
    listed = stranger.read("/specifications").text.count(offered)
    site.operator.good("POST", "/opportunities", {"specification": "wound-care-2026", "state": "open", "mode": "online", "languages": ["da"]}, key="offer")
    house = "/providers/aarhus-school-of-nursing-invented"
    opportunities = set(re.findall(r"/opportunities/[0-9a-f-]{36}", stranger.read(house).text))
    administrator = Person(site, site.people[4])
    closed = administrator.press("/provider/organisation/close", "/provider/organisation/close", slug="aarhus-school-of-nursing-invented")
    tap.case("a provider that closes says so in public, and nobody works there any more", "has been closed since" in closed.text and registrar.read(f"/provider/batches/{batch}").status in (403, 404), closed)
    refused = site.operator.call("POST", "/specifications/wound-care-2026/batches?file=more.csv", b"name\nNobody Atall\n", type="text/csv")
    tap.case("nothing is awarded in its name", refused.status == 403, refused)
    page = stranger.read(offered)
    tap.case("what it offered is in the catalogue no more; its page stays where credentials point at, and says why", listed > 0 and offered not in stranger.read("/specifications").text
             and page.status == 200 and "This provider has been closed since" in page.text and "/opportunities/" not in page.text, (listed, page))
    pages = [stranger.read(o) for o in opportunities]
    tap.case("nor can anybody enrol in what was to begin", pages and all("has been closed since" in one.text and "/enrol/" not in one.text for one in pages), pages)
    hosted = next(o for o in site.operator.good("GET", "/installation/organisations")["items"] if o["name"] == SCHOOL)
    denied = send(administrator.opener, "POST", f"{site.url}/installation/organisations/{hosted['id']}/open", b"", {"Origin": site.url})
    opened = site.operator.call("PUT", f"/installation/organisations/{hosted['id']}/closed", {"closed": False}, key="open")
    again = stranger.read(offered)
    tap.case("an administrator of the installation opens it again, nobody else", "closed_at" in hosted and denied.status == 403 and opened.status == 204
             and stranger.read("/specifications").text.count(offered) == listed and "has been closed since" not in again.text
             and set(re.findall(r"/opportunities/[0-9a-f-]{36}", stranger.read(house).text)) == opportunities, (hosted, denied, opened, again))
    tap.case("its people have their access back", registrar.read(f"/provider/batches/{batch}").status == 200)
    tap.case("the claim opens nothing any more", NAME not in Learner(site).read(claim).text, "")
    tap.case("nothing is told to log files", not any(v in (work / "log").read_text() for v in VALUES) if (work / "log").exists() else True)
    checked = None
    site.stop()
    checked = site.run("db", "check")
    tap.case("the database is whole, its counts and its log among that", checked.returncode == 0, checked.stdout[-500:] + checked.stderr)
    if place:
        return
    tidied = site.run("db", "tidy")  # results were thrown away since the erasure
    tap.case("the database can be tidied", tidied.returncode == 0, tidied)
    # the octets: what stands in the file is the record, and nothing that was removed
    copy = work / "copy.db"
    shutil.copy(site.data / "merit.db", copy)
    db = sqlite3.connect(copy)
    db.execute("PRAGMA secure_delete = ON")
    db.execute("DELETE FROM status_entry WHERE achievement_id = ?", (achievement,))
    db.execute("UPDATE achievement SET learner_name = '', learner_email = NULL, search_name = NULL, source = NULL, restricted_remark = NULL WHERE id = ?", (achievement,))
    db.execute("UPDATE validation SET learner_name = '', learner_email = '', source = '{}', claim = ''")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    files = [copy, *(p for p in site.data.rglob("*") if p.is_file() and p.name != "merit.db")]
    found = [(p.name, v) for p in files for v in VALUES if v.encode().lower() in p.read_bytes().lower()]
    found += [(p.name, piece) for p in files for octets in [p.read_bytes()] for piece in pieces if piece in octets]
    tap.case("no octet of the database file, its companions or the data folder holds more than the record", not found, found)


def main(merit, work, engine="sqlite"):
    tap, work, merit = Tap(), Path(work).resolve(), Path(merit).resolve()
    again_with_the_systems_python()
    if not Controller:
        print("1..0 # SKIP aiosmtpd is not installed: apt install python3-aiosmtpd")
        return 0
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with Cluster() if engine == "postgresql" else open("/dev/null") as base, Box() as post:
        if engine == "postgresql" and not base.installed:
            print("1..0 # SKIP PostgreSQL is not installed (postgresql-15)")
            return 0
        place = base.database()[1] if engine == "postgresql" else None
        words = ["--demo", "--smtp", f"smtp://127.0.0.1:{post.port}", "--mail-from", "post@merit.example.org", "--backup-days", "30", "--log-level", "debug",
                 "--log-requests", *(["--database", place] if place else [])]
        with Site(merit, work / "data", *words, log=work / "log") as site:
            try:
                journey(tap, site, post, base, place, work)
            except Exception:  # noqa: BLE001: a journey that cannot go on is a case that failed
                tap.case("the journey goes on to its end", False, traceback.format_exc())
    print(f"1..{tap.number}")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
