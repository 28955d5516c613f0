// The configuration that judgement depends on: the detections' folders, the Sigma rules and the alert budget. Its digest is an input of every
// judgement; a changed configuration judges everything again.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Definition, parseDefinition } from '../core/detections/definition.js';
import { KeyholeError } from '../core/errors.js';
import { definitionOf } from '../core/sigma/definition.js';
import { projectRoot } from '../platform/root.js';
import { loadRules } from './sigma/rule-folder.js';

/** Raised when a formula in core/judge changes, so that stored judgements are made again. */
const MODEL_VERSION = 9;

export interface JudgingConfig {
  readonly definitions: readonly Definition[];
  /** alerts a day */
  readonly alertBudget: number;
  readonly digest: string;
  readonly body: string;
}

export const DETECTIONS_FOLDER = join(projectRoot, 'schemas', 'detections');

/** @throws KeyholeError configuration_invalid naming every fault with its folder */
export function loadJudgingConfig(options: {
  readonly alertBudget: number;
  readonly folder?: string;
  /** folder of Sigma rules; null: none */
  readonly sigmaRules?: string | null;
}): JudgingConfig {
  const folder = options.folder ?? DETECTIONS_FOLDER;
  const faults: string[] = [];
  const definitions: Definition[] = [];
  for (const id of readdirSync(folder).sort()) {
    const parsed = parseDefinition(parse(readFileSync(join(folder, id, 'detection.yaml'), 'utf8')));
    if (!parsed.ok) faults.push(...parsed.faults.map((fault) => `${id}/detection.yaml: ${fault}`));
    else if (parsed.definition.id !== id) faults.push(`${id}/detection.yaml: id: must be the folder's name`);
    else definitions.push(parsed.definition);
  }
  if (faults.length > 0) {
    throw new KeyholeError('configuration_invalid', `detections cannot be used:\n  ${faults.join('\n  ')}`, {
      retriable: false,
    });
  }
  const rules = options.sigmaRules ? loadRules(options.sigmaRules) : [];
  definitions.push(...rules.map((rule) => definitionOf(rule)));
  const body = JSON.stringify({ model: MODEL_VERSION, alert_budget: options.alertBudget, definitions });
  const digest = createHash('sha256').update(body).digest('hex');
  return { definitions, alertBudget: options.alertBudget, digest, body };
}
