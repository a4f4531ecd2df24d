"""Expressions to try, and the tensors and questions to try them on."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import Tensor

from lstm_shapes import InputSizes, Settings

N, L, D, H_OUT, LAYERS = 3, 5, 2, 4, 2
NUMBERS = {"N": N, "L": L, "D": D, "H_out": H_OUT, "num_layers": LAYERS}


def tensors() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = {"out": (N, L, D * H_OUT), "h_n": (LAYERS * D, N, H_OUT), "c_n": (4, N, H_OUT)}
    named = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    return named | {"lengths": torch.tensor([5, 2, 3])}


GIVEN = tensors()

SAME_AS_TORCH = """
out
(out)
  out
out[0]
out[:, -1]
out[:, 0]
out[..., :4]
out[..., -1:]
out[:, 1:4:2, None]
out[-1, ::2][..., None, 1:]
out[L - 1 - 3 * 1, N // 2]
out[:, 99:]
h_n[-1]
h_n[num_layers * D - 1]
h_n[-2:][0]
torch.cat([h_n[-2], h_n[-1]], dim=-1)
torch.cat((h_n[-2], h_n[-1]), -1)
torch.concat([h_n[-2], c_n[-1]], axis=1)
torch.cat([h_n])
torch.stack([h_n[0], h_n[1]])
torch.stack([h_n[0], h_n[1]], dim=2)
torch.stack([out[:, -1, :4], out[:, 0, 4:]]).sum(0)
h_n.view(N, -1)
h_n.view((N, -1))
h_n.view(num_layers, D, N, H_out).transpose(1, 2).reshape(num_layers, N, D*H_out)
h_n.transpose(0, 1).reshape(N, -1)
h_n.transpose(dim0=0, dim1=1).flatten(1)
h_n.transpose(0, 1).contiguous().view([N, -1])
torch.transpose(h_n, 0, 1)
h_n.permute(1, 0, 2)
torch.permute(h_n, (1, 0, 2)).flatten(start_dim=1)
out.flip(1)
out.flip([0, 1])
out.flip(dims=(1,))
torch.flip(out, [1])[:, -1]
out.mean()
out.mean(1)
out.mean(dim=1, keepdim=True)
torch.mean(out, dim=1)
out.mean(axis=-1)
out.sum(0)
out.max(dim=1).values
out.max(1)[0]
out.max()
torch.max(out, 1, True).values
out.amax(1)
out.amax(dim=1, keepdim=True)
out[:, :1].squeeze(1)
out[:, :1].squeeze()
torch.squeeze(out[:, :1], dim=1)
out.unsqueeze(0)
torch.unsqueeze(out, dim=-1)
out.flatten()
torch.flatten(out, 0, 1)
torch.reshape(out, (L, N, -1))
out[:0]
out[:0].sum()
h_n[-2] + h_n[-1]
(out[..., :4] + out[..., 4:]) / 2
-out
- -out
out - 1
1 - out * 0.5
2 / out
out / (L / 2)
out * -1e-3
N * out + L
out + out[:, :1]
out.size(0) * out
len(out) * out
out * (h_n.shape[-1] + c_n.size(-1))
out.view(out.size(0), out.size(1), D, -1)
out.view(out.shape[0], -1)
out.view(*out.shape[:2], D, -1)
out.view(out.size())
h_n.view(*h_n.size())
out[range(N), lengths - 1]
out[torch.arange(N), lengths - 1]
out.transpose(0, 1)[lengths - 1, torch.arange(N)]
out[torch.arange(0, N), (lengths - 1) // 1]
out[torch.tensor([1, 0])]
out[:, [0, -1]]
h_n[[-2, -1]]
h_n[[-2, -1], :, [0, 1]]
h_n[[]]
h_n[range(1, 4, 2)]
out[range(0)]
out[lengths > 2]
out[:, torch.arange(L) < 3]
out[torch.arange(L) < lengths[:, None]]
out[lengths[1]]
out[:, :lengths.max()]
out[:, : lengths.max() - 1]
out.sum(1) / lengths.unsqueeze(1)
out.sum(1) / lengths[:, None]
out.sum(dim=1) / lengths.float().unsqueeze(-1)
(out * (torch.arange(L) < lengths[:, None]).unsqueeze(-1)).sum(1)
out.masked_fill((torch.arange(L)[None, :] >= lengths[:, None]).unsqueeze(-1), 0)
out.masked_fill(torch.arange(L)[:, None] >= 3, -1e9).max(1).values
out.masked_fill(~(torch.arange(L) < lengths[:, None])[..., None], -torch.inf).amax(1)
out.masked_fill((torch.arange(L) == 1)[:, None] | (torch.arange(L) != 2)[:, None], 0.5)
out.masked_fill(((torch.arange(L) <= 1) & (torch.arange(L) > 0)).unsqueeze(1), 2)
torch.masked_fill(out, mask=torch.arange(8) > 3, value=1)
out.gather(1, (lengths - 1).view(-1, 1, 1).expand(-1, 1, 8))
torch.gather(out, dim=1, index=(lengths - 1)[:, None, None].repeat(1, 1, 8)).squeeze(1)
out.index_select(1, torch.tensor([0, 4, 4]))
torch.index_select(out, 0, torch.arange(2))
torch.cat([*h_n[-2:]], -1)
torch.cat(tuple(h_n[-2:]), 1)
torch.cat(list(h_n[-2:]), dim=1)
torch.cat(h_n[-2:].unbind(), 1)
torch.cat(out.chunk(2, -1), 1)
torch.cat([out[:, -1], lengths[:, None]], 1)
torch.concatenate((h_n, c_n))
torch.hstack([h_n[-2], h_n[-1]])
torch.hstack((h_n[-2], h_n[-1]))
out.chunk(2, -1)[0]
out.chunk(chunks=2, dim=-1)[1][:, 0]
torch.chunk(out, 4, 1)[-1]
out.split(4, -1)[1]
out.split(4, dim=2)[-2]
torch.split(out, [1, 4], 1)[1]
out.split((3, 5), 2)[0]
out.unbind(1)[-1]
torch.unbind(h_n)[0]
h_n.unbind()[1]
torch.stack(h_n.unbind(0)[-2:]).sum(0)
out.select(1, -1)
torch.select(out, dim=1, index=0)
out.narrow(1, 2, 3)
torch.narrow(out, -1, 0, 4)
out.swapaxes(0, 1)
torch.swapdims(out, dim0=0, dim1=2)
out.movedim(1, 0)
out.movedim((0, 1), (1, 0))
torch.moveaxis(out, 0, -1)
out[0].t()
torch.t(out[0])
out[0].T
h_n[-1].T.T
out.mT
out.expand(2, -1, -1, -1)
out[:, :1].expand(N, L, 8)
out.repeat(2, 1, 1)
out[0].repeat(2, 3, 1, 1)
out.detach()
torch.clone(h_n).detach()[-1]
out.double()
out.float()
out.mean((0, 1))
out.mean(dim=[1, 2], keepdim=True)
out.mean(())
out.sum((0, -1))
out.amax((0, 1))
out.amin(dim=(1,))
torch.amax(out, dim=(0, 2), keepdim=True)
out.amin(1, True)
out.min(1).values
torch.min(out, dim=-1)[0]
out.min()
out.squeeze((0, 1))
out[:1, :1].squeeze((0, 1))
out.sum(-1).softmax(1)
torch.softmax(out, dim=-1)
torch.maximum(h_n[-2], h_n[-1])
out[..., :4].minimum(out[..., 4:])
(out.sum(-1).softmax(1).unsqueeze(-1) * out).sum(1)
out @ h_n[-1].repeat(1, 2).unsqueeze(-1)
out @ out.mT
out.transpose(1, 2) @ out
out[0] @ out[0, 0]
out[0, 0] @ out[0].T
out[0, 0] @ out[0, 1]
torch.matmul(out, out.transpose(1, 2))
torch.bmm(torch.bmm(out, h_n[-1].repeat(1, 2)[..., None]).transpose(1, 2), out).squeeze(1)
out.matmul(out[0].t())
torch.tanh(out)
h_n[-1].tanh()
torch.relu(out).sum(1)
out.sigmoid()
out.exp()
out.clamp(min=0)
out.clamp(-0.5, 0.5)
torch.clamp(out, max=0)
out.sum(1) / (torch.arange(L) < lengths[:, None]).sum(1).clamp(min=1).unsqueeze(-1)
""".strip("\n").split("\n")
"""Forms that fit ``GIVEN`` and ``NUMBERS``."""

OF_ANY_SIZE = """
out + 1
output * 2 / h_n[-1].sum()
h_n[0] - h_n[-1]
hidden.sum(0) + hidden[-1]
x.mean(0)
input.sum(-1, keepdim=True) + out
torch.cat([x, out], -1)
h_n.flatten(0, -2)
h_n.mean((0, 1))
out.softmax(0)
out.softmax(-1) @ out.mT
out.mT @ out.softmax(-1)
out.transpose(0, 1) * 0
out.masked_fill(torch.arange(out.size(-1)) > 0, 0)
out.masked_fill((torch.arange(out.size(-2)) == 0)[:, None], 0)
out.amin(0)
torch.stack([*h_n]).max(0).values
out.chunk(2, -1)[0].clamp(min=0)
torch.cat(out.split(1), -1)
out[[0, -1]]
out[lengths - 1, torch.arange(N)]
out.sum(0) / lengths[:, None]
out.gather(-1, torch.tensor([0]).expand(*out.shape[:-1], 1))
torch.cat([h_n[-1], lengths[:, None]], 1)
out[torch.arange(L) < 1]
""".strip("\n").split("\n")
"""Forms that fit many runs."""

PROJECTED = Settings(6, 4, num_layers=2, batch_first=True, bidirectional=True, proj_size=2)
WITH_LENGTHS = InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 3])

TOGETHER = st.sampled_from(
    ["({}) + ({})", "({}) @ ({})", "torch.cat([{}, {}], -1)", "torch.stack([{}, {}]).sum(0)",
     "({0})[..., :1] * ({1}).mean(-1)", "({})[0] - 2 * ({})[-1]", "({}).flatten() / len({})",
     "({0}).unsqueeze(0).softmax(-1).transpose(0, -1) @ ({1})", "{}.mT.reshape({}.size(-1), -1)",
     "torch.cat(({0}).unbind(0) , 0)[:len({1})]"]
)  # fmt: skip
SAME_SIZES = st.sampled_from(
    [(Settings(3, 3), InputSizes(3, 3)), (Settings(2, 4, bidirectional=True), InputSizes(4, 1)),
     (PROJECTED, WITH_LENGTHS), (Settings(5, 1, batch_first=True), InputSizes(1, 5, [1] * 5)),
     (Settings(2, 2, num_layers=2), InputSizes(2, None)), (Settings(1, 1), InputSizes(1, 1, [1]))]
)  # fmt: skip


def assert_same(made: Tensor, expected: Tensor) -> None:
    """Both are the same bit by bit; what is no number on one side is none on the other."""
    assert made.shape == expected.shape
    torch.testing.assert_close(made, expected, rtol=0, atol=0, equal_nan=True)
