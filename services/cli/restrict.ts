// `keyhole restrict`: what people recommend to the access gates for one employee, or take back. A block takes the word of two.

import { type Command, Option } from 'commander';
import { createRestricting, putGrants } from '../alerter/restricting.js';
import { STEPS, type Step } from '../core/alerting/restriction.js';
import { UsageError } from '../core/errors.js';
import { createPublisher } from '../platform/kafka/producer.js';
import { openStack } from '../platform/stack/database.js';
import { parseId, parseNumber } from '../platform/terminal/arguments.js';
import { say } from '../platform/terminal/output.js';

interface Flags {
  readonly by: string;
  readonly second?: string;
  readonly reason: string;
  readonly for: string;
  readonly lift?: boolean;
  readonly data?: string;
}

const HOUR_MS = 3_600_000;

export function registerRestrict(program: Command): void {
  program
    .command('restrict <actor> [step]')
    .description(
      `recommend a step to the access gates (${STEPS.join(', ')}), or take back what people recommended with --lift`,
    )
    .requiredOption('--by <who>', 'whose decision it is')
    .requiredOption('--reason <text>', 'why, in a sentence')
    .option('--second <who>', 'the second person: a block takes two')
    .addOption(new Option('--for <hours>', 'how long it holds').default('24'))
    .option('--lift', 'take back what people recommended; what anomalies recommend stays')
    .option('--data <path>', 'data folder of a running stack (default: settings, else .keyhole)')
    .action(restrict);
}

async function restrict(actor: string, step: string | undefined, flags: Flags): Promise<void> {
  parseId('ACTOR', actor);
  const chosen = stepOf(step, flags);
  const hours = parseNumber('--for', flags.for, { min: 0.01, max: 8_760 });
  const stack = await openStack({ data: flags.data, env: process.env });
  const publisher = createPublisher(stack.kafka);
  try {
    const { by, second = '', reason } = flags;
    await putGrants(stack.clickhouse, [
      {
        actor_id: actor,
        source: 'people',
        step: chosen,
        reason,
        by,
        second,
        expiresAtMs: Date.now() + hours * HOUR_MS,
      },
    ]);
    await createRestricting(stack.clickhouse, publisher).publish();
  } finally {
    await publisher.close();
    await stack.close();
  }
  say(
    chosen === ''
      ? `${actor}: what people recommended is taken back`
      : `${actor}: ${chosen} for ${hours} h is recommended to the gates`,
  );
}

function stepOf(step: string | undefined, { lift, by, second }: Flags): Step | '' {
  if (lift === true) {
    if (step !== undefined) throw new UsageError(`restrict takes either a step or --lift, not both`);
    return '';
  }
  const known = STEPS.find((one) => one === step);
  if (known === undefined)
    throw new UsageError(`restrict ${step ?? ''}: name a step, one of ${STEPS.join(', ')}, or give --lift`);
  if (known === 'block' && (second === undefined || second.trim() === '' || second.trim() === by.trim()))
    throw new UsageError('restrict block takes the word of two people: give --second with another name than --by');
  return known;
}
