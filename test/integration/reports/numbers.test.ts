// Every number of all six reports, beside SQL over the views that was written for this test (books/): figures, cells, charts, sentences.

import { tablesOf } from '../../../services/core/reporting/report.js';
import { loadCatalogues } from '../../../services/reporter/catalogues.js';
import type { ReportRequest } from '../../../services/reporter/main.js';
import { incidentBook } from './books/incident.js';
import { inQuestion } from './books/incident-sql.js';
import { controlsBook, reviewBook } from './books/organisation.js';
import { affectedBook, breachBook, classed } from './books/people.js';
import { sellerBook } from './books/seller.js';
import { type Book, differences } from './ledger.js';
import { openWorld, requestOf, type World } from './world.js';

const whole = { from: '2026-01-05 00:00:00', to: '2026-02-04 00:00:00' };
/** Windows and days are cut through, and the days before it are somebody's own norm. */
const part = { from: '2026-01-21 09:30:00', to: '2026-02-02 13:00:00' };
const AWARE = '2026-02-03 08:00:00';
const ms = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

describe('every number of a report is that of the views', () => {
  let world: World;
  let actors: string[];
  let sellers: string[];
  let cluster: string;

  beforeAll(async () => {
    world = await openWorld(7);
    const loudest = async (what: string): Promise<string[]> =>
      await ids(
        `SELECT ${what} AS id FROM {db}.anomalies WHERE ${what} != '' AND severity IN ('high', 'critical') AND status = 'open' AND customer_count > 0
          AND window_start < '${part.to}' AND window_end > '${part.from}' GROUP BY id ORDER BY max(score) DESC, id LIMIT 2`,
      );
    actors = await loudest('actor_id');
    sellers = await loudest('seller_id');
    [cluster = ''] = await ids(
      'SELECT cluster_id AS id FROM {db}.clusters GROUP BY id ORDER BY count() DESC, id LIMIT 1',
    );
    await leaveTraces(world, actors);
  });
  afterAll(() => world.close());

  const ids = async (sql: string): Promise<string[]> => (await world.ch.query<{ id: string }>(sql)).map(({ id }) => id);

  /** A table of what a query gives, so that it is asked once. */
  let tables = 0;
  async function kept(sql: string): Promise<string> {
    const name = `{db}.kept_${++tables}`;
    await world.ch.command(`CREATE TABLE ${name} ENGINE = Memory AS ${sql}`);
    return name;
  }

  describe.each([
    ['a whole range', whole],
    ['a range that cuts through windows', part],
  ])('in %s', (_name, range) => {
    async function holds(request: Partial<ReportRequest> & Pick<ReportRequest, 'kind'>, book: Book): Promise<void> {
      const report = await world.report({ fromMs: ms(range.from), toMs: ms(range.to), ...request });
      expect(await differences(world, report, book)).toEqual([]);
      expect(tablesOf(report).reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThan(0);
    }
    const scopeOf = async (condition: string) => {
      const scope = `(SELECT * FROM {db}.anomalies WHERE status = 'open' AND disposition NOT IN ('benign', 'duplicate') AND customer_count > 0
        AND window_start < '${range.to}' AND window_end > '${range.from}' AND actor_id != '' AND ${condition})`;
      return { ...range, scope, classed: await kept(classed({ ...range, scope })) };
    };

    test('incident', async () => {
      for (const actor of actors) {
        const question = await kept(inQuestion({ ...range, actor }));
        await holds({ kind: 'incident', actorId: actor }, incidentBook({ ...range, actor, question }));
      }
    });

    test('affected customers', async () => {
      const [actor = ''] = actors;
      const own = await scopeOf(`actor_id = '${actor}'`);
      await holds({ kind: 'affected-customers', actorId: actor }, affectedBook(own));
      await holds({ kind: 'affected-customers' }, affectedBook(await scopeOf(`disposition = 'confirmed'`)));
    });

    test('breach notification', async () => {
      const given = await scopeOf(`disposition = 'confirmed'`);
      const confirmed = `SELECT min(at) FROM {db}.dispositions WHERE disposition = 'confirmed' AND anomaly_id IN (SELECT anomaly_id FROM ${given.scope})`;
      await holds({ kind: 'breach-notification' }, breachBook(given, confirmed, null));
      await holds({ kind: 'breach-notification', awareAtMs: ms(AWARE) }, breachBook(given, confirmed, AWARE));
    });

    test('access review', () => holds({ kind: 'access-review' }, reviewBook(range)));

    test('controls', () => {
      const catalogues = loadCatalogues(requestOf({ kind: 'controls' }).alertBudget, null);
      return holds({ kind: 'controls' }, controlsBook(range, catalogues));
    });

    test('seller action', async () => {
      const [seller = ''] = sellers;
      const alone = { ...range, sellers: `(SELECT '${seller}' AS id)`, cluster: '' };
      await holds({ kind: 'seller-action', sellerId: seller }, sellerBook(alone));
      const members = `(SELECT DISTINCT seller_id AS id FROM {db}.clusters WHERE cluster_id = '${cluster}')`;
      await holds({ kind: 'seller-action', clusterId: cluster }, sellerBook({ ...range, sellers: members, cluster }));
    });
  });

  test('an incident and a breach notification name no customer', async () => {
    const [actor = ''] = actors;
    const texts = [
      JSON.stringify(await world.report({ kind: 'incident', actorId: actor })),
      JSON.stringify(await world.report({ kind: 'breach-notification', actorId: actor })),
    ];
    const customers = await ids(
      `SELECT DISTINCT arrayJoin(customer_ids) AS id FROM {db}.accesses WHERE actor_id = '${actor}'`,
    );
    expect(customers.length).toBeGreaterThan(0);
    expect(customers.filter((id) => texts.some((text) => text.includes(`"${id}"`) || text.includes(` ${id}`)))).toEqual(
      [],
    );
  });

  test('a number that is not right, and one that no SQL was written for, are told', async () => {
    const report = await world.report({ kind: 'access-review' });
    const book = reviewBook(whole);
    const off = { ...report, summary: [...report.summary, 'Some 7 accesses are not spoken of.'] };
    const lines = await differences(world, off, {
      ...book,
      figures: { ...book.figures, denied: 'SELECT 1234567 AS n' },
      tables: { ...book.tables, severities: `${book.tables['severities']} LIMIT 1` },
    });
    expect(lines).toEqual([
      expect.stringMatching(/^figure denied: /),
      expect.stringMatching(/^table severities: /),
      'sentence without SQL: Some 7 accesses are not spoken of.',
    ]);
  });
});

/** What people leave behind: findings, restrictions, an exception, a second identity, a record that nobody could read. */
async function leaveTraces({ ch }: World, [one = '', two = '']: readonly string[]): Promise<void> {
  const at = Date.UTC(2026, 1, 1, 9);
  const about = async (actor: string): Promise<string[]> =>
    (
      await ch.query<{ anomaly_id: string }>(
        `SELECT anomaly_id FROM {db}.anomalies WHERE actor_id = '${actor}' AND status = 'open' AND customer_count > 0 ORDER BY score DESC, anomaly_id`,
      )
    ).map(({ anomaly_id }) => anomaly_id);
  const found = [
    ...(await about(one)).map((id) => [id, 'confirmed']),
    ...(await about(two)).map((id, i) => [id, i === 0 ? 'confirmed' : i === 1 ? 'duplicate' : 'benign']),
  ];
  await ch.insert(
    'dispositions',
    ['anomaly_id', 'disposition', 'by', 'note', 'at'],
    found.map(([id, word], i) => [id, word, 'emp-inv', `seen ${i}`, at + i * 60_000]),
  );
  const week = 7 * 86_400_000;
  await ch.insert(
    'restriction_grants',
    ['actor_id', 'source', 'step', 'reason', 'by', 'second', 'expires_at', 'at'],
    [
      [one, `anomaly/${found[0]?.[0]}`, 'step_up', 'found', 'emp-inv', '', at + week, at],
      [one, `anomaly/${found[0]?.[0]}`, '', 'cleared', 'emp-inv', '', at + week, at + 3_600_000],
      [two, 'manual', 'observe', 'asked for', 'emp-inv', 'emp-second', at + week, at],
    ],
  );
  await ch.command(
    `INSERT INTO {db}.exceptions (exception_id, revision, content, detections, actor_id, from_day, until_day, decided_by, why)
    VALUES ('x-1', 1, 'c', ['bulk_customer_email_read'], '${one}', '2026-01-10', '2026-02-20', 'emp-inv', 'a recall'), ('x-2', 1, 'c', [], '${two}', '2026-01-06', '2026-01-07', 'emp-inv', 'over')`,
  );
  await ch.command(
    `INSERT INTO {db}.dead_letters (topic, partition, offset, reason, error, key, payload) VALUES ('access-log', 0, 1, 'invalid', 'x', '', ''), ('access-log', 0, 2, 'invalid', 'x', '', ''), ('support-cases', 0, 7, 'too_large', 'x', '', '')`,
  );
  await ch.command(
    `INSERT INTO {db}.access_events SELECT * REPLACE (occurred_at + INTERVAL 1 HOUR AS occurred_at) FROM {db}.access_events FINAL
    WHERE actor_id = '${one}' AND occurred_at < '2026-01-25 00:00:00' ORDER BY occurred_at DESC LIMIT 2`,
  );
}
