// The one sentence of a finding, in figures, as an analyst would write it.

import type { ConductDefinition } from '../detections/definition.js';
import { dayOf } from '../time.js';
import { type Conduct, type JudgedAccess, unexplained } from './conduct.js';

const HOUR_MS = 3_600_000;

export interface DescribeInput {
  readonly definition: ConductDefinition;
  readonly conduct: Conduct;
  readonly accesses: readonly JudgedAccess[];
  readonly seller: string;
}

/** `e-17 read the e-mail addresses of 212 customers in 3 h; 94 % under seller s-4, 71 rated one or two stars; own norm …; no case for 208`. */
export function describe({ definition, conduct, accesses, seller }: DescribeInput): string {
  const { figures, context } = conduct;
  const did = definition.words.did.replace('{amount}', String(figures.amount));
  const parts = [`${conduct.actorId} ${did} ${duration(accesses)}`];
  parts.push(...sellerPart(conduct, seller));
  parts.push(...clusterPart(conduct));
  parts.push(normPart(conduct));
  if (context.surge >= 1.2) parts.push(`peers are at ${percent(context.surge)} of their usual`);
  parts.push(casePart(conduct));
  if (definition.judge.evidence.includes('second_person') && figures.unapproved > 0) {
    parts.push(`${figures.unapproved} of ${figures.events} without a second person`);
  }
  return parts.filter((part) => part !== '').join('; ');
}

function duration(accesses: readonly JudgedAccess[]): string {
  const first = accesses[0]?.occurred_at ?? 0;
  const last = accesses.at(-1)?.occurred_at ?? first;
  const days = dayOf(last) - dayOf(first) + 1;
  if (days > 1) return `in ${days} days`;
  const minutes = Math.max(1, Math.round((last - first) / 60_000));
  return minutes < 90 ? `in ${minutes} min` : `in ${Math.round((last - first) / HOUR_MS)} h`;
}

function sellerPart({ figures }: Conduct, seller: string): string[] {
  const share = figures.sellers.get(seller);
  if (share === undefined) return figures.sellers.size > 1 ? [`of ${figures.sellers.size} sellers`] : [];
  const low = share.low > 0 ? `, ${share.low} of them rated one or two stars` : '';
  return [`${percent(share.amount / figures.amount)} under seller ${seller}${low}`];
}

function clusterPart({ evidence, figures, context }: Conduct): string[] {
  const piece = evidence.find(({ kind, logP }) => kind === 'cluster' && logP < Math.log(0.01));
  if (piece === undefined) return [];
  const id = String(piece.inputs['cluster']);
  return [`${context.places.cluster.amountUnder(id, figures).place.amount} of them for cluster ${id}`];
}

function normPart({ context }: Conduct): string {
  const { history, group } = context;
  const peers = `peers ${figure(group.usualFrom)}–${figure(group.usualTo)}`;
  if (history.activeDays === 0) return `no history of their own, ${peers} a day`;
  const own = history.amounts.reduce((sum, amount) => sum + amount, 0) / history.activeDays;
  return `own norm ${figure(own)} a day, ${peers}`;
}

function casePart({ figures }: Conduct): string {
  const { explained_no: no, explained_late: late, explained_self: self, events } = figures;
  if (unexplained(figures) === 0) return 'all explained by cases';
  const pieces: string[] = [];
  if (no > 0) pieces.push(`no case for ${no} of ${events}`);
  if (late > 0) pieces.push(`${late} with a case opened afterwards`);
  if (self > 0) pieces.push(`${self} with a case of their own`);
  return pieces.join(', ');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Two significant figures below ten, whole numbers above. */
const figure = (value: number): string =>
  value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
