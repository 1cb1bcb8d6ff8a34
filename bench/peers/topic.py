"""What one program of this folder measures."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Topic:
    """`find` names the result of a measurement, given what the first tool of the row found."""

    name: str
    title: str
    packages: list
    about: str
    result: str
    rows: list
    tools: list
    compare: Callable
    write: Callable
    job: Callable
    # A peer whose ratio has a column of its own in the summary.
    named_peer: str | None = None
    # Tools that are no peers: limits.
    limits: list = field(default_factory=list)

    def tools_of(self, row):
        return [tool for tool in [*self.tools, *self.limits] if tool.runs(row)]
