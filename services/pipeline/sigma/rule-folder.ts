// The folder of Sigma rules: every *.yml and *.yaml below it, several documents in a file allowed. One part that is not supported refuses
// the folder, by name, because a rule that is skipped looks like a rule that finds nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KeyholeError } from '../../core/errors.js';
import { type Refusal, refusalText } from '../../core/sigma/refusal.js';
import { type RuleSet, readRuleSet, type SourceDocument } from '../../core/sigma/rule-set.js';

/** @throws KeyholeError folder_unreadable */
export function readRuleFolder(folder: string): RuleSet {
  const documents: SourceDocument[] = [];
  const unreadable: Refusal[] = [];
  for (const path of ruleFiles(folder)) {
    const file = relative(folder, path);
    for (const document of parseAllDocuments(readFileSync(path, 'utf8'))) {
      const [error] = document.errors;
      if (error === undefined) documents.push({ file, value: document.toJS() });
      else
        unreadable.push({
          file,
          rule: '(unreadable)',
          what: `it is no YAML: ${error.message.split('\n')[0]}`,
          remedy: 'mend it',
        });
    }
  }
  const set = readRuleSet(documents);
  return { ...set, refusals: [...unreadable, ...set.refusals] };
}

/** @throws KeyholeError configuration_invalid naming every refusal */
export function loadRules(folder: string): RuleSet['rules'] {
  const { rules, refusals } = readRuleFolder(folder);
  if (refusals.length > 0)
    throw new KeyholeError(
      'configuration_invalid',
      `Sigma rules in ${folder} cannot be used:\n  ${refusals.map(refusalText).join('\n  ')}`,
      {
        retriable: false,
      },
    );
  return rules;
}

function ruleFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new KeyholeError(
      'folder_unreadable',
      `the folder of Sigma rules ${folder} cannot be read: name another with KEYHOLE_SIGMA_RULES`,
      {
        retriable: false,
        cause,
      },
    );
  }
}
