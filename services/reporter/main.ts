// The story of a report: ask the views, word the facts, seal the content with its digest, print it, and write down that it was made.
// The same database and request give the same bytes: neither a clock nor chance is read before the record is written.

import { createHash } from 'node:crypto';
import type { Report, ReportKind } from '../core/reporting/report.js';
import { sealReport } from '../core/reporting/report.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';
import { readVersion } from '../platform/version.js';
import { contentOf } from './kinds.js';
import { type ReportFormat, renderReport } from './render.js';

export interface ReportRequest {
  readonly kind: ReportKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** '' where the report shall choose */
  readonly actorId: string;
  readonly anomalyId: string;
  readonly sellerId: string;
  readonly clusterId: string;
  /** when the organisation became aware of a breach; null where nobody says */
  readonly awareAtMs: number | null;
  /** what is judged, for the coverage of controls */
  readonly alertBudget: number;
  readonly sigmaRules: string | null;
}

export interface MadeReport {
  readonly report: Report;
  readonly bytes: Buffer;
}

/** @param reader asks; nothing is written through it */
export async function makeReport(reader: ClickHouse, request: ReportRequest): Promise<Report> {
  return sealReport(await contentOf(reader, request), readVersion());
}

/** Prints a report and records that `madeBy` made it, in this order: a report that cannot be printed was not made. */
export async function handOut(
  writer: ClickHouse,
  report: Report,
  options: { readonly format: ReportFormat; readonly table?: string | undefined; readonly madeBy: string },
): Promise<Buffer> {
  const bytes = await renderReport(report, options.format, options.table);
  await writer.insert('reports_made', COLUMNS, [
    [
      report.kind,
      report.subject,
      toDateTime64(Date.parse(report.from)),
      toDateTime64(Date.parse(report.to)),
      options.format,
      report.names_customers ? 1 : 0,
      report.data_digest,
      createHash('sha256').update(bytes).digest('hex'),
      bytes.length,
      report.keyhole_version,
      options.madeBy,
    ],
  ]);
  return bytes;
}

const COLUMNS = [
  'kind',
  'subject',
  'range_from',
  'range_to',
  'format',
  'names_customers',
  'data_digest',
  'file_digest',
  'file_bytes',
  'keyhole_version',
  'made_by',
] as const;
