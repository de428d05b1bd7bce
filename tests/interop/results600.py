#!/usr/bin/env python3
"""A workbook of 600 results with 37 planted faults (tests/web/faulty_workbook.py), by HTTP and mail: a registrar uploads it in her browser's way and says how its grades are to be
read, exactly the 37 rows come back, each with its reason; an assessor signs off, the other 563 are sealed, and a mail server gets 563 mails for 563 learners. Prints TAP.

    results600.py MERIT WORK [sqlite|postgresql]
"""
import csv
import io
import re
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from journeys import Person, Site, wait_for  # noqa: E402
from postgresql import Cluster  # noqa: E402
from smtp_box import Box, Controller, again_with_the_systems_python  # noqa: E402
from tap import Tap  # noqa: E402

SCHOOL = "Aarhus School of Nursing (invented)"
SCALE = {"columns": {"given_name": "given name", "family_name": "family name", "birth_date": "birth date", "email": "e-mail", "student_number": "student number",
                     "grade": "grade", "date": "date", "place": "place", "ects": "ects"}, "grades": {"passed": ["G", "VG"], "not_passed": ["U"]}}
CASES = 37, 563


def journey(tap, site, post, work):
    book, list_of_faults = work / "faulty.xlsx", work / "faulty.tsv"
    subprocess.run([sys.executable, ROOT / "tests/web/faulty_workbook.py", book, list_of_faults], check=True)
    planted = {int(row): (fate, codes.split()) for row, fate, codes in (line.split("\t") for line in list_of_faults.read_text().splitlines())}
    registrar, assessor = Person(site, site.people[2]), Person(site, site.people[3])
    program = site.token("Student system", "award", SCHOOL)
    slug = "wound-care-2026"

    shown = registrar.upload(f"/provider/specifications/{slug}", f"/provider/specifications/{slug}/results", "results.xlsx", book.read_bytes())
    batch = re.search(r"/provider/batches/([0-9a-f-]{36})", shown.url)[1]
    program.good("PUT", f"/batches/{batch}/mapping?remember=true", SCALE)
    page = f"/provider/batches/{batch}"
    shown = registrar.read(page)
    tap.case("the page says that 600 rows were read and 563 are ready", "600 rows read. 563 are ready" in shown.text, re.search(r"<h1>.*?</h1>", shown.text))
    left, after = [], ""
    while True:
        part = program.good("GET", f"/batches/{batch}/rows?fate=left_out&limit=10{after}")
        left += part["items"]
        if "next" not in part:
            break
        after = f"&after={part['next']}"
    got = {r["number"]: (r["fate"], [f["code"] for f in r["findings"] if not f["warning"] and f.get("code")]) for r in left}
    wrong = {row: (got.get(row), planted.get(row)) for row in got.keys() | planted.keys()
             if row not in got or row not in planted or got[row][0] != planted[row][0] or (planted[row][1] and sorted(got[row][1]) != sorted(planted[row][1]))}
    tap.case("exactly the 37 planted rows are left out, each for its own reason", len(got) == CASES[0] and not wrong, wrong)
    table = list(csv.reader(io.StringIO(registrar.read(f"{page}/refused").body.decode("utf-8-sig"))))
    reasons = [row[-1] for row in table[1:]]
    tap.case("they come back as a table with a column of reasons, and none is empty", len(reasons) == CASES[0] and table[0][-1] == "reason" and all(len(r) > 10 for r in reasons), table[:3])

    assessor.press(page, f"{page}/sign")
    registrar.press(page, f"{page}/seal", mail="yes")
    wait_for("563 are sealed", lambda: program.good("GET", f"/batches/{batch}")["state"] == "sealed", 300)
    counts = program.good("GET", f"/batches/{batch}/counts")
    tap.case("the other 563 are sealed", counts["awarded"] == CASES[1], counts)

    post.wait("563 mails", lambda mails: len([m for m in mails if "/claim/" in m["text"]]) >= CASES[1], 300)
    wait_for("the outbox says so", lambda: program.good("GET", f"/batches/{batch}/counts")["mailed"] == CASES[1])
    mails = [m for m in post.mails if "/claim/" in m["text"]]
    wanted = {f"learner{i}@example.org" for i in range(2, 602)} - {f"learner{row}@example.org" for row in planted}
    tap.case("each of the 563 learners gets one mail, and nobody else", len(mails) == CASES[1] and {m["to"] for m in mails} == wanted,
             f"{len(mails)} mails; missing {sorted(wanted - {m['to'] for m in mails})[:5]}; too many {sorted({m['to'] for m in mails} - wanted)[:5]}")
    links = {re.search(r"/claim/\S+", m["text"])[0] for m in mails}
    tap.case("with a link of her own", len(links) == CASES[1], len(links))


def main(merit, work, engine="sqlite"):
    tap, work = Tap(), Path(work).resolve()
    again_with_the_systems_python()
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        print("1..0 # SKIP openpyxl is not installed: apt install python3-openpyxl")
        return 0
    if not Controller:
        print("1..0 # SKIP aiosmtpd is not installed: apt install python3-aiosmtpd")
        return 0
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with Cluster() if engine == "postgresql" else open("/dev/null") as base, Box() as post:
        if engine == "postgresql" and not base.installed:
            print("1..0 # SKIP PostgreSQL is not installed (postgresql-15)")
            return 0
        place = ["--database", base.database()[1]] if engine == "postgresql" else []
        with Site(merit, work / "data", "--demo", "--smtp", f"smtp://127.0.0.1:{post.port}", "--mail-from", "post@merit.example.org", "--mail-rate", "100000", *place) as site:
            try:
                journey(tap, site, post, work)
            except Exception:  # noqa: BLE001: a journey that cannot go on is a case that failed
                tap.case("the journey goes on to its end", False, traceback.format_exc())
    print(f"1..{tap.number}")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
