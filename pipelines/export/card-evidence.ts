import type { DatasetManifest } from '../../schemas/build-report.ts';
import type { CalibrationBin, ExportFacts } from './export-facts.ts';
import { exportFormats } from './formats.ts';
import { countText, figureText, markdownTable, percentText } from './markdown.ts';

/** What the rows rest on: sources, whether reactions count, how sure, what the floor and the draw left out. */
export function evidenceSections(facts: ExportFacts): string {
  const { manifest } = facts;
  const ofPairs = exportFormats[facts.format].kind === 'pairs';
  return [
    ...(ofPairs ? [sourcesSection(manifest)] : []),
    anchorSection(manifest),
    ...(ofPairs ? [certaintySection(facts)] : []),
    floorSection(manifest),
    leftOutSection(manifest),
  ].join('\n');
}

function sourcesSection({ sources, cohorts, style_correlation, pairs, groups }: DatasetManifest): string {
  const style =
    style_correlation === null
      ? ''
      : `Correlation of being chosen with style (length, flattery words): ${figureText(style_correlation)}.\n\n`;
  return `## Where the pairs come from

${countText(pairs)} pairs from ${countText(groups)} places.

${markdownTable(['strongest deed', 'pairs'], Object.entries(sources))}
- \`choose\`: picked when several were shown side by side, over each that was passed over.
- \`edit\`: the annotator's own rewriting over what the model had said. The chosen text is human; both turn ids are the same.
- \`like\`: last feedback 1 over last feedback -1.
- \`regenerate\`: kept and answered, over each reply that was regenerated before it.

${style}${markdownTable(['cohort (activity-preference)', 'pairs'], Object.entries(cohorts))}`;
}

function anchorSection({ anchor }: DatasetManifest): string {
  const head = '## Are these reactions worth training on?\n\n';
  if (anchor === null || anchor.outcome === null)
    return `${head}Not checked: the build had no outcome (a user metric) to hold reactions against.\n`;
  const { estimate, ci_low, ci_high } = anchor.anchor;
  const interval =
    estimate === null || ci_low === null || ci_high === null
      ? ''
      : ` Estimate ${figureText(estimate)}, interval ${figureText(ci_low)} to ${figureText(ci_high)}.`;
  const verdicts =
    anchor.signals.length === 0
      ? ''
      : `\n${markdownTable(
          ['signal', 'verdict', ''],
          anchor.signals.map(({ signal, verdict, says }) => [signal, verdict, says]),
        )}`;
  return `${head}Held against \`${anchor.outcome}\`: **${anchor.anchor.status}**. ${anchor.anchor.says}${interval}\n\nShock check: ${anchor.shock.says}\n${verdicts}`;
}

function certaintySection({ manifest, calibration, heldBack }: ExportFacts): string {
  const head = '## How sure\n\n';
  if (calibration.length === 0) return `${head}No chance that chosen is the better was estimated.\n`;
  const rows = calibration.map((bin) => [
    `${figureText(bin.from)} to ${figureText(bin.to)}`,
    bin.pairs,
    figureText(bin.mean_p),
    ...(heldBack ? [bin.decided, bin.decided === 0 ? '-' : figureText(bin.agree / bin.decided)] : []),
  ]);
  const table = markdownTable(
    ['p', 'pairs', 'mean p', ...(heldBack ? ['decided by human ranks', 'share that agrees'] : [])],
    rows,
  );
  const known = heldBack
    ? `Human ranks that were held back from the events decide ${countText(total(calibration, 'decided'))} of the pairs.`
    : 'No human ranks were held back in this app, so that `p` is what the model says and not held against anything here.';
  const model = manifest.reactions
    ? `\nReaction model from ${countText(manifest.reactions.replies)} replies: ${manifest.reactions.says}${manifest.reactions.converged ? '' : ' It did not converge.'} Careless annotators: ${manifest.reactions.careless.identified ? `a share of ${percentText(manifest.reactions.careless.share)}, whose pairs count less` : 'could not be told from others'}.\n`
    : '';
  return `${head}${known}\n\n${table}${model}`;
}

const total = (bins: readonly CalibrationBin[], field: 'decided' | 'pairs') =>
  bins.reduce((sum, bin) => sum + bin[field], 0);

function floorSection({ funnel, demoted_characters, rules_off, reactions }: DatasetManifest): string {
  const counted = (step: string) =>
    funnel.filter((entry) => entry.step === step).map(({ reason, count }) => [reason, count] as const);
  const head = '## Quality floor and outliers\n\n';
  if (!reactions) return `${head}Neither was part of this build.\n`;
  const demoted =
    demoted_characters.length === 0
      ? ''
      : `\nFor ${demoted_characters.map((id) => `\`${id}\``).join(', ')} the checks only warn: they would have dropped over three times as much as usual.\n`;
  const off =
    rules_off.length === 0
      ? ''
      : `\nOutlier rules that could not be used:\n\n${rules_off.map((rule) => `- ${rule}\n`).join('')}`;
  return `${head}${markdownTable(['check', 'replies caught'], counted('floor'))}${demoted}
${markdownTable(['outlier rule', 'sessions or annotators'], counted('outlier'))}${off}`;
}

function leftOutSection({ funnel, pairs }: DatasetManifest): string {
  const of = (step: string) => funnel.filter((entry) => entry.step === step);
  const sum = (entries: typeof funnel) => entries.reduce((all, { count }) => all + count, 0);
  const turns = of('turn');
  return `## What was left out

${countText(sum(of('candidate')))} candidate pairs gave ${countText(pairs)}. The rest, by the first reason that applied:

${markdownTable(
  ['reason', 'candidates'],
  of('pair').map(({ reason, count }) => [reason, count]),
)}
Of ${countText(sum(turns.filter(({ reason }) => reason === 'read')))} turns read, ${countText(
    sum(turns.filter(({ reason }) => reason === 'duplicate_turn')),
  )} more came with an id that an earlier one had; the first in order counts.
`;
}
