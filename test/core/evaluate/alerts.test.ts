// What counts as one alert, and whom it is right about.

import {
  type Alert,
  alertsOf,
  credits,
  entityOf,
  type Finding,
  rightly,
} from '../../../services/core/evaluate/alerts.js';
import type { Offender } from '../../../services/core/evaluate/truth.js';

const at = (text: string): number => Date.parse(`2026-02-${text}:00.000Z`);
const finding = (id: string, score: number, time: string): Finding => ({
  entity: { kind: 'actor', id },
  score,
  detectedMs: at(time),
});

const offender: Offender = {
  actorId: 'e-1',
  campaign: 'bulk_email',
  fromMs: at('10T08:00'),
  toMs: at('12T17:00'),
  sellerIds: new Set(['s-1', 's-2']),
  clusterIds: new Set(['k-1']),
};
const alert = (kind: Alert['entity']['kind'], id: string, time: string): Alert => ({
  entity: { kind, id },
  score: 50,
  detectedMs: at(time),
  day: Math.floor(at(time) / 86_400_000),
});

describe('an alert', () => {
  test('is one for each entity and UTC day, with the best score and the earliest time', () => {
    const alerts = alertsOf([
      finding('e-1', 40, '10T23:00'),
      finding('e-1', 70, '10T23:30'),
      finding('e-1', 60, '11T00:10'),
      finding('e-2', 70, '10T23:40'),
    ]);
    expect(alerts.map((one) => [one.entity.id, one.score, one.detectedMs])).toEqual([
      ['e-1', 70, at('10T23:00')],
      ['e-2', 70, at('10T23:40')],
      ['e-1', 60, at('11T00:10')],
    ]);
  });

  test.each([
    [
      { actor_id: 'e-1', seller_id: 's-1', cluster_id: 'k-1' },
      { kind: 'actor', id: 'e-1' },
    ],
    [
      { actor_id: '', seller_id: 's-1', cluster_id: 'k-1' },
      { kind: 'seller', id: 's-1' },
    ],
    [
      { actor_id: '', seller_id: '', cluster_id: 'k-1' },
      { kind: 'cluster', id: 'k-1' },
    ],
    [{ actor_id: '', seller_id: '', cluster_id: '' }, null],
  ])('names the actor, else the seller, else the cluster: %j', (row, entity) => {
    expect(entityOf(row)).toEqual(entity);
  });

  test.each([
    ['the person on the first moment', alert('actor', 'e-1', '10T08:00'), true, true],
    ['the person a minute before', alert('actor', 'e-1', '10T07:59'), false, false],
    ['the person three days after the end', alert('actor', 'e-1', '15T17:00'), true, true],
    ['the person later than that', alert('actor', 'e-1', '15T17:01'), false, true],
    ['another person', alert('actor', 'e-2', '11T08:00'), false, false],
    ['a seller of the campaign', alert('seller', 's-2', '11T08:00'), true, true],
    ['another seller', alert('seller', 's-3', '11T08:00'), false, false],
    ['a cluster of the campaign', alert('cluster', 'k-1', '11T08:00'), true, true],
    ['a cluster named like a seller', alert('cluster', 's-1', '11T08:00'), false, false],
  ])('that names %s', (_, one, credited, right) => {
    expect([credits(one, offender), rightly(one, offender)]).toEqual([credited, right]);
  });
});
