// keyhole erase --customer ID: the right to be forgotten. Afterwards nothing stored names the customer; counts, digests and proofs stay
// valid. What the feeds' topics and their producers still hold is theirs to erase, and said.

import type { Command } from 'commander';
import { checkReason } from '../core/exceptions/exception.js';
import { eraseCustomer } from '../pipeline/retention/erase.js';
import { rawPatternOf, refuseNaming } from '../pipeline/retention/forgetting.js';
import { forgetRecords } from '../platform/kafka/forget.js';
import type { TopicRecord } from '../platform/kafka/read-topic.js';
import { DEAD_LETTERS_TOPIC } from '../platform/kafka/topics.js';
import { parseId } from '../platform/terminal/arguments.js';
import { say } from '../platform/terminal/output.js';
import { holdsDigests, keyToSeal, openEvidence } from './evidence/context.js';

interface Flags {
  readonly customer: string;
  readonly by: string;
  readonly why: string;
  readonly data?: string;
}

export function registerErase(program: Command): void {
  program
    .command('erase')
    .description('erase one customer: the id gives way to a token everywhere; counts, digests and proofs stay valid')
    .requiredOption('--customer <id>', 'the customer')
    .option('--by <who>', 'id of the person who decided it', 'unnamed')
    .option('--why <text>', 'such as the number of the request', 'request of the customer')
    .option('--data <path>', 'data folder (default: settings, else .keyhole)')
    .action(run);
}

/** With whatever neighbours, as in the table of dead letters. */
function holds(customer: string): (record: TopicRecord) => boolean {
  const pattern = new RegExp(rawPatternOf(customer), 'u');
  return ({ key, value }) => [value, key].some((bytes) => bytes !== null && pattern.test(bytes.toString('utf8')));
}

async function run(flags: Flags): Promise<void> {
  const customer = parseId('--customer', flags.customer);
  const by = parseId('--by', flags.by);
  const note = checkReason('--why', flags.why);
  refuseNaming(customer, { by, note });
  const context = await openEvidence(flags.data);
  try {
    const { clickhouse } = context.database;
    const isSealed = await holdsDigests(clickhouse);
    const key = keyToSeal(context, { isSealed, mayMake: !isSealed, say });
    const erased = await eraseCustomer(clickhouse, customer, {
      key,
      anchor: context.anchor,
      by,
      note,
      nowMs: Date.now(),
      isAlone: context.database.exclusive,
    });
    process.stdout.write(
      `erased: ${erased.accesses} accesses, ${erased.cases} case versions, ${erased.complaints} complaints now name ${erased.token}\n` +
        (erased.elsewhere.length === 0 ? '' : `and ${erased.elsewhere.join(', ')}\n`),
    );
    if (erased.left.length > 0)
      say(
        `left in ids of records, which are never rewritten: ${erased.left.join(', ')} rows; if that is the customer, make ids without it and let keyhole retention apply take these rows`,
      );
    if (!erased.queriesForgotten)
      say('the log of queries may not be changed from here: see docs/retention.md for what its administrator runs');
    if (context.kafka !== null) {
      const letters = await forgetRecords(context.kafka, DEAD_LETTERS_TOPIC, holds(customer));
      if (letters > 0)
        say(`${letters} records of ${DEAD_LETTERS_TOPIC} named the customer; all up to the last of them are deleted`);
      say('the topics of the feeds keep what was produced for as long as they are set to: see docs/retention.md');
    }
  } finally {
    await context.close();
  }
}
