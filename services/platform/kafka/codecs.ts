// The compressions that kafkajs does not bring: Snappy (raw and in snappy-java's framing), LZ4 frames, ZSTD (read only).
// Decides how a compressed record batch becomes plain bytes; knows nothing of what is in it. gzip is kafkajs's own.

import { decompress as unzstd } from 'fzstd';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress as snappy, uncompress as unsnappy } from 'snappyjs';
import { KeyholeError } from '../../core/errors.js';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(compressed: Buffer): Promise<Buffer>;
}

/** snappy-java's stream: this magic, two version words, then blocks of (length, raw Snappy). */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** A record batch is at most a few megabytes; what claims to unpack to more than this is not one. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

export const snappyCodec: Codec = {
  compress: async ({ buffer }) => view(snappy(buffer)),
  decompress: async (compressed) => {
    if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnap(compressed);
    const blocks: Buffer[] = [];
    for (let at = XERIAL_HEADER_BYTES; at < compressed.length; ) {
      const length = compressed.readUInt32BE(at);
      blocks.push(unsnap(compressed.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    return blocks.length === 1 ? (blocks[0] ?? Buffer.alloc(0)) : Buffer.concat(blocks);
  },
};

export const lz4Codec: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (compressed) => decompressFrame(compressed),
};

export const zstdCodec: Codec = {
  compress: () =>
    Promise.reject(
      new KeyholeError('internal', 'ZSTD is read but not written: produce with gzip, Snappy or LZ4', {
        retriable: false,
      }),
    ),
  decompress: async (compressed) => view(unzstd(compressed)),
};

/** kafkajs keeps one table of codecs for the process; filling it again changes nothing. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec;
}

function unsnap(block: Buffer): Buffer {
  return view(unsnappy(block, MAX_UNPACKED_BYTES));
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
