import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { KeyholeError } from '../../../services/core/errors.js';
import { isRejoin, isTooLarge, kafkaError } from '../../../services/platform/kafka/faults.js';

const broker = (type: string): Error =>
  new KafkaJSProtocolError(Object.assign(new Error('as the broker says'), { type }));
const wrapped = (error: Error): Error => new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 3, retryTime: 100 });

describe('a fault of Kafka', () => {
  const rows: readonly [string, Error, boolean, string][] = [
    [
      'a refused connection passes',
      new KafkaJSConnectionError('no', { broker: 'b:1', code: 'ECONNREFUSED' }),
      true,
      'ECONNREFUSED',
    ],
    ['a coordinator that loads passes', broker('GROUP_LOAD_IN_PROGRESS'), true, 'GROUP_LOAD_IN_PROGRESS'],
    ['a fault of the client itself passes: a fresh connection may mend it', new TypeError('null'), true, 'TypeError'],
    ['a topic that may not be read lasts', broker('TOPIC_AUTHORIZATION_FAILED'), false, 'TOPIC_AUTHORIZATION_FAILED'],
    ['a group that may not be joined lasts', broker('GROUP_AUTHORIZATION_FAILED'), false, 'GROUP_AUTHORIZATION_FAILED'],
    ['a record that is too large lasts', broker('MESSAGE_TOO_LARGE'), false, 'MESSAGE_TOO_LARGE'],
  ];
  test.each(rows)('%s, wrapped or not', (_title, error, retriable, word) => {
    for (const fault of [error, wrapped(error)]) {
      const told = kafkaError('reading', fault);
      expect([told.code, told.retriable, told.message]).toEqual([
        'kafka_unavailable',
        retriable,
        `Kafka: reading failed (${word})`,
      ]);
    }
  });

  test('a KeyholeError is handed on as it is', () => {
    const error = new KeyholeError('internal', 'x', { retriable: false });
    expect(kafkaError('reading', error)).toBe(error);
  });

  test('knows when the group has moved on, and when a record was too large, however deep it is wrapped', () => {
    expect(isRejoin(wrapped(broker('ILLEGAL_GENERATION')))).toBe(true);
    expect(isRejoin(wrapped(broker('COORDINATOR_NOT_AVAILABLE')))).toBe(false);
    expect(isTooLarge(kafkaError('publishing', wrapped(broker('MESSAGE_TOO_LARGE'))))).toBe(true);
    expect(isTooLarge(kafkaError('publishing', broker('NOT_LEADER_FOR_PARTITION')))).toBe(false);
  });
});
