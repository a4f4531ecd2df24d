"""Convolutions before a recurrent module: video, speech, sensors."""

# ruff: noqa: RUF059 -- the code of users is kept as they write it.

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.explain.zoo.case import Arguments, Case, Dims, Needs, case
from tests.explain.zoo.inputs import series


class VideoClassifier(nn.Module):
    """A CNN on each frame, an LSTM over the frames."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(2, 3, kernel_size=3, padding=1),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(3 * 2 * 2, d.H),
        )
        self.lstm = nn.LSTM(d.H, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, clip: Tensor) -> Tensor:
        B, T, C, H, W = clip.shape
        frames = clip.view(B * T, C, H, W)
        features = self.cnn(frames)
        features = features.view(B, T, -1)
        out, _ = self.lstm(features)
        return self.fc(out[:, -1, :])


class VideoByView(VideoClassifier):
    """Its LSTM takes time first, and the frames are viewed as such."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.H, d.H, d.num_layers)

    def forward(self, clip: Tensor) -> Tensor:
        B, T, C, H, W = clip.shape
        features = self.cnn(clip.view(B * T, C, H, W))
        features = features.view(T, B, -1)
        out, _ = self.lstm(features)
        return self.fc(out[-1])


class VideoNotBatchFirst(VideoClassifier):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.H, d.H, d.num_layers)


class VideoByLoop(VideoClassifier):
    """The CNN on each frame in a loop, frames stacked along time."""

    def forward(self, clip: Tensor) -> Tensor:
        features = []
        for t in range(clip.size(1)):
            features.append(self.cnn(clip[:, t]))
        out, (h_n, _) = self.lstm(torch.stack(features, dim=1))
        return self.fc(h_n[-1])


class VideoStackedAlongBatch(VideoClassifier):
    """Stacks the frames in front, for a module that takes the batch first."""

    def forward(self, clip: Tensor) -> Tensor:
        features = []
        for t in range(clip.size(1)):
            features.append(self.cnn(clip[:, t]))
        out, _ = self.lstm(torch.stack(features, dim=0))
        return self.fc(out[-1])


class SpeechModel(nn.Module):
    """Convolutions over (B, F, T), then an LSTM over T."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.conv = nn.Conv1d(d.features, d.H, kernel_size=3, padding=1)
        self.rnn = nn.LSTM(d.H, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional)
        self.classifier = nn.Linear(d.H * d.D, d.classes)

    def forward(self, spectrogram: Tensor) -> Tensor:
        features = torch.tanh(self.conv(spectrogram))
        features = features.permute(0, 2, 1)
        out, _ = self.rnn(features)
        return self.classifier(out)


class SpeechByView(SpeechModel):
    def forward(self, spectrogram: Tensor) -> Tensor:
        features = torch.tanh(self.conv(spectrogram))
        features = features.view(features.size(0), features.size(2), features.size(1))
        out, _ = self.rnn(features)
        return self.classifier(out)


class SpeechNotTransposed(SpeechModel):
    """Runs along the channels: there are as many of them as steps, so nothing raises."""

    def forward(self, spectrogram: Tensor) -> Tensor:
        features = torch.tanh(self.conv(spectrogram))
        out, _ = self.rnn(features)
        return self.classifier(out)


class SpeechNotBatchFirst(SpeechModel):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.LSTM(d.H, d.H, d.num_layers, bidirectional=d.bidirectional)


class DeepSpeech(nn.Module):
    """A 2-D convolution over (B, 1, D, T); channels and frequencies become features."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 2, kernel_size=3, padding=1), nn.Tanh())
        self.rnn = nn.GRU(2 * d.features, d.H, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x.unsqueeze(1))
        batch, channels, bins, steps = x.size()
        x = x.permute(0, 3, 1, 2).reshape(batch, steps, channels * bins)
        out, _ = self.rnn(x)
        return self.fc(out)


class DeepSpeechByView(DeepSpeech):
    """kospeech #82: the order of the axes stays, the sizes change."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x.unsqueeze(1))
        batch, channels, bins, steps = x.size()
        x = x.view(batch, steps, channels * bins)
        out, _ = self.rnn(x)
        return self.fc(out)


class CRNN(nn.Module):
    """Text in an image: columns are steps, time first, as in the public code."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.cnn = nn.Conv2d(1, d.H, kernel_size=(4, 3), padding=(0, 1))
        self.rnn = nn.LSTM(d.H, d.H, bidirectional=True)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def forward(self, image: Tensor) -> Tensor:
        conv = torch.tanh(self.cnn(image)).squeeze(2)
        conv = conv.permute(2, 0, 1)
        out, _ = self.rnn(conv)
        return self.fc(out)


class CRNNBatchFirst(CRNN):
    """Permutes to time first for a module that takes the batch first."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.LSTM(d.H, d.H, bidirectional=True, batch_first=True)


class CRNNByView(CRNN):
    """The output viewed as batch first."""

    def forward(self, image: Tensor) -> Tensor:
        conv = torch.tanh(self.cnn(image)).squeeze(2)
        conv = conv.permute(2, 0, 1)
        out, _ = self.rnn(conv)
        out = out.reshape(image.size(0), image.size(3), -1)
        return self.fc(out)


class ActivityModel(nn.Module):
    """Sensors with normalised batches: convolution, BatchNorm, GRU."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.conv = nn.Conv1d(d.features, d.H, kernel_size=1)
        self.bn = nn.BatchNorm1d(d.H)
        self.gru = nn.GRU(d.H, d.H, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x.transpose(1, 2))
        x = torch.nn.functional.elu(self.bn(x)).transpose(1, 2)
        _, h_n = self.gru(x)
        return self.fc(self.dropout(h_n.squeeze(0)))


class ActivityByView(ActivityModel):
    """Views the readings for the convolution."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x.view(x.size(0), x.size(2), x.size(1)))
        x = torch.nn.functional.elu(self.bn(x)).transpose(1, 2)
        _, h_n = self.gru(x)
        return self.fc(self.dropout(h_n.squeeze(0)))


def clips(d: Dims) -> Arguments:
    return (torch.randn(d.N, d.L, 2, 4, 4),), {}


def spectrograms(d: Dims) -> Arguments:
    return (torch.randn(d.N, d.features, d.L),), {}


def images(d: Dims) -> Arguments:
    return (torch.randn(d.N, 1, 4, d.L),), {}


MIXED = Needs(N=2, L=2)
TIME_FIRST = {"result_batch": 1}

CASES: list[Case] = [
    case("video", VideoClassifier, clips),
    case(
        "video/view",
        VideoByView,
        clips,
        "view",
        needs=MIXED,
        code="features.view(T, B, -1)",
        square={"batch_first"},
    ),
    case(
        "video/batch_first",
        VideoNotBatchFirst,
        clips,
        "batch_first",
        needs=MIXED,
        code="self.lstm(features)",
    ),
    case("video/loop", VideoByLoop, clips),
    case(
        "video/loop/batch_first",
        VideoStackedAlongBatch,
        clips,
        "batch_first",
        needs=MIXED,
        code="torch.stack(features, dim=0)",
    ),
    case("speech", SpeechModel, spectrograms),
    case(
        "speech/view",
        SpeechByView,
        spectrograms,
        "time_axis",
        needs=Needs(L=5),
        right="speech",
        code="features.view(features.size(0)",
    ),
    case(
        "speech/not_transposed",
        SpeechNotTransposed,
        spectrograms,
        "time_axis",
        needs=Needs(L=5, L_is_H=True),
        right="speech",
        code="self.rnn(features)",
    ),
    case("speech/batch_first", SpeechNotBatchFirst, spectrograms, "batch_first", needs=MIXED),
    case("deep_speech", DeepSpeech, spectrograms),
    case(
        "deep_speech/view",
        DeepSpeechByView,
        spectrograms,
        "time_axis",
        needs=Needs(L=5),
        right="deep_speech",
        code="x.view(batch, steps, channels * bins)",
    ),
    case("crnn", CRNN, images, **TIME_FIRST),
    case("crnn/batch_first", CRNNBatchFirst, images, "batch_first", needs=MIXED, **TIME_FIRST),
    case(
        "crnn/view",
        CRNNByView,
        images,
        "view",
        needs=MIXED,
        code="out.reshape(image.size(0)",
        square={"batch_first", "order"},
    ),
    case("activity", ActivityModel, series, asks={"batch_norm"}, needs=Needs(N=2, L=2)),
    case(
        "activity/view",
        ActivityByView,
        series,
        "time_axis",
        asks={"batch_norm"},
        needs=Needs(N=2, L=7),
        right="activity",
        code="x.view(x.size(0)",
    ),
]
