"""Small networks of the kinds that people have."""

import torch
from torch import nn


class Residual(nn.Module):
    """Two convolutions with one in-place ReLU that is called twice, as in torchvision."""

    def __init__(self, width):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, n_blocks=8, width=6, n_classes=4):
        super().__init__()
        self.conv, self.bn, self.relu = nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        self.blocks = nn.Sequential(*(Residual(width) for _ in range(n_blocks)))
        self.pool, self.drop, self.fc = nn.AdaptiveAvgPool2d(1), nn.Dropout(0.5), nn.Linear(width, n_classes)

    def forward(self, x):
        x = self.blocks(self.relu(self.bn(self.conv(x))))
        return self.fc(self.drop(self.pool(x).flatten(1)))


class GptBlock(nn.Module):
    """Returns a tuple, as the blocks of GPT-2 in transformers do."""

    def __init__(self, width, n_heads):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), nn.MultiheadAttention(width, n_heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        normed = self.ln_1(x)
        attended, weights = self.attn(normed, normed, normed, attn_mask=mask)
        x = x + attended
        return x + self.mlp(self.ln_2(x)), (weights, None)


class Gpt(nn.Module):
    """Takes keyword arguments and returns a dictionary."""

    def __init__(self, n_blocks=3, width=16, n_tokens=50):
        super().__init__()
        self.wte, self.h = nn.Embedding(n_tokens, width), nn.ModuleList(GptBlock(width, 2) for _ in range(n_blocks))
        self.ln_f, self.lm_head = nn.LayerNorm(width), nn.Linear(width, n_tokens, bias=False)

    def forward(self, input_ids, attention_mask=None):
        x = self.wte(input_ids)
        for block in self.h:
            x, _ = block(x)
        return {"logits": self.lm_head(self.ln_f(x)), "hidden": x}


class Vit(nn.Module):
    """Patches by a convolution, a class token, the encoder of PyTorch with its fast path."""

    def __init__(self, n_blocks=3, width=12, n_classes=4):
        super().__init__()
        self.patches, self.token = nn.Conv2d(3, width, 4, stride=4), nn.Parameter(torch.zeros(1, 1, width))
        layer = nn.TransformerEncoderLayer(width, 2, 2 * width, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, n_blocks, enable_nested_tensor=False)
        self.head = nn.Linear(width, n_classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1)
        return self.head(self.encoder(x)[:, 0])


class Several(nn.Module):
    """One module each for every kind of output."""

    def __init__(self):
        super().__init__()
        self.pair, self.named, self.listed, self.nothing = Returns("pair"), Returns("named"), Returns("listed"), Returns("nothing")
        self.text, self.mean, self.head = Returns("text"), Returns("mean"), nn.Linear(5, 2)

    def forward(self, x):
        for module in (self.pair, self.named, self.listed, self.nothing, self.text, self.mean):
            module(x)
        return self.head(x)


class Returns(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind, self.scale = kind, nn.Parameter(torch.ones(1))

    def forward(self, x):
        y = 2 * self.scale * x
        kinds = {"pair": (y, x), "named": {"loss": None, "state": y}, "listed": [[y], x], "nothing": None, "text": "text", "mean": y.mean()}
        return kinds[self.kind]
