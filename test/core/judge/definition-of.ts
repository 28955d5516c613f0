// Detections of the catalogue by name, for tests.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type ConductDefinition,
  type Definition,
  isConduct,
  parseDefinition,
} from '../../../services/core/detections/definition.js';
import { projectRoot } from '../../../services/platform/root.js';

export function anyDefinition(id: string): Definition {
  const parsed = parseDefinition(
    parse(readFileSync(join(projectRoot, 'schemas/detections', id, 'detection.yaml'), 'utf8')),
  );
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.definition;
}

export function definitionOf(id: string): ConductDefinition {
  const definition = anyDefinition(id);
  if (!isConduct(definition)) throw new Error(`${id} does not weigh conduct`);
  return definition;
}
