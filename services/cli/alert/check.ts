// `keyhole alert check`: the dry run of a routing file. Reads it as the alerter would, and says where the open anomalies would go;
// sends nothing.

import type { Command } from 'commander';
import { placementsOf } from '../../alerter/placement.js';
import { loadRouting } from '../../alerter/routing-file.js';
import { readOpenNotices } from '../../alerter/stored.js';
import { entityOf, type Severity } from '../../core/alerting/notice.js';
import { destinationsFor, NOWHERE } from '../../core/alerting/route.js';
import { readSettings } from '../../platform/config/settings.js';
import { openDatabase } from '../../platform/stack/database.js';
import { say, writeOut } from '../../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat, type RowLayout } from '../../platform/terminal/rows.js';
import { createStyle } from '../../platform/terminal/style.js';

interface Flags {
  readonly config?: string;
  readonly data?: string;
  readonly format?: RowFormat;
}

interface Routed {
  readonly anomaly_id: string;
  readonly severity: Severity;
  readonly detection: string;
  readonly entity: string;
  readonly destinations: readonly string[];
}

const layout: RowLayout<Routed> = {
  fields: ['anomaly_id', 'severity', 'detection', 'entity', 'destinations'],
  columns: [
    { title: 'ANOMALY', cell: (row) => row.anomaly_id },
    { title: 'SEVERITY', cell: (row) => row.severity },
    { title: 'DETECTION', cell: (row) => row.detection },
    { title: 'ENTITY', cell: (row) => row.entity },
    { title: 'GOES TO', cell: (row) => row.destinations.join(', ') || 'nobody' },
  ],
};

export function registerCheck(alert: Command): void {
  const command = alert
    .command('check')
    .description('check the routing and say where the open anomalies would go; sends nothing');
  addFormatOption(command).action((_: unknown, self: Command) => check(self.optsWithGlobals()));
}

async function check(flags: Flags): Promise<void> {
  const { alertmanagerUrl, webhookUrl } = readSettings(process.env);
  const { routing } = loadRouting({ file: flags.config, alertmanagerUrl, webhookUrl, env: process.env });
  const names = Object.entries(routing.destinations).map(([name, { kind }]) => `${name} (${kind})`);
  say(`the routing can be used; destinations: ${names.join(', ')}`);
  const database = await openDatabase({ data: flags.data, env: process.env, mustExist: true });
  try {
    const notices = await readOpenNotices(database.reader);
    const placements = await placementsOf(database.reader, notices);
    const rows = notices.map((notice) => ({
      anomaly_id: notice.anomaly_id,
      severity: notice.severity,
      detection: notice.detection,
      entity: entityOf(notice),
      destinations: destinationsFor(notice, placements.get(notice.anomaly_id) ?? NOWHERE, routing),
    }));
    await writeOut(formatRows(layout, rows, flags.format, createStyle(process.stdout, process.env)));
    if (rows.length === 0) say('no open anomaly is stored');
  } finally {
    await database.close();
  }
}
