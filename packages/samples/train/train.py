"""Trains a sample network on the dumped shapes pictures and writes its ONNX file.

Usage: python3 train.py NAME DATA OUTPUT [--epochs N]
NAME is shapes-resnet or shapes-mobile, DATA the directory that dump.ts wrote, OUTPUT the .onnx file.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from networks import networks
from onnx_writer import OnnxWriter

# pixel / 255, then centred and scaled alike on all channels: x = (pixel · scale − mean) / std in the catalogue.
MEAN, STD = 0.5, 0.25


def read(directory, name):
    images = np.fromfile(directory / f"{name}.images", np.uint8).reshape(-1, 32, 32, 3)
    labels = np.fromfile(directory / f"{name}.labels", np.int32)
    return torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels).long()


def prepare(images):
    """Bytes to the network's input."""
    return ((images.float() / 255 - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def augment(images, generator):
    """One of the square's eight symmetries and one of six channel orders for the batch, colours inverted for half."""
    turn = torch.randint(8, (1,), generator=generator).item()
    images = torch.rot90(images, turn % 4, (2, 3))
    if turn >= 4:
        images = images.flip(3)
    images = images[:, torch.randperm(3, generator=generator)]
    inverted = torch.rand(len(images), 1, 1, 1, generator=generator) < 0.5
    return torch.where(inverted, 255 - images, images)


@torch.no_grad()
def accuracy(network, images, labels):
    network.eval()
    hits = [(network(prepare(x)).argmax(1) == y).sum().item() for x, y in zip(images.split(250), labels.split(250))]
    return 100 * sum(hits) / len(labels)


def train(network, data, epochs, rate=4e-3, batch=128):
    """AdamW under one cycle; the batch statistics end up in the norms' running averages."""
    images, labels = data["training"]
    generator = torch.Generator().manual_seed(0)
    steps = len(labels) // batch
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * steps, pct_start=0.2)
    loss = nn.CrossEntropyLoss()
    for epoch in range(1, epochs + 1):
        network.train()
        started, total = time.time(), 0.0
        order = torch.randperm(len(labels), generator=generator)
        for pick in order[: steps * batch].split(batch):
            value = loss(network(prepare(augment(images[pick], generator))), labels[pick])
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            optimizer.step()
            schedule.step()
            total += value.item()
        scored = accuracy(network, *data["calibration"])
        print(f"epoch {epoch}: loss {total / steps:.3f}, calibration {scored:.1f} %, {time.time() - started:.0f} s", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("name", choices=networks)
    options.add_argument("data", type=Path)
    options.add_argument("output", type=Path)
    options.add_argument("--epochs", type=int, default=20)
    chosen = options.parse_args()

    torch.set_num_threads(2)
    torch.manual_seed(0)
    classes = json.loads((chosen.data / "classes.json").read_text())
    data = {name: read(chosen.data, name) for name in ("training", "calibration", "evaluation")}
    network = networks[chosen.name](len(classes)).to(memory_format=torch.channels_last)
    train(network, data, chosen.epochs)
    print(f"evaluation: {accuracy(network, *data['evaluation']):.2f} %")

    writer = OnnxWriter()
    network.write(writer, "input")
    description = f"{chosen.name}, trained on the procedural shapes data set. MIT licence."
    onnx.save(writer.model(chosen.name, description, len(classes)), chosen.output)
    print(f"{chosen.output.name}: {writer.parameters} parameters, {chosen.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
