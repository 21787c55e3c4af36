"""Collects nodes and weights under readable names and makes an ONNX model of them. Not a general exporter."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper


class OnnxWriter:
    """Each method adds one node, named as asked, and returns the name of its output, which is the node's name."""

    def __init__(self):
        self.nodes, self.initializers = [], {}
        self.parameters = 0

    def _constant(self, name, array):
        self.initializers[name] = numpy_helper.from_array(np.array(array, np.float32, order="C"), name)
        return name

    def _node(self, op, name, inputs, output=None, **attributes):
        output = output or name
        self.nodes.append(helper.make_node(op, inputs, [output], name, **attributes))
        return output

    def conv(self, name, x, weight, bias, stride, padding, groups):
        self.parameters += weight.size + bias.size
        inputs = [x, self._constant(f"{name}.weight", weight), self._constant(f"{name}.bias", bias)]
        kernel = list(weight.shape[2:])
        return self._node(
            "Conv", name, inputs, kernel_shape=kernel, pads=[padding] * 4, strides=[stride] * 2, group=groups
        )

    def activate(self, name, x, kind):
        if kind == "relu":
            return self._node("Relu", name, [x])
        low, high = self._constant("relu6/min", np.float32(0)), self._constant("relu6/max", np.float32(6))
        return self._node("Clip", name, [x, low, high])

    def add(self, name, a, b):
        return self._node("Add", name, [a, b])

    def pool(self, name, x):
        return self._node("GlobalAveragePool", name, [x])

    def flatten(self, name, x):
        return self._node("Flatten", name, [x], axis=1)

    def gemm(self, name, x, weight, bias):
        self.parameters += weight.size + bias.size
        inputs = [x, self._constant(f"{name}.weight", weight), self._constant(f"{name}.bias", bias)]
        return self._node("Gemm", name, inputs, output="logits", transB=1)

    def model(self, name, description, classes):
        """The checked model, batch dimension N."""
        shape, scores = ["N", 3, 32, 32], ["N", classes]
        x = helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)
        y = helper.make_tensor_value_info("logits", TensorProto.FLOAT, scores)
        graph = helper.make_graph(self.nodes, name, [x], [y], list(self.initializers.values()))
        model = helper.make_model(
            graph,
            producer_name="bitscape",
            ir_version=8,
            opset_imports=[helper.make_opsetid("", 17)],
            doc_string=description,
        )
        checker.check_model(model, full_check=True)
        return model
