import { sameSignInHalves } from '../../../pipelines/effects/annotator-subsets.ts';
import { companionRows, companionTerms, companionsOf } from '../../../pipelines/effects/companions.ts';
import type { Companions } from '../../../pipelines/effects/companions.ts';
import { diagnosticsOf } from '../../../pipelines/effects/diagnostics.ts';
import type { Diagnostic } from '../../../pipelines/effects/diagnostics.ts';
import { partialOut } from '../../../pipelines/effects/double-machine-learning.ts';
import type { EstimatedEffect } from '../../../pipelines/effects/effect.ts';
import type { EffectsEstimate } from '../../../pipelines/effects/estimate-effects.ts';
import * as refuters from '../../../pipelines/effects/refuters.ts';
import {
  neighbourName,
  rowsByLatency,
  rowsByPresence,
  rowsWithNeighbour,
  someAnnotators,
} from '../../../pipelines/effects/side-sources.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { drawIndex } from '../../../pipelines/maths/draws.ts';
import { at } from '../../../pipelines/maths/matrix.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { Columns } from './effect-row.ts';
import { jointPValue } from './joint-test.ts';
import { placeboTreatmentsZ } from './placebo-treatments.ts';
import { readMoments } from './read-moments.ts';
import { refit } from './refits.ts';
import type { RefitSource } from './refits.ts';

export interface Examination {
  readonly diagnostics: readonly Diagnostic[];
  readonly columns: Columns;
  readonly companions: Companions;
  readonly placeboPValue: number | null;
}

/** Everything that could speak against the direct effects: placebos, refits, and what moments tell by themselves. */
export async function examine(
  source: RefitSource,
  plan: AnalysisPlan,
  result: EffectsEstimate,
): Promise<Examination> {
  const { warehouse, table, terms, rows } = source;
  const signals = terms.filter(({ kind }) => kind === 'main').map(({ signals: [name] }) => name ?? '');
  const random = createRandom(`${plan.seed} examine`);
  const fewer = someAnnotators(table, placeboSessions / rows.sessions);
  const joint = (of: string, tested: readonly string[], held: readonly string[] = []) =>
    jointPValue(warehouse, of, tested, held, plan);
  const neighbours = signals.map(neighbourName);
  const placeboPValue = await joint(rowsWithNeighbour(fewer, signals, 'before'), signals, neighbours);
  const preTrend = await joint(rowsWithNeighbour(fewer, signals, 'after'), neighbours, signals);
  const selection = await joint(rowsByPresence(fewer, signals), signals);
  const latency = await joint(rowsByLatency(fewer, signals), signals);
  const placeboZ = await placeboTreatmentsZ(warehouse, table, terms, rows);
  const refits = await refit(source);
  const companions = await readCompanions(source, signals, plan);

  const { within, direct } = result;
  const told = result.effects.slice(0, terms.length);
  const halves = sameSignInHalves(within, direct, random);
  const sameInHalves = terms.map((_, column) => {
    const j = direct.columns.indexOf(column);
    return j < 0 ? null : at(halves, j);
  });
  const folds = within.clusters.map(() => drawIndex(random, 5));
  const dml = terms.map((_, column) =>
    direct.columns.includes(column)
      ? partialOut(
          within,
          column,
          direct.columns.filter((other) => other !== column),
          folds,
        )
      : null,
  );
  const clear = told.filter((effect): effect is EstimatedEffect => effect.answer);
  const ofClear = <Value>(values: readonly Value[]) => values.filter((_, i) => told[i]?.answer === true);
  const gap = (name: string, others: readonly (number | null)[], says: { pass: string; warn: string }) =>
    refuters.refitDiagnostics(name, clear, ofClear(others), says);
  return {
    placeboPValue,
    companions,
    columns: { refits, dml, sameInHalves },
    diagnostics: [
      ...diagnosticsOf(result, terms),
      ...refuters.balanceDiagnostics(companions.balance),
      refuters.jointTestDiagnostic('placebo outcome', placeboPValue),
      refuters.jointTestDiagnostic('pre-trend', preTrend),
      refuters.jointTestDiagnostic('selection', selection),
      refuters.jointTestDiagnostic('negative control', latency),
      refuters.shiftDiagnostic(placeboZ),
      ...refuters.stabilityDiagnostics(
        clear,
        ofClear(sameInHalves).map((share) => share ?? 0),
      ),
      ...gap('Huber refit', refits.huber, {
        pass: 'Sessions far from the fit do not move the effects.',
        warn: 'It is moved by sessions that lie far from the fit.',
      }),
      ...gap('demeaned products', refits.doubleDemeaned, {
        pass: 'Interactions are the same when each annotator is measured from their own mean.',
        warn: "Measured from each annotator's own mean the interaction is another: people differ in it.",
      }),
      ...refuters.averagedDiagnostics('slopes by time of day', clear, ofClear(refits.interactedStrata), {
        pass: 'Averaged over the times of day the effects are the same.',
        warn: 'Its effect differs between times of day, and the pooled one weights them otherwise than sessions do.',
      }),
      ...gap('without open horizons', refits.settled ?? [], {
        pass: 'Sessions at the end of the window, of which only some have their outcome yet, do not move the effects.',
        warn: 'It is moved by sessions at the end of the window, of which only some have their outcome yet.',
      }),
      ...gap(
        'with the character',
        refits.withCharacter?.effects.map((effect) => effect?.estimate ?? null) ?? [],
        {
          pass: 'Within characters the effects are the same.',
          warn: "Within characters its effect is another: it is partly the character's.",
        },
      ),
      ...gap(
        'double machine learning',
        dml.map((column) => column?.estimate ?? null),
        {
          pass: 'Cross-fitted partialling out gives the same effects.',
          warn: 'Cross-fitted partialling out gives another effect.',
        },
      ),
      ...refuters.totalTimeDiagnostic(companions.totalTime),
      ...refuters.idleTimeDiagnostic(signals),
    ],
  };
}

/** Beyond so many sessions a share of the annotators is enough for placebos. */
const placeboSessions = 2_000_000;

const noCompanions: Companions = { balance: [], turnCurve: [], paceBasis: null, totalTime: null };

async function readCompanions(
  { warehouse, table }: RefitSource,
  signals: readonly string[],
  plan: AnalysisPlan,
): Promise<Companions> {
  const terms = companionTerms(signals);
  const rows = await readMoments(warehouse, companionRows(table), terms, plan);
  if (!rows) return noCompanions;
  return companionsOf(withinTwoWay(rows.moments), terms, rows.scales, signals, plan.confidence);
}
