// The kind `feed`: a tool of a marketplace whose log goes silent or far below its usual rate. A blind spot is what an insider wants.
// A day can be judged once the next has begun, so the sheet of a day judges the day before.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { push } from '../../maps.js';
import { round } from '../../stats/combine.js';
import { log1mexp, logNegativeBinomialTail } from '../../stats/tails.js';
import { type Day, dayText, startOf } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Finding } from '../finding.js';
import { type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { type Piece, surpriseOf, tell } from '../pieces.js';
import { HISTORY_DAYS } from '../read-set.js';
import type { World } from '../world.js';

interface Feed {
  readonly tool: string;
  readonly marketplace: string;
  readonly observed: number;
  readonly expected: number;
  readonly pieces: readonly Piece[];
}

export const feed: Kind<Feed> = {
  parts: ['feeds'],
  rangeRead: (_, day) => ({ from: day - 1 - HISTORY_DAYS, to: day + 1 }),
  judge: judgeFeeds,
  accessesFor: () => null,
  finding: feedFinding,
};

const MIN_DAYS = 7;
/** Same weekdays that make a weekday's own rate. */
const MIN_WEEKDAYS = 2;
/** Size of the negative binomial: honest volumes of one tool vary by a fifth from day to day. */
const SIZE = 25;

function judgeFeeds(definition: Definition, day: Day, world: World): RawSheet<Feed> {
  const judge = judgeOf(definition, 'feed');
  const yesterday = day - 1;
  if (world.feeds(day) === undefined) return { judged: 0, top: [], unscored: [] };
  const usual = new Map<string, { readonly day: Day; readonly events: number }[]>();
  let days = 0;
  for (let d = yesterday - HISTORY_DAYS; d < yesterday; d++) {
    const known = countsOf(world, d);
    if (known === null) continue;
    days++;
    for (const [name, events] of known) push(usual, name, { day: d, events });
  }
  if (days < MIN_DAYS) return { judged: 0, top: [], unscored: [] };
  const now = countsOf(world, yesterday) ?? new Map<string, number>();
  const expected = [...usual].map(([name, seen]) => ({ name, expected: expectedOn(yesterday, seen) }));
  const sums = { now: 0, expected: 0 };
  for (const one of expected) {
    sums.now += Math.min(now.get(one.name) ?? 0, 2 * one.expected);
    sums.expected += one.expected;
  }
  let judged = 0;
  const assessed = expected.flatMap(({ name, expected: alone }) => {
    if (alone < judge.at_least) return [];
    judged++;
    const observed = now.get(name) ?? 0;
    const quiet = quietness(sums, Math.min(observed, 2 * alone), alone);
    const mean = alone * quiet;
    const [tool = '', marketplace = ''] = name.split('\n');
    const pieces = [
      {
        name: 'silence',
        observed,
        expected: mean,
        logP: log1mexp(logNegativeBinomialTail(observed + 1, mean, SIZE)),
        inputs: { usual: round(alone, 4), everybody: round(quiet, 4), size: SIZE },
      },
    ];
    const detail = { tool, marketplace, observed, expected: mean, pieces };
    return [{ key: `feed ${tool} ${marketplace}`, surprise: surpriseOf(pieces), detail }];
  });
  return { judged, top: topOf(assessed, SAMPLE_SIZE), unscored: [] };
}

function countsOf(world: World, day: Day): Map<string, number> | null {
  const known = world.feeds(day);
  if (known === undefined) return null;
  return new Map(known.tool.map((tool, i) => [`${tool}\n${known.marketplace[i] ?? ''}`, known.events[i] as number]));
}

/** Median of the same weekdays; zero, which nobody can fall below, where the history has not seen enough of them. */
function expectedOn(day: Day, seen: readonly { readonly day: Day; readonly events: number }[]): number {
  const same = seen.filter((one) => (day - one.day) % 7 === 0).map((one) => one.events);
  if (same.length < MIN_WEEKDAYS) return 0;
  same.sort((a, b) => a - b);
  return same[Math.floor((same.length - 1) / 2)] as number;
}

/** How quiet the other feeds are together, at most one: a holiday is not a silence. */
function quietness(sums: { now: number; expected: number }, observed: number, alone: number): number {
  const others = sums.expected - alone;
  return others <= 0 ? 1 : Math.min(1, Math.max(0.05, (sums.now - observed) / others));
}

function feedFinding(input: FindingInput<Feed>): Finding {
  const { tool, marketplace, observed, expected, pieces } = input.assessed.detail;
  const yesterday = input.day - 1;
  return tell(input, {
    summary: `${tool} in ${marketplace} logged ${observed} calls on ${dayText(yesterday)}, where ${Math.round(expected)} are usual on such a day; what was done there is not seen`,
    pieces,
    observed: { tool, marketplace, day: dayText(yesterday), calls: observed },
    detectedAt: startOf(input.day),
  });
}
