// A rule as a detection of the catalogue, so that it is judged, levelled and listed like any other.

import type { Definition } from '../detections/definition.js';
import { type SigmaRule, windowDays } from './sigma-rule.js';

export const definitionOf = (rule: SigmaRule): Definition => ({
  id: rule.detection,
  version: rule.version,
  title: rule.title,
  why: rule.description || rule.title,
  threat: 'a rule of your own',
  window: { days: windowDays(rule), hop_days: 1 },
  weight: 1,
  judge: { kind: 'sigma', rule },
  words: { did: `matched the rule "${rule.title}"`, unit: 'accesses' },
  false_positives: [...rule.falsePositives],
  known_gaps: [],
  runbook: ['Run `keyhole explain` on the anomaly and read the accesses that matched.'],
  controls: [],
});
