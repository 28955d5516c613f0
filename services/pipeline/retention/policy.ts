// How long rows of a table are kept, and by which of its times. What is not named is kept for ever: deleting is a decision.

import { UsageError } from '../../core/errors.js';

/** Tables that may be cut, each with the time that its rows are kept by. Judgements go with the accesses that they were made of. */
export const KEPT_BY: Readonly<Record<string, string>> = {
  access_events: 'occurred_at',
  support_cases: 'updated_at',
  customer_complaints: 'received_at',
  dead_letters: 'at',
  findings: 'written_at',
  dispositions: 'at',
  alert_items: 'created_at',
  alert_attempts: 'at',
};

export interface Rule {
  readonly table: string;
  readonly days: number;
}

/** @param texts like `access_events=400d`; the last of a table counts */
export function parsePolicy(texts: readonly string[]): Rule[] {
  const rules = new Map<string, Rule>();
  for (const text of texts.flatMap((one) => one.split(','))) {
    const [, table = '', days = ''] = /^([a-z_]+)=(\d{1,5})d?$/.exec(text.trim()) ?? [];
    if (KEPT_BY[table] === undefined)
      throw new UsageError(`--keep ${text}: give TABLE=DAYS, where TABLE is one of ${Object.keys(KEPT_BY).join(', ')}`);
    if (Number(days) < 1) throw new UsageError(`--keep ${text}: rows are kept for at least a day`);
    rules.set(table, { table, days: Number(days) });
  }
  return [...rules.values()];
}
