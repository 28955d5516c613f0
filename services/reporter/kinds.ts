// Which facts and which words make which report.

import { affectedReport } from '../core/reporting/kinds/affected.js';
import { breachReport } from '../core/reporting/kinds/breach.js';
import { controlsReport } from '../core/reporting/kinds/controls.js';
import { incidentReport } from '../core/reporting/kinds/incident.js';
import { reviewReport } from '../core/reporting/kinds/review.js';
import { sellerReport } from '../core/reporting/kinds/seller.js';
import type { ReportContent } from '../core/reporting/report.js';
import { askAffected } from '../pipeline/reports/affected.js';
import { askBreach } from '../pipeline/reports/breach.js';
import { askControls } from '../pipeline/reports/controls.js';
import { askIncident } from '../pipeline/reports/incident.js';
import { askReview } from '../pipeline/reports/review.js';
import { askSeller } from '../pipeline/reports/seller.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { loadCatalogues } from './catalogues.js';
import type { ReportRequest } from './main.js';

export async function contentOf(ch: ClickHouse, request: ReportRequest): Promise<ReportContent> {
  const asking = { ch, fromMs: request.fromMs, toMs: request.toMs };
  const { actorId, anomalyId, sellerId, clusterId } = request;
  switch (request.kind) {
    case 'incident':
      return incidentReport(await askIncident(asking, { actorId, anomalyId }));
    case 'affected-customers':
      return affectedReport(await askAffected(asking, { actorId, anomalyId, sellerId }));
    case 'breach-notification':
      return breachReport(await askBreach(asking, { actorId, anomalyId, sellerId }, request.awareAtMs));
    case 'access-review':
      return reviewReport(await askReview(asking));
    case 'controls':
      return controlsReport(await askControls(asking), loadCatalogues(request.alertBudget, request.sigmaRules));
    case 'seller-action':
      return sellerReport(await askSeller(asking, { sellerId, clusterId }));
  }
}
