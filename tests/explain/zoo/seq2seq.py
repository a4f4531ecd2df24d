"""Encoders and decoders: translation, a VAE, a pointer network."""

# ruff: noqa: RUF059 -- the code of users is kept as they write it.

from __future__ import annotations

import random
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.explain.zoo.case import VOCABULARY, Arguments, Case, Dims, Needs, case
from tests.explain.zoo.inputs import ids_of, lengths_of, padded, series


class Encoder(nn.Module):
    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.rnn = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )

    def forward(self, src: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        outputs, (hidden, cell) = self.rnn(self.embedding(src))
        return outputs, (self.bridge(hidden), self.bridge(cell))

    def bridge(self, states: Tensor) -> Tensor:
        """From (layers * directions, N, H) to (layers, N, directions * H)."""
        if not self.rnn.bidirectional:
            return states
        return torch.cat([states[0::2], states[1::2]], dim=2)


class EncoderByView(Encoder):
    def bridge(self, states: Tensor) -> Tensor:
        layers, batch = self.rnn.num_layers, states.size(1)
        return states.view(layers, batch, -1)


class EncoderByWrongCat(Encoder):
    """fairseq #239: joins along the batch, then views."""

    def bridge(self, states: Tensor) -> Tensor:
        batch = states.size(1)
        joined = [
            torch.cat([states[2 * layer], states[2 * layer + 1]], dim=0).view(1, batch, -1)
            for layer in range(self.rnn.num_layers)
        ]
        return torch.cat(joined, dim=0)


class EncoderByLayer(Encoder):
    """Takes the first half of the rows for the forward direction of each layer."""

    def bridge(self, states: Tensor) -> Tensor:
        layers = self.rnn.num_layers
        return torch.cat([states[:layers], states[layers:]], dim=2)


class EncoderHiddenTwice(Encoder):
    def forward(self, src: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        outputs, (hidden, cell) = self.rnn(self.embedding(src))
        hidden = self.bridge(hidden)
        return outputs, (hidden, hidden)


class EncoderNotBatchFirst(Encoder):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.LSTM(d.features, d.H, d.num_layers, bidirectional=d.bidirectional)


class Decoder(nn.Module):
    """One step, with attention over the encoder's outputs."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        width = d.H * d.D
        self.embedding = nn.Embedding(VOCABULARY, d.features)
        self.attention = nn.Linear(width, width, bias=False)
        self.rnn = nn.LSTM(d.features + width, width, d.num_layers, batch_first=True)
        self.out = nn.Linear(2 * width, VOCABULARY)

    def forward(
        self, token: Tensor, state: tuple[Tensor, Tensor], memory: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        embedded = self.embedding(token).unsqueeze(1)
        query = self.attention(state[0][-1]).unsqueeze(1)
        weights = torch.softmax(torch.bmm(query, memory.transpose(1, 2)), dim=-1)
        context = torch.bmm(weights, memory)
        output, state = self.rnn(torch.cat([embedded, context], dim=-1), state)
        return self.out(torch.cat([output, context], dim=-1)).squeeze(1), state


class DecoderSqueezed(Decoder):
    def forward(
        self, token: Tensor, state: tuple[Tensor, Tensor], memory: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        prediction, state = super().forward(token, state, memory)
        return prediction.squeeze(), state


class DecoderOverBatch(Decoder):
    """The softmax of the attention runs along the batch."""

    def forward(
        self, token: Tensor, state: tuple[Tensor, Tensor], memory: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        embedded = self.embedding(token).unsqueeze(1)
        query = self.attention(state[0][-1]).unsqueeze(1)
        weights = torch.softmax(torch.bmm(query, memory.transpose(1, 2)), dim=0)
        context = torch.bmm(weights, memory)
        output, state = self.rnn(torch.cat([embedded, context], dim=-1), state)
        return self.out(torch.cat([output, context], dim=-1)).squeeze(1), state


class DecoderNotBatchFirst(Decoder):
    """Its token of one step, (N, 1, F), is taken for N steps."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.LSTM(d.features + d.H * d.D, d.H * d.D, d.num_layers)

    def forward(
        self, token: Tensor, state: tuple[Tensor, Tensor], memory: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        embedded = self.embedding(token).unsqueeze(1)
        query = self.attention(state[0][-1]).unsqueeze(1)
        weights = torch.softmax(torch.bmm(query, memory.transpose(1, 2)), dim=-1)
        context = torch.bmm(weights, memory)
        # Without the states, whose batch would not fit.
        output, _ = self.rnn(torch.cat([embedded, context], dim=-1))
        return self.out(torch.cat([output, context], dim=-1)).squeeze(1), state


class Seq2Seq(nn.Module):
    """Calls its decoder for each step, with teacher forcing while it is trained."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, teacher_forcing: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.teacher_forcing = teacher_forcing

    def forward(self, src: Tensor, trg: Tensor) -> Tensor:
        batch_size, trg_len = trg.shape
        memory, state = self.encoder(src)
        token = trg[:, 0]
        outputs = []
        for t in range(1, trg_len):
            output, state = self.decoder(token, state, memory)
            outputs.append(output)
            teacher_force = self.training and random.random() < self.teacher_forcing
            token = trg[:, t] if teacher_force else output.argmax(-1)
        return torch.stack(outputs, dim=1)


def translator(
    encoder: type[Encoder] = Encoder, decoder: type[Decoder] = Decoder
) -> Callable[[Dims], nn.Module]:
    return lambda d: Seq2Seq(encoder(d), decoder(d), teacher_forcing=0.5)


def sentences(d: Dims) -> Arguments:
    return (ids_of(d), ids_of(d, d.L + 2)), {}


class TimeFirstSeq2Seq(nn.Module):
    """The well-known tutorial: (seq, batch) tokens, outputs written into a tensor of zeros."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features)
        self.encoder = nn.GRU(d.features, d.H, d.num_layers)
        self.decoder = nn.GRU(d.features, d.H, d.num_layers)
        self.fc_out = nn.Linear(d.H, VOCABULARY)

    def forward(self, src: Tensor, trg: Tensor) -> Tensor:
        trg_len, batch_size = trg.shape
        outputs = torch.zeros(trg_len, batch_size, VOCABULARY, device=src.device)
        _, hidden = self.encoder(self.embedding(src))
        token = trg[0, :]
        for t in range(1, trg_len):
            out, hidden = self.decoder(self.embedding(token.unsqueeze(0)), hidden)
            outputs[t] = self.fc_out(out.squeeze(0))
            token = trg[t]
        return outputs


class TimeFirstBatchFirst(TimeFirstSeq2Seq):
    """Its encoder alone was given batch_first, and the decoder starts from the last layer."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.encoder = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)

    def forward(self, src: Tensor, trg: Tensor) -> Tensor:
        memory, _ = self.encoder(self.embedding(src))
        hidden = memory[-1].expand(self.decoder.num_layers, -1, -1).contiguous()
        out, _ = self.decoder(self.embedding(trg), hidden)
        return self.fc_out(out)


def time_first_sentences(d: Dims) -> Arguments:
    src, trg = ids_of(d), ids_of(d, d.L + 1)
    return (src.t().contiguous(), trg.t().contiguous()), {}


class SentenceVAE(nn.Module):
    """A mean and a variance for each sentence, and the sentence from a draw of these."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.GRU(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.mean = nn.Linear(d.H * d.num_layers * d.D, 3)
        self.log_variance = nn.Linear(d.H * d.num_layers * d.D, 3)
        self.to_hidden = nn.Linear(3, d.H)
        self.decoder = nn.GRU(d.features, d.H, batch_first=True)
        self.out = nn.Linear(d.H, d.features)

    def summary(self, hidden: Tensor) -> Tensor:
        return hidden.permute(1, 0, 2).flatten(1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        _, hidden = self.encoder(x)
        hidden = self.summary(hidden)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean
        if self.training:
            std = torch.exp(0.5 * log_variance)
            z = torch.randn_like(std) * std + mean
        h_0 = torch.tanh(self.to_hidden(z)).unsqueeze(0)
        out, _ = self.decoder(x, h_0)
        return self.out(out), mean, log_variance


class SentenceVAEByView(SentenceVAE):
    """Sentence-VAE in public code: view(batch_size, hidden_size * hidden_factor)."""

    def summary(self, hidden: Tensor) -> Tensor:
        batch_size = hidden.size(1)
        return hidden.view(batch_size, -1)


class PointerNetwork(nn.Module):
    """Points at one of the inputs at each step of a cell."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.LSTM(d.features, d.H, batch_first=True)
        self.cell = nn.LSTMCell(d.features, d.H)
        self.w1 = nn.Linear(d.H, d.H, bias=False)
        self.w2 = nn.Linear(d.H, d.H, bias=False)
        self.v = nn.Parameter(torch.randn(d.H))
        self.start = nn.Parameter(torch.zeros(d.features))

    def forward(self, points: Tensor) -> Tensor:
        memory, (h, c) = self.encoder(points)
        h, c = h[-1], c[-1]
        x = self.start.expand(points.size(0), -1)
        pointers = []
        for _ in range(points.size(1)):
            h, c = self.cell(x, (h, c))
            scores = torch.tanh(self.w1(memory) + self.w2(h).unsqueeze(1)) @ self.v
            weights = torch.softmax(scores, dim=1)
            x = (weights.unsqueeze(-1) * points).sum(dim=1)
            pointers.append(weights)
        return torch.stack(pointers, dim=1)


class PointerFromHidden(PointerNetwork):
    """Starts the cell from h for c too."""

    def forward(self, points: Tensor) -> Tensor:
        memory, (h, _) = self.encoder(points)
        h = h[-1]
        c = h
        x = self.start.expand(points.size(0), -1)
        pointers = []
        for _ in range(points.size(1)):
            h, c = self.cell(x, (h, c))
            scores = torch.tanh(self.w1(memory) + self.w2(h).unsqueeze(1)) @ self.v
            weights = torch.softmax(scores, dim=1)
            x = (weights.unsqueeze(-1) * points).sum(dim=1)
            pointers.append(weights)
        return torch.stack(pointers, dim=1)


class PointerOverBatch(PointerNetwork):
    def forward(self, points: Tensor) -> Tensor:
        memory, (h, c) = self.encoder(points)
        h, c = h[-1], c[-1]
        x = self.start.expand(points.size(0), -1)
        pointers = []
        for _ in range(points.size(1)):
            h, c = self.cell(x, (h, c))
            scores = torch.tanh(self.w1(memory) + self.w2(h).unsqueeze(1)) @ self.v
            weights = torch.softmax(scores, dim=0)
            x = (weights.unsqueeze(-1) * points).sum(dim=1)
            pointers.append(weights)
        return torch.stack(pointers, dim=1)


class Summarizer(nn.Module):
    """Attention with lengths: a packed encoder, a masked attention, one decoder call."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.encoder = nn.GRU(d.features, d.H, batch_first=True)
        self.decoder = nn.GRU(d.features, d.H, batch_first=True)
        self.out = nn.Linear(2 * d.H, VOCABULARY)

    def forward(self, src: Tensor, lengths: Tensor, trg: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(src), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        memory, h_n = self.encoder(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True, total_length=src.size(1))
        out, _ = self.decoder(self.embedding(trg), h_n)
        scores = torch.bmm(out, memory.transpose(1, 2))
        scores = scores.masked_fill((src == 0).unsqueeze(1), float("-inf"))
        context = torch.bmm(torch.softmax(scores, dim=-1), memory)
        return self.out(torch.cat([out, context], dim=-1))


class SummarizerUnmasked(Summarizer):
    def forward(self, src: Tensor, lengths: Tensor, trg: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(src), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        memory, h_n = self.encoder(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True, total_length=src.size(1))
        out, _ = self.decoder(self.embedding(trg), h_n)
        scores = torch.bmm(out, memory.transpose(1, 2))
        context = torch.bmm(torch.softmax(scores, dim=-1), memory)
        return self.out(torch.cat([out, context], dim=-1))


def article_and_summary(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    return (padded(ids_of(d), lengths), lengths, ids_of(d, 3)), {}


CASES: list[Case] = [
    case("seq2seq", translator(), sentences, attends=True),
    case(
        "seq2seq/view",
        translator(EncoderByView),
        sentences,
        "view",
        needs=Needs(N=2, bidirectional=True),
        code="states.view(layers, batch, -1)",
    ),
    case(
        "seq2seq/wrong_cat",
        translator(EncoderByWrongCat),
        sentences,
        "view",
        needs=Needs(N=2, bidirectional=True),
        code=".view(1, batch, -1)",
    ),
    case(
        "seq2seq/by_layer",
        translator(EncoderByLayer),
        sentences,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=True),
        code="states[:layers]",
    ),
    case("seq2seq/c_from_h", translator(EncoderHiddenTwice), sentences, "c_from_h"),
    case(
        "seq2seq/batch_first",
        translator(EncoderNotBatchFirst),
        sentences,
        "batch_first",
        # It runs with as many steps as samples alone.
        needs=Needs(N=2, square=True),
    ),
    case(
        "seq2seq/squeeze",
        translator(decoder=DecoderSqueezed),
        sentences,
        "batch_of_one",
        needs=Needs(N=2),
        code="prediction.squeeze()",
    ),
    case(
        "seq2seq/over_batch",
        translator(decoder=DecoderOverBatch),
        sentences,
        asks={"attention_over_batch"},
        needs=Needs(N=2),
        code="dim=0",
        instead={"samples_mix"},
    ),
    case(
        "seq2seq/decoder_batch_first",
        translator(decoder=DecoderNotBatchFirst),
        sentences,
        "batch_first",
        needs=Needs(N=2),
        code="self.rnn(torch.cat",
    ),
    case(
        "seq2seq/time_first",
        TimeFirstSeq2Seq,
        time_first_sentences,
        batch=1,
        result_batch=1,
        result_time=0,
    ),
    case(
        "seq2seq/time_first/batch_first",
        TimeFirstBatchFirst,
        time_first_sentences,
        "batch_first",
        batch=1,
        result_batch=1,
        needs=Needs(N=2),
    ),
    case("vae", SentenceVAE, series),
    case(
        "vae/view",
        SentenceVAEByView,
        series,
        "view",
        needs=Needs(N=2, rows=2),
        code="hidden.view(batch_size, -1)",
    ),
    case("pointer", PointerNetwork, series, needs=Needs(L=2)),
    case("pointer/c_from_h", PointerFromHidden, series, "c_from_h", needs=Needs(L=2)),
    case(
        "pointer/over_batch",
        PointerOverBatch,
        series,
        asks={"attention_over_batch"},
        needs=Needs(N=2, L=2),
        code="dim=0",
        instead={"samples_mix"},
    ),
    case("summarizer", Summarizer, article_and_summary),
    case(
        "summarizer/padding",
        SummarizerUnmasked,
        article_and_summary,
        "padding",
        needs=Needs(N=2, L=2),
        code="torch.softmax(scores, dim=-1)",
        instead={"pooling"},
    ),
]
