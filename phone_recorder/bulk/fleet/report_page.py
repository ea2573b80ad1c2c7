"""A run as one HTML file that needs nothing else: no network, no script, no other file. Every value is escaped."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template

from phone_recorder import __version__
from phone_recorder.bulk.fleet.report import Report
from phone_recorder.bulk.fleet.report_plot import Curve, Plot, drawn
from phone_recorder.bulk.fleet.report_plots import Table, plots
from phone_recorder.bulk.fleet.report_summary import bottleneck, files, packets, plan_words, recordings, title
from phone_recorder.bulk.fleet.report_words import SPREAD_HEAD, duration, plural, share, spread_words
from phone_recorder.bulk.fleet.snapshot import SPREADS, Snapshot

FILES = Path(__file__).parent / "templates"


def page(report: Report) -> bytes:
    """The page in UTF-8."""
    style = (FILES / "page.css").read_text("utf-8")
    values = {
        "style": style,
        "policy": _policy(style),
        "title": escape(title(report.plan)),
        "chips": "".join(_chip(*one) for one in _chips(report)),
        "about": escape(f"{report.why_ended}; phone-recorder {__version__}, {report.began_at:%Y-%m-%d %H:%M:%S}"),
        "warning": _warning(report),
        "results": _pairs(_results(report)),
        "plan": _pairs(plan_words(report.plan, report.voice)),
        "spreads": _table(Table(("", *SPREAD_HEAD), tuple(_spreads(report.last))), "Table: durations", named=True),
        "failures": _failures(report.failures),
        "thresholds": _thresholds(report),
        "plots": "\n".join(_figure(number, *one) for number, one in enumerate(plots(report.course, report.plan))),
    }
    return Template((FILES / "page.html").read_text("utf-8")).substitute(values).encode("utf-8", "replace")


def _policy(style: str) -> str:
    """What the page may load and run: its own style, known by its hash, and nothing else."""
    known = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{known}'; img-src data:"


def _chips(report: Report) -> Iterable[tuple[str, str]]:
    last = report.last
    yield ("good" if last.started else "bad"), f"{last.started:,} started"
    yield ("bad" if last.failed else "good"), f"{last.failed:,} failed"
    if report.plan.local:
        yield ("bad" if last.frames_lost else "good"), f"{last.frames_lost:,} frames lost"
    if last.frames_wrong:
        yield "bad", f"{last.frames_wrong:,} frames wrong"
    if not_passed := sum(not verdict.passed for verdict in report.verdicts):
        yield "bad", f"{plural(not_passed, 'threshold')} not passed"
    if last.bottleneck:
        yield "warn", "bottleneck"


def _chip(kind: str, text: str, element: str = "li") -> str:
    return f'<{element} class="chip {kind}">{escape(text)}</{element}>'


def _warning(report: Report) -> str:
    if not report.last.bottleneck:
        return ""
    return f'<p class="card warning">{escape(_sentence(bottleneck(report.plan, report.last)))}.</p>'


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _results(report: Report) -> Iterable[tuple[str, str]]:
    yield "lasted", duration(report.last.at_s)
    yield "recordings", recordings(report.last)
    yield "packets", packets(report.last)
    if report.plan.local:
        yield "files", files(report.plan, report.last)
    measured = report.course.measured
    if measured.cpu_share is not None and measured.limited_share is not None:
        limited = f"the bottleneck in {share(measured.limited_share)} of the time"
        yield "this process", f"{share(measured.cpu_share)} of a core; {limited}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    inside = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
    return f"<dl>{inside}</dl>"


def _spreads(last: Snapshot) -> Iterable[tuple[str, ...]]:
    for field, name in SPREADS.items():
        yield (name, *spread_words(getattr(last, field)))


def _failures(failures: Sequence[tuple[str, int]]) -> str:
    rows = tuple((f"{count:,}", reason) for reason, count in failures)
    return _section("Failures", _table(Table(("recordings", "why"), rows), "Table: failures")) if rows else ""


def _thresholds(report: Report) -> str:
    items = (
        f"{_chip('good', 'passed', 'span') if one.passed else _chip('bad', 'failed', 'span')} {escape(str(one))}"
        for one in report.verdicts
    )
    rows = "".join(f"<li>{item}</li>" for item in items)
    return _section("Thresholds", f'<ul class="plain">{rows}</ul>') if rows else ""


def _section(heading: str, inside: str) -> str:
    name = heading.lower()
    return f'<section class="card" aria-labelledby="{name}"><h2 id="{name}">{heading}</h2>{inside}</section>'


def _figure(number: int, plot: Plot, table: Table) -> str:
    heading, place = escape(plot.title), f"plot-{number}"
    note = f'<p class="dim">One row of {table.every}; the CSV has all.</p>' if table.every > 1 else ""
    shaded = '<p class="dim">Shaded: the fleet itself was the bottleneck.</p>' if plot.marked else ""
    return (
        f'<section class="card" aria-labelledby="{place}"><h2 id="{place}">{heading}</h2>'
        f'<ul class="legend">{"".join(_legend(*one) for one in enumerate(plot.curves))}</ul>{shaded}'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Plot: {heading}">{drawn(plot)}</div>'
        f"<details><summary>As a table</summary>{note}{_table(table, f'Table: {plot.title}')}</details></section>"
    )


def _legend(number: int, curve: Curve) -> str:
    line = f'<path class="line c{number}" d="M2 4H26"/>'
    return (
        f'<li><svg viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">{line}</svg> {escape(curve.name)}</li>'
    )


def _table(table: Table, label: str, named: bool = False) -> str:
    """With `named`, the first cell of a row is its name. It scrolls where there is much, from the keyboard too."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in table.head)
    body = "".join(f"<tr>{_cells(row, named)}</tr>" for row in table.rows)
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll tall" tabindex="0" role="region" aria-label="{escape(label)}">{whole}</div>'


def _cells(row: Sequence[str], named: bool) -> str:
    cells = [f"<td>{escape(cell)}</td>" for cell in row]
    if named:
        cells[0] = f'<th scope="row">{escape(row[0])}</th>'
    return "".join(cells)
