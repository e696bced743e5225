/** An API key as its holder sees it: `tk_`, the id (public, 16 hex digits), `_`, the secret (256 bits, base64url). */
export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

export function newApiKeyParts(random: (bytes: number) => Uint8Array): ApiKeyParts {
  return {
    id: Buffer.from(random(8)).toString('hex'),
    secret: Buffer.from(random(32)).toString('base64url'),
  };
}

export function textFromApiKey({ id, secret }: ApiKeyParts): string {
  return `tk_${id}_${secret}`;
}

/** @returns undefined when the text has another form. */
export function apiKeyFromText(text: string): ApiKeyParts | undefined {
  const match = /^tk_([0-9a-f]{16})_([\w-]{43})$/.exec(text);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined;
}
