import type { ExportFacts } from './export-facts.ts';
import { exportFormats } from './formats.ts';
import { countText, figureText, markdownTable, percentText } from './markdown.ts';
import { usualLimit } from './row-statistics.ts';

const lengthStep = 256;

/** What to set in the trainer: lengths, chat template, noise, epochs. */
export function trainingSection(facts: ExportFacts): string {
  if (facts.summary.rows === 0) return '';
  return `## Before you train

${lengthSays(facts)}
${[alternationSays(facts), ...kindSays(facts), epochSays].map((line) => `- ${line}\n`).join('')}`;
}

const epochSays =
  'Train one epoch. Reward models and DPO on preferences overfit from the second on (Llama 2 and InstructGPT train theirs for one); if you go further, watch the test side.';

function lengthSays({ format, summary }: ExportFacts): string {
  const { of, fate, setting } = exportFormats[format].lengths;
  const { promptTokens: prompt, wholeTokens: whole, rows } = summary;
  const roomFor = (tokens: number) => setting(Math.ceil(tokens / lengthStep) * lengthStep);
  const lost = of === 'prompt' ? prompt.overLimit : whole.overLimit;
  const what = of === 'prompt' ? 'prompt alone' : 'prompt and reply';
  return `${markdownTable(
    ['tokens (estimated)', 'median', '95 % up to', 'most', `over ${countText(usualLimit)}`],
    [
      ['prompt', prompt.median, prompt.p95, prompt.most, prompt.overLimit],
      ['prompt and longest reply', whole.median, whole.p95, whole.most, whole.overLimit],
    ],
  )}
Estimated without a tokenizer, on the high side: one token a CJK character, one for 3.5 others, five a message.

**Set \`${roomFor(whole.most)}\`** to keep every row; \`${roomFor(whole.p95)}\` keeps 95 of 100. At a limit of ${countText(usualLimit)}, the default of most trainers, ${countText(lost)} of ${countText(rows)} rows would be ${fate} (${what} too long)${whole.overLimit > lost ? `, and ${countText(whole.overLimit - lost)} more would lose the end of a reply` : ''}; a character card is the usual cause, and nothing says so.
`;
}

function alternationSays({ alternation, summary, format }: ExportFacts): string {
  if (alternation) {
    const left = [...alternation.leftOut].map(([fault, count]) => `${countText(count)} as \`${fault}\``);
    return `Every prompt alternates between user and assistant and ends with the user. ${countText(alternation.mended)} were mended (greetings joined the system message, neighbours of one role became one message); ${left.length === 0 ? 'none was left out' : `rows left out: ${left.join(', ')}`}.`;
  }
  const strict = `\`tacit export … --format ${format} --strict-alternation\` mends them`;
  return summary.notAlternating === 0
    ? 'Every prompt alternates between user and assistant: any chat template takes it.'
    : `${countText(summary.notAlternating)} prompts do not strictly alternate between user and assistant (a greeting comes first, or one side spoke twice). A chat template that insists stops the run at the first of them: ${strict}.`;
}

function kindSays({ format, summary, withMargin }: ExportFacts): string[] {
  const { chosenLonger, medianLogLengthRatio, expectedFlips, desirable, undesirable } = summary;
  const says: string[] = [];
  if (expectedFlips !== null) {
    says.push(
      `Noise: by the reaction model ${percentText(expectedFlips)} of the labels point the wrong way (mean of 1 - p). As \`label_smoothing\` it works in cDPO (OpenRLHF, LLaMA-Factory) and in TRL's \`robust\`, \`exo_pair\` and \`aot\` losses; TRL's \`sigmoid\` ignores it.`,
    );
  }
  if (chosenLonger !== null && medianLogLengthRatio !== null) {
    says.push(
      `Length: chosen is the longer text in ${percentText(chosenLonger)} of the pairs; the median of ln(chosen / rejected characters) is ${figureText(medianLogLengthRatio)}.${Math.abs(chosenLonger - 0.5) > 0.1 ? ' A length-normalised loss (`sigmoid_norm`, SimPO) or `ld_alpha` keeps a model from learning length.' : ''}`,
    );
  }
  if (format === 'trl-reward' || format === 'openrlhf') {
    says.push(
      withMargin
        ? '`margin` is min(3, ln(p / (1 - p))): a loss with margin .2 is .79 at the start, with 3 it is 3.04, without .69.'
        : 'No `margin` column: it is not known for all rows, and one row without stops the trainer.',
    );
  }
  if (exportFormats[format].kind === 'singles') says.push(classSays(desirable, undesirable));
  return says;
}

/** Kahneman-Tversky optimisation wants (weight x count) of desirable to undesirable within 1:1 and 4:3. */
function classSays(desirable: number, undesirable: number): string {
  const counts = `${countText(desirable)} replies to train on are desirable, ${countText(undesirable)} not`;
  if (desirable === 0 || undesirable === 0)
    return `${counts}. **With one class only KTO runs without complaint and learns nothing of worth.**`;
  const ratio = desirable / undesirable;
  if (ratio >= 1 && ratio <= 4 / 3)
    return `${counts}: \`desirable_weight\` and \`undesirable_weight\` can stay 1.`;
  return ratio < 1
    ? `${counts}: set \`desirable_weight=${figureText(1 / ratio)}\`, so that both classes weigh the same.`
    : `${counts}: set \`undesirable_weight=${figureText(ratio)}\`, so that both classes weigh the same.`;
}
