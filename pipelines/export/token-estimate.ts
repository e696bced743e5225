import type { ChatMessage } from '../../schemas/preference-row.ts';

const charactersPerToken = 3.5;
const tokensPerMessage = 5;

/**
 * Tokens that a chat will take, without a tokenizer: one for a CJK character (or one outside the basic plane), one for
 * 3.5 others, five a message for the template. On the high side for current models, where English has about 4.2
 * characters a token and Chinese about 0.7 tokens a character.
 */
export function estimatedTokens(messages: readonly ChatMessage[]): number {
  let tokens = 0;
  for (const { content } of messages) {
    const dense = denseCharacters(content);
    tokens += tokensPerMessage + dense.tokens + (content.length - dense.units) / charactersPerToken;
  }
  return Math.ceil(tokens);
}

function denseCharacters(text: string): { tokens: number; units: number } {
  let [tokens, units] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
    if (unit < 0x1100 || (!isCjk(unit) && (unit & 0xf800) !== 0xd800)) continue;
    units += 1;
    if (!isLowSurrogate) tokens += 1;
  }
  return { tokens, units };
}

const isCjk = (unit: number) =>
  unit <= 0x11ff ||
  (unit >= 0x2e80 && unit <= 0x9fff) ||
  (unit >= 0xac00 && unit <= 0xd7a3) ||
  (unit >= 0xf900 && unit <= 0xfaff) ||
  (unit >= 0xff00 && unit <= 0xff60);
