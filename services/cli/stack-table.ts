// The parts of a local stack as lines of text, for `up` and `status`.

import type { RunningPart } from '../platform/stack/state.js';

export interface PartRow extends RunningPart {
  readonly health: 'healthy' | 'no answer';
}

export function renderParts(parts: readonly PartRow[]): string {
  const rows = parts.map((part) => [part.name, part.health, part.address, `process ${part.pid}`, part.log]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Where people log in; `folder` holds their passwords. */
export function renderLogins(gateUrl: string, folder: string): string {
  return `people log in at ${gateUrl} as keyhole_analyst, keyhole_investigator or keyhole_auditor; passwords are in ${folder}/run/addresses.json`;
}
