"""Figures of the provider's office, end to end: a server of our own with demo data, asked over HTTP on loopback.

award_single, batch_csv and pages are called by bench/run; each makes its own data folder below the work folder. MERIT_BENCH_ROWS
says how many results and achievements there are instead of those that the figures name: a quick look, not a figure.
"""
import csv
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import serving

ROOT = Path(__file__).resolve().parent.parent
PROVIDER = "Aarhus School of Nursing (invented)"
CLIENTS = 64
DAY = 24 * 3600 * 1000


def rows_of(usual):
    return int(os.environ.get("MERIT_BENCH_ROWS") or usual)


class Office:
    """A demo server in a new folder, and a token for its first provider; use it as `with Office(...) as office`."""

    def __init__(self, merit, folder, again=False):
        self.merit, self.folder = merit, folder
        if not again:
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            subprocess.run([merit, "init", "--data", folder], check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def __enter__(self):
        self.server = serving.Server(self.merit, self.folder, "--demo").__enter__()
        self.pid = self.server.process.pid
        self.token = self.new_token()
        return self

    def __exit__(self, *what):
        self.server.__exit__(*what)

    def new_token(self):
        done = subprocess.run([self.merit, "token", "add", "Bench", "--scope", "describe,award,manage", "--org", PROVIDER, "--data", self.folder],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def ask(self, method, path, body=None, kind="application/json"):
        """One call of the API; a dict is sent as JSON. What came back, read as JSON."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(self.server.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                text = answer.read()
        except urllib.error.HTTPError as fault:
            raise RuntimeError(f"{method} {path}: {fault.code} {fault.read()[:500]}") from fault
        return json.loads(text) if text else None

    def settings(self, formats, page_image):
        self.ask("POST", "/api/v1/award-settings", {"same_person": True, "page_image": page_image, "formats": formats, "renew_days": 90, "remind_days": [90]})

    def session(self, role):
        """The cookie of an invented person, who signs in by the link that the demo printed."""
        path = re.search(rf"{role}:.*\n\s*http://[^/]+(/sign-in/link/\S+)", "".join(self.server.said)).group(1)
        return self.form(path, None, {"to": ""})["Set-Cookie"].split(";")[0]

    def form(self, path, cookie, fields):
        """Send a form, and return the headers of the answer, which sends the browser elsewhere."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        request = urllib.request.Request(self.server.url + path, data=urllib.parse.urlencode(fields).encode(), headers={"Cookie": cookie} if cookie else {})
        try:
            urllib.request.build_opener(Stay).open(request, timeout=600)
        except urllib.error.HTTPError as answer:
            if answer.code == 303:
                return answer.headers
            raise RuntimeError(f"POST {path}: {answer.code} {answer.read()[:500]}") from answer
        raise RuntimeError(f"POST {path} did not redirect")

    def sign_off(self, batch):
        """The invented assessor signs the results off."""
        cookie = self.session("assessor")
        page = urllib.request.Request(f"{self.server.url}/provider/batches/{batch}", headers={"Cookie": cookie})
        with urllib.request.urlopen(page, timeout=600) as answer:
            token = re.search(r'name="form_token" value="([^"]+)"', answer.read().decode()).group(1)
        self.form(f"/provider/batches/{batch}/sign", cookie, {"form_token": token})


# One credential each.

AWARDS = """
local tokens, turn, thread_count = {%s}, 0, 0
function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end
function request()
  turn = turn + 1
  local token = tokens[turn %% #tokens + 1]
  local body = string.format('{"specification":"wound-care-2026","name":"Alva Bench-%%d-%%d","birth_date":"1990-01-01"}', number, turn)
  return wrk.format("POST", "/api/v1/achievements", {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}, body)
end
function done(summary, latency)
  io.write(string.format("RESULT %%d %%d %%.1f\\n", summary.requests, summary.errors.status + summary.errors.timeout, latency:percentile(99) / 1000))
end
"""


def award_single(merit, folder, sealed_alone):
    """(credentials a second of the clock end to end, of them a commit each, ms that 99 of 100 wait, CPU of the server for each in ms)

    Each of 64 connections sends an award and waits until it is sealed and durable; as many tokens, since each has its limit of requests. Beside it the same sealed
    credential kept by as many threads, a transaction for each (sealed_alone measures that on the same disk)."""
    with Office(merit, folder) as office:
        office.settings(["elm"], False)
        tokens = ", ".join(f'"{office.new_token()}"' for _ in range(CLIENTS))
        script = folder / "awards.lua"
        script.write_text(AWARDS % tokens)
        before = sealed_alone()
        cpu = serving.cpu_seconds(office.pid)
        with_clients = wrk(office.server.url, script, seconds=6)
        used = serving.cpu_seconds(office.pid) - cpu
        after = sealed_alone()
        requests, refused, wait = with_clients["RESULT"]
        counted = sqlite3.connect(folder / "merit.db")
        kept = counted.execute("SELECT COUNT(*) FROM achievement WHERE learner_name LIKE 'Alva Bench-%'").fetchone()[0]
        counted.close()
        if refused or kept < requests:
            raise RuntimeError(f"{refused:g} of {requests:g} awards were refused, {kept} were kept")
    return requests / with_clients["seconds"], (before + after) / 2, wait, 1000 * used / requests


def wrk(url, script=None, seconds=3, cookie=None, threads=2, clients=CLIENTS):
    command = ["wrk", "-t", str(threads), "-c", str(clients), "-d", f"{seconds}s", "--timeout", "60s"]
    if script:
        command += ["-s", os.fspath(script)]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    start = time.perf_counter()
    done = subprocess.run([*command, url], capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"wrk: {done.stdout[-200:]}{done.stderr[-200:]}")
    if re.search(r"Non-2xx|Socket errors", done.stdout):
        raise RuntimeError(f"{url}: not every answer was right: {done.stdout[-300:]}")
    told = {"seconds": took, "requests": int(re.search(r"(\d+) requests in", done.stdout).group(1))}
    found = re.search(r"RESULT (\S+) (\S+) (\S+)", done.stdout)
    if found:
        told["RESULT"] = tuple(float(x) for x in found.groups())
    return told


# A table of results.

class Batch:
    """What a batch used: rows, CPU seconds of the server for upload and sealing, seconds of the clock, peak MiB, mean octets of a document by format."""


def results_table(path, rows):
    given, family = "Ana Björn Chiara Eva Fatima Jan Luís Søren Tomáš Zoë".split(), "Müller Novák García Nilsen Õunapuu Silva".split()
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["given_name", "family_name", "birth_date", "email", "grade", "awarded"])
        for i in range(rows):
            table.writerow([given[i % len(given)], f"{family[i // len(given) % len(family)]}-{i}",
                            f"{1960 + i % 45}-{1 + i % 12:02}-{1 + i % 28:02}", f"learner{i}@example.eu", "passed", "2026-06-12"])


def peak_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no such process {pid}")


def batch_csv(merit, folder, rows, formats, page_image):
    """Upload a table, have it sealed and stored, and look that all is there."""
    used = Batch()
    used.rows = rows
    with Office(merit, folder) as office:
        table = folder / "results.csv"
        results_table(table, rows)
        office.settings(formats, page_image)
        cpu, start = serving.cpu_seconds(office.pid), time.perf_counter()
        batch = office.ask("POST", "/api/v1/specifications/wound-care-2026/batches?file=results.csv", table.read_bytes(), "text/csv")["id"]
        used.upload_cpu = serving.cpu_seconds(office.pid) - cpu
        office.sign_off(batch)
        office.ask("POST", f"/api/v1/batches/{batch}/seal")
        while (state := office.ask("GET", f"/api/v1/batches/{batch}"))["state"] == "sealing":
            time.sleep(1)
        used.cpu, used.wall = serving.cpu_seconds(office.pid) - cpu, time.perf_counter() - start
        used.peak = peak_mib(office.pid)
        if state["state"] != "sealed":
            raise RuntimeError(f"the batch is {state}")
    database = sqlite3.connect(folder / "merit.db")
    kept = dict(database.execute("SELECT format, COUNT(*) FROM credential WHERE achievement_id IN (SELECT id FROM achievement WHERE batch_id = ?) GROUP BY format",
                                 (batch,)).fetchall())
    used.octets = database.execute("SELECT SUM(LENGTH(content)) FROM credential").fetchone()[0] / rows
    database.close()
    if kept != {name: rows for name in formats}:
        raise RuntimeError(f"of {rows} rows there are {kept}")
    shutil.rmtree(folder, ignore_errors=True)
    return used


# Pages of a provider with a million achievements.

SPECIFICATIONS = 40
BATCH_ROWS = 500

FILL = """
INSERT INTO batch (id, org_id, specification_id, state, file_name, rows_read, rows_ready, rows_sealed, created_at, sealed_at, signed_at, signed_by, signed_name, mailing)
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $batches)
  SELECT printf('0190aaaa-0000-7000-8000-%012x', i), $org, (SELECT id FROM bench_spec WHERE number = CASE i % 2 WHEN 0 THEN 0 ELSE i / 2 % $specs END), 'sealed',
    'results-' || i || '.csv', $rows, $rows, $rows, $from + i * 60000, $from + i * 60000 + 5000, $from + i * 60000, 'bench', 'Bo Bench', 'queued' FROM n;
INSERT INTO achievement (id, org_id, specification_id, batch_id, row_number, learner_key, person_key, learner_name, search_name, learner_email, awarded_on, claim_state,
    claim_until, created_at, expires_at, status)
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $all)
  SELECT printf('0190bbbb-0000-7000-8000-%012x', i), $org, b.specification_id, b.id, i % $rows + 2, printf('%032x', i), printf('%032x', i),
    'Learner Number ' || i, 'learner number ' || i, 'learner' || i || '@example.eu', date(b.created_at / 1000, 'unixepoch'),
    CASE WHEN i % 3 = 0 THEN 'accepted' WHEN i % 101 = 0 THEN 'declined' ELSE 'open' END, b.created_at + 7776000000, b.created_at,
    CASE WHEN i % 4 = 0 THEN b.created_at / 86400000 * 86400000 + 94694399000 END, CASE WHEN i % 997 = 0 THEN 'revoked' ELSE 'active' END
  FROM n JOIN batch b ON b.id = printf('0190aaaa-0000-7000-8000-%012x', i / $rows);
INSERT INTO credential (achievement_id, org_id, format, content, created_at)
  SELECT id, org_id, 'elm', x'7b7d', created_at FROM achievement WHERE learner_name LIKE 'Learner Number %';
INSERT INTO status_entry (list_id, idx, achievement_id, award_key, state)
  SELECT (SELECT MIN(id) FROM status_list), row_number * 1000000 + ROW_NUMBER() OVER (), id, person_key, 'active' FROM achievement WHERE learner_name LIKE 'Learner Number %';
INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, created_at, sent_at)
  SELECT REPLACE(id, '0190bbbb', '0190cccc'), org_id, 'claim', 'en', learner_email, id, '{"learner":"A","title":"B","provider":"C","link":"/","until":"2027-01-01","language":"en"}',
    CASE WHEN row_number % 50 = 0 THEN 'refused' ELSE 'sent' END, 1, created_at, created_at, created_at + 1000 FROM achievement WHERE learner_name LIKE 'Learner Number %';
INSERT INTO enrolment (id, org_id, specification_slug, learner_key, full_name, email, state, source, language, batch_id, created_at, changed_at)
  SELECT REPLACE(n.id, '0190bbbb', '0190dddd'), n.org_id, s.slug, n.learner_key, n.learner_name, n.learner_email,
    CASE n.row_number % 20 WHEN 0 THEN 'enrolled' ELSE 'completed' END, 'file', 'en', n.batch_id, n.created_at, n.created_at
  FROM achievement n JOIN specification s ON s.id = n.specification_id WHERE n.learner_name LIKE 'Learner Number %';
INSERT INTO audit (id, org_id, at, actor_kind, actor_id, action, object_id)
  SELECT REPLACE(id, '0190aaaa', '0190eeee'), org_id, created_at, 'person', 'bench', 'batch.seal', id FROM batch;
"""


def fill(merit, folder, achievements):
    """A data folder in which the first provider has published 40 more specifications and awarded so many; half of them of one specification."""
    with Office(merit, folder) as office:
        document = json.loads((ROOT / "docs/examples/wound-care.json").read_text())
        office.settings(["elm"], False)
        for i in range(SPECIFICATIONS):
            document["id"] = f"bench-{i:02}"
            office.ask("POST", "/api/v1/specifications", document)
    database = sqlite3.connect(folder / "merit.db")
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY; CREATE TEMP TABLE bench_spec (number INTEGER PRIMARY KEY, id TEXT);")
    database.execute("INSERT INTO bench_spec SELECT ROW_NUMBER() OVER (ORDER BY slug) - 1, id FROM specification WHERE slug LIKE 'bench-%'")
    org = database.execute("SELECT org_id FROM specification WHERE slug = 'bench-00'").fetchone()[0]
    values = {"org": org, "all": achievements, "rows": BATCH_ROWS, "batches": -(-achievements // BATCH_ROWS), "specs": SPECIFICATIONS,
              "from": int(time.time() * 1000) - 700 * DAY}
    for text in FILL.split(";\n"):
        if text.strip():
            database.execute(text, {k: v for k, v in values.items() if f"${k}" in text})
    count_again(database)
    database.commit()
    database.execute("ANALYZE")
    database.commit()
    database.close()


def count_again(database):
    """The tables of counts, as the migrations that made them count what was there."""
    text = "".join(re.sub(r"--.*", "", (ROOT / "sql/migrations" / name).read_text()) for name in ("0014_count.sql", "0019_pages.sql"))
    for table in ("mail_count", "enrolment_count", "achievement_count", "expiry_count", "specification_count"):
        database.execute(f"DELETE FROM {table}")
    for statement in text.split(";"):
        if re.match(r"(INSERT|UPDATE)\b", statement.strip()):
            database.execute(statement)


def filled(merit, folder, achievements):
    """The folder of `fill`, made once for each state of the migrations."""
    scripts = "".join(sorted(p.name for p in (ROOT / "sql/migrations").glob("*.sql")))
    stamp, want = folder / "bench-stamp", f"{scripts} {achievements}\n{FILL}"
    if not stamp.exists() or stamp.read_text() != want:
        fill(merit, folder, achievements)
        stamp.write_text(want)
    return folder


def addresses(folder):
    """What is asked: lists and forms, by a name for people."""
    database = sqlite3.connect(folder / "merit.db")
    achievement, batch = database.execute("SELECT id, batch_id FROM achievement WHERE learner_name = 'Learner Number 500'").fetchone()
    mail = database.execute("SELECT id FROM mail WHERE object_id = ?", (achievement,)).fetchone()[0]
    database.close()
    of_one = "/provider/specifications/bench-00"
    lists = {"overview": "/provider", "specifications": "/provider/specifications", "specification": of_one, "batch": f"/provider/batches/{batch}",
             "numbers": f"{of_one}/numbers", "enrolments": "/provider/enrolments", "enrolments of one": "/provider/enrolments?specification=bench-00",
             "mail": "/provider/mail", "ending soon": "/provider/ending", "catalogue": "/specifications"}
    forms = {"award": f"{of_one}/award", "replace": f"/provider/achievements/{achievement}/replace", "status": f"/provider/achievements/{achievement}/status",
             "one mail": f"/provider/mail/{mail}", "verify": "/verify"}
    return lists, forms


class Bare:
    """bench_evhttp, for as long as it is asked."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def per_cpu_second(pid, url, cookie, seconds):
    cpu = serving.cpu_seconds(pid)
    requests = wrk(url, seconds=seconds, cookie=cookie, threads=1, clients=8)["requests"]
    return requests / max(serving.cpu_seconds(pid) - cpu, 0.01)


def size_of(url, cookie):
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return len(answer.read())


ALL_PAGES = """
local paths, turn = {%s}, 0
function request()
  turn = turn + 1
  return wrk.format("GET", paths[turn %% #paths + 1], {["Cookie"] = "%s"})
end
"""


def load_all(office, folder, cookie, seconds):
    """All pages in turn, by as many clients as a provider has at once."""
    script = folder / "pages.lua"
    script.write_text(ALL_PAGES % (", ".join(f'"{path}"' for of_kind in addresses(folder) for path in of_kind.values()), cookie))
    return wrk(office.server.url, script, seconds)


def pages(merit, evhttp, folder, achievements, seconds, rounds):
    """({"list": (rate, bare rate), "form": ...} of the slowest page of each kind beside a bare answer of its size, remarks, (MiB of the server under this load, and at most))

    The memory is that after and while CLIENTS ask for all pages in turn."""
    filled(merit, folder, achievements)
    worst, remarks = {}, []
    bare = Bare(evhttp)
    try:
        with Office(merit, folder, again=True) as office:
            cookie = office.session("registrar")
            for kind, of_kind in zip(("list", "form"), addresses(folder)):
                for name, path in of_kind.items():
                    url = office.server.url + path
                    size = size_of(url, cookie)
                    ours, theirs = [], []
                    for _ in range(rounds):
                        ours.append(per_cpu_second(office.pid, url, cookie, seconds))
                        theirs.append(per_cpu_second(bare.process.pid, f"{bare.url}/{size}", None, seconds))
                    pair = statistics.median(ours), statistics.median(theirs)
                    remarks.append(f"pages.{kind} {name}: {pair[0]:,.0f}/s, {size / 1024:.1f} KiB, bare {pair[1]:,.0f}/s, ratio {pair[0] / pair[1]:.3g}")
                    if kind not in worst or pair[0] / pair[1] < worst[kind][0] / worst[kind][1]:
                        worst[kind] = pair
            answered = load_all(office, folder, cookie, 10)
            remarks.append(f"all pages in turn, {CLIENTS} clients: {answered['requests'] / answered['seconds']:,.0f}/s of the clock")
            loaded = serving.resident_kib(office.pid) / 1024, peak_mib(office.pid)
    finally:
        bare.close()
    return worst, remarks, loaded
