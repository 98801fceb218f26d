"""A residual network for CIFAR-10 and its training epoch in plain PyTorch, in the style of its tutorials."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut without parameters (option A)."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        before = self.added // 2
        shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.added - before))
        return F.relu(out + shortcut)


class ResNet(nn.Module):
    """Stem, three stages of 16, 32 and 64 channels, average, ten logits."""

    def __init__(self, stages: Sequence[int]):
        super().__init__()
        layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        channels = 16
        for number, blocks in enumerate(stages):
            for block in range(blocks):
                outputs, stride = 16 * 2**number, 2 if number and not block else 1
                layers.append(BasicBlock(channels, outputs, stride))
                channels = outputs
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(x).mean(dim=(2, 3)))


def make_epoch(
    stages: Sequence[int], images: np.ndarray, labels: np.ndarray, batch: int, rate: float, momentum: float
) -> tuple[Callable[[], float], int]:
    """Return a function that trains one epoch and gives its mean loss, and how many parameters it trains."""
    torch.manual_seed(0)
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    loader = DataLoader(TensorDataset(pixels, torch.from_numpy(labels).long()), batch_size=batch, shuffle=True)
    model = ResNet(stages).train()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)

    def epoch() -> float:
        total, hits = 0.0, 0
        for x, y in loader:
            optimizer.zero_grad()
            logits = model(x)
            loss = criterion(logits, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            hits += (logits.argmax(1) == y).sum().item()
        return total / len(images)

    return epoch, sum(parameter.numel() for parameter in model.parameters())
