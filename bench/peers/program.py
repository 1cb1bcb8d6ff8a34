"""The program of a topic: topolens and its peers on the same inputs in one run.

Every measurement is a process of its own. A line is printed as it is known, and the file, by default in
`bench/results/`, is written after every row, so that an interrupted run keeps what it has.
"""

import argparse
import datetime
import os
import pathlib
import tempfile

import table
from clouds import Absent
from measure import make, measure

RESULTS = pathlib.Path(__file__).parents[1] / "results"


def arguments(topic):
    parser = argparse.ArgumentParser(description=topic.title, prog=f"cargo xtask bench-peers {topic.name}")
    parser.add_argument("--quick", action="store_true", help="the rows that take seconds")
    parser.add_argument("--threads", default="2,1", help="numbers of threads to measure with (default 2,1)")
    parser.add_argument("--only", action="append", metavar="TEXT", help="rows whose name, such as 'relu 3000×128', holds it")
    parser.add_argument("--tools", metavar="TEXT", help="topolens and the tools whose name holds this text")
    parser.add_argument("--patience", type=int, metavar="SECONDS", help="for one tool on one row (default 60, quick 30)")
    parser.add_argument("--scale", type=float, default=1, help="multiply the number of points, to try the program out")
    parser.add_argument("--data", metavar="FOLDER", help="where CIFAR-10 and other stored inputs lie (default TOPOLENS_DATA)")
    parser.add_argument("--out", type=pathlib.Path, help="the Markdown file (default bench/results/TOPIC-DATE.md)")
    return parser.parse_args()


def chosen_rows(topic, options):
    rows = [row.scaled(options.scale) for row in topic.rows if row.quick or not options.quick]
    return [row for row in rows if not options.only or any(text in row.name for text in options.only)]


def measure_row(topic, row, options, folder):
    """The lines of a row, printed as they come."""
    path = pathlib.Path(folder) / "input.npy"
    make(row, path)
    patience = (options.patience or (30 if options.quick else 60)) * (2 if row.slow else 1)
    lines, reference = [], None
    for tool in topic.tools_of(row):
        if options.tools and options.tools not in tool.name and tool.name != "topolens":
            continue
        for threads in allowed(tool, row, options.threads):
            found = measure(topic, tool, row, threads, path, patience)
            if "error" in found:
                lines.append(table.Line(row, tool, threads, result=found["error"]))
                print(lines[-1].text({}), flush=True)
                break
            reference = reference or found["found"]
            result = topic.compare(found["found"], reference)
            peer = tool.name != "topolens" and tool not in topic.limits and not result.startswith("DIFFERS")
            seconds = table.median(found["seconds"])
            lines.append(table.Line(row, tool, threads, seconds, found["megabytes"], result, peer))
            print(lines[-1].text(table.ours(lines, row)), flush=True)
    return lines


def allowed(tool, row, threads):
    """The most threads first, since who fails with them fails without; slow rows and serial tools have one turn."""
    numbers = sorted(map(int, threads.split(",")), reverse=True)
    return [1] if not tool.threaded else numbers[:1] if row.slow else numbers


def main(topic):
    options = arguments(topic)
    if options.data:
        os.environ["TOPOLENS_DATA"] = options.data
    out = options.out
    if out is None and not options.only and not options.tools and options.scale == 1:
        today = datetime.datetime.now(tz=datetime.UTC).date()
        out = RESULTS / f"{topic.name}-{today}{'-quick' if options.quick else ''}.md"
    command = f"cargo xtask bench-peers {topic.name}{' --quick' if options.quick else ''} --threads {options.threads}"
    heading = table.head(topic, command)
    lines, notes = [], []
    print(heading, "", table.heading(topic), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for row in chosen_rows(topic, options):
            try:
                lines += measure_row(topic, row, options, folder)
            except Absent as reason:
                notes.append(f"- {row.name} was left out: {reason}")
                print(notes[-1], flush=True)
            if out:
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(table.document(topic, heading, lines, notes))
    print("", table.summary_heading(topic), *table.summary(topic, lines), sep="\n")

