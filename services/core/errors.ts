// The one error class for system faults, and the one for wrong usage. Data faults are outcomes (dead letters), never errors.

export type ErrorCode =
  | 'clickhouse_unavailable'
  | 'clickhouse_rejected'
  | 'kafka_unavailable'
  | 'registry_unavailable'
  | 'registry_rejected'
  | 'dead_letter_limit'
  | 'stack_failed'
  | 'destination_unavailable'
  | 'requirement_missing'
  | 'folder_unreadable'
  | 'configuration_invalid'
  | 'not_found'
  | 'evidence_broken'
  | 'evidence_busy'
  | 'held'
  | 'incomplete'
  | 'internal';

/** A system fault: which, whether the same call may succeed later, and what caused it. Messages never hold a person's data. */
export class KeyholeError extends Error {
  override readonly name = 'KeyholeError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
  }
  get retriable(): boolean {
    return this.options.retriable;
  }
}

/** Wrong usage of a command: its message names the option or path, what was given and what would do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
