#!/usr/bin/env python3
"""Trains a small decoder of bytes on this repository's documents, and exports it with a cache of keys and values.

usage: train.py [--steps N] OUTPUT.onnx

    tokens: i64[1, count], cache: f32[layers, 2, heads, past, size]  ->  logits: f32[256] of the last token, cache with the new tokens

0.9 million weights in four layers, as the language models of today have them: RMS normalization, rotated positions, gated layers. A few minutes on
two cores; a fixed seed. Run it with the environment that `./dev setup models` makes.
"""
import argparse
import math
import subprocess
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
LAYERS, WIDTH, HEADS, INNER, CONTEXT = 4, 128, 4, 384, 128
SIZE = WIDTH // HEADS
BATCH = 8


def documents():
    """The prose of the repository's documents, as bytes; tables and commands are left out."""
    names = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    lines = [line for name in names for line in (ROOT / name).read_text().splitlines() if not line.startswith(("|", "    ", "```"))]
    return torch.tensor(list("\n".join(lines).encode()))


def rotated(x, places):
    """Pairs of elements of heads x tokens x size, turned by angles that grow with the token's place."""
    angles = places[:, None] * 10000.0 ** (-torch.arange(0, SIZE, 2) / SIZE)
    cosines, sines = angles.cos(), angles.sin()
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cosines - second * sines, second * cosines + first * sines], dim=-1)


class Layer(nn.Module):
    """Attention and a gated layer. Tokens are [batch, tokens, width], keys and values [batch, heads, tokens, size]."""

    def __init__(self):
        super().__init__()
        self.before, self.between = nn.RMSNorm(WIDTH, 1e-5), nn.RMSNorm(WIDTH, 1e-5)
        self.query, self.key, self.value, self.mixed = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))
        self.gate, self.up, self.down = nn.Linear(WIDTH, INNER, bias=False), nn.Linear(WIDTH, INNER, bias=False), nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x, past, places):
        """Returns the tokens, and the keys and values of the past with the new ones."""
        normal = self.before(x)
        query, key, value = (part(normal).unflatten(-1, (HEADS, SIZE)).transpose(1, 2) for part in (self.query, self.key, self.value))
        key, value = torch.cat([past[0], rotated(key, places)], dim=2), torch.cat([past[1], value], dim=2)
        hidden = torch.arange(key.shape[2]) > places[:, None]
        scores = rotated(query, places) @ key.transpose(2, 3) / math.sqrt(SIZE)
        mixed = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ value
        x = x + self.mixed(mixed.transpose(1, 2).flatten(2))
        normal = self.between(x)
        return x + self.down(functional.silu(self.gate(normal)) * self.up(normal)), torch.stack([key, value])


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.last, self.logits = nn.RMSNorm(WIDTH, 1e-5), nn.Linear(WIDTH, 256, bias=False)
        for name, weights in self.named_parameters():
            if weights.dim() == 2:
                nn.init.normal_(weights, std=0.02 / (math.sqrt(2 * LAYERS) if "mixed" in name or "down" in name else 1))

    def forward(self, tokens, cache):
        """`cache` is [layers, 2, batch, heads, past, size]; returns the normalized tokens, and the cache with the new ones."""
        past, x, caches = cache.shape[4], self.table(tokens), []
        places = torch.arange(past, past + tokens.shape[1])
        for layer, own in zip(self.layers, cache):
            x, own = layer(x, own, places)
            caches.append(own)
        return self.last(x), torch.stack(caches)


class LastToken(nn.Module):
    """One sequence, and the logits of its last token alone."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, tokens, cache):
        x, cache = self.decoder(tokens, cache[:, :, None])
        return self.decoder.logits(x[0, -1:])[0], cache[:, :, 0]


def loss_of(model, rows):
    """The mean of what the model loses on the bytes of windows, each after those before it, in nats."""
    x, _ = model(rows[:, :-1], torch.zeros(LAYERS, 2, len(rows), HEADS, 0, SIZE))
    return functional.cross_entropy(model.logits(x).flatten(0, 1), rows[:, 1:].flatten())


def train(text, steps):
    """Returns a trained decoder."""
    torch.manual_seed(0)
    model, window = Decoder(), torch.arange(CONTEXT + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=max(steps, 2), pct_start=0.1)
    begun = time.monotonic()
    for step in range(steps):
        starts = torch.randint(len(text) - CONTEXT, (BATCH, 1))
        optimizer.zero_grad()
        loss = loss_of(model, text[starts + window])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        schedule.step()
        if step % 100 == 99 or step == steps - 1:
            print(f"step {step + 1} of {steps}: {loss.item() / math.log(2):.2f} bits a byte, {time.monotonic() - begun:.0f} s", flush=True)
    return model.eval()


def export(model, path):
    """Writes the model for sequences and pasts of any length."""
    count, past = torch.export.Dim("count"), torch.export.Dim("past")
    example = (torch.zeros(1, 3, dtype=torch.int64), torch.zeros(LAYERS, 2, HEADS, 5, SIZE))
    torch.onnx.export(
        LastToken(model).eval(), example, str(path), input_names=["tokens", "cache"], output_names=["logits", "new_cache"], dynamo=True, opset_version=23,
        dynamic_shapes=({1: count}, {3: past}), external_data=False, verbose=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    text = documents()
    kept = len(text) // 20 // (CONTEXT + 1) * (CONTEXT + 1)  # at the end, never trained on
    model = train(text[:-kept], options.steps)
    with torch.no_grad():
        loss = loss_of(model, text[-kept:].reshape(-1, CONTEXT + 1))
    print(f"{loss.item() / math.log(2):.2f} bits a byte of {kept} that it was not trained on")
    export(model, options.output)


if __name__ == "__main__":
    main()
