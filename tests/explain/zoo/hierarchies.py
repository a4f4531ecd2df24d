"""Models that fold an axis into the batch and back: documents, agents, graphs, chunks of sound."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.explain.zoo.case import VOCABULARY, Arguments, Case, Dims, Needs, case


class DocumentClassifier(nn.Module):
    """Hierarchical attention: words of each sentence, then sentences of each document."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.words = nn.GRU(d.features, d.H, batch_first=True, bidirectional=True)
        self.word_attention = nn.Linear(2 * d.H, 1)
        self.sentences = nn.GRU(2 * d.H, d.H, batch_first=True, bidirectional=True)
        self.sentence_attention = nn.Linear(2 * d.H, 1)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def forward(self, documents: Tensor) -> Tensor:
        B, S, W = documents.shape
        words, _ = self.words(self.embedding(documents.view(B * S, W)))
        weights = torch.softmax(self.word_attention(words), dim=1)
        sentences = (weights * words).sum(dim=1).view(B, S, -1)
        out, _ = self.sentences(sentences)
        weights = torch.softmax(self.sentence_attention(out), dim=1)
        return self.fc((weights * out).sum(dim=1))


class DocumentsByView(DocumentClassifier):
    """Folds back in the wrong order."""

    def forward(self, documents: Tensor) -> Tensor:
        B, S, W = documents.shape
        words, _ = self.words(self.embedding(documents.view(B * S, W)))
        weights = torch.softmax(self.word_attention(words), dim=1)
        sentences = (weights * words).sum(dim=1).view(S, B, -1).transpose(0, 1)
        out, _ = self.sentences(sentences)
        weights = torch.softmax(self.sentence_attention(out), dim=1)
        return self.fc((weights * out).sum(dim=1))


class DocumentsOverSentences(DocumentClassifier):
    """The second attention is made sum to one over the documents."""

    def forward(self, documents: Tensor) -> Tensor:
        B, S, W = documents.shape
        words, _ = self.words(self.embedding(documents.view(B * S, W)))
        weights = torch.softmax(self.word_attention(words), dim=1)
        sentences = (weights * words).sum(dim=1).view(B, S, -1)
        out, _ = self.sentences(sentences)
        weights = torch.softmax(self.sentence_attention(out), dim=0)
        return self.fc((weights * out).sum(dim=1))


class CharacterTagger(nn.Module):
    """Named entities: the characters of each word by one LSTM, the words by another."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.characters = nn.Embedding(VOCABULARY, d.features)
        self.spelling = nn.LSTM(d.features, d.H, batch_first=True, bidirectional=True)
        self.words = nn.LSTM(2 * d.H, d.H, d.num_layers, batch_first=True, bidirectional=True)
        self.tag = nn.Linear(2 * d.H, d.classes)

    def spelled(self, characters: Tensor) -> Tensor:
        _, (h_n, _) = self.spelling(self.characters(characters))
        return torch.cat([h_n[0], h_n[1]], dim=-1)

    def forward(self, characters: Tensor) -> Tensor:
        batch, words, letters = characters.size()
        spelled = self.spelled(characters.view(-1, letters))
        out, _ = self.words(spelled.view(batch, words, -1))
        return self.tag(out)


class CharacterTaggerByView(CharacterTagger):
    """The two directions of a word are viewed together, which joins two words."""

    def spelled(self, characters: Tensor) -> Tensor:
        _, (h_n, _) = self.spelling(self.characters(characters))
        return h_n.view(characters.size(0), -1)


class CharacterTaggerOneStep(CharacterTagger):
    def spelled(self, characters: Tensor) -> Tensor:
        out, _ = self.spelling(self.characters(characters))
        return out[:, -1]


class Agents(nn.Module):
    """(B, T, A, F): each agent of a game is a sequence of its own, with the same weights."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.GRU(d.features, d.H, batch_first=True)
        self.q = nn.Linear(d.H, d.classes)

    def forward(self, observations: Tensor) -> Tensor:
        B, T, A, F = observations.shape
        x = observations.permute(0, 2, 1, 3).reshape(B * A, T, F)
        out, _ = self.rnn(x)
        q = self.q(out)
        return q.view(B, A, T, -1).transpose(1, 2)


class AgentsByView(Agents):
    """Without the permutation: steps of the one agent are taken for another's."""

    def forward(self, observations: Tensor) -> Tensor:
        B, T, A, F = observations.shape
        x = observations.reshape(B * A, T, F)
        out, _ = self.rnn(x)
        q = self.q(out)
        return q.view(B, A, T, -1).transpose(1, 2)


class TrafficModel(nn.Module):
    """(B, T, V, F): a graph's neighbours are mixed, then each of its nodes runs over time."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.adjacency = nn.Parameter(torch.rand(3, 3))
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True)
        self.out = nn.Linear(d.H, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, nodes, width = x.shape
        mixed = torch.einsum("uv,btvf->btuf", self.adjacency.softmax(-1), x)
        mixed = mixed.transpose(1, 2).contiguous().view(batch * nodes, steps, width)
        _, (h_n, _) = self.lstm(mixed)
        return self.out(h_n[-1]).view(batch, nodes)


class TrafficByView(TrafficModel):
    """What comes out is folded back with the nodes in front."""

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, nodes, width = x.shape
        mixed = torch.einsum("uv,btvf->btuf", self.adjacency.softmax(-1), x)
        mixed = mixed.transpose(1, 2).contiguous().view(batch * nodes, steps, width)
        _, (h_n, _) = self.lstm(mixed)
        return self.out(h_n[-1]).view(nodes, batch).t()


class Pyramid(nn.Module):
    """Listen, attend and spell: two steps are joined into one between the layers."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lower = nn.LSTM(d.features, d.H, batch_first=True, bidirectional=True)
        self.upper = nn.LSTM(4 * d.H, d.H, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lower(x)
        batch, steps, width = out.shape
        halved = out.contiguous().view(batch, steps // 2, 2 * width)
        out, _ = self.upper(halved)
        return self.fc(out)


class PyramidOneStep(Pyramid):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lower(x)
        batch, steps, width = out.shape
        out, _ = self.upper(out.contiguous().view(batch, steps // 2, 2 * width))
        return self.fc(out[:, -1])


class DualPath(nn.Module):
    """Separation of speakers: within chunks, then across chunks, (B, F, K, S)."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.within = nn.LSTM(d.features, d.H, batch_first=True, bidirectional=True)
        self.within_back = nn.Linear(2 * d.H, d.features)
        self.across = nn.LSTM(d.features, d.H, batch_first=True, bidirectional=True)
        self.across_back = nn.Linear(2 * d.H, d.features)

    def forward(self, x: Tensor) -> Tensor:
        B, F, K, S = x.shape
        within = x.permute(0, 3, 2, 1).reshape(B * S, K, F)
        within = self.within_back(self.within(within)[0])
        x = x + within.view(B, S, K, F).permute(0, 3, 2, 1)
        across = x.permute(0, 2, 3, 1).reshape(B * K, S, F)
        across = self.across_back(self.across(across)[0])
        return x + across.view(B, K, S, F).permute(0, 3, 1, 2)


class DualPathByView(DualPath):
    """The second is viewed as the first."""

    def forward(self, x: Tensor) -> Tensor:
        B, F, K, S = x.shape
        within = x.permute(0, 3, 2, 1).reshape(B * S, K, F)
        within = self.within_back(self.within(within)[0])
        x = x + within.view(S, B, K, F).permute(1, 3, 2, 0)
        across = x.permute(0, 2, 3, 1).reshape(B * K, S, F)
        across = self.across_back(self.across(across)[0])
        return x + across.view(B, K, S, F).permute(0, 3, 1, 2)


def documents(d: Dims) -> Arguments:
    return (torch.randint(1, VOCABULARY, (d.N, d.L, 4)),), {}


def agents(d: Dims) -> Arguments:
    return (torch.randn(d.N, d.L, 3, d.features),), {}


def even_steps(d: Dims) -> Arguments:
    return (torch.randn(d.N, 2 * d.L, d.features),), {}


def chunks(d: Dims) -> Arguments:
    return (torch.randn(d.N, d.features, 3, d.L),), {}


FOLDED = Needs(N=2, L=2)

CASES: list[Case] = [
    case(
        "documents", DocumentClassifier, documents, idle=("word_att", "sentence_att"), attends=True
    ),
    case(
        "documents/view", DocumentsByView, documents, "view", needs=FOLDED, code=".view(S, B, -1)"
    ),
    case(
        "documents/over_batch",
        DocumentsOverSentences,
        documents,
        asks={"attention_over_batch"},
        instead={"samples_mix"},
        needs=Needs(N=2),
        code="dim=0",
    ),
    case("spelling", CharacterTagger, documents),
    case(
        "spelling/view",
        CharacterTaggerByView,
        documents,
        "view",
        needs=FOLDED,
        code="h_n.view(characters.size(0), -1)",
    ),
    case("spelling/one_step", CharacterTaggerOneStep, documents, "one_step", code="out[:, -1]"),
    case("agents", Agents, agents),
    case(
        "agents/view",
        AgentsByView,
        agents,
        "time_axis",
        # It cuts agents and steps anew: both names are true of it.
        instead={"view"},
        needs=Needs(L=2),
        right="agents",
        code="observations.reshape(",
    ),
    case("traffic", TrafficModel, agents),
    case(
        "traffic/view", TrafficByView, agents, "view", needs=Needs(N=2), code=".view(nodes, batch)"
    ),
    case("pyramid", Pyramid, even_steps),
    case(
        "pyramid/one_step",
        PyramidOneStep,
        even_steps,
        "one_step",
        needs=Needs(L=2),
        code="out[:, -1]",
    ),
    case("dual_path", DualPath, chunks),
    case(
        "dual_path/view",
        DualPathByView,
        chunks,
        "view",
        needs=FOLDED,
        square={"samples_mix"},
        code=".view(S, B, K, F)",
    ),
]
