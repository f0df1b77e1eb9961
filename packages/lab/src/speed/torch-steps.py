"""MaPLe's training step, or the vision tower's forward pass, in PyTorch on the CPU, as MaPLe's published code computes
them: OpenAI's modules, all 77 positions of every class's prompt in each step, SGD. Weights are random.

Takes JSON as its argument: {"what": "maple" or "tower", "precision": "float32" or "bfloat16" (autocast), "shape": a
CLIP's config, "classes", "batch", "repeats", "threads": 0 for PyTorch's default}; prints {"seconds", "peakBytes"}.
"""

import json
import re
import statistics
import sys
import time

import torch
from torch import nn

TOKENS, DEPTH = 2, 9


class LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.type(torch.float32)).type(x.dtype)


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads)
        self.ln_1, self.ln_2 = LayerNorm(width), LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), QuickGELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Vision(nn.Module):
    def __init__(self, embed, image, patch, width, layers, heads):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.token = nn.Parameter(torch.randn(1, 1, width) * width**-0.5)
        self.positions = nn.Parameter(torch.randn((image // patch) ** 2 + 1, width) * width**-0.5)
        self.ln_pre, self.ln_post = LayerNorm(width), LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.proj = nn.Parameter(torch.randn(width, embed) * width**-0.5)

    def forward(self, images, prompts=()):
        x = self.conv1(images).flatten(2).transpose(1, 2)  # [B, patches, d]
        x = torch.cat([self.token.to(x.dtype).expand(len(x), -1, -1), x], 1) + self.positions.to(x.dtype)
        own = x.shape[1]
        if prompts:
            x = torch.cat([x, prompts[0].to(x.dtype).expand(len(x), -1, -1)], 1)
        x = self.ln_pre(x).transpose(0, 1)  # [tokens, B, d]
        for layer, block in enumerate(self.blocks):
            if 0 < layer < len(prompts):
                x = torch.cat([x[:own], prompts[layer].to(x.dtype).unsqueeze(1).expand(-1, x.shape[1], -1)])
            x = block(x, None)
        return self.ln_post(x[0]) @ self.proj


class Text(nn.Module):
    def __init__(self, embed, length, width, layers, heads):
        super().__init__()
        self.positions = nn.Parameter(torch.randn(length, width) * 0.01)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_final = LayerNorm(width)
        self.proj = nn.Parameter(torch.randn(width, embed) * width**-0.5)
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def forward(self, words, ends, prompts):
        """words: [C, 77, d] with the first layer's prompts after the start token"""
        x = (words + self.positions).transpose(0, 1)
        for layer, block in enumerate(self.blocks):
            if 0 < layer < len(prompts):
                deep = prompts[layer].to(x.dtype).unsqueeze(1).expand(-1, x.shape[1], -1)
                x = torch.cat([x[:1], deep, x[1 + TOKENS :]])
            x = block(x, self.mask)
        x = self.ln_final(x.transpose(0, 1))
        return x[torch.arange(len(x)), ends] @ self.proj


def maple_step(vision, text, images, classes, length):
    d_t, d_v = text.positions.shape[1], vision.positions.shape[1]
    contexts = nn.ParameterList(nn.Parameter(torch.randn(TOKENS, d_t) * 0.02) for _ in range(DEPTH))
    couplings = nn.ModuleList(nn.Linear(d_t, d_v) for _ in range(DEPTH))
    words = torch.randn(classes, length, d_t) * 0.01
    ends = torch.randint(7, 11, (classes,))
    labels = torch.randint(classes, (len(images),))
    learned = [*contexts.parameters(), *couplings.parameters()]
    optimizer = torch.optim.SGD(learned, lr=0.0035, momentum=0.9, weight_decay=5e-4)

    def logits():
        first = contexts[0].expand(classes, -1, -1)
        prompted = torch.cat([words[:, :1], first, words[:, 1 + TOKENS :]], 1)
        seen = vision(images, [couple(context) for couple, context in zip(couplings, contexts)])
        named = text(prompted, ends, contexts)
        seen, named = (x / x.norm(dim=-1, keepdim=True) for x in (seen, named))
        return 100 * seen @ named.t()

    def step(autocast):
        with autocast():
            loss = nn.functional.cross_entropy(logits(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if not torch.isfinite(loss):
            raise SystemExit("The loss is not finite.")

    return step


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(options):
    if options["threads"] > 0:
        torch.set_num_threads(options["threads"])
    torch.manual_seed(1)
    shape = options["shape"]
    of_vision, of_text = shape["vision"], shape["text"]
    sizes = (of_vision[key] for key in ("imageSize", "patchSize", "width", "layers", "heads"))
    vision = Vision(shape["embedDim"], *sizes).requires_grad_(False)
    images = torch.randn(options["batch"], 3, of_vision["imageSize"], of_vision["imageSize"])

    def autocast():
        return torch.autocast("cpu", torch.bfloat16, enabled=options["precision"] == "bfloat16")

    if options["what"] == "maple":
        length = of_text["contextLength"]
        sizes = (of_text[key] for key in ("width", "layers", "heads"))
        text = Text(shape["embedDim"], length, *sizes).requires_grad_(False)
        step = maple_step(vision, text, images, options["classes"], length)
    else:

        def step(autocast):
            with torch.no_grad(), autocast():
                vision(images)

    seconds = []
    for _ in range(options["repeats"] + 2):
        started = time.perf_counter()
        step(autocast)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": statistics.median(seconds[2:]), "peakBytes": peak_bytes()}))


main(json.loads(sys.argv[1]))
