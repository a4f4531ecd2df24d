"""Messages of torch.nn.utils.rnn: lengths, packing, unpacking and padding."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import Call, sized
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_PACK = "packed = pack_padded_sequence(x, {}, batch_first=True, enforce_sorted=False)"


def _lengths(numbers: Numbers, call: Call) -> Words:
    axes, device, dtype = numbers["axes"], numbers["device"], numbers["dtype"]
    causes, given = [], "lengths"
    if axes == 0:
        causes.append(
            "lengths has no axis, as a single number, or as what squeeze() leaves of one sample"
        )
        given = "torch.as_tensor(lengths).reshape(1)"
    elif axes > 1:
        causes.append(
            f"lengths has {axes} axes, as a mask or a column; it must be one number for each sample"
        )
        given = "lengths.flatten()"
    if device != "cpu":
        causes.append(
            f"lengths is on {device}; packing plans its steps on the CPU, whatever x is on"
        )
        given += ".cpu()"
    if dtype != "Long":
        causes.append(f"lengths is of dtype {dtype}, and must be int64")
        given += ".long()"
    cause = f"{'. '.join(causes)}."
    cure = (
        "Give one int64 number for each sample, on the CPU, as a list or a tensor; x stays where "
        "it is. Of a mask (N, L), the lengths are mask.sum(dim=1)."
    )
    if device == "meta":
        cure += " On meta there are no numbers: lengths must be made elsewhere."
    return Words(cause, cure, _PACK.format(given))


def _number(numbers: Numbers, call: Call) -> Words:
    samples, given = numbers["samples"], numbers["got"]
    cause = (
        f"There must be one length for each sample. x has {sized(samples, 'sample')}, and lengths "
        f"has {sized(given, 'entry', 'entries')}."
    )
    cause += (
        " Which axis of x is the samples is said by batch_first: axis 1 as long as it is False, "
        "axis 0 with batch_first=True. It is an argument of pack_padded_sequence too, apart from "
        "the module's own."
    )
    cure = (
        f"If x has {given} samples in axis 0, give batch_first=True to pack_padded_sequence. "
        "Else give as many lengths as there are samples; the last batch is often smaller."
    )
    return Words(cause, cure, _PACK.format("lengths"))


MESSAGES = (
    Known(
        "lengths-tensor",
        (
            "'lengths' argument should be a 1D CPU int64 tensor, but got {axes:int}D {device:word} "
            "{dtype:word} tensor",
        ),
        _lengths,
    ),
    Known(
        "lengths-zero",
        ("Length of all samples has to be greater than 0",),
        always(
            "A length is 0 or negative. Each sample that is packed must have a step, since without "
            "one there is no last state to return.",
            "Leave empty samples out of the batch. Or give them a length of 1 and mask what comes "
            "out of them: otherwise padding is read for a step that was never there.",
            "lengths = torch.as_tensor(lengths)\nhas_steps = lengths > 0\n"
            "packed = pack_padded_sequence(\n    x[has_steps], lengths[has_steps], "
            "batch_first=True, enforce_sorted=False\n)",
        ),
    ),
    Known(
        "lengths-unsorted",
        ("array must be sorted in decreasing order when `enforce_sorted` is True",),
        always(
            "By default the samples must come sorted, the longest first, and these do not.",
            "Give enforce_sorted=False: the samples are sorted inside, and out, h_n and c_n come "
            "back in your order. Do not sort by hand as well; it is then easy to sort out back and "
            "to forget h_n. Only an export to ONNX needs sorted samples.",
            _PACK.format("lengths"),
        ),
    ),
    Known(
        "lengths-number",
        (
            "Expected `len(lengths)` to be equal to batch_size, but got {got:int} "
            "(batch_size={samples:int})",
        ),
        _number,
    ),
    Known(
        "total-length",
        (
            "Expected total_length to be at least the length of the longest sequence in input, but "
            "got total_length={got:int} and max sequence length being {longest:int}",
        ),
        always(
            "total_length is how many steps the unpacked batch gets, and {got} cannot hold the "
            "longest sample, which has {longest}.",
            "Give the number of steps of the batch before it was packed: x.size(1) with "
            "batch_first=True. In nn.DataParallel each part of a batch needs the whole number, "
            "which has to be given to forward as an argument.",
            "out, lengths = pad_packed_sequence(packed, batch_first=True, total_length=x.size(1))",
        ),
    ),
    Known(
        "lengths-long",
        ("start ({start:int}) + length ({length:int}) exceeds dimension size ({size:int})",),
        always(
            "A part of {length} from {start} on was asked of an axis of size {size}. Where a "
            "packed batch is run, this means that a length is larger than the number of steps "
            "that x has: pack_padded_sequence does not notice it.",
            "Where you pack, give no length above the number of steps; x has its steps in axis 1 "
            "with batch_first=True. Else look at the slice that is cut.",
            "lengths = torch.as_tensor(lengths).clamp(max=x.size(1))\n" + _PACK.format("lengths"),
        ),
        general=True,
    ),
    Known(
        "pack-empty",
        ("Cannot pack empty tensors", "received an empty list of sequences"),
        always(
            "There is nothing to pack: the batch has no sample, or no step.",
            "Leave such a batch out before you pack it.",
            "if x.numel():\n    " + _PACK.format("lengths"),
        ),
    ),
    Known(
        "pad-input",
        ("pad_sequence: Expected iterable for input sequences",),
        always(
            "pad_sequence takes a list of tensors, one for each sample, (length, features).",
            "Give it such a list.",
            "x = pad_sequence(sequences, batch_first=True)",
        ),
    ),
    Known(
        "batch-sizes-device",
        ("batch_sizes should always be on CPU",),
        always(
            "The batch_sizes of a PackedSequence are on another device. They say which steps are "
            "computed together, and stay on the CPU even where the data is not.",
            "Do not make a PackedSequence by hand, and move it as a whole.",
            _PACK.format("lengths") + "\npacked = packed.to(x.device)",
        ),
    ),
)
"""Every known message of packing and padding."""
