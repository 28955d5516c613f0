// Says once that a part is away, and once that it is back: retries in between are silent. Also what readiness asks.

import type { KeyholeError } from '../../core/errors.js';
import { partAway } from '../metrics/metrics.js';
import type { Logger } from './logger.js';

export interface Outages {
  /** Notes that a call needed a part that did not answer. */
  away(error: KeyholeError): void;
  /** Notes that a call which needed the part succeeded. */
  back(code: KeyholeError['code']): void;
  /** The parts that are away now. */
  current(): readonly string[];
}

const PARTS: Partial<Record<KeyholeError['code'], string>> = {
  kafka_unavailable: 'Kafka',
  registry_unavailable: 'the schema registry',
  clickhouse_unavailable: 'ClickHouse',
};

export function createOutages(log: Logger, now: () => number = Date.now): Outages {
  const since = new Map<KeyholeError['code'], number>();
  for (const part of Object.values(PARTS)) partAway.set({ part }, 0);
  return {
    away(error) {
      if (since.has(error.code)) return;
      since.set(error.code, now());
      partAway.set({ part: partOf(error.code) }, 1);
      log.warn({ part: partOf(error.code), reason: error.message }, `${partOf(error.code)} is away: waiting for it`);
    },
    back(code) {
      const began = since.get(code);
      if (began === undefined) return;
      since.delete(code);
      partAway.set({ part: partOf(code) }, 0);
      log.info({ part: partOf(code), away_ms: now() - began }, `${partOf(code)} is back`);
    },
    current: () => [...since.keys()].map(partOf),
  };
}

function partOf(code: KeyholeError['code']): string {
  return PARTS[code] ?? code;
}
