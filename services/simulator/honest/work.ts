// What a role's work is made of. Each work-*.ts describes one or two roles; shift-work.ts carries them through a day.

import type { CaseKind } from '../../core/feeds/records.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import type { OpenCase } from './cases.js';
import type { Desk } from './desk.js';

/** What a case will be about when one lands on this desk. */
export interface Draft {
  readonly kind: CaseKind;
  readonly seller: SellerFacts | null;
  readonly buyers: readonly Buyer[];
}

export interface Work {
  /** Share of tasks that come without a case. */
  readonly routineShare: number;
  draft(desk: Desk): Draft;
  /** Works on a case; caseId is the reason given, which may be another or none. */
  handle(desk: Desk, held: OpenCase, caseId: string | null): void;
  routine(desk: Desk): void;
}
