// `keyhole produce DIR`: publishes a case folder to Kafka through the registry. Decides flags and how progress is shown.

import { SingleBar } from 'cli-progress';
import { type Command, InvalidArgumentError } from 'commander';
import { KeyholeError } from '../core/errors.js';
import { readSettings } from '../platform/config/settings.js';
import { openCaseFolder } from '../platform/files/case-folder.js';
import { type ProduceProgress, produceFolder } from '../platform/kafka/produce-folder.js';
import { createLogger } from '../platform/log/logger.js';
import { createOutages } from '../platform/log/outages.js';
import { onShutdown } from '../platform/shutdown/signals.js';
import { retryForever } from '../platform/shutdown/wait.js';
import { openStack } from '../platform/stack/database.js';

interface Flags {
  readonly rate?: number;
  readonly data?: string;
}

export function registerProduce(program: Command): void {
  program
    .command('produce')
    .description('publish a case folder to Kafka through the schema registry')
    .argument('<dir>', 'case folder: access-log.ndjson[.gz] and its context feeds')
    .option('--rate <n>', 'events of the access log a second, at most', parseRate)
    .option('--data <path>', 'data folder of a running stack (default: settings, else .keyhole)')
    .action(produce);
}

async function produce(dir: string, flags: Flags): Promise<void> {
  openCaseFolder(dir);
  const settings = readSettings(process.env);
  const log = createLogger('produce', { level: settings.logLevel });
  const shutdown = onShutdown(() => log.info('stopping after what is being sent'));
  const stack = await retryForever(() => openStack({ data: flags.data, env: process.env }), {
    outages: createOutages(log),
    signal: shutdown.signal,
  });
  const progress = process.stderr.isTTY ? progressBar() : progressLines();
  try {
    const counts = await produceFolder({
      dir,
      kafka: stack.kafka,
      registry: stack.registry,
      partitions: settings.topicPartitions,
      replication: settings.topicReplication,
      ...(flags.rate === undefined ? {} : { rate: flags.rate }),
      log,
      onProgress: progress.show,
      signal: shutdown.signal,
    });
    progress.end();
    process.stdout.write(`read ${counts.read} published ${counts.published} dead ${counts.dead}\n`);
    if (shutdown.signal.aborted)
      throw new KeyholeError(
        'internal',
        'stopped before the end of the folder: produce it again, repeats are harmless',
        {
          retriable: false,
        },
      );
  } finally {
    progress.end();
    shutdown.release();
    await stack.close();
  }
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError('give a number of events a second above 0');
}

interface Display {
  show(progress: ProduceProgress): void;
  end(): void;
}

function progressBar(): Display {
  const bar = new SingleBar({
    format: '{feed} {bar} {percentage}% | {published} published, {dead} dead | {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
  let feed = '';
  return {
    show({ bytesRead, bytesTotal, ...rest }) {
      if (rest.feed !== feed) bar.start(bytesTotal, bytesRead, rest);
      else bar.update(bytesRead, rest);
      feed = rest.feed;
    },
    end: () => bar.stop(),
  };
}

const LINE_EVERY_MS = 5_000;

function progressLines(): Display {
  let lastMs = performance.now();
  return {
    show({ feed, published, dead, bytesRead, bytesTotal }) {
      if (performance.now() - lastMs < LINE_EVERY_MS) return;
      lastMs = performance.now();
      const percent = bytesTotal === 0 ? 100 : Math.floor((100 * bytesRead) / bytesTotal);
      process.stderr.write(`${feed} ${percent}%: ${published} published, ${dead} dead\n`);
    },
    end: () => undefined,
  };
}
