// After an erasure nothing stored yields the customer's id, counts are what they were, and verify and old proofs still hold; after retention
// what a hold keeps is there, and verify holds too.

import { UsageError } from '../../../services/core/errors.js';
import { proofFault } from '../../../services/core/evidence/proof.js';
import { proveEvent } from '../../../services/pipeline/evidence/prove.js';
import { refuseIncomplete } from '../../../services/pipeline/retention/complete.js';
import { eraseCustomer } from '../../../services/pipeline/retention/erase.js';
import { addHold, liftHold, readHolds } from '../../../services/pipeline/retention/holds.js';
import { parsePolicy } from '../../../services/pipeline/retention/policy.js';
import { applyRetention, planRetention } from '../../../services/pipeline/retention/retention.js';
import { sweepErased } from '../../../services/pipeline/retention/sweep.js';
import { createClickHouseFactStore } from '../../../services/pipeline/store/fact-store-clickhouse.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { freshDatabase } from '../support/stack.js';
import { access, beginHistory, landEvents, START_MS } from './history.js';
import { memoryAnchor, newKey, readTable, type Sealed, sealAll, verifyAll } from './tampering.js';

const CUSTOMER = 'customer-7';

async function sealedWithTraces(word: string): Promise<Sealed> {
  const { clickhouse: ch } = await freshDatabase(word);
  const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  await beginHistory(ch, 100);
  const store = createClickHouseFactStore(ch);
  const base = { opened_at: START_MS, closed_at: null, opened_by: 'emp-1', assignee_id: 'emp-1', seller_id: null };
  await store.insertContext(
    'support-cases',
    [
      {
        ...base,
        case_id: 'case-1',
        kind: 'support',
        status: 'open',
        customer_ids: [CUSTOMER, 'customer-8'],
        approved_by: null,
        record_limit: null,
        updated_at: START_MS,
      },
    ],
    [5],
  );
  await store.insertContext(
    'customer-complaints',
    [
      {
        complaint_id: 'complaint-1',
        customer_id: CUSTOMER,
        seller_id: null,
        received_at: START_MS,
        kind: 'other',
        channel: 'mail',
      },
    ],
    [5],
  );
  await store.insertContext('canaries', [{ customer_id: CUSTOMER, label: 'x', planted_at: START_MS }], [5]);
  const letter = {
    topic: 'access-log',
    partition: 0,
    reason: 'invalid' as const,
    error: 'record_count: not a number',
    key: null,
  };
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(CUSTOMER)]);
  await store.insertDeadLetters([
    { ...letter, offset: '1', payload: Buffer.from(`{"customer_ids":["${CUSTOMER}"]}`) },
    { ...letter, offset: '2', payload: bytes },
    { ...letter, offset: '3', payload: Buffer.from('{"customer_ids":["customer-99"]}') },
  ]);
  await ch.insert(
    'dispositions',
    ['anomaly_id', 'disposition', 'by', 'note'],
    [['a-0', 'benign', 'x', `spoke with ${CUSTOMER}.`]],
  );
  await sealAll(sealed, 0);
  return sealed;
}

const statementOf = ({ key, anchor }: Sealed) => ({
  key,
  anchor,
  by: 'officer-1',
  note: 'request 12',
  nowMs: Date.now(),
});

/** Every value of every table and view, as text; base64 opened. */
async function allText(ch: ClickHouse): Promise<string> {
  const tables = await ch.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = {database:String} AND engine NOT IN ('MaterializedView')",
    { database: ch.database },
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await readTable(ch, name);
    const text = JSON.stringify(rows);
    texts.push(
      text,
      ...[...text.matchAll(/base64:([A-Za-z0-9+/=]+)/g)].map(([, one]) =>
        Buffer.from(one ?? '', 'base64').toString('latin1'),
      ),
    );
  }
  return texts.join('\n');
}

const mentions = (text: string): number => [...text.matchAll(new RegExp(`${CUSTOMER}(?![0-9])`, 'g'))].length;

describe('erasing a customer', () => {
  test('leaves the id nowhere, counts as they were, and every digest and proof valid', async () => {
    const sealed = await sealedWithTraces('erasing');
    const { ch, key } = sealed;
    const counts = 'SELECT count() AS n, uniqExact(arrayJoin(customer_ids)) AS customers FROM {db}.accesses';
    const before = await ch.query(counts);
    const [proof] = await proveEvent(ch, 'ev-1', { publicKey: key.publicKey, reveal: true });
    expect(proof?.customers).toMatchObject([{ customer_id: CUSTOMER }]);
    expect(mentions(await allText(ch))).toBeGreaterThan(6);

    const erased = await eraseCustomer(ch, CUSTOMER, statementOf(sealed));
    expect(erased).toMatchObject({ cases: 1, complaints: 1 });
    expect(erased.accesses).toBeGreaterThan(1);
    expect(mentions(await allText(ch))).toBe(0);
    expect((await allText(ch)).includes('customer-99')).toBe(true);
    expect(await ch.query(counts)).toEqual(before);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
    expect(proof === undefined ? 'none' : proofFault(proof, key.publicKey)).toBeNull();
    const [after] = await proveEvent(ch, 'ev-1', { publicKey: key.publicKey, reveal: true });
    expect(after).toMatchObject({ text: proof?.text, customers: [] });
    expect(after === undefined ? 'none' : proofFault(after, key.publicKey)).toBeNull();
    await expect(refuseIncomplete(ch, { from: 20_500, to: 20_600 })).rejects.toMatchObject({ code: 'incomplete' });
    await expect(refuseIncomplete(ch, { from: 20_000, to: 20_100 })).resolves.toBeUndefined();
  });

  test('is not undone by a repeat, and done again by the same command', async () => {
    const sealed = await sealedWithTraces('repeats');
    const first = await eraseCustomer(sealed.ch, CUSTOMER, statementOf(sealed));
    await landEvents(
      sealed.ch,
      Array.from({ length: 100 }, (_, n) => access(n)),
    );
    const [row] = await sealed.ch.query<{ n: string }>(
      `SELECT count() AS n FROM {db}.accesses WHERE has(customer_ids, '${CUSTOMER}')`,
    );
    expect(row?.n).toBe('0');
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
    await sweepErased(sealed.ch);
    expect(mentions(await allText(sealed.ch))).toBe(0);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
    const again = await eraseCustomer(sealed.ch, CUSTOMER, statementOf(sealed));
    expect(again.accesses).toBe(0);
    expect(again.token).not.toBe(first.token);
    expect(mentions(await allText(sealed.ch))).toBe(0);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
  });

  test('signs nothing over that was tampered with, and erases nothing then', async () => {
    const sealed = await sealedWithTraces('unsound');
    await sealed.ch.command(
      `ALTER TABLE {db}.access_events UPDATE tool = 'other' WHERE has(customer_ids, '${CUSTOMER}')`,
    );
    await expect(eraseCustomer(sealed.ch, CUSTOMER, statementOf(sealed))).rejects.toMatchObject({
      code: 'evidence_broken',
    });
    expect(mentions(await allText(sealed.ch))).toBeGreaterThan(6);
  });

  test('an id put in the place of its token by hand, or a token in the place of an id, is found', async () => {
    const sealed = await sealedWithTraces('forged');
    const { token } = await eraseCustomer(sealed.ch, CUSTOMER, statementOf(sealed));
    await sealed.ch.command(
      `ALTER TABLE {db}.access_events UPDATE customer_ids = arrayMap(one -> if(one = '${token}', 'customer-1', one), customer_ids) WHERE has(customer_ids, '${token}')`,
    );
    expect((await verifyAll(sealed)).problems.map(({ table }) => table)).toContain('access_events');
  });
});

/** Its letters as `\\u0063`, in small or large digits, those at even or odd places or all. */
const escaped = (isMeant: (n: number) => boolean, isLarge: boolean): string =>
  [...CUSTOMER]
    .map((character, n) => {
      const digits = character.charCodeAt(0).toString(16).padStart(4, '0');
      return isMeant(n) ? `\\u${isLarge ? digits.toUpperCase() : digits}` : character;
    })
    .join('');

describe('an id in other forms and places', () => {
  test('is erased from dead letters with escapes, also within base64', async () => {
    const sealed = await sealedWithTraces('escapes');
    const { ch } = sealed;
    const forms = [
      escaped((n) => n % 2 === 0, false),
      escaped((n) => n % 2 === 1, true),
      escaped(() => true, true),
      escaped(() => true, false).replaceAll('\\', '\\\\'),
    ];
    const payloads = forms.map((form) => Buffer.from(`{"customer_ids":["${form}"]}`));
    const broken = payloads.map((payload) => Buffer.concat([Buffer.from([0xff, 0xfe, 0]), payload]));
    const other = Buffer.from('{"customer_ids":["\\u0063ustomer-8"]}');
    await createClickHouseFactStore(ch).insertDeadLetters(
      [...payloads, ...broken, other].map((payload, n) => ({
        ...{ topic: 'access-log', partition: 1, offset: String(n), reason: 'invalid', error: 'x' },
        ...{ key: n === 0 ? Buffer.from(forms[0] ?? '') : null, payload },
      })),
    );
    const { elsewhere } = await eraseCustomer(ch, CUSTOMER, statementOf(sealed));
    expect(elsewhere).toEqual(expect.arrayContaining(['dead_letters.payload', 'dead_letters.key']));
    expect(
      await ch.query(
        'SELECT payload, count() AS n FROM {db}.dead_letters FINAL WHERE partition = 1 GROUP BY payload ORDER BY n',
      ),
    ).toEqual([
      { payload: other.toString(), n: '1' },
      { payload: 'erased', n: '8' },
    ]);
    expect(
      await ch.query("SELECT DISTINCT key FROM {db}.dead_letters FINAL WHERE partition = 1 AND key = 'erased'"),
    ).toHaveLength(1);
  });

  test('is erased from columns of few values and from tuples, and what is sealed of them still holds', async () => {
    const sealed = await sealedWithTraces('columns');
    const { ch } = sealed;
    await ch.command(
      `INSERT INTO {db}.seller_enforcements (enforcement_id, seller_id, kind, at, reason) VALUES ('e-1', 's-1', 'about ${CUSTOMER}', now(), 'r')`,
    );
    await ch.command(
      `INSERT INTO {db}.judgements (detection, window_days, window_start, unscored) VALUES ('d', 1, toDateTime('2025-01-01'), [('${CUSTOMER}', 'too few'), ('customer-99', 'for ${CUSTOMER}, none')])`,
    );
    await sealAll(sealed, 0);
    const { elsewhere, token } = await eraseCustomer(ch, CUSTOMER, statementOf(sealed));
    expect(elsewhere).toEqual(expect.arrayContaining(['seller_enforcements.kind', 'judgements.unscored']));
    expect(mentions(await allText(ch))).toBe(0);
    expect(await ch.query("SELECT unscored FROM {db}.judgements WHERE detection = 'd'")).toEqual([
      {
        unscored: [
          { entity: token, reason: 'too few' },
          { entity: 'customer-99', reason: `for ${token}, none` },
        ],
      },
    ]);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
  });

  test('is told of where it stays: ids of records are not rewritten', async () => {
    const sealed = await sealedWithTraces('left');
    await landEvents(sealed.ch, [
      access(901, { event_id: `read-of-${CUSTOMER}-1` }),
      access(902, { event_id: `read-of-${CUSTOMER}0-1` }),
    ]);
    await sealAll(sealed, 0);
    const { left } = await eraseCustomer(sealed.ch, CUSTOMER, statementOf(sealed));
    expect(left).toEqual(['access_events.event_id (1)', expect.stringMatching(/^citations.event_id/)]);
    expect(mentions(await allText(sealed.ch))).toBeGreaterThan(0);
    const other = await sealedWithTraces('none_left');
    expect((await eraseCustomer(other.ch, CUSTOMER, statementOf(other))).left).toEqual([]);
  });

  test('is refused in the words that would be signed, before anything is changed', async () => {
    const sealed = await sealedWithTraces('words');
    const before = mentions(await allText(sealed.ch));
    for (const said of [{ note: `asked for by ${CUSTOMER}.` }, { by: `on-behalf-of-${CUSTOMER}` }]) {
      const erasing = eraseCustomer(sealed.ch, CUSTOMER, { ...statementOf(sealed), ...said });
      await expect(erasing).rejects.toBeInstanceOf(UsageError);
      await expect(erasing).rejects.not.toThrow(CUSTOMER);
    }
    expect(mentions(await allText(sealed.ch))).toBe(before);
    expect(await sealed.ch.query("SELECT 1 AS one FROM {db}.forgotten WHERE kind = 'erasure'")).toEqual([]);
  });
});

describe('a legal hold', () => {
  test('stops erasure and retention until it is lifted, and verify holds all along', async () => {
    const sealed = await sealedWithTraces('held');
    const { ch } = sealed;
    const hold = await addHold(ch, { actor_id: 'emp-1', case_id: '', by: 'counsel', why: 'a lawsuit' });
    await expect(eraseCustomer(ch, CUSTOMER, statementOf(sealed))).rejects.toMatchObject({ code: 'held' });
    const rules = parsePolicy(['access_events=1d']);
    const nowMs = START_MS + 5 * 86_400_000;
    const [plan] = await planRetention(ch, rules, nowMs);
    const of = async (where: string): Promise<number> =>
      Number((await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.accesses WHERE ${where}`))[0]?.n);
    const [own, all] = [await of("actor_id = 'emp-1'"), await of('1')];
    expect(plan).toMatchObject({ rows: all, held: own, goes: all - own });
    expect(await of('1')).toBe(all);

    await applyRetention(ch, rules, { ...statementOf(sealed), nowMs });
    expect([await of("actor_id = 'emp-1'"), await of('1')]).toEqual([own, own]);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
    await liftHold(ch, hold, { by: 'counsel', why: 'settled' });
    expect(await readHolds(ch)).toEqual([]);
    await applyRetention(ch, rules, { ...statementOf(sealed), nowMs });
    expect(await of('1')).toBe(0);
    expect(await verifyAll(sealed)).toMatchObject({ problems: [] });
  });
});
