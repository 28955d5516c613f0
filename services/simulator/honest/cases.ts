// Cases as they are opened, assigned and closed: each step is a version of the record.
// Decides nothing about who needs which case; that is the roles' work.

import type { CaseKind, SupportCase } from '../../core/feeds/records.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import type { Timeline } from '../output/timeline.js';
import type { Random } from '../random/random.js';
import { MINUTE_MS } from '../time.js';

export interface CaseSpec {
  readonly kind: CaseKind;
  readonly openedMs: number;
  readonly openedBy: string;
  readonly assigneeId: string;
  readonly seller: SellerFacts | null;
  readonly buyers: readonly Buyer[];
  readonly approvedBy?: string | null;
  readonly recordLimit?: number | null;
}

export interface OpenCase extends CaseSpec {
  readonly id: string;
  /** From when on it is assigned to its assignee. */
  readonly assignedMs: number;
}

/** What customers and sellers open themselves. */
export const PORTAL = 'svc-portal';

export class CaseBook {
  constructor(private readonly timeline: Timeline) {}

  /** Opens a case; some lie unassigned for a few minutes first. */
  open(random: Random, spec: CaseSpec): OpenCase {
    const waits = spec.openedBy === PORTAL && random.chance(0.25);
    const assignedMs = spec.openedMs + (waits ? Math.round(random.between(1, 40) * MINUTE_MS) : 0);
    const { kind, openedMs, openedBy, assigneeId, seller, buyers, approvedBy = null, recordLimit = null } = spec;
    const id = `q-${random.id()}`;
    const opened: OpenCase = {
      id,
      kind,
      openedMs,
      assignedMs,
      openedBy,
      assigneeId,
      seller,
      buyers,
      approvedBy,
      recordLimit,
    };
    this.timeline.supportCase(version(opened, 'open', waits ? null : spec.assigneeId, spec.openedMs));
    if (waits) this.timeline.supportCase(version(opened, 'open', spec.assigneeId, assignedMs));
    return opened;
  }

  close(held: OpenCase, atMs: number): void {
    this.timeline.supportCase(version(held, 'closed', held.assigneeId, Math.round(atMs)));
  }
}

function version(held: OpenCase, status: SupportCase['status'], assigneeId: string | null, atMs: number): SupportCase {
  return {
    case_id: held.id,
    kind: held.kind,
    status,
    opened_at: held.openedMs,
    closed_at: status === 'closed' ? atMs : null,
    opened_by: held.openedBy,
    assignee_id: assigneeId,
    seller_id: held.seller?.id ?? null,
    customer_ids: held.buyers.map((buyer) => buyer.id),
    approved_by: held.approvedBy ?? null,
    record_limit: held.recordLimit ?? null,
    updated_at: atMs,
  };
}
