import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pom = join(import.meta.dirname, 'pom.xml');

/** Folder of the jars and of the broker that `npm run kafka` starts; not in version control. */
export const kafkaHome = resolve(import.meta.dirname, '../../.kafka');
const libs = join(kafkaHome, 'libs');

/** Says in one line what the machine lacks to run Kafka; undefined when nothing. */
export async function missingForKafka(): Promise<string | undefined> {
  if (!(await answers('java', '-version')))
    return 'Java 17 or newer is missing: install a JRE and put java in PATH';
  if (!existsSync(libs) && !(await answers('mvn', '-version'))) {
    return 'Maven is missing: install it and put mvn in PATH (it brings the jars of Apache Kafka)';
  }
  return undefined;
}

async function answers(command: string, argument: string): Promise<boolean> {
  try {
    await run(command, [argument]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Brings the jars that pom.xml names, once for each version of it.
 * @returns the class path.
 */
export async function fetchJars(): Promise<string> {
  const wanted = await readFile(pom, 'utf8');
  const mark = join(libs, 'pom.xml');
  const present = await readFile(mark, 'utf8').catch(() => undefined);
  if (present !== wanted) {
    await mkdir(kafkaHome, { recursive: true });
    const fresh = await mkdtemp(join(kafkaHome, 'libs-'));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fresh}`];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal]);
    await writeFile(join(fresh, 'pom.xml'), wanted);
    await rm(libs, { recursive: true, force: true });
    // Another process may have been first; its jars are as good.
    await rename(fresh, libs).catch(() => rm(fresh, { recursive: true, force: true }));
  }
  return join(libs, '*');
}
