"""The record of what the axes of the arguments are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """What the axes of the arguments are.

    Attributes:
        main: the number of the leaf that holds the sequences; -1 if there is none.
        batch, time: for each leaf, its axis; ``None`` where it has none.
        samples, steps: N and L; N is 0 without a batch.
        lengths: of each sample, if they are known.
        lengths_leaf: the number of the leaf that says the lengths; ``None`` if they were found
            from the padding.
        padding: the id that the padding was found by; ``None`` otherwise.
        surely: whether anything but custom says which axis is the batch.
        chosen: which samples of the user's batch are examined; empty for all.
    """

    main: int
    batch: tuple[int | None, ...]
    time: tuple[int | None, ...]
    samples: int
    steps: int
    lengths: tuple[int, ...] | None = None
    lengths_leaf: int | None = None
    padding: int | None = None
    surely: bool = False
    chosen: tuple[int, ...] = ()

    def named(self, sample: int) -> int:
        """The number that a sample has in the user's batch."""
        return self.chosen[sample] if sample < len(self.chosen) else sample

    @property
    def padded(self) -> bool:
        """Whether some sample is shorter than the batch."""
        return self.lengths is not None and any(each < self.steps for each in self.lengths)
