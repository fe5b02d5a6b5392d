"""Models of pictures beside those of `architectures.py`: newer classifiers, segmentation, detection and a step of diffusion."""

import math

import torch
from torch import nn

from architecture import Model, generator, images, load_torchvision, stir


def efficientnet_b0(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.efficientnet_b0(weights=None), 3, 224, 224)
    from torchvision.models.efficientnet import EfficientNet, MBConvConfig

    # expansion, kernel, stride, channels in and out, repeats
    stages = [MBConvConfig(1, 3, 1, 8, 7, 1), MBConvConfig(6, 3, 2, 7, 11, 2), MBConvConfig(6, 5, 2, 11, 13, 1)]
    return images(EfficientNet(stages, dropout=0.2, num_classes=13, last_channel=40), 3, 67, 53)


def mobilenet_v3(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.mobilenet_v3_small(weights=None), 3, 224, 224)
    from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3

    # channels in, kernel, expanded, out; squeeze, activation, stride, dilation, width
    stages = [InvertedResidualConfig(8, 3, 16, 8, True, "RE", 2, 1, 1), InvertedResidualConfig(8, 3, 24, 16, False, "RE", 2, 1, 1),
              InvertedResidualConfig(16, 5, 40, 24, True, "HS", 1, 1, 1)]
    return images(MobileNetV3(stages, last_channel=40, num_classes=13), 3, 67, 53)


def convnext_tiny(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.convnext_tiny(weights=None), 3, 224, 224)
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt

    return images(ConvNeXt([CNBlockConfig(13, 22, 1), CNBlockConfig(22, 35, 2), CNBlockConfig(35, None, 1)], num_classes=11), 3, 67, 53)


def swin_tiny(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.swin_t(weights=None), 3, 224, 224)
    from torchvision.models.swin_transformer import SwinTransformer

    # sides that are no multiple of the window, so that it is padded
    return images(SwinTransformer([4, 4], 12, [2, 2], [3, 6], [3, 3], num_classes=13), 3, 44, 32)


class Pick(nn.Module):
    """One of the results of a module that returns them by name."""

    def __init__(self, module, name):
        super().__init__()
        self.module, self.name = module, name

    def forward(self, x):
        return self.module(x)[self.name]


def deeplab_v3(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(Pick(torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None), "out"), 3, 224, 224)
    from torchvision.models.segmentation.deeplabv3 import ASPP, DeepLabV3

    class Backbone(nn.Sequential):
        def forward(self, x):
            return {"out": super().forward(x)}

    backbone = Backbone(
        nn.Conv2d(3, 9, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(9), nn.ReLU(), nn.Conv2d(9, 14, 3, stride=2, padding=1),
        nn.ReLU(), nn.Conv2d(14, 14, 3, padding=2, dilation=2))
    head = nn.Sequential(ASPP(14, [2, 4, 6], 15), nn.Conv2d(15, 15, 3, padding=1), nn.BatchNorm2d(15), nn.ReLU(), nn.Conv2d(15, 5, 1))
    return images(Pick(DeepLabV3(backbone, head), "out"), 3, 45, 37)


class Detector(nn.Module):
    """A detector in one shot: a box, its scores and its class for each place of a picture, and of boxes that overlap the best."""

    def __init__(self, width, classes):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU6(),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), nn.BatchNorm2d(2 * width), nn.ReLU6())
        self.scores, self.boxes = nn.Conv2d(2 * width, classes + 1, 3, padding=1), nn.Conv2d(2 * width, 4, 3, padding=1)

    def forward(self, image):
        features = self.body(image)
        scores = self.scores(features)[0].flatten(1).transpose(0, 1).softmax(-1)[:, 1:]
        offsets = self.boxes(features)[0].flatten(1).transpose(0, 1)
        rows, columns = torch.arange(features.shape[2]), torch.arange(features.shape[3])
        centres = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1).flatten(0, 1) + 0.5
        middles, sizes = centres + 0.5 * offsets[:, :2].tanh(), 2 * torch.exp(0.3 * offsets[:, 2:].tanh())
        boxes = 4 * torch.cat([middles - sizes / 2, middles + sizes / 2], dim=-1)
        best, kinds = scores.max(dim=-1)
        kept = torch.ops.torchvision.nms(boxes, best, 0.3)
        return boxes[kept], best[kept], kinds[kept]


def detector(small, attention):
    load_torchvision()
    torch.manual_seed(0)

    def inputs(height, width):
        return {"image": torch.randn(1, 3, height, width, generator=generator(height))}

    width, classes, side = (9, 5, 37) if small else (64, 90, 300)
    return Model(
        stir(Detector(width, classes)), inputs, dict(height=side, width=side - 5),
        [dict(height=side + 6, width=side), dict(height=side - 9, width=side + 3)], {"image": {2: "height", 3: "width"}},
        ["boxes", "scores", "classes"])


class Denoiser(nn.Module):
    """A step of latent diffusion: a U-Net over pictures that is told the time and a text, by scales and by attention."""

    def __init__(self, width, channels, text, heads):
        super().__init__()
        self.width, self.heads = width, heads
        self.time = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, 2 * width))
        self.enter = nn.Conv2d(channels, width, 3, padding=1)
        self.first, self.last = Residual(width, width, 2 * width), Residual(2 * width, width, 2 * width)
        self.down, self.up = nn.Conv2d(width, width, 3, stride=2, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.middle = Residual(width, width, 2 * width)
        self.own, self.other = CrossAttention(width, width, heads), CrossAttention(width, text, heads)
        self.leave = nn.Sequential(nn.GroupNorm(4, width), nn.SiLU(), nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, x, time, text):
        steps = torch.exp(torch.arange(self.width // 2) * (-math.log(10000) / (self.width // 2)))
        angles = time[:, None].float() * steps[None]
        moment = self.time(torch.cat([angles.cos(), angles.sin()], dim=-1))
        skip = self.first(self.enter(x), moment)
        y = self.middle(self.down(skip), moment)
        b, c, h, w = y.shape
        rows = y.reshape(b, c, h * w).transpose(1, 2)
        rows = self.own(rows, rows)
        rows = self.other(rows, text)
        y = rows.transpose(1, 2).reshape(b, c, h, w)
        y = self.up(nn.functional.interpolate(y, scale_factor=2.0, mode="nearest"))
        return self.leave(self.last(torch.cat([y, skip], dim=1), moment))


class Residual(nn.Module):
    """Two convolutions with group norms; the time is added between them."""

    def __init__(self, inputs, outputs, time):
        super().__init__()
        self.one = nn.Sequential(nn.GroupNorm(4, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.time = nn.Linear(time, outputs)
        self.two = nn.Sequential(nn.GroupNorm(4, outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time):
        y = self.one(x) + self.time(nn.functional.silu(time))[:, :, None, None]
        return self.skip(x) + self.two(y)


class CrossAttention(nn.Module):
    """Attention of rows to others, with a residual connection."""

    def __init__(self, width, other, heads):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.q, self.k, self.v = nn.Linear(width, width, bias=False), nn.Linear(other, width, bias=False), nn.Linear(other, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x, context):
        own = self.norm(x)
        context = own if context is x else context
        q, k, v = (t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in (self.q(own), self.k(context), self.v(context)))
        return x + self.out(nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


def diffusion(small, attention):
    torch.manual_seed(0)
    width, side, text, heads = (12, 10, 21, 3) if small else (320, 64, 768, 8)

    def inputs(batch):
        g = generator(batch)
        return {"sample": torch.randn(batch, 4, side, side, generator=g), "time": torch.randint(0, 1000, (batch,), generator=g),
                "text": torch.randn(batch, 7, text, generator=g)}

    return Model(
        stir(Denoiser(width, 4, text, heads)), inputs, dict(batch=1), [dict(batch=2), dict(batch=3)],
        {name: {0: "batch"} for name in ("sample", "time", "text")})


VISION = {
    "efficientnet-b0": efficientnet_b0, "mobilenet-v3": mobilenet_v3, "convnext-tiny": convnext_tiny, "swin-tiny": swin_tiny,
    "deeplab-v3": deeplab_v3, "diffusion": diffusion, "detector": detector,
}
