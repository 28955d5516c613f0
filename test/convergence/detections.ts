// Detections for very small organisations: the catalogue's own kinds and evidence with thresholds so low, and a budget so high, that a
// few odd days make anomalies.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Definition, parseDefinition } from '../../services/core/detections/definition.js';
import { DETECTIONS_FOLDER, type JudgingConfig } from '../../services/pipeline/judging-config.js';

const ALERT_BUDGET = 3;
const AT_LEAST = 2;

const all: readonly Definition[] = readdirSync(DETECTIONS_FOLDER).sort().map(lowered);

function lowered(id: string): Definition {
  const document: unknown = parse(readFileSync(join(DETECTIONS_FOLDER, id, 'detection.yaml'), 'utf8'));
  const parsed = parseDefinition(document);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  const { definition } = parsed;
  const { judge } = definition;
  return 'at_least' in judge ? { ...definition, judge: { ...judge, at_least: AT_LEAST } } : definition;
}

/** So many of the catalogue's detections, another few for another number. */
export function configurationOf(choice: number, size: number): JudgingConfig {
  const definitions = Array.from({ length: size }, (_, i) => all[(choice + i * 7) % all.length] as Definition);
  const distinct = [...new Set(definitions)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const body = JSON.stringify({ alert_budget: ALERT_BUDGET, definitions: distinct });
  const digest = createHash('sha256').update(body).digest('hex');
  return { definitions: distinct, alertBudget: ALERT_BUDGET, digest, body };
}
