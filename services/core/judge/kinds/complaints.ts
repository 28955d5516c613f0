// The kind `complaints`: of customers who complained, the address alone had been read, without a case and shortly before, by one person. One such complaint
// about somebody who hardly reads without a case says more than five about somebody who always does.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { round } from '../../stats/combine.js';
import { logNegativeBinomialTail } from '../../stats/tails.js';
import { DAY_MS, type Day, dayOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Finding } from '../finding.js';
import { kindOf } from '../frame.js';
import { type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { type Piece, surpriseOf, tell } from '../pieces.js';
import { windowStart } from '../read-set.js';
import type { ComplaintFacts, EarlierReader, World } from '../world.js';

interface Leak {
  readonly actorId: string;
  readonly matched: readonly { readonly customer: string; readonly seller: string; readonly receivedMs: number }[];
  readonly complaints: number;
  readonly unexplainedReads: number;
  readonly detectedMs: number;
  readonly pieces: readonly Piece[];
}

export const complaints: Kind<Leak> = {
  parts: ['complaints', 'frames'],
  rangeRead: (definition, day) => ({ from: readsFrom(definition, day), to: day + 1 }),
  judge: judgeComplaints,
  accessesFor: (definition, day, { detail }) => ({
    from: readsFrom(definition, day),
    to: day + 1,
    actors: [detail.actorId],
    customers: detail.matched.map(({ customer }) => customer),
  }),
  finding: complaintsFinding,
};

const readsFrom = (definition: Definition, day: Day): Day =>
  windowStart(day, definition.window.days) - judgeOf(definition, 'complaints').within_days;

/** What gives somebody an address to pass on. */
const CONTACT_DATA = ['customer_email.read', 'customer_contact.export', 'order_report.export'];
/** One reader counts in the base rate at most so often: a source must not excuse itself. */
const MOST_OF_ONE = 1;
/** Honest readers differ in whom they read: size of the negative binomial of coincidences. */
const SIZE = 1;

interface Match {
  readonly complaint: ComplaintFacts;
  readonly reader: EarlierReader;
}

function judgeComplaints(definition: Definition, day: Day, world: World): RawSheet<Leak> {
  const judge = judgeOf(definition, 'complaints');
  const first = windowStart(day, definition.window.days);
  const byActor = new Map<string, Match[]>();
  const customers = new Set<string>();
  for (let d = first; d <= day; d++) {
    for (const complaint of world.complaints(d)?.complaints ?? []) {
      if (customers.has(complaint.customer_id)) continue;
      customers.add(complaint.customer_id);
      for (const reader of complaint.readers) {
        if (
          reader.actor_kind === 'seller_app' ||
          reader.unexplained === 0 ||
          !isAlone(reader) ||
          reader.last_ms < complaint.received_ms - judge.within_days * DAY_MS
        )
          continue;
        if (complaint.seller_id !== null && reader.seller_id !== complaint.seller_id) continue;
        ensure(byActor, reader.actor_id, (): Match[] => []).push({ complaint, reader });
      }
    }
  }
  if (byActor.size === 0) return { judged: 0, top: [], unscored: [] };
  const reads = unexplainedReads(world, readsFrom(definition, day), day);
  let chances = 0;
  for (const matches of byActor.values()) chances += Math.min(MOST_OF_ONE, matches.length);
  const rate = (chances + 0.5) / (customers.size + 1);
  const assessed = [...byActor].flatMap(([actorId, matches]) => {
    const today = matches.filter(({ complaint }) => dayOf(complaint.received_ms) === day);
    if (today.length === 0) return [];
    const own = reads.byActor.get(actorId) ?? 0;
    const expected = (customers.size * rate * (own + 1)) / (reads.all + 1);
    const pieces = [
      {
        name: 'complaints',
        observed: matches.length,
        expected,
        logP: logNegativeBinomialTail(matches.length, expected, SIZE),
        inputs: {
          complaining_customers: customers.size,
          share_with_such_a_reader: round(rate, 6),
          own_unexplained_reads: own,
          everybodys: reads.all,
        },
      },
      delayPiece(today, judge.within_days),
    ];
    const detail = {
      actorId,
      matched: matches.map(({ complaint, reader }) => ({
        customer: complaint.customer_id,
        seller: reader.seller_id,
        receivedMs: complaint.received_ms,
      })),
      complaints: customers.size,
      unexplainedReads: own,
      detectedMs: Math.min(...today.map(({ complaint }) => complaint.received_ms)),
      pieces,
    };
    return [{ key: `actor ${actorId}`, surprise: surpriseOf(pieces), detail }];
  });
  return { judged: Math.max(1, assessed.length), top: topOf(assessed, SAMPLE_SIZE), unscored: [] };
}

/** By chance a complaint comes at any time after the read; what was sold is used soon. */
function delayPiece(today: readonly Match[], withinDays: number): Piece {
  const delays = today.map(({ complaint, reader }) => complaint.received_ms - reader.last_ms);
  const days = Math.max(1 / 24, Math.min(...delays) / DAY_MS);
  return {
    name: 'delay',
    observed: round(days, 4),
    expected: withinDays / 2,
    logP: Math.log(Math.min(1, (today.length * days) / withinDays)),
    inputs: { within_days: withinDays, complaints_today: today.length },
  };
}

/** Honest work on a trouble looks at the order too; whoever sells an address needs nothing else. Not known: alone. */
const isAlone = ({ orders_read: orders }: EarlierReader): boolean => orders === undefined || orders === 0;

interface Reads {
  readonly all: number;
  readonly byActor: ReadonlyMap<string, number>;
}

/** Customers whose contact data was read without a case; machines are left out. */
function unexplainedReads(world: World, from: Day, to: Day): Reads {
  const wanted = new Set(CONTACT_DATA.map((action) => world.names.actions.find(action)));
  const sums: number[] = [];
  let all = 0;
  for (let day = from; day <= to; day++) {
    const frame = world.frame(day);
    if (frame === undefined) continue;
    for (let row = 0; row < frame.rows; row++) {
      const bad = (frame.no[row] as number) + (frame.late[row] as number) + (frame.self[row] as number);
      const kind = kindOf(frame, row);
      if (bad === 0 || kind === 'service' || kind === 'seller_app' || !wanted.has(frame.action[row] as number))
        continue;
      const actor = frame.actor[row] as number;
      sums[actor] = (sums[actor] ?? 0) + (frame.customers[row] as number);
      all += frame.customers[row] as number;
    }
  }
  const byActor = new Map<string, number>();
  for (const [actor, sum] of sums.entries()) if (sum > 0) byActor.set(world.names.actors.textOf(actor), sum);
  return { all, byActor };
}

function complaintsFinding(input: FindingInput<Leak>): Finding {
  const { actorId, matched, complaints: all, unexplainedReads: reads, detectedMs, pieces } = input.assessed.detail;
  const sellers = [...new Set(matched.map(({ seller }) => seller))].filter((id) => id !== '').sort();
  const under = sellers.length === 1 ? `, all under seller ${sellers[0]}` : '';
  const people = matched.length === 1 ? 'a customer who complained' : `${matched.length} customers who complained`;
  return tell(input, {
    summary: `${actorId} ${input.definition.words.did.replace('{amount}', people)}${under}; chance would have it ${round(pieces[0]?.expected ?? 0, 3)} times among ${all} complaining customers, given ${Math.round(reads)} reads without a case`,
    seller: sellers.length === 1 ? (sellers[0] as string) : '',
    pieces,
    observed: { complaints_read_before: matched.length, complaining_customers: all, reads_without_a_case: reads },
    detectedAt: detectedMs,
  });
}
