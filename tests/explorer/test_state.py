from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from lstm_shapes.explorer.presets import FIRST_QUESTION, PRESETS
from lstm_shapes.explorer.state import Snapshot, State


@pytest.fixture
def state() -> State:
    made = State(FIRST_QUESTION)
    assert made.wait(60)
    return made


def shown(state: State) -> dict[str, tuple[int, ...]]:
    assert state.snapshot.run is not None
    return state.snapshot.run.shapes()


def test_the_first_snapshot_is_measured(state: State) -> None:
    assert state.snapshot.status == "measured"
    assert shown(state)["out"] == (3, 5, 6)
    assert any(claim.id == "hand-built" and claim.holds for claim in state.snapshot.claims)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"batch_first": False}, {"input": (5, 3, 4), "out": (5, 3, 6)}),
        ({"bidirectional": False}, {"out": (3, 5, 3), "h_n": (2, 3, 3), "c_n": (2, 3, 3)}),
        ({"num_layers": 3}, {"h_n": (6, 3, 3), "c_n": (6, 3, 3)}),
        ({"hidden_size": 7}, {"out": (3, 5, 14), "h_n": (4, 3, 7), "c_n": (4, 3, 7)}),
        ({"input_size": 9}, {"input": (3, 5, 9)}),
        ({"proj_size": 2}, {"out": (3, 5, 4), "h_n": (4, 3, 2)}),
        ({"dropout": 0.5}, {}),
        ({"bias": False}, {}),
        ({"seed": 9}, {}),
        ({"seq_len": 8}, {"input": (3, 8, 4), "out": (3, 8, 6)}),
        (
            {"batch_size": 1},
            {"input": (1, 5, 4), "out": (1, 5, 6), "h_n": (4, 1, 3), "c_n": (4, 1, 3)},
        ),
        (
            {"batched": False},
            {"input": (5, 4), "out": (5, 6), "h_n": (4, 3), "c_n": (4, 3)},
        ),
    ],
)
def test_a_change_changes_the_shapes_it_should_and_no_others(
    state: State, change: dict[str, Any], changed: dict[str, tuple[int, ...]]
) -> None:
    before = shown(state)
    state.update(**change)
    assert shown(state) == before | changed


def test_gru_has_no_cell_state(state: State) -> None:
    state.update(kind="GRU")
    assert "c_n" not in shown(state)


def test_an_invalid_value_keeps_the_last_good_run_and_recovers(state: State) -> None:
    good = state.snapshot
    state.update(proj_size=3)
    bad = state.snapshot
    assert bad.status == "invalid"
    assert bad.run is good.run
    assert bad.question == good.question
    assert bad.problems
    assert "smaller than hidden_size" in (bad.problems[0].torch_says or "")
    assert bad.problems[0].cause == "proj_size=3 is not smaller than hidden_size=3"
    assert bad.problems[0].cure == "use 1 to 2, or 0 for no projection"
    assert bad.problems[0].code == (
        "nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True, proj_size=2)"
    )
    state.update(**bad.problems[0].fix)
    assert state.snapshot.status == "measured"
    assert shown(state)["h_n"] == (4, 3, 2)


def test_what_torch_takes_in_silence_is_refused_all_the_same(state: State) -> None:
    state.update(input_size=True)
    assert state.snapshot.problems
    assert state.snapshot.problems[0].torch_says == ""


def test_over_budget_the_formula_answers_and_nothing_runs(state: State) -> None:
    state.update(hidden_size=8192, seq_len=100_000)
    assert state.snapshot.status == "predicted"
    assert state.snapshot.run is None
    assert state.snapshot.claims == ()
    assert state.snapshot.refusal.startswith("needs 117 GiB (limit 64 MiB)")
    assert state.snapshot.torch_here
    state.update(hidden_size=3, seq_len=5)
    assert state.snapshot.status == "measured"


HOSTILE: list[dict[str, Any]] = [
    {"hidden_size": 10**400},
    {"hidden_size": -(10**30)},
    {"num_layers": 2**62, "proj_size": 3},
    {"seq_len": 2**63 - 1, "batch_size": 2**63 - 1},
    {"seed": -1},
    {"seed": 2**64},
    {"dropout": float("nan")},
    {"dropout": float("inf")},
    {"kind": "<img src=x onerror=alert(1)>"},
    {"batch_first": None},
    {"device": "cuda:99"},
    {"device": None},
    {"bidirectional": "no"},
    {"batched": "no"},
    {"hidden_size": None},
    {"hidden_size": "8"},
    {"kind": None},
    {"kind": ["LSTM"]},
    {"hidden_size": 10**5000},
]


@pytest.mark.parametrize("values", HOSTILE, ids=lambda values: repr(values.keys()))
def test_whatever_a_browser_sends_the_page_stands(state: State, values: dict[str, Any]) -> None:
    state.update(**values)
    assert state.snapshot.status in ("invalid", "predicted")
    state.update(**FIRST_QUESTION.values())
    assert state.snapshot.status == "measured"


@pytest.mark.parametrize("values", [{"seed": 2**64}, {"device": "cuda:99"}, {"kind": "lstm"}])
def test_no_words_are_put_into_torchs_mouth(state: State, values: dict[str, Any]) -> None:
    state.update(**values)
    assert state.snapshot.problems
    assert state.snapshot.problems[0].torch_says is None


@pytest.mark.parametrize(
    ("values", "fix"), [({"seed": -1}, {"seed": 0}), ({"device": "cuda:99"}, {"device": "cpu"})]
)
def test_what_only_the_run_refuses_has_its_cure_too(
    state: State, values: dict[str, Any], fix: dict[str, Any]
) -> None:
    state.update(**values)
    assert state.snapshot.problems
    assert state.snapshot.problems[0].fix == fix
    state.update(**fix)
    assert state.snapshot.status == "measured"


def test_several_mistakes_are_all_named_and_mended_one_by_one(state: State) -> None:
    state.update(hidden_size=0, dropout=1.5, seq_len=0, proj_size=2, lengths="two")
    first, *others = state.snapshot.problems
    assert state.snapshot.problems[0] is first
    assert first.argument == "hidden_size"
    assert first.torch_says == "hidden_size must be greater than zero"
    # A hidden_size of 1 has no room for the projection, which is no mistake by itself.
    assert first.fix == {"hidden_size": 1, "proj_size": 0}
    assert first.code == ""
    assert [(each.argument, each.fix) for each in others] == [
        ("dropout", {"dropout": 0.5}),
        ("seq_len", {"seq_len": 1}),
        ("lengths", {}),
    ]
    assert [(each.torch_says or "")[:30] for each in others] == [
        "dropout should be a number in ",
        "Expected sequence length to be",
        "",
    ]
    state.update(**first.fix)
    assert [each.argument for each in state.snapshot.problems] == ["dropout", "seq_len", "lengths"]
    assert state.snapshot.problems[0].code == (
        "nn.LSTM(4, 1, num_layers=2, batch_first=True, dropout=0.5, bidirectional=True)"
    )
    state.update(dropout=0.5, seq_len=1, lengths=None)
    assert state.snapshot.status == "measured"


def test_torch_is_asked_of_each_value_beside_no_other_that_is_refused(state: State) -> None:
    state.update(hidden_size=0, proj_size=-1, seq_len=0, lengths=(2, 0, 1))
    assert {each.argument: each.torch_says for each in state.snapshot.problems} == {
        "hidden_size": "hidden_size must be greater than zero",
        "proj_size": "proj_size should be a positive integer or zero to disable projections",
        "seq_len": "Expected sequence length to be larger than 0 in RNN",
        "lengths": None,  # there is no seq_len to which torch could pad
    }


def test_a_name_that_no_control_has_is_a_mistake_of_the_caller(state: State) -> None:
    with pytest.raises(TypeError, match="no such argument: hidden, layers"):
        state.update(layers=2, hidden=3)
    with pytest.raises(TypeError, match="no such argument: layers"):
        State(PRESETS["Unbatched"], layers=2)


def test_an_invalid_start_shows_the_question_it_departs_from() -> None:
    state = State(FIRST_QUESTION, proj_size=5)
    assert state.wait(60)
    assert state.snapshot.status == "invalid"
    assert state.snapshot.question.settings.proj_size == 0
    assert shown(state)["out"] == (3, 5, 6)


def test_a_device_that_runs_out_is_reported(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("lstm_shapes.live.run.call_module", fail)
    state.update(num_layers=3)
    problem = next(iter(state.snapshot.problems), None)
    assert problem is not None
    assert (problem.torch_says, problem.cause) == ("out of memory", "the run failed on cpu")


@pytest.fixture
def may_import(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Torch is not there before this is set."""
    allowed = threading.Event()

    def wait_first(name: str) -> ModuleType:
        assert allowed.wait(60)
        return import_module(name)

    monkeypatch.setattr("lstm_shapes.explorer.state.import_module", wait_first)
    return allowed


def test_before_torch_the_formula_answers_then_the_run_does(may_import: threading.Event) -> None:
    state = State(FIRST_QUESTION)
    seen: list[Snapshot] = []
    state.observe(lambda change: seen.append(change["new"]), "snapshot")
    assert not state.wait(0)
    state.update(num_layers=3)
    state.update(proj_size=9)
    assert state.snapshot.problems
    assert state.snapshot.problems[0].torch_says is None
    state.update(proj_size=0)
    assert {snapshot.status for snapshot in seen} == {"predicted", "invalid"}
    assert not any(snapshot.torch_here for snapshot in seen)
    may_import.set()
    assert state.wait(60)
    assert shown(state)["h_n"] == (6, 3, 3)


def test_with_an_event_loop_the_run_follows_by_itself(may_import: threading.Event) -> None:
    async def open_page() -> tuple[str, str, int]:
        measured = asyncio.Event()
        state = State(FIRST_QUESTION)
        before = state.snapshot.status
        threads: list[int] = []

        def heard(change: dict[str, Any]) -> None:
            threads.append(threading.get_ident())
            measured.set()

        state.observe(heard, "snapshot")
        may_import.set()
        await asyncio.wait_for(measured.wait(), 60)
        assert set(threads) == {threading.get_ident()}, "widgets belong to the loop's thread"
        return before, state.snapshot.status, len(threads)

    # In a thread of its own: the main one may have the loop of the browser tests.
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: asyncio.run(open_page())).result() == (
            "predicted",
            "measured",
            1,
        )


@pytest.mark.parametrize("error", [ImportError("No module named torch"), OSError("libc10.so")])
def test_without_torch_the_page_says_so(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr("lstm_shapes.explorer.state.import_module", fail)
    state = State(FIRST_QUESTION)
    assert state.wait(60)
    assert state.snapshot.status == "predicted"
    assert state.snapshot.refusal.startswith("torch cannot be imported: ")
    assert str(error) in state.snapshot.refusal
    assert not state.snapshot.torch_here
    assert state.devices == ("cpu",)
    state.update(num_layers=3)
    assert state.snapshot.question.settings.num_layers == 3
