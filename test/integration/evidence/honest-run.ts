// So many honest histories: a random order of what happens in the ordinary way, each step sealed or not, none of which may be accused once
// a pass has gone over it.

import { freshDatabase } from '../support/stack.js';
import { access, alert, beginHistory, dispose, judge, landEvents } from './history.js';
import { chance, memoryAnchor, newKey, type Sealed, sealAll, verifyAll } from './tampering.js';

type Step = (sealed: Sealed, pick: (below: number) => number, n: number) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  repeated: ({ ch }, pick) => {
    const from = pick(50);
    return landEvents(
      ch,
      Array.from({ length: 5 }, (_, i) => access(from + i)),
    );
  },
  late: ({ ch }, pick, n) => landEvents(ch, [access(10_000 + n * 10 + pick(10)), access(20_000 + n)]),
  explained: ({ ch }, pick, n) => landEvents(ch, [access(2 * pick(20))], 'yes', n + 2),
  replaced: ({ ch }, pick) => landEvents(ch, [access(pick(50), { record_count: 7 + pick(90) })]),
  rescored: ({ ch }, pick, n) => judge(ch, `2026-03-0${1 + pick(2)}`, 200 + n, [[`a-${pick(2)}`, `content-new-${n}`]]),
  disposed: ({ ch }, pick) => dispose(ch, `a-${pick(5)}`, 'benign'),
  alerted: ({ ch }, _pick, n) => alert(ch, 100 + n),
};

export async function runHistories(runs: number, seed: number): Promise<string[]> {
  const accused: string[] = [];
  const pick = chance(seed);
  for (let run = 0; run < runs; run++) {
    const { clickhouse: ch } = await freshDatabase('honest');
    const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
    await beginHistory(ch, 60);
    await sealAll(sealed, 0);
    let beganMs = Date.now();
    const names = Object.keys(STEPS);
    const story: string[] = [];
    for (let n = 0; n < 4; n++) {
      const name = names[pick(names.length)] as string;
      story.push(name);
      await STEPS[name]?.(sealed, pick, n);
      if (pick(2) === 0) continue;
      await sealAll(sealed, beganMs);
      beganMs = Date.now();
      story.push('sealed');
    }
    await sealAll(sealed, beganMs);
    const { problems } = await verifyAll(sealed);
    if (problems.length > 0) accused.push(`${story.join(', ')}: ${JSON.stringify(problems)}`);
    await ch.command('DROP DATABASE {db} SYNC');
  }
  return accused;
}
