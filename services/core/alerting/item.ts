// One thing to say to one destination about one anomaly. Its id is made of what it says, so that a notice read twice is one item.

import { createHash } from 'node:crypto';
import { entityOf, type OpenNotice, type Severity } from './notice.js';
import type { Action } from './plan.js';

export interface Item {
  readonly item_id: string;
  readonly destination: string;
  readonly anomaly_id: string;
  readonly action: Action;
  /** employee, seller, cluster or detection: what messages are gathered by */
  readonly entity: string;
  readonly severity: Severity;
  /** the severity under which the destination knows it, where that was another */
  readonly knownAs: Severity | null;
  /** as it stood when the item was made; of a resolve, as it was told last */
  readonly notice: OpenNotice;
  /** milliseconds */
  readonly createdAt: number;
}

export interface ItemInput {
  readonly destination: string;
  readonly action: Action;
  readonly notice: OpenNotice;
  readonly createdAt: number;
  readonly knownAs?: Severity | null;
  /** tells apart what would otherwise be the same: the rung of an escalation, the reason of a resolve */
  readonly detail?: string;
}

export function toItem({ destination, action, notice, createdAt, knownAs = null, detail = '' }: ItemInput): Item {
  const { anomaly_id, severity } = notice;
  const says = [destination, anomaly_id, action, notice.content, detail].join('\n');
  return {
    item_id: createHash('sha256').update(says).digest('hex').slice(0, 32),
    destination,
    anomaly_id,
    action,
    entity: entityOf(notice),
    severity,
    knownAs: knownAs === severity ? null : knownAs,
    notice,
    createdAt,
  };
}
