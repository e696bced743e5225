import { deflateSize } from '../kernels/deflate-size.ts';

const encoder = new TextEncoder();
const gzipFrame = 18;
/** The package compresses twice and names the file: frame, name, and a header for each stored block of 16,383 bytes. */
const secondFrame = 29;
const storedBlock = 16_383;
const storedHeader = 5;

/**
 * Compression ratio: bytes of the texts, joined by a space, over their bytes after gzip at level 9; above 1 as soon as
 * there is something to save, high where texts repeat. Shaib and others 2024 (arXiv 2403.00553); equal to
 * `compression_ratio` of the Python package `diversity` before rounding (on zlib 1.2.13), its second compression, which
 * finds nothing, counted as what it adds. The same on every runtime. NaN without a byte.
 */
export function compressionRatio(texts: readonly string[]): number {
  const bytes = encoder.encode(texts.join(' '));
  if (bytes.length === 0) return Number.NaN;
  const once = deflateSize(bytes) + gzipFrame;
  return bytes.length / (once + secondFrame + storedHeader * Math.ceil(once / storedBlock));
}
