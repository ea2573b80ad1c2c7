from __future__ import annotations

from phone_recorder.harness.runner.seeds import draw_seed, seed_of
from tests.harness.fake_engine import case


def test_a_case_has_the_same_seed_of_the_same_run_today_and_tomorrow() -> None:
    assert seed_of(case("pull[PCMU]"), 7) == 1735941299


def test_each_case_and_each_run_has_another_seed() -> None:
    assert len({seed_of(case(name), run) for name in "ab" for run in (1, 2)}) == 4


def test_a_case_that_fixes_its_seed_keeps_it() -> None:
    assert seed_of(case("a", seed=0), 7) == 0


def test_runs_draw_other_seeds() -> None:
    drawn = {draw_seed() for _ in range(8)}
    assert len(drawn) > 1 and all(0 <= seed < 1 << 32 for seed in drawn)
