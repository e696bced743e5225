"""Watches the diversity of a policy while a Hugging Face trainer trains it, and stops the trainer when Tacit says so.

    from tacit_callback import TacitCallback

    trainer.add_callback(TacitCallback(
        url="http://127.0.0.1:8224", key=os.environ["TACIT_KEY"], run="her-dpo-3",
        probe_set="probes.jsonl", every=50, dataset="ds_...",
    ))

Works with every trainer that takes a `TrainerCallback`: transformers, TRL (DPO, KTO, Reward on a causal model, GRPO),
LLaMA-Factory, Axolotl, ms-swift. Needs torch and transformers, nothing else. `probe_set` is what `tacit probe-set`
wrote; `key` has the scope `runs`.

What it promises:
- Before the first step it measures the starting policy `baseline_evaluations` times; then it samples every `every`
  steps, on all ranks, and rank 0 alone talks to Tacit. The verdict is broadcast: all ranks stop at the same step.
- It fails open: no answer, an error or a timeout is logged and training goes on.
- A probe leaves no trace in training: random state, training mode of every module, gradient checkpointing and the
  tokenizer's padding are put back, so that a probed run ends with the same weights, bit for bit, as one without.

Run under DDP (gloo, two processes) and on one process by `npm run test:trainers`. FSDP and ZeRO-3 sample in step on all
ranks (`synced_gpus`), which that suite does not run.
"""

from __future__ import annotations

import json
import logging
import math
import random
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Iterator

import numpy
import torch
import torch.distributed as dist
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, TrainerCallback

logger = logging.getLogger("tacit")

# What trainers log that Tacit shows beside diversity: its own name -> names in the logs, the first found counts.
FORWARDED_LOGS = {
    "entropy": ("entropy",),
    "kl": ("kl", "objective/kl"),
    "reward": ("reward", "rewards/chosen"),
    "reward_margin": ("rewards/margins", "margin"),
    "loss": ("loss",),
}
RUN_FIELDS = {"dataset", "base_model_version", "anchor_run", "policy", "margin", "alpha"}
# What a probe set says of a prompt: by these Tacit tells characters, depths and languages apart.
PROMPT_FIELDS = ("prompt_id", "language", "character_id", "tier", "depth", "previous_replies")


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn; the same for the whole run. `max_tokens` counts new tokens."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 128


@dataclass(frozen=True)
class Probe:
    known: dict[str, Any] = field(hash=False)
    messages: list[dict[str, str]] = field(hash=False)


def read_probe_set(path: str) -> list[Probe]:
    """Reads JSON lines with `prompt_id` and `prompt` (a list of messages, or a text)."""
    probes = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            row = json.loads(line)
            prompt = row["prompt"]
            messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
            probes.append(Probe({name: row[name] for name in PROMPT_FIELDS if name in row}, messages))
    if not probes:
        raise ValueError(f"no prompts in {path}")
    return probes


class TacitCallback(TrainerCallback):
    """See the top of this file.

    Args:
        every: steps between two probes.
        baseline_evaluations: measurements of the starting policy, at least 5.
        planned_evaluations: probes that this run will send; from the trainer's own step count when absent.
        about: `dataset`, `base_model_version`, `anchor_run`, `policy`, `margin`, `alpha` of the run, where wanted.
        batch_size: prompts generated at once on a rank.
        obey: when false the verdict is only logged.
        save_on_stop: ask the trainer for a checkpoint when it is stopped.
    """

    def __init__(
        self,
        url: str,
        key: str,
        run: str,
        probe_set: str,
        every: int,
        samples_per_prompt: int = 4,
        sampling: Sampling = Sampling(),
        baseline_evaluations: int = 5,
        planned_evaluations: int | None = None,
        batch_size: int = 8,
        seed: int = 0,
        obey: bool = True,
        save_on_stop: bool = True,
        timeout_s: float = 20.0,
        **about: Any,
    ) -> None:
        if every < 1:
            raise ValueError("every: at least 1")
        self.client = _Client(url, key, run, timeout_s)
        self.probes = read_probe_set(probe_set)
        self.every = every
        self.samples_per_prompt = samples_per_prompt
        self.sampling = sampling
        self.baseline_evaluations = baseline_evaluations
        self.planned_evaluations = planned_evaluations
        if unknown := set(about) - RUN_FIELDS:
            raise TypeError(f"unknown: {', '.join(sorted(unknown))}")
        self.about = about
        self.batch_size = batch_size
        self.seed = seed
        self.obey = obey
        self.save_on_stop = save_on_stop
        self.last_logs: dict[str, float] = {}
        self.last_verdict: dict[str, Any] | None = None
        self.stopped_at: int | None = None

    def on_train_begin(self, args, state, control, model=None, processing_class=None, **kwargs):
        planned = self.planned_evaluations or max(1, state.max_steps // self.every)
        body = {
            "prompts": [probe.known for probe in self.probes],
            "samples_per_prompt": self.samples_per_prompt,
            "sampling": asdict(self.sampling),
            "baseline_evaluations": self.baseline_evaluations,
            "planned_evaluations": planned,
            **self.about,
        }
        if _rank() == 0:
            self.client.send("PUT", "", body)
        if state.global_step > 0:
            return  # Resumed: this is no longer the starting policy, and its baseline was sent before.
        for evaluation in range(self.baseline_evaluations):
            self._probe(args, evaluation, 0.0, "baseline", model, processing_class)

    def on_log(self, args, state, control, logs=None, **kwargs):
        logs = logs or {}
        for name, sources in FORWARDED_LOGS.items():
            for source in sources:
                value = logs.get(source)
                if isinstance(value, (int, float)) and math.isfinite(value):
                    self.last_logs[name] = float(value)
                    break

    def on_step_end(self, args, state, control, model=None, processing_class=None, **kwargs):
        if state.global_step % self.every != 0:
            return
        verdict = self._probe(args, state.global_step, state.epoch, "training", model, processing_class)
        if verdict is None:
            return
        self.last_verdict = verdict
        action = verdict.get("action")
        if action != "continue" and _rank() == 0:
            logger.warning("step %d: %s. %s", state.global_step, action, " ".join(verdict.get("reasons", [])))
        if action == "stop" and self.obey:
            self.stopped_at = state.global_step
            control.should_training_stop = True
            control.should_save = control.should_save or self.save_on_stop

    def _probe(self, args, step, epoch, phase, model, tokenizer) -> dict[str, Any] | None:
        """Samples on all ranks, sends from rank 0; the verdict on all ranks, None when there is none."""
        mine, fault = [], None
        try:
            with _no_trace(model, tokenizer):
                mine = self._sample(model, tokenizer, args, step, phase)
        except Exception as error:  # A probe must not end the training that it watches.
            fault = f"{type(error).__name__}: {error}"
        gathered = _gather((mine, fault))
        answer = None
        if _rank() == 0:
            faults = [each for _, each in gathered if each is not None]
            if faults:
                logger.warning("step %d: not probed: %s", step, faults[0])
            else:
                answer = self.client.send("POST", "/probes", self._body(gathered, step, epoch, phase))
        return _broadcast(None if answer is None else answer.get("verdict"))

    def _body(self, gathered, step, epoch, phase) -> dict[str, Any]:
        samples = {}
        for part, _ in gathered:
            for index, rows in part:
                samples[index] = rows  # Prompts that filled up a rank's last batch come twice: one of them counts.
        ordered = [row for index in sorted(samples) for row in samples[index]]
        entropies = [row["entropy"] for row in ordered if "entropy" in row]
        metrics = dict(self.last_logs) if phase == "training" else {}
        if "entropy" not in metrics and entropies:
            metrics["entropy"] = sum(entropies) / len(entropies)
        return {
            "step": step,
            "epoch": epoch,
            "phase": phase,
            "sampling": asdict(self.sampling),
            "samples": ordered,
            "metrics": metrics,
        }

    @torch.no_grad()
    def _sample(self, model, tokenizer, args, step, phase) -> list[tuple[int, list[dict[str, Any]]]]:
        """This rank's share of the prompts: pairs of prompt index and its replies."""
        device = next(model.parameters()).device
        # Every rank draws the same number of batches: under FSDP and ZeRO-3 each forward needs all of them.
        share = math.ceil(len(self.probes) / _world())
        mine = [(_rank() * share + offset) % len(self.probes) for offset in range(share)]
        greedy = self.sampling.temperature == 0
        config = GenerationConfig(
            max_new_tokens=self.sampling.max_tokens,
            do_sample=not greedy,
            temperature=1.0 if greedy else self.sampling.temperature,
            top_p=self.sampling.top_p,
            top_k=0,
            num_return_sequences=self.samples_per_prompt,
            pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
            eos_token_id=_end_tokens(model, tokenizer),
        )
        round_seed = self.seed * 1_000_003 + step * 7919 + (0 if phase == "baseline" else 1) * 104_729
        torch.manual_seed(round_seed * 1024 + _rank())
        rows = []
        for start in range(0, share, self.batch_size):
            indexes = mine[start : start + self.batch_size]
            texts = [_rendered(self.probes[index].messages, tokenizer) for index in indexes]
            room = _context_length(model) - self.sampling.max_tokens
            inputs = tokenizer(
                texts, return_tensors="pt", padding=True, truncation=room > 0, max_length=max(1, room), add_special_tokens=False
            ).to(device)
            inputs.pop("token_type_ids", None)
            entropy = _EntropyRecorder()
            generated = model.generate(
                **inputs,
                generation_config=config,
                logits_processor=LogitsProcessorList([entropy]),
                synced_gpus=_world() > 1 and _is_sharded(args),
            )
            completions = generated[:, inputs["input_ids"].shape[1] :].cpu()
            per_token = entropy.values()
            replies = [
                _reply(self.probes[indexes[row // self.samples_per_prompt]].known["prompt_id"], tokens, per_token[row], tokenizer, config)
                for row, tokens in enumerate(completions)
            ]
            k = self.samples_per_prompt
            rows += [(index, replies[at * k : (at + 1) * k]) for at, index in enumerate(indexes)]
        return rows


class _EntropyRecorder(LogitsProcessor):
    """Entropy (nats) of the policy's own next-token distribution, before temperature and top-p."""

    def __init__(self) -> None:
        self.steps: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        log_p = torch.log_softmax(scores.float(), dim=-1)
        self.steps.append(-(log_p.exp() * log_p).nan_to_num(0.0).sum(dim=-1).cpu())
        return scores

    def values(self) -> torch.Tensor:
        """Shape: replies x new tokens."""
        return torch.stack(self.steps, dim=1)


def _reply(prompt_id, tokens, entropies, tokenizer, config) -> dict[str, Any]:
    ends = set(config.eos_token_id or [])
    length = next((at for at, token in enumerate(tokens.tolist()) if token in ends), len(tokens))
    row = {
        "prompt_id": prompt_id,
        "text": tokenizer.decode(tokens[:length], skip_special_tokens=True),
        "finish_reason": "stop" if length < len(tokens) else "length",
    }
    if length > 0:
        entropy = float(entropies[: min(length, len(entropies))].mean())
        if math.isfinite(entropy):
            row["entropy"] = entropy
    return row


def _rendered(messages, tokenizer) -> str:
    if getattr(tokenizer, "chat_template", None):
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return "\n".join(message["content"] for message in messages) + "\n"


def _end_tokens(model, tokenizer) -> list[int]:
    known = getattr(model, "generation_config", None)
    ends = getattr(known, "eos_token_id", None)
    ends = ends if isinstance(ends, list) else [] if ends is None else [ends]
    return sorted({*ends, *([] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id])})


def _context_length(model) -> int:
    return int(getattr(model.config, "max_position_embeddings", 0) or 1_000_000)


def _is_sharded(args) -> bool:
    return bool(getattr(args, "fsdp", None)) or getattr(args, "deepspeed", None) is not None


@contextmanager
def _no_trace(model, tokenizer) -> Iterator[None]:
    """Puts back all that sampling changes: random state, training mode, checkpointing, padding."""
    python_state, numpy_state, torch_state = random.getstate(), numpy.random.get_state(), torch.get_rng_state()
    cuda_states = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    training = {module: module.training for module in model.modules()}
    checkpointed = [module for module in model.modules() if getattr(module, "gradient_checkpointing", False)]
    sides = tokenizer.padding_side, tokenizer.truncation_side
    pad_token = tokenizer.pad_token
    try:
        model.eval()
        for module in checkpointed:
            module.gradient_checkpointing = False
        tokenizer.padding_side = tokenizer.truncation_side = "left"
        if pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        yield
    finally:
        for module in checkpointed:
            module.gradient_checkpointing = True
        for module, mode in training.items():
            module.training = mode
        tokenizer.padding_side, tokenizer.truncation_side = sides
        if pad_token is None:
            tokenizer.pad_token = None
        random.setstate(python_state)
        numpy.random.set_state(numpy_state)
        torch.set_rng_state(torch_state)
        if cuda_states:
            torch.cuda.set_rng_state_all(cuda_states)


class _Client:
    """The runs API. Every fault is logged and answered with None."""

    def __init__(self, url: str, key: str, run: str, timeout_s: float) -> None:
        self.base = f"{url.rstrip('/')}/v1/runs/{urllib.parse.quote(run, safe='')}"
        self.key = key
        self.timeout_s = timeout_s

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        url = self.base + path
        request = urllib.request.Request(
            url,
            method=method,
            data=json.dumps({name: value for name, value in body.items() if value is not None}).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            logger.error("%s %s: %d %s; training goes on", method, url, error.code, error.read(500).decode("utf-8", "replace"))
        except (OSError, ValueError) as error:
            logger.warning("%s %s: %s; training goes on", method, url, error)
        return None


def _is_distributed() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def _rank() -> int:
    return dist.get_rank() if _is_distributed() else 0


def _world() -> int:
    return dist.get_world_size() if _is_distributed() else 1


def _gather(mine: Any) -> list[Any]:
    if not _is_distributed():
        return [mine]
    parts = [None] * _world()
    dist.all_gather_object(parts, mine)
    return parts


def _broadcast(value: Any) -> Any:
    if not _is_distributed():
        return value
    box = [value]
    dist.broadcast_object_list(box, src=0)
    return box[0]
