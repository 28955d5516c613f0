// A chart as a list of shapes in points, from the top left: what HTML writes as SVG and PDF draws. Colours are roles, said once in
// `PALETTE`, so that both look alike.

export type Role = 'ink' | 'muted' | 'grid' | 'main' | 'accent' | 'soft' | 'band';

export const PALETTE: Readonly<Record<Role, string>> = {
  ink: '#1c2733',
  muted: '#5d6b79',
  grid: '#dfe4ea',
  main: '#b5412f',
  accent: '#22577a',
  soft: '#a9bccd',
  band: '#fbeee2',
};

export type Shape =
  | {
      readonly shape: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly role: Role;
      readonly hint?: string;
    }
  | {
      readonly shape: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly role: Role;
    }
  | {
      readonly shape: 'dot';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly role: Role;
      readonly hint?: string;
    }
  | {
      readonly shape: 'text';
      readonly x: number;
      /** of the baseline */
      readonly y: number;
      readonly text: string;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly role: Role;
      readonly size: number;
    };

export interface Scene {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly legend: readonly { readonly name: string; readonly role: Role }[];
  readonly shapes: readonly Shape[];
}

/** To a tenth of a point: more would print digits, not differences. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Steps of an axis from 0 that people like: 1, 2 or 5 times a power of ten, at most five of them. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? power);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => at * step);
}
