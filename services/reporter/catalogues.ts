// The catalogues of the checkout, as the controls report reads them.

import type { Catalogues } from '../core/reporting/facts-organisation.js';
import { loadJudgingConfig } from '../pipeline/judging-config.js';
import { loadActions } from '../platform/files/actions.js';

/** @param sigmaRules folder of Sigma rules that are judged too, or null */
export function loadCatalogues(alertBudget: number, sigmaRules: string | null): Catalogues {
  const { definitions } = loadJudgingConfig({ alertBudget, sigmaRules });
  return {
    detections: definitions.map(({ id, title, judge, controls, known_gaps }) => ({
      id,
      title,
      actions: 'actions' in judge ? judge.actions : null,
      controls,
      known_gaps,
    })),
    actions: [...loadActions()].map(([action, { sensitivity, summary }]) => ({ action, sensitivity, summary })),
  };
}
