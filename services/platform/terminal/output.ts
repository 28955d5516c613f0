// Machine output goes to stdout and waits for its reader; a reader that has seen enough (`| head`) is no error. What is said
// about the output goes to stderr.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { types } from 'node:util';

export async function writeOut(
  chunks: Iterable<string> | AsyncIterable<string>,
  stream: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  try {
    await pipeline(Readable.from(chunks, { objectMode: true }), stream, { end: false });
  } catch (error) {
    if (!(types.isNativeError(error) && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
