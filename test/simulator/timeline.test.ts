// Delivery: by time but for the late, twice for a few, nothing outside the period, nothing lost, and memory that does not wait for ever.

import type { AccessEvent } from '../../services/core/feeds/records.js';
import { type DeliveryFaults, type LineSink, Timeline } from '../../services/simulator/output/timeline.js';

const HOUR_MS = 3_600_000;
const startMs = Date.UTC(2026, 0, 5);
const endMs = startMs + 40 * 24 * HOUR_MS;

const event = (number: number, atMs: number): AccessEvent => ({
  event_id: number.toString(16).padStart(12, '0'),
  occurred_at: atMs,
  actor_id: 'e-1',
  actor_kind: 'employee',
  action: 'order_history.read',
  outcome: 'allowed',
  tool: 'helpdesk',
  marketplace: 'US',
  seller_id: null,
  customer_ids: ['c-1', 'c-2'],
  review_id: null,
  review_rating: null,
  record_count: 2,
  case_id: null,
  approver_id: null,
  session_id: null,
  source_ip: null,
  country: null,
});

function timelineWith(faults: DeliveryFaults): {
  timeline: Timeline;
  flush(frontierMs: number): void;
  times(): string[];
} {
  const parts: Buffer[] = [];
  const sink: LineSink = { full: false, write: (lines) => parts.push(lines) };
  const sinks = {
    'access-log': sink,
    employees: sink,
    'support-cases': sink,
    'seller-enforcements': sink,
    'customer-complaints': sink,
    'seller-links': sink,
    sellers: sink,
    canaries: sink,
  };
  const timeline = new Timeline({ startMs, endMs }, faults);
  const lines = (): string[] => Buffer.concat(parts).toString().split('\n').filter(Boolean);
  const flush = (frontierMs: number): void => timeline.flush(frontierMs, sinks);
  return { timeline, flush, times: () => lines().map((line): string => JSON.parse(line).occurred_at) };
}

const faultless = { lateShare: 0, lateUpToMs: 0, repeatShare: 0 };

test('records come out by time, whatever the order they were made in', () => {
  const { timeline, flush, times } = timelineWith(faultless);
  for (let at = 0; at < 500; at++) timeline.access(event(at, startMs + ((at * 7_919) % 500) * 60_000));
  flush(Number.POSITIVE_INFINITY);
  expect(times().length).toBe(500);
  expect(times()).toEqual([...times()].sort());
});

test('only hours that have passed are written', () => {
  const { timeline, flush, times } = timelineWith(faultless);
  timeline.access(event(1, startMs + 0.5 * HOUR_MS));
  timeline.access(event(2, startMs + 1.5 * HOUR_MS));
  flush(startMs + 1.9 * HOUR_MS);
  expect(times().length).toBe(1);
  expect(timeline.waitingOf('access-log')).toBe(1);
});

test('what happens outside the period is not written', () => {
  const { timeline, flush, times } = timelineWith(faultless);
  timeline.access(event(1, startMs - 1));
  timeline.access(event(2, endMs));
  flush(Number.POSITIVE_INFINITY);
  expect(times()).toEqual([]);
});

test('late records are late by no more than allowed, and repeats are exact copies', () => {
  const { timeline, flush, times } = timelineWith({ lateShare: 0.2, lateUpToMs: 6 * HOUR_MS, repeatShare: 0.1 });
  for (let at = 0; at < 4_000; at++) timeline.access(event(at * 104_729, startMs + at * 60_000));
  flush(Number.POSITIVE_INFINITY);
  const written = times().map((time) => Date.parse(time));
  let latest = 0;
  const behind = written.map((atMs) => {
    latest = Math.max(latest, atMs);
    return latest - atMs;
  });
  expect(Math.max(...behind)).toBeGreaterThan(HOUR_MS);
  expect(Math.max(...behind)).toBeLessThan(7 * HOUR_MS);
  expect(new Set(written).size).toBe(4_000);
  expect(written.length).toBeGreaterThan(4_200);
});

test('too many waiting records of one day are written before it has passed, out of order by less than a day', () => {
  const { timeline, flush, times } = timelineWith(faultless);
  for (let at = 0; at < 70_000; at++) timeline.access(event(at, startMs + (at % 10) * HOUR_MS));
  flush(startMs);
  expect(timeline.waitingOf('access-log')).toBeLessThan(20_000);
  timeline.access(event(70_001, startMs));
  flush(Number.POSITIVE_INFINITY);
  expect(times().length).toBe(70_001);
});
