// A row of the fault matrix as a test: a run of its own, the fault, what must hold afterwards, and the line for the table.

import type { Bed, Run } from './bed.js';
import { report } from './report.js';
import { expectUnharmed } from './unharmed.js';

export interface FaultRow {
  readonly fault: string;
  readonly expected?: string;
  /** Does the fault, leaves scorers running that can finish, and tells what was seen. */
  readonly break: (run: Run) => Promise<string>;
}

const UNHARMED = 'as calm: facts, anomalies, dead letters, told; no offset ahead; nothing open';
const PATIENCE_MS = 300_000;
/** For what a file does first: the folder, the calm run, the topics. */
export const SETUP_MS = 300_000;

export function faultRows(group: string, bed: () => Bed, rows: readonly FaultRow[]): void {
  test.each(rows.map((row) => ({ row, name: row.fault })))(
    '$name',
    async ({ row }) => {
      const began = performance.now();
      const run = await bed().run(row.fault);
      const seen = await row
        .break(run)
        .then(async (words) => {
          await expectUnharmed(run);
          return words;
        })
        .catch((error: unknown) => {
          process.stderr.write(`failed: ${row.fault}\n${String(error).slice(0, 2_000)}\n${run.logs()}\n`);
          throw error;
        })
        .finally(() => run.killScorers());
      report({
        group,
        fault: row.fault,
        expected: row.expected ?? UNHARMED,
        seen,
        seconds: Math.round((performance.now() - began) / 1_000),
        at: new Date().toISOString().slice(0, 16),
      });
    },
    PATIENCE_MS,
  );
}
