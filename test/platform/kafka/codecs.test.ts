// Golden bytes: the same Kafka records as Kafka 4.3.0's own (Java) codecs compress them, taken from a broker's log.

import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { lz4Codec, registerCodecs, snappyCodec, zstdCodec } from '../../../services/platform/kafka/codecs.js';

const PLAIN = Buffer.concat([
  Buffer.from('ogMAAAAERTGQAw==', 'base64'),
  Buffer.from('synthetic '.repeat(20)),
  Buffer.from([0]),
]);
const SNAPPY_FRAMED = 'glNOQVBQWQAAAAABAAAAAQAAACLTAUyiAwAAAARFMZADc3ludGhldGljIP4KAP4KAPYKAAAA';
const LZ4 = 'BCJNGGBAgh8AAAD/BaIDAAAABEUxkANzeW50aGV0aWMgCgCnUHRpYyAAAAAAAA==';
const ZSTD = 'KLUv/QBY5AAAqKIDAAAABEUxkANzeW50aGV0aWMgAAEAdqUKEwEAAA==';
const framed = Buffer.from(SNAPPY_FRAMED, 'base64');

describe('what Java producers compress is read', () => {
  const rows = [
    ['Snappy in snappy-java’s framing', snappyCodec, framed],
    ['raw Snappy, as librdkafka writes it', snappyCodec, framed.subarray(20)],
    ['LZ4 frames', lz4Codec, Buffer.from(LZ4, 'base64')],
    ['ZSTD', zstdCodec, Buffer.from(ZSTD, 'base64')],
  ] as const;
  test.each(rows)('%s', async (_title, codec, compressed) => {
    expect((await codec.decompress(compressed)).equals(PLAIN)).toBe(true);
  });
});

describe('what Keyhole compresses it can read', () => {
  test.each([
    ['Snappy', snappyCodec],
    ['LZ4', lz4Codec],
  ] as const)('%s', async (_title, codec) => {
    const buffer = Buffer.from('ids and more ids '.repeat(10_000));
    const compressed = await codec.compress({ buffer });
    expect(compressed.length).toBeLessThan(buffer.length / 10);
    expect((await codec.decompress(compressed)).equals(buffer)).toBe(true);
  });

  test('ZSTD is read only, and says so', async () => {
    await expect(zstdCodec.compress({ buffer: PLAIN })).rejects.toThrow('ZSTD is read but not written');
  });
});

test('several framed blocks are joined', async () => {
  const block = framed.subarray(16);
  const twice = Buffer.concat([framed.subarray(0, 16), block, block]);
  expect((await snappyCodec.decompress(twice)).equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true);
});

test('kafkajs finds every codec once they are registered', () => {
  registerCodecs();
  expect(CompressionCodecs[CompressionTypes.Snappy]()).toBe(snappyCodec);
  expect(CompressionCodecs[CompressionTypes.LZ4]()).toBe(lz4Codec);
  expect(CompressionCodecs[CompressionTypes.ZSTD]()).toBe(zstdCodec);
});
