"""The sentences that errors are made with, found in the source: what stands in them for something else is a number."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path

from phone_recorder import errors

ROOT = Path(errors.__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef
GAP = "{}"


def names_of(root: type[Exception]) -> set[str]:
    """The classes of the error tree below this one, and itself."""
    classes = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return {kind.__name__ for kind in classes if issubclass(kind, root)}


def sentences(rooms: Iterable[str], kinds: set[str], without: Iterable[str] = ()) -> list[str]:
    """Every sentence that something of these names is called with, in these rooms or files: an error, or a function."""
    paths = {path for room in rooms for path in _files(ROOT / room)} - {ROOT / name for name in without}
    found = {template for path in paths for template in Source.of(path).templates(kinds)}
    return sorted(filled(template) for template in found if template.strip(" {}:()"))


def _files(place: Path) -> Iterable[Path]:
    return [place] if place.suffix else place.rglob("*.py")


def filled(template: str) -> str:
    """The template with another number in each place: 71, 72, ..."""
    numbers = count(71)
    return "".join(part if index == 0 else f"{next(numbers)}{part}" for index, part in enumerate(template.split(GAP)))


@dataclass
class Source:
    """One module. A name is followed to its constant, to the calls of its function, or not at all."""

    inside: dict[ast.AST, list[Function]]

    @classmethod
    def of(cls, path: Path) -> Source:
        return cls(dict(_inside(ast.parse(path.read_text("utf-8")), [])))

    def templates(self, kinds: set[str]) -> Iterator[str]:
        """What they are called with."""
        for call in self._calls(kinds):
            if call.args:
                yield from self._texts(call.args[0], self.inside[call])

    def _calls(self, names: set[str]) -> Iterator[ast.Call]:
        for node in self.inside:
            if isinstance(node, ast.Call) and _called(node) in names:
                yield node

    def _texts(self, node: ast.expr, inside: list[Function], follow: bool = True) -> list[str]:
        """What it can be; `follow` the parameter of a function to what it is called with, and a call to its results."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=values):
                return ["".join(parts) for parts in product(*(self._texts(value, inside, follow) for value in values))]
            case ast.FormattedValue(value=value):
                return self._texts(value, inside, follow)
            case ast.IfExp(body=body, orelse=other):
                return self._texts(body, inside, follow) + self._texts(other, inside, follow)
            case ast.BoolOp(values=values):
                return [text for value in values for text in self._texts(value, inside, follow)]
            case ast.Name(id=name) if name in CONSTANTS:
                return [CONSTANTS[name]]
            case ast.Name(id=name) if follow:
                return self._given(name, inside) or [GAP]
            case ast.Call(func=ast.Name(id=name)) if follow:
                return self._returned(name) or [GAP]
        return [GAP]

    def _given(self, name: str, inside: list[Function]) -> list[str]:
        """What the innermost function that has a parameter of that name is called with."""
        for function in reversed(inside):
            parameters = [argument.arg for argument in function.args.args if argument.arg != "self"]
            if name in parameters:
                position = parameters.index(name)
                calls = [call for call in self._calls({function.name}) if len(call.args) > position]
                return [text for call in calls for text in self._texts(call.args[position], self.inside[call], False)]
        return []

    def _returned(self, function: str) -> list[str]:
        found = [
            (node.value, inside)
            for node, inside in self.inside.items()
            if isinstance(node, ast.Return) and node.value and inside and inside[-1].name == function
        ]
        return [text for value, inside in found for text in self._texts(value, inside, False)]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _inside(node: ast.AST, functions: list[Function]) -> Iterator[tuple[ast.AST, list[Function]]]:
    """Every node with the functions that it stands in, the innermost last."""
    for child in ast.iter_child_nodes(node):
        yield child, functions
        inner = [*functions, child] if isinstance(child, Function) else functions
        yield from _inside(child, inner)


def _constants() -> Iterator[tuple[str, str]]:
    """The texts that have a name, anywhere in the package."""
    for path in ROOT.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    yield name, text


CONSTANTS = dict(_constants())
