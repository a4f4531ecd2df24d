"""Models that give a result for each step: taggers, character models, policies."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.explain.zoo.case import VOCABULARY, Arguments, Case, Dims, Needs, case
from tests.explain.zoo.inputs import (
    ids_of,
    seq_first,
    series,
    tokens,
    tokens_and_lengths,
)


class Tagger(nn.Module):
    """A part of speech for each token."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.lstm = nn.LSTM(
            d.features,
            d.H,
            d.num_layers,
            batch_first=True,
            bidirectional=d.bidirectional,
            dropout=0.1 if d.num_layers > 1 else 0,
        )
        self.hidden2tag = nn.Linear(d.H * d.D, d.classes)

    def forward(self, sentence: Tensor) -> Tensor:
        embeds = self.embedding(sentence)
        lstm_out, _ = self.lstm(embeds)
        tag_space = self.hidden2tag(lstm_out)
        return torch.log_softmax(tag_space, dim=-1)


class TaggerNotBatchFirst(Tagger):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, bidirectional=d.bidirectional)


class TutorialTagger(Tagger):
    """The tutorial's view(len(sentence), 1, -1), written for one sentence, given many."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, bidirectional=d.bidirectional)

    def forward(self, sentence: Tensor) -> Tensor:
        embeds = self.embedding(sentence)
        lstm_out, _ = self.lstm(embeds.view(sentence.size(1), sentence.size(0), -1))
        tag_space = self.hidden2tag(lstm_out.transpose(0, 1))
        return torch.log_softmax(tag_space, dim=-1)


class TransposingTagger(TutorialTagger):
    """Goes to time first and back."""

    def forward(self, sentence: Tensor) -> Tensor:
        embeds = self.embedding(sentence).transpose(0, 1)
        lstm_out, _ = self.lstm(embeds)
        tag_space = self.hidden2tag(lstm_out.transpose(0, 1))
        return torch.log_softmax(tag_space, dim=-1)


class ViewingBackTagger(TutorialTagger):
    """Goes to time first, and comes back by a view."""

    def forward(self, sentence: Tensor) -> Tensor:
        embeds = self.embedding(sentence).transpose(0, 1)
        lstm_out, _ = self.lstm(embeds)
        lstm_out = lstm_out.reshape(sentence.size(0), sentence.size(1), -1)
        return torch.log_softmax(self.hidden2tag(lstm_out), dim=-1)


class PackedTagger(nn.Module):
    """A packed biGRU."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.gru = nn.GRU(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.tag = nn.Linear(d.D * d.H, d.classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embed(ids), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        packed_out, _ = self.gru(packed)
        out, _ = pad_packed_sequence(packed_out, batch_first=True, total_length=ids.size(1))
        return self.tag(out)


class UnpackedTagger(PackedTagger):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        out, _ = self.gru(self.embed(ids))
        mask = torch.arange(ids.size(1)) < lengths.unsqueeze(1)
        return self.tag(out) * mask.unsqueeze(-1)


class TwoHeads(nn.Module):
    """Intent of the sentence and slot of each word."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.intent = nn.Linear(d.H * d.D, d.classes)
        self.slots = nn.Linear(d.H * d.D, d.classes + 1)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        out, (hidden, _) = self.encoder(words)
        directions = 2 if self.encoder.bidirectional else 1
        sentence = torch.cat(list(hidden[-directions:]), dim=-1)
        return self.intent(sentence), self.slots(out)


class TwoHeadsOneStep(TwoHeads):
    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        out, _ = self.encoder(words)
        return self.intent(out[:, -1, :]), self.slots(out)


class TwoHeadsByView(TwoHeads):
    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        out, (hidden, _) = self.encoder(words)
        directions = 2 if self.encoder.bidirectional else 1
        sentence = hidden[-directions:].view(words.size(0), -1)
        return self.intent(sentence), self.slots(out)


class CharacterModel(nn.Module):
    """The next character for each one; returns the states for sampling."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.decoder = nn.Linear(d.H, VOCABULARY)

    def forward(
        self, ids: Tensor, hidden: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        embedded = self.embedding(ids)
        out, hidden = self.lstm(embedded, hidden)
        return self.decoder(self.dropout(out)), hidden


class CharacterModelFuture(CharacterModel):
    """Two directions: the backward one has read the character that is asked for."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True, bidirectional=True)
        self.decoder = nn.Linear(2 * d.H, VOCABULARY)


class NextValue(nn.Module):
    """The next value of a series, at each step."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.gru = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)
        self.readout = nn.Linear(d.H, d.features)

    def forward(self, series: Tensor) -> Tensor:
        out, _ = self.gru(series)
        return self.readout(out)


class NextValueAttended(NextValue):
    """Attends over all steps, later ones too."""

    def forward(self, series: Tensor) -> Tensor:
        out, _ = self.gru(series)
        weights = torch.softmax(out @ out.transpose(1, 2), dim=-1)
        return self.readout(weights @ out)


class NextValueMasked(NextValue):
    """Attends over the steps until then."""

    def forward(self, series: Tensor) -> Tensor:
        out, _ = self.gru(series)
        scores = out @ out.transpose(1, 2)
        later = torch.triu(torch.ones_like(scores, dtype=torch.bool), diagonal=1)
        weights = torch.softmax(scores.masked_fill(later, float("-inf")), dim=-1)
        return self.readout(weights @ out)


class Policy(nn.Module):
    """Acts over rollouts: an encoder of flattened observations, a GRU over time, two heads."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d.features, d.H), nn.Tanh())
        self.rnn = nn.GRU(d.H, d.H)
        self.actor = nn.Linear(d.H, d.classes)
        self.critic = nn.Linear(d.H, 1)

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        N, T = observations.shape[:2]
        features = self.encoder(observations.flatten(0, 1))
        features = features.view(N, T, -1).transpose(0, 1)
        out, _ = self.rnn(features)
        out = out.transpose(0, 1)
        return self.actor(out), self.critic(out).squeeze(-1)


class PolicyByView(Policy):
    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        N, T = observations.shape[:2]
        features = self.encoder(observations.flatten(0, 1))
        features = features.view(T, N, -1)
        out, _ = self.rnn(features)
        out = out.transpose(0, 1)
        return self.actor(out), self.critic(out).squeeze(-1)


class PolicySeqFirst(Policy):
    """Rollouts as they come from an environment, time first."""

    def forward(self, observations: Tensor) -> tuple[Tensor, Tensor]:
        T, N = observations.shape[:2]
        features = self.encoder(observations.reshape(T * N, -1)).view(T, N, -1)
        out, _ = self.rnn(features)
        return self.actor(out), self.critic(out).squeeze(-1)


class PolicyBatchFirst(PolicySeqFirst):
    """Is given time first, but its GRU takes the batch first."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.GRU(d.H, d.H, batch_first=True)


class CRFTagger(nn.Module):
    """Scores of a CRF; the transitions are read by the loss alone."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.emit = nn.Linear(d.H * d.D, d.classes)
        self.transitions = nn.Parameter(torch.randn(d.classes, d.classes))

    def forward(self, words: Tensor) -> Tensor:
        out, _ = self.lstm(words)
        return self.emit(out)

    def neg_log_likelihood(self, words: Tensor, tags: Tensor) -> Tensor:
        emissions = self.forward(words)
        score = emissions.gather(2, tags.unsqueeze(-1)).sum()
        return -(score + self.transitions[tags[:, :-1], tags[:, 1:]].sum())


class ViterbiTagger(CRFTagger):
    """The best score that each tag can be reached with, by step."""

    def forward(self, words: Tensor) -> Tensor:
        out, _ = self.lstm(words)
        emissions = self.emit(out)
        score = emissions[:, 0]
        scores = [score]
        for step in range(1, emissions.size(1)):
            score = torch.logsumexp(score.unsqueeze(2) + self.transitions, dim=1)
            score = score + emissions[:, step]
            scores.append(score)
        return torch.stack(scores, dim=1)


class ViterbiOverBatch(CRFTagger):
    """Written for time first: runs through the samples."""

    def forward(self, words: Tensor) -> Tensor:
        out, _ = self.lstm(words)
        emissions = self.emit(out)
        score = emissions[0]
        scores = [score]
        for feat in emissions[1:]:
            score = torch.logsumexp(score.unsqueeze(2) + self.transitions, dim=1) + feat
            scores.append(score)
        return torch.stack(scores, dim=0)


def text(d: Dims) -> Arguments:
    return (ids_of(d, d.L + 1)[:, :-1],), {}


def next_ids(d: Dims) -> Tensor:
    """The same text one step later, as language models are trained."""
    return ids_of(d, d.L + 1)[:, 1:]


def next_values(d: Dims) -> Tensor:
    x = torch.randn(d.N, d.L + 1, d.features)
    return x[:, 1:]


def all_but_last_value(d: Dims) -> Arguments:
    x = torch.randn(d.N, d.L + 1, d.features)
    return (x[:, :-1],), {}


PER_STEP: dict[str, Any] = {"result_time": 1}
FUTURE: dict[str, Any] = {"target": next_values, **PER_STEP}

CASES: list[Case] = [
    case("tagger", Tagger, tokens, **PER_STEP),
    case("tagger/batch_first", TaggerNotBatchFirst, tokens, "batch_first", needs=Needs(N=2)),
    case("tagger/transposed", TransposingTagger, tokens, **PER_STEP),
    case(
        "tagger/tutorial",
        TutorialTagger,
        tokens,
        "view",
        needs=Needs(N=2, L=2),
        code="embeds.view(sentence.size(1), sentence.size(0), -1)",
        square={"batch_first"},
    ),
    case(
        "tagger/view_back",
        ViewingBackTagger,
        tokens,
        "view",
        needs=Needs(N=2, L=2),
        code="lstm_out.reshape(",
        square={"batch_first", "order"},
    ),
    case("tagger/packed", PackedTagger, tokens_and_lengths, **PER_STEP),
    case(
        "tagger/packed/padding",
        UnpackedTagger,
        tokens_and_lengths,
        "padding",
        needs=Needs(N=2, L=2, bidirectional=True),
        code="self.gru(",
        **PER_STEP,
    ),
    case(
        "tagger/packed/one_direction",
        UnpackedTagger,
        tokens_and_lengths,
        needs=Needs(bidirectional=False),
        **PER_STEP,
    ),
    case("heads", TwoHeads, series),
    case(
        "heads/one_step",
        TwoHeadsOneStep,
        series,
        "one_step",
        needs=Needs(L=2, bidirectional=True),
        code="out[:, -1, :]",
    ),
    case(
        "heads/view",
        TwoHeadsByView,
        series,
        "view",
        needs=Needs(N=2, bidirectional=True),
        code="hidden[-directions:].view(",
    ),
    case("characters", CharacterModel, text, result_batch=(0, 1, 1), target=next_ids),
    case(
        "characters/future",
        CharacterModelFuture,
        text,
        "future",
        result_batch=(0, 1, 1),
        result_time=(1, None, None),
        target=next_ids,
        needs=Needs(L=2, bidirectional=True),
    ),
    case("next_value", NextValue, all_but_last_value, **FUTURE),
    case(
        "next_value/future",
        NextValueAttended,
        all_but_last_value,
        "future",
        needs=Needs(L=2),
        code="torch.softmax(",
        **FUTURE,
    ),
    case("next_value/masked", NextValueMasked, all_but_last_value, **FUTURE),
    case("policy", Policy, series, **PER_STEP),
    case(
        "policy/view",
        PolicyByView,
        series,
        "view",
        needs=Needs(N=2, L=2),
        square={"batch_first"},
        code="view(T, N, -1)",
    ),
    case("policy/seq_first", PolicySeqFirst, seq_first, batch=1, result_batch=1, result_time=0),
    case(
        "policy/seq_first/batch_first",
        PolicyBatchFirst,
        seq_first,
        "batch_first",
        batch=1,
        result_batch=1,
        needs=Needs(N=2, L=2),
    ),
    case("crf", CRFTagger, series, idle=("transitions",), **PER_STEP),
    case("crf/viterbi", ViterbiTagger, series, needs=Needs(L=2), **PER_STEP),
    case(
        "crf/over_batch",
        ViterbiOverBatch,
        series,
        "samples_mix",
        needs=Needs(N=2, L=2),
        code="emissions",
    ),
]
