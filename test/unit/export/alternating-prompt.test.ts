import { describe, expect, test } from 'vitest';

import { alternates, alternatingPrompt } from '../../../pipelines/export/alternating-prompt.ts';
import type { ChatMessage } from '../../../schemas/preference-row.ts';

/** `s`, `u`, `a`, `t` for the roles; each message says its place. */
const chat = (roles: string): ChatMessage[] =>
  [...roles].map((role, at) => ({
    role: ({ s: 'system', u: 'user', a: 'assistant', t: 'tool' } as const)[role] ?? 'user',
    content: String(at),
  }));
const mended = (roles: string) => {
  const result = alternatingPrompt(chat(roles));
  return 'fault' in result
    ? result.fault
    : result.messages.map(({ role, content }) => `${role}:${content.replaceAll('\n\n', '+')}`).join(' ');
};

describe('alternatingPrompt', () => {
  test.each([
    ['u', 'user:0'],
    ['suau', 'system:0 user:1 assistant:2 user:3'],
    ['sau', 'system:0+1 user:2'],
    ['au', 'system:0 user:1'],
    ['ssu', 'system:0+1 user:2'],
    ['uuaau', 'user:0+1 assistant:2+3 user:4'],
    ['uasu', 'user:0 assistant:1 user:2+3'],
    ['us', 'user:0+1'],
    ['ua', 'ends_without_user'],
    ['sa', 'ends_without_user'],
    ['', 'ends_without_user'],
    ['utu', 'tool_message'],
  ])('%s', (roles, expected) => {
    expect(mended(roles)).toBe(expected);
  });

  test('leaves what alternates as it is, and says so', () => {
    for (const roles of ['u', 'su', 'uau', 'suauau']) {
      expect(alternates(chat(roles))).toBe(true);
      expect(alternatingPrompt(chat(roles))).toEqual({ messages: chat(roles), mended: false });
    }
    for (const roles of ['au', 'uu', 'ua', 'sau', 'utu', 'ssu', ''])
      expect(alternates(chat(roles))).toBe(false);
    expect(alternatingPrompt(chat('au'))).toMatchObject({ mended: true });
  });
});
