// @ts-check
// npm leaves an optional package of another platform out of the lock when the registry at hand does not
// carry it, and then `npm ci` refuses that very lock. This adds the missing entries: their versions are exact
// in the package that asks for them, and only their own platform ever downloads them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/**
 * @typedef {{ version: string, integrity?: string, dev?: boolean, optional?: boolean,
 *   optionalDependencies?: Record<string, string>, os?: string[], cpu?: string[], libc?: string[] }} Entry
 * @param {Record<string, Entry>} packages the `packages` of a package-lock.json
 * @returns {Record<string, Entry>} entries of optional packages that the lock names but does not hold, by path
 */
export function missingOptionals(packages) {
  /** @type {Record<string, Entry>} */
  const missing = {};
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const held = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((each) => each in packages);
      if (!held && /^\d/.test(version)) missing[`node_modules/${name}`] = entryOf(name, version, dev);
    }
  }
  return missing;
}

/**
 * @param {string} name
 * @param {string} version
 * @param {boolean | undefined} dev
 * @returns {Entry}
 */
function entryOf(name, version, dev) {
  const words = name.split(/[/-]/);
  const libc = Object.entries(libraries).find(([word]) => words.includes(word))?.[1];
  return {
    version,
    cpu: words.filter((word) => processors.includes(word)),
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: words.filter((word) => systems.includes(word)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionals(lock.packages);
  const paths = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(paths);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} entries added`);
}
