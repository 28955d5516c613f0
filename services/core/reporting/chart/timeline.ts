// A day after day chart: a column a day in two parts, days in question on a tinted ground, and marks above the days on which
// something happened. Knows numbers and labels, not what they mean.

import { dayFromText, dayText } from '../../time.js';
import { count, short } from '../words.js';
import { type Role, type Scene, type Shape, tenth, ticks } from './scene.js';

export interface TimelineDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly lower: number;
  readonly upper: number;
  readonly in_question: boolean;
  /** how many marks stand above it */
  readonly marks: number;
}

export interface TimelineInput {
  readonly title: string;
  readonly days: readonly TimelineDay[];
  readonly lower: { readonly name: string; readonly role: Role };
  readonly upper: { readonly name: string; readonly role: Role };
  readonly mark: string;
  readonly band: string;
}

const MOST_DAYS = 400;
const WIDTH = 500;
const HEIGHT = 170;
const LEFT = 38;
const TOP = 20;
const BOTTOM = 24;

export function timeline({ title, days: known, lower, upper, mark, band }: TimelineInput): Scene {
  const days = everyDay(known);
  const axis = ticks(Math.max(0, ...days.map((one) => one.lower + one.upper)));
  const most = axis.at(-1) ?? 1;
  const room = HEIGHT - TOP - BOTTOM;
  const y = (value: number): number => tenth(HEIGHT - BOTTOM - (room * value) / most);
  const step = (WIDTH - LEFT) / Math.max(1, days.length);
  const shapes: Shape[] = [];
  days.forEach((one, at) => {
    if (one.in_question)
      shapes.push({
        shape: 'rect',
        x: tenth(LEFT + step * at),
        y: TOP,
        width: tenth(step),
        height: room,
        role: 'band',
      });
  });
  for (const value of axis) {
    shapes.push({ shape: 'line', x1: LEFT, y1: y(value), x2: WIDTH, y2: y(value), role: 'grid' });
    shapes.push(label(LEFT - 5, y(value) + 3, count(value), 'end'));
  }
  const every = Math.max(1, Math.ceil(days.length / 8));
  days.forEach((one, at) => {
    const x = tenth(LEFT + step * at + step * 0.15);
    const width = tenth(Math.max(0.5, step * 0.7));
    const hint = `${one.day}: ${count(one.upper)} ${upper.name}, ${count(one.lower)} ${lower.name}`;
    if (one.lower > 0)
      shapes.push({
        shape: 'rect',
        x,
        y: y(one.lower),
        width,
        height: tenth(y(0) - y(one.lower)),
        role: lower.role,
        hint,
      });
    if (one.upper > 0) {
      const top = y(one.lower + one.upper);
      shapes.push({ shape: 'rect', x, y: top, width, height: tenth(y(one.lower) - top), role: upper.role, hint });
    }
    if (one.marks > 0)
      shapes.push({
        shape: 'dot',
        x: tenth(x + width / 2),
        y: TOP - 8,
        radius: 3,
        role: 'ink',
        hint: `${one.day}: ${count(one.marks)}`,
      });
    if (at % every === 0) shapes.push(label(tenth(x + width / 2), HEIGHT - 8, one.day.slice(5), 'middle'));
  });
  const legend = [
    upper,
    ...(days.some((one) => one.lower > 0) ? [lower] : []),
    ...(days.some((one) => one.in_question) ? [{ name: band, role: 'band' as const }] : []),
    ...(days.some((one) => one.marks > 0) ? [{ name: mark, role: 'ink' as const }] : []),
  ];
  return {
    title,
    width: WIDTH,
    height: HEIGHT,
    legend: legend.map(({ name, role }) => ({ name: short(name, 28), role })),
    shapes,
  };
}

/** The days between as days of nothing, unless that would draw hairs. */
function everyDay(known: readonly TimelineDay[]): readonly TimelineDay[] {
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return known;
  const [from, to] = [dayFromText(first.day), dayFromText(last.day)];
  if (to - from > MOST_DAYS) return known;
  const byDay = new Map(known.map((one) => [one.day, one]));
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const day = dayText(from + at);
    return byDay.get(day) ?? { day, lower: 0, upper: 0, in_question: false, marks: 0 };
  });
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): Shape {
  return { shape: 'text', x, y, text, anchor, role: 'muted', size: 8 };
}
