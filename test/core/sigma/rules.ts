// Rules for tests, written as people write them.

import { parseAllDocuments } from 'yaml';
import { type RuleSet, readRuleSet } from '../../../services/core/sigma/rule-set.js';
import type { SigmaRule } from '../../../services/core/sigma/sigma-rule.js';

export const readYaml = (text: string): RuleSet =>
  readRuleSet(parseAllDocuments(text).map((document) => ({ file: 'rules.yml', value: document.toJS() as unknown })));

/** A rule with this detection section and nothing else of interest. */
export const ruleText = (detection: string, more = ''): string => `
title: A rule
id: 5a1f0c3e-0000-4000-8000-000000000001
logsource: { product: keyhole }
detection:
${detection.replace(/^/gm, '  ')}
${more}`;

/** What was refused, as text. */
export const refusalsOf = (text: string): string[] =>
  readYaml(text).refusals.map(({ rule, what, remedy }) => `${rule}: ${what}; ${remedy}`);

/** The one rule that a text makes. */
export function onlyRule(text: string): SigmaRule {
  const { rules, refusals } = readYaml(text);
  const [rule] = rules;
  if (rule === undefined || rules.length > 1 || refusals.length > 0)
    throw new Error(`${rules.length} rules, refused: ${refusals.map(({ what }) => what).join('; ')}`);
  return rule;
}
