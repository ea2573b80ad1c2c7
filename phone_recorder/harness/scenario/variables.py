"""`${name}` in a scenario's file: the variable's value in its place, or its text within a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from difflib import get_close_matches

from phone_recorder.harness.scenario.places import Items, Leaf, Node, Place, Table
from phone_recorder.settings.kinds import quoted

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
USE = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
"""A variable, or `$${`, which stands for `${` itself."""
MOST_VALUES = 300_000
LONGEST = 10_000
"""Values of all cases of a file together, and characters of a text."""
DEEPEST = 5
"""So many variables may be made of one another."""


class Budget:
    """How many values may still be made."""

    def __init__(self, left: int = MOST_VALUES) -> None:
        self._left = left

    def spend(self, place: Place) -> None:
        """One value was made there."""
        self._left -= 1
        if self._left < 0:
            raise place.error(f"the variables make more than {MOST_VALUES} values: make fewer cases of them")


class Filler:
    """Puts the values of variables where they are named; a value may name others. Each keeps its type."""

    def __init__(self, variables: Mapping[str, Node], budget: Budget) -> None:
        self._variables = variables
        self._budget = budget
        self._known: dict[str, Node] = {}
        self._open: list[str] = []

    @property
    def used(self) -> Set[str]:
        """The variables that something was made of, those of other variables too."""
        return self._known.keys()

    def fill(self, node: Node) -> Node:
        """The node without variables; ScenarioError for one that is not defined, or is made of itself."""
        self._budget.spend(node.place)
        if isinstance(node, Leaf):
            return self._leaf(node) if "${" in node.text else node
        if isinstance(node, Items):
            return Items(tuple(map(self.fill, node.items)), node.place)
        return self._table(node)

    def _table(self, table: Table) -> Table:
        entries: dict[str, Node] = {}
        for key, node in table.entries.items():
            filled = self._text(key, node.place) if "${" in key else key
            if filled in entries:
                raise node.place.error(f"{quoted(filled)} stands here twice: leave one of them out")
            entries[filled] = self.fill(node)
        return Table(entries, table.place, table.flow)

    def _leaf(self, leaf: Leaf) -> Node:
        whole = USE.fullmatch(leaf.text)
        if whole and whole[1] is not None:
            return self._moved(self._value(whole[1], leaf.place), leaf.place)
        return Leaf(self._text(leaf.text, leaf.place), leaf.plain, leaf.place)

    def _text(self, text: str, place: Place) -> str:
        pieces, at = [], 0
        for use in USE.finditer(text):
            pieces += [text[at : use.start()], "${" if use[1] is None else self._within(use[1], place)]
            at = use.end()
        rest = text[at:]
        if "${" in rest:
            raise place.error("a variable has no end: write ${name}, or $${ for the characters themselves")
        filled = "".join((*pieces, rest))
        if len(filled) > LONGEST:
            raise place.error(f"with its variables it is longer than {LONGEST} characters: make it shorter")
        return filled

    def _within(self, name: str, place: Place) -> str:
        value = self._value(name, place)
        if not isinstance(value, Leaf):
            raise place.error(f"the variable {name.strip()} is no text: let it stand alone")
        return value.text

    def _value(self, name: str, place: Place) -> Node:
        name = name.strip()
        if name in self._known:
            return self._known[name]
        if name not in self._variables:
            raise place.error(self._undefined(name))
        if name in self._open:
            raise place.error(f"the variable {name} is made of itself: give it a value of its own")
        if len(self._open) == DEEPEST:
            raise place.error(f"more than {DEEPEST} variables are made of one another: write the value itself")
        self._open.append(name)
        value = self._known[name] = self.fill(self._variables[name])
        self._open.pop()
        return value

    def _undefined(self, name: str) -> str:
        near = get_close_matches(name, self._variables, 1)
        hint = f"did you mean {near[0]}" if near else "define it under variables"
        return f"there is no variable {quoted(name)[1:-1]}: {hint}"

    def _moved(self, node: Node, place: Place) -> Node:
        """The value as if it were written where it is named: errors about it are told there."""
        self._budget.spend(place)
        if isinstance(node, Leaf):
            return Leaf(node.text, node.plain, place)
        if isinstance(node, Items):
            numbered = enumerate(node.items, 1)
            return Items(tuple(self._moved(item, place.below(n, place.line)) for n, item in numbered), place)
        entries = {key: self._moved(item, place.below(key, place.line)) for key, item in node.entries.items()}
        return Table(entries, place, node.flow)
