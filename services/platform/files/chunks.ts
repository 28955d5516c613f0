// The bytes of a file, unpacked when it is gzip, in pieces that hold no file in memory. A cut-off or corrupt .gz ends with
// what could be unpacked and a fault; a file that cannot be read at all is a system fault. It knows no lines.

import { type FileHandle, open } from 'node:fs/promises';
import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { KeyholeError } from '../../core/errors.js';

export interface CaseFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly gzip: boolean;
}

const PLAIN_CHUNK_BYTES = 1 << 20;
/** Small, because what one piece unpacks to is held at once: at the most 1,032 times as much. */
const GZIP_CHUNK_BYTES = 1 << 15;

export type Fault = 'ends too early' | 'is corrupt';

export type Chunk =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly fileBytesRead: number }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A yielded buffer is the caller's until the next one is asked for. Throws KeyholeError folder_unreadable. */
export async function* readChunks(file: CaseFile): AsyncGenerator<Chunk, void, undefined> {
  const handle = await reading(file, () => open(file.path, 'r'));
  try {
    yield* file.gzip ? unpacked(file, handle) : plain(file, handle);
  } finally {
    await handle.close();
  }
}

async function* plain(file: CaseFile, handle: FileHandle): AsyncGenerator<Chunk, void, undefined> {
  const buffer = Buffer.allocUnsafe(PLAIN_CHUNK_BYTES);
  let fileBytesRead = 0;
  for (;;) {
    const { bytesRead } = await reading(file, () => handle.read(buffer, 0, PLAIN_CHUNK_BYTES, null));
    if (bytesRead === 0) return;
    fileBytesRead += bytesRead;
    yield { kind: 'bytes', bytes: buffer.subarray(0, bytesRead), fileBytesRead };
  }
}

/**
 * Every piece is unpacked to its end before the next is read: a stream that was piped would drop what it had unpacked
 * but not handed on when it meets the fault, and how much that is would depend on the reader's pace.
 */
async function* unpacked(file: CaseFile, handle: FileHandle): AsyncGenerator<Chunk, void, undefined> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const output: Buffer[] = [];
  gunzip.on('data', (bytes: Buffer) => output.push(bytes));
  gunzip.on('error', () => {}); // told by feed(); without a listener it would end the process
  let fileBytesRead = 0;
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(GZIP_CHUNK_BYTES);
      const { bytesRead } = await reading(file, () => handle.read(buffer, 0, GZIP_CHUNK_BYTES, null));
      fileBytesRead += bytesRead;
      // Node takes no bytes at all for an empty archive; gzip calls it cut off.
      const fault = fileBytesRead === 0 ? 'ends too early' : await feed(gunzip, buffer.subarray(0, bytesRead));
      for (const bytes of output.splice(0)) yield { kind: 'bytes', bytes, fileBytesRead };
      if (fault) yield { kind: 'fault', fault };
      if (fault || bytesRead === 0) return;
    }
  } finally {
    gunzip.destroy();
  }
}

/** Resolves when the piece is unpacked; an empty piece is the end of the file. */
function feed(gunzip: Gunzip, piece: Buffer): Promise<Fault | null> {
  const last = piece.length === 0;
  return new Promise((resolve) => {
    const settle = (fault: Fault | null): void => {
      gunzip.off('error', failed).off('end', ended);
      resolve(fault);
    };
    const failed = (error: Error): void =>
      settle('errno' in error && error.errno === constants.Z_BUF_ERROR ? 'ends too early' : 'is corrupt');
    // An end before the file's end: bytes follow the archive that are no archive.
    const ended = (): void => settle(last ? null : 'is corrupt');
    gunzip.once('error', failed).once('end', ended);
    if (last) gunzip.end();
    else gunzip.write(piece, (error) => (error ? failed(error) : settle(null)));
  });
}

async function reading<T>(file: CaseFile, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KeyholeError('folder_unreadable', `cannot read ${file.path}: ${why}`, { retriable: false, cause });
  }
}
