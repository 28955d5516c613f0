// The log: one JSON line per event on standard error, times in UTC. Decides the shape and what is redacted;
// knows nothing of who logs. Callers log names, counts and codes, never a record's content.

import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../config/settings.js';

export type { Logger } from 'pino';

/** Fields that would carry a secret or a person's data if one slipped in. */
const redacted = ['password', 'sasl', 'payload', 'value', 'message.value', 'customer_ids', '*.password', '*.payload'];

export function createLogger(name: string, options: { readonly level?: LogLevel } = {}): Logger {
  return pino(
    {
      name,
      level: options.level ?? 'info',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: '[redacted]' },
    },
    destination({ fd: 2, sync: true }),
  );
}

/** For callers that were given no log. */
export const silentLogger: Logger = pino({ level: 'silent' });
