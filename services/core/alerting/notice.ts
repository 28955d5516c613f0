// What the topic `anomalies` says about one anomaly, parsed: the sentence and the figures that may leave the house. Evidence ids and
// reasoning stay behind; customers are a count.

import { z } from 'zod';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const id = z.string().max(64);
const time = z.iso.datetime().transform((text) => Date.parse(text));

const openSchema = z.object({
  anomaly_id: z.string().min(1).max(64),
  status: z.literal('open'),
  content: z.string(),
  detection: z.string().min(1),
  detection_version: z.number().int(),
  severity: z.enum(SEVERITIES),
  score: z.number(),
  actor_id: id,
  seller_id: id,
  cluster_id: id,
  window_start: time,
  window_end: time,
  detected_at: time,
  summary: z.string(),
  factors: z.array(
    z.object({ name: z.string(), observed: z.number(), expected: z.number(), contribution: z.number() }),
  ),
  event_count: z.number().int(),
  customer_count: z.number().int(),
});

const withdrawnSchema = z.object({
  anomaly_id: z.string().min(1).max(64),
  status: z.literal('withdrawn'),
  detection: z.string(),
});

const noticeSchema = z.discriminatedUnion('status', [openSchema, withdrawnSchema]);

/** An anomaly as it stands now. Times are milliseconds. */
export type OpenNotice = Readonly<z.output<typeof openSchema>>;
/** It no longer holds. */
export type WithdrawnNotice = Readonly<z.output<typeof withdrawnSchema>>;
export type Notice = OpenNotice | WithdrawnNotice;

/** @returns null for a value that is no anomaly: the caller counts it and goes on */
export function parseNotice(value: Buffer | null): Notice | null {
  if (value === null) return null;
  try {
    const parsed = noticeSchema.safeParse(JSON.parse(value.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Who or what an alert is about (CONTRACT §2): the actor, else the seller, else the cluster, else the detection itself. */
export function entityOf(notice: OpenNotice): string {
  return notice.actor_id || notice.seller_id || notice.cluster_id || notice.detection;
}

export const atLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
