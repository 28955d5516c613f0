// What truth.ndjson says: who offended when, about whose sellers. Parsed strictly, because a row misread would be a wrong recall.

import { z } from 'zod';
import { UsageError } from '../errors.js';

/** A planted offender: an employee, or a seller's app. */
export interface Offender {
  readonly actorId: string;
  readonly campaign: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly sellerIds: ReadonlySet<string>;
  readonly clusterIds: ReadonlySet<string>;
}

const Row = z.object({
  actor_id: z.string().min(1),
  campaign: z.string().min(1),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  seller_ids: z.array(z.string()).default([]),
  customer_ids: z.array(z.string()).default([]),
});

/** A cluster belongs to a campaign when it holds at least this share of the campaign's sellers. */
const CLUSTER_SHARE = 1 / 3;

/** One offender for each line; clustersOf gives the clusters that a seller is in. Throws UsageError naming the line. */
export function parseTruth(text: string, clustersOf: (sellerId: string) => readonly string[]): Offender[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const row = Row.safeParse(parseJson(line));
    if (!row.success) {
      const fields = [...new Set(row.error.issues.map((issue) => issue.path.join('.') || 'the line'))];
      throw new UsageError(`truth.ndjson line ${at + 1} is not a truth row: check ${fields.join(', ')}`);
    }
    const { actor_id, campaign, from, to, seller_ids } = row.data;
    return [
      {
        actorId: actor_id,
        campaign,
        fromMs: Date.parse(from),
        toMs: Date.parse(to),
        sellerIds: new Set(seller_ids),
        clusterIds: campaignClusters(seller_ids, clustersOf),
      },
    ];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function campaignClusters(
  sellerIds: readonly string[],
  clustersOf: (sellerId: string) => readonly string[],
): Set<string> {
  const members = new Map<string, number>();
  for (const seller of sellerIds) {
    for (const cluster of new Set(clustersOf(seller))) members.set(cluster, (members.get(cluster) ?? 0) + 1);
  }
  return new Set(
    [...members].filter(([, count]) => count >= CLUSTER_SHARE * sellerIds.length).map(([cluster]) => cluster),
  );
}
