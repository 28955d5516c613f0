import { Writable } from 'node:stream';
import { pino } from 'pino';
import { KeyholeError } from '../../../services/core/errors.js';
import { createOutages } from '../../../services/platform/log/outages.js';

function capture() {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false },
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  return { lines, log };
}
const error = (code: 'kafka_unavailable' | 'registry_unavailable') =>
  new KeyholeError(code, `${code} says why`, { retriable: true });

describe('an outage', () => {
  test('is told once when it begins, naming the part and the reason, and once when it ends, with its length', () => {
    const { lines, log } = capture();
    let nowMs = 1_000;
    const outages = createOutages(log, () => nowMs);
    outages.away(error('kafka_unavailable'));
    outages.away(error('kafka_unavailable'));
    outages.away(error('registry_unavailable'));
    expect(outages.current()).toEqual(['Kafka', 'the schema registry']);
    nowMs = 61_000;
    outages.back('kafka_unavailable');
    outages.back('kafka_unavailable');
    expect(outages.current()).toEqual(['the schema registry']);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 40, part: 'Kafka', reason: 'kafka_unavailable says why', msg: 'Kafka is away: waiting for it' },
      {
        level: 40,
        part: 'the schema registry',
        reason: 'registry_unavailable says why',
        msg: 'the schema registry is away: waiting for it',
      },
      { level: 30, part: 'Kafka', away_ms: 60_000, msg: 'Kafka is back' },
    ]);
  });
});
