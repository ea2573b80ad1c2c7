"""A run as JUnit XML, as CI systems read it: Jenkins' schema junit-10, of which others take what they know.

A case has `file` and `line` besides, as pytest wrote them: GitLab and what annotates pull requests on GitHub read them.

A suite is a scenario's file, a test case one of its cases. There is one `failure` a case, for some readers see the
first alone: its message is the first reason, its text has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from phone_recorder import __version__
from phone_recorder.harness.report.replay import Command
from phone_recorder.harness.report.tally import WRONG, tallied
from phone_recorder.harness.report.texts import NOTHING, expects_nothing, marked_up, reasons
from phone_recorder.harness.runner.result import Outcome, Result

_ELEMENTS: dict[Outcome, tuple[str, str]] = {
    "failed": ("failure", "failed"),
    "bad": ("error", "bad scenario"),
    "trouble": ("error", "trouble"),
    "skipped": ("skipped", ""),
}
"""What is in a test case that did not pass, and its type."""


def junit(results: Iterable[Result], command: Command, began_at: datetime) -> bytes:
    """The whole document, in UTF-8. `command` is the run's. `began_at` and the times alone differ from run to run."""
    ordered = sorted(results, key=lambda result: str(result.case.path))
    root = Element("testsuites", {"name": "phone-recorder", **_counts(ordered)})
    for path, some in groupby(ordered, lambda result: str(result.case.path)):
        root.append(_suite(path, list(some), command, began_at))
    indent(root)
    return b"%s\n" % tostring(root, "utf-8", xml_declaration=True)


def _suite(path: str, results: Sequence[Result], command: Command, began_at: datetime) -> Element:
    facts = {"name": marked_up(path), "file": marked_up(path), "timestamp": began_at.isoformat(timespec="seconds")}
    skipped = str(tallied(results).counts["skipped"])
    suite = Element("testsuite", {**facts, **_counts(results), "skipped": skipped})
    properties = SubElement(suite, "properties")
    for name, value in (("seed", str(command.seed)), ("version", __version__)):
        SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(_case(result, command) for result in results)
    return suite


def _counts(results: Sequence[Result]) -> dict[str, str]:
    counts = tallied(results).counts
    took = sum(result.took_s for result in results)
    errors = counts["bad"] + counts["trouble"]
    failures = counts["failed"]
    return {"tests": str(len(results)), "failures": str(failures), "errors": str(errors), "time": f"{took:.3f}"}


def _case(result: Result, command: Command) -> Element:
    path = marked_up(result.case.path)
    names = {"classname": path, "name": marked_up(result.case.name), "file": path, **_line(result)}
    case = Element("testcase", {**names, "time": f"{result.took_s:.3f}"})
    if result.outcome in _ELEMENTS:
        case.append(_reason(result))
    if more := _more(result, command):
        SubElement(case, "system-out").text = more
    return case


def _line(result: Result) -> dict[str, str]:
    """Where an annotation of a code review belongs: at what is first not as expected."""
    lines = [failure.line for failure in result.failures if failure.line]
    return {"line": str(lines[0])} if lines else {}


def _more(result: Result, command: Command) -> str:
    """What systems show below a case."""
    if result.outcome in WRONG:
        return marked_up(f"to play it again: {command.again((result.case,))}")
    return f"passed, {NOTHING}" if expects_nothing(result) else ""


def _reason(result: Result) -> Element:
    name, kind = _ELEMENTS[result.outcome]
    lines = [marked_up(line) for line in reasons(result)] or [result.outcome]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    element = Element(name, {**({"type": kind} if kind else {}), "message": lines[0] + more})
    if kind:
        element.text = "\n".join(lines)
    return element
