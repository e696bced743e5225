"""Sends OpenRLHF's own rollouts to Tacit while it trains: wraps a reward function.

OpenRLHF (read: 0.8) has no callback, but calls a reward function for each batch of completions. Name this file in
`--reward.remote_url`, and the reward function to wrap in `TACIT_REWARD` (`path/to/file.py:function`):

    TACIT_URL=http://127.0.0.1:8224 TACIT_KEY=... TACIT_RUN=her-ppo-1 TACIT_REWARD=reward.py:reward_func \
        python -m openrlhf.cli.train_ppo_ray --reward.remote_url infra/trainers/openrlhf_rollouts.py ...

A batch's prompts change from step to step, so these are rollouts: diversity within a prompt only, a warning at most.
For a verdict that may stop, sample a fixed probe set from each checkpoint that the run saves:

    tacit runs probe her-ppo-1 --step 200 --endpoint http://127.0.0.1:8000/v1

Fails open: without Tacit the rewards are what the wrapped function says. Standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import urllib.parse
import urllib.request

logger = logging.getLogger("tacit")
_step = 0


def reward_func(queries, prompts, labels, **kwargs):
    """OpenRLHF's signature: texts of prompt and completion, prompts, labels -> what the wrapped function returns."""
    global _step
    answer = _wrapped()(queries, prompts, labels, **kwargs)
    try:
        _send(_step, list(queries), list(prompts), answer)
    except (OSError, ValueError) as error:
        logger.warning("rollouts of batch %d not sent: %s; training goes on", _step, error)
    _step += 1
    return answer


def _send(step, queries, prompts, answer) -> None:
    samples = [
        {"prompt_id": _prompt_id(prompt), "text": query[len(prompt) :] if query.startswith(prompt) else query}
        for query, prompt in zip(queries, prompts, strict=True)
    ]
    ids = sorted({sample["prompt_id"] for sample in samples})
    each = max(1, len(samples) // len(ids))
    if step == 0:
        _call("PUT", "", {"kind": "rollout", "prompts": ids, "samples_per_prompt": each})
    metrics = {}
    rewards = answer.get("rewards") if isinstance(answer, dict) else None
    if rewards is not None and len(rewards) > 0:
        metrics["reward"] = float(sum(float(reward) for reward in rewards) / len(rewards))
    verdict = _call("POST", "/probes", {"step": step, "phase": "training", "samples": samples, "metrics": metrics})["verdict"]
    if verdict["action"] != "continue":
        logger.warning("batch %d: %s. %s", step, verdict["action"], " ".join(verdict["reasons"]))


def _prompt_id(prompt: str) -> str:
    return hashlib.sha256(prompt.encode("utf-8")).hexdigest()[:16]


def _call(method: str, path: str, body: dict) -> dict:
    run = urllib.parse.quote(os.environ["TACIT_RUN"], safe="")
    request = urllib.request.Request(
        f"{os.environ.get('TACIT_URL', 'http://127.0.0.1:8224')}/v1/runs/{run}{path}",
        method=method,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {os.environ['TACIT_KEY']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def _wrapped():
    path, name = os.environ["TACIT_REWARD"].rsplit(":", 1)
    spec = importlib.util.spec_from_file_location("tacit_wrapped_reward", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
