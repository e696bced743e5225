import { describe, expect, test } from 'vitest';

import { missingOptionals } from '../../infra/setup/complete-lock.mjs';
import { installedAsLocked } from '../../infra/setup/installed-as-locked.mjs';
import { plantTree } from '../support/planted-tree.ts';

const locked = {
  '': { name: 'tacit' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a-darwin-arm64': { version: '1.0.0', integrity: 'sha512-d', optional: true },
};

function isInstalled(installed: object | undefined): boolean {
  const lock = { 'package-lock.json': JSON.stringify({ packages: locked }) };
  const state = { 'node_modules/.package-lock.json': JSON.stringify({ packages: installed }) };
  return installedAsLocked(plantTree(installed === undefined ? lock : { ...lock, ...state }));
}

describe('set-up', () => {
  test('installs when nothing is there, or an installation was interrupted', () => {
    expect(isInstalled(undefined)).toBe(false);
    expect(isInstalled({})).toBe(false);
  });

  test('installs when a package differs from the lock', () => {
    expect(isInstalled({ 'node_modules/a': { version: '0.9.0', integrity: 'sha512-b' } })).toBe(false);
  });

  test('leaves alone what the lock asks for, without the packages of other platforms', () => {
    expect(isInstalled({ 'node_modules/a': locked['node_modules/a'] })).toBe(true);
  });
});

describe('a lock that the registry left incomplete', () => {
  test('gets the packages of other platforms from what asks for them', () => {
    const a = { version: '2.0.0', dev: true, optionalDependencies: { '@a/linux-arm64-musl': '2.0.0' } };
    expect(missingOptionals({ 'node_modules/a': a })).toEqual({
      'node_modules/@a/linux-arm64-musl': {
        version: '2.0.0',
        cpu: ['arm64'],
        dev: true,
        libc: ['musl'],
        optional: true,
        os: ['linux'],
      },
    });
  });

  test('keeps a nested one for present', () => {
    const a = { version: '2.0.0', optionalDependencies: { b: '2.0.0' } };
    const nested = { 'node_modules/a': a, 'node_modules/a/node_modules/b': { version: '2.0.0' } };
    expect(missingOptionals(nested)).toEqual({});
  });
});
