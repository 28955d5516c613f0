// Who was in which team, as of a time.

import { directoryOf, employee } from '../../../services/core/detections/cases/organisation.js';
import { DAY_MS } from '../../../services/core/time.js';

const directory = directoryOf([
  employee('amy', { valid_from: 30 * DAY_MS, peer_group: 'appeals' }),
  employee('amy', { valid_from: 10 * DAY_MS, peer_group: 'agents' }),
  employee('amy', { valid_from: 40 * DAY_MS, peer_group: 'appeals', role: 'lead' }),
  employee('amy', { valid_from: 50 * DAY_MS, peer_group: 'agents' }),
]);

test.each([
  [5, 'agents'],
  [10, 'agents'],
  [29, 'agents'],
  [30, 'appeals'],
  [45, 'appeals'],
  [99, 'agents'],
])('on day %d the record in force says %s', (day, group) => {
  expect(directory.asOf('amy', day * DAY_MS)?.peer_group).toBe(group);
});

test.each([
  [5, Number.NEGATIVE_INFINITY],
  [20, Number.NEGATIVE_INFINITY],
  [30, 30 * DAY_MS],
  [45, 30 * DAY_MS],
  [50, 50 * DAY_MS],
])('on day %d the peer group was the same since %d', (day, since) => {
  expect(directory.inPeerGroupSince('amy', day * DAY_MS)).toBe(since);
});

test('nobody is known of an unknown id', () => {
  expect(directory.asOf('zoe', 0)).toBeUndefined();
  expect(directory.inPeerGroupSince('zoe', 0)).toBe(Number.NEGATIVE_INFINITY);
});
