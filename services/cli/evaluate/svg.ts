// Two plots as inline SVG: lines over a few named steps, and bars with a name each. Knows numbers and labels, not what they mean.
// Colours are classes, so that the page decides them for light and dark.

export interface Series {
  readonly name: string;
  /** One for each step; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface Lines {
  readonly title: string;
  readonly steps: readonly string[];
  readonly stepsName: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The top of the axis. */
  readonly most: number;
  /** A stretch of values that is as it should be. */
  readonly band?: { readonly from: number; readonly to: number };
}

export interface Bar {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
  readonly note: string;
}

const WIDTH = 460;
const HEIGHT = 250;
const LEFT = 48;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 40;
const BAR_HEIGHT = 24;
const BAR_LEFT = 190;
const BAR_RIGHT = 170;
const BARS_WIDTH = 760;
const TICKS = 4;

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export function lines({ title, steps, stepsName, series, format, most, band }: Lines): string {
  const x = (at: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (at + 0.5)) / Math.max(1, steps.length);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * Math.min(value, most)) / most;
  const grid = Array.from({ length: TICKS + 1 }, (_, at) => {
    const value = (most * at) / TICKS;
    const height = point(y(value));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${height}" y2="${height}"/>${label(LEFT - 6, y(value) + 4, format(value), 'end')}`;
  });
  const names = steps.map((step, at) => label(x(at), HEIGHT - BOTTOM + 18, step, 'middle'));
  const shaded =
    band === undefined
      ? ''
      : `<rect class="band" x="${LEFT}" width="${WIDTH - LEFT - RIGHT}" y="${point(y(band.to))}" height="${point(y(band.from) - y(band.to))}"/>`;
  const drawn = series.map(({ name, values }, which) => {
    const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
    const path = known.map(({ value, at }) => `${point(x(at))},${point(y(value))}`).join(' ');
    const dots = known.map(
      ({ value, at }) =>
        `<circle class="dot s${which}" cx="${point(x(at))}" cy="${point(y(value))}" r="4"><title>${escaped(`${name}, ${steps[at]}: ${format(value)}`)}</title></circle>`,
    );
    return `<polyline class="line s${which}" points="${path}"/>${dots.join('')}`;
  });
  return figure(
    title,
    WIDTH,
    HEIGHT,
    [shaded, ...grid, ...names, label(WIDTH / 2, HEIGHT - 4, stepsName, 'middle'), ...drawn.reverse()].join(''),
    series.map((one) => one.name),
  );
}

export function bars(title: string, all: readonly Bar[]): string {
  const room = BARS_WIDTH - BAR_LEFT - BAR_RIGHT;
  const drawn = all.map(({ name, share, note }, at) => {
    const top = at * BAR_HEIGHT + 4;
    const width = Math.max(0, Math.min(1, share)) * room;
    return [
      label(BAR_LEFT - 8, top + 12, name, 'end'),
      `<rect class="track" x="${BAR_LEFT}" y="${top}" width="${room}" height="16" rx="3"/>`,
      `<rect class="bar" x="${BAR_LEFT}" y="${top}" width="${point(width)}" height="16" rx="3"/>`,
      label(BARS_WIDTH - BAR_RIGHT + 8, top + 12, note, 'start'),
    ].join('');
  });
  return figure(title, BARS_WIDTH, all.length * BAR_HEIGHT + 8, drawn.join(''), []);
}

function figure(title: string, width: number, height: number, body: string, legend: readonly string[]): string {
  const keys = legend.map((name, at) => `<span class="key"><i class="s${at}"></i>${escaped(name)}</span>`);
  const caption = `<figcaption>${escaped(title)}${keys.length > 1 ? `<span class="legend">${keys.join('')}</span>` : ''}</figcaption>`;
  return `<figure>${caption}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${body}</svg></figure>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${point(x)}" y="${point(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

const point = (value: number): string => value.toFixed(1);
