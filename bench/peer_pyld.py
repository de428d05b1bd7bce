"""The Python peer of bench/run: PyLD, text to hash, documents a second of processor time.

    peer_pyld.py CREDENTIALS FOLDER [ROUNDS [SECONDS]]

FOLDER holds contexts.json and the canonical forms of jsonld.js, with which PyLD's are compared first."""
import hashlib
import json
import statistics
import sys
import time
from pathlib import Path

from pyld import jsonld


def load(url, options=None):
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": CONTEXTS[url]}


def canonical(text):
    return jsonld.normalize(json.loads(text), {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}).encode()


def rate(texts, seconds, turn):
    """Documents a second; turn: which comes first. Returns the rate and the next turn."""
    start, done = time.process_time(), 0
    while True:
        hashlib.sha256(canonical(texts[(turn + done) % len(texts)])).digest()
        done += 1
        used = time.process_time() - start
        if used >= seconds:
            return done / used, turn + done


def main(credentials, folder, rounds="5", seconds="1"):
    texts = [line for line in Path(credentials).read_text(encoding="utf-8").split("\n") if line]
    for i in range(min(10, len(texts))):
        if canonical(texts[i]) != Path(folder, f"c{i}.nq").read_bytes():
            sys.exit(f"PyLD and jsonld.js do not agree about document {i}")
    rates, turn = [], 0
    for _ in range(int(rounds)):
        one, turn = rate(texts, float(seconds), turn)
        rates.append(one)
    print(f"rdf.hash {statistics.median(rates):.4g}")


CONTEXTS = json.loads(Path(sys.argv[2], "contexts.json").read_text(encoding="utf-8"))
main(*sys.argv[1:])
