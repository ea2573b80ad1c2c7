"""How servers and the network are, and become, in a scenario: `refuse no licence`, `answers 200 OK`, `loss 2 %`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.network import Impairment
from phone_recorder.harness.scenario.actions import Network, ServerActs, SipActs
from phone_recorder.harness.scenario.phrases import Phrase, pattern_of, read_phrase, shown_form
from phone_recorder.harness.scenario.places import Leaf, Node
from phone_recorder.harness.scenario.shapes import Phrases, Schema, or_variable, text_of
from phone_recorder.harness.scenario.vocabulary import VOCABULARY
from phone_recorder.harness.scenario.words import misspelt
from phone_recorder.settings.kinds import quoted


def _answers(status: int, reason: str | None = None, delay: int = 0) -> SipActs:
    if reason is None:
        from phone_recorder.sip.messages.message_types import REASONS  # which loads a whole SIP stack

        reason = REASONS.get(status, "")
    return SipActs(status, reason, delay)


_SERVER = (
    Phrase("ours", partial(ServerActs, "ours")),
    Phrase("refuse [{text:text}]", partial(ServerActs, "refuse")),
    Phrase("hang", partial(ServerActs, "hang")),
    Phrase("reset", partial(ServerActs, "reset")),
    Phrase("close", partial(ServerActs, "close")),
    Phrase("unreachable", partial(ServerActs, "unreachable")),
    Phrase("vanish", partial(ServerActs, "vanish")),
    Phrase("answer {text:text}", partial(ServerActs, "answer")),
    Phrase("split {number:count} bytes", partial(ServerActs, "split")),
)
SERVER = Phrases("server", _SERVER)
SERVER_STEP = Phrases("step of a server", (*_SERVER, Phrase("restart", partial(ServerActs, "restart"))))

SIP_SERVER = Phrases(
    "SIP server",
    (
        Phrase("answers {status:status} [after {delay:time}]", _answers),
        Phrase("answers {status:status} [{reason:text}] [after {delay:time}]", _answers),
        Phrase("hang", partial(SipActs, 0, "")),
    ),
)


def _part(name: str, value: Any) -> tuple[str, Any]:
    return name, value


_TROUBLES = (
    Phrase("loss {value:share}", partial(_part, "loss")),
    Phrase("burst {value:count}", partial(_part, "burst")),
    Phrase("reorder {value:share}", partial(_part, "reorder")),
    Phrase("duplicate {value:share}", partial(_part, "duplicate")),
    Phrase("jitter {value:time}", partial(_part, "jitter")),
)
_STALL = Phrase("stall {value:time}", partial(_part, "stall"))
_TROUBLE_NAMES = ("loss", "burst", "reorder", "duplicate", "jitter", "stall")
_ONCE = "".join(f"(?!.*{name} .*{name} )" for name in _TROUBLE_NAMES) + "(?=.*loss |(?!.*burst +0*(?:[2-9]|1[0-9])))"
"""For editors: each trouble once, and a burst of nothing but what is lost."""
_POINT = re.compile(r"[0-9],[0-9]")
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Troubles between commas, each once; `clear` is none."""

    troubles: tuple[Phrase, ...]

    def read(self, node: Node) -> Network:
        if not isinstance(node, Leaf):
            raise node.place.error("it is no single value: write troubles in one line, such as loss 2 %, jitter 30 ms")
        text = text_of(node, "a trouble such as loss 2 %, or clear")
        if text == "clear":
            return Network()
        values: dict[str, Any] = {}
        try:
            if _POINT.search(text):
                raise UsageError(f"{quoted(text)} is no trouble of a network: {misspelt(text)}")
            for part in _COMMA.split(text):
                self._demand_one(part)
                name, value = read_phrase(part, self.troubles, VOCABULARY, "trouble of a network")
                if name in values:
                    raise UsageError(f"{name} stands here twice: leave one of them out")
                values[name] = value
            return _network(values)
        except UsageError as error:
            raise node.place.error(error) from error

    def _demand_one(self, part: str) -> None:
        """One trouble stands there, as far as its words tell; UsageError says what to do about none or two."""
        first, *others = [word for word in part.split() if word in (*_TROUBLE_NAMES, "clear")] or [""]
        if not part:
            raise UsageError("a comma has nothing before it or behind it: leave it out")
        if others:
            raise UsageError(f"{quoted(part)} is two things: put a comma in front of {others[0]}")
        if first == "clear":
            raise UsageError("clear stands beside something else: leave one of them out")
        if first == "stall" and _STALL not in self.troubles:
            raise UsageError("a stall is at an instant: write it as a step, such as network: stall 500 ms")

    def schema(self) -> Schema:
        one = "|".join(pattern_of(trouble.form, VOCABULARY) for trouble in self.troubles)
        forms = " · ".join([*(shown_form(trouble.form, VOCABULARY) for trouble in self.troubles), "clear"])
        pattern = f"^(?:clear|{_ONCE}(?:{one})(?: *, *(?:{one}))*)$"
        return or_variable({"type": "string", "pattern": pattern, "description": f"{forms}; several between commas"})


def _network(values: dict[str, Any]) -> Network:
    burst, stall = values.pop("burst", 1), values.pop("stall", 0)
    if burst > 1 and not values.get("loss"):
        raise UsageError("nothing is lost, and so no burst of it: write a loss too, such as loss 2 %, burst 3")
    return Network(Impairment(**values), burst, stall)


NETWORK = NetworkShape(_TROUBLES)
NETWORK_STEP = NetworkShape((*_TROUBLES, _STALL))
