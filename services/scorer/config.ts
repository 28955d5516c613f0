// What the scorer takes from the settings, and nothing else.

import type { Settings } from '../platform/config/settings.js';

export type ScorerConfig = Pick<
  Settings,
  | 'groupId'
  | 'topicPartitions'
  | 'topicReplication'
  | 'landMaxRows'
  | 'landLingerMs'
  | 'landMaxBytes'
  | 'deadLetterLimits'
  | 'metricsPort'
>;
