"""The Markdown file: the machine, one line per measurement, and a summary; written anew after every row."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import statistics
import subprocess
from dataclasses import dataclass

ABOUT = """Times are from the array in memory to the result in memory, the median of 3 to 15 repeats after a small run that is not
timed; one repeat in slow rows and where one takes long. Memory is the most that the process held beyond the input and
the loaded libraries. A tool without threads is measured once; beside its ratio to topolens with the most threads stands
that to topolens with fewer."""


def heading(topic):
    return f"| input | threads | tool | median s | tool / topolens | peak MB | {topic.result} |\n{'|---' * 7}|"


def summary_heading(topic):
    columns = ["input", "threads", "topolens s", "fastest peer", "s", "peer / topolens"]
    columns += [f"{topic.named_peer} / topolens"] if topic.named_peer else []
    columns += ["our MB", "leanest peer MB"]
    return f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"


@dataclass
class Line:
    """A measurement, or why there is none; `threads` is what the tool was allowed, `used` what it can use."""

    row: object
    tool: object
    threads: int
    seconds: float | None = None
    megabytes: float | None = None
    result: str = ""
    is_peer: bool = False

    def text(self, ours):
        threads = str(self.threads) if self.tool.threaded else "1"
        if self.seconds is None:
            return f"| {self.row.name} | {threads} | {self.tool.name} | – | – | – | {self.result} |"
        beside = [s for t, s in ours.items() if t == self.threads or not self.tool.threaded]
        ratio = " · ".join(f"{self.seconds / s:.2f}" for s in beside)
        return (
            f"| {self.row.name} | {threads} | {self.tool.name} | {self.seconds:.4f} | {ratio or '–'} | "
            f"{self.megabytes:.0f} | {self.result} |"
        )


def machine():
    cpuinfo, memory = pathlib.Path("/proc/cpuinfo"), ""
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    names = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    if "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    vectors = next((name for flag, name in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in text), "no AVX2")
    model = names[0] if names else platform.processor() or "unknown processor"
    busy = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores ({vectors}){memory}, {platform.system()}, Python {platform.python_version()}{busy}"


def commit():
    command = ["git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f" ({done.stdout.strip()})" if done.returncode == 0 else ""


def head(topic, command):
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ["topolens", *topic.packages]]
    versions[0] += commit()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    made = f"{today}, `{command}`. {machine()}."
    return "\n\n".join([f"# {topic.title}", made, ", ".join(versions) + ".", f"{ABOUT} {topic.about}"])


def ours(lines, row):
    """Our seconds by the number of threads."""
    return {line.threads: line.seconds for line in lines if line.row == row and line.tool.name == "topolens" and line.seconds}


def summary(topic, lines):
    rows = list(dict.fromkeys(line.row for line in lines))
    threads = sorted({line.threads for line in lines}, reverse=True)
    made = [summary_line(topic, [line for line in lines if line.row == row], row, t) for row in rows for t in threads]
    return [text for text in made if text]


def summary_line(topic, lines, row, threads):
    """Ours beside the fastest and the leanest exact peer allowed so many threads."""
    mine = next((line for line in lines if line.tool.name == "topolens" and line.threads == threads), None)
    if mine is None:
        return None
    able = [line for line in lines if line.is_peer and line.seconds and (line.threads == threads or not line.tool.threaded)]
    fastest = min(able, key=lambda line: line.seconds, default=None)
    leanest = min(able, key=lambda line: line.megabytes, default=None)
    named = [line for line in able if topic.named_peer and line.tool.name.startswith(topic.named_peer)]
    cells = [row.name, threads, number(mine.seconds, 4)]
    cells += [fastest.tool.name, number(fastest.seconds, 4)] if fastest else ["–", "–"]
    cells += [quotient(fastest, mine)]
    cells += [quotient(named[0] if named else None, mine)] if topic.named_peer else []
    cells += [number(mine.megabytes, 0)]
    cells += [f"{leanest.megabytes:.0f} ({leanest.tool.name})" if leanest else "–"]
    return "| " + " | ".join(map(str, cells)) + " |"


def quotient(line, mine):
    return f"{line.seconds / mine.seconds:.2f}" if line and mine.seconds else "–"


def number(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def document(topic, head, lines, notes):
    """The whole file."""
    texts = [line.text(ours(lines, line.row)) for line in lines]
    tables = [summary_heading(topic), *summary(topic, lines), "", "## Every measurement", "", heading(topic), *texts]
    return "\n".join([head, "", "## Summary", "", *tables, *(["", *notes] if notes else []), ""])


def median(seconds):
    return statistics.median(seconds)
