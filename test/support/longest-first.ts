import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, in this order; where no run has been yet, vitest goes by the length of a file alone. */
const longest = [
  'faults/harness.test.ts',
  'e2e/runs.test.ts',
  'unit/jobs/effects.test.ts',
  'e2e/separate-processes.test.ts',
  'e2e/serve.test.ts',
  'e2e/serve-kafka.test.ts',
  'calibration/dataset/accuracy.test.ts',
  'faults/kafka-broker.test.ts',
  'unit/jobs/anchor.test.ts',
  'unit/jobs/build-anchor.test.ts',
  'e2e/readme-tour.test.ts',
  'e2e/console.test.ts',
  'calibration/reactions/sibling-pairs.test.ts',
  'unit/forget/forget.test.ts',
  'e2e/forget.test.ts',
  'conformance/event-log-kafka.test.ts',
  'unit/stratify/stratifier.test.ts',
];

/** Begins with the longest files of all projects, so that no worker is left with one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((path) => moduleId.endsWith(`/test/${path}`));
      return index === -1 ? longest.length : index;
    };
    // Array.sort keeps the order of equals.
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
