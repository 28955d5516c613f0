// `keyhole simulate OUT`: parses what is asked, shows progress on stderr, leaves the making to services/simulator.
// Everything given is checked before the folder is touched.

import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../core/errors.js';
import { createProgress } from '../platform/terminal/progress.js';
import { CAMPAIGN_NAMES, chooseCampaigns } from '../simulator/campaigns/catalogue.js';
import { createFolder } from '../simulator/output/folder.js';
import type { Silence } from '../simulator/output/timeline.js';
import { prepare, type Simulated } from '../simulator/simulate.js';

interface Options {
  readonly seed: number;
  readonly employees: number;
  readonly days: number;
  readonly campaign: string[];
  readonly offenders?: number;
  readonly start?: number;
  readonly eventsPerEmployeeDay: number;
  readonly silence: Silence[];
  readonly gzip: boolean;
  readonly force: boolean;
}

const whole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
  };

function rate(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 1_000) return value;
  throw new InvalidArgumentError('Give a number above 0, at most 1000.');
}

function day(text: string): number {
  const value = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  const valid = Number.isFinite(value) && new Date(value).toISOString().startsWith(text);
  if (valid && text >= '2010-01-01' && text < '2090-01-01') return value;
  throw new InvalidArgumentError('Give a day such as 2026-01-05, from 2010 to 2089.');
}

function silence(text: string, silences: readonly Silence[]): Silence[] {
  const match = /^([^:/\s]+)(?:\/([^:/\s]+))?:(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})$/.exec(text);
  const [, tool, marketplace = null, from = '', to = ''] = match ?? [];
  if (tool === undefined)
    throw new InvalidArgumentError('Give a tool and two days, such as helpdesk:2026-02-01:2026-02-03.');
  const silent = { tool, marketplace, fromMs: day(from), toMs: day(to) };
  if (silent.fromMs >= silent.toMs) throw new InvalidArgumentError('The first day must be before the second.');
  return [...silences, silent];
}

const collect = (name: string, names: string[]): string[] => [...names, name];

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('write a case folder of a synthetic organisation, with a truth.ndjson of its offenders')
    .argument('<out>', 'folder to write to')
    .requiredOption('--seed <n>', 'equal seeds and options give equal files', whole(0, Number.MAX_SAFE_INTEGER))
    .requiredOption('--employees <n>', 'how many people work there in all', whole(1, 200_000))
    .requiredOption('--days <n>', 'length of the period', whole(1, 3_650))
    .option('--campaign <name>', `plant a campaign; repeatable: ${CAMPAIGN_NAMES.join(', ')}, all, none`, collect, [])
    .option(
      '--offenders <n>',
      'how many offenders to plant at least (default: one for every 40 employees, and five)',
      whole(1, 10_000),
    )
    .option('--start <day>', 'first day of the period, UTC (default 2026-01-05)', day)
    .option('--events-per-employee-day <n>', 'accesses of people, on average over everybody and all days', rate, 11)
    .option(
      '--silence <tool:from:to>',
      'a tool that delivers nothing from a day to before another, tool/marketplace for one site; repeatable',
      silence,
      [],
    )
    .option('--gzip', 'write .ndjson.gz', false)
    .option('--force', 'overwrite the case folder that is there', false)
    .addHelpText(
      'after',
      '\nWithout --campaign: bulk_email, sales_export, account_reinstatement, review_deletion, canary.',
    )
    .action(run);
}

async function run(out: string, options: Options): Promise<void> {
  const campaigns = chooseCampaigns(options.campaign);
  if (campaigns.length === 0 && options.offenders !== undefined) {
    throw new UsageError('--offenders has no meaning with --campaign none');
  }
  const progress = createProgress();
  const prepared = prepare({
    seed: options.seed,
    employees: options.employees,
    days: options.days,
    startMs: options.start ?? Date.UTC(2026, 0, 5),
    eventsPerEmployeeDay: options.eventsPerEmployeeDay,
    campaigns,
    silences: options.silence,
    offenders: options.offenders ?? Math.max(5, Math.round(options.employees / 40)),
    onDay: (done) => progress.update('simulating', done, options.days),
  });
  const folder = await createFolder(out, { gzip: options.gzip, force: options.force });
  try {
    const done = await prepared.run(folder);
    progress.stop();
    process.stderr.write(`${summary(out, done)}\n`);
  } finally {
    progress.stop();
    await folder.close();
  }
}

function summary(out: string, { counts, truth }: Simulated): string {
  const feeds = [...counts].map(([feed, count]) => `${feed} ${count.toLocaleString('en')}`).join(', ');
  const families = new Set(truth.map((row) => row.campaign)).size;
  return `${out}: ${feeds}; ${truth.length} offenders in ${families} campaign families`;
}
