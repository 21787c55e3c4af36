"""The two sample networks as PyTorch modules that can also write themselves, batch norms folded, into an OnnxWriter."""

from torch import nn


class ConvNorm(nn.Module):
    """Convolution, batch norm and, where named, an activation."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, activation=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activation = activation
        self.act = {"relu": nn.ReLU(), "relu6": nn.ReLU6(), None: nn.Identity()}[activation]

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))

    def folded(self):
        """Weight and bias of the one convolution that equals convolution and norm at inference."""
        gain = self.norm.weight / (self.norm.running_var + self.norm.eps).sqrt()
        weight = self.conv.weight * gain.reshape(-1, 1, 1, 1)
        bias = self.norm.bias - self.norm.running_mean * gain
        return weight.detach().contiguous().numpy(), bias.detach().numpy()

    def write(self, writer, name, activation_name, x):
        weight, bias = self.folded()
        x = writer.conv(name, x, weight, bias, self.conv.stride[0], self.conv.padding[0], self.conv.groups)
        return writer.activate(activation_name, x, self.activation) if self.activation else x


class Residual(nn.Module):
    """Two plain 3×3 convolutions and a shortcut (1×1 where the shape changes)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = ConvNorm(inputs, outputs, 3, stride, activation="relu")
        self.conv2 = ConvNorm(outputs, outputs, 3)
        same = inputs == outputs and stride == 1
        self.shortcut = None if same else ConvNorm(inputs, outputs, 1, stride)
        self.relu = nn.ReLU()

    def forward(self, x):
        past = x if self.shortcut is None else self.shortcut(x)
        return self.relu(self.conv2(self.conv1(x)) + past)

    def write(self, writer, name, x):
        y = self.conv1.write(writer, f"{name}/conv1", f"{name}/relu1", x)
        y = self.conv2.write(writer, f"{name}/conv2", None, y)
        past = x if self.shortcut is None else self.shortcut.write(writer, f"{name}/shortcut", None, x)
        return writer.activate(f"{name}/relu2", writer.add(f"{name}/add", y, past), "relu")


class Inverted(nn.Module):
    """Expand 1×1, depthwise 3×3, project 1×1; the input is added where the shape is unchanged."""

    def __init__(self, inputs, outputs, stride, factor):
        super().__init__()
        wide = inputs * factor
        self.expand = ConvNorm(inputs, wide, 1, activation="relu6") if factor > 1 else None
        self.depthwise = ConvNorm(wide, wide, 3, stride, wide, "relu6")
        self.project = ConvNorm(wide, outputs, 1)
        self.same = inputs == outputs and stride == 1

    def forward(self, x):
        y = x if self.expand is None else self.expand(x)
        y = self.project(self.depthwise(y))
        return x + y if self.same else y

    def write(self, writer, name, x):
        y = x
        if self.expand is not None:
            y = self.expand.write(writer, f"{name}/expand", f"{name}/expand_relu6", y)
        y = self.depthwise.write(writer, f"{name}/depthwise", f"{name}/depthwise_relu6", y)
        y = self.project.write(writer, f"{name}/project", None, y)
        return writer.add(f"{name}/add", x, y) if self.same else y


class Network(nn.Module):
    """Stem, blocks, an optional wide 1×1, the mean over positions, one linear layer."""

    def __init__(self, stem, blocks, wide, features, classes):
        super().__init__()
        self.stem, self.blocks, self.wide = stem, nn.ModuleList(blocks), wide
        self.fc = nn.Linear(features, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        if self.wide is not None:
            x = self.wide(x)
        return self.fc(x.mean((2, 3)))

    def write(self, writer, x):
        x = self.stem.write(writer, "stem/conv", f"stem/{self.stem.activation}", x)
        for k, block in enumerate(self.blocks, 1):
            x = block.write(writer, f"block{k}", x)
        if self.wide is not None:
            x = self.wide.write(writer, "head/conv", f"head/{self.wide.activation}", x)
        x = writer.flatten("head/flatten", writer.pool("head/pool", x))
        writer.gemm("head/fc", x, self.fc.weight.detach().numpy(), self.fc.bias.detach().numpy())


def resnet(classes):
    plan = [(16, 24, 2), (24, 24, 1), (24, 48, 2), (48, 96, 2)]
    blocks = [Residual(*block) for block in plan]
    return Network(ConvNorm(3, 16, 3, activation="relu"), blocks, None, 96, classes)


def mobile(classes):
    plan = [(24, 16, 1, 1), (16, 24, 1, 4), (24, 24, 1, 4), (24, 40, 2, 4), (40, 40, 1, 4), (40, 64, 2, 4), (64, 64, 1, 4)]
    blocks = [Inverted(*block) for block in plan]
    stem = ConvNorm(3, 24, 3, 2, activation="relu6")
    return Network(stem, blocks, ConvNorm(64, 192, 1, activation="relu6"), 192, classes)


networks = {"shapes-resnet": resnet, "shapes-mobile": mobile}
