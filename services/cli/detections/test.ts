// keyhole detections test: every detection's cases.yaml through the judge, each passed or failed. Reads the folder, no database.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readCases, type Verdict } from '../../core/detections/cases/cases.js';
import type { Definition } from '../../core/detections/definition.js';
import { UsageError } from '../../core/errors.js';
import type { RowLayout } from '../../platform/terminal/rows.js';

export interface CaseLine {
  readonly detection: string;
  readonly case: string;
  readonly expected: Verdict | '';
  readonly got: Verdict | '';
  readonly result: 'passed' | 'failed';
  /** why a file could not be read; '' otherwise */
  readonly fault: string;
}

/** One line for each case as it is walked; rules of Sigma have none. @param folder of the definitions */
export function* walkCases(
  definitions: readonly Definition[],
  folder: string,
  only: readonly string[],
): Generator<CaseLine> {
  for (const id of only)
    if (!definitions.some((definition) => definition.id === id))
      throw new UsageError(`${id} is no detection: see keyhole detections list`);
  for (const definition of definitions) {
    if (definition.judge.kind === 'sigma' || (only.length > 0 && !only.includes(definition.id))) continue;
    const path = join(folder, definition.id, 'cases.yaml');
    const failed = { detection: definition.id, case: 'cases.yaml', expected: '', got: '', result: 'failed' } as const;
    if (!existsSync(path)) {
      yield { ...failed, fault: 'there is none: a detection needs cases that are found and cases that stay quiet' };
      continue;
    }
    const file = readCases(definition, parse(readFileSync(path, 'utf8')));
    if (!file.ok) {
      for (const fault of file.faults) yield { ...failed, fault };
      continue;
    }
    for (const one of file.cases) {
      const got = one.walk();
      yield {
        detection: definition.id,
        case: one.name,
        expected: one.expect,
        got,
        result: got === one.expect ? 'passed' : 'failed',
        fault: '',
      };
    }
  }
}

export const caseLayout: RowLayout<CaseLine> = {
  fields: ['detection', 'case', 'expected', 'got', 'result', 'fault'],
  columns: [
    {
      title: 'RESULT',
      cell: (row) => row.result,
      paint: (text, row, style) => (row.result === 'failed' ? style.red(text) : text),
    },
    { title: 'DETECTION', cell: (row) => row.detection },
    { title: 'EXPECTED', cell: (row) => row.expected },
    { title: 'GOT', cell: (row) => row.got },
    { title: 'CASE', cell: (row) => (row.fault === '' ? row.case : `${row.case}: ${row.fault}`) },
  ],
};
