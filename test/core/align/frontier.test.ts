import fc from 'fast-check';
import { align, type PartitionEnd, type PartitionProgress } from '../../../services/core/align/frontier.js';

const END = Number.POSITIVE_INFINITY;
const NONE = Number.NEGATIVE_INFINITY;

/** `topic/partition low..high` */
function ends(...rows: readonly string[]): PartitionEnd[] {
  return rows.map((row) => {
    const [, topic = '', partition, low = '', high = ''] = /^(.+)\/(\d+) (\d+)\.\.(\d+)$/.exec(row) ?? [];
    return { topic, partition: Number(partition), low, high };
  });
}

/** `topic/partition next @watermark` */
function landed(...rows: readonly string[]): PartitionProgress[] {
  return rows.map((row) => {
    const [, topic = '', partition, nextOffset = '', watermark] = /^(.+)\/(\d+) (\d+) @(\d+)$/.exec(row) ?? [];
    return { topic, partition: Number(partition), nextOffset, watermarkMs: Number(watermark) };
  });
}

describe('the frontier', () => {
  const rows: readonly [string, PartitionEnd[], PartitionProgress[], number, number, string | null][] = [
    ['nothing anywhere holds nobody back', ends('a/0 0..0', 'b/0 0..0'), [], END, 0, null],
    ['a partition whose records all expired counts as empty', ends('a/0 500..500'), [], END, 0, null],
    ['all read to the end', ends('a/0 0..5', 'b/0 0..7'), landed('a/0 5 @100', 'b/0 7 @50'), END, 0, null],
    ['one behind sets it', ends('a/0 0..5', 'b/0 0..7'), landed('a/0 5 @100', 'b/0 6 @50'), 50, 1, 'b/0'],
    [
      'the slowest of several sets it',
      ends('a/0 0..9', 'a/1 0..9', 'b/0 0..9'),
      landed('a/0 1 @300', 'a/1 1 @200', 'b/0 9 @1'),
      200,
      16,
      'a/1',
    ],
    [
      'records and nothing landed: not even the beginning is known',
      ends('a/0 0..5', 'b/0 0..1'),
      landed('a/0 5 @100'),
      NONE,
      1,
      'b/0',
    ],
    ['expired records are not waited for', ends('a/0 90..100'), landed('a/0 10 @70'), 70, 10, 'a/0'],
    [
      'progress beyond the end is the end (the topic was asked before)',
      ends('a/0 0..5'),
      landed('a/0 8 @100'),
      END,
      0,
      null,
    ],
    [
      'offsets beyond 2^53 are compared exactly',
      ends('a/0 0..9007199254740995'),
      landed('a/0 9007199254740994 @1'),
      1,
      1,
      'a/0',
    ],
    [
      'progress of partitions nobody asked about is ignored',
      ends('a/0 0..1'),
      landed('a/0 1 @9', 'z/0 1 @1'),
      END,
      0,
      null,
    ],
  ];
  test.each(rows)('%s', (_title, end, progress, frontierMs, lagEvents, slowest) => {
    const aligned = align(end, progress);
    expect(aligned.frontierMs).toBe(frontierMs);
    expect(aligned.lagEvents).toBe(lagEvents);
    expect(aligned.slowest && `${aligned.slowest.topic}/${aligned.slowest.partition}`).toBe(slowest);
  });

  test('never lies past the watermark of a partition that is behind, in whatever order rows come', () => {
    const partition = fc.record({ low: fc.nat(20), held: fc.nat(20), next: fc.nat(50), watermarkMs: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(partition, { minLength: 1, maxLength: 8 }), (partitions) => {
        const all = ends(...partitions.map(({ low, held }, i) => `t/${i} ${low}..${low + held}`));
        const done = landed(...partitions.map(({ next, watermarkMs }, i) => `t/${i} ${next} @${watermarkMs}`));
        const aligned = align(all, done);
        const behind = partitions.filter(({ low, held, next }) => held > 0 && next < low + held);
        expect(aligned.frontierMs).toBe(Math.min(END, ...behind.map(({ watermarkMs }) => watermarkMs)));
        expect(align([...all].reverse(), [...done].reverse()).frontierMs).toBe(aligned.frontierMs);
      }),
    );
  });
});
