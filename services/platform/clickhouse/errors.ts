// Which faults of ClickHouse may pass by themselves, decided by code, never by words. Refuses to repeat what an
// exception quotes: its text can hold rows, so only its code, its name and words about the statement go on, and the
// original error is not kept as a cause.

import { types } from 'node:util';
import { ClickHouseError } from '@clickhouse/client';
import { KeyholeError } from '../../core/errors.js';

/** Time, load, memory, disk, network and replicas: the same request may succeed later. */
const passing = new Set([
  23, 24, 74, 75, 95, 96, 102, 159, 160, 198, 201, 202, 203, 209, 210, 225, 236, 241, 242, 243, 252, 254, 279, 285, 286,
  289, 290, 319, 335, 364, 373, 394, 425, 439, 473, 499, 517, 574, 667, 700, 735, 745, 999, 1000,
]);

/** Codes whose text speaks of the statement (a name, a place in it), not of data: worth showing, with literals cut. */
const aboutTheStatement = new Set([
  10, 16, 36, 42, 43, 44, 46, 47, 48, 53, 57, 60, 62, 63, 81, 82, 115, 164, 179, 184, 192, 207, 215, 291, 344, 352, 386,
  452, 456, 457, 497, 516,
]);

const remedies: Readonly<Record<number, string>> = {
  60: 'run `keyhole migrate`',
  81: 'run `keyhole migrate`, or check KEYHOLE_CLICKHOUSE_DATABASE',
  164: 'keyhole sql only reads',
  192: 'check KEYHOLE_CLICKHOUSE_USER',
  497: 'the user lacks a right for this',
  516: 'check KEYHOLE_CLICKHOUSE_USER and KEYHOLE_CLICKHOUSE_PASSWORD',
};

/** Of those, the codes that quote names of tables, columns, functions and settings. */
const quotingNames = new Set([16, 36, 46, 47, 57, 60, 81, 115, 164]);

/** The first words of an exception without its literals, addresses or the statement it repeats. */
export function safeWords(text: string, code: number): string {
  const keepsNames = quotingNames.has(code);
  return (text.split(/[\n\r]|: In scope | in scope |: While |\(version |\. To execute this query/, 1)[0] ?? '')
    .replace(/(?<!\w)(['"])((?:[^\\]|\\.)*?)(\1|$)/g, (whole, _quote, inner: string) =>
      keepsNames && /^[A-Za-z_][\w.]*$/.test(inner) ? whole : "'…'",
    )
    .replace(/\S*@\S*/g, '…')
    .replace(/\s+/g, ' ')
    .replace(/[\s.:]+$/, '')
    .trim()
    .slice(0, 240);
}

function nodeCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the connection died under the request: idle sockets do, so the same bytes are worth one more try at once. */
export function isBrokenConnection(error: unknown): boolean {
  if (!types.isNativeError(error) || error instanceof ClickHouseError) return false;
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(nodeCode(error) ?? '');
}

/** Whether the server had no memory left for anybody: what else it was doing ends by itself. A statement too large for its own bound has the same code and is not this. */
export const isCrowded = (error: unknown): boolean =>
  error instanceof ClickHouseError && error.code === '241' && error.message.includes('(total)');

function unavailable(reason: string, cause?: Error): KeyholeError {
  const message = `ClickHouse is unavailable: ${reason}`;
  return new KeyholeError('clickhouse_unavailable', message, { retriable: true, ...(cause && { cause }) });
}

/** @param endpoint host and port, for messages */
export function toKeyholeError(error: unknown, endpoint: string): unknown {
  if (error instanceof KeyholeError || !types.isNativeError(error)) return error;
  if (error instanceof ClickHouseError) {
    const code = Number(error.code);
    const name = `${error.type ?? 'UNKNOWN'} (${code})`;
    if (passing.has(code)) return unavailable(`${name} from ${endpoint}`);
    const words = aboutTheStatement.has(code) ? `: ${safeWords(error.message, code)}` : '';
    const remedy = remedies[code] === undefined ? '' : `; ${remedies[code]}`;
    return new KeyholeError('clickhouse_rejected', `ClickHouse refused the request: ${name}${words}${remedy}`, {
      retriable: false,
    });
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return unavailable(`no answer from ${endpoint} in time`);
  const code = nodeCode(error);
  if (code !== undefined && /^(E[A-Z]+|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_[A-Z_]+|CERT_[A-Z_]+)$/.test(code))
    return unavailable(`${code} at ${endpoint}; check that it runs and KEYHOLE_CLICKHOUSE_URL`, error);
  // What the HTTP layer of the server throws comes without a name: 'Poco::Exception. Code: 1000, …'.
  if (/^(Poco::Exception|std::exception)\. Code: 100[01]/.test(error.message))
    return unavailable(`an input or output fault inside ${endpoint}`);
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return unavailable(`${endpoint} did not answer as ClickHouse does; check KEYHOLE_CLICKHOUSE_URL`);
}
