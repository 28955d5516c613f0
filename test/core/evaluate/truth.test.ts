// truth.ndjson is read strictly: a row misread would be a wrong recall.

import { parseTruth } from '../../../services/core/evaluate/truth.js';

const row = { actor_id: 'e-1', campaign: 'canary', from: '2026-02-01T08:00:00.000Z', to: '2026-02-02T08:00:00.000Z' };
const none = (): readonly string[] => [];

test('a row becomes an offender; empty lines are nothing; absent lists are empty', () => {
  const [offender, ...rest] = parseTruth(`\n${JSON.stringify(row)}\n\n`, none);
  expect(rest).toEqual([]);
  expect(offender).toEqual({
    actorId: 'e-1',
    campaign: 'canary',
    fromMs: Date.UTC(2026, 1, 1, 8),
    toMs: Date.UTC(2026, 1, 2, 8),
    sellerIds: new Set(),
    clusterIds: new Set(),
  });
});

test('a cluster belongs to a campaign when it holds a third of its sellers', () => {
  const clusters: Record<string, string[]> = { 's-1': ['k-1'], 's-2': ['k-1', 'k-2'], 's-3': [], 's-4': ['k-3'] };
  const text = JSON.stringify({ ...row, seller_ids: ['s-1', 's-2', 's-3', 's-4'], customer_ids: ['c-1'] });
  const [offender] = parseTruth(text, (seller) => clusters[seller] ?? []);
  expect(offender?.clusterIds).toEqual(new Set(['k-1']));
});

test.each([
  ['{"actor_id"', 'the line'],
  ['[]', 'the line'],
  [JSON.stringify({ ...row, from: 'yesterday' }), 'from'],
  [JSON.stringify({ ...row, actor_id: undefined }), 'actor_id'],
])('a broken row is refused with its line and field: %s', (text, field) => {
  expect(() => parseTruth(`${JSON.stringify(row)}\n${text}`, none)).toThrow(new RegExp(`line 2 .*${field}`));
});
