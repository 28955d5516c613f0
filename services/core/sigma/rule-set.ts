// All documents of a folder together: filters narrow the rules they name, correlations take the rules they refer to, and what remains
// are the detections. Anything that cannot be meant is a refusal; the loader decides that one refusal refuses the folder.

import { type Correlation, readCorrelation } from './correlation.js';
import {
  type About,
  checkLogSource,
  type Document,
  identityOf,
  isDocument,
  retiredBecause,
  textsOf,
  titleOf,
} from './document.js';
import { allOf, type Expression } from './expression.js';
import { attempt, type OnRefused, type Refusal, refuse } from './refusal.js';
import { type Rule, readDetection, readRule } from './rule.js';
import { detectionId, type SigmaRule } from './sigma-rule.js';

export interface SourceDocument {
  readonly file: string;
  /** parsed YAML */
  readonly value: unknown;
}

export interface RuleSet {
  /** ascending by detection id */
  readonly rules: readonly SigmaRule[];
  readonly refusals: readonly Refusal[];
  /** rules that are not judged although nothing is wrong with them, and why */
  readonly retired: readonly { readonly file: string; readonly rule: string; readonly why: string }[];
}

interface Placed<T> {
  readonly item: T;
  readonly onRefused: OnRefused;
}

interface Filter {
  /** names or ids; null: whichever */
  readonly rules: readonly string[] | null;
  readonly where: Expression;
}

export function readRuleSet(documents: readonly SourceDocument[]): RuleSet {
  const refusals: Refusal[] = [];
  const retired: RuleSet['retired'][number][] = [];
  const rules: Placed<Rule>[] = [];
  const correlations: Placed<Correlation>[] = [];
  const filters: Placed<Filter>[] = [];
  for (const { file, value } of documents) {
    // What a last `---` leaves behind.
    if (value === null || value === undefined) continue;
    const rule = isDocument(value) ? titleOf(identityOf(value)) : '(no map)';
    const onRefused: OnRefused = ({ what, remedy }) => refusals.push({ file, rule, what, remedy });
    const place = <T>(list: Placed<T>[], item: T | undefined): void => {
      if (item !== undefined) list.push({ item, onRefused });
    };
    if (!isDocument(value)) {
      attempt(onRefused, () => refuse('it is no map', 'a Sigma document has title, logsource and detection'));
      continue;
    }
    const why = retiredBecause(value);
    if (why !== null) retired.push({ file, rule, why });
    else if (value['correlation'] !== undefined) place(correlations, readCorrelation(value, onRefused));
    else if (value['filter'] !== undefined) place(filters, readFilter(value, onRefused));
    else place(rules, readRule(value, onRefused));
  }
  const known = filtered(indexed(rules), filters);
  const judged = assemble(known, correlations);
  return { rules: judged.sort((a, b) => (a.detection < b.detection ? -1 : 1)), refusals, retired };
}

/** Rules under their names and ids. */
function indexed(rules: readonly Placed<Rule>[]): Map<string, Placed<Rule>> {
  const byName = new Map<string, Placed<Rule>>();
  for (const placed of rules) {
    const { id, name } = placed.item;
    attempt(placed.onRefused, () => {
      if (id === '' && name === '') refuse('it has neither id nor name', 'give it one: its findings are known by it');
      for (const key of [id, name])
        if (key !== '' && byName.has(key)) refuse(`another rule is called ${key}, too`, 'give each its own');
      for (const key of [id, name]) if (key !== '') byName.set(key, placed);
    });
  }
  return byName;
}

function readFilter(document: Document, onRefused: OnRefused): Filter | undefined {
  const section = document['filter'];
  if (!isDocument(section))
    return attempt(onRefused, () => refuse('its filter is no map', 'give it rules, selections and a condition'));
  const { rules, ...detection } = section;
  const names = attempt(onRefused, () => {
    checkLogSource(document['logsource']);
    if (typeof rules === 'string' && rules.toLowerCase() === 'any') return { named: null };
    const named = textsOf(rules);
    return named.length > 0 ? { named } : refuse('the filter names no rules', 'give their names or ids, or any');
  });
  const where = readDetection(detection, onRefused);
  return names === undefined || where === undefined ? undefined : { rules: names.named, where };
}

/** What a filter's condition says must hold besides the rule: `not selection` lets all pass but the selection. */
function filtered(
  byName: ReadonlyMap<string, Placed<Rule>>,
  filters: readonly Placed<Filter>[],
): Map<string, Placed<Rule>> {
  const narrowed = new Map<Placed<Rule>, Expression[]>();
  for (const { item, onRefused } of filters) {
    for (const placed of item.rules === null ? new Set(byName.values()) : named(item.rules, byName, onRefused))
      narrowed.set(placed, [...(narrowed.get(placed) ?? []), item.where]);
  }
  const anew = new Map<Placed<Rule>, Placed<Rule>>();
  for (const [placed, more] of narrowed)
    anew.set(placed, { ...placed, item: { ...placed.item, where: allOf([placed.item.where, ...more]) } });
  return new Map([...byName].map(([name, placed]) => [name, anew.get(placed) ?? placed]));
}

function named<T>(names: readonly string[], known: ReadonlyMap<string, T>, onRefused: OnRefused): Set<T> {
  const found = new Set<T>();
  for (const name of names) {
    const one = known.get(name);
    if (one === undefined)
      attempt(onRefused, () =>
        refuse(`it names the rule ${name}, which the folder does not have`, 'add the rule, or mend the name'),
      );
    else found.add(one);
  }
  return found;
}

function assemble(
  byName: ReadonlyMap<string, Placed<Rule>>,
  correlations: readonly Placed<Correlation>[],
): SigmaRule[] {
  const judged: SigmaRule[] = [];
  const taken = new Set<string>();
  const isOfCorrelation = new Set(
    correlations.flatMap(({ item }) => [item.id, item.name]).filter((name) => name !== ''),
  );
  const parts = new Set<Placed<Rule>>();
  const add = ({ item, onRefused }: Placed<About>, plan: SigmaRule['plan']): void => {
    attempt(onRefused, () => {
      const detection = detectionId(item);
      if (taken.has(detection))
        refuse(`another rule is the detection ${detection}, too`, 'give one of them another name');
      taken.add(detection);
      const { id, name, title, level, description, falsePositives, version } = item;
      judged.push({ detection, id: id || name, title, level, description, falsePositives, version, plan });
    });
  };
  for (const placed of correlations) {
    const { type, rules, groups, spanMs, range, value, generate } = placed.item;
    const chained = rules.find((name) => isOfCorrelation.has(name));
    attempt(placed.onRefused, () =>
      chained === undefined
        ? null
        : refuse(`it refers to the correlation ${chained}`, 'chains of correlations are not supported: refer to rules'),
    );
    if (chained !== undefined) continue;
    const found = [...rules].map((name) => byName.get(name));
    named(rules, byName, placed.onRefused);
    const where = found.flatMap((one) => (one === undefined ? [] : [one.item.where]));
    if (!generate) for (const one of found) if (one !== undefined) parts.add(one);
    if (where.length === rules.length) add(placed, { kind: 'correlation', type, where, groups, spanMs, range, value });
  }
  for (const placed of new Set(byName.values()))
    if (!parts.has(placed)) add(placed, { kind: 'rule', where: placed.item.where });
  return judged;
}
