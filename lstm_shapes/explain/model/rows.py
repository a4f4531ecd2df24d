"""Findings on results that have a row for each layer and direction of each sample."""

from __future__ import annotations

from torch import Tensor

from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.report import Finding
from lstm_shapes.explain.model.study import Study, weighted


def rows(study: Study, found: Found) -> None:
    """Look for results with a row for each layer and direction of each sample."""
    count = study.layout.samples
    if count < 2 or len(study.base.results) != 1 or not study.base.calls:
        return
    result, state = study.base.results[0][1], study.results[0]
    if state.verdict != "apart" or result.dim() < 2:
        return
    call = study.base.calls[-1]
    if call.cell or call.h.dim() != 3:
        return
    many = call.h.shape[0]
    if many < 2 or not _from_states(study, result):
        return
    wide = state.rows == many or (result.dim() == 3 and result.shape[0] == many and state.axis == 1)
    if not wide:
        return
    shape, layers = tuple(result.shape), getattr(call.module, "num_layers", 1)
    title = f"The result has {many} rows for each sample"
    says = (
        f"h_n {tuple(call.h.shape)} has a row for each layer and direction, {many} in all, and "
        f"the result {shape} keeps them all. Each depends on one sample, by other numbers and by "
        "gradients, but the rows of lower layers were never meant to be results."
    )
    wanted = "h_n[-1]"
    if many == 2 * layers:
        wanted = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    node = next((n for n in study.nodes if any(e is call.h for e in n.inputs)), None)
    code = node.place.code if node and node.place else ""
    found.once(
        Finding(
            "rows",
            title,
            says,
            node.place if node else None,
            (code,) if code else (),
            (f"last = {wanted}",),
            call.path,
        ),
    )


def _from_states(study: Study, result: Tensor) -> bool:
    """Whether a result is made of the final states alone, and not of out."""
    tensors: list[Tensor] = [t for call in study.base.calls[-1:] for t in (call.out, call.h)]
    out, h = study.session.gradients(weighted(result), tensors)
    read = [each is not None and bool((each != 0).any()) for each in (out, h)]
    return read == [False, True]
