#!/usr/bin/env python3
"""Script, formulas and line ends in every field of every form and of the API; then every page, file and mail is looked at. Prints TAP.

    hostile_fields.py MERIT WORK

Each field gets words of its own, so that it is known which came to light where. Nothing may come out as markup, as an address that runs script, as a formula, or
as a header of its own.
"""
import copy
import csv
import email
import email.policy
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
from collections import deque
from pathlib import Path
from xml.etree import ElementTree

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
from hostile_site import OTHER, PROVIDER, ROOT, Client, Page, Site, wait_for, within  # noqa: E402
from tap import Tap  # noqa: E402

try:
    import openpyxl
    from aiosmtpd.controller import Controller
except ImportError:  # they belong to the system's Python
    if os.environ.get("MERIT_AGAIN") or not Path("/usr/bin/python3").exists():
        print("1..0 # SKIP aiosmtpd or openpyxl is not installed: apt install python3-aiosmtpd python3-openpyxl")
        sys.exit(0)
    os.environ["MERIT_AGAIN"] = "1"
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

NEVER = re.compile(r"/(discard|delete|remove|revoke|leave|sign-out|archive|end|withdraw|sessions|unschedule|drop|close|unsign|stop|acting-for)$|/sign-in")
# Members of the API that are words of a list, references or numbers in text: they are wrong once by themselves (test_api.c), and here what lets the rest be taken.
PLAIN = {"specification": "hostile-wound-care", "language": "en", "language_tag": "en", "change": "add", "zone": "Europe/Copenhagen", "time_zone": "Europe/Copenhagen",
         "supervision": "supervised", "roles": ["designer"], "country": "DK", "mode": "online", "currency": "EUR", "dates": "day-first", "names": "as-written", "ects": "2",
         "events": ["achievement.sealed"], "content": "JVBERi0xLjQ=", "columns": {"name": "Navn"}, "constants": {"place": "Aarhus"}, "grades": {"passed": ["7"]}, "base": None,
         "replaced_by": None, "opportunity": None, "eidas": None, "vat": None, "ror": None, "deqar": None, "schac": None, "linkedin": None, "did": None, "registration": None, "isced": None,
         "birth_date": "1991-03-02", "date": "2026-10-14", "awarded_on": "2026-10-14", "at": "2030-10-14T09:00:00Z", "start": "2027-01-10", "end": "2027-02-10",
         "apply_until": "2027-01-01", "languages": ["en"], "parent": None, "by": None, "homepage": "https://example.org/",
         "MailTest/kind": "claim", "EvidenceFile/kind": "achievement", "OrganisationChange/kind": "other", "Statement/kind": "recognition", "Opportunity/state": "planned",
         "EnrolmentNew/state": "enrolled", "EnrolmentChange/state": "enrolled", "DraftLanguage/language": "fr", "StatusChanges/code": "other", "Remark/at": None,
         "StatusChange/status": "suspended", "StatusChange/code": "review", "StatusChanges/status": "active"}
SAFE = ["2026-10-14", "12", "en", "https://example.org/", "somebody@example.org", "wound-care-2026", "09:00", "2026-10", ""]


class Words:
    """What is typed: a formula that is also markup that is also an attribute's end, with a number of its own."""

    def __init__(self):
        self.where = []

    def typed(self, where, kind=""):
        number = len(self.where)
        self.where.append(where)
        if kind == "url":
            return f"javascript:alert(m{number}m)//"
        return f"=1+m{number}m\"'><script>m{number}m</script><img src=x onerror=m{number}m>"

    def seen(self, text):
        return {int(n) for n in re.findall(r"m(\d+)m", text)}


class Box:
    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


class Fields:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap, self.words = merit, work, Tap(), Words()
        self.faults, self.shown, self.stored, self.errors = [], set(), set(), []
        self.formulas, self.files, self.last = [], 0, {}

    # ---- looking ----

    def look(self, client, path, answer):
        """Whatever was answered: is anything of ours in it alive?"""
        if answer.status >= 500:
            self.errors.append(f"{path}: {answer.status} {answer.text[:300]}")
        kind = answer.type.split(";")[0]
        for name, value in answer.headers.items():
            if re.search(r"m\d+m", value) and name.lower() not in ("location", "content-disposition"):
                self.faults.append(f"{path}: header {name}: {value}")
            if name.lower() == "location" and not value.startswith("/") and not value.startswith(self.site.url + "/"):
                self.faults.append(f"{path}: leads to {value}")
        if kind == "text/html":
            page = Page(path, answer.text)
            self.faults += [f"{path}: {fault}" for fault in page.faults]
            self.shown |= self.words.seen(answer.text)
            return page
        if kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
            self.table(path, kind, answer.body)
        elif kind == "image/svg+xml" and answer.headers.get("Content-Disposition", "").startswith("attachment"):
            self.picture(path, answer.body)  # a badge with the credential in it: words are text there, and nothing else
        elif kind in ("image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml") and self.words.seen(answer.text):
            self.faults.append(f"{path}: {kind} with words of ours")
        if answer.headers.get("X-Content-Type-Options") != "nosniff" or not kind and answer.body:
            self.faults.append(f"{path}: a browser may guess what this is ({kind})")
        return None

    def picture(self, path, body):
        for element in ElementTree.fromstring(body).iter():
            name = element.tag.rpartition("}")[2].lower()
            alive = [k for k, v in element.attrib.items() if k.rpartition("}")[2].lower().startswith("on") or
                     (k.rpartition("}")[2].lower() == "href" and not v.startswith(("#", "data:image/png;")))]
            if name in ("script", "foreignobject", "iframe", "animate", "set", "a") or alive:
                self.faults.append(f"{path}: <{name}> {alive}")

    def table(self, path, kind, content):
        self.files += 1
        if kind == "text/csv":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
            separator = max(",;\t", key=content.split(b"\n")[0].decode("utf-8", "replace").count)
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))
            cells = [cell for row in rows for cell in row]
            bad = [c for c in cells if c[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"[-+]?[\d.,]+", c)]
        else:
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            bad = [str(c.value) for c in cells if c.data_type == "f"]
            cells = [str(c.value) for c in cells]
        self.shown |= self.words.seen("\n".join(cells))
        self.formulas += [f"{path}: {cell[:60]}" for cell in bad]

    def crawl(self, client, starts, most=700, visit=None):
        """Every page that can be reached; `visit` is given each once. Pages that differ in their ids only are looked at, up to 25 of a kind."""
        queue, known, kinds, count = deque(starts), set(starts), {}, 0
        while queue and count < most:
            path = queue.popleft()
            answer = client.get(path)
            count += 1
            page = self.look(client, path, answer)
            if answer.status in (302, 303):
                page_links = [urllib.parse.urljoin(path, answer.location)]
            elif page:
                page_links = page.links
                if visit:
                    visit(page)
            else:
                continue
            for link in page_links:
                inner = within(self.site, link)
                if inner is None or inner in known or inner.startswith("/static/") or "lang=" in inner or "/operator/" in inner:
                    continue
                kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|=[^&]*", "*", inner)
                kinds[kind] = kinds.get(kind, 0) + 1
                if kinds[kind] > 25:
                    continue
                known.add(inner)
                queue.append(inner)
        return known

    # ---- typing ----

    def fill(self, form, tame):
        """Fields as pairs; `tame` says which field gets which of the harmless values instead."""
        pairs, files, typed = [], [], {}
        for f in form.fields:
            where = f"{form.action} {f.name}"
            if f.type == "file":
                files.append((f.name, self.words.typed(where) + ".pdf", b"%PDF-1.4 evidence"))
            elif f.type in ("text", "search", "textarea", "email", "url", "date", "number", "tel", "password", "time", "datetime-local"):
                step = tame.get(f.name, 0)
                if step:
                    values = [f.value] * (f.value != "") + SAFE
                    value = values[min(step - 1, len(values) - 1)]
                else:
                    value = self.words.typed(where, "url" if f.type == "url" or "url" in f.name else "")
                    typed[f.name] = value
                pairs.append((f.name, value))
            else:
                value = f.initial()
                if value is None or f.type == "radio" and any(k == f.name for k, _ in pairs):
                    continue
                if f.type == "select" and value == "" and len(f.options) > 1:
                    value = f.options[1 + tame.get(f.name, 0) % (len(f.options) - 1)]
                pairs.append((f.name, value))
        radios = {f.name for f in form.fields if f.type == "radio"} - {k for k, _ in pairs}
        for name in radios:
            pairs.append((name, next(f.value for f in form.fields if f.name == name)))
        if form.buttons:
            pairs.append(form.buttons[0])
        return pairs, files, typed

    def submit(self, client, form):
        """Send it full of bad words; what is refused is said differently until it is taken, or there is nothing left to change."""
        tame = {}
        for _ in range(12):
            pairs, files, typed = self.fill(form, tame)
            answer = client.send(form.action, pairs, files, form.multipart)
            page = self.look(client, f"POST {form.action}", answer)
            if answer.status in (302, 303) or page is None:
                self.stored |= self.words.seen(" ".join(typed.values())) if answer.status in (302, 303) else set()
                return answer.status
            again = next((f for f in page.forms if f.action == form.action and {x.name for x in form.fields} & {x.name for x in f.fields}), None)
            wrong = [f.name for f in again.fields if f.invalid] if again else []
            if not wrong:
                return answer.status
            for name in wrong:
                tame[name] = tame.get(name, 0) + 1
            if max(tame.values()) > len(SAFE) + 1:
                return answer.status
        return 0

    def forms(self, client, starts, rounds):
        sent = {}
        for _ in range(rounds):
            waiting = []

            def visit(page):
                for form in page.forms:
                    names = ",".join(sorted({f.name for f in form.fields}))
                    kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", form.action) + names
                    if form.method != "post" or NEVER.search(urllib.parse.urlsplit(form.action).path) or sent.get(kind, 0) >= 2:
                        continue
                    sent[kind] = sent.get(kind, 0) + 1
                    waiting.append(form)
            self.crawl(client, starts, visit=visit)
            # what ends something comes last, so that others are still there to be filled
            waiting.sort(key=lambda f: bool(re.search(r"/(seal|submit|approve|return|decline|accept|sign|status|decision|replace)$", f.action)))
            for form in waiting:
                self.submit(client, form)
        return sent

    # ---- the API ----

    def value(self, schema, where, tame):
        member = where.rsplit("/", 1)[-1]
        if where in PLAIN or member in PLAIN:
            return PLAIN.get(where, PLAIN.get(member))
        if where == "PartnerRequest/partner":
            return self.known["partner"]
        if where in ("EvidenceFile/object", "StatusChanges/ids"):
            return self.known["achievement"] if member == "object" else [self.known["achievement"]]
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].split("/")[-1]]
        if "enum" in schema:
            return schema["enum"][tame.get(where, 0) % len(schema["enum"])]
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            if "properties" not in schema:
                return {"en": self.words.typed(f"{where}/en")} if tame.get(where, 0) == 0 else {"en": "Plain words"}
            values = {k: self.value(v, f"{where}/{k}", tame) for k, v in schema["properties"].items() if tame.get(f"{where}/{k}", 0) < len(SAFE) + 2}
            return {k: v for k, v in values.items() if v is not None}
        if kind == "array":
            return [self.value(schema.get("items", {}), f"{where}/0", tame)]
        if kind in ("integer", "number"):
            return 1
        if kind == "boolean":
            return True
        step = tame.get(where, 0)
        if step == 0:
            return self.words.typed("API " + where, "url" if schema.get("format") == "uri" else "")
        return self.known.get(where.rsplit("/", 1)[-1]) or SAFE[min(step - 1, len(SAFE) - 1)]

    def api(self, token):
        tokens = [Client(self.site, self.site.token(f"walk {i}", PROVIDER)) for i in range(4)]  # each may ask so often
        client = Client(self.site, token)
        document = json.loads(client.get("/api/v1/openapi.json").body)
        self.schemas = document["components"]["schemas"]
        taken = {}
        for path, item in document["paths"].items():
            for method, operation in item.items():
                content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
                schema = content.get("application/json", {}).get("schema")
                if method not in ("post", "put", "patch") or not schema or "$ref" not in schema:
                    continue
                taken[f"{method} {path}"] = self.operation(tokens[len(taken) % len(tokens)], method, path, schema)
        return taken

    def operation(self, client, method, path, schema):
        name = schema["$ref"].split("/")[-1]
        address = re.sub(r"\{([^}]+)\}", lambda m: urllib.parse.quote(str(self.known.get(m.group(1), "x"))), path)
        tame, status = {}, 0
        for _ in range(25):
            body = self.value(schema, name, tame)
            answer = client.ask(method.upper(), address, json.dumps(body).encode(), {"Content-Type": "application/json"})
            self.look(client, f"{method} {path}", answer)
            status = answer.status
            if status < 300:
                self.stored |= self.words.seen(json.dumps(body))
                break
            try:
                problem = json.loads(answer.body)
            except ValueError:
                break
            pointers = [problem.get("pointer", "")] + [f.get("pointer", "") for f in problem.get("findings", []) if not f.get("warning")]
            pointers = [p for p in pointers if p]
            if not pointers:
                break
            for pointer in set(pointers):
                where = name + re.sub(r"/\d+", "/0", pointer)
                tame[where] = tame.get(where, 0) + 1
        self.last[f"{method} {path}"] = [answer.text[:500], body]
        return status

    # ---- what there is besides ----

    def things(self):
        """Ids of the provider's objects, for addresses and references."""
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        org = db.execute("SELECT id FROM organisation WHERE name = ?", (PROVIDER,)).fetchone()[0]
        other = db.execute("SELECT id FROM organisation WHERE name = ?", (OTHER,)).fetchone()[0]
        known = {"organisation": org, "partner": other, "specification": "wound-care-2026", "language": "en", "template": "claim", "*": "en", "element": "description", "file": "european"}
        for name, table in (("batch", "batch"), ("achievement", "achievement"), ("draft", "specification_draft"), ("webhook", "webhook"), ("opportunity", "opportunity"),
                            ("partner", "partner"), ("validation", "validation"), ("enrolment", "enrolment"), ("profile", "mapping"), ("mail", "mail")):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            where = " WHERE org_id = ?" if "org_id" in columns else ""
            row = db.execute(f"SELECT id FROM {table}{where} ORDER BY id DESC LIMIT 1", (org,) if where else ()).fetchone() if "id" in columns else None
            if row:
                known[name] = row[0]
        db.close()
        return known

    def describe(self, token):
        """The example of a specification with bad words in each of its texts."""
        client = Client(self.site, token)
        for name in ("wound-care",):
            path = ROOT / f"docs/examples/{name}.json"
            document = json.loads(path.read_text())
            document["id"] = f"hostile-{name}"
            tame, where = set(), []

            def spoil(value, at):
                if isinstance(value, dict):
                    return {k: spoil(v, f"{at}/{k}") for k, v in value.items()}
                if isinstance(value, list):
                    return [spoil(v, f"{at}/{i}") for i, v in enumerate(value)]
                if isinstance(value, str) and at not in tame and not at.startswith("/provider/name") and " " in value:
                    where.append(at)
                    return self.words.typed(f"specification {at}")
                return value
            for _ in range(20):
                where.clear()
                spoiled = spoil(copy.deepcopy(document), "")
                answer = client.ask("POST", "/api/v1/specifications", json.dumps(spoiled).encode(), {"Content-Type": "application/json"})
                self.look(client, f"specification {name}", answer)
                if answer.status < 300:
                    self.stored |= self.words.seen(json.dumps(spoiled))
                    break
                problem = json.loads(answer.body)
                pointers = [f["pointer"] for f in problem.get("findings", [])] + [problem.get("pointer", "")]
                before = len(tame)
                for pointer in filter(None, pointers):
                    tame |= {at for at in where if at == pointer or at.startswith(pointer + "/") or pointer.startswith(at)}
                if len(tame) == before:
                    break
            yield name, answer

    def results(self, token, specification):
        """A table whose cells are full of bad words; sealed."""
        client = Client(self.site, token)
        say = self.words.typed
        rows = [["name", "birth date", "e-mail", "student number", "grade", "date", "place"]]
        for i in range(3):
            rows.append([say("results name"), "1991-03-02", f"hostile{i}@example.org", say("results number"), say("results grade"), "2026-10-14", say("results place")])
        rows.append([say("a name that is refused"), say("a date that is refused"), say("an address that is refused"), "", "", "", ""])
        rows.append(["Eve\u202egnp.exe Ærlig", "1991-03-02", "bidi@example.org", "7", "Passed", "2026-10-14", "Aarhus"])
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        answer = client.ask("POST", f"/api/v1/specifications/{specification}/batches?file=" + urllib.parse.quote(say("name of a table")), out.getvalue().encode(),
                            {"Content-Type": "text/csv"})
        if answer.status >= 300:
            return None, answer.text
        batch = json.loads(answer.body)["id"]
        operator = self.site.operator()
        operator.send(f"/provider/batches/{batch}/sign", [("form_token", operator.form_token())])
        state = client.ask("POST", f"/api/v1/batches/{batch}/seal")
        if state.status >= 300:
            return None, state.text
        done = wait_for("the batch is sealed", lambda: (lambda s: s if s["state"] in ("sealed", "failed") else None)(json.loads(client.get(f"/api/v1/batches/{batch}").body)), 120)
        return batch, done

    def learners(self):
        db = sqlite3.connect(self.site.folder / "merit.db", timeout=60)
        names = "\n".join(row[0] for row in db.execute("SELECT learner_name FROM achievement"))
        db.close()
        return names

    def line_ends(self, token):
        """Headers of one's own, by way of a subject, a name, and an address."""
        client, bad = Client(self.site, token), "Words\r\nBcc: thief@example.org\r\nX-Injected: yes"
        answers = [client.ask("PUT", "/api/v1/mail/templates/claim/en", json.dumps({"subject": bad, "introduction": bad}).encode(), {"Content-Type": "application/json"}),
                   client.ask("POST", "/api/v1/achievements", json.dumps({"specification": "wound-care-2026", "name": bad, "email": "one@example.org", "mail": True}).encode(),
                              {"Content-Type": "application/json"}),
                   client.ask("POST", "/api/v1/achievements", json.dumps({"specification": "wound-care-2026", "name": "Ann", "email": "a@example.org\r\nBcc: thief@example.org",
                                                                          "mail": True}).encode(), {"Content-Type": "application/json"})]
        try:
            self.site.run("user", "add", "injected@example.org", "--name", bad, "--roles", "designer", "--org", PROVIDER)
            refused = False
        except subprocess.CalledProcessError:
            refused = True
        self.tap.case("a name with a line's end is refused", refused, "merit user add took it")
        self.tap.case("an address with a line's end is refused", answers[2].status in (400, 422), answers[2].text[:500])

    # ---- the walk ----

    def walk(self):
        box = Box()
        server = Controller(box, hostname="127.0.0.1", port=0)
        from hostile_site import free_port
        server.port = free_port()
        server.start()
        try:
            with Site(self.merit, self.work / "data", "--smtp", f"smtp://127.0.0.1:{server.port}", "--mail-from", "post@merit.example.org") as self.site:
                self.all(box)
        finally:
            server.stop()

    def all(self, box):
        case = self.tap.case
        operator, token = self.site.operator(), self.site.token(self.words.typed("name of a token"), PROVIDER)
        self.site.person("own@example.org", PROVIDER, "designer,assessor,registrar,approver,reviewer,auditor,administrator")
        self.line_ends(token)
        described = dict(self.describe(token))
        case("specifications full of script are taken as text", described and all(a.status < 300 for a in described.values()), {k: a.text[:600] for k, a in described.items()})
        batch, told = self.results(token, "hostile-wound-care")
        case("results full of script are sealed", batch and told["rows_sealed"] == 3, told)
        case("a name that is written backwards is refused", told["rows_ready"] == 3 and "\u202e" not in self.learners(), told)
        starts = ["/provider", "/provider/specifications", "/provider/specifications/hostile-wound-care", f"/provider/batches/{batch}", "/installation", "/account", "/",
                  "/provider/audit", "/provider/mail", "/provider/integrations/lti", "/provider/ending", "/specifications/hostile-wound-care"]
        self.known = self.things()
        taken = self.api(token)
        self.known.update(self.things())
        more = self.api(token)
        good = sorted(k for k in more if more[k] < 300 or taken.get(k, 999) < 300)
        case("most of what the API takes was taken with script in it", len(good) * 2 > len(more), [len(good), len(more), {k: v for k, v in more.items() if k not in good}])
        sent = self.forms(operator, starts, 3)
        case("forms of the whole office were filled", len(sent) > 60, sorted(sent))
        self.people(token, batch)
        starts += [f"/provider/{t}s/{self.known[t]}" for t in ("draft", "webhook", "validation", "achievement") if t in self.known]
        pages = self.crawl(operator, starts, 1500)
        case("the whole site was looked at", len(pages) > 150, len(pages))
        self.exports(operator)
        self.mails(box)
        stored_and_seen = self.stored & self.shown
        case("what was typed came to light, as text", len(stored_and_seen) > 120,
             [len(self.stored), len(self.shown), sorted(self.words.where[n] for n in self.stored - self.shown)[-25:]])
        case("nowhere as markup, and in no address", not self.faults, "\n".join(sorted(set(self.faults))))
        case("nowhere as a formula", not self.formulas, "\n".join(sorted(set(self.formulas))))
        case("tables were among what was looked at", self.files >= 8, self.files)
        case("nothing went wrong on the way", not self.errors, "\n".join(self.errors))
        case("the server is still there", self.site.alive())
        print(f"# {len(self.words.where)} bad words typed, {len(self.stored)} taken, {len(self.shown)} shown, {len(pages)} addresses, {self.files} tables")

    def people(self, token, batch):
        """Learners: their links, and what strangers may fill."""
        client, stranger = Client(self.site, token), Client(self.site)
        links = [a.get("claim_link") for a in json.loads(client.get(f"/api/v1/batches/{batch}/achievements").body)["items"]]
        paths = [within(self.site, link) for link in links if link]
        self.tap.case("learners have links", len(paths) >= 3, links)
        self.crawl(stranger, paths)
        for path in paths[:2]:
            page = Page(path, stranger.get(path).text)
            for form in page.forms:
                if form.action.endswith("/accept"):
                    self.submit(stranger, form)
        self.crawl(stranger, paths + ["/", "/claim", "/verify", "/sign-in", f"/enrol/{self.known['specification']}", "/enrol/hostile-wound-care"])
        self.forms(stranger, ["/claim", "/verify", "/sign-in", "/enrol/wound-care-2026", "/enrol/hostile-wound-care"], 1)
        for path in paths[:1]:
            for name in ("european", "jwt", "badge", "wallet"):
                self.look(stranger, f"{path}/file/{name}", stranger.get(f"{path}/file/{name}"))
        # what is wrong about an address is told, too
        bad = urllib.parse.quote(self.words.typed("an address"))
        for path in (f"/{bad}", f"/specifications?q={bad}", f"/specifications?sort={bad}", f"/providers/{bad}", f"/sign-in?to={bad}", f"/sign-in?to=//example.org/{bad}",
                     f"/verify?{bad}={bad}", f"/claim?code={bad}", f"/api/v1/catalogue?q={bad}", "/sign-in?to=https://example.org/", "/sign-in?to=/%5Cexample.org",
                     f"/sign-in/back/{bad}?state={bad}&error={bad}&error_description={bad}", f"/lti/login?iss={bad}&target_link_uri={bad}&login_hint={bad}"):
            self.look(stranger, path, stranger.get(path, {"User-Agent": "<script>m0m</script>", "Accept-Language": "<script>"}))

    def exports(self, operator):
        routes = (ROOT / "src/web/routes.def").read_text()
        self.known.update(self.things())
        ids = {"specifications": "hostile-wound-care", "batches": self.known["batch"], "templates": "claim", "mail": self.known.get("mail", "x")}
        for pattern in re.findall(r'MR_GET, "(/provider[^"]*)"', routes):
            parts, path = pattern.split("/"), []
            for part in parts:
                if part == "*":
                    before = path[-1]
                    part = ids.get(before) or self.known.get(before[:-1]) or self.known.get(before) or "en"
                path.append(part)
            address = "/".join(path)
            for query in ("", "?format=xlsx", "?as=xlsx", "?as=csv"):
                self.look(operator, address + query, operator.get(address + query))

    def mails(self, box):
        wait_for("mails are sent", lambda: len(box.taken) > 10, 60)
        bad, told = [], set()
        for to, content in list(box.taken):
            message = email.message_from_bytes(content, policy=email.policy.default)
            names = [k.lower() for k in message.keys()]
            if len(to) != 1 or "bcc" in names or "x-injected" in names or len(names) != len(set(names)) or message.defects:
                bad.append(f"{to}: headers {names} {message.defects}")
            if re.search(rb"^(bcc|x-injected):", content.partition(b"\r\n\r\n")[0], re.I | re.M):
                bad.append(f"{to}: a header of ours")
            html = message.get_body(("html",))
            if html is None:
                continue
            page = Page("/", html.get_content())
            faults = [f for f in page.faults if not f.startswith("<style>") and " style=" not in f]
            bad += [f"{to} {message['Subject']}: {fault}" for fault in faults]
            bad += [f"{to}: leads to {link}" for link in page.links if not link.startswith(self.site.url + "/") and not link.startswith("mailto:") and "example.org" not in link]
            told |= self.words.seen(html.get_content())
        self.shown |= told
        self.tap.case("mails tell what was typed", len(told) >= 3, [len(box.taken), told])
        self.tap.case("mails hold no markup, no header and no recipient that was typed", not bad, "\n".join(bad))


def main():
    merit, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    fields = Fields(merit, work)
    fields.walk()
    print(f"1..{fields.tap.number}")
    return 1 if fields.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
