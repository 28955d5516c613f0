// docs/metrics.md, made from the declared metrics and from deploy/prometheus/rules.yml, so that it cannot tell of others.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import '../../../services/platform/metrics/alerting.js';
import { registry } from '../../../services/platform/metrics/metrics.js';
import { describeMetrics, metricsTable } from '../../../services/platform/metrics/reference.js';
import { projectRoot } from '../../../services/platform/root.js';

const alertRule = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.object({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.object({ summary: z.string().min(10), runbook: z.string().min(40) }),
});
const recordingRule = z.object({ record: z.string(), expr: z.string() });
const rulesFile = z.object({
  groups: z.array(
    z.object({ name: z.string(), rules: z.array(z.union([alertRule.strict(), recordingRule.strict()])) }),
  ),
});

export type AlertRule = z.infer<typeof alertRule>;
export type RecordingRule = z.infer<typeof recordingRule>;

export const RULES_FOLDER = join(projectRoot, 'deploy', 'prometheus');

/** Throws where rules.yml is not of the shape that Prometheus reads, or a rule lacks its severity, summary or runbook. */
export function readRules(): { readonly alerts: readonly AlertRule[]; readonly recordings: readonly RecordingRule[] } {
  const file = rulesFile.parse(parse(readFileSync(join(RULES_FOLDER, 'rules.yml'), 'utf8')));
  const rules = file.groups.flatMap((group) => group.rules);
  return {
    alerts: rules.filter((rule): rule is AlertRule => 'alert' in rule),
    recordings: rules.filter((rule): rule is RecordingRule => 'record' in rule),
  };
}

const INTRODUCTION = `# Metrics and alerts

Every scorer answers \`/metrics\` on 127.0.0.1 at the port of \`KEYHOLE_METRICS_PORT\` (0 takes a free port and logs it: set one for
Prometheus). The first table is made from the declarations in \`services/platform/metrics/metrics.ts\`, the second from the rules in
\`deploy/prometheus/rules.yml\`; a test holds the page to both, and \`node dist/test/platform/metrics/write-page.js\` writes it anew.

Labels are names of ours, each with few values: feeds, dead-letter reasons, stages, parts, detections, severities, caches. Never an
actor, a seller or a customer, and never text from a record, tool and marketplace included: a broken producer can put an address
there. Which tool or marketplace is silent, \`keyhole.feed_health\` says, and the detection \`feed_silent\` tells. Node's own metrics are
there too, as \`keyhole_process_…\` and \`keyhole_nodejs_…\`.

## Metrics
`;

export function metricsPage(): string {
  const alerts = readRules().alerts.map(({ alert, for: span, labels, annotations }) => {
    const when = annotations.summary.replace(/\{\{ \$labels\.(\w+) \}\}/g, '‹$1›');
    return `| \`${alert}\` | ${labels.severity} | ${span ?? 'at once'} | ${when} | ${annotations.runbook.trim()} |`;
  });
  return `${INTRODUCTION}
${metricsTable(describeMetrics(registry))}

## Alerts
\`deploy/prometheus/rules.yml\`, for \`rule_files:\` of Prometheus. \`page\`: judgement or storage stands still, somebody has to come;
\`ticket\`: look at it during the day. \`promtool test rules deploy/prometheus/tests.yml\` makes each of them fire.

| alert | severity | after | says | what to do |
|---|---|---|---|---|
${alerts.join('\n')}
`;
}
