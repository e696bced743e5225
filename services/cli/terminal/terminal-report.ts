import { Presets, SingleBar } from 'cli-progress';

import type { Report } from '../command.ts';

export interface TerminalReport extends Report {
  /** Takes the progress bar away. */
  end(): void;
}

/**
 * Progress as a bar on a terminal; elsewhere a line a step, so that logs of long work show where it is.
 * @param stderr where progress and remarks go
 * @param onRow what becomes of rows
 */
export function createTerminalReport(
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  onRow: (row: object) => void,
): TerminalReport {
  let bar: SingleBar | undefined;
  let step: string | undefined;

  function end(): void {
    bar?.stop();
    bar = undefined;
    step = undefined;
  }

  return {
    progress(nextStep, done, total) {
      if (nextStep !== step) {
        end();
        step = nextStep;
        if (!stderr.isTTY) {
          stderr.write(`${nextStep} …\n`);
          return;
        }
        bar = newBar(stderr as NodeJS.WriteStream, total);
        bar.start(total ?? 0, 0, { step: nextStep });
      }
      if (bar && total !== undefined) bar.setTotal(total);
      bar?.update(done);
    },
    note(text) {
      end();
      stderr.write(`${text}\n`);
    },
    row: onRow,
    end,
  };
}

function newBar(stream: NodeJS.WriteStream, total: number | undefined): SingleBar {
  const format = total === undefined ? '{step}  {value}' : '{step} [{bar}] {percentage}%  {value}/{total}';
  return new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true }, Presets.rect);
}
