"""Who and what lives in the sandbox's world: authors, hosts and models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zenmux_bot.core.periods import FLOOR


@dataclass(frozen=True, slots=True)
class Author:
    """The company behind some models.

    Attributes:
        label: Display name; may be empty or hostile, like any label.
        hosts: Slugs of the hosts that serve its models.
        left: Its last day with data, or None.
    """

    label: str
    hosts: tuple[str, ...]
    left: date = date.max


@dataclass(frozen=True, slots=True)
class Host:
    """A company that serves models.

    Attributes:
        label: Display name.
        apis: The protocols it speaks, as the cache statistics name them.
    """

    label: str
    apis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model and the course of its life.

    Attributes:
        slug: ``author/name``.
        label: Display name; may be empty or hostile.
        daily: Millions of tokens on an ordinary weekday.
        price_in: List price of input, in cents per million tokens. That is also
            the price of one token in units of 1e-8 USD, so costs stay integers.
        price_out: The same for output.
        launched: First day with data.
        fades: Day from which a successor takes its place.
        drift: Growth per week in thousandths of ``daily``.
        rare: Whether it is used on some days only.
        silent: Whether it writes no text (embeddings, video), so that its
            throughput and time to first token are 0.
    """

    slug: str
    label: str
    daily: int
    price_in: int
    price_out: int
    launched: date
    fades: date
    drift: int
    rare: bool
    silent: bool

    @property
    def author(self) -> str:
        """Return the slug of the author."""
        return self.slug.partition("/")[0]

    @property
    def retired(self) -> date:
        """Return the last day with data; the author leaves with all its models."""
        return AUTHORS[self.author].left


LEAVER = "lumora"
LEAVES = date(2026, 11, 8)
# Their models have names that test the bot; people who try it out do without.
_TEST_AUTHORS = frozenset({"sample-labs", "nameless"})
HOSTILE_LABEL = "<!channel> *bold* & _it_"
LONG_LABEL = "Panorama" + " Extended Context Instruct Preview" * 4 + " 128B"

AUTHORS = {
    "anthropic": Author("Anthropic", ("anthropic", "amazon-bedrock")),
    "openai": Author("OpenAI", ("openai", "azure")),
    "google": Author("Google", ("google-vertex",)),
    "deepseek": Author("DeepSeek", ("deepseek", "deepinfra", "volcengine")),
    "x-ai": Author("xAI", ("x-ai",)),
    "z-ai": Author("Z.AI", ("z-ai",)),
    "qwen": Author("Qwen", ("alibaba", "deepinfra")),
    "minimax": Author("MiniMax", ("minimax",)),
    "moonshotai": Author("MoonshotAI", ("moonshotai", "deepinfra")),
    "stepfun": Author("StepFun", ("stepfun",)),
    "mistralai": Author("Mistral AI", ("mistral", "azure")),
    "meta": Author("Meta", ("deepinfra", "amazon-bedrock")),
    "bytedance": Author("ByteDance", ("volcengine",)),
    "tencent": Author("Tencent", ("tencent-cloud",)),
    "inclusionai": Author("InclusionAI", ("deepinfra",)),
    "xiaomi": Author("Xiaomi 小米", ("xiaomi",)),
    "baidu": Author("百度文心", ("qianfan",)),
    "cohere": Author("Cohere", ("amazon-bedrock", "azure")),
    "nvidia": Author("NVIDIA", ("deepinfra",)),
    "amazon": Author("Amazon", ("amazon-bedrock",)),
    "poolside": Author("Poolside", ("amazon-bedrock",)),
    LEAVER: Author("Lumora", ("deepinfra",), left=LEAVES),
    "sample-labs": Author("Sample & Sons <!here>", ("deepinfra",)),
    "nameless": Author("", ("deepinfra",)),
}

HOSTS = {
    "anthropic": Host("Anthropic", ("anthropic", "openai")),
    "openai": Host("OpenAI", ("openai",)),
    "azure": Host("Azure", ("openai",)),
    "google-vertex": Host("Google Vertex AI", ("gemini", "openai")),
    "amazon-bedrock": Host("Amazon Bedrock", ("anthropic",)),
    "alibaba": Host("Alibaba", ("openai",)),
    "deepseek": Host("DeepSeek", ("openai", "anthropic")),
    "deepinfra": Host("DeepInfra", ("openai",)),
    "x-ai": Host("xAI", ("openai",)),
    "z-ai": Host("Z.AI", ("openai", "anthropic")),
    "minimax": Host("MiniMax", ("openai",)),
    "moonshotai": Host("MoonshotAI", ("openai", "anthropic")),
    "stepfun": Host("StepFun", ("openai",)),
    "mistral": Host("Mistral", ("openai",)),
    "volcengine": Host("Volcengine", ("openai",)),
    "tencent-cloud": Host("Tencent Cloud", ("openai",)),
    "xiaomi": Host("Xiaomi", ("openai",)),
    "qianfan": Host("Qianfan 千帆", ("openai",)),
}

# name; label; daily; price in; price out; launched; fades; drift; traits
_TABLE = f"""
[anthropic]
claude-opus-4.5; Claude Opus 4.5; 5200; 500; 2500; ; 2026-02-05
claude-opus-4.6; Claude Opus 4.6; 8100; 500; 2500; 2026-02-05; 2026-04-30
claude-opus-4.8; Claude Opus 4.8; 11200; 500; 2500; 2026-04-30; ; 2
claude-sonnet-4.5; Claude Sonnet 4.5; 7400; 300; 1500; ; 2026-02-17
claude-sonnet-4.6; Claude Sonnet 4.6; 7700; 300; 1500; 2026-02-17; ; 3
claude-haiku-4.5; Claude Haiku 4.5; 2600; 100; 500; ; ; 4
[openai]
gpt-5; GPT-5; 4300; 125; 1000; ; 2025-12-11
gpt-5.2; GPT-5.2; 5600; 175; 1400; 2025-12-11; 2026-03-05
gpt-5.4; GPT-5.4; 6500; 175; 1400; 2026-03-05; ; 2
gpt-5.5-mini; GPT-5.5 mini; 2900; 30; 240; 2026-12-01; ; 10
gpt-5-mini; GPT-5 mini; 2500; 25; 200; ; ; 3
gpt-5-nano; GPT-5 nano; 1100; 5; 40; ; ; 2
gpt-4.1; GPT-4.1; 900; 200; 800; ; ; -9
gpt-oss-120b; GPT-OSS 120B; 420; 15; 60; ; ; 1
text-embedding-3-large; Text Embedding 3 Large; 760; 13; 0; ; ; 1; silent
[google]
gemini-3-pro-preview; Gemini 3 Pro Preview; 3900; 200; 1200; 2025-11-18; 2026-02-19
gemini-3.1-pro-preview; Gemini 3.1 Pro Preview; 4600; 200; 1200; 2026-02-19; ; 3
gemini-2.5-pro; Gemini 2.5 Pro; 3100; 125; 1000; ; ; -10
gemini-2.5-flash; Gemini 2.5 Flash; 2900; 30; 250; ; ; -4
gemini-3-flash; Gemini 3 Flash; 3300; 50; 300; 2025-12-17; ; 5
gemini-embedding-001; Gemini Embedding; 510; 15; 0; ; ; 2; silent
veo-3.1; Veo 3.1; 40; 0; 90; ; ; 2; silent
[deepseek]
deepseek-v3.1; DeepSeek V3.1; 2700; 27; 100; ; 2025-12-01
deepseek-v3.2; DeepSeek V3.2; 3500; 28; 42; 2025-12-01; ; -5
deepseek-v4; DeepSeek V4; 4100; 30; 120; 2026-08-25; ; 12
deepseek-r1; DeepSeek R1; 820; 55; 219; ; ; -11
[x-ai]
grok-4; Grok 4; 760; 300; 1500; ; ; -6
grok-4-fast; Grok 4 Fast; 1500; 20; 50; ; 2025-11-19
grok-4.1-fast; Grok 4.1 Fast; 1700; 20; 50; 2025-11-19; ; 4
grok-code-fast-1; Grok Code Fast 1; 1300; 20; 150; ; ; -8
[z-ai]
glm-4.6; GLM 4.6; 1400; 60; 220; ; 2025-12-22
glm-4.6-air; GLM 4.6 Air; 310; 20; 110; ; ; -2
glm-4.7; GLM 4.7; 1600; 60; 220; 2025-12-22; 2026-06-09
glm-5.2; GLM 5.2; 2000; 80; 256; 2026-06-09; ; 9
glm-4.6v-flash-free; GLM 4.6V Flash (Free); 260; 0; 0; 2025-12-08; ; 2
[qwen]
qwen3-max; Qwen3-Max; 980; 120; 600; ; ; -3
qwen3-coder; Qwen3-Coder; 1650; 22; 95; ; ; -2
qwen3.7-coder-flash; Qwen3.7 Coder Flash; 520; 15; 60; 2026-06-15; ; 14
qwen3-235b-a22b; Qwen3 235B A22B; 430; 20; 60; ; ; -4
qwen3-vl-plus; Qwen3-VL-Plus; 220; 20; 160; ; ; 3
qwen3-embedding-8b; Qwen3 Embedding 8B; 380; 1; 0; ; ; 5; silent
[minimax]
minimax-m2; MiniMax M2; 1050; 30; 120; ; 2026-02-12
minimax-m2.5; MiniMax M2.5; 1300; 30; 120; 2026-02-12; ; 2
minimax-m2-her; MiniMax M2-her; 130; 30; 120; 2026-01-27; ; 1
[moonshotai]
kimi-k2; Kimi K2; 690; 60; 250; ; 2026-01-27
kimi-k2-thinking; Kimi K2 Thinking; 480; 60; 250; 2025-11-06; ; -6
kimi-k2.5; Kimi K2.5; 1500; 60; 300; 2026-01-27; 2026-05-18
kimi-k2.7-code; Kimi K2.7 Code; 1900; 60; 250; 2026-05-18; ; 6
kimi-k3; Kimi K3; 3600; 75; 320; 2026-11-10; ; 15
[stepfun]
step-3; Step 3; 350; 21; 57; ; 2026-04-24
step-3.7-flash; Step 3.7 Flash; 900; 10; 30; 2026-04-24; ; 5
step-3.7-flash-free; Step 3.7 Flash (Free); 480; 0; 0; 2026-04-24; ; 5
[mistralai]
mistral-large-3; Mistral Large 3; 540; 50; 150; 2025-12-02; ; 2
mistral-medium-3.1; Mistral Medium 3.1; 260; 40; 200; ; ; -3
devstral-3; Devstral 3; 410; 10; 30; 2026-03-24; ; 8
codestral-2508; Codestral 25.08; 170; 30; 90; ; ; -5
[meta]
llama-4-maverick; Llama 4 Maverick; 390; 15; 60; ; ; -6
llama-3.3-70b-instruct; Llama 3.3 70B Instruct; 240; 13; 39; ; ; -7
llama-3.3-70b-instruct-free; Llama 3.3 70B Instruct (Free); 110; 0; 0; ; ; -2
[bytedance]
doubao-seed-1.8; Doubao Seed 1.8; 520; 25; 200; ; 2026-02-14
doubao-seed-2.0-pro; 豆包 Seed 2.0 Pro; 730; 45; 225; 2026-02-14; ; 4
doubao-seed-2.0-lite; Doubao Seed 2.0 Lite; 560; 9; 51; 2026-02-14; ; 6
[tencent]
hunyuan-2; Hunyuan 2; 180; 20; 80; ; 2026-07-07
hunyuan-3; Hunyuan 3; 330; 20; 80; 2026-07-07; ; 5
[inclusionai]
ling-2.6-1t; Ling 2.6 1T; 280; 56; 225; 2026-05-06; ; 3
ring-1t; Ring 1T; 150; 56; 225; 2025-10-14; ; -4
ling-flash-2.0-free; Ling Flash 2.0 (Free); 90; 0; 0; ; ; -1
[xiaomi]
mimo-v2-flash; MiMo-V2-Flash; 640; 10; 30; 2025-12-16; ; 3
mimo-v2-flash-free; MiMo-V2-Flash (Free); 720; 0; 0; 2025-12-16; ; -6
[baidu]
ernie-5.0-thinking; 文心大模型 5.0; 190; 84; 337; 2025-11-13; ; 1
[cohere]
command-a; Command A; 95; 250; 1000; ; ; -2
embed-v4.0; Embed v4; 160; 12; 0; ; ; 1; silent
[nvidia]
nemotron-3-nano-30b; Nemotron 3 Nano 30B; 210; 6; 24; 2025-12-15; ; 4
[amazon]
nova-2-lite; Nova 2 Lite; 140; 30; 250; 2025-12-02; ; 2
[poolside]
malibu-2; Malibu 2; 1250; 90; 360; 2026-11-17; ; 20
[{LEAVER}]
lumora-1; Lumora 1; 680; 40; 160; ; ; 1
lumora-1-mini; Lumora 1 mini; 240; 8; 32; ; ; 2
[sample-labs]
attention; {HOSTILE_LABEL}; 620; 35; 140; ; ; 1
link; <https://example.com|Sale> <@U0SAMPLE1> `x` ~y~; 135; 20; 60; ; ; 2
rocket; 🚀 Rocket 👩🏽‍🚀 一号; 120; 20; 60; ; ; 3
panorama; {LONG_LABEL}; 450; 12; 48; ; ; 1
[nameless]
unlabelled-7b; ; 105; 4; 12; ; ; 1
once-in-a-while; Once in a While; 12; 900; 3600; ; ; 0; rare
"""


def _read(table: str) -> Iterator[Model]:
    author = ""
    for line in table.strip().splitlines():
        if line.startswith("["):
            author = line.strip("[]")
            continue
        name, label, daily, price_in, price_out, launched, *rest = (
            field.strip() for field in line.split(";")
        )
        fades, drift, traits = (*rest, "", "", "")[:3]
        yield Model(
            slug=f"{author}/{name}",
            label=label,
            daily=int(daily),
            price_in=int(price_in),
            price_out=int(price_out),
            launched=date.fromisoformat(launched) if launched else FLOOR,
            fades=date.fromisoformat(fades) if fades else date.max,
            drift=int(drift or 0),
            rare=traits == "rare",
            silent=traits == "silent",
        )


MODELS = tuple(_read(_TABLE))
DEMO_MODELS = tuple(model for model in MODELS if model.author not in _TEST_AUTHORS)
