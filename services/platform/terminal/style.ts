// Colour and width only where a person looks: on a terminal, and not under NO_COLOR or TERM=dumb.

import { createColors } from 'picocolors';

export interface Style {
  readonly isTerminal: boolean;
  /** Columns of the terminal, undefined elsewhere. */
  readonly width: number | undefined;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function createStyle(stream: OutputStream, env: NodeJS.ProcessEnv): Style {
  const isTerminal = stream.isTTY === true;
  const hasColour = isTerminal && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === '';
  const { bold, dim, red, yellow } = createColors(hasColour);
  return { isTerminal, width: isTerminal ? (stream.columns ?? 80) : undefined, bold, dim, red, yellow };
}
