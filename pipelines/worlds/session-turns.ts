import { drawBernoulli, drawLogistic, drawLogNormal, drawUniform } from '../maths/draws.ts';
import { hourMs } from './world-settings.ts';
import type { SceneSetting, Scene } from './session-scene.ts';
import type { PlannedReply } from './session-plan.ts';

const longestSessionTurns = 80;
const longestChain = 6;

/** How an exchange ended: the reply that stood, or nobody stayed for it. */
interface Exchange {
  kept: PlannedReply;
  perceived: number;
  /** Times another reply was asked for. */
  tries: number;
  abandoned: boolean;
}

/**
 * User turns and replies until the annotator leaves.
 * @param from where the conversation stands: a turn to hang on, and the reply last read
 * @param leaning logit of going on after a typical reply
 * @returns the turn where the conversation can be taken up again
 */
export function playTurns(
  scene: Scene,
  setting: SceneSetting,
  from: { tailTurnId: string | null; before: PlannedReply | undefined },
  leaning: number,
): string | null {
  const { settings, random, turnMs } = setting;
  const { shares, reactions } = settings;
  let { tailTurnId, before } = from;
  for (let turn = 0; turn < longestSessionTurns; turn += 1) {
    scene.spend(turnMs * drawLogNormal(random, 0.5, 0.4));
    tailTurnId = ask(tailTurnId);
    if (drawBernoulli(random, 0.004)) break;
    const exchange = drawBernoulli(random, shares.sideBySideReplies)
      ? sideBySide(tailTurnId)
      : chain(tailTurnId);
    before = exchange.kept;
    tailTurnId = before.turnId;
    const goesOn = drawLogistic(random, leaning + 0.25 * exchange.perceived - 0.3 * exchange.tries);
    if (exchange.abandoned || !goesOn) break;
    if (drawBernoulli(random, shares.editedReplies)) {
      scene.spend(turnMs);
      scene.deeds.push({ kind: 'edit', atMs: scene.nowMs(), turnId: tailTurnId });
    }
  }
  return tailTurnId;

  function ask(parentTurnId: string | null): string {
    const [atMs, turnId] = [scene.nowMs(), scene.newTurnId()];
    scene.deeds.push({ kind: 'user', atMs, turnId, parentTurnId });
    if (drawBernoulli(random, shares.retractedTurns)) {
      const laterMs = Math.round(drawUniform(random, hourMs, 72 * hourMs));
      scene.deeds.push({ kind: 'retract', atMs: atMs + laterMs, turnId });
    }
    return turnId;
  }

  function sideBySide(parentTurnId: string): Exchange {
    const [first, second] = [scene.show(parentTurnId, before), scene.show(parentTurnId, before)];
    const [one, other] = [scene.react(first, false), scene.react(second, false)];
    const lead = one.perceived - other.perceived;
    const [kept, passed, seen] = drawLogistic(random, 1.5 * reactions.discrimination * lead)
      ? [first, second, one]
      : [second, first, other];
    scene.deeds.push({ kind: 'choose', atMs: scene.nowMs(), turnId: kept.turnId, over: [passed.turnId] });
    return { kept, perceived: seen.perceived, tries: 0, abandoned: false };
  }

  /** Asks again until a reply is kept; a few leave before the next one comes. */
  function chain(parentTurnId: string): Exchange {
    let kept = scene.show(parentTurnId, before);
    let reaction = scene.react(kept, false);
    let tries = 0;
    while (reaction.regenerates && tries < longestChain) {
      tries += 1;
      const atMs = scene.nowMs();
      const next = drawBernoulli(random, 0.02) ? undefined : scene.show(parentTurnId, before);
      const replacementTurnId = drawBernoulli(random, 0.85) ? next?.turnId : undefined;
      scene.deeds.push({ kind: 'regenerate', atMs, turnId: kept.turnId, replacementTurnId });
      if (next === undefined) return { kept, perceived: reaction.perceived, tries, abandoned: true };
      kept = next;
      reaction = scene.react(kept, true);
    }
    return { kept, perceived: reaction.perceived, tries, abandoned: false };
  }
}
