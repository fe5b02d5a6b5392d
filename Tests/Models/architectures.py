"""The models that Tessera is tested and measured with: real architectures, random weights from fixed seeds.

Each entry of `ARCHITECTURES` builds a module in one of two sizes. `small` has few layers and odd widths, so that tails and
masks are exercised and a test takes a second; `full` is the size that people run, for benchmarks.

A `Model` has its inputs by name, which of their dimensions may vary, and a function that makes inputs of a given size.
"""
import torch
from torch import nn

from architecture import Call, Model, generator, images, load_torchvision, load_transformers, stir
from architectures_text import TEXT
from architectures_vision import VISION


# ---------------------------------------------------------------- encoders
def encoder(kind, small, full, sequences, attention):
    """Returns a BERT-like encoder; the last tokens of every row are masked out."""
    transformers = load_transformers()
    torch.manual_seed(0)
    config = getattr(transformers, kind + "Config")(attn_implementation=attention, **(full if small is None else small))
    module = stir(getattr(transformers, kind + "Model")(config))
    names = ["input_ids", "attention_mask"] + ([] if kind == "DistilBert" else ["token_type_ids"])

    def inputs(batch, sequence):
        g = generator(1000 * batch + sequence)
        mask = torch.ones(batch, sequence, dtype=torch.long)
        for row in range(batch):
            mask[row, sequence - (row + sequence // 8) :] = 0
        ids = torch.randint(0, config.vocab_size, (batch, sequence), generator=g)
        types = torch.randint(0, 2, (batch, sequence), generator=g)
        return dict(list(zip(["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types]))[: len(names)])

    first, *rest = sequences
    return Model(
        Call(module, names, "last_hidden_state"),
        inputs,
        dict(batch=1, sequence=first),
        [dict(batch=2, sequence=s) for s in rest] + [dict(batch=3, sequence=first)],
        {name: {0: "batch", 1: "sequence"} for name in names},
    )


def mobilebert(small, attention):
    sizes = dict(vocab_size=997, hidden_size=60, embedding_size=36, intermediate_size=68, intra_bottleneck_size=28,
                 num_hidden_layers=2, num_attention_heads=4, num_feedforward_networks=2, max_position_embeddings=64)
    return encoder("MobileBert", sizes if small else None, {}, (13, 9, 31) if small else (384, 128), attention)


def bert(small, attention):
    sizes = dict(vocab_size=997, hidden_size=39, intermediate_size=71, num_hidden_layers=2, num_attention_heads=3,
                 max_position_embeddings=64)
    return encoder("Bert", sizes if small else None, {}, (13, 9, 31) if small else (128, 64), attention)


def distilbert(small, attention):
    sizes = dict(vocab_size=997, dim=39, hidden_dim=71, n_layers=2, n_heads=3, max_position_embeddings=64)
    return encoder("DistilBert", sizes if small else None, {}, (13, 9, 31) if small else (128, 64), attention)


# ---------------------------------------------------------------- decoders
def gpt2_parts(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    sizes = dict(vocab_size=997, n_embd=39, n_layer=2, n_head=3, n_positions=64) if small else {}
    config = transformers.GPT2Config(attn_implementation=attention, use_cache=False, **sizes)
    return config, stir(transformers.GPT2LMHeadModel(config))


def gpt2(small, attention):
    """GPT-2 over a whole prompt: logits of every position."""
    config, module = gpt2_parts(small, attention)

    def inputs(batch, sequence):
        mask = torch.ones(batch, sequence, dtype=torch.long)
        mask[1:, : sequence // 3] = 0  # shorter prompts are filled up at their start
        return {"input_ids": torch.randint(0, config.vocab_size, (batch, sequence), generator=generator(sequence)),
                "attention_mask": mask}

    # without a mask, transformers looks for packed sequences with an operation that the older exporter lacks
    names = ["input_ids", "attention_mask"]
    first, *rest = (13, 31, 1) if small else (64, 17)
    return Model(
        Call(module, names, "logits"), inputs, dict(batch=1, sequence=first),
        [dict(batch=2, sequence=s) for s in rest], {name: {0: "batch", 1: "sequence"} for name in names}, ["logits"])


class Decode(nn.Module):
    """A step of a decoder: tokens, their positions, and keys and values of what went before, in; logits and the longer cache out.

    `kept` is the number of tokens whose logits are computed, the last ones; 0 for all."""

    def __init__(self, module, kept=0):
        super().__init__()
        self.module, self.kept = module, kept

    def forward(self, ids, positions, *past):
        from transformers.cache_utils import DynamicCache

        cache = DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        result = self.module(input_ids=ids, position_ids=positions, past_key_values=cache, use_cache=True, logits_to_keep=self.kept)
        return (result.logits, *(t for layer in result.past_key_values.layers for t in (layer.keys, layer.values)))


def gpt2_decode(small, attention):
    """GPT-2 for the next token, with a cache."""
    config, module = gpt2_parts(small, attention)
    past = [f"past_{kind}_{layer}" for layer in range(config.n_layer) for kind in ("key", "value")]

    def inputs(batch, past_length):
        g = generator(past_length)
        shape = (batch, config.n_head, past_length, config.n_embd // config.n_head)
        return {
            "input_ids": torch.randint(0, config.vocab_size, (batch, 1), generator=g),
            "position_ids": torch.full((batch, 1), past_length),
            **{name: torch.randn(shape, generator=g) for name in past},
        }

    first, *rest = (12, 5, 30) if small else (128, 17)
    return Model(
        Decode(module), inputs, dict(batch=1, past_length=first), [dict(batch=2, past_length=s) for s in rest],
        {"input_ids": {0: "batch"}, "position_ids": {0: "batch"}, **{n: {0: "batch", 2: "past_length"} for n in past}},
        ["logits", *(name.replace("past", "present") for name in past)])


def gpt2_prefill(small, attention):
    """GPT-2 for a prompt: logits of its last token, and the cache that decoding begins with."""
    config, module = gpt2_parts(small, attention)

    def inputs(batch, sequence):
        ids = torch.randint(0, config.vocab_size, (batch, sequence), generator=generator(sequence))
        return {"input_ids": ids, "position_ids": torch.arange(sequence).expand(batch, -1)}

    present = [f"present_{kind}_{layer}" for layer in range(config.n_layer) for kind in ("key", "value")]
    first, *rest = (13, 31, 2) if small else (64, 17)
    return Model(
        Decode(module, kept=1), inputs, dict(batch=1, sequence=first), [dict(batch=2, sequence=s) for s in rest],
        {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "position_ids")}, ["logits", *present])


# ---------------------------------------------------------------- speech
def whisper_encoder(small, attention):
    """The encoder of Whisper-tiny: a spectrogram of half a minute through convolutions and transformer layers."""
    transformers = load_transformers()
    torch.manual_seed(0)
    sizes = dict(num_mel_bins=11, max_source_positions=23, d_model=42, encoder_layers=2, encoder_attention_heads=3, encoder_ffn_dim=71)
    full = dict(d_model=384, encoder_layers=4, encoder_attention_heads=6, encoder_ffn_dim=1536)
    config = transformers.WhisperConfig(attn_implementation=attention, decoder_layers=1, **(sizes if small else full))

    def inputs(batch):
        shape = (batch, config.num_mel_bins, 2 * config.max_source_positions)
        return {"input_features": torch.randn(shape, generator=generator(batch))}

    module = stir(transformers.WhisperModel(config).encoder)
    return Model(
        Call(module, ["input_features"], "last_hidden_state"), inputs, dict(batch=1), [dict(batch=b) for b in (2, 3)],
        {"input_features": {0: "batch"}})


# ---------------------------------------------------------------- vision
def vit(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    sizes = dict(hidden_size=39, num_hidden_layers=2, num_attention_heads=3, intermediate_size=71, image_size=35,
                 patch_size=5, num_labels=11)
    config = transformers.ViTConfig(attn_implementation=attention, **(sizes if small else dict(num_labels=1000)))
    return images(transformers.ViTForImageClassification(config), 3, config.image_size, config.image_size, result="logits")


def narrow_resnet(block, layers, width, classes):
    """Returns torchvision's ResNet with `width` instead of 64 channels in its first stage."""
    from torchvision.models import ResNet

    class Narrow(ResNet):
        def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
            if planes == 64:
                self.inplanes = width
            return super()._make_layer(block, planes * width // 64, blocks, stride, dilate)

    module = Narrow(block, layers, num_classes=classes)
    module.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
    module.bn1 = nn.BatchNorm2d(width)
    module.fc = nn.Linear(8 * width * block.expansion, classes)
    return module


def resnet18(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.resnet18(weights=None), 3, 224, 224)
    return images(narrow_resnet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1], 11, 13), 3, 67, 53)


def resnet50(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.resnet50(weights=None), 3, 224, 224)

    class NarrowBottleneck(torchvision.models.resnet.Bottleneck):
        expansion = 3

    return images(narrow_resnet(NarrowBottleneck, [1, 2, 1, 1], 9, 13), 3, 67, 53)


def mobilenet_v2(small, attention):
    torchvision = load_torchvision()
    torch.manual_seed(0)
    if not small:
        return images(torchvision.models.mobilenet_v2(weights=None), 3, 224, 224)
    stages = [[1, 7, 1, 1], [6, 9, 2, 2], [6, 13, 2, 2], [6, 17, 1, 1]]  # expansion, channels, repeats, stride
    module = torchvision.models.MobileNetV2(num_classes=13, inverted_residual_setting=stages, round_nearest=1, width_mult=0.5)
    return images(module, 3, 67, 53)


class ConvNorm(nn.Sequential):
    """Twice a 3x3 convolution with a normalization and an activation."""

    def __init__(self, inputs, outputs, norm, activation):
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1), norm(outputs), activation()]
        super().__init__(*layers)


class UNet(nn.Module):
    """A U-Net: `transposed` goes up with transposed convolutions and has batch norms, else with bilinear resizing and group norms."""

    def __init__(self, widths, channels, classes, transposed):
        super().__init__()
        norm = nn.BatchNorm2d if transposed else (lambda n: nn.GroupNorm(3 if n % 3 == 0 else 1, n))
        activation = nn.ReLU if transposed else nn.SiLU
        self.down = nn.ModuleList(ConvNorm(i, o, norm, activation) for i, o in zip([channels, *widths], widths))
        pairs = list(zip(reversed(widths[1:]), reversed(widths[:-1])))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 2, stride=2) if transposed else
            nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), nn.Conv2d(i, o, 1)) for i, o in pairs)
        self.merge = nn.ModuleList(ConvNorm(2 * o, o, norm, activation) for _, o in pairs)
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for index, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if index else x)
            skips.append(x)
        skips.pop()
        for up, merge in zip(self.up, self.merge):
            x, skip = up(x), skips.pop()
            # a picture whose sides are odd loses a row or a column on the way down
            dy, dx = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
            if dy or dx:
                x = nn.functional.pad(x, (dx // 2, dx - dx // 2, dy // 2, dy - dy // 2))
            x = merge(torch.cat([skip, x], dim=1))
        return self.head(x)


def unet(small, attention, transposed=True):
    torch.manual_seed(0)
    if small:
        return images(UNet([9, 15, 21], 3, 5, transposed), 3, 37, 46)
    return images(UNet([32, 64, 128, 256], 3, 4, transposed), 3, 256, 256)


def unet_resize(small, attention):
    return unet(small, attention, transposed=False)


ARCHITECTURES = {
    "mobilebert": mobilebert,
    "bert": bert,
    "distilbert": distilbert,
    "gpt2": gpt2,
    "gpt2-decode": gpt2_decode,
    "gpt2-prefill": gpt2_prefill,
    "whisper-encoder": whisper_encoder,
    "vit": vit,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "mobilenet-v2": mobilenet_v2,
    "unet": unet,
    "unet-resize": unet_resize,
    **TEXT,
    **VISION,
}
