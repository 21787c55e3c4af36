"""Measures a sample network's file: size, MACs, accuracy at uniform bits and the KL of each layer quantized alone.

Usage: python3 measure.py DATA FILE.onnx
An independent check of what the engine reports: weights only, symmetric, per output channel, min-max, half to even.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper, shape_inference

from train import MEAN, STD

BITS = (2, 3, 4, 8)


def read(directory, name, count):
    images = np.fromfile(directory / f"{name}.images", np.uint8).reshape(-1, 32, 32, 3)[:count]
    labels = np.fromfile(directory / f"{name}.labels", np.int32)[:count]
    return (((images / 255).transpose(0, 3, 1, 2) - MEAN) / STD).astype(np.float32), labels


def quantized(weight, bits):
    top = 2 ** (bits - 1) - 1
    axes = tuple(range(1, weight.ndim))
    scale = np.maximum(np.abs(weight).max(axes, keepdims=True), 1e-12) / top
    return (np.clip(np.round(weight / scale), -top, top) * scale).astype(np.float32)


class File:
    """An ONNX file that can be run with some of its layers at fewer bits."""

    def __init__(self, path):
        self.model = onnx.load(path)
        self.weights = {c.name: numpy_helper.to_array(c) for c in self.model.graph.initializer}
        self.layers = [n for n in self.model.graph.node if n.op_type in ("Conv", "Gemm")]

    def run(self, inputs, bits):
        """Logits with the weights of the layers named in `bits` at so many bits."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        names = {node.input[1]: bits[node.name] for node in self.layers if node.name in bits}
        for constant in model.graph.initializer:
            if constant.name in names:
                value = quantized(self.weights[constant.name], names[constant.name])
                constant.CopyFrom(numpy_helper.from_array(value, constant.name))
        options = ort.SessionOptions()
        options.intra_op_num_threads = 2
        session = ort.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        return np.concatenate([session.run(None, {"input": x})[0] for x in np.array_split(inputs, 8)])

    def macs(self):
        """Multiplications for one image, by layer name."""
        inferred = shape_inference.infer_shapes(self.model, strict_mode=True).graph
        shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.value_info}
        areas = {node.name: np.prod(shapes.get(node.output[0], [])[2:], dtype=int) for node in self.layers}
        return {node.name: int(areas[node.name] * self.weights[node.input[1]].size) for node in self.layers}


def log_softmax(logits):
    logits = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def divergence(reference, other):
    """Mean KL(reference ‖ other) over the images, in nats."""
    p, q = log_softmax(reference), log_softmax(other)
    return (np.exp(p) * (p - q)).sum(1).mean()


def main():
    data, path = Path(sys.argv[1]), Path(sys.argv[2])
    file = File(path)
    macs = file.macs()
    parameters = sum(w.size for w in file.weights.values() if w.ndim)
    print(f"{path.name}: {parameters} parameters, {sum(macs.values()) / 1e6:.2f} M MACs, {path.stat().st_size} bytes\n")

    images, labels = read(data, "evaluation", None)
    score = lambda bits: 100 * (file.run(images, bits).argmax(1) == labels).mean()
    rows = [("float", score({}))] + [(f"{b} bits", score({n.name: b for n in file.layers})) for b in reversed(BITS)]
    print("| " + " | ".join(name for name, _ in rows) + " |\n|" + "---|" * len(rows))
    print("| " + " | ".join(f"{value:.2f} %" for _, value in rows) + " |\n")

    images, _ = read(data, "calibration", 256)
    reference = file.run(images, {})
    print("| layer | weights | MACs | KL at 2 bits | 3 bits | 4 bits |\n|---|--:|--:|--:|--:|--:|")
    for node in file.layers:
        cells = [divergence(reference, file.run(images, {node.name: bits})) for bits in BITS[:3]]
        numbers = " | ".join(f"{value:.4f}" for value in cells)
        print(f"| `{node.name}` | {file.weights[node.input[1]].size} | {macs[node.name]} | {numbers} |")


if __name__ == "__main__":
    main()
