#!/usr/bin/env python3
"""Journey J9: an operator's years with one installation, one after the other: made, checked, served; awards; a backup while it runs, restored elsewhere, the same credentials octet
for octet; a new seal beside the old one; moved to PostgreSQL; a second node; awards on both; each node replaced while the other answers. What single commands do on bad days is in
db.py and operating.py. Prints TAP.

    j9.py MERIT WORK
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import hashlib  # noqa: E402
import shutil  # noqa: E402
import sqlite3  # noqa: E402
import subprocess  # noqa: E402
import traceback  # noqa: E402
from journeys import Person, Site, send  # noqa: E402
from postgresql import Cluster  # noqa: E402
from tap import Tap  # noqa: E402

SCHOOL = "Aarhus School of Nursing (invented)"
OWNER = "/C=DK/O=Aarhus School of Nursing (invented)/organizationIdentifier=VATDK-00000000/CN=Next seal of the school"


def award(program, name):
    return program.good("POST", "/achievements", {"specification": "wound-care-2026", "name": name, "birth_date": "1990-01-02"}, key=name.replace(" ", "-"))["id"]


def files(program, ids):
    """The sealed octets of each, in each form."""
    return {(i, form): hashlib.sha256(program.call("GET", f"/achievements/{i}/files/{form}").body).hexdigest() for i in ids for form in ("european", "badge", "wallet")}


def next_seal(work):
    """A seal of the provider from another authority than the installation's own."""
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=work)
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-days", 3650, "-subj", "/C=DK/O=Trust Example (invented)/CN=Seal CA", "-addext",
            "keyUsage=keyCertSign,cRLSign")
    openssl("req", "-new", *ec, "-keyout", "next.key", "-out", "next.csr", "-subj", OWNER)
    (work / "ext").write_text("keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "next.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 700, "-extfile", "ext", "-out", "next.pem")
    openssl("pkcs12", "-export", "-inkey", "next.key", "-in", "next.pem", "-certfile", "ca.pem", "-out", "next.p12", "-passout", "pass:geheim")
    return work / "next.p12"


def sound(site):
    """Every table but jobs, as `merit db check` digests it; None when something is damaged."""
    done = site.run("db", "check")
    return [line for line in done.stdout.splitlines() if " rows  " in line and not line.startswith("  job ")] if done.returncode == 0 else None


def years_ago(data, old):
    """The same installation as a program of the third migration left it: the tables of then, with what the columns of then hold. Their rows, counted."""
    shutil.copytree(data, old, ignore=shutil.ignore_patterns("merit.db*", "lock"))
    db, counts = sqlite3.connect(old / "merit.db"), {}
    db.execute("CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)")
    for number, file in enumerate(sorted((ROOT / "sql/migrations").glob("000[123]_*.sql")), 1):
        db.executescript(file.read_text())
        db.execute("INSERT INTO schema_version VALUES (?, ?)", (number, file.name))
    db.commit()
    db.execute("ATTACH ? AS now", (str(data / "merit.db"),))
    for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name IN ('organisation', 'specification', 'batch', 'achievement', 'credential')").fetchall():
        there = {row[1] for row in db.execute(f"PRAGMA now.table_info({table})")}
        names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})") if row[1] in there)
        db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        counts[table] = db.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0]
    db.commit()
    db.close()
    return counts


def upgraded(tap, merit, work, data, program, ids, before):
    old = work / "old"
    counts = years_ago(data, old)
    site = Site(merit, old)
    done = site.run("db", "upgrade")
    digests = {line.split()[0]: int(line.split()[1]) for line in site.run("db", "check").stdout.splitlines() if " rows  " in line}
    tap.case("a database of the third migration is brought up to date, and every row is there", done.returncode == 0 and counts["achievement"] >= 6 and
             all(digests.get(table) == count for table, count in counts.items()), f"{done.stdout}{done.stderr}{counts}{digests}")
    with site:
        later = site.token("Later", "award", SCHOOL)
        tap.case("its credentials are the same octets, and it goes on awarding", files(later, ids) == before and award(later, "Learner after the upgrade"))


def journey(tap, merit, work, cluster):
    data = work / "data"
    site = Site(merit, data, "--demo")
    made = site.run("init", "--admin-email", "ada@example.com", "--admin-name", "Ada Holm", "--public-url", site.url)
    link = next((word for word in (made.stdout + made.stderr).split() if "/sign-in/link/" in word), "")
    checked = site.run("config", "check", "--data", data)
    tap.case("an installation is made, its settings are sound, and a link for the administrator is printed", made.returncode == 0 and link and checked.returncode == 0,
             made.stdout + made.stderr + checked.stdout + checked.stderr)

    with site:
        tap.case("the administrator comes in by it", Person(site, link, "/installation").read("/installation").status == 200)
        program = site.token("Operator", "describe,award,manage", SCHOOL)
        ids = [award(program, f"Learner {i}") for i in range(5)]
        before = files(program, ids)
        saved = site.run("db", "backup", work / "backup.tar")
        late = award(program, "Learner after the backup")
        tap.case("a backup is made while it runs", saved.returncode == 0, saved.stderr)
    site.run("db", "restore", work / "backup.tar", "--data", work / "restored")
    with Site(merit, work / "restored") as other:
        elsewhere = type(program)(other, program.token)
        octets = elsewhere.call("GET", f"/achievements/{ids[0]}/files/european").body
        report = send(elsewhere.opener, "POST", f"{other.url}/api/v1/verify", octets).json
        seal = [c["state"] for c in report["checks"] if c["code"] == "seal"]
        tap.case("restored elsewhere, all credentials are there octet for octet, and genuine", files(elsewhere, ids) == before and seal == ["passed"], report)
        tap.case("what came after the backup is not", elsewhere.call("GET", f"/achievements/{late}").status == 404)

    upgraded(tap, merit, work, data, program, ids, before)
    added = site.run("seal", "add", next_seal(work), env={"MERIT_PASSWORD": "geheim"})
    tap.case("the next seal is put beside the old one", added.returncode == 0, added.stdout + added.stderr)

    if not cluster.installed:
        tap.skip("moved to PostgreSQL, two nodes", "PostgreSQL is not installed (postgresql-15)")
        return
    wanted = sound(site)
    name, url = cluster.database()
    moved = site.run("db", "move", "--to", url)
    tap.case("moved to PostgreSQL with every table as it was", moved.returncode == 0 and wanted and sound(site) == wanted, moved.stdout + moved.stderr)
    second = work / "second"
    second.mkdir()
    for item in ("secret", "password", "authority.pem", "database"):
        shutil.copy(data / item, second / item)
    for item in ("seals", "keys", "trust"):
        if (data / item).exists():
            shutil.copytree(data / item, second / item)
    nodes = [Site(merit, data).start(), Site(merit, second).start()]
    try:
        programs = [type(program)(node, program.token) for node in nodes]
        new = [award(programs[i % 2], f"Learner of node {i % 2}, {i}") for i in range(4)]
        tap.case("both nodes award, and each gives what the other sealed", files(programs[0], new) == files(programs[1], new) and len(set(new)) == 4)
        report = send(programs[1].opener, "POST", f"{nodes[1].url}/api/v1/verify", programs[1].call("GET", f"/achievements/{new[1]}/files/european").body).text
        tap.case("the next seal seals, on the second node, too", "Next seal of the school" in report or "Seal CA" in report or "Trust Example" in report, report[:3000])
        for i in range(2):
            nodes[i].stop()
            awarded = award(programs[1 - i], f"Learner while node {i} is away")
            nodes[i].start()
            tap.case(f"node {i} is replaced, and what was awarded meanwhile is there", programs[i].call("GET", f"/achievements/{awarded}").status == 200)
        tap.case("what was sealed first is still the same octets", files(programs[1], ids) == before)
        count = int(cluster.sql(name, "SELECT count(*) FROM achievement WHERE learner_key IS NOT NULL"))
        rows = sqlite3.connect(data / "merit.db.moved").execute("SELECT count(*) FROM achievement").fetchone()[0]
        tap.case("nobody was awarded twice or lost", count == rows + 6, f"{count} {rows}")
    finally:
        for node in nodes:
            node.stop()


def main(merit, work):
    tap, work = Tap(), Path(work).resolve()
    merit = Path(merit).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with Cluster() as cluster:
        try:
            journey(tap, merit, work, cluster)
        except Exception:  # noqa: BLE001: a journey that cannot go on is a case that failed
            tap.case("the journey goes on to its end", False, traceback.format_exc())
    print(f"1..{tap.number}")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
