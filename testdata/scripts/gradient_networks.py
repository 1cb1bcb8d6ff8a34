"""The small networks of export_gradients.py, as PyTorch has them."""

import torch
import torch.nn.functional as F


def attention(tokens, n_heads):
    """Query, key and value one after the other in the last axis."""
    parts = [part.unflatten(-1, (n_heads, -1)).transpose(1, 2) for part in tokens.chunk(3, -1)]
    return F.scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2)


def shortcut_a(x, width):
    new = width - x.shape[1]
    return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, new // 2, new - new // 2))


class Norms(torch.nn.Module):
    """A convolution and its batch normalisation, under the names that topolens gives them."""

    def __init__(self, state, conv, norm, n_in, n_out, kernel=3, stride=1):
        super().__init__()
        self.conv = torch.nn.Conv2d(n_in, n_out, kernel, stride, (kernel - 1) // 2, bias=False)
        self.norm = torch.nn.BatchNorm2d(n_out)
        with torch.no_grad():
            self.norm.weight.uniform_(0.5, 1.5)
            self.norm.bias.normal_(std=0.3)
            self.norm.running_mean.normal_(std=0.3)
            self.norm.running_var.uniform_(0.5, 2.0)
        state.append((conv, self.conv))
        state.append((norm, self.norm))

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(torch.nn.Module):
    def __init__(self, state, name, n_in, n_out, stride, option):
        super().__init__()
        self.first = Norms(state, f"{name}.conv1", f"{name}.norm1", n_in, n_out, stride=stride)
        self.second = Norms(state, f"{name}.conv2", f"{name}.norm2", n_out, n_out)
        self.n_out = n_out
        self.past = None
        self.changes = stride != 1
        if self.changes and option == "b":
            self.past = Norms(state, f"{name}.shortcut.conv", f"{name}.shortcut.norm", n_in, n_out, 1, stride)

    def forward(self, x):
        inner = self.second(F.relu(self.first(x)))
        if self.past is not None:
            x = self.past(x)
        elif self.changes:
            x = shortcut_a(x, self.n_out)
        return F.relu(inner + x)


class ResNet8(torch.nn.Module):
    def __init__(self, width, n_in, n_classes, option):
        super().__init__()
        self.state = []
        self.stem = Norms(self.state, "stem.conv", "stem.norm", n_in, width)
        widths = [width, width, 2 * width, 4 * width]
        blocks = [Block(self.state, f"block{i}", widths[i - 1], widths[i], 1 if i == 1 else 2, option) for i in (1, 2, 3)]
        self.blocks = torch.nn.Sequential(*blocks)
        self.output = torch.nn.Linear(4 * width, n_classes)
        self.state.append(("output", self.output))

    def forward(self, x):
        return self.output(self.blocks(F.relu(self.stem(x))).mean((2, 3)))


class SmallCnn(torch.nn.Module):
    def __init__(self, width, n_in, n_classes):
        super().__init__()
        self.state = []
        widths = [n_in, width, width, 2 * width, 2 * width, 4 * width, 4 * width]
        names = [f"block{i}" for i in range(1, 7)]
        self.blocks = torch.nn.ModuleList(
            Norms(self.state, f"{name}.conv", f"{name}.norm", widths[i], widths[i + 1]) for i, name in enumerate(names)
        )
        self.output = torch.nn.Linear(4 * width, n_classes)
        self.state.append(("output", self.output))

    def forward(self, x):
        for index, block in enumerate(self.blocks):
            x = F.relu(block(x))
            if index in (1, 3):
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return self.output(x.mean((2, 3)))


class Convolution(torch.nn.Module):
    """A convolution and a normalisation under given names; `order` says what comes after the convolution."""

    def __init__(self, state, names, extents, kernel=3, stride=1, padding=None, groups=1, bias=False, order="nf", f=F.relu):
        super().__init__()
        padding = (kernel - 1) // 2 if padding is None else padding
        self.conv = torch.nn.Conv2d(*extents, kernel, stride, padding, bias=bias, groups=groups)
        self.norm = torch.nn.BatchNorm2d(extents[1])
        self.order, self.f = order, f
        randomise(self.norm)
        state += [(names[0], self.conv), (names[1], self.norm)]

    def forward(self, x):
        x = self.conv(x)
        for step in self.order:
            x = self.norm(x) if step == "n" else self.f(x)
        return x


def randomise(norm):
    with torch.no_grad():
        norm.weight.uniform_(0.5, 1.5)
        norm.bias.normal_(std=0.3)
        norm.running_mean.normal_(std=0.3)
        norm.running_var.uniform_(0.5, 2.0)


class Layers(torch.nn.Module):
    """Modules under names, and how they are strung together."""

    def __init__(self, state, forward, modules):
        super().__init__()
        self.state, self.string = state, forward
        self.parts = torch.nn.ModuleList(modules)

    def forward(self, x):
        return self.string(x)


def linear(state, name, n_in, n_out):
    state.append((name, torch.nn.Linear(n_in, n_out)))
    return state[-1][1]


def norm(state, name, n):
    state.append((name, torch.nn.BatchNorm2d(n)))
    randomise(state[-1][1])
    return state[-1][1]


def conv(state, name, n_in, n_out, kernel=3, stride=1, **more):
    state.append((name, torch.nn.Conv2d(n_in, n_out, kernel, stride, (kernel - 1) // 2, **more)))
    return state[-1][1]


def plain8(width):
    state, widths = [], [width, width, 2 * width, 4 * width]
    parts = [Convolution(state, ("stem.conv", "stem.norm"), (3, width))]
    for i in (1, 2, 3):
        names = lambda k: (f"block{i}.conv{k}", f"block{i}.norm{k}")
        parts.append(Convolution(state, names(1), (widths[i - 1], widths[i]), stride=1 if i == 1 else 2))
        parts.append(Convolution(state, names(2), (widths[i], widths[i])))
    output = linear(state, "output", widths[3], 5)

    def forward(x):
        for part in parts:
            x = part(x)
        return output(x.mean((2, 3)))

    return Layers(state, forward, parts + [output])


def preresnet8(width, option):
    state, widths = [], [width, width, 2 * width, 4 * width]
    stem, blocks = conv(state, "stem", 3, width, bias=False), []
    for i in (1, 2, 3):
        n_in, n_out, stride = widths[i - 1], widths[i], 1 if i == 1 else 2
        blocks.append((
            norm(state, f"block{i}.norm1", n_in),
            conv(state, f"block{i}.shortcut", n_in, n_out, 1, 2, bias=False) if stride == 2 and option == "b" else None,
            conv(state, f"block{i}.conv1", n_in, n_out, 3, stride, bias=False),
            norm(state, f"block{i}.norm2", n_out),
            conv(state, f"block{i}.conv2", n_out, n_out, bias=False),
        ))
    last, output = norm(state, "last.norm", widths[3]), linear(state, "output", widths[3], 5)

    def forward(x):
        x = stem(x)
        for i, (norm1, past, conv1, norm2, conv2) in enumerate(blocks):
            a = F.relu(norm1(x))
            if i > 0:
                x = past(a) if past is not None else shortcut_a(a, conv1.out_channels)
            x = x + conv2(F.relu(norm2(conv1(a))))
        return output(F.relu(last(x)).mean((2, 3)))

    return Layers(state, forward, [m for _, m in state])


def se_resnet8(width):
    state, widths = [], [width, width, 2 * width, 4 * width]
    stem, blocks = Convolution(state, ("stem.conv", "stem.norm"), (3, width)), []
    for i in (1, 2, 3):
        n_in, n, stride = widths[i - 1], widths[i], 1 if i == 1 else 2
        first = Convolution(state, (f"block{i}.conv1", f"block{i}.norm1"), (n_in, n), stride=stride)
        second = Convolution(state, (f"block{i}.conv2", f"block{i}.norm2"), (n, n), order="n")
        narrow = linear(state, f"block{i}.se.reduce", n, max(n // 16, 1))
        blocks.append((first, second, narrow, linear(state, f"block{i}.se.expand", max(n // 16, 1), n)))
    output = linear(state, "output", widths[3], 5)

    def forward(x):
        x = stem(x)
        for i, (first, second, narrow, wide) in enumerate(blocks):
            inner = second(first(x))
            scales = torch.sigmoid(wide(F.relu(narrow(inner.mean((2, 3))))))
            past = x if i == 0 else shortcut_a(x, inner.shape[1])
            x = F.relu(inner * scales[:, :, None, None] + past)
        return output(x.mean((2, 3)))

    return Layers(state, forward, [m for _, m in state] + [stem] + [m for b in blocks for m in b])


def vgg6(width):
    state, widths = [], [3, width, 2 * width, 4 * width, 8 * width, 8 * width]
    parts = [Convolution(state, (f"block{i}.conv", f"block{i}.norm"), widths[i - 1 : i + 1], bias=True) for i in range(1, 6)]
    output = linear(state, "output", widths[5], 5)

    def forward(x):
        for part in parts:
            x = F.max_pool2d(part(x), 2, ceil_mode=True)
        return output(x.mean((2, 3)))

    return Layers(state, forward, parts + [output])


def bottlenecks(state, stages, n_in, scaled, f):
    """Inverted bottlenecks, each with whether its input is added."""
    blocks = []
    for expansion, channels, n_blocks, first in stages:
        for block in range(n_blocks):
            i, n_out, stride, wide = len(blocks) + 1, scaled(channels), first if block == 0 else 1, n_in * expansion
            names = lambda part: (f"block{i}.{part}.conv", f"block{i}.{part}.norm")
            added = stride == 1 and n_in == n_out
            parts = [Convolution(state, names("expand"), (n_in, wide), 1, f=f)] if expansion > 1 else []
            parts.append(Convolution(state, names("depthwise"), (wide, wide), stride=stride, groups=wide, f=f))
            last = (f"block{i}.project.conv", f"block{i}.project.norm" if added else f"block{i}")
            parts.append(Convolution(state, last, (wide, n_out), 1, order="n"))
            blocks.append((torch.nn.Sequential(*parts), added))
            n_in = n_out
    return blocks, n_in


def mobilenet(width):
    # Smooth, because kinks would make differences and rounding large in so many layers of so few channels.
    state, f = [], torch.tanh
    scaled = lambda c: max(c * width // 32, 1)
    stem = Convolution(state, ("stem.conv", "stem.norm"), (3, width), f=f)
    stages = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    blocks, n_in = bottlenecks(state, stages, width, scaled, f)
    last = Convolution(state, ("last.conv", "last.norm"), (n_in, scaled(1280)), 1, f=f)
    output = linear(state, "output", scaled(1280), 5)

    def forward(x):
        x = stem(x)
        for block, added in blocks:
            x = block(x) + x if added else block(x)
        return output(last(x).mean((2, 3)))

    return Layers(state, forward, [stem, last, output] + [block for block, _ in blocks])


class Cosine(torch.nn.Module):
    def __init__(self, state, name, n_in, n_out, scale):
        super().__init__()
        self.weight, self.scale = torch.nn.Parameter(torch.randn(n_out, n_in)), scale
        state.append((name, self))

    def forward(self, x):
        return self.scale * F.linear(F.normalize(x), F.normalize(self.weight))


def mobilefacenet(width, left):
    """With tanh in place of PReLU, for the same reason; `left` is the extent before the global depthwise convolution."""
    state, f = [], torch.tanh
    scaled = lambda c: max(c * width // 64, 1)
    stem = Convolution(state, ("stem.conv", "stem.norm"), (3, width), stride=2, f=f)
    depthwise = Convolution(state, ("depthwise.conv", "depthwise.norm"), (width, width), groups=width, f=f)
    stages = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]
    blocks, n_in = bottlenecks(state, stages, width, scaled, f)
    last, embedding = scaled(512), scaled(128)
    ends = [
        Convolution(state, ("last.conv", "last.norm"), (n_in, last), 1, f=f),
        Convolution(state, ("global.conv", "global.norm"), (last, last), left, padding=0, groups=last, order="n"),
        Convolution(state, ("embedding.conv", "embedding.norm"), (last, embedding), 1, order="n"),
    ]
    output = Cosine(state, "output", embedding, 5, 16)

    def forward(x):
        x = depthwise(stem(x))
        for block, added in blocks:
            x = block(x) + x if added else block(x)
        for part in ends:
            x = part(x)
        return output(x.flatten(1))

    return Layers(state, forward, [stem, depthwise, output] + ends + [block for block, _ in blocks])


def prelu_resnet8(width):
    state, widths = [], [width, width, 2 * width, 4 * width]

    def prelu(name, n):
        state.append((name, torch.nn.PReLU(n)))
        torch.nn.init.uniform_(state[-1][1].weight, -0.2, 0.5)
        return state[-1][1]

    stem = Convolution(state, ("stem.conv", "stem.norm"), (3, width), order="n")
    first, blocks = prelu("stem", width), []
    for i in (1, 2, 3):
        names = lambda k: (f"block{i}.conv{k}", f"block{i}.norm{k}")
        n_in, n = widths[i - 1], widths[i]
        inner = [Convolution(state, names(1), (n_in, n), stride=1 if i == 1 else 2, order="n"), prelu(f"block{i}.nonlinearity1", n)]
        blocks.append((inner + [Convolution(state, names(2), (n, n), order="n")], prelu(f"block{i}", n)))
    output = linear(state, "output", widths[3], 5)

    def forward(x):
        x = first(stem(x))
        for i, (parts, f) in enumerate(blocks):
            y = x
            for part in parts:
                y = part(y)
            x = f(y + (x if i == 0 else shortcut_a(x, y.shape[1])))
        return output(x.mean((2, 3)))

    return Layers(state, forward, [m for _, m in state] + [stem] + [p for parts, _ in blocks for p in parts])


def lenet(width):
    state, widths = [], [w * width // 6 for w in (6, 16, 120, 84)]
    convs = [conv(state, "block1.conv", 3, widths[0], 5), torch.nn.Conv2d(widths[0], widths[1], 5)]
    state.append(("block2.conv", convs[1]))
    first = linear(state, "block3.linear", widths[1] * 2 * 1, widths[2])
    second, output = linear(state, "block4.linear", widths[2], widths[3]), linear(state, "output", widths[3], 5)

    def forward(x):
        for c in convs:
            x = F.max_pool2d(F.relu(c(x)), 2, ceil_mode=True)
        return output(F.relu(second(F.relu(first(x.flatten(1))))))

    return Layers(state, forward, [m for _, m in state])


def mlp2(width):
    state, n_in, parts = [], 3 * 9 * 8, []
    for i in (1, 2):
        parts.append(linear(state, f"block{i}.linear", n_in, width))
        n_in = width
    output = linear(state, "output", width, 5)

    def forward(x):
        x = x.flatten(1)
        for part in parts:
            x = F.relu(part(x))
        return output(x)

    return Layers(state, forward, [m for _, m in state])


def convmixer2(width):
    state, more = [], {"bias": True, "order": "fn", "f": F.gelu}
    stem, blocks = Convolution(state, ("stem.conv", "stem"), (3, width), 2, 2, 0, **more), []
    for i in (1, 2):
        names = (f"block{i}.depthwise.conv", f"block{i}.depthwise")
        depthwise = Convolution(state, names, (width, width), 5, groups=width, **more)
        blocks.append((depthwise, Convolution(state, (f"block{i}.pointwise.conv", f"block{i}"), (width, width), 1, **more)))
    output = linear(state, "output", width, 5)

    def forward(x):
        x = stem(x)
        for depthwise, pointwise in blocks:
            x = pointwise(depthwise(x) + x)
        return output(x.mean((2, 3)))

    return Layers(state, forward, [m for _, m in state])


class Position(torch.nn.Module):
    def __init__(self, n_values):
        super().__init__()
        self.bias = torch.nn.Parameter(torch.randn(n_values))


class LayerNorm(torch.nn.LayerNorm):
    def __init__(self, state, name, width):
        super().__init__(width)
        torch.nn.init.uniform_(self.weight, 0.5, 1.5)
        torch.nn.init.normal_(self.bias, std=0.3)
        state.append((name, self))


def vit2(width):
    state, blocks = [], []
    stem = torch.nn.Conv2d(3, width, 4, 4)
    position = Position(2 * 2 * width)
    state += [("stem.conv", stem), ("stem.position", position)]
    for i in (1, 2):
        name = f"block{i}"
        blocks.append({
            "norm1": LayerNorm(state, f"{name}.norm1", width),
            "qkv": linear(state, f"{name}.attention.qkv", width, 3 * width),
            "output": linear(state, f"{name}.attention.output", width, width),
            "norm2": LayerNorm(state, f"{name}.norm2", width),
            "linear1": linear(state, f"{name}.linear1", width, 4 * width),
            "linear2": linear(state, f"{name}.linear2", 4 * width, width),
        })
    norm, output = LayerNorm(state, "norm", width), linear(state, "output", width, 5)

    def forward(x):
        x = stem(x).flatten(2).transpose(1, 2)
        x = x + position.bias.reshape(1, -1, width)
        for block in blocks:
            x = x + block["output"](attention(block["qkv"](block["norm1"](x)), 1))
            x = x + block["linear2"](F.gelu(block["linear1"](block["norm2"](x))))
        return output(norm(x).mean(1))

    return Layers(state, forward, [m for _, m in state])


def imagenet_resnet(width, per_stage, n_groups, is_bottleneck, f, uniform=False):
    state, blocks, n_in = [], [], width
    stem = Convolution(state, ("stem.conv", "stem.norm"), (3, width), 7, 2, 3, order="n")
    for stage, n_blocks in enumerate(per_stage):
        n_out = width if uniform else (width << stage) * (4 if is_bottleneck else 1)
        for i in range(n_blocks):
            name, stride = f"block{len(blocks) + 1}", 2 if stage > 0 and i == 0 else 1
            inner = 32 * max((n_out // 4) * 4 // 64, 1) if n_groups > 1 else n_out // 4
            windows = [(n_in, n_out, 3, stride, 1), (n_out, n_out, 3, 1, 1)]
            if is_bottleneck:
                windows = [(n_in, inner, 1, 1, 1), (inner, inner, 3, stride, n_groups), (inner, n_out, 1, 1, 1)]
            parts = [
                Convolution(state, (f"{name}.conv{k}", f"{name}.norm{k}"), (a, b), kernel, s, groups=groups, order="n")
                for k, (a, b, kernel, s, groups) in enumerate(windows, 1)
            ]
            past = None
            if stride > 1 or n_in != n_out:
                past = Convolution(state, (f"{name}.shortcut.conv", f"{name}.shortcut.norm"), (n_in, n_out), 1, stride, 0, order="n")
            blocks.append((parts, past))
            n_in = n_out
    output = linear(state, "output", n_in, 5)

    def forward(x):
        x = F.max_pool2d(f(stem(x)), 3, 2, 1)
        for parts, past in blocks:
            y = x
            for k, part in enumerate(parts):
                y = part(y) if k == len(parts) - 1 else f(part(y))
            x = f(y + (x if past is None else past(x)))
        return output(x.mean((2, 3)))

    return Layers(state, forward, [m for _, m in state])
