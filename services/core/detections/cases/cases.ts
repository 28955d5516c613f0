// A detection's cases.yaml as things to walk: which shape the file has follows from the detection's kind. A case is a history in a line,
// one piece of work, and whether it must be found.

import type { Definition } from '../definition.js';
import { canaryCases, conductCases, walk, walkCanary } from './case-file.js';
import { otherCases, walkOther } from './other-cases.js';

export type Verdict = 'found' | 'quiet';

export interface Case {
  readonly name: string;
  readonly expect: Verdict;
  /** Judges the case's history with the detection. */
  walk(): Verdict;
}

export type CaseFile =
  | { readonly ok: true; readonly cases: readonly Case[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/** @param document parsed cases.yaml; @returns the cases, or every fault as `path: what` */
export function readCases(definition: Definition, document: unknown): CaseFile {
  const { judge } = definition;
  if (judge.kind === 'conduct' || judge.kind === 'errand' || judge.kind === 'handover') {
    const file = conductCases.safeParse(document);
    if (!file.success) return faulty(file.error.issues);
    return {
      ok: true,
      cases: file.data.cases.map((one) => ({
        name: one.name,
        expect: one.expect,
        walk: () => walk(definition, judge, file.data, one),
      })),
    };
  }
  if (judge.kind === 'canary') {
    const file = canaryCases.safeParse(document);
    if (!file.success) return faulty(file.error.issues);
    return {
      ok: true,
      cases: file.data.cases.map((one) => ({
        name: one.name,
        expect: one.expect,
        walk: () => walkCanary(definition, one),
      })),
    };
  }
  const file = otherCases.safeParse(document);
  if (!file.success) return faulty(file.error.issues);
  return {
    ok: true,
    cases: file.data.cases.map((one) => ({
      name: one.name,
      expect: one.expect,
      walk: () => walkOther(definition, one),
    })),
  };
}

const faulty = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): CaseFile => ({
  ok: false,
  faults: issues.map((issue) => `${issue.path.map(String).join('.') || '(whole)'}: ${issue.message}`),
});
