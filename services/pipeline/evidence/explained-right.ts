// Whether accesses are explained as their cases, as stored now, explain them, under a number that does not outrank what is stored: the
// same decision once more, with nothing written.

import { CaseBook } from '../cases/case-book.js';
import { citedCases, explainAccess, readLimits } from '../explainer.js';
import type { FactStore } from '../store/fact-store.js';
import type { ExplainedRight } from './topic-witness.js';

const CASE_BYTES = 32_000_000;

export function explainedRight(store: FactStore): ExplainedRight {
  return async (rows) => {
    const book = new CaseBook(store, CASE_BYTES);
    await book.begin();
    const cases = await book.read(citedCases(rows.map(({ event }) => event.case_id)));
    const limits = await readLimits(store, cases, []);
    return rows.every(({ event, explained, inputs }) => {
      const right = explainAccess(event, cases, limits);
      return right.explained === explained && inputs <= right.inputs;
    });
  };
}
