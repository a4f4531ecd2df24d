"""Findings on what is never used, and on what a batch of one becomes."""

from __future__ import annotations

import re
from functools import partial

import torch
from torch import Tensor, nn

from lstm_shapes.explain.errors.error import explain_error
from lstm_shapes.explain.model.compared import same_results
from lstm_shapes.explain.model.cures import constructor_line, names_in_forward, names_used
from lstm_shapes.explain.model.found import Found, steps_listed
from lstm_shapes.explain.model.given import Given
from lstm_shapes.explain.model.numbers import changed, raised
from lstm_shapes.explain.model.reading import valid_total
from lstm_shapes.explain.model.report import Check, Finding, ModelQuestion
from lstm_shapes.explain.model.study import Study, with_samples


def modules(study: Study, found: Found) -> None:
    """Look for modules with parameters that the result does not depend on."""
    model = study.session.model
    own = [
        (path, module, [p for p in module.parameters(recurse=False) if p.is_floating_point()])
        for path, module in model.named_modules()
    ]
    parameters = [p for _, _, some in own for p in some]
    if not parameters:
        return
    gradients = study.session.gradients(valid_total(study, study.base), parameters)
    led = {id(p) for p, g in zip(parameters, gradients, strict=True) if g is not None}
    idle = [
        (path, module, some)
        for path, module, some in own
        if path and some and not any(id(p) in led for p in some)
    ]
    idle = [each for each in idle if not _used_elsewhere(model, each[0])]
    if not idle or not _idle_indeed(study, [p for _, _, some in idle for p in some]):
        return
    for path in _tops([path for path, _, _ in idle], [p for p, _, some in own if some]):
        called = any(each == path or each.startswith(f"{path}.") for each in study.session.called)
        module = model.get_submodule(path)
        kind = type(module).__name__
        measured = "No gradient leads to its parameters, and other numbers in them change nothing."
        owner, _, name = path.rpartition(".")
        if called and model.training:
            title = f"What {path} returns is never read"
            says = f"{path} ({kind}) is called, and the result does not depend on it. {measured}"
            found.findings.append(Finding("unused", title, says, None, (), (), path))
        elif called or name in names_used(model, owner, ("__init__",)):
            title = f"Is it meant that the result does not depend on {path}?"
            mode = "train()" if model.training else "eval()"
            says = f"{path} ({kind}) has no part in this call, in {mode}. {measured}"
            found.questions.append(ModelQuestion("module_unread", title, says))
        else:
            line = constructor_line(model, path, module)
            title = f"{path} is never used"
            says = f"The model holds {path} ({kind}), and never calls it. {measured}"
            found.findings.append(
                Finding("unused", title, says, None, (line,) if line else (), (), path)
            )


def _used_elsewhere(model: nn.Module, path: str) -> bool:
    """Whether another method of the class that holds a module names it."""
    owner, _, name = path.rpartition(".")
    return name in names_used(model, owner) or (bool(owner) and _used_elsewhere(model, owner))


def _tops(idle: list[str], everything: list[str]) -> list[str]:
    """The topmost modules of which all parts with parameters are idle."""
    found: list[str] = []
    for path in idle:
        top, parts = path, path.split(".")
        for count in range(1, len(parts)):
            above = ".".join(parts[:count])
            inside = [each for each in everything if each.startswith(f"{above}.") or each == above]
            if inside and set(inside) <= set(idle):
                top = above
                break
        if top not in found:
            found.append(top)
    return found


def _idle_indeed(study: Study, parameters: list[Tensor]) -> bool:
    """Whether other numbers in some parameters leave the result as it is."""
    before = [p.detach().clone() for p in parameters]
    try:
        with torch.no_grad():
            for p in parameters:
                p.add_(1.0)
        return same_results(study.base, study.session.run())
    finally:
        with torch.no_grad():
            for p, value in zip(parameters, before, strict=True):
                p.copy_(value)


def arguments(study: Study, found: Found) -> None:
    """Look for arguments that the result does not depend on."""
    leaves, layout = study.session.given.leaves, study.layout
    for i, leaf in enumerate(leaves):
        if i == layout.main or not leaf.tensor.numel():
            continue
        values = [each.value for each in leaves]
        values[i] = _other(study, i)
        if isinstance(values[i], Tensor) and torch.equal(values[i], leaf.tensor):  # type: ignore[arg-type]
            continue
        try:
            run = study.session.run(values)
        except Exception:  # the model looks at it, and does not take this
            continue
        if not same_results(study.base, run):
            continue
        leaf_tensor = study.base.leaves[i]
        if leaf.floating and leaf_tensor is not None:
            (gradient,) = study.session.gradients(valid_total(study, study.base), [leaf_tensor])
            unread = gradient is None or not bool((gradient != 0).any())
            if unread and not names_in_forward(study.session.model) & _words(leaf.name):
                title = f"The argument {leaf.name} is never used"
                says = (
                    f"No gradient leads from the result to {leaf.name} {tuple(leaf.tensor.shape)}, "
                    "and other numbers there change nothing."
                )
                found.findings.append(Finding("unused", title, says))
                continue
        title = f"Is it meant that {leaf.name} is not used?"
        says = f"The model takes {leaf.name} and leaves it aside: other values change nothing."
        found.questions.append(ModelQuestion("argument", title, says))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name))


def _other(study: Study, i: int) -> Tensor | list[int]:
    """Other values for an argument: lengths become shorter by one or longer."""
    leaf, layout = study.session.given.leaves[i], study.layout
    tensor = leaf.tensor
    if i == layout.lengths_leaf and tensor.dim() == 1:
        shorter = torch.where(tensor > 1, tensor - 1, torch.full_like(tensor, layout.steps))
        return shorter if isinstance(leaf.value, Tensor) else [int(n) for n in shorter.tolist()]
    if tensor.dtype == torch.bool:
        return ~tensor
    if not isinstance(leaf.value, Tensor):
        return [each + 1 for each in leaf.value]
    other = torch.as_tensor(changed(leaf.value, torch.ones_like(tensor, dtype=torch.bool)))
    return (
        1 - tensor
        if torch.equal(other, tensor) and set(torch.unique(tensor).tolist()) <= {0, 1}
        else other
    )


def dropout(study: Study, found: Found) -> None:
    """Look for a dropout between layers where there is one layer."""
    for path, module in study.session.model.named_modules():
        dropout = study.session.dropouts.get(path, 0.0)
        if isinstance(module, nn.RNNBase) and dropout and module.num_layers == 1:
            line = constructor_line(study.session.model, path, module)
            bare = re.sub(r",\s*dropout\s*=\s*[^,)]+", "", line)
            title = f"dropout={dropout} of {path or 'the model'} cannot act"
            says = (
                "It is applied to the output of every layer but the last, and num_layers=1: there "
                "is none. To drop features of the output, use nn.Dropout on it."
            )
            added = (
                (bare, f"self.dropout = nn.Dropout({dropout})")
                if line
                else (f"self.dropout = nn.Dropout({dropout})",)
            )
            found.findings.append(
                Finding("dropout", title, says, None, (line,) if line else (), added, path)
            )


def batch_of_one(study: Study, found: Found) -> None:
    """Look whether a batch of one keeps all its axes."""
    layout = study.layout
    mixed = found.has("view", "batch_first", "samples_mix", "order", "rows")
    if layout.samples < 2 or mixed:
        return
    own = study.own if _count(study.own, study) == 1 else None
    given = own or with_samples(study.session.given, layout, 1)
    try:
        run = study.session.run([leaf.value for leaf in given.leaves], given=given)
    except Exception as error:
        if own is None and not _squeezes(study):
            return
        explanation = explain_error(error)
        says = f"The model raises an error for a single sample: {explanation.message}"
        _lost(study, found, "A batch of one raises an error", says)
        return
    if len(run.results) != len(study.base.results):
        return
    shapes = []
    for i, ((_, many), (_, one)) in enumerate(zip(study.base.results, run.results, strict=True)):
        state = study.results[i]
        if state.verdict != "apart":
            return
        wanted = list(many.shape)
        wanted[state.axis] = state.rows
        if layout.lengths and one.dim() == len(wanted):
            # A shorter batch may have a shorter time axis.
            wanted = [
                o if w == layout.steps and a != state.axis else w
                for a, (w, o) in enumerate(zip(wanted, one.shape, strict=True))
            ]
        shapes.append(tuple(one.shape))
        if list(one.shape) != wanted:
            says = (
                f"A batch of {layout.samples} gives {tuple(many.shape)}, so a batch of one should "
                f"give {tuple(wanted)}, but it gives {tuple(one.shape)}. The last batch of an "
                "epoch, and a single request, are such batches."
            )
            _lost(study, found, "A batch of one loses an axis", says)
            return
    listed = " and ".join(map(str, shapes[:3]))
    found.checks.append(
        Check("batch_of_one", f"A batch of one gives {listed}", "run with one sample")
    )


def _count(given: Given | None, study: Study) -> int:
    """How many samples some arguments have."""
    axis = study.layout.batch[study.layout.main]
    if given is None or axis is None:
        return 0
    return given.leaves[study.layout.main].tensor.shape[axis]


def _squeezes(study: Study) -> bool:
    return any(each.name == "squeeze" for each in study.base.operations)


def _lost(study: Study, found: Found, title: str, says: str) -> None:
    for node in study.nodes:
        if node.name == "squeeze" and node.place is not None:
            code = node.place.code
            before = node.inputs[0]
            gone = [axis - before.dim() for axis, size in enumerate(before.shape) if size == 1]
            wanted = f".squeeze({gone[-1]})" if gone else ""
            added = code.replace(".squeeze()", wanted) if ".squeeze()" in code else code
            diff = ((code,), (added,)) if added != code else ((code,), ())
            found.findings.append(Finding("batch_of_one", title, says, node.place, *diff))
            return
    found.findings.append(Finding("batch_of_one", title, says))


def outputs(study: Study, found: Found) -> None:
    """Look for features of a Linear that no result reads."""
    linear = [
        node
        for node in study.nodes
        if node.name == "linear" and node.operation is not None and node.outputs[0].requires_grad
    ]
    if not linear or len(linear) > 200:
        return
    gradients = study.session.gradients(
        valid_total(study, study.base), [node.outputs[0] for node in linear]
    )
    for node, gradient in zip(linear, gradients, strict=True):
        operation = node.operation
        if gradient is None or operation is None:
            continue
        read = (gradient != 0).flatten(0, -2).any(0) if gradient.dim() > 1 else gradient != 0
        count, wide = int(read.sum()), len(read)
        if count in (0, wide):
            continue
        key = (operation.number, operation.part)
        run = study.session.run(edits={key: partial(raised, ~read)})
        if not same_results(study.base, run):
            continue
        title = f"Of {wide} outputs of a Linear, {wide - count} are never read"
        kept = steps_listed(read.nonzero().flatten().tolist())
        says = (
            f"Only output {kept} reaches the result: no gradient leads to the others, and other "
            "numbers there change nothing. Where the outputs are classes, an index has taken one "
            "of them for a step."
        )
        after = next(
            (
                n
                for n in study.nodes
                if n.order > node.order and n.name in ("__getitem__", "select")
            ),
            node,
        )
        code = after.place.code if after.place else ""
        found.findings.append(
            Finding(
                "outputs_unread",
                title,
                says,
                after.place,
                (code,) if code else (),
                ("last = scores[:, -1]  # with scores (batch, seq, classes)",),
            )
        )
        return
