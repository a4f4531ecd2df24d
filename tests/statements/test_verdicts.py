"""Whether a vector may be fed to a head, held against a second judge.

The judge knows nothing of labels and gradients. It evaluates the code as Python, on what plain
torch returns; it changes one input, or one weight, and looks at what changes; and it runs each
sample alone, cut to its own length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes import ExpressionError, InputSizes, Run, Settings, run
from lstm_shapes.expression.grammar import parse
from lstm_shapes.live.variants import with_gradients
from lstm_shapes.statements.vectors import Reading, readings
from tests.strategies import seeds, settings

AFTER_N_FIRST = "(torch.arange(L) >= lengths[:, None])[..., None]"
AFTER_L_FIRST = "(torch.arange(L)[:, None] >= lengths)[..., None]"
SCORES_N_FIRST = (
    f"torch.softmax(out.sum(-1, keepdim=True).masked_fill({AFTER_N_FIRST}, -torch.inf), 1)"
)

CODES = [
    "h_n",
    "h_n[-1]",
    "h_n[0]",
    "h_n.squeeze(0)",
    "h_n.squeeze()",
    "h_n.view(-1, H_out)",
    "h_n.view(N, -1)",
    "h_n.reshape(N, -1)",
    "h_n.flatten()",
    "h_n.transpose(0, 1).flatten(1)",
    "h_n.transpose(0, 1).reshape(N, -1)",
    "torch.cat([h_n[-2], h_n[-1]], dim=-1)",
    "torch.cat([h_n[0], h_n[-1]], dim=-1)",
    "torch.stack([h_n[-2], h_n[-1]]).sum(0)",
    "h_n[-1].flip(0)",
    "h_n[-1, :1]",
    "out",
    "out[-1]",
    "out[:, -1]",
    "out[0]",
    "out[:, 0]",
    "out[:, -1].squeeze()",
    "out.squeeze()[:, -1]",
    "out.mean(0)",
    "out.mean(1)",
    "out.sum(0)",
    "out.sum(1)",
    "out.max(0).values",
    "out.max(1).values",
    "out.flatten(1)",
    "out.transpose(0, 1).flatten(1)",
    "torch.cat([out[:, -1, :H_out], out[:, 0, H_out:]], dim=-1)",
    "torch.cat([out[-1, :, :H_out], out[0, :, H_out:]], dim=-1)",
    "out[range(N), range(N)]",
    "torch.cat([h_n[-1, :1], h_n[0, 1:]])",
    "out[:, -1, :H_out] + out[:, -1, H_out:]",
    "out.view(N, L, D, H_out).sum(2)[:, -1]",
    "out.view(N, L, D, H_out).sum(2).mean(1)",
    "h_n[0] + h_n[-1]",
    "torch.softmax(out, 1).sum(1)",
    "torch.softmax(out[:, -1], -1)",
    "out.sum(1) / lengths[0]",
    "h_n[-1] / lengths.max()",
    "h_n[-2] + h_n[-1]",
    "(h_n[-2] * 0.5 + h_n[-1]) / 2",
    "h_n.sum(0)",
    "out[..., :H_out] + out[..., H_out:]",
    "(out[..., :H_out] + out[..., H_out:]).mean(1)",
    "out[range(N), lengths - 1]",
    "out[lengths - 1, range(N)]",
    "out.sum(1) / lengths[:, None]",
    "out.sum(0) / lengths[:, None]",
    "out.mean(1) * L / lengths[:, None]",
    "out.float().sum(1) / lengths[:, None]",
    "torch.tanh(out.mean(1))",
    "out.sum(1) / L",
    f"out.masked_fill({AFTER_N_FIRST}, -torch.inf).amax(1)",
    f"out.masked_fill({AFTER_L_FIRST}, -torch.inf).amax(0)",
    f"out.masked_fill({AFTER_N_FIRST}, 0).mean(1)",
    "(torch.softmax(out.sum(-1, keepdim=True), 1) * out).sum(1)",
    "(torch.softmax(out.sum(-1, keepdim=True), 0) * out).sum(0)",
    f"({SCORES_N_FIRST} * out).sum(1)",
    f"({SCORES_N_FIRST}.transpose(1, 2) @ out).squeeze(1)",
    "torch.softmax(h_n[-1] @ h_n[-1].t(), -1) @ h_n[-1]",
    "h_n[-1] + x.mean()",
]


@dataclass(frozen=True)
class Call:
    """A module as a function of its input, of its weights, and of the last layer's input."""

    module: nn.RNNBase
    sizes: InputSizes
    code: str

    def tensors(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """out and h_n as plain torch returns them."""
        given, first = x, self.module.batch_first
        if self.sizes.lengths is not None:
            given = pack_padded_sequence(x, list(self.sizes.lengths), first, enforce_sorted=False)
        with torch.no_grad():
            out, states = self.module(given)
            if self.sizes.lengths is not None:
                out, _ = pad_packed_sequence(out, first, total_length=self.sizes.seq_len)
        return out.clone(), (states[0] if isinstance(states, tuple) else states).clone()

    def vector(
        self, x: Tensor, feature: int | None = None, given: Tensor | None = None, of: int = 0
    ) -> Tensor:
        """The code as Python, on what torch returns for x. One feature of it may be changed; or
        all but one direction may be what torch returns for another input."""
        out, h_n = self.tensors(x)
        width, both = h_n.shape[-1], 1 + self.module.bidirectional
        if feature is not None:
            out[..., feature], h_n[..., feature % width] = 2.0, 2.0
        if given is not None and both == 2:
            other_out, other_h_n = self.tensors(given)
            rest = slice((1 - of) * width, (2 - of) * width)
            out[..., rest], h_n[1 - of :: 2] = other_out[..., rest], other_h_n[1 - of :: 2]
        lengths = torch.tensor(self.sizes.lengths or [self.sizes.seq_len] * self.sizes.samples)
        return eval(self.code, {
            "torch": torch, "x": x if given is None else given, "out": out, "h_n": h_n,
            "lengths": lengths,
            "N": self.sizes.batch_size, "L": self.sizes.seq_len, "H_out": width, "D": both,
        })  # fmt: skip

    def step(self, x: Tensor, sample: int, step: int) -> Tensor:
        """The same input, changed at one step of one sample."""
        changed = x.clone()
        at: tuple[int, ...] = (sample, step) if self.module.batch_first else (step, sample)
        changed[(step,) if self.sizes.batch_size is None else at] += 1.5
        return changed

    def changed(self, x: Tensor, sample: int, step: int, of: int) -> Tensor:
        """Which elements of the vector change with one step, by way of one direction."""
        return self.vector(self.step(x, sample, step), given=x, of=of) != self.vector(x)

    def is_of_the_last_layer(self, x: Tensor) -> bool:
        """Whether each row changes with the weights of each cell of the last layer."""
        before, last = self.vector(x), f"weight_ih_l{self.module.num_layers - 1}"
        for name in (last, f"{last}_reverse")[: 1 + self.module.bidirectional]:
            weight = getattr(self.module, name)
            kept = weight.detach().clone()
            with torch.no_grad():
                weight += 0.5
                after = self.vector(x)
                weight.copy_(kept)
            if not (before != after).any(dim=-1).all():
                return False
        return True


def top(module: nn.RNNBase) -> tuple[nn.RNNBase, nn.RNNBase | None]:
    """The last layer alone; and the layers below it, if there are any."""
    both = 1 + module.bidirectional
    width = both * (module.proj_size or module.hidden_size)
    kind, last = type(module).__mro__, module.num_layers - 1
    made = next(each for each in kind if each in (nn.LSTM, nn.GRU, nn.RNN))
    given = {"bias": module.bias, "batch_first": module.batch_first, "dtype": torch.float64,
             "bidirectional": module.bidirectional}  # fmt: skip
    if module.proj_size:
        given["proj_size"] = module.proj_size
    if not last:
        return module, None
    alone = made(width, module.hidden_size, 1, **given)
    below = made(module.input_size, module.hidden_size, last, **given)
    weights = module.state_dict()
    below.load_state_dict({name: weights[name] for name in below.state_dict()})
    alone.load_state_dict({name: weights[name.replace("_l0", f"_l{last}")]
                           for name in alone.state_dict()})  # fmt: skip
    return alone, below


def judged(made: Run, code: str) -> bool:
    """Whether a vector may be fed to a head, by changing things and looking."""
    traced = with_gradients(made)
    call, x = Call(traced.module.double(), made.sizes, code), traced.input.detach()
    vector, batched = call.vector(x), made.sizes.batch_size is not None
    if vector.dim() != 1 + batched or (batched and len(vector) != made.sizes.batch_size):
        return False
    if made.sizes.lengths is not None and not alone_is_the_same(call, x, vector):
        return False
    if torch.allclose(call.vector(-2 * x), vector):
        return False
    if vector.shape[-1] > 1 and not uses_features(call, x, vector, made, code):
        return False
    if not call.is_of_the_last_layer(x):
        return False
    if not reads_all(call, x, "amax" in code or ".max(" in code):
        return False
    alone, below = top(call.module)
    # Of the last layer by itself h_n has other rows: only those counted from the end are there.
    rows = code.count("h_n[-1]") + code.count("h_n[-2]") * alone.bidirectional
    if below is None or rows < code.count("h_n"):
        return True
    read = replace(call, module=below, code="out").vector(x)
    return reads_all(replace(call, module=alone), read, "amax" in code or ".max(" in code)


def uses_features(call: Call, x: Tensor, vector: Tensor, made: Run, code: str) -> bool:
    """Whether its last axis counts features, and all of them are in it."""
    try:
        if wider(made, code).shape[-1] != 2 * vector.shape[-1]:
            return False
    except (RuntimeError, IndexError):
        return False
    features = range(call.module.hidden_size * (1 + call.module.bidirectional))
    return all(bool((call.vector(x, feature) != vector).any()) for feature in features)


def wider(made: Run, code: str) -> Tensor:
    """The vector of a module with twice as many features."""
    module = replace(made.settings, hidden_size=2 * made.settings.hidden_size)
    other = with_gradients(run(module, made.sizes))
    return Call(other.module.double(), made.sizes, code).vector(other.input.detach())


def alone_is_the_same(call: Call, x: Tensor, vector: Tensor) -> bool:
    """Whether each row is what its sample gives without padding, in a batch of itself alone; of
    itself twice, if it was not alone."""
    copies = min(2, call.sizes.samples)
    first = call.module.batch_first
    for sample in range(call.sizes.samples):
        steps = call.sizes.steps_of(sample)
        cut = x[sample : sample + 1, :steps] if first else x[:steps, sample : sample + 1]
        lengths = None if call.sizes.lengths is None else (steps,) * copies
        asked = replace(call, sizes=InputSizes(steps, copies, lengths))
        try:
            own = asked.vector(torch.cat([cut] * copies, dim=1 - first))
        except (RuntimeError, IndexError):
            return False
        if own.shape[1:] != vector.shape[1:] or len(own) != copies:
            return False
        digits = 1e-10 if own.dtype == torch.float64 else 1e-5
        if not torch.allclose(own[0], vector[sample], atol=digits):
            return False
    return True


def reads_all(call: Call, x: Tensor, maximum: bool) -> bool:
    """Whether each direction brings all steps of a sample into its row, and those of no other."""
    batched = call.sizes.batch_size is not None
    for sample in range(call.sizes.samples):
        for step in range(call.sizes.steps_of(sample)):
            touched = call.vector(call.step(x, sample, step)) != call.vector(x)
            if batched and touched.any(dim=1).nonzero().flatten().tolist() not in ([], [sample]):
                return False
            for of in range(0 if maximum else 1 + call.module.bidirectional):
                if not call.changed(x, sample, step, of).any():
                    return False
    return True


@st.composite
def questions(draw: st.DrawFn) -> tuple[Settings, InputSizes]:
    """Few samples, steps and features: sizes are often 1, and often the same."""
    module = draw(settings())
    module = replace(module, num_layers=min(module.num_layers, 2), dropout=0.0,
                     hidden_size=draw(st.integers(1, 4)), proj_size=0)  # fmt: skip
    steps, samples = draw(st.integers(1, 4)), draw(st.none() | st.integers(1, 4))
    lengths = None
    if samples and draw(st.booleans()):
        lengths = draw(st.lists(st.integers(1, steps), min_size=samples, max_size=samples))
    return module, InputSizes(steps, samples, lengths)


@hypothesis_settings(max_examples=300, deadline=None)
@given(questions(), st.sampled_from(CODES), seeds, st.integers(0, 3))
def test_no_tick_is_wrong_and_none_is_missing(
    question: tuple[Settings, InputSizes], code: str, seed: int, sample: int
) -> None:
    made = run(*question, seed=seed)
    sizes = made.sizes
    (found,) = readings(made, [parse(code)], min(sample, sizes.samples - 1))
    assume(not isinstance(found, ExpressionError))
    assert isinstance(found, Reading)
    second = judged(made, code)
    if found.sound:
        assert second, found
    elif "by chance" in found.verdict:  # then other numbers show it
        assert not all(judged(run(*question, seed=other), code) for other in range(50))
    # With a single step, sample or feature other axes can look like the right ones.
    elif min(sizes.seq_len, sizes.batch_size or 2, made.settings.hidden_size) > 1:
        assert not second, found.verdict
