// A judge that slept over the arrival of the cases wakes up to tell what no longer holds: the last word must still be what holds.

import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { emptyKafka, integrationStack, until } from '../support/stack.js';
import { type Bed, done, makeBed } from './support/bed.js';
import { faultRows, SETUP_MS } from './support/rows.js';
import { settled } from './support/unharmed.js';

let bed: Bed;

beforeAll(async () => {
  await emptyKafka();
  bed = await makeBed(await integrationStack(), { produce: false });
}, SETUP_MS);
afterAll(() => bed?.close());

const isStopped = (pid: number): boolean => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

faultRows('telling', () => bed, [
  {
    fault: 'SIGSTOP of the judge before it publishes, SIGCONT when cases that came later have been judged by another',
    async break(run) {
      const withoutCases = join(bed.folder, '..', 'without-cases');
      cpSync(bed.folder, withoutCases, { recursive: true });
      rmSync(join(withoutCases, 'support-cases.ndjson'));
      await done(['produce', withoutCases], run.env);
      const first = run.scorer({ faults: { at: 'publishing anomalies', passing: 1, signal: 'SIGSTOP' } });
      await until('the judge has stopped', async () => isStopped(first.pid));
      await done(['produce', bed.folder], run.env);
      await bed.readAgain();
      run.scorer();
      await settled(run);
      const joins = (): number => first.log().split('joined the consumer group').length - 1;
      first.child.kill('SIGCONT');
      await until('the sleeper has joined anew', async () => joins() > 1);
      first.child.kill('SIGTERM');
      await first.ended();
      expect(first.child.exitCode).toBe(0);
      return 'what it told after waking up was taken back by the last word';
    },
  },
]);
