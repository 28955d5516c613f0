// Reads the catalogue of actions from the checkout. What an action means is core's.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ActionCatalogue, parseActions } from '../../core/feeds/actions.js';
import { projectRoot } from '../root.js';

export function loadActions(): ActionCatalogue {
  return parseActions(parse(readFileSync(join(projectRoot, 'schemas', 'actions.yaml'), 'utf8')));
}
