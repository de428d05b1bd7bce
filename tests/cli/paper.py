#!/usr/bin/env python3
"""`merit certificate`, and PDFs on their way back to `merit verify`: ours, mended by other programs, changed, and made to do harm. Judged by qpdf and poppler. Prints TAP.

    paper.py MERIT WORK
"""
import json
import resource
import shutil
import subprocess
import sys
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

LONG = {"el": "Ένα κείμενο στα ελληνικά, επινοημένο. ", "bg": "Измислен текст на български език. "}


def specification():
    made = json.loads((ROOT / "docs/examples/data-ethics.json").read_text())
    made["title"] = {"el": "Φροντίδα τραυμάτων με ψηφιακή παρακολούθηση", "bg": "Грижа за рани с дигитално проследяване"}
    made["description"] = {"el": LONG["el"], "bg": LONG["bg"]}
    made["provider"]["name"] = {"el": "Πανεπιστήμιο Πελάγους (επινοημένο)", "bg": "Университет на Пелага (измислен)"}
    made["learning_outcomes"] = [{"title": {"el": f"Αποτέλεσμα {i}: " + LONG["el"] * 3, "bg": f"Резултат {i}: " + LONG["bg"] * 3}} for i in range(1, 22)]
    for member in ("prerequisites", "stackability", "purpose", "target_group", "price"):
        made[member] = {language: text * 40 for language, text in LONG.items()}
    made["level"] = {"eqf": 6, "basis": "declared"}
    for one in made["assessment"]:
        one["grading"] = {"el": "Επιτυχία ή αποτυχία", "bg": "Издържал или неиздържал"}
    made["quality_assurance"][0]["title"] = {"el": "Εσωτερική αξιολόγηση", "bg": "Вътрешна оценка"}
    return made


def objects(*parts, root=b"1 0 R"):
    """A PDF without a table of its objects, as a program that was stopped would leave it, or somebody who wants to do harm."""
    return b"%PDF-1.5\n" + b"".join(parts) + b"trailer\n<< /Root " + root + b" >>\nstartxref\n0\n%%EOF\n"


def thing(number, body):
    return b"%d 0 obj\n" % number + body + b"\nendobj\n"


def stream(number, words, data):
    return thing(number, b"<< " + words + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream")


ROOTED = thing(1, b"<< /Type /Catalog /Names << /EmbeddedFiles << /Names [ (a) 2 0 R ] >> >> >>") + thing(2, b"<< /Type /Filespec /F (a.jsonld) /EF << /F 3 0 R >> >>")


class Bench:
    def __init__(self, merit, work):
        self.merit, self.work = merit, work

    def run(self, *words, **more):
        return subprocess.run([self.merit, *map(str, words)], capture_output=True, text=True, timeout=120, **more)

    def report(self, path):
        done = self.run("verify", "--json", path)
        return json.loads(done.stdout.splitlines()[0]) if done.stdout else {"error": done.stderr, "exit": done.returncode}

    def file(self, name, octets):
        path = self.work / name
        path.write_bytes(octets)
        return path

    def issue(self, name, document, table):
        spec, rows, out = self.file(name + ".json", json.dumps(document).encode()), self.file(name + ".csv", table.encode()), self.work / name
        done = self.run("issue", spec, rows, "--out", out, "--data", self.work / "issuer", "--format", "elm,vc+jwt", "--quiet")
        assert done.returncode == 0, done.stderr
        return sorted(out.glob("*.jsonld"))


def why(report):
    return next((check["text"] for check in report.get("checks", []) if check["code"] == "format"), str(report))


def main():
    merit, work = sys.argv[1], Path(sys.argv[2])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    bench, tap = Bench(merit, work), Tap()
    have = {name: shutil.which(name) is not None for name in ("qpdf", "pdftotext", "pdfinfo", "pdffonts", "pdfdetach")}
    tool = lambda *words: subprocess.run(list(map(str, words)), capture_output=True, text=True).stdout  # noqa: E731
    head = "given name,family name,birth date,e-mail,grade,date,place\n"
    first, second = bench.issue("long", specification(), head + "Ελευθερία,Παπαδημητρακοπούλου (επινοημένη),1993-05-11,a@example.org,9,2026-09-30,Μυτιλήνη\n"
                                + "Цветелина,Стоянова (измислена),1994-05-11,b@example.org,8,2026-09-30,София\n")
    document = json.loads((ROOT / "docs/examples/data-ethics.json").read_text())
    short, other = bench.issue("short", document, head + "Alva,Ström,1993-05-11,a@example.org,Godkänd,2026-09-30,Malmö\nÖrjan,Åkesson,1968-02-03,b@example.org,Godkänd,2026-09-30,Malmö\n")
    own = {path: bench.report(path) for path in (first, second, short, other)}

    def certificate(path, name, *more):
        out = work / name
        done = bench.run("certificate", path, "--out", out, *more)
        assert done.returncode == 0, done.stderr
        return out

    link = "https://merit.example.org/verify"
    pdf = certificate(short, "short.pdf", "--verify-url", link)
    long = certificate(first, "long.pdf", "--lang", "da", "--verify-url", link)
    tap.case("the same credential gives the same octets", pdf.read_bytes() == certificate(short, "again.pdf", "--verify-url", link).read_bytes())
    for made, source in ((pdf, short), (long, first), (certificate(second, "bg.pdf"), second)):
        report = bench.report(made)
        tap.case(f"{made.name}: the verdict and every check of the file inside",
                  report["verdict"] == own[source]["verdict"] and [c["state"] for c in report["checks"]] == [c["state"] for c in own[source]["checks"]]
                  and report["credential"] == own[source]["credential"] and "attached to a PDF" in report["format"], json.dumps(report)[:400])
        if have["qpdf"]:
            tap.case(f"{made.name}: qpdf finds no fault and gives the attachment byte for byte",
                      "No syntax or stream encoding errors" in tool("qpdf", "--check", made)
                      and subprocess.run(["qpdf", f"--show-attachment={source.name}", made], capture_output=True).stdout == source.read_bytes())
        if have["pdffonts"]:
            fonts = tool("pdffonts", made).splitlines()[2:]
            tap.case(f"{made.name}: every font is embedded, with its letters", len(fonts) >= 2 and all(line.split()[-5:-2] == ["yes"] * 3 for line in fonts), "\n".join(fonts))
        if have["pdfinfo"]:
            tap.case(f"{made.name}: tagged, one document", "Tagged:          yes" in tool("pdfinfo", made) and tool("pdfinfo", "-struct", made).startswith("Document"))
    if have["pdftotext"]:
        text = tool("pdftotext", long, "-")
        wanted = ["tildeler", "Ελευθερία Παπαδημητρακοπούλου", "Φροντίδα τραυμάτων", "Tildelt 30. september 2026", "Gyldigt uden slutdato", "testsegl", "Læringsudbytte", "Αποτέλεσμα 1:",
                  "Αποτέλεσμα 21:", "Skønnet arbejdsbyrde", "Opnået karakter", "officiel validering eller anerkendelse"]
        places = [text.find(words) for words in wanted]
        tap.case("text in reading order, over several pages", min(places) >= 0 and places == sorted(places), str(list(zip(wanted, places))))
        said = " ".join(text.split())
        tap.case("no text is cut", said.count("Αποτέλεσμα") == 21 and said.count("Ένα κείμενο στα") >= 21 * 3 + 5 * 40, str(said.count("Ένα κείμενο στα")))
        tap.case("who has the paper is told how to check it, and that it proves nothing alone", "Kontrollér dette certifikat" in text and link in text.replace("\n", "") and "beviser ingenting" in text)

    # Mended, changed and re-packed by other programs.
    if have["qpdf"]:
        packed, plain = work / "packed.pdf", work / "plain.pdf"
        tool("qpdf", "--object-streams=generate", pdf, packed)
        tool("qpdf", "--qdf", "--object-streams=disable", pdf, plain)
        for path in (packed, plain):
            tap.case(f"{path.name}: read as before", bench.report(path)["credential"] == own[short]["credential"])
        # the words on the page are in letters of an embedded font, so they are drawn over
        changed = work / "changed.pdf"
        tool("qpdf", pdf, "--overlay", long, "--", changed)
        report = bench.report(changed)
        tap.case("pages that say something else: the report is of what is sealed, and says that the paper does not count",
                  report["credential"] == own[short]["credential"] and "the paper is wrong" in bench.run("verify", changed).stdout)
        for name, attach, count in (("form.pdf", short.with_suffix(".jwt"), "same"), ("two.pdf", other, "other")):
            path = work / name
            tool("qpdf", pdf, "--add-attachment", attach, "--", path)
            told = " ".join(bench.run("verify", path).stdout.split())
            tap.case(f"{name}: both attachments are verified and told",
                      attach.name in told and ("attached in another form, too" in told if count == "same" else "more is attached to this PDF than one credential" in told), told[:600])
        notes = bench.file("notes.txt", b"Some notes.\n")
        tool("qpdf", pdf, "--add-attachment", notes, "--", work / "notes.pdf")
        tap.case("a file beside it that is no credential changes nothing", bench.report(work / "notes.pdf")["credential"] == own[short]["credential"])
        tool("qpdf", pdf, "--remove-attachment=" + short.name, work / "bare.pdf")
        tap.case("without an attachment it is told what it is, and what to do", "no sealed credential is attached" in why(bench.report(work / "bare.pdf")))
        tool("qpdf", work / "bare.pdf", "--add-attachment", notes, "--", work / "other.pdf")
        tap.case("with another attachment alone", "none of them is a credential" in why(bench.report(work / "other.pdf")))
        tool("qpdf", "--encrypt", "", "secret", "256", "--", pdf, work / "encrypted.pdf")
        tap.case("an encrypted one is refused clearly", "encrypted" in why(bench.report(work / "encrypted.pdf")))
    sealed = bytearray(short.read_bytes())
    at = sealed.index(b'"payload"') + 40
    sealed[at] ^= 1
    broken = bench.report(bench.file("broken.pdf", objects(ROOTED, stream(3, b"/Type /EmbeddedFile", bytes(sealed)))))
    tap.case("an attachment that was changed is invalid", broken["verdict"] == "invalid", json.dumps(broken)[:300])
    whole = pdf.read_bytes()
    for part in (.999, .5, .1, .01):
        report = bench.report(bench.file("cut.pdf", whole[:int(len(whole) * part)]))
        tap.case(f"cut off at {part}: the credential, if it is whole, or that it is cut off",
                  report.get("credential") == own[short]["credential"] or "cut off" in why(report) or "damaged or incomplete" in report.get("summary", "") or "no sealed credential" in why(report) or "damaged" in why(report), json.dumps(report)[:300])

    # Made to do harm. Each within seconds and within 400 MB.
    def guarded():
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

    bomb, deep, json_file = zlib.compress(b"\0" * (64 << 20), 9), b"[" * 200000, short.read_bytes()
    nest = b"".join(thing(100 + i, b"<< /Kids [ " + b"%d 0 R " % (101 + i) * 60 + b"] >>") for i in range(15))
    harm = {
        "bomb": (objects(ROOTED, stream(3, b"/Filter /FlateDecode", bomb)), "too many objects"),
        "bomb_of_objects": (objects(ROOTED, stream(3, b"", b"x"), stream(4, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb)), "too many objects"),
        "many_objects": (objects(ROOTED, b"".join(thing(i, b"1") for i in range(10, 150000))), "too many objects"),
        "many_attachments": (objects(ROOTED, b"".join(thing(10 + 2 * i, b"<< /EF << /F %d 0 R >> >>" % (11 + 2 * i)) + stream(11 + 2 * i, b"", b"{}") for i in range(40))), "too many objects"),
        "brackets": (objects(ROOTED, b"".join(b"%d 0 obj " % i + b"<< /A [ ( " for i in range(50000)), deep), "too many objects|no sealed|damaged"),
        "circle": (objects(thing(1, b"<< /Names 1 0 R /EmbeddedFiles 1 0 R /Kids [ 1 0 R 1 0 R 1 0 R 1 0 R ] >>")), "too many objects|no sealed"),
        "tree": (objects(thing(1, b"<< /Names << /EmbeddedFiles 100 0 R >> >>"), nest), "too many objects"),
        "to_itself": (objects(thing(1, b"1 0 R"), thing(2, b"3 0 R"), thing(3, b"2 0 R")), "no sealed"),
        "filters": (objects(ROOTED, stream(3, b"/Filter [ /FlateDecode /FlateDecode ]", zlib.compress(zlib.compress(json_file)))), "unusual way"),
    }
    for name, (octets, wanted) in harm.items():
        begun = time.monotonic()
        done = bench.run("verify", "--json", bench.file(f"harm_{name}.pdf", octets), preexec_fn=guarded)
        took = time.monotonic() - begun
        report = json.loads(done.stdout.splitlines()[0]) if done.stdout else {}
        tap.case(f"harm: {name}", report.get("verdict") == "invalid" and any(words in why(report) for words in wanted.split("|")) and took < 20,
                  f"{took:.1f} s, exit {done.returncode}, {why(report)[:200]} {done.stderr[:200]}")
    late = bench.report(bench.file("later.pdf", objects(ROOTED, stream(3, b"", b"{}"), stream(3, b"", json_file))))
    tap.case("of two objects with one number the later counts, as for every reader", late.get("credential") == own[short]["credential"])

    # The command itself.
    for words, code in (((), 2), ((pdf,), 1), ((bench.file("none.json", b"{}"),), 1), ((work / "absent.jsonld",), 2), ((short, "--out", work / "no" / "such.pdf"), 2), (("--help",), 0)):
        done = bench.run("certificate", *words)
        tap.case(f"exit {code}: merit certificate {' '.join(Path(str(w)).name for w in words)}", done.returncode == code, done.stderr)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
