// Starts one real stack for all integration tests of a jest run, on a folder of its own. Its parts hang on jest's own
// process: whatever ends that, ends them. What cannot start fails the run.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../../../services/platform/stack/stack.js';
import { keepStack, STACK_VARIABLE } from './handover.js';

async function globalSetup(): Promise<void> {
  const dataPath = mkdtempSync(join(tmpdir(), 'keyhole-integration-'));
  const say = (line: string): void => {
    process.stderr.write(`integration stack: ${line}\n`);
  };
  const stack = await startStack({ dataPath, holder: 'the integration tests', say });
  void stack.failed.then((error) => say(error.message));
  const { kafkaBrokers, registryUrl, clickhouse, clickhouseReader, clickhouseAdmin, parts } = stack;
  process.env[STACK_VARIABLE] = JSON.stringify({
    kafkaBrokers,
    registryUrl,
    clickhouse,
    clickhouseReader,
    clickhouseAdmin,
    parts,
  });
  keepStack({ stack, dataPath });
}

export = globalSetup;
