"""A copy of a model computes what the model computes, and what is done to it stays with it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_shapes.explain.model.twin import OutOfReach, Twin, twin_of
from tests.explain.model.copied_models import (
    COMPILED,
    MODELS,
    Locked,
    Memory,
    Overridden,
    Pair,
    Remembering,
    Tagger,
    Tied,
    Trainer,
    Twice,
    refusing,
    stepped,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*(weight_norm|quantiz|torch.jit|projections).*")


def tensors_of(value: Any, seen: dict[int, Any]) -> Iterator[Tensor]:
    """All tensors in a value, each once."""
    if id(value) in seen or isinstance(value, type | str | Trainer):
        return
    seen[id(value)] = value
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from tensors_of(each, seen)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from tensors_of(each, seen)
    elif isinstance(value, nn.Module | Memory):
        yield from tensors_of(vars(value), seen)
        yield from tensors_of(getattr(value, "offset", None), seen)
    elif hasattr(value, "__self__"):
        yield from tensors_of(value.__self__, seen)


def state(model: nn.Module) -> list[Any]:
    """Whatever a run could change of a model."""
    kept: list[Any] = []
    for part in model.modules():
        for name, value in vars(part).items():
            kept.append((name, id(value)))
            if isinstance(value, dict):
                kept += [(key, id(each)) for key, each in value.items()]
    for tensor in tensors_of(model, {}):
        kept += [id(tensor), tensor.dtype, tensor.requires_grad, tensor.grad_fn, tensor.data_ptr()]
        kept += [tensor.detach().numpy().tobytes(), getattr(tensor, "_version")]  # noqa: B009
        grad = tensor.grad if tensor.is_leaf else None
        kept += [id(grad), None if grad is None else grad.tolist()]
    return kept


@pytest.fixture(params=MODELS, ids=list(MODELS))
def name(request: pytest.FixtureRequest) -> str:
    torch.manual_seed(0)
    return str(request.param)


X = torch.linspace(-1, 1, 40).view(2, 5, 4)


def test_the_copy_computes_what_the_model_computes(name: str) -> None:
    model = MODELS[name]().eval()
    twin = twin_of(model).model
    same_dtype = twin_of(model, None).model
    computed = twin(X.double())
    assert computed.dtype == torch.float64
    again = same_dtype(X)
    expected = again if name in COMPILED else model(X)
    first = [each[0] if isinstance(each, tuple) else each for each in (computed, again, expected)]
    assert torch.equal(first[1], first[2])
    torch.testing.assert_close(first[0].float(), first[2], atol=1e-5, rtol=1e-4)


def test_the_model_is_left_as_it_was(name: str) -> None:
    model = MODELS[name]()
    with_gradients = [each for each in model.parameters() if each.requires_grad]
    with_gradients[0].grad = torch.ones_like(with_gradients[0])
    before, modes = state(model), [part.training for part in model.modules()]
    twin = twin_of(model).model
    twin.train()
    assert twin(X.double()) is not None
    result = twin(X.double())
    result.sum().backward()
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.add_(1)
    assert state(model) == before
    assert [part.training for part in model.modules()] == modes


def test_no_tensor_of_the_copy_is_the_models(name: str) -> None:
    model = MODELS[name]()
    twin = twin_of(model).model
    own = {each.untyped_storage().data_ptr() for each in tensors_of(model, {})}
    copied = list(tensors_of(twin, {}))
    assert not own & {each.untyped_storage().data_ptr() for each in copied}
    assert {each.dtype for each in copied if each.is_floating_point()} == {torch.float64}
    assert not {id(each) for each in model.modules()} & {id(each) for each in twin.modules()}


def test_weights_of_the_copy_are_what_it_computes_with(name: str) -> None:
    twin = twin_of(MODELS[name]()).model
    with torch.no_grad():
        for each in twin.parameters():
            each.zero_()
    twin(X.double())
    flat = [each for part in twin.modules() for each in getattr(part, "_flat_weights", [])]
    own = {id(each) for each in twin.parameters()}
    weights = [each for each in flat if isinstance(each, nn.Parameter)]
    assert {id(each) for each in weights} <= own
    if name in ("plain", "tied", "shared", "stateful", "method", "recorder", "compiled"):
        assert not twin(X.double()).any()


@pytest.mark.parametrize("name", ["tied", "old weight norm", "plain"], indirect=True)
def test_parameters_keep_their_names_flags_and_ties(name: str) -> None:
    model = MODELS[name]()
    next(model.parameters()).requires_grad_(False)
    twin = twin_of(model).model
    for (path, own), (also, copied) in zip(
        model.named_parameters(remove_duplicate=False),
        twin.named_parameters(remove_duplicate=False),
        strict=True,
    ):
        assert (path, own.requires_grad, type(own)) == (also, copied.requires_grad, type(copied))
        assert copied.is_leaf
        assert copied.grad is None
    assert len(list(model.parameters())) == len(list(twin.parameters()))
    assert set(model.state_dict()) == set(twin.state_dict())


def test_what_is_tied_stays_tied() -> None:
    twin: Any = twin_of(Tied()).model
    assert twin.fc.weight is twin.back.weight
    assert twin.bias_too is twin.fc.bias
    assert twin.third.weight is not twin.fc.weight
    with torch.no_grad():
        twin.fc.weight.fill_(7)
    assert twin.third.weight.eq(7).all()
    twice: Any = twin_of(Twice()).model
    assert twice.first is twice.second is twice.listed[0]


def test_kept_objects_are_copied_with_what_refers_back() -> None:
    model = Remembering()
    twin: Any = twin_of(model).model
    assert isinstance(twin.memory.pair, Pair)
    assert twin.loop[1][0] is twin.loop
    assert twin.loop[1][1] is twin
    assert twin.loop[0] is twin.memory
    assert twin.memory.lock is model.memory.lock


def test_what_is_noted_on_a_parameter_is_noted_on_the_copys() -> None:
    model: Any = Tagger()
    model.fc.weight.scale = torch.ones(1)
    twin: Any = twin_of(model).model
    assert twin.fc.weight.scale.dtype == torch.float64


def test_a_kept_state_has_no_graph_in_the_copy() -> None:
    model = stepped()
    twin: Any = twin_of(model).model
    assert model.states["hidden"][0].grad_fn is not None
    assert twin.states["hidden"][0].grad_fn is None
    assert not twin.states["hidden"][0].requires_grad
    assert torch.equal(twin.states["hidden"][0].float(), model.states["hidden"][0])
    twin(X.double())
    assert len(model.states["seen"]) == 1


@pytest.mark.parametrize("how", ["method", "lambda", "partial"])
def test_a_forward_of_the_instance_is_the_copys(how: str) -> None:
    model = Overridden(how)
    twin: Any = twin_of(model).model
    with torch.no_grad():
        twin.scale.zero_()
    assert not twin(X.double()).any()
    assert model(X).any()


def test_a_global_name_in_an_own_forward_means_the_copy() -> None:
    space: dict[str, Any] = {"model": Tagger()}
    exec("model.forward = lambda x: model.rnn(x)[0]", space)
    assert twin_of(space["model"]).model(X.double()).dtype == torch.float64


def test_a_weak_reference_to_a_part_is_to_the_copys() -> None:
    model: Any = nn.Sequential(Tagger())
    model[0].parent = weakref.ref(model)
    twin: Any = twin_of(model).model
    gc.collect()
    assert twin[0].parent() is twin


def test_hooks_of_the_user_do_not_fire_and_are_named() -> None:
    model, seen = Tagger(), []

    def record(*_: Any) -> None:
        seen.append("forward")

    model.rnn.register_forward_hook(record)
    model.register_forward_pre_hook(lambda *_: seen.append("pre"), with_kwargs=True)
    handle = model.fc.register_full_backward_hook(lambda *_: seen.append("backward"))
    model.handle = handle
    model.fc.weight.register_hook(lambda _: seen.append("gradient"))
    twin = twin_of(model)
    twin.model(X.double()).sum().backward()
    assert not seen
    assert twin.remarks == (
        "3 hooks of the model were not called: <lambda> at model, record at model.rnn, "
        "<lambda> at model.fc.",
    )
    model(X).sum().backward()
    assert seen == ["pre", "forward", "gradient", "backward"]


def test_a_hook_on_a_wrapper_is_named() -> None:
    model = nn.DataParallel(Tagger())
    model.register_forward_hook(lambda *_: None)
    assert twin_of(model).remarks == ("1 hook of the model was not called: <lambda> at model.",)


@pytest.mark.parametrize("name", ["old weight norm", "pruned", "old spectral norm"], indirect=True)
def test_hooks_that_compute_weights_are_the_copys(name: str) -> None:
    twin = twin_of(MODELS[name]())
    assert not twin.remarks
    assert any(vars(part)["_forward_pre_hooks"] for part in twin.model.modules())


def test_wrappers_are_taken_off() -> None:
    for wrapped in ("parallel", "compiled"):
        assert type(twin_of(MODELS[wrapped]()).model) is Tagger
    inside: Any = twin_of(MODELS["compiled within"]()).model
    assert type(inside[0]) is Tagger
    model = Tagger()
    model.compile(backend=refusing)
    assert "_compiled_call_impl" in vars(model)
    assert "_compiled_call_impl" not in vars(twin_of(model).model)


def test_what_cannot_be_copied_is_shared_and_named() -> None:
    model = Locked()
    twin: Any = twin_of(model)
    assert twin.model.lock is model.lock
    assert twin.model.library is np
    assert twin.remarks == (
        "The examined copy shares with the model what was not copied: model.lock (lock), "
        "model.log (Logger), model.rows_of_a_file (generator).",
    )


def test_an_object_that_cannot_answer_before_it_is_made_is_copied() -> None:
    class Delegating:
        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

    model: Any = Tagger()
    model.kept = Delegating()
    model.kept.inner = torch.ones(2)
    twin: Any = twin_of(model)
    assert twin.model.kept.inner.dtype == torch.float64
    assert not twin.remarks


def test_a_parameter_that_cannot_be_copied_is_refused() -> None:
    class Refusing(nn.Parameter):
        def requires_grad_(self, requires_grad: bool = True) -> Any:
            raise RuntimeError("not this one")

    model: Any = Tagger()
    model.fc.weight = Refusing(torch.ones(4, 3))
    with pytest.raises(OutOfReach, match=r"model\.fc\.weight \(Refusing\)\.$"):
        twin_of(model)


def test_what_belongs_to_training_is_shared() -> None:
    model: Any = Tagger()
    model.optimizer = torch.optim.SGD(model.parameters())
    model.data = torch.utils.data.TensorDataset(X)
    twin: Any = twin_of(model).model
    assert twin.data is model.data
    assert twin.optimizer is model.optimizer


def test_other_dtypes_and_devices_are_kept() -> None:
    model: Any = Tagger().half()
    model.counts = [torch.arange(3), torch.ones(2, dtype=torch.bool), torch.ones(1) * 1j]
    model.elsewhere = torch.ones(2, device="meta")
    model.expanded = torch.ones(1, 3).expand(4, 3)
    model.sparse = torch.eye(2).to_sparse()
    twin: Any = twin_of(model).model
    assert [each.dtype for each in twin.counts] == [torch.int64, torch.bool, torch.complex64]
    assert (twin.elsewhere.device.type, twin.elsewhere.dtype) == ("meta", torch.float64)
    assert twin.expanded.stride() == (0, 1)
    assert twin.sparse.to_dense().equal(torch.eye(2).double())
    assert twin.rnn.weight_ih_l0.dtype == torch.float64
    assert twin_of(model, None).model.rnn.weight_ih_l0.dtype == torch.float16


def test_random_state_that_is_kept_is_the_copys_own() -> None:
    model: Any = Tagger()
    model.numbers, model.drawn = torch.Generator(), np.random.default_rng(0)
    twin: Any = twin_of(model).model
    first = torch.rand(3, generator=twin.numbers), twin.drawn.random()
    assert torch.rand(3, generator=model.numbers).equal(first[0])
    assert model.drawn.random() == first[1]


def test_a_lazy_module_is_made_in_the_copy_only() -> None:
    model = nn.Sequential(nn.LazyLinear(3))
    twin = twin_of(model)
    assert twin.model(X.double()).dtype == torch.float64
    assert not twin.remarks
    assert nn.parameter.is_lazy(model[0].weight)


def test_parts_made_in_inference_mode_can_be_trained_in_the_copy() -> None:
    with torch.inference_mode():
        model = Tagger()
    twin_of(model).model(X.double()).sum().backward()


@pytest.mark.parametrize("within", [False, True])
def test_what_cannot_be_followed_is_refused_in_a_sentence(within: bool) -> None:
    model: nn.Module = torch.jit.script(Tagger())
    with pytest.raises(OutOfReach, match=r"^model.* is a script module, .*\.$"):
        twin_of(nn.Sequential(model) if within else model)


def test_quantized_modules_are_refused() -> None:
    model = torch.ao.quantization.quantize_dynamic(Tagger(), {nn.LSTM}, dtype=torch.qint8)
    with pytest.raises(OutOfReach, match=r"^model\.rnn is quantized, .*\.$"):
        twin_of(model)


def test_a_twin_cannot_be_changed_as_a_record() -> None:
    twin = Twin(Tagger(), ())
    with pytest.raises(AttributeError):
        twin.remarks = ("else",)  # type: ignore[misc]
