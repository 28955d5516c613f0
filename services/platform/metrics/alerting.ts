// The alerter's metrics, each declared once. Labels are names from the routing file and words of ours.

import { Counter, Gauge } from 'prom-client';
import { registry } from './metrics.js';

const registers = [registry];

export const alertItems = new Counter({
  name: 'keyhole_alert_items_total',
  help: 'Things to be said about an anomaly, by destination and action: fire, update, resolve, escalate.',
  labelNames: ['destination', 'action'],
  registers,
});

export const deliveries = new Counter({
  name: 'keyhole_alert_deliveries_total',
  help: 'Attempts to deliver, by destination and outcome: accepted, later.',
  labelNames: ['destination', 'outcome'],
  registers,
});

export const pendingItems = new Gauge({
  name: 'keyhole_alert_items_pending',
  help: 'Things to be said that have not been accepted yet, by destination; those kept for a digest included.',
  labelNames: ['destination'],
  registers,
});

export const alertDebt = new Gauge({
  name: 'keyhole_alert_debt',
  help: 'Alerts that nobody has reviewed, by level: high, critical.',
  labelNames: ['level'],
  registers,
});

export const oldestDebt = new Gauge({
  name: 'keyhole_alert_debt_oldest_seconds',
  help: 'Seconds since the oldest alert that nobody has reviewed was first written, by level; 0 when there is none.',
  labelNames: ['level'],
  registers,
});
