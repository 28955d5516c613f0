// `keyhole alert`: runs the alerter; `alert check` says where stored anomalies would go; `alert test` tries a destination; `alert
// silence` holds alerts back for a time. A thin cover of services/alerter.

import type { Command } from 'commander';
import { createSend } from '../alerter/destination.js';
import { runAlerter } from '../alerter/main.js';
import { loadPolicy, loadRouting } from '../alerter/routing-file.js';
import { KeyholeError, UsageError } from '../core/errors.js';
import { readSettings } from '../platform/config/settings.js';
import { createPublisher } from '../platform/kafka/producer.js';
import { createLogger, silentLogger } from '../platform/log/logger.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { openStack } from '../platform/stack/database.js';
import { say } from '../platform/terminal/output.js';
import { readVersion } from '../platform/version.js';
import { registerCheck } from './alert/check.js';
import { registerSilence } from './alert/silence.js';

interface Flags {
  readonly config?: string;
  readonly policy?: string;
  readonly data?: string;
}

export function registerAlert(program: Command): void {
  const alert = program
    .command('alert')
    .description('tell people and tools about anomalies of severity high and above, or as a routing file says')
    .option('--config <file>', 'routing file (default: the destinations that the settings name)')
    .option('--policy <file>', 'what to recommend to access gates (default: observe, for high and above)')
    .option('--data <path>', 'data folder of a running stack (default: settings, else .keyhole)')
    .action(run);
  alert
    .command('test <destination>')
    .description('send a marked test to one destination')
    .action((destination: string, _: unknown, command: Command) => test(destination, command.optsWithGlobals()));
  registerCheck(alert);
  registerSilence(alert);
}

const routingOf = (flags: Flags) => {
  const settings = readSettings(process.env);
  return {
    settings,
    ...loadRouting({
      file: flags.config,
      alertmanagerUrl: settings.alertmanagerUrl,
      webhookUrl: settings.webhookUrl,
      env: process.env,
    }),
  };
};

async function run(flags: Flags): Promise<void> {
  const { settings, routing, secrets } = routingOf(flags);
  const policy = loadPolicy(flags.policy);
  const log = createLogger('alert', { level: settings.logLevel });
  const { signal, release } = onShutdown((name) => log.info({ signal: name }, 'stopping: ending what is on its way'));
  const stack = await openStack({ data: flags.data, env: process.env });
  try {
    const { kafka, clickhouse } = stack;
    const { alertGroupId: groupId, metricsPort } = settings;
    await runAlerter({
      kafka,
      clickhouse,
      routing,
      secrets,
      policy,
      groupId,
      metricsPort,
      version: readVersion(),
      log,
      signal,
    });
  } finally {
    await stack.close();
    release();
  }
}

async function test(name: string, flags: Flags): Promise<void> {
  const { routing, secrets } = routingOf(flags);
  const destination = routing.destinations[name];
  if (destination === undefined)
    throw new UsageError(
      `alert test ${name}: no such destination; there are ${Object.keys(routing.destinations).join(', ')}`,
    );
  const stack = destination.kind === 'ocsf_topic' ? await openStack({ data: flags.data, env: process.env }) : null;
  const publisher = createPublisher(stack?.kafka ?? { brokers: [] }, { log: silentLogger });
  try {
    const delivery = await createSend(name, destination, { secrets, publisher, version: readVersion() })(
      { kind: 'test', destination: name },
      Date.now(),
    );
    if (delivery.outcome !== 'accepted')
      throw new KeyholeError('destination_unavailable', `${name} did not accept the test: ${delivery.reason}`, {
        retriable: true,
      });
    say(`${name} accepted the test`);
  } finally {
    await publisher.close();
    await stack?.close();
  }
}
