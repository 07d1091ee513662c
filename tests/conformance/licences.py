#!/usr/bin/env python3
"""Whether every crate in Cargo.lock may be given away with the program. Usage: licences.py, in the repository

Holds each crate's licence, an expression of SPDX, to the list in .ci/deny.toml, and its source to crates.io: what `cargo deny check licenses
sources` does, where that is not at hand. Advisories want its database, and the network: `cargo deny --config .ci/deny.toml check
advisories`. Prints what is not allowed; ends with 1 if anything is. Python 3.11 and cargo.
"""
import json
import re
import subprocess
import sys
import tomllib


def allowed(expression, known):
    """Whether an expression with AND, OR, WITH and brackets (SPDX, annex D) holds; a slash is an old way to write OR."""
    words = re.findall(r"\(|\)|\bAND\b|\bOR\b|[^\s()]+(?: WITH \S+)?", expression.replace("/", " OR "))
    at = 0

    def one():
        nonlocal at
        word = words[at]
        at += 1
        if word != "(":
            return word in known
        found = either()
        at += 1
        return found

    def parted(part, word):
        nonlocal at
        found = [part()]
        while at < len(words) and words[at] == word:
            at += 1
            found.append(part())
        return found

    def either():
        return any(parted(lambda: all(parted(one, "AND")), "OR"))

    return either()


def main():
    with open(".ci/deny.toml", "rb") as file:
        known = set(tomllib.load(file)["licenses"]["allow"])
    said = subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1"], check=True, capture_output=True, text=True).stdout
    metadata = json.loads(said)
    used = {node["id"] for node in metadata["resolve"]["nodes"]}
    crates = [crate for crate in metadata["packages"] if crate["id"] in used and crate["source"]]
    wrong = [f"{crate['name']} {crate['version']}: {crate['license']}" for crate in crates if not allowed(crate["license"] or "none", known)]
    wrong += [f"{crate['name']} {crate['version']}: from {crate['source']}" for crate in crates if "crates.io-index" not in crate["source"]]
    print("\n".join(wrong + [f"{len(crates)} crates, {len(wrong)} not allowed"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
