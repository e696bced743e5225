import { HttpProblem } from './http-problem.ts';

const mediaTypes = ['application/json', 'application/x-ndjson', 'text/plain'] as const;
const characterSets: readonly unknown[] = [undefined, 'utf-8', '"utf-8"', 'utf8', 'us-ascii'];

export type MediaType = (typeof mediaTypes)[number];

/** @throws HttpProblem unsupported_media_type */
export function mediaTypeFromHeader(contentType = ''): MediaType {
  const exact = mediaTypes.find((known) => known === contentType);
  if (exact) return exact;
  const [name, ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const mediaType = mediaTypes.find((known) => known === name);
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (mediaType && characterSets.includes(charset)) return mediaType;
  throw new HttpProblem('unsupported_media_type', `send ${mediaTypes.join(', ')}, in UTF-8`);
}
