// The cases that this process has landed, kept for explaining what follows: for a replay, which alone writes to its database and
// lands context first. Holds only what it saw from an empty table on, within a bound; beyond either it says so and the database
// is asked. Versions are kept as text, a fifth of what objects take.

import type { SupportCase } from '../core/feeds/records.js';

const MAX_BYTES = 220_000_000;
const SEPARATOR = '\n';

interface Version extends SupportCase {
  readonly rank: number;
}

export class RememberedCases {
  private readonly byId = new Map<string, string>();
  private bytes = 0;
  private complete = true;

  add(records: readonly SupportCase[], ranks: readonly number[]): void {
    if (!this.complete) return;
    records.forEach((record, i) => {
      this.addOne(record, ranks[i] as number);
    });
    if (this.bytes > MAX_BYTES) this.forget();
  }

  /** From here on the database is asked. */
  forget(): void {
    this.complete = false;
    this.byId.clear();
  }

  /** Versions ascending by updated_at; null when not all cases are remembered. */
  read(ids: readonly string[]): Map<string, readonly SupportCase[]> | null {
    if (!this.complete) return null;
    const found = new Map<string, readonly SupportCase[]>();
    for (const id of ids) {
      const kept = this.byId.get(id);
      if (kept !== undefined) found.set(id, distinct(unpack(id, kept)));
    }
    return found;
  }

  private addOne(record: SupportCase, rank: number): void {
    const packed = pack(record, rank);
    const kept = this.byId.get(record.case_id);
    this.byId.set(record.case_id, kept === undefined ? packed : kept + SEPARATOR + packed);
    this.bytes += packed.length;
  }
}

const pack = (one: SupportCase, rank: number): string =>
  JSON.stringify([
    one.kind,
    one.status,
    one.opened_at,
    one.closed_at,
    one.opened_by,
    one.assignee_id,
    one.seller_id,
    one.customer_ids,
    one.approved_by,
    one.record_limit,
    one.updated_at,
    rank,
  ]);

type Packed = [
  SupportCase['kind'],
  SupportCase['status'],
  number,
  number | null,
  string,
  string | null,
  string | null,
  string[],
  string | null,
  number | null,
  number,
  number,
];

function unpack(case_id: string, kept: string): Version[] {
  return kept.split(SEPARATOR).map((text) => {
    const [
      kind,
      status,
      opened_at,
      closed_at,
      opened_by,
      assignee_id,
      seller_id,
      customer_ids,
      approved_by,
      record_limit,
      updated_at,
      rank,
    ] = JSON.parse(text) as Packed;
    return {
      case_id,
      kind,
      status,
      opened_at,
      closed_at,
      opened_by,
      assignee_id,
      seller_id,
      customer_ids,
      approved_by,
      record_limit,
      updated_at,
      rank,
    };
  });
}

/** One version for each updated_at: of two contents with one key the larger rank stays, as in the table. */
function distinct(versions: Version[]): SupportCase[] {
  versions.sort((a, b) => a.updated_at - b.updated_at || b.rank - a.rank);
  return versions.filter((version, i) => i === 0 || versions[i - 1]?.updated_at !== version.updated_at);
}
