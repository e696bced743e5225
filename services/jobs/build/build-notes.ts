import type { DatasetManifest } from '../../../schemas/build-report.ts';

const mostRulesTold = 3;

/** What a dataset's reader has to know: what could not be checked, what was assumed, what looks odd. */
export function buildNotes({
  reactions,
  anchor,
  splits,
  demoted_characters,
  rules_off,
}: DatasetManifest): string[] {
  if (!reactions) {
    return [
      'pairs come from deeds alone: no reward, no chance that chosen is the better, no quality floor, no outlier marks',
    ];
  }
  return [
    ...(reactions.identified ? [] : [`how much reactions say is assumed, not measured: ${reactions.says}`]),
    ...(reactions.converged ? [] : ['the reaction model did not converge']),
    ...anchorNotes(anchor),
    ...(demoted_characters.length > 0
      ? [
          `floor checks only warn for ${demoted_characters.join(', ')}: they would have dropped far more than of others`,
        ]
      : []),
    ...(rules_off.length > mostRulesTold
      ? [
          `${String(rules_off.length)} outlier rules off, mostly where too few sessions tell them; the card lists them`,
        ]
      : rules_off.map((rule) => `outlier rule off: ${rule}`)),
    ...(splits.train.pairs > 0 && splits.test.pairs === 0
      ? ['the test side is empty: too few annotators']
      : []),
  ];
}

function anchorNotes(anchor: DatasetManifest['anchor']): string[] {
  if (!anchor || anchor.outcome === null) {
    return [
      'whether reactions are worth training on is not checked: no outcome was named, and the app has not just one',
    ];
  }
  return [
    `anchor on ${anchor.outcome}: ${anchor.anchor.says}`,
    `shock check: ${anchor.shock.says}`,
    ...anchor.signals
      .filter(({ verdict }) => verdict === 'no')
      .map(({ signal, says }) => `${signal} is not used: ${says}`),
  ];
}
