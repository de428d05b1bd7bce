#!/usr/bin/env python3
"""A real mail server (aiosmtpd) on the loopback address for tests that are not about mail servers: it takes everything and keeps it.

    smtp_box.py     run by a test that is not written in Python: prints its port in the first line, then each mail as a line of JSON (to, subject, text, html, language),
                    and ends when its standard input does
"""
import email
import email.policy
import json
import os
import socket
import sys
import threading
from pathlib import Path

try:
    from aiosmtpd.controller import Controller
except ImportError:  # it belongs to the system's Python
    Controller = None


def again_with_the_systems_python():
    """aiosmtpd is a Debian package: where the first Python on the path is another one, start the script over. Returns when there is no other, and it is not installed."""
    if Controller or os.environ.get("MERIT_MAIL_AGAIN") or not Path("/usr/bin/python3").exists():
        return
    os.environ["MERIT_MAIL_AGAIN"] = "1"
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])


def read(to, content):
    """A mail as its reader's program shows it."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {"to": to, "subject": str(mail["Subject"]), "language": str(mail["Content-Language"] or ""), "text": text.get_content() if text else "",
            "html": html.get_content() if html else ""}


class Box:
    """What came, in the order in which it came."""

    def __init__(self, told=None):
        self.mails, self.told, self.changed = [], told, threading.Condition()

    async def handle_DATA(self, server, session, envelope):
        for to in envelope.rcpt_tos:
            mail = read(to, envelope.content)
            with self.changed:
                self.mails.append(mail)
                self.changed.notify_all()
            if self.told:
                self.told(mail)
        return "250 taken"

    def wait(self, what, truth, seconds=120):
        """The first thing that `truth` finds in the mails; it is asked again with each that comes."""
        with self.changed:
            found = self.changed.wait_for(lambda: truth(self.mails), seconds)
        if not found:
            raise AssertionError(f"no such mail within {seconds} s: {what}; {len(self.mails)} came")
        return found

    def __enter__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def main():
    again_with_the_systems_python()
    if not Controller:
        print("SKIP aiosmtpd is not installed: apt install python3-aiosmtpd", flush=True)
        return
    with Box(lambda mail: print(json.dumps(mail), flush=True)) as box:
        print(box.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
