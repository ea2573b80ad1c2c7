"""Whether any server was reached, by the reasons of failures."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.bottleneck import LACKS, lacking
from phone_recorder.bulk.fleet.no_server import no_server, none_reached

REFUSED = "cannot connect: connection refused"


@pytest.mark.parametrize(
    ("failures", "none"),
    [
        ((), False),
        ((REFUSED,), True),
        ((REFUSED, "cannot connect: no route to host"), True),
        ((REFUSED, "refused: full"), False),
        ((REFUSED, lacking(LACKS[0])), False),
        ((lacking(LACKS[1]),), False),
    ],
)
def test_none_was_where_all_have_failed_to_connect_for_no_want_of_their_own(
    failures: tuple[str, ...], none: bool
) -> None:
    assert none_reached(failures) is none


def test_what_to_do_has_the_word_that_names_a_server() -> None:
    assert no_server(("::1", 5000), "-H") == (
        "is a record server running at [::1]:5000? `phone-recorder server --port 5000 --storage DIR` starts one;"
        " -H names another"
    )
