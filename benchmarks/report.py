"""docs/benchmarks.md: a head and one section for each benchmark, replaced as it is measured again: pure."""

import re

HEAD = """# Benchmarks

Written by `script/benchmark`, a section at a time. Absolute figures are those of the machine that each section names, which \
draws in software (Mesa llvmpipe, offscreen, a window of 1080x1920 px); compare the columns, and measure on the real terminal. \
A benchmark by itself is a load of about 1; with more the machine had other work, which lengthens all times."""


def put(document: str, section: str) -> str:
    """The document with this section, which begins with `## Name`, in the place of the one of that name, or at its end."""
    sections = re.split(r"\n\n(?=## )", document.strip())[1:]
    named = {one.partition("\n")[0]: one for one in (*sections, section)}
    return "\n\n".join((HEAD, *named.values())) + "\n"
