// A Sigma rule about single accesses: its selections and its condition as one expression.

import { conditionOf } from './condition.js';
import { type About, aboutOf, checkLogSource, type Document, isDocument } from './document.js';
import { allOf, type Expression } from './expression.js';
import { attempt, type OnRefused, refuse } from './refusal.js';
import { selectionOf } from './selection.js';

export interface Rule extends About {
  readonly where: Expression;
}

/** @returns undefined where anything was refused; every refusal is told */
export function readRule(document: Document, onRefused: OnRefused): Rule | undefined {
  const about = attempt(onRefused, () => aboutOf(document));
  const source = attempt(onRefused, () => checkLogSource(document['logsource']));
  const where = readDetection(document['detection'], onRefused);
  return about === undefined || source === undefined || where === undefined ? undefined : { ...about, where };
}

/** Selections and condition of a detection section, or of a filter. */
export function readDetection(section: unknown, onRefused: OnRefused): Expression | undefined {
  if (!isDocument(section))
    return attempt(onRefused, () => refuse('it has no detection', 'give it selections and a condition'));
  const { condition, timeframe, ...named } = section;
  const isClean = attempt(onRefused, () =>
    timeframe === undefined ? true : refuse('it has a timeframe', 'write a correlation with that timespan'),
  );
  const selections = new Map<string, Expression>();
  let complete = isClean === true;
  for (const [name, value] of Object.entries(named)) {
    const selection = attempt(onRefused, () => selectionOf(name, value));
    if (selection === undefined) complete = false;
    // A refused selection keeps its name, so that the condition is not blamed for it.
    selections.set(name, selection ?? allOf([]));
  }
  const where = attempt(onRefused, () => conditionOf(condition, selections));
  return complete ? where : undefined;
}
