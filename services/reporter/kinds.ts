// Which facts and which words make which report.

import { affectedReport } from '../core/reporting/kinds/affected.js';
import { incidentReport } from '../core/reporting/kinds/incident.js';
import type { ReportContent } from '../core/reporting/report.js';
import { askAffected } from '../pipeline/reports/affected.js';
import { askIncident } from '../pipeline/reports/incident.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { ReportRequest } from './main.js';

export async function contentOf(ch: ClickHouse, request: ReportRequest): Promise<ReportContent> {
  const asking = { ch, fromMs: request.fromMs, toMs: request.toMs };
  const { actorId, anomalyId, sellerId } = request;
  switch (request.kind) {
    case 'incident':
      return incidentReport(await askIncident(asking, { actorId, anomalyId }));
    case 'affected-customers':
      return affectedReport(await askAffected(asking, { actorId, anomalyId, sellerId }));
  }
}
