// What to recommend to access gates because of an anomaly: a policy decides, and without one everything is `observe`. A policy may ask
// for a second factor, never for a block: that takes the word of two people.

import { z } from 'zod';
import { type OpenNotice, SEVERITIES } from './notice.js';

export const STEPS = ['observe', 'step_up', 'block'] as const;
export type Step = (typeof STEPS)[number];

const ruleSchema = z.strictObject({
  when: z.strictObject({
    severity: z.array(z.enum(SEVERITIES)).min(1).optional(),
    detection: z.array(z.string().min(1)).min(1).optional(),
    score_at_least: z.number().min(0).max(100).optional(),
  }),
  recommend: z.enum(['observe', 'step_up'], {
    error: 'must be observe or step_up; a block takes two people: `keyhole restrict`',
  }),
  for_hours: z.number().positive().max(8_760),
});

const policySchema = z.strictObject({ rules: z.array(ruleSchema).min(1) });
export type Policy = z.output<typeof policySchema>;

export const DEFAULT_POLICY: Policy = {
  rules: [{ when: { severity: ['high', 'critical'] }, recommend: 'observe', for_hours: 168 }],
};

/** @returns every fault as `path: what` */
export function parsePolicy(value: unknown): { ok: true; policy: Policy } | { ok: false; faults: string[] } {
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return { ok: true, policy: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`),
  };
}

export interface Recommendation {
  readonly step: Step;
  /** milliseconds from now */
  readonly forMs: number;
}

const HOUR_MS = 3_600_000;

/** The first rule that fits; null where none does or no employee is meant. */
export function recommend(notice: OpenNotice, { rules }: Policy): Recommendation | null {
  if (notice.actor_id === '') return null;
  const rule = rules.find(
    ({ when }) =>
      (when.severity?.includes(notice.severity) ?? true) &&
      (when.detection?.includes(notice.detection) ?? true) &&
      notice.score >= (when.score_at_least ?? 0),
  );
  return rule === undefined ? null : { step: rule.recommend, forMs: rule.for_hours * HOUR_MS };
}
