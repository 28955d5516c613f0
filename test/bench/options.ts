// The bench's command line, and the sizes that follow from it. Knows nothing of how a figure is measured.

import { parseArgs } from 'node:util';
import { UsageError } from '../../services/core/errors.js';

/** a floor, b Keyhole, b2 two scorers, c live, d growth, f poison, g replay. Memory (e) is watched in all of them. */
export const SECTIONS = ['a', 'b', 'b2', 'c', 'd', 'f', 'g'] as const;
export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  readonly sections: ReadonlySet<Section>;
  readonly quick: boolean;
  /** Says after each run which statements cost ClickHouse the most. */
  readonly explain: boolean;
  readonly employees: number;
  /** Days of stored and judged history before the first measured event. */
  readonly historyDays: number;
  /** Days of work that lie in Kafka as backlog. */
  readonly backlogDays: number;
  /** times the usual work of a person */
  readonly backlogBusy: number;
  readonly replayDays: number;
  readonly live: LiveOptions;
  /** Rows that the large history has, once multiplied. */
  readonly largeHistoryEvents: number;
  readonly alertBudget: number;
}

export interface LiveOptions {
  readonly eventsPerSecond: number;
  /** Played without offences first, so that what is measured is warm. */
  readonly warmUpSeconds: number;
  /** Each day of event time is played in this many seconds. */
  readonly secondsPerDay: number;
  readonly days: number;
  readonly offencesPerDay: number;
  readonly customersPerOffence: number;
}

export const HELP = `npm run bench -- [--quick] [--only a,b,c] [--employees N] [--history-days N] [--backlog-days N] …

Starts its own stack in a temporary folder, measures Keyhole beside its floors, prints a table and, as the last line of
standard output, one line of JSON. Progress goes to standard error. Ctrl-C ends everything it started.

  a   floor: a bare consumer that decodes and inserts every event, no judging
  b   Keyhole, one scorer, on the same backlog: all detections, 10,000 employees, 28 days of judged history
  b2  two scorers on the same backlog
  c   live traffic with offences in it: from sending to the anomaly being readable
  d   cost per event with 1 M and with 20 M events stored (left out by --quick)
  f   the backlog with one record in a hundred broken
  g   replay of a case folder into an embedded database
Memory of every scorer is watched throughout.

  --quick            all but the 20 M figure, in a few minutes
  --only LIST        some sections only; b is measured wherever another is set beside it (b2, f)
  --explain          after b, b2, c and f, say which statements cost ClickHouse the most
  --employees N      default 10000
  --history-days N   default 28
  --backlog-days N   default 1
  --backlog-busy N   how busy a day of the backlog is, in times 3.6 accesses a person: default 20, with --quick 14
  --replay-days N    default 28, as busy as the history
  --live-days N      default 6, each 15 s long, the first without offences
  --large-events N   default 20000000
Figures of other sizes than the default ones are for whoever changes the code; they are not the project's.
`;

export type Parsed = { readonly help: true } | ({ readonly help: false } & BenchOptions);

/** Throws UsageError. */
export function parseOptions(args: readonly string[]): Parsed {
  const values = parse(args);
  if (values.help === true) return { help: true };
  const quick = values.quick === true;
  const sections = new Set(values.only === undefined ? SECTIONS : sectionsOf(values.only));
  if (quick) sections.delete('d');
  return {
    help: false,
    sections,
    quick,
    explain: values.explain === true,
    employees: whole('employees', values.employees, 10_000),
    historyDays: whole('history-days', values['history-days'], 28),
    backlogDays: whole('backlog-days', values['backlog-days'], 1),
    backlogBusy: whole('backlog-busy', values['backlog-busy'], quick ? 14 : 20),
    replayDays: whole('replay-days', values['replay-days'], quick ? 11 : 28),
    live: {
      eventsPerSecond: 2_000,
      warmUpSeconds: 15,
      secondsPerDay: 15,
      days: whole('live-days', values['live-days'], 6),
      // Of more, each day’s largest surprises would be offences, and history would take them for usual.
      offencesPerDay: 20,
      customersPerOffence: 120,
    },
    largeHistoryEvents: whole('large-events', values['large-events'], 20_000_000),
    alertBudget: 20,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        explain: { type: 'boolean' },
        only: { type: 'string' },
        employees: { type: 'string' },
        'history-days': { type: 'string' },
        'backlog-days': { type: 'string' },
        'backlog-busy': { type: 'string' },
        'replay-days': { type: 'string' },
        'live-days': { type: 'string' },
        'large-events': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'wrong usage');
  }
}

function sectionsOf(list: string): Section[] {
  return list.split(',').map((name) => {
    const section = SECTIONS.find((known) => known === name.trim());
    if (section === undefined) throw new UsageError(`--only: no section ${name}; there are ${SECTIONS.join(', ')}`);
    return section;
  });
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new UsageError(`--${name} must be a whole number above 0`);
  return Number(text);
}
