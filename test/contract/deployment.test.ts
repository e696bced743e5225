/**
 * The files that run Tacit elsewhere: against the code and each other here, and by their own tools where these are
 * installed. A tool that is missing is a reported skip.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { createIngestMetrics } from '../../services/ingest/ingest-metrics.ts';
import { createStratifyMetrics } from '../../services/stratify/stratify-metrics.ts';
import { topics } from '../../services/engines/event-log/topics.ts';
import { environmentSchema } from '../../services/settings/environment.ts';

const infra = join(import.meta.dirname, '../../infra');
const read = (path: string) => readFileSync(join(infra, path), 'utf8');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: object };
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    readonly scaleTargetRef?: { readonly name: string };
    readonly maxReplicas?: number;
    readonly metrics?: readonly { readonly type: string }[];
  };
}
interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}
interface Container {
  readonly args: readonly string[];
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } };
  readonly livenessProbe?: { readonly httpGet: { readonly path: string } };
}

const manifests = readdirSync(join(infra, 'kubernetes'))
  .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  .flatMap((name) => parseAllDocuments(read(`kubernetes/${name}`), { merge: true }))
  .map((document) => document.toJS() as Manifest);
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const deployments = ofKind('Deployment');
const commands = ['ingest', 'stratify', 'console', 'topics', 'migrate', 'doctor'];

describe('kubernetes', () => {
  test('every service has probes, requests, a limit and a disruption budget', () => {
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual([
      'tacit-console',
      'tacit-ingest',
      'tacit-stratify',
    ]);
    const budgets = ofKind('PodDisruptionBudget').map(({ spec }) => spec?.selector?.matchLabels);
    for (const { spec } of deployments) {
      expect(spec?.selector?.matchLabels).toEqual(spec?.template?.metadata.labels);
      expect(budgets).toContainEqual(spec?.selector?.matchLabels);
      for (const container of spec?.template?.spec.containers ?? []) {
        expect(container.livenessProbe?.httpGet.path).toBe('/healthz');
        expect(container.readinessProbe?.httpGet.path).toBe('/readyz');
        expect(container.resources).toMatchObject({ requests: {}, limits: {} });
      }
    }
  });

  test('every container runs a command of Tacit, every setting is one', () => {
    for (const { spec } of [...deployments, ...ofKind('Job')]) {
      const { initContainers = [], containers } = spec?.template?.spec ?? { containers: [] };
      for (const { args } of [...initContainers, ...containers]) expect(commands).toContain(args[0]);
    }
    const names = ofKind('ConfigMap').flatMap(({ data }) => Object.keys(data ?? {}));
    expect(names.filter((name) => !(name in environmentSchema.shape))).toEqual([]);
  });

  test('stratify grows with its lag, up to the partitions that there are', () => {
    const scalers = ofKind('HorizontalPodAutoscaler');
    for (const { spec } of scalers) {
      expect(deployments.map(({ metadata }) => metadata.name)).toContain(spec?.scaleTargetRef?.name);
    }
    const stratify = scalers.find(({ metadata }) => metadata.name === 'tacit-stratify');
    expect(stratify?.spec?.metrics?.[0]?.type).toBe('External');
    expect(stratify?.spec?.maxReplicas).toBe(topics[0]?.partitions);
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly command?: readonly string[]; readonly environment?: object; readonly depends_on?: object }
    >
  >;
}

test('compose runs commands of Tacit, with settings of Tacit, on services that are there', () => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as Compose;
  for (const { command, environment = {}, depends_on = {} } of Object.values(services)) {
    const needed = Array.isArray(depends_on) ? (depends_on as string[]) : Object.keys(depends_on);
    expect(needed.filter((name) => !(name in services))).toEqual([]);
    if (command === undefined) continue;
    expect(commands).toContain(command[0]);
    expect(Object.keys(environment).filter((name) => !(name in environmentSchema.shape))).toEqual([]);
  }
});

test('rules and dashboards ask for metrics that there are', async () => {
  const registry = new Registry();
  createIngestMetrics(registry, () => 0);
  createStratifyMetrics(registry);
  const exported = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
  const asked = [
    read('prometheus/rules.yml'),
    read('grafana/dashboards/tacit.json'),
    read('kubernetes/README.md'),
  ]
    .flatMap((text) => [...text.matchAll(/\btacit_(?:ingest|stratify)_[a-z_]+/g)])
    .map(([name]) => name.replace(/_(bucket|count|sum)$/, ''));
  expect(asked.length).toBeGreaterThan(15);
  expect([...new Set(asked)].filter((name) => !exported.has(name))).toEqual([]);
});

test('the image has every folder that the services import, and nothing of the tests', () => {
  const dockerfile = read('Dockerfile');
  for (const folder of ['schemas', 'pipelines', 'services', 'infra/clickhouse']) {
    expect(dockerfile).toContain(`COPY ${folder} ${folder}`);
    expect(read('Dockerfile.dockerignore')).toContain(`!${folder}/**`);
  }
  expect(dockerfile).not.toMatch(/COPY test/);
});

const secrets = { TACIT_PSEUDONYM_KEY: 'a key of sixteen', CLICKHOUSE_PASSWORD: 'secret' };
const compose = ['-f', join(infra, 'compose.yaml'), 'config', '--quiet'];

describe('by their own tools', () => {
  test.for([
    [
      'compose.yaml',
      [
        ['docker', 'compose', ...compose],
        ['docker-compose', ...compose],
      ],
    ],
    ['kubernetes', [['kubectl', 'kustomize', join(infra, 'kubernetes')]]],
    ['prometheus.yml', [['promtool', 'check', 'config', join(infra, 'prometheus/prometheus.yml')]]],
    ['rules.yml', [['promtool', 'test', 'rules', join(infra, 'prometheus/rules.test.yml')]]],
  ] as const)('%s', ([, tools], context) => {
    const tool = tools.find(([command = '', first = '']) => answers(command, first));
    context.skip(
      tool === undefined,
      `${tools.map(([command = '']) => command).join(' or ')} is not installed`,
    );
    const [command = '', ...words] = tool ?? [];
    execFileSync(command, words, { stdio: 'pipe', env: { ...process.env, ...secrets } });
  });
});

/** Whether a tool, or the part of it that is wanted, is there. */
function answers(command: string, first: string): boolean {
  const words =
    command === 'docker'
      ? [first, 'version']
      : command === 'kubectl'
        ? ['version', '--client']
        : ['--version'];
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
