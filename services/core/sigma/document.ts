// The parts that rules, correlations and filters share: who they are, how grave, what people should know. Fields that Sigma has and
// judging does not need (author, references, tags …) are let pass; every other part is read or refused.

import { refuse } from './refusal.js';

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

export interface Identity {
  /** as the file has it, usually a UUID; '' when it has none */
  readonly id: string;
  /** '' when it has none */
  readonly name: string;
  readonly title: string;
}

export interface About extends Identity {
  readonly level: Level;
  readonly description: string;
  readonly falsePositives: readonly string[];
  /** the day of the last change as a number such as 20260301, or 1 */
  readonly version: number;
}

export type Document = Readonly<Record<string, unknown>>;

export const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

export const identityOf = (document: Document): Identity => ({
  id: textOf(document['id']),
  name: textOf(document['name']),
  title: textOf(document['title']),
});

/** How refusals name a document. */
export const titleOf = ({ id, name, title }: Identity): string => name || id || title || '(no name, id or title)';

/** @throws Refused */
export function aboutOf(document: Document): About {
  const identity = identityOf(document);
  if (identity.title === '') refuse('it has no title', 'give it one: findings show it');
  if (identity.name !== '' && !/^[A-Za-z0-9][\w.-]{0,80}$/.test(identity.name))
    refuse(`the name ${identity.name} cannot be used`, 'use letters, digits, _ . and -, at most 81');
  if (document['action'] !== undefined)
    refuse('it has an action', 'collections by action: global left Sigma in version 2: write whole documents');
  return {
    ...identity,
    level: levelOf(document['level']),
    description: textOf(document['description']),
    falsePositives: textsOf(document['falsepositives']),
    version: versionOf(document['modified'] ?? document['date']),
  };
}

function levelOf(value: unknown): Level {
  if (value === undefined || value === null) return 'medium';
  const level = LEVELS.find((one) => one === textOf(value).toLowerCase());
  return level ?? refuse(`the level ${textOf(value)} is unknown`, `use one of ${LEVELS.join(', ')}`);
}

/** Rules that their authors have given up are not judged; @returns why, or null. */
export function retiredBecause(document: Document): string | null {
  const status = textOf(document['status']).toLowerCase();
  return status === 'deprecated' || status === 'unsupported' ? `its status is ${status}` : null;
}

function versionOf(value: unknown): number {
  const text = value instanceof Date ? value.toISOString() : textOf(value);
  const match = /^(\d{4})[-/](\d{2})[-/](\d{2})/.exec(text);
  return match === null ? 1 : Number(`${match[1]}${match[2]}${match[3]}`);
}

/** A text or a list of texts, as a list. */
export const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).map(textOf).filter((text) => text !== '');

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  product: ['keyhole'],
  category: ['access', 'application'],
  service: ['access-log'],
};

/** Rules for other logs would match nothing for ever. @throws Refused */
export function checkLogSource(value: unknown): true {
  if (!isDocument(value))
    return refuse('it has no logsource', 'say logsource: { product: keyhole, service: access-log }');
  for (const [key, known] of Object.entries(SOURCES)) {
    const said = textOf(value[key]).toLowerCase();
    if (said !== '' && !known.includes(said))
      refuse(
        `the logsource has ${key} ${said}`,
        `Keyhole judges its access log: use ${key} ${known.join(' or ')}, or leave it out`,
      );
  }
  return true;
}
