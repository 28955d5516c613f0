// The bytes of a file, unpacked when it is gzip, in pieces that hold no file in memory. A cut-off or corrupt .gz ends with
// what could be unpacked and a fault; a file that cannot be read at all is a system fault. It knows no lines.

import { type FileHandle, open } from 'node:fs/promises';
import { KeyholeError } from '../../core/errors.js';
import { createUnpacker, type Fault } from './unpacker.js';

export interface CaseFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly gzip: boolean;
}

const PLAIN_CHUNK_BYTES = 1 << 20;
/** Small, because what one piece unpacks to is held at once: at the most 1,032 times as much. */
const GZIP_CHUNK_BYTES = 1 << 15;

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

async function* unpacked(file: CaseFile, handle: FileHandle): AsyncGenerator<Chunk, void, undefined> {
  const unpacker = createUnpacker();
  let fileBytesRead = 0;
  let unpackedBytes = 0;
  try {
    for (;;) {
      const piece = await readPiece(file, handle, fileBytesRead);
      const fault = await unpacker.feed(piece);
      if (fault === 'is corrupt') yield* untilDamage(file, handle, fileBytesRead, unpackedBytes);
      else
        for (const bytes of unpacker.take()) {
          unpackedBytes += bytes.length;
          yield { kind: 'bytes', bytes, fileBytesRead: fileBytesRead + piece.length };
        }
      if (fault) yield { kind: 'fault', fault };
      if (fault || piece.length === 0) return;
      fileBytesRead += piece.length;
    }
  } finally {
    unpacker.close();
  }
}

/**
 * What the damaged piece holds before its damage. zlib drops what it had unpacked of a piece that turns out bad, so the file
 * is unpacked once more, that piece byte by byte; what was handed on already is skipped.
 */
async function* untilDamage(
  file: CaseFile,
  handle: FileHandle,
  pieceAt: number,
  unpackedBytes: number,
): AsyncGenerator<Chunk, void, undefined> {
  const unpacker = createUnpacker();
  let skip = unpackedBytes;
  try {
    for (let at = 0; at < pieceAt; ) {
      const piece = await readPiece(file, handle, at, pieceAt - at);
      if (piece.length === 0) return;
      at += piece.length;
      await unpacker.feed(piece);
      for (const bytes of unpacker.take()) skip -= bytes.length;
    }
    const piece = await readPiece(file, handle, pieceAt);
    for (let at = 0; at < piece.length; at += 1) {
      const fault = await unpacker.feed(piece.subarray(at, at + 1));
      for (const bytes of unpacker.take()) {
        const rest = bytes.subarray(Math.min(bytes.length, Math.max(0, skip)));
        skip -= bytes.length;
        if (rest.length > 0) yield { kind: 'bytes', bytes: rest, fileBytesRead: pieceAt + at };
      }
      if (fault) return;
    }
  } finally {
    unpacker.close();
  }
}

/** Empty at the end of the file. */
async function readPiece(file: CaseFile, handle: FileHandle, at: number, maxBytes = GZIP_CHUNK_BYTES): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(GZIP_CHUNK_BYTES);
  const { bytesRead } = await reading(file, () => handle.read(buffer, 0, Math.min(GZIP_CHUNK_BYTES, maxBytes), at));
  return buffer.subarray(0, bytesRead);
}

async function reading<T>(file: CaseFile, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KeyholeError('folder_unreadable', `cannot read ${file.path}: ${why}`, { retriable: false, cause });
  }
}
