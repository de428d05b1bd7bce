#!/usr/bin/env python3
"""The library as other people's programs meet it: installed to a fresh place, found by pkg-config, linked by a compiler that knows nothing of our
build. Prints TAP.

    library.py BUILD MERIT SANITIZERS WORK

MERIT is the program, or "" when it was not built; SANITIZERS is Meson's b_sanitize.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402
EXAMPLES = ROOT / "docs/examples"
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]


class Library:
    def __init__(self, build, merit, sanitizers, work):
        self.build, self.merit, self.work, self.tap = build, merit, work, Tap()
        self.sanitizers = [] if sanitizers == "none" else [f"-fsanitize={sanitizers}", "-fno-omit-frame-pointer"]
        self.place = work / "place"
        self.env = {**os.environ, "LANG": "C.UTF-8"}

    def run(self, *args, stdin=None, env=None):
        done = subprocess.run([str(a) for a in args], capture_output=True, text=True, input=stdin, cwd=self.work,
                              env={**self.env, **(env or {})}, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def flags(self, *options):
        status, out, err = self.run("pkg-config", *options, "merit")
        if status:
            raise RuntimeError(err)
        return out.split()

    # ---- installing ----

    def install(self):
        status, out, err = self.run("meson", "install", "-C", self.build, "--no-rebuild", "--quiet", "--destdir", self.place)
        found = list(self.place.rglob("merit.pc"))
        self.tap.case("it installs to a fresh place", status == 0 and len(found) == 1, out + err)
        if not found:
            return False
        names = {p.name for p in self.place.rglob("*") if not p.is_dir()}
        wanted = {"libmerit.so", "libmerit.so.0", "libmerit.a", "merit.pc", "merit.h"}
        self.tap.case("with libraries, headers and merit.pc", wanted <= names, sorted(names))
        headers = {p.name for p in (ROOT / "include/merit").glob("*.h")}
        installed = {p.name for p in self.place.rglob("include/merit/*.h")}
        self.tap.case("every header is installed", headers == installed, headers ^ installed)
        self.libraries = found[0].parent.parent
        self.env |= {"PKG_CONFIG_LIBDIR": os.pathsep.join([str(found[0].parent), *self.system_folders()]), "PKG_CONFIG_SYSROOT_DIR": "",
                     "LD_LIBRARY_PATH": str(self.libraries)}
        # What pkg-config tells is where the package will be; here it lies below a folder of the test.
        text = found[0].read_text()
        found[0].write_text(re.sub(r"^prefix=", f"prefix={self.place}", text, flags=re.M))
        return True

    def system_folders(self):
        return subprocess.run(["pkg-config", "--variable", "pc_path", "pkg-config"], capture_output=True, text=True).stdout.strip().split(":")

    def alone(self):
        """Without the server nothing but the library is installed."""
        folder = self.work / "alone"
        status, out, err = self.run("meson", "setup", "-Dserver=false", "-Dtests=false", folder, ROOT)
        if status:
            self.tap.case("the library is configured alone", False, out + err)
            return
        _, out, _ = self.run("meson", "introspect", "--installed", folder)
        names = {Path(p).name for p in json.loads(out).values()}
        self.tap.case("without the server the library is installed alone", "libmerit.a" in names and "merit.pc" in names and "merit" not in names, names)

    # ---- what it shows ----

    def exports(self):
        _, out, _ = self.run("nm", "-D", "--defined-only", self.libraries / "libmerit.so")
        found = [line.split() for line in out.splitlines()]
        names = {f[-1].split("@")[0] for f in found if f[-2] != "A"}  # A: the name of the version
        strange = sorted(n for n in names if not n.startswith("merit_"))
        self.tap.case("it exports merit_* alone", names and not strange, strange)
        declared = set()
        for header in (ROOT / "include/merit").glob("*.h"):
            declared |= set(re.findall(r"MERIT_API[^;]*?\b(merit_\w+)\(", header.read_text()))
        self.tap.case("and exactly what the headers declare", names == declared, sorted(names ^ declared))
        _, out, _ = self.run("readelf", "-d", self.libraries / "libmerit.so")
        self.tap.case("its soname is libmerit.so.0", "[libmerit.so.0]" in out, out)
        needed = re.findall(r"\(NEEDED\).*\[(.*?)\]", out)
        foreign = [n for n in needed if not re.match(r"lib(c|m|dl|pthread|crypto|asan|ubsan)\.so|ld-linux", n)]
        self.tap.case("it needs nothing but libc and libcrypto", not foreign, needed)

    def headers(self):
        cxx = shutil.which("g++")
        for header in sorted((ROOT / "include/merit").glob("*.h")):
            text = f"#include <merit/{header.name}>\n#include <merit/{header.name}>\n"
            flags = [*STRICT, "-fsyntax-only", f"-I{ROOT / 'include'}"]
            status, _, err = self.run("cc", "-std=c11", *flags, "-xc", "-", stdin=text)
            self.tap.case(f"{header.name} stands alone as C11", status == 0, err)
            if not cxx:
                self.tap.skip(f"{header.name} as C++", "g++ is not installed")
                continue
            status, _, err = self.run(cxx, "-std=c++11", *flags, "-Wold-style-cast", "-xc++", "-", stdin=text)
            self.tap.case(f"{header.name} stands alone as C++11", status == 0, err)

    # ---- programs ----

    def compile(self, source, name, *options, compiler="cc", standard="-std=c11"):
        flags = self.flags("--cflags", "--libs")
        status, _, err = self.run(compiler, standard, "-D_POSIX_C_SOURCE=200809L", *STRICT, *self.sanitizers, source, *flags, *options, "-o", self.work / name)
        self.tap.case(f"{name} compiles with pkg-config", status == 0, err)
        return status == 0

    def cxx(self):
        if not shutil.which("g++"):
            self.tap.skip("a C++ program", "g++ is not installed")
            return
        source = self.work / "version.cpp"
        source.write_text('#include <merit/merit.h>\n#include <iostream>\nint main() { merit_verifier *v = nullptr; merit_error e;\n'
                          '  if (merit_verifier_new(&v, &e)) return 1;\n  merit_verifier_free(v); std::cout << merit_version() << std::endl; }\n')
        if self.compile(source, "version", compiler="g++", standard="-std=c++17"):
            status, out, err = self.run("./version")
            version = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text())[1]
            self.tap.case("C++ links and calls it", status == 0 and out.strip() == version, out + err)

    def issue(self):
        self.credentials = {}
        if not self.compile(EXAMPLES / "issue.c", "issue"):
            return
        for format, name in (("elm", "mette.jsonld"), ("vc+jwt", "mette.jwt")):
            status, out, err = self.run("./issue", EXAMPLES / "wound-care.json", "-", format)
            (self.work / name).write_text(out)
            self.credentials[name] = out
            self.tap.case(f"issue awards as {format}", status == 0 and len(out) > 2000, out[-300:] + err)
        status, out, err = self.run("./issue", EXAMPLES / "wound-care.csv", "-", "elm")
        self.tap.case("issue says what is wrong", status == 1 and not out and len(err) > 10, out + err)
        (self.work / "half.json").write_text('{"specification": "1", "title": {"en": "x"}}')
        status, out, err = self.run("./issue", "half.json", "-", "elm")
        self.tap.case("issue names the first fault of a specification", status == 1 and "faults: " in err, out + err)

    def compare(self, name):
        """What the program says of a file is what the library says."""
        if not self.merit:
            self.tap.skip(f"the program says the same of {name}", "the program was not built")
            return None
        status, out, err = self.run(self.merit, "verify", "--json", "--lang", "en", name)
        return json.loads(out)["summary"], status

    def page(self):
        """The program in docs/library.md."""
        text = (ROOT / "docs/library.md").read_text()
        program = re.search(r"```c\n(.*?)```", text, re.S)[1]
        lines = [line for line in program.splitlines() if line.strip()]
        self.tap.case("the program of the page has at most twenty lines", len(lines) <= 20, len(lines))
        source = self.work / "page.c"
        source.write_text(program)
        if not self.compile(source, "page"):
            return
        for name in self.credentials:
            status, out, err = self.run("./page", name)
            told = self.compare(name)
            good = "test seal" in out and "Mette Krogh Poulsen" in out and status == 3
            self.tap.case(f"the program of the page verifies {name}", good, out + err)
            if told:
                self.tap.case(f"the program merit says the same of {name}", told[0] in " ".join(out.split()) and told[1] == status, (told, out))
        (self.work / "altered.jsonld").write_text(self.credentials["mette.jsonld"].replace("Mette", "Metta"))
        status, out, err = self.run("./page", "altered.jsonld")
        self.tap.case("it tells an altered credential", status == 1 and "Metta" not in out.replace("altered", ""), out + err)
        status, out, err = self.run("./page", EXAMPLES / "wound-care.csv")
        self.tap.case("it tells a file that is no credential", status == 1 and out, out + err)
        status, out, err = self.run("./page", "nowhere")
        self.tap.case("it ends with 2 when there is no file", status == 2, out + err)

    def verify(self):
        if not self.compile(EXAMPLES / "verify.c", "verify"):
            return
        status, out, err = self.run("./verify", "da", "-", "mette.jsonld")
        self.tap.case("verify speaks Danish", status == 3 and "Læringsudbytte" in out and "+ seal:" in out and "? trust:" in out, out + err)
        status, out, err = self.run("./verify", "tlh", "-", "mette.jsonld")
        self.tap.case("verify tells of a language that Merit does not speak", status == 2 and "languages" in err, out + err)
        (self.work / "anchors").mkdir()
        status, out, err = self.run("./verify", "en", "anchors", "mette.jsonld")
        self.tap.case("a test seal is not trusted, whatever the anchors", status == 3 and "? trust:" in out, out + err)
        (self.work / "anchors/a.pem").write_text("hello")
        status, out, err = self.run("./verify", "en", "anchors", "mette.jsonld")
        self.tap.case("a folder without certificates is told", status == 2 and "a.pem" in err, out + err)

    def disclose(self):
        if not self.compile(EXAMPLES / "disclose.c", "disclose"):
            return
        status, out, err = self.run("./disclose")
        self.tap.case("disclose lists what can be shown", status == 0 and "/name  Name: Mette Krogh Poulsen" in out, out + err)
        status, out, err = self.run("./disclose", "/name", "/level")
        self.tap.case("disclose shows two things, bound to her key", status == 0 and out.count("~") == 3 and out.strip().rpartition("~")[2].count(".") == 2, out + err)
        status, out, err = self.run("./disclose", "/nope")
        self.tap.case("disclose says what is not there", status == 1 and not out and "/nope" in err, out + err)

    def status(self):
        if not self.compile(EXAMPLES / "status.c", "status"):
            return
        for form in ("revocation", "suspension", "token"):
            status, out, err = self.run("./status", form)
            self.tap.case(f"status publishes as {form}", status == 0 and out.count(".") == 2, out + err)
        status, out, err = self.run("./status", "praise")
        self.tap.case("status knows no other form", status == 1 and not out and "revocation" in err, out + err)

    def online(self):
        libcurl, _, _ = self.run("pkg-config", "--exists", "libcurl")
        if libcurl:
            self.tap.skip("verify_online", "libcurl's headers are not installed")
            return
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcurl"], capture_output=True, text=True).stdout.split()
        if not self.compile(EXAMPLES / "verify_online.c", "verify_online", *flags):
            return
        status, out, err = self.run("./verify_online", "mette.jwt")
        self.tap.case("verify_online verifies", status == 3 and "test seal" in out, out + err)

    def static(self):
        libraries = [self.libraries / "libmerit.a", "-lcrypto", "-ldl", "-lm", "-pthread"]
        status, _, err = self.run("cc", "-std=c11", *self.sanitizers, EXAMPLES / "verify.c", f"-I{ROOT / 'include'}", *libraries, "-o", self.work / "verify-static")
        self.tap.case("it links statically", status == 0, err)
        if status == 0:
            status, out, err = self.run("./verify-static", "en", "-", "mette.jwt", env={"LD_LIBRARY_PATH": ""})
            self.tap.case("and verifies so", status == 3 and "Mette Krogh Poulsen" in out, out + err)
        flags = self.flags("--static", "--libs")
        self.tap.case("merit.pc names what a static program needs", "-lcrypto" in flags and "-lmerit" in flags, flags)

    def all(self):
        if self.install():
            self.exports()
            self.headers()
            self.cxx()
            self.issue()
            if self.credentials:
                self.page()
                self.verify()
                self.disclose()
                self.status()
                self.online()
                self.static()
        self.alone()
        print(f"1..{self.tap.number}")
        return 1 if self.tap.failed else 0


def main():
    build, merit, sanitizers, work = sys.argv[1:5]
    work = Path(work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return Library(Path(build), merit, sanitizers, work).all()


if __name__ == "__main__":
    sys.exit(main())
