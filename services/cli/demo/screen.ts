// What the demo shows while it runs: one status line that is redrawn on a terminal and repeated every few seconds elsewhere,
// and a line for each anomaly as it comes. It knows figures and sentences, not where they are from.

import colors from 'picocolors';

export interface Status {
  readonly eventsPerSecond: number;
  readonly landed: number;
  readonly total: number;
  /** messages published and not yet landed */
  readonly lag: number;
  readonly eventDay: string;
  readonly anomalies: number;
  readonly alerts: number;
}

export interface Announced {
  readonly severity: string;
  readonly score: number;
  readonly detection: string;
  readonly summary: string;
}

const PLAIN_EVERY_MS = 5_000;

export class Screen {
  private lastPlainAt = 0;
  private drawn = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  step(text: string): void {
    this.line(`${colors.bold('•')} ${text}`);
  }

  status(status: Status): void {
    const text =
      `${status.eventDay}  ${status.landed.toLocaleString('en')}/${status.total.toLocaleString('en')} events  ` +
      `${Math.round(status.eventsPerSecond).toLocaleString('en')}/s  lag ${status.lag.toLocaleString('en')}  ` +
      `${status.anomalies} anomalies, ${status.alerts} of them high or critical`;
    if (this.stream.isTTY) {
      this.stream.write(`\r\u001b[2K${colors.dim(text)}`);
      this.drawn = true;
    } else if (Date.now() - this.lastPlainAt >= PLAIN_EVERY_MS) {
      this.lastPlainAt = Date.now();
      this.stream.write(`  ${text}\n`);
    }
  }

  announce({ severity, score, detection, summary }: Announced): void {
    const paint = severity === 'critical' ? colors.red : severity === 'high' ? colors.yellow : colors.dim;
    this.line(`  ${paint(severity.padEnd(8))} ${score.toFixed(1).padStart(5)}  ${colors.bold(detection)}  ${summary}`);
  }

  line(text = ''): void {
    if (this.drawn) this.stream.write('\r\u001b[2K');
    this.drawn = false;
    this.stream.write(`${text}\n`);
  }
}
