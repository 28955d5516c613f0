// Every detection's own cases (schemas/detections/*/cases.yaml), walked through the judges.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isConduct, parseDefinition } from '../../../services/core/detections/definition.js';
import { projectRoot } from '../../../services/platform/root.js';
import { canaryCases, conductCases, walk, walkCanary } from './case-file.js';

const FOLDER = join(projectRoot, 'schemas', 'detections');
const read = (id: string, file: string): unknown => parse(readFileSync(join(FOLDER, id, file), 'utf8'));

describe.each(readdirSync(FOLDER).sort())('%s', (id) => {
  const parsed = parseDefinition(read(id, 'detection.yaml'));
  if (!parsed.ok) throw new Error(`${id}: ${parsed.faults.join('; ')}`);
  const { definition } = parsed;
  const document = existsSync(join(FOLDER, id, 'cases.yaml')) ? read(id, 'cases.yaml') : { cases: [] };

  if (isConduct(definition)) {
    const file = conductCases.parse(document);
    test('has cases of both kinds', () => {
      expect(new Set(file.cases.map((one) => one.expect))).toEqual(new Set(['found', 'quiet']));
    });
    test.each(file.cases.map((one) => [one.expect, one.name, one] as const))('%s: %s', (expected, _name, one) => {
      expect(walk(definition, file, one)).toBe(expected);
    });
  } else {
    const file = canaryCases.parse(document);
    test.each(file.cases.map((one) => [one.expect, one.name, one] as const))('%s: %s', (expected, _name, one) => {
      expect(walkCanary(definition, one)).toBe(expected);
    });
  }
});
