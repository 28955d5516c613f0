// What a detection's folder says, parsed: which accesses it counts, which evidence it weighs, how it speaks.
// A new detection of a known kind is a folder; a new kind of evidence is work in core/judge.

import { z } from 'zod';
import type { SigmaRule } from '../sigma/sigma-rule.js';

const text = z.string().trim().min(1);

const windowSchema = z.strictObject({
  /** whole days in a window */
  days: z.number().int().min(1).max(90),
  /** days between the starts of neighbouring windows; windows lie on a fixed grid counted from 1970-01-01 */
  hop_days: z.number().int().min(1).max(90),
});

export const EVIDENCE = [
  'volume',
  'concentration',
  'cluster',
  'niche',
  'low_ratings',
  'justification',
  'doubtful',
  'second_person',
] as const;
export type EvidenceKind = (typeof EVIDENCE)[number];

/** doubtful: accesses with a case of one's own or opened afterwards, whatever `counts` says */
export const AMOUNTS = ['customers', 'events', 'records', 'doubtful'] as const;
export type AmountKind = (typeof AMOUNTS)[number];

export const WHO = ['people', 'leavers', 'seller_apps'] as const;

const conductSchema = z.strictObject({
  /** weighs counts against the employee's own past and peers */
  kind: z.literal('conduct'),
  actions: z.array(text).min(1),
  amount: z.enum(AMOUNTS),
  /** which accesses the amount counts: all, or those that no case explains */
  counts: z.enum(['all', 'unexplained']),
  evidence: z.array(z.enum(EVIDENCE)).min(1),
  /** weighs its pieces together only, where one strong piece alone is not yet what the detection is about */
  together: z.boolean().default(false),
  /** whose conduct: employees', employees' on notice or gone, or sellers' third-party tools' */
  who: z.enum(WHO).default('people'),
  /** windows with a smaller amount are judged but never reported */
  at_least: z.number().int().min(1),
});

const canarySchema = z.strictObject({
  /** any access that returned a customer who does not exist */
  kind: z.literal('canary'),
  /** expected honest alarms a day, as this rule's place on the common scale */
  nominal_alarms_per_day: z.number().positive().max(1),
});

const measure = {
  actions: z.array(text).min(1),
  amount: z.enum(AMOUNTS),
  counts: z.enum(['all', 'unexplained']),
};

const errandSchema = z.strictObject({
  /** one place, a seller or a cluster, on which several people each did a clump of work */
  kind: z.literal('errand'),
  ...measure,
  place: z.enum(['seller', 'cluster']),
  /** whoever did one of these on the place works on an incident there, and is left out */
  incident_actions: z.array(text).default([]),
  /** people with a clump */
  at_least: z.number().int().min(2),
});

const handoverSchema = z.strictObject({
  /** the seller that somebody who leaves worked on turns up with a colleague */
  kind: z.literal('handover'),
  ...measure,
  /** amount of the colleague under the seller */
  at_least: z.number().int().min(1),
});

const regretSchema = z.strictObject({
  /** decisions that were undone soon, against the same decisions of others */
  kind: z.literal('regret'),
  actions: z.array(z.enum(['account.reinstate', 'account.suspend', 'review.delete'])).min(1),
  /** decisions undone */
  at_least: z.number().int().min(1),
});

const borrowedSchema = z.strictObject({
  /** an account used from a machine that is not its owner's */
  kind: z.literal('borrowed'),
  /** accesses without a case from that machine */
  at_least: z.number().int().min(1),
});

const complaintsSchema = z.strictObject({
  /** customers who complained had been read without a case */
  kind: z.literal('complaints'),
  /** a read counts for a complaint within so many days */
  within_days: z.number().int().min(1).max(60),
});

const feedSchema = z.strictObject({
  /** a tool of a marketplace that says far less than usual */
  kind: z.literal('feed'),
  /** feeds that expect fewer events a day are not judged */
  at_least: z.number().int().min(1),
});

export const definitionSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  version: z.number().int().min(1),
  title: text,
  why: text,
  threat: text,
  window: windowSchema,
  /** how much of the alert budget it may claim beside detections of weight one (weighted Bonferroni) */
  weight: z.number().min(0.1).max(10).default(1),
  judge: z.discriminatedUnion('kind', [
    conductSchema,
    canarySchema,
    errandSchema,
    handoverSchema,
    regretSchema,
    borrowedSchema,
    complaintsSchema,
    feedSchema,
  ]),
  /** how the summary names what was done: `did` with {amount}, e.g. "read the e-mail addresses of {amount} customers" */
  words: z.strictObject({ did: text, unit: text }),
  false_positives: z.array(text),
  known_gaps: z.array(text),
  runbook: z.array(text).min(1),
  controls: z.array(text),
});

type FolderDefinition = z.infer<typeof definitionSchema>;

/** A Sigma rule, which comes from its own folder. */
interface SigmaJudge {
  readonly kind: 'sigma';
  readonly rule: SigmaRule;
}

export type Definition = Omit<FolderDefinition, 'judge'> & { judge: FolderDefinition['judge'] | SigmaJudge };
export type Conduct = z.infer<typeof conductSchema>;
export type Judge = Definition['judge'];
export type JudgeOf<K extends Judge['kind']> = Extract<Judge, { readonly kind: K }>;
export type ConductDefinition = Definition & { readonly judge: Conduct };

export const isConduct = (definition: Definition): definition is ConductDefinition =>
  definition.judge.kind === 'conduct';

/** The judge of a definition that is known to be of this kind. */
export function judgeOf<K extends Judge['kind']>(definition: Definition, kind: K): JudgeOf<K> {
  const { judge } = definition;
  if (judge.kind !== kind) throw new TypeError(`detection ${definition.id} is of kind ${judge.kind}, not ${kind}`);
  return judge as JudgeOf<K>;
}

/** @returns the definition, or every fault as `path: what` */
export function parseDefinition(
  value: unknown,
): { ok: true; definition: Definition } | { ok: false; faults: string[] } {
  const parsed = definitionSchema.safeParse(value);
  if (parsed.success) return { ok: true, definition: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`),
  };
}
