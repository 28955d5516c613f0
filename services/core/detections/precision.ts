// How often a detection was right, as far as anybody looked: confirmed over confirmed and benign, with the interval that so few
// judgements allow. Duplicates say nothing about it.

import { round } from '../stats/combine.js';

export interface Precision {
  readonly confirmed: number;
  readonly reviewed: number;
  /** null where nobody has looked */
  readonly share: number | null;
  /** Wilson (1927), 95 % */
  readonly from: number;
  readonly to: number;
}

const Z = 1.959964;

export function precisionOf(confirmed: number, benign: number): Precision {
  const n = confirmed + benign;
  if (n === 0) return { confirmed, reviewed: 0, share: null, from: 0, to: 1 };
  const p = confirmed / n;
  const middle = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  return {
    confirmed,
    reviewed: n,
    share: round(p, 4),
    from: round(Math.max(0, middle - half), 4),
    to: round(Math.min(1, middle + half), 4),
  };
}

/** Small numbers are shown as small: below this a share would claim more than is known. */
const FEW = 20;

/** `3 of 4 (30–95 %)`, `88 % of 40 (74–95 %)`, or that nobody has looked. */
export function precisionText({ confirmed, reviewed, share, from, to }: Precision): string {
  if (share === null) return 'none reviewed';
  const percent = (value: number): string => String(Math.round(value * 100));
  const interval = `(${percent(from)}–${percent(to)} %)`;
  return reviewed < FEW ? `${confirmed} of ${reviewed} ${interval}` : `${percent(share)} % of ${reviewed} ${interval}`;
}
