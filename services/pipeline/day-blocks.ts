// The days that sheets read, kept in memory within a bound. A kept day is used only if its version in the database is still the
// same, so judgements with the cache and without are equal; dropping a day costs one query.

import { type ActionDay, type DayBlock, toDayBlock } from '../core/judge/day.js';
import { type Day, dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

interface BlockRow extends Omit<ActionDay, 'unlisted' | 'records'> {
  readonly day: string;
  readonly unlisted: string;
  readonly records: string;
  readonly version: string;
}

const DAYS_PER_QUERY = 8;

export class DayBlocks {
  private readonly kept = new Map<Day, { block: DayBlock; rows: number }>();
  private rows = 0;
  private versions = new Map<Day, bigint>();

  constructor(
    private readonly ch: ClickHouse,
    private readonly maxRows: number,
  ) {}

  /** Reads the versions of the days in [from, to]: from here on until the next refresh, blocks are as of now or newer. */
  async refresh(from: Day, to: Day): Promise<void> {
    const rows = await this.ch.query<{ day: string; version: string }>(
      `SELECT day, toString(sum(version)) AS version FROM {db}.action_days FINAL
      WHERE day >= '${dayText(from)}' AND day <= '${dayText(to)}' GROUP BY day`,
    );
    this.versions = new Map(rows.map((row) => [dayFromText(row.day), BigInt(row.version)]));
    for (const [day, { block }] of this.kept) if (this.versions.get(day) !== block.version) this.drop(day);
  }

  /** Blocks of the days in [from, to) that have data, ascending. Only days within the last refresh exist. */
  async read(from: Day, to: Day): Promise<DayBlock[]> {
    const missing: Day[] = [];
    for (let day = from; day < to; day++) if (this.versions.has(day) && !this.kept.has(day)) missing.push(day);
    for (let i = 0; i < missing.length; i += DAYS_PER_QUERY) await this.load(missing.slice(i, i + DAYS_PER_QUERY));
    const blocks: DayBlock[] = [];
    for (let day = from; day < to; day++) {
      const kept = this.kept.get(day);
      if (kept === undefined) continue;
      this.kept.delete(day);
      this.kept.set(day, kept);
      blocks.push(kept.block);
    }
    this.shrink(from, to);
    return blocks;
  }

  private async load(days: readonly Day[]): Promise<void> {
    const rows = await this.ch.query<BlockRow>(
      `SELECT day, actor_id, toBool(justified) AS justified, actor_kind, action, events, denied, customers, unlisted, records, explained_no, explained_late, explained_self,
        unapproved, canary_hits, sellers, seller_events, seller_customers, seller_low, toString(version) AS version
      FROM {db}.action_days FINAL WHERE day IN (${days.map((day) => `'${dayText(day)}'`).join(',')}) ORDER BY day, action, actor_id, justified`,
    );
    const byDay = new Map<Day, { rows: ActionDay[]; version: bigint }>();
    for (const { day: text, version, unlisted, records, ...rest } of rows) {
      const day = dayFromText(text);
      let one = byDay.get(day);
      if (one === undefined) {
        one = { rows: [], version: 0n };
        byDay.set(day, one);
      }
      one.rows.push({ ...rest, unlisted: Number(unlisted), records: Number(records) });
      one.version += BigInt(version);
    }
    for (const [day, one] of byDay) {
      this.kept.set(day, { block: toDayBlock(day, one.rows, one.version), rows: one.rows.length });
      this.rows += one.rows.length;
    }
  }

  /** Least recently read first, but never what was just asked for. */
  private shrink(from: Day, to: Day): void {
    for (const day of this.kept.keys()) {
      if (this.rows <= this.maxRows) return;
      if (day < from || day >= to) this.drop(day);
    }
  }

  private drop(day: Day): void {
    this.rows -= this.kept.get(day)?.rows ?? 0;
    this.kept.delete(day);
  }
}
