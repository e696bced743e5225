import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { openEmbeddedWarehouse } from '../../../services/engines/warehouse/embedded.ts';
import { readMoments } from '../../../services/jobs/effects/read-moments.ts';

// node fit-ours.ts FOLDER TABLE: from the table to effects with intervals, in a process of its own.
const [folder = '', table = ''] = process.argv.slice(2);
const warehouse = await openEmbeddedWarehouse({ path: folder });
const plan = analysisPlanFromJson({ outcome: 'outcome' });
const terms = termsFromPlan(plan);
const started = performance.now();
const before = process.cpuUsage();
const rows = await readMoments(warehouse, table, terms, plan);
if (!rows) throw new Error('no rows');
const summed = performance.now();
const result = estimateEffects(rows.moments, terms, plan, createRandom(plan.seed));
if (!result.answer) throw new Error(result.says);
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(before);
await warehouse.close();
const { direct } = result;
process.stdout.write(
  JSON.stringify({
    seconds,
    cpu_seconds: (used.user + used.system) / 1e6,
    sum_seconds: (summed - started) / 1000,
    peak_mib: process.resourceUsage().maxRSS / 1024,
    estimates: [...direct.theta],
    errors: direct.columns.map((_, j) => Math.sqrt(direct.cr1[j * direct.columns.length + j] ?? NaN)),
    scales: rows.scales,
  }),
);
