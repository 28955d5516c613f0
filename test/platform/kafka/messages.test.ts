import { KeyholeError } from '../../../services/core/errors.js';
import type { DeadLetter } from '../../../services/core/feeds/batch.js';
import { FEEDS } from '../../../services/core/feeds/records.js';
import { publishDeadLetters } from '../../../services/platform/kafka/dead-letters.js';
import { type OutgoingMessage, sizeOf, splitByBytes } from '../../../services/platform/kafka/producer.js';
import { topicConfigs } from '../../../services/platform/kafka/topics.js';

const letter: DeadLetter = {
  topic: 'access-log',
  partition: 3,
  offset: '41',
  reason: 'invalid',
  error: 'record_count: must be at least 0',
  key: Buffer.from('E1'),
  payload: Buffer.from([0, 1, 255]),
  headers: { trace: 'abc' },
};

function publisher(refuse: (message: OutgoingMessage) => Error | null) {
  const sent: OutgoingMessage[] = [];
  return {
    sent,
    send: async (_topic: string, messages: readonly OutgoingMessage[]) => {
      for (const message of messages) {
        const fault = refuse(message);
        if (fault) throw fault;
      }
      sent.push(...messages);
    },
    close: async () => undefined,
  };
}
const tooLarge = () =>
  new KeyholeError('kafka_unavailable', 'too large', {
    retriable: false,
    cause: Object.assign(new Error(), { type: 'MESSAGE_TOO_LARGE' }),
  });

describe('a dead letter in its topic', () => {
  test('has the original bytes, key and headers, and says where it came from and why', async () => {
    const to = publisher(() => null);
    await publishDeadLetters(to, [letter]);
    expect(to.sent).toEqual([
      {
        key: letter.key,
        value: letter.payload,
        headers: {
          trace: 'abc',
          '__connect.errors.topic': 'access-log',
          '__connect.errors.partition': '3',
          '__connect.errors.offset': '41',
          '__connect.errors.stage': 'VALIDATION',
          '__connect.errors.class.name': 'keyhole.validate',
          '__connect.errors.exception.class.name': 'invalid',
          '__connect.errors.exception.message': 'record_count: must be at least 0',
        },
      },
    ]);
  });

  test('that the broker finds too large is published without its bytes, the others with theirs', async () => {
    const to = publisher(({ value }) => (value !== null && value.length > 10 ? tooLarge() : null));
    await publishDeadLetters(to, [letter, { ...letter, offset: '42', payload: Buffer.alloc(11) }]);
    expect(to.sent.map(({ value }) => value)).toEqual([letter.payload, null]);
    expect(to.sent[1]?.headers?.['__connect.errors.payload.bytes.omitted']).toBe('11');
  });

  test('is not lost to a broker that is away: the caller hears of it', async () => {
    const away = new KeyholeError('kafka_unavailable', 'away', { retriable: true });
    await expect(
      publishDeadLetters(
        publisher(() => away),
        [letter],
      ),
    ).rejects.toBe(away);
  });
});

describe('requests', () => {
  const message = (bytes: number): OutgoingMessage => ({ key: null, value: Buffer.alloc(bytes) });

  test('keep the order, stay within the bytes, and leave a larger message alone', () => {
    const messages = [400, 400, 400, 5_000, 100, 100].map(message);
    const runs = splitByBytes(messages, 1_000);
    expect(runs.map((run) => run.map(({ value }) => value?.length))).toEqual([[400, 400], [400], [5_000], [100, 100]]);
    expect(runs.flat()).toEqual(messages);
  });

  test('count keys and headers too', () => {
    const bare = sizeOf(message(10));
    expect(sizeOf({ key: 'abcd', value: Buffer.alloc(10), headers: { name: 'value' } })).toBe(bare + 4 + 4 + 5);
  });
});

describe('topics', () => {
  const config = (name: string) => {
    const found = topicConfigs({ partitions: 12, replication: 3 }).find(({ topic }) => topic === name);
    return { ...found, ...Object.fromEntries((found?.configEntries ?? []).map((entry) => [entry.name, entry.value])) };
  };

  test('every feed has one; access-log alone is partitioned and kept whole, context is compacted', () => {
    for (const feed of FEEDS) {
      const isLog = feed === 'access-log';
      expect(config(feed)).toMatchObject({
        numPartitions: isLog ? 12 : 1,
        replicationFactor: 3,
        'cleanup.policy': isLog ? 'delete' : 'compact',
      });
    }
    expect(config('access-log')).toMatchObject({ 'retention.ms': '-1' });
  });

  test('take records larger than the limit of 1,000,000 bytes, and dead letters larger still', () => {
    const max = (name: string): number => Number(new Map(Object.entries(config(name))).get('max.message.bytes'));
    expect(max('access-log')).toBeGreaterThan(1_500_000);
    expect(max('dead-letters')).toBeGreaterThan(1.5 * max('access-log'));
  });
});
