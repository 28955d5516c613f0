// Every detection's own cases (schemas/detections/*/cases.yaml), walked through the judges.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseDefinition } from '../../../services/core/detections/definition.js';
import { projectRoot } from '../../../services/platform/root.js';
import { canaryCases, conductCases, walk, walkCanary } from './case-file.js';
import { otherCases, walkOther } from './other-cases.js';

const FOLDER = join(projectRoot, 'schemas', 'detections');
const read = (id: string, file: string): unknown => parse(readFileSync(join(FOLDER, id, file), 'utf8'));

describe.each(readdirSync(FOLDER).sort())('%s', (id) => {
  const parsed = parseDefinition(read(id, 'detection.yaml'));
  if (!parsed.ok) throw new Error(`${id}: ${parsed.faults.join('; ')}`);
  const { definition } = parsed;
  const { judge } = definition;
  const document = existsSync(join(FOLDER, id, 'cases.yaml')) ? read(id, 'cases.yaml') : { cases: [] };
  const walked = (): { name: string; expect: string; walk: () => string }[] => {
    if (judge.kind === 'conduct' || judge.kind === 'errand' || judge.kind === 'handover') {
      const file = conductCases.parse(document);
      return file.cases.map((one) => ({ ...one, walk: () => walk(definition, judge, file, one) }));
    }
    if (judge.kind === 'canary') {
      return canaryCases.parse(document).cases.map((one) => ({ ...one, walk: () => walkCanary(definition, one) }));
    }
    return otherCases.parse(document).cases.map((one) => ({ ...one, walk: () => walkOther(definition, one) }));
  };
  const cases = walked();

  test('has cases of both kinds', () => {
    expect(new Set(cases.map((one) => one.expect))).toEqual(new Set(['found', 'quiet']));
  });
  test.each(cases.map((one) => [one.expect, one.name, one.walk] as const))('%s: %s', (expected, _name, walkIt) => {
    expect(walkIt()).toBe(expected);
  });
});
