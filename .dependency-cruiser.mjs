// @ts-check
// Who may import whom: the table of CONTRIBUTING.md as rules. test/contract/import-table.test.ts plants a
// violation of each and sees it fail.

/** Stages of pipelines/ in the order of the flow; a stage sees the types of those before it. The last two make telemetry. */
const stages = [
  'cohorts',
  'sessions',
  'floor',
  'reactions',
  'effects',
  'pairs',
  'export',
  'diversity',
  'worlds',
  'oasst',
];
/** Packages that compute and touch nothing outside: all that pipelines/ may use. */
const purePackages = ['zod', 'simple-statistics', '@stdlib/[^/]+', 'ml-matrix'];

const ours = '^(schemas|pipelines|services|infra|notebooks|test)/';
const shared = ['schemas', 'pipelines', 'services/engines', 'services/access', 'services/jobs'];
/** @param {string} name */
const service = (name) => allow(`services/${name}`, [...shared, 'services/settings', `services/${name}`]);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    allowOnly('schemas', ['schemas'], ['zod']),
    allowOnly('pipelines/maths', ['pipelines/maths'], purePackages),
    ...stages.flatMap(stageRules),
    allow('services/engines/event-log', ['schemas', 'services/engines/event-log']),
    allow('services/engines/warehouse', ['schemas', 'services/engines/warehouse']),
    allow('services/access', ['schemas', 'services/engines', 'services/access']),
    allow('services/settings', ['schemas', 'services/engines', 'services/access', 'services/settings']),
    allow('services/jobs', shared),
    ...['ingest', 'stratify', 'console'].map(service),
    allow('services/cli', ['schemas', 'pipelines', 'services']),
    allow('infra', ['schemas', 'services', 'infra']),
    allow('notebooks', ['schemas', 'pipelines', 'services/engines', 'notebooks']),
    {
      name: 'folder-without-a-row',
      comment: 'a new folder gets its row in this table before its first import',
      severity: 'error',
      from: {
        path: '^(pipelines|services)/[^/]+/',
        pathNot: [
          `^pipelines/(maths|${stages.join('|')})/`,
          '^services/(engines/(event-log|warehouse)|access|settings|jobs|ingest|stratify|console|cli)/',
        ],
      },
      to: {},
    },
    {
      name: 'circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'development-package',
      severity: 'error',
      from: { path: '^(schemas|pipelines|services)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

/**
 * Of our own folders only these; any package and any of Node's modules.
 *
 * @param {string} from
 * @param {string[]} folders
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function allow(from, folders) {
  return {
    name: from,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { path: ours, pathNot: within(folders) },
  };
}

/**
 * These folders, these packages, and nothing else: none of Node's modules either.
 *
 * @param {string} from
 * @param {string[]} folders
 * @param {string[]} packages
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function allowOnly(from, folders, packages) {
  const named = packages.map((name) => `^(node_modules/)?${name}(/|$)`);
  return {
    name: from,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { pathNot: [...within(folders), ...named] },
  };
}

/**
 * @param {string} stage
 * @param {number} place
 * @returns {import('dependency-cruiser').IForbiddenRuleType[]}
 */
function stageRules(stage, place) {
  const own = ['schemas', 'pipelines/maths', `pipelines/${stage}`];
  const earlier = stages.slice(0, place).map((each) => `pipelines/${each}`);
  const rule = allowOnly(`pipelines/${stage}`, [...own, ...earlier], purePackages);
  if (earlier.length === 0) return [rule];
  return [
    rule,
    {
      name: `pipelines/${stage} (types only)`,
      severity: 'error',
      from: { path: `^pipelines/${stage}/` },
      to: { path: within(earlier), dependencyTypesNot: ['type-only'] },
    },
  ];
}

/** @param {string[]} folders */
function within(folders) {
  return folders.map((folder) => `^${folder}/`);
}
