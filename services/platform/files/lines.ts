// Cuts a file's chunks into numbered lines, bounded in memory: of an endless line only the beginning is kept. It says how
// each line ended and knows nothing of JSON.

import type { Chunk } from './chunks.js';
import type { Fault } from './unpacker.js';

/** Of a line over the record limit this much is kept, so that its dead letter holds the original bytes up to a bound. */
export const MAX_KEPT_BYTES = 8_000_000;
const NEWLINE = 10;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without the newline. Valid until the next line is asked for. */
  readonly bytes: Buffer;
  /** Length of the line in the file; larger than bytes.length when only the beginning was kept. */
  readonly length: number;
  /** The fault of the compressed file that cut this line off. */
  readonly fault?: Fault;
}

/** All complete lines of a chunk are handed over at once: a generator step per line costs more than parsing it. */
export async function* readLines(
  chunks: AsyncIterable<Chunk>,
): AsyncGenerator<{ lines: Line[]; fileBytesRead: number }, void, undefined> {
  let number = 0;
  let fileBytesRead = 0;
  let rest = emptyRest();
  for await (const chunk of chunks) {
    if (chunk.kind === 'fault') {
      yield { lines: [{ number: number + 1, ...whole(rest), fault: chunk.fault }], fileBytesRead };
      return;
    }
    const { bytes } = chunk;
    fileBytesRead = chunk.fileBytesRead;
    const lines: Line[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const piece = bytes.subarray(from, end);
      number += 1;
      if (rest.length === 0) lines.push({ number, bytes: piece, length: piece.length });
      else {
        keep(rest, piece);
        lines.push({ number, ...whole(rest) });
        rest = emptyRest();
      }
      from = end + 1;
    }
    keep(rest, bytes.subarray(from));
    yield { lines, fileBytesRead };
  }
  if (rest.length > 0) yield { lines: [{ number: number + 1, ...whole(rest) }], fileBytesRead };
}

interface Rest {
  readonly pieces: Buffer[];
  length: number;
  kept: number;
}

function emptyRest(): Rest {
  return { pieces: [], length: 0, kept: 0 };
}

/** Copies, because the chunk's memory is used again. */
function keep(rest: Rest, piece: Buffer): void {
  const room = Math.min(piece.length, MAX_KEPT_BYTES - rest.kept);
  if (room > 0) rest.pieces.push(Buffer.from(piece.subarray(0, room)));
  rest.kept += room;
  rest.length += piece.length;
}

function whole(rest: Rest): { bytes: Buffer; length: number } {
  return { bytes: rest.pieces.length === 1 ? rest.pieces[0]! : Buffer.concat(rest.pieces), length: rest.length };
}
