#!/usr/bin/env python3
"""Trains the digit classifier of the demo and exports it: digits.onnx, samples.npy, labels.npy.

The data is the digits set that comes with scikit-learn: 1797 pictures of 8x8 pixels. Every fifth is kept for testing; the
samples are twelve of those, which the training never saw. Half a minute on one core; a fixed seed.
Run it with the environment that `./dev setup models` makes: build/python/bin/python Examples/Digits/train.py
"""
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

HERE = Path(__file__).resolve().parent
EPOCHS, BATCH = 40, 32


class Classifier(nn.Module):
    """Two convolutions and two linear layers: pixels from 0 to 1 as [batch, 1, 8, 8] in, ten logits out."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
        self.hidden, self.digits = nn.Linear(512, 64), nn.Linear(64, 10)
        self.drop = nn.Dropout(0.3)

    def forward(self, image):
        x = torch.relu(self.conv2(torch.relu(self.conv1(image))))
        x = self.drop(nn.functional.max_pool2d(x, 2).flatten(1))
        return self.digits(torch.relu(self.hidden(x)))


def train(pixels, labels):
    """Returns a trained classifier whose outputs are probabilities."""
    torch.manual_seed(0)
    logits = Classifier()
    optimizer = torch.optim.AdamW(logits.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, epochs=EPOCHS, steps_per_epoch=-(-len(pixels) // BATCH))
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(pixels)).split(BATCH):
            optimizer.zero_grad()
            # shifted by up to a pixel, so that position matters less
            dy, dx = torch.randint(-1, 2, (2,)).tolist()
            nn.functional.cross_entropy(logits(torch.roll(pixels[rows], (dy, dx), (2, 3))), labels[rows]).backward()
            optimizer.step()
            schedule.step()
    return nn.Sequential(logits, nn.Softmax(dim=-1)).eval()


def main():
    torch.set_num_threads(1)
    digits = load_digits()
    pixels = torch.from_numpy(digits.images[:, None] / 16).float()
    labels = torch.from_numpy(digits.target)
    test = torch.arange(len(labels)) % 5 == 4
    model = train(pixels[~test], labels[~test])
    with torch.no_grad():
        accuracy = (model(pixels[test]).argmax(1) == labels[test]).float().mean().item()
    print(f"{accuracy:.1%} of {int(test.sum())} test pictures are recognized")
    if accuracy < 0.97:
        raise SystemExit("error: expected at least 97%")

    export(model, pixels[:2])
    # the first of each digit, and the two that the classifier is least sure of
    rows = [int(torch.nonzero(test & (labels == digit))[0]) for digit in range(10)]
    with torch.no_grad():
        certainty = model(pixels).max(1).values
    rows += [int(row) for row in torch.where(test, certainty, 2).argsort()[:2]]
    np.save(HERE / "samples.npy", pixels[rows].numpy())
    np.save(HERE / "labels.npy", labels[rows].numpy())
    print(f"digits.onnx: {(HERE / 'digits.onnx').stat().st_size} bytes")


def export(model, example):
    """Writes digits.onnx, for any number of pictures at once."""
    program = torch.onnx.export(
        model, (example,), input_names=["image"], output_names=["probabilities"], dynamo=True, opset_version=18,
        dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False)
    proto = program.model_proto
    for part in (proto, proto.graph, *proto.graph.node, *proto.graph.input, *proto.graph.output, *proto.graph.value_info, *proto.graph.initializer):
        del part.metadata_props[:]  # stack traces with paths of the machine that exported
    (HERE / "digits.onnx").write_bytes(proto.SerializeToString())


if __name__ == "__main__":
    main()
