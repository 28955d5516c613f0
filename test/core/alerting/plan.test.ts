import { parseNotice } from '../../../services/core/alerting/notice.js';
import { plan, type Told } from '../../../services/core/alerting/plan.js';
import { sendableAt } from '../../../services/core/alerting/quiet.js';
import { notice } from './notices.js';

const told = (over: Partial<Told> = {}): Told => ({ action: 'fire', severity: 'high', score: 71.5, ...over });
const withdrawn = { anomaly_id: 'a-1', status: 'withdrawn', detection: 'canary_read' } as const;

test.each([
  ['a new anomaly that is routed here', notice(), true, undefined, 'fire'],
  ['a new anomaly that is not', notice(), false, undefined, null],
  ['the same again', notice(), true, told(), null],
  ['a severity that rose', notice({ severity: 'critical' }), true, told(), 'update'],
  ['a severity that fell', notice({ severity: 'medium' }), false, told(), null],
  ['a score that grew by a tenth', notice({ score: 79 }), true, told(), 'update'],
  ['a score that hardly grew', notice({ score: 72 }), true, told(), null],
  ['one withdrawn that was told', withdrawn, false, told(), 'resolve'],
  ['one withdrawn that nobody was told of', withdrawn, false, undefined, null],
  ['one withdrawn twice', withdrawn, false, told({ action: 'resolve' }), null],
  ['one that holds again after its end', notice(), true, told({ action: 'resolve' }), 'fire'],
] as const)('%s', (_, said, routed, before, action) => {
  expect(plan(said, routed, before)).toBe(action);
});

describe('a value of the topic', () => {
  test('is an anomaly with times in milliseconds', () => {
    const { status: _, ...rest } = notice();
    const value = {
      ...rest,
      status: 'open',
      window_start: '2026-03-01T00:00:00.000Z',
      window_end: '2026-03-02T00:00:00.000Z',
      detected_at: '2026-03-01T09:30:00.000Z',
    };
    expect(parseNotice(Buffer.from(JSON.stringify(value)))).toEqual(notice());
  });
  test.each([
    ['nothing', null],
    ['no JSON', Buffer.from('{')],
    ['something else', Buffer.from('{"status":"open"}')],
  ])('is none: %s', (_, value) => {
    expect(parseNotice(value)).toBeNull();
  });
});

describe('quiet hours', () => {
  const quiet = { from: '22:00', to: '07:00', time_zone: 'Europe/Paris', except: ['critical' as const] };
  const at = (text: string): number => Date.parse(text);
  test.each([
    ['in the evening until the morning', '2026-01-10T21:30:00Z', 'high', '2026-01-11T06:00:00Z'],
    ['after midnight until the same morning', '2026-01-10T03:15:20Z', 'high', '2026-01-10T06:00:00Z'],
    ['not by day', '2026-01-10T12:00:00Z', 'high', '2026-01-10T12:00:00Z'],
    ['not for the excepted', '2026-01-10T23:00:00Z', 'critical', '2026-01-10T23:00:00Z'],
  ] as const)('hold back %s', (_, now, severity, expected) => {
    expect(new Date(sendableAt(at(now), severity, quiet)).toISOString()).toBe(new Date(expected).toISOString());
  });
});
