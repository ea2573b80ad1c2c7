"""From a scenario's tree to a tree for each of its cases: the matrix, and all variables filled in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path

from phone_recorder.harness.scenario.places import Items, Leaf, Node, Place, Table
from phone_recorder.harness.scenario.variables import NAME, Budget, Filler
from phone_recorder.settings.kinds import quoted
from phone_recorder.wire.printable import printable

MOST_CASES = 500
VARIABLES, MATRIX = "variables", "matrix"
_ADVICE = "write variables and lists of values, such as codec: [PCMU, PCMA], or a list of cases"
_SUFFIXES = (".scenario.yaml", ".scenario.yml", ".yaml", ".yml")

Chosen = tuple[tuple[str, Node, str], ...]
"""A value of each variable of the matrix: the variable's name, the value, and what the case's name says of it."""


def expand(tree: Table, path: Path) -> Iterator[tuple[str, Table]]:
    """The name of each case and what the file says for it, in the order of the matrix, whose last key turns fastest.

    ScenarioError for a variable that is named nowhere, unless it is one of the variables of an included file.
    """
    variables, budget, used = _variables(tree), Budget(), set[str]()
    rest = Table({key: node for key, node in tree.entries.items() if key not in (VARIABLES, MATRIX)}, tree.place)
    for chosen in _choices(tree):
        filler = Filler({**variables, **{name: value for name, value, _ in chosen}}, budget)
        filled = filler.fill(rest)
        assert isinstance(filled, Table), "a mapping stays one"
        used |= filler.used
        yield _name(path, chosen), filled
    _demand_used(tree, used)


def _demand_used(tree: Table, used: set[str]) -> None:
    for name, value in _of_matrix(tree.entries.get(MATRIX)):
        if name not in used:
            raise value.place.error(f"nothing uses it, and its cases are all the same: {_use(name)}")
    for name, value in _variables(tree).items():
        if name not in used and value.place.file == tree.place.file:
            raise value.place.error(f"nothing uses it: {_use(name)}")


def _use(name: str) -> str:
    return f"write ${{{name}}} where it belongs, or leave it out"


def _of_matrix(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Each of its variables, and where it stands."""
    for table in node.items if isinstance(node, Items) else (node,):
        if isinstance(table, Table):
            yield from table.entries.items()


def _name(path: Path, chosen: Chosen) -> str:
    suffix = next((suffix for suffix in _SUFFIXES if path.name.endswith(suffix)), "")
    stem = printable(path.name.removesuffix(suffix))
    if not stem:
        raise Place(path, 1).error(f"the file has no name: call it something, such as call{suffix}")
    return f"{stem}[{','.join(shown for _, _, shown in chosen)}]" if chosen else stem


def _variables(tree: Table) -> dict[str, Node]:
    node = tree.entries.get(VARIABLES)
    if node is None:
        return {}
    if not isinstance(node, Table):
        raise node.place.error("it is no mapping: write names and values, such as codec: PCMU")
    for name, value in node.entries.items():
        _demand_a_name(name, value)
    return node.entries


def _choices(tree: Table) -> Iterator[Chosen]:
    node = tree.entries.get(MATRIX)
    if node is None:
        return iter([()])
    if isinstance(node, Items):
        return iter(_listed(node))
    if not isinstance(node, Table) or not node.entries:
        raise node.place.error(f"it is no mapping: {_ADVICE}")
    axes = [_axis(name, values) for name, values in node.entries.items()]
    if (cases := prod(map(len, axes))) > MOST_CASES:
        raise node.place.error(f"it makes {cases} cases: make it {MOST_CASES} or fewer")
    return product(*axes)


def _listed(node: Items) -> list[Chosen]:
    """The cases of a list of mappings, in its order."""
    if not 0 < len(node.items) <= MOST_CASES:
        raise node.place.error(f"it makes {len(node.items)} cases: write 1 to {MOST_CASES}")
    cases: dict[str, Chosen] = {}
    for number, one in enumerate(node.items, 1):
        chosen = _one_case(number, one)
        shown = ",".join(shown for _, _, shown in chosen)
        if shown in cases:
            raise one.place.error(f"a case of {shown} stands in the list twice: leave one of them out")
        cases[shown] = chosen
    return list(cases.values())


def _one_case(number: int, node: Node) -> Chosen:
    if not isinstance(node, Table) or not node.entries:
        raise node.place.error("it is no case: write variables and values, such as {model: BX6, codec: G722}")
    for name, value in node.entries.items():
        _demand_a_name(name, value)
    return tuple((name, value, _shown(number, value)) for name, value in node.entries.items())


def _axis(name: str, values: Node) -> list[tuple[str, Node, str]]:
    _demand_a_name(name, values)
    if not isinstance(values, Items) or not values.items:
        raise values.place.error("it has no list of values: write some, such as [PCMU, PCMA]")
    axis = [(name, value, _shown(number, value)) for number, value in enumerate(values.items, 1)]
    seen: set[str] = set()
    for _, value, shown in axis:
        if shown in seen:
            raise value.place.error(f"{quoted(shown)} stands in the list twice: leave one of them out")
        seen.add(shown)
    return axis


def _shown(number: int, value: Node) -> str:
    """A value that is no text goes by its number."""
    return printable(" ".join(value.text.split())) if isinstance(value, Leaf) else str(number)


def _demand_a_name(name: str, value: Node) -> None:
    if not NAME.fullmatch(name):
        raise value.place.error(f"{quoted(name)} is no variable's name: write letters, digits and _, such as codec")
