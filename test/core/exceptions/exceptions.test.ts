import { applyExceptions } from '../../../services/core/exceptions/apply.js';
import { checkException, type Exception, toExceptions } from '../../../services/core/exceptions/exception.js';
import { address, type Finding } from '../../../services/core/judge/finding.js';
import { type Day, dayFromText } from '../../../services/core/time.js';

const day = dayFromText;

const exception = (change: Partial<Exception> = {}): Exception => ({
  exception_id: 'x-1',
  revision: 1,
  detections: ['bulk'],
  actor_id: 'emp-1',
  seller_id: '',
  cluster_id: '',
  tool: '',
  marketplace: '',
  from: day('2026-03-01'),
  until: day('2026-03-31'),
  decided_by: 'lead-1',
  why: 'moves the accounts of a seller that closes',
  ...change,
});

const finding = (change: Partial<Finding> = {}): Finding =>
  address({
    anomaly_id: 'a-1',
    detection: 'bulk',
    detection_version: 1,
    severity: 'critical',
    score: 90,
    actor_id: 'emp-1',
    seller_id: 's-1',
    cluster_id: '',
    window_start: 0,
    window_end: 1,
    summary: 'emp-1 read much',
    factors: [],
    event_count: 1,
    customer_count: 1,
    evidence_event_ids: [],
    detected_at: 0,
    reasoning: '{"alarms_per_day":0.1}',
    ...change,
  });

const judged = (one: Exception, found: Finding, at = '2026-03-10', isCanary = false): Finding => {
  const places = new Map([['a-1', { tools: ['desk'], marketplaces: ['US'] }]]);
  const [result] = applyExceptions([found], toExceptions([one]), { day: day(at), isCanary, places });
  return result as Finding;
};

describe('an exception', () => {
  test('leaves a finding it covers open as low, and says until when, by whom and what it was', () => {
    const result = judged(exception(), finding());
    expect(result).toMatchObject({
      severity: 'low',
      score: 90,
      summary: 'emp-1 read much (excepted until 2026-03-31 by lead-1, exception x-1)',
    });
    expect(JSON.parse(result.reasoning)).toMatchObject({
      alarms_per_day: 0.1,
      excepted: {
        severity_without: 'critical',
        exceptions: [{ exception_id: 'x-1', revision: 1, why: 'moves the accounts of a seller that closes' }],
      },
    });
    expect(result.content).not.toBe(finding().content);
  });

  test.each<readonly [string, Partial<Exception>, string, boolean]>([
    ['its first day', {}, '2026-03-01', true],
    ['its last day', {}, '2026-03-31', true],
    ['the day after', {}, '2026-04-01', false],
    ['the day before', {}, '2026-02-28', false],
    ['another actor', { actor_id: 'emp-2' }, '2026-03-10', false],
    ['another detection', { detections: ['slow'] }, '2026-03-10', false],
    ['one of several detections', { detections: ['slow', 'bulk'] }, '2026-03-10', true],
    ['every detection', { detections: [] }, '2026-03-10', true],
    ['the seller', { actor_id: '', seller_id: 's-1' }, '2026-03-10', true],
    ['another seller', { seller_id: 's-2' }, '2026-03-10', false],
    ['a cluster that the finding does not name', { cluster_id: 'k-1' }, '2026-03-10', false],
    ['the tool', { tool: 'desk' }, '2026-03-10', true],
    ['another tool', { tool: 'batch' }, '2026-03-10', false],
    ['another marketplace', { marketplace: 'FR' }, '2026-03-10', false],
  ])('covers, or does not, %s', (_what, change, at, isCovered) => {
    expect(judged(exception(change), finding(), at).severity).toBe(isCovered ? 'low' : 'critical');
  });

  test('covers a tool only where all accesses were made with it', () => {
    const some = {
      day: day('2026-03-10'),
      isCanary: false,
      places: new Map([['a-1', { tools: ['desk', 'batch'], marketplaces: [] }]]),
    };
    const rules = toExceptions([exception({ tool: 'desk' })]);
    expect(applyExceptions([finding()], rules, some)[0]?.severity).toBe('critical');
    expect(applyExceptions([finding()], rules, { day: some.day, isCanary: false })[0]?.severity).toBe('critical');
  });

  test('never covers a canary unless it names its detection', () => {
    const canary = finding({ detection: 'canary_read' });
    expect(judged(exception({ detections: [] }), canary, '2026-03-10', true).severity).toBe('critical');
    expect(judged(exception({ detections: ['canary_read'] }), canary, '2026-03-10', true).severity).toBe('low');
  });

  test('changes nothing of a finding that it does not cover', () => {
    expect(judged(exception({ actor_id: 'emp-2' }), finding())).toEqual(finding());
  });
});

describe('the revisions of exceptions', () => {
  test('count by the largest number, whatever their order and repeats', () => {
    const ended = exception({ revision: 2, until: day('2026-03-05') });
    const all = [exception(), ended, exception({ exception_id: 'x-0' })];
    const expected = toExceptions(all);
    expect(expected.list.map((one) => [one.exception_id, one.revision])).toEqual([
      ['x-0', 1],
      ['x-1', 2],
    ]);
    expect(toExceptions([...all].reverse().concat(exception())).list).toEqual(expected.list);
  });

  test('of two made at once, the same is taken everywhere', () => {
    const two = [
      exception({ revision: 2, why: 'one person has ended it' }),
      exception({ revision: 2, why: 'another person has ended it' }),
    ];
    expect(toExceptions(two).list).toEqual(toExceptions([...two].reverse()).list);
  });

  test('have a version that grows with each that concerns the day', () => {
    const at = (day: Day, ...revisions: Exception[]): bigint => toExceptions(revisions).versionAt(day);
    const march = day('2026-03-01');
    expect(at(march)).toBe(0n);
    expect(at(march - 1, exception())).toBe(0n);
    expect(at(march, exception(), exception({ revision: 2 })) > at(march, exception())).toBe(true);
    expect(at(march, exception(), exception())).toBe(at(march, exception()));
  });
});

describe('an exception is refused', () => {
  test.each<readonly [string, Partial<Exception>, string]>([
    ['of everything', { detections: [], actor_id: '' }, 'an exception of everything is none'],
    ['of oneself', { decided_by: 'emp-1' }, 'nobody decides about their own exception'],
    ['that ends before it begins', { until: day('2026-02-01') }, 'lies before 2026-03-01'],
    ['for ever', { until: day('2027-03-02') }, '366 days at most'],
    ['without a reason', { why: 'ok' }, 'give a reason that others can follow'],
    ['with an address in its reason', { why: 'asked for by someone@example.org' }, 'looks like an address'],
  ])('%s', (_what, change, words) => {
    expect(() => checkException(exception(change))).toThrow(words);
  });

  test('but may be ended before it began', () => {
    const ended = exception({ revision: 2, until: day('2026-02-28') });
    expect(checkException(ended)).toBe(ended);
    expect(judged(ended, finding(), '2026-03-01').severity).toBe('critical');
  });
});
