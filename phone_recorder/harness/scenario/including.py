"""A scenario's file with the files that it includes: mappings are merged, steps and expectations are joined."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.places import Items, Leaf, Node, Place, ScenarioError, Table
from phone_recorder.harness.scenario.yaml_tree import read_tree
from phone_recorder.settings.kinds import quoted

INCLUDE = "include"
JOINED = ("steps", "expect")
SUFFIXES = (".yaml", ".yml")
MOST_FILES = 50
"""So many files make one scenario at most, each counted as often as it is included."""


def read_with_includes(path: Path) -> Table:
    """What the file says, together with what it includes; ScenarioError names the file that is wrong."""
    return _Reader().read(path, ())


class _Reader:
    def __init__(self) -> None:
        self._files = 0

    def read(self, path: Path, through: tuple[Path, ...]) -> Table:
        """The file, which is included through those."""
        self._files += 1
        _demand_no_way_out(path)
        tree = read_tree(path)
        merged = Table({}, tree.place)
        for name in _included(tree):
            merged = merge(merged, self._one(name, (*through, Path(os.path.realpath(path)))))
        own = {key: node for key, node in tree.entries.items() if key != INCLUDE}
        return merge(merged, Table(own, tree.place))

    def _one(self, name: Leaf, through: tuple[Path, ...]) -> Table:
        path = beside(name)
        if path.suffix not in SUFFIXES:
            # What is wrong in a file is told with what stands there: of others than these that is nobody's business.
            raise name.place.error(f"{quoted(name.text)} is no YAML file: write a name that ends in .yaml or .yml")
        if Path(os.path.realpath(path)) in through:
            raise name.place.error(f"{name.text} includes this file in turn: leave one of them out")
        if self._files >= MOST_FILES:
            raise name.place.error(f"more than {MOST_FILES} files are included: leave some out")
        try:
            return self.read(path, through)
        except ScenarioError:
            raise
        except UsageError as error:
            raise name.place.error(f"{error}: write a file's name as seen from this file") from error


def _demand_no_way_out(path: Path) -> None:
    """A link by such a name leads to a file of such a name."""
    if path.suffix in SUFFIXES and Path(os.path.realpath(path)).suffix not in SUFFIXES:
        raise Place(path, 1).error("it is a link to a file that is not YAML: let it lead to one that ends in .yaml")


def beside(name: Leaf) -> Path:
    """The path of a file that is named as seen from the file that names it."""
    return Path(os.path.normpath(name.place.file.parent / name.text))


def merge(below: Table, above: Table) -> Table:
    """Both; what is in `above` counts where both say something."""
    entries = dict(below.entries)
    for key, node in above.entries.items():
        entries[key] = _merged(key, entries[key], node) if key in entries else node
    return Table(entries, above.place, above.flow)


def _merged(key: str, below: Node, above: Node) -> Node:
    if isinstance(below, Table) and isinstance(above, Table):
        return merge(below, above)
    if isinstance(below, Items) and isinstance(above, Items) and key in JOINED:
        return Items(below.items + above.items, above.place)
    return above


def _included(tree: Table) -> Iterator[Leaf]:
    node = tree.entries.get(INCLUDE)
    if node is None:
        return
    if isinstance(node, Items) and not node.items:
        raise node.place.error("the list says nothing: write a file's name, or leave its key out")
    for name in node.items if isinstance(node, Items) else (node,):
        if not isinstance(name, Leaf) or name.empty or not name.text.isprintable():
            raise name.place.error("it is no file's name: write one such as base.yaml, or a list of some")
        yield name
