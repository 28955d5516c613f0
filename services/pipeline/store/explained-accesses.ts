// Explained accesses one by one and as a pack: the way there and back.

import { AccessPack } from '../../core/feeds/access-pack.js';
import type { Explained } from '../../core/feeds/records.js';
import type { ExplainedAccess, ExplainedAccesses } from './fact-store.js';

export const explainedAccesses = (list: readonly ExplainedAccess[]): ExplainedAccesses => ({
  pack: AccessPack.of(list),
  explained: list.map(({ explained }) => explained),
  inputs: list.map(({ inputs }) => inputs),
});

export const listed = ({ pack, explained, inputs }: ExplainedAccesses): ExplainedAccess[] =>
  explained.map((how: Explained, i) => ({ ...pack.rankedAt(i), explained: how, inputs: inputs[i] as number }));
