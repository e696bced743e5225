import type { EngineCommand } from '../command.ts';
import { buildCommand } from './build.ts';
import { datasetsCommand } from './datasets.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { droppedCommand } from './dropped.ts';
import { effectsCommand } from './effects.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { forgetCommand } from './forget.ts';
import { keepRanks, openDeadLetters } from './inner-commands.ts';
import { judgeCommand } from './judge.ts';
import { keysCreate, keysList, keysRevoke } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { probeSetCommand } from './probe-set.ts';
import { runsCommand, runsShow } from './runs.ts';
import { statsCommand } from './stats.ts';
import { topicsCommand } from './topics.ts';

/** Commands that work on the engines, in the order of the help. */
export const listedCommands: readonly EngineCommand[] = [
  statsCommand,
  effectsCommand,
  buildCommand,
  droppedCommand,
  datasetsCommand,
  diffCommand,
  exportCommand,
  explainCommand,
  judgeCommand,
  probeSetCommand,
  runsCommand,
  runsShow,
  forgetCommand,
  keysCreate,
  keysList,
  keysRevoke,
  topicsCommand,
  migrateCommand,
  doctorCommand,
];

/** All that the process which owns the engines runs for others. */
export const engineCommands: readonly EngineCommand[] = [...listedCommands, keepRanks, openDeadLetters];
