#!/usr/bin/env python3
"""`merit bake` and `merit unbake` as an issuer meets them, judged by other people's readers: zlib and expat of Python, exiftool, pngcheck, xmllint. Prints TAP.

    bake.py MERIT WORK
"""
import json
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as tree
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
OB3 = "https://purl.imsglobal.org/ob/v3p0"
BADGE = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:key:z6MkInvented", "type": ["Profile"], "name": "Sygeplejeskolen på Ærø (invented)"},
    "validFrom": "2026-05-04T00:00:00Z",
    "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"type": ["Achievement"], "name": "Sårpleje ]]> & mere", "achievementType": "MicroCredential"}},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
}


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png():
    rows = b"".join(b"\0" + bytes((x ^ y) & 255 for x in range(64)) for y in range(64))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Comment\0mine")
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def chunks(octets):
    at = 8
    while at < len(octets):
        length, kind = struct.unpack(">I4s", octets[at:at + 8])
        content = octets[at + 8:at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack(">I", octets[at + 8 + length:at + 12 + length])[0], kind
        yield kind, content
        at += 12 + length


SVG = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg"\n     viewBox="0 0 9 9">\n  <circle r="4"/>\n</svg>\n'


class Bake:
    def __init__(self, merit, work):
        self.merit, self.work, self.tap = merit, work, Tap()

    def run(self, *args):
        done = subprocess.run([self.merit, *map(str, args)], capture_output=True, text=True, cwd=self.work)
        return done.returncode, done.stdout, done.stderr

    def write(self, name, content):
        path = self.work / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def pngs(self):
        text = self.badge.read_text(encoding="utf-8")
        before = self.write("ours.png", png())
        status, out, err = self.run("bake", before, self.badge, "--out", "baked.png")
        baked = (self.work / "baked.png").read_bytes()
        found = list(chunks(baked))
        self.tap.case("a PNG is baked", status == 0 and not out and not err, out + err)
        self.tap.case("the badge is one iTXt chunk right before IEND, as the standard has it",
                      [k for k, _ in found] == [b"IHDR", b"tEXt", b"IDAT", b"iTXt", b"IEND"] and found[3][1] == b"openbadgecredential\0\0\0\0\0" + text.encode(), found)
        self.tap.case("without it the file is the one from before, octet for octet", baked.replace(chunk(*found[3]), b"") == before.read_bytes())
        status, out, err = self.run("unbake", "baked.png", "--out", "out.json")
        self.tap.case("unbake gives back every octet", status == 0 and (self.work / "out.json").read_text(encoding="utf-8") == text, err)
        status, out, err = self.run("unbake", "baked.png")
        self.tap.case("on standard output, too", status == 0 and out == text + "\n", out + err)
        status, out, err = self.run("bake", "baked.png", self.badge, "--out", "again.png")
        self.tap.case("what holds a badge is not baked again", status == 1 and "--replace" in err and not (self.work / "again.png").exists(), err)
        status, out, err = self.run("bake", "baked.png", self.badge, "--out", "again.png", "--replace")
        self.tap.case("but on demand, and then holds one", status == 0 and (self.work / "again.png").read_bytes() == baked, err)

    def svgs(self):
        text = self.badge.read_text(encoding="utf-8")
        before = self.write("ours.svg", SVG)
        status, out, err = self.run("bake", before, self.badge, "--out", "baked.svg")
        baked = (self.work / "baked.svg").read_text(encoding="utf-8")
        element = tree.fromstring(baked.encode())[0]
        self.tap.case("an SVG is baked: the first element is the badge, and another reader of XML gets its text back",
                      status == 0 and element.tag == f"{{{OB3}}}credential" and element.text == text, out + err)
        added = f'<openbadges:credential><![CDATA[{text.replace("]]>", "]]]]><![CDATA[>")}]]></openbadges:credential>'
        rest = baked.replace(f' xmlns:openbadges="{OB3}"', "").replace(added, "")
        self.tap.case("without it the file is the one from before, octet for octet", rest == SVG, rest[:400])
        self.write("token.jwt", "eyJhbGciOiJFUzI1NiJ9.eyJ0eXBlIjpbIk9wZW5CYWRnZUNyZWRlbnRpYWwiXX0.AAAA")
        status, out, err = self.run("bake", before, "token.jwt", "--out", "token.svg")
        element = tree.parse(self.work / "token.svg").getroot()[0]
        self.tap.case("a token stands in the attribute verify", status == 0 and element.get("verify", "").count(".") == 2 and not element.text, out + err)
        status, out, err = self.run("unbake", "token.svg")
        self.tap.case("and comes out again", status == 0 and out.strip() == element.get("verify"), out + err)
        for name, part in (("script", "<script>go()</script>"), ("onclick", '<g onclick="go()"/>'), ("href", '<a href="https://x.example/"/>')):
            self.write("active.svg", SVG.replace("<circle", part + "<circle"))
            status, out, err = self.run("bake", "active.svg", self.badge, "--out", "never.svg")
            self.tap.case(f"an SVG with {name} is refused, and told why", status == 1 and f"({name})" in err and not (self.work / "never.svg").exists(), err)

    def drawn(self):
        for kind in ("png", "svg"):
            status, out, err = self.run("bake", self.badge, "--out", f"drawn.{kind}", "--lang", "da")
            path = self.work / f"drawn.{kind}"
            self.tap.case(f"Merit draws a picture ({kind})", status == 0 and path.stat().st_size < 90000, out + err)
            status, out, err = self.run("unbake", path)
            self.tap.case(f"with the badge in it ({kind})", status == 0 and json.loads(out) == BADGE, out + err)
            status, out, err = self.run("show", path)
            self.tap.case(f"nothing is shown of it unless its seal holds ({kind})", status == 1 and f"out of the picture ({kind.upper()})" in " ".join(out.split()) and "Sårpleje" not in out, out + err)
        title = tree.parse(self.work / "drawn.svg").getroot().find(".//{http://www.w3.org/2000/svg}title")
        self.tap.case("its title can be heard", title is not None and "Sårpleje" in title.text, title)

    def sealed(self):
        """A token as `merit issue` makes it, under a test seal: that is seen on the picture, by its colour."""
        example = ROOT / "docs/examples"
        status, out, err = self.run("issue", example / "wound-care.json", example / "wound-care.csv", "--out", "issued", "--data", "data", "--format", "vc+jwt")
        token = next(iter(sorted((self.work / "issued").glob("*.jwt"))), None)
        self.tap.case("a sealed token", status == 0 and token, out + err)
        status, out, err = self.run("bake", token, "--out", "sealed.png")
        self.tap.case("is baked, and told to be no Open Badge", status == 0 and "no Open Badge" in err, out + err)
        colours = dict(chunks((self.work / "sealed.png").read_bytes()))[b"PLTE"]
        plain = dict(chunks((self.work / "drawn.png").read_bytes()))[b"PLTE"]
        warning = bytes.fromhex("8a5300")
        self.tap.case("its test seal is seen on the picture", warning in colours and warning not in plain)
        one, other = (self.run("verify", "--json", path) for path in (token, "sealed.png"))
        one, other = (json.loads(out) for _, out, _ in (one, other))
        self.tap.case("the picture has the verdict of the token", one["verdict"] == other["verdict"] and one["summary"] == other["summary"]
                      and other["format"] == one["format"] + ", in a picture (PNG)" and one["credential"] == other["credential"], other)

    def parts(self):
        """A credential whose holder shows parts of it: not whole, but what she chose."""
        base = ROOT / "tests/cli/files/badge-base-proof.json"
        status, out, err = self.run("bake", base, "--out", "whole.png")
        self.tap.case("a base proof is not for a picture", status == 1 and "merit disclose" in err and not (self.work / "whole.png").exists(), err)
        status, out, err = self.run("disclose", base, "--show", "/credentialSubject/achievement/name", "--out", "part.json")
        self.tap.case("a part is made of it", status == 0, err)
        bare = self.write("bare.png", png())
        status, out, err = self.run("bake", bare, "part.json", "--out", "part.png")
        self.tap.case("and that is baked", status == 0, out + err)
        status, out, err = self.run("unbake", "part.png")
        self.tap.case("and nothing else is in it", status == 0 and out.strip() == (self.work / "part.json").read_text(encoding="utf-8").strip(), out + err)

    def others(self):
        """Readers of others; each is skipped aloud where it is not installed."""
        text = self.badge.read_text(encoding="utf-8")
        for name, command, good in (
                ("pngcheck finds no fault", ["pngcheck", "-q", "baked.png", "drawn.png"], lambda out: "ERROR" not in out and "warning" not in out.lower()),
                ("pngcheck finds the text", ["pngcheck", "-v", "baked.png"], lambda out: "keyword: openbadgecredential" in out),
                ("exiftool reads the text", ["exiftool", "-b", "-q", "-q", "-Openbadgecredential", "baked.png"], lambda out: out == text),
                ("xmllint finds no fault", ["xmllint", "--noout", "baked.svg", "drawn.svg", "token.svg"], lambda out: not out)):
            if not shutil.which(command[0]):
                self.tap.skip(name, f"{command[0]} is not installed")
                continue
            done = subprocess.run(command, capture_output=True, text=True, cwd=self.work)
            self.tap.case(name, done.returncode == 0 and good(done.stdout + done.stderr), done.stdout[:600] + done.stderr[:600])

    def wrong(self):
        bare = self.write("bare.png", png())
        self.write("list.json", "[]")
        for name, args, status, said in (
                ("no --out", ["bake", bare, self.badge], 2, "--out"),
                ("a drawn picture of another kind", ["bake", self.badge, "--out", "x.gif"], 2, ".png"),
                ("no credential", ["bake", bare, "list.json", "--out", "x.png"], 1, "no credential"),
                ("pictures in the wrong order", ["bake", self.badge, bare, "--out", "x.png"], 1, "picture first"),
                ("no picture", ["bake", "list.json", self.badge, "--out", "x.png"], 1, "PNG"),
                ("a file that is not there", ["bake", "nowhere.png", self.badge, "--out", "x.png"], 2, "nowhere.png"),
                ("nothing baked in", ["unbake", bare], 1, "Nothing is baked"),
                ("nothing to unbake", ["unbake", "list.json"], 1, "neither"),
                ("no word", ["unbake"], 2, "merit unbake")):
            got, out, err = self.run(*args)
            self.tap.case(f"{name}: told, with status {status}", got == status and said in err, (got, err))
        got, out, err = self.run("verify", "--json", bare)
        self.tap.case("a picture without a badge is no credential", got == 1 and "no credential is baked into it" in json.loads(out)["checks"][0]["text"], out)

    def all(self):
        self.badge = self.write("badge.json", json.dumps(BADGE, ensure_ascii=False))
        self.pngs()
        self.svgs()
        self.drawn()
        self.sealed()
        self.parts()
        self.others()
        self.wrong()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main(merit, work):
    work = Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Bake(Path(merit).resolve(), work).all()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
