// Accesses wait for the cases of their time while cases keep coming, and never for ever.

import { createCasesFirst } from '../../services/scorer/cases-first.js';

const cases = { topic: 'support-cases', partition: 0 };
const read = (next: number, high: number) => ({
  topic: 'support-cases',
  nextOffset: String(next),
  highWatermark: String(high),
});

test('waits for nothing where the cases are read by another member', async () => {
  const first = createCasesFirst(1e9);
  first.begin([{ topic: 'access-log', partition: 0 }]);
  await expect(first.passed(5)).resolves.toBeUndefined();
});

test('waits until the cases of its time are read', async () => {
  const first = createCasesFirst(1e9);
  first.begin([cases]);
  const story: string[] = [];
  const waiting = first.passed(50).then(() => story.push('passed'));
  first.read(read(10, 100), 20);
  story.push('cases of 20');
  await Promise.resolve();
  first.read(read(20, 100), 60);
  story.push('cases of 60');
  await waiting;
  expect(story).toEqual(['cases of 20', 'cases of 60', 'passed']);
});

test('waits no longer once all cases are read', async () => {
  const first = createCasesFirst(1e9);
  first.begin([cases]);
  const waiting = first.passed(50);
  first.read(read(100, 100), 20);
  await expect(waiting).resolves.toBeUndefined();
  await expect(first.passed(99)).resolves.toBeUndefined();
});

test('waits no longer when no cases come', async () => {
  const first = createCasesFirst(1);
  first.begin([cases]);
  await expect(first.passed(50)).resolves.toBeUndefined();
});
