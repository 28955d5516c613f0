// Every detection's own cases (schemas/detections/*/cases.yaml), walked through the judges.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readCases } from '../../../services/core/detections/cases/cases.js';
import { parseDefinition } from '../../../services/core/detections/definition.js';
import { projectRoot } from '../../../services/platform/root.js';

const FOLDER = join(projectRoot, 'schemas', 'detections');
const read = (id: string, file: string): unknown => parse(readFileSync(join(FOLDER, id, file), 'utf8'));

describe.each(readdirSync(FOLDER).sort())('%s', (id) => {
  const parsed = parseDefinition(read(id, 'detection.yaml'));
  if (!parsed.ok) throw new Error(`${id}: ${parsed.faults.join('; ')}`);
  const file = readCases(parsed.definition, read(id, 'cases.yaml'));
  if (!file.ok) throw new Error(`${id}: ${file.faults.join('; ')}`);

  test('has cases of both kinds', () => {
    expect(new Set(file.cases.map((one) => one.expect))).toEqual(new Set(['found', 'quiet']));
  });
  test.each(file.cases.map((one) => [one.expect, one.name, one] as const))('%s: %s', (expected, _name, one) => {
    expect(one.walk()).toBe(expected);
  });
});
