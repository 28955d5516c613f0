// Unpacks gzip piece by piece: everything that a piece unpacks to is there before the next is fed. A stream that is piped
// would drop what it had unpacked but not handed on when it meets a fault, and how much that is would depend on the reader's
// pace. It knows bytes, no files.

import { constants, createGunzip } from 'node:zlib';

export type Fault = 'ends too early' | 'is corrupt';

export interface Unpacker {
  /** Resolves when the piece is unpacked; an empty piece is the end. Nothing may be fed after a fault. */
  feed(piece: Buffer): Promise<Fault | null>;
  /** What was unpacked since the last call. Of a piece that met a fault, the last part may be missing. */
  take(): Buffer[];
  close(): void;
}

export function createUnpacker(): Unpacker {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const output: Buffer[] = [];
  let fed = false;
  gunzip.on('data', (bytes: Buffer) => output.push(bytes));
  gunzip.on('error', () => {}); // told by feed(); without a listener it would end the process
  return {
    feed(piece) {
      const last = piece.length === 0;
      // Node takes no bytes at all for an empty archive; gzip calls it cut off.
      if (last && !fed) return Promise.resolve('ends too early');
      fed = true;
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
    },
    take: () => output.splice(0),
    close: () => gunzip.destroy(),
  };
}
