"""A kernel keeps what it shows, not what it has shown."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import torch

from lstm_shapes import Explorer
from lstm_shapes.explorer.choices import TABS
from lstm_shapes.explorer.memory import CAPACITY, SERVED, keep_few_primitives
from lstm_shapes.live.run import Run
from tests.fake_comm import Wire, recorded

# Later ones are hardly smaller, so that what is kept grows only with how many are kept.
STATES = [
    {"input_size": 30 - i, "batch_size": batch_size, "seq_len": 240 // batch_size}
    for i, batch_size in enumerate((8, 10, 12, 15, 16, 20) * 4)
]
FEW = 6


class Alive(NamedTuple):
    """How many runs there are, and the bytes of all tensors with values."""

    runs: int
    bytes: int


@pytest.fixture
def wire() -> Iterator[Wire]:
    with recorded() as wire:
        yield wire


def alive() -> Alive:
    gc.collect()
    there = [each for each in gc.get_objects() if type(each) in (torch.Tensor, Run)]
    tensors = [each for each in there if type(each) is torch.Tensor]
    stored = [each.untyped_storage() for each in tensors if each.layout is torch.strided]
    held = {each.data_ptr(): each.nbytes() for each in stored if each.device.type != "meta"}
    return Alive(sum(type(each) is Run for each in there), sum(held.values()))


@pytest.mark.parametrize("tab", TABS)
def test_after_many_states_no_more_is_kept_than_after_a_few(wire: Wire, tab: str) -> None:
    explorer = Explorer(num_layers=1, hidden_size=20, tab=tab)
    assert explorer.state.wait(60)
    after: list[Alive] = []
    for states in (STATES[:FEW], STATES[FEW:]):
        for state in states:
            explorer.state.update(**state)
            wire.sent.clear()
        after.append(alive())
    few, many = after
    run = explorer.state.snapshot.run
    assert run is not None
    own = sum(each.nbytes for each in (*run.tensors().values(), *run.weights.values()))
    assert many.runs <= few.runs
    assert many.bytes - few.bytes < own


# More sizes than a served kernel keeps programs for, twice.
SEEN_AGAIN = """
import torch
from lstm_shapes import Explorer

Explorer().state.wait()
with torch.no_grad():
    for again in (False, True):
        print("again" if again else "first", flush=True)
        for hidden_size in range(1, 100):
            torch.nn.LSTM(3, hidden_size)(torch.zeros(2, 3, 3))
"""


def compiled_again(**environment: str) -> int:
    """How many programs oneDNN compiles for sizes that it has seen already."""
    known = {name: value for name, value in os.environ.items() if name not in (SERVED, CAPACITY)}
    told = subprocess.run(
        [sys.executable, "-c", SEEN_AGAIN],
        env=known | {"ONEDNN_VERBOSE": "profile_create"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    if "create:cache_miss" not in told:
        pytest.skip("torch does not use oneDNN for an LSTM here")
    return told.partition("again")[2].count("create:cache_miss")


def test_a_served_kernel_keeps_few_compiled_programs() -> None:
    assert compiled_again(**{SERVED: "/"}) > 0


def test_a_notebook_keeps_as_many_as_its_user_is_used_to() -> None:
    assert compiled_again() == 0


def test_who_serves_may_choose_how_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVED, "/")
    monkeypatch.setenv(CAPACITY, "200")
    keep_few_primitives()
    assert os.environ[CAPACITY] == "200"
