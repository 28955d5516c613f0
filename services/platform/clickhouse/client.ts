// The one door to ClickHouse. Decides how requests are made: settings said explicitly, one insert one request, bounded
// times, faults as KeyholeError. Refuses to know any table. Nothing a request carries is ever logged: the library's own
// logger, which prints parameters, is off.

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import { KeyholeError } from '../../core/errors.js';
import { isBrokenConnection, isCrowded, toKeyholeError } from './errors.js';
import { bindArrays } from './params.js';
import {
  analystSettings,
  commandSettings,
  insertSettings,
  querySettings,
  type RequestSettings,
} from './request-settings.js';

export interface ClickHouseSettings {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface ClickHouse {
  readonly database: string;
  /**
   * `{db}` in sql is replaced by the database's name; params are ClickHouse's `{name:Type}`, arrays of any length.
   * 64-bit and wider integers come back as strings, times as 'YYYY-MM-DD HH:MM:SS.mmm'.
   */
  query<Row>(sql: string, params?: Record<string, unknown>, settings?: RequestSettings): Promise<Row[]>;
  /** The answer column by column, in the statement's order; integers of any width as numbers, so ask for wide ones as text. */
  queryColumns(sql: string): Promise<unknown[][]>;
  /** The one UInt32 column of a query, in pieces as they arrive: for more rows than objects should be made of. */
  scanIntegers(sql: string, onPiece: (integers: Uint32Array) => void): Promise<void>;
  /** A person's question, read-only, unqualified names meaning this database. A FORMAT clause in it wins over `format`. */
  queryStream(sql: string, format: string): Promise<AsyncIterable<string>>;
  /** JSONCompactEachRow, one request, one block: atomic within a partition. Times as `toDateTime64` gives them. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
  /** The same from rows that are text already: JSON objects that name these columns, a newline behind each. */
  insertObjects(table: string, columns: readonly string[], rows: Buffer): Promise<void>;
  command(sql: string, params?: Record<string, unknown>): Promise<void>;
  /** Whether the server answers and takes the credentials, within three seconds. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

const insertTimeoutMs = 120_000;
const queryTimeoutMs = 300_000;
const pingTimeoutMs = 3_000;
/** ClickHouse closes idle connections after 10 s by default, older servers after 3 s. */
const idleSocketMs = 2_000;

function createHttpClient(settings: ClickHouseSettings, database: string | undefined): ClickHouseClient {
  return createClient({
    url: settings.url,
    ...loginOf(settings),
    ...(database !== undefined && { database }),
    application: 'keyhole',
    request_timeout: queryTimeoutMs + 10_000,
    max_open_connections: 8,
    keep_alive: { enabled: true, idle_socket_ttl: idleSocketMs, eagerly_destroy_stale_sockets: true },
    compression: { request: false, response: false },
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** The local server takes a login by ClickHouse's headers alone (deploy/local/clickhouse/config.xml); what a header would not carry whole goes as Basic. */
function loginOf({ user, password }: ClickHouseSettings): ClickHouseClientConfigOptions {
  if (!/^[!-~]*$/.test(user + password)) return { username: user, password };
  return { set_basic_auth_header: false, http_headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password } };
}

function endpointOf(url: string): string {
  if (!URL.canParse(url))
    throw new KeyholeError('configuration_invalid', 'KEYHOLE_CLICKHOUSE_URL is not a URL; give http://host:8123', {
      retriable: false,
    });
  return new URL(url).host;
}

/** A caller that was still at work when its process stopped: passing, so that it ends by its signal and not as a failure. */
function closedError(endpoint: string): KeyholeError {
  return new KeyholeError('clickhouse_unavailable', `ClickHouse: the connection to ${endpoint} has been closed`, {
    retriable: true,
  });
}

/** Merges and mutations that had taken the memory end within seconds. */
const CROWDED_PAUSES_MS = [500, 1_000, 2_000, 4_000];

function checkDatabase(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name))
    throw new KeyholeError(
      'configuration_invalid',
      'KEYHOLE_CLICKHOUSE_DATABASE must begin with a letter and hold letters, digits and underscores only',
      { retriable: false },
    );
}

/** Nothing is sent until the first request. Errors: clickhouse_unavailable (retriable) and clickhouse_rejected. */
export function connectClickHouse(settings: ClickHouseSettings): ClickHouse {
  checkDatabase(settings.database);
  const endpoint = endpointOf(settings.url);
  const client = createHttpClient(settings, undefined);
  let analystClient: ClickHouseClient | undefined;
  let isClosed = false;
  const named = (sql: string): string => sql.replaceAll('{db}', settings.database);

  /** Every request is safe to repeat (identity makes repeats harmless): a socket that died idle costs one retry, a crowded server some seconds. */
  async function attempt<T>(timeoutMs: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const pauses = [...CROWDED_PAUSES_MS];
    let hasBroken = false;
    for (;;) {
      try {
        if (isClosed) throw closedError(endpoint);
        return await request(AbortSignal.timeout(timeoutMs));
      } catch (error) {
        if (isBrokenConnection(error) && !hasBroken) hasBroken = true;
        else if (isCrowded(error) && pauses.length > 0) await delay(pauses.shift());
        else throw toKeyholeError(error, endpoint);
      }
    }
  }

  function prepared(sql: string, params: Record<string, unknown> | undefined, settingsOfRequest: RequestSettings) {
    const bound = bindArrays(named(sql), params ?? {});
    return {
      query: bound.sql,
      query_params: bound.params,
      clickhouse_settings: { ...settingsOfRequest, max_query_size: String(262_144 + 2 * Buffer.byteLength(bound.sql)) },
    };
  }

  const insertBody = (table: string, columns: readonly string[], format: string, body: Buffer): Promise<void> =>
    attempt(insertTimeoutMs, async (abort_signal) => {
      const { stream } = await client.exec({
        query: named(`INSERT INTO {db}.${table} (${columns.join(', ')}) FORMAT ${format}`),
        values: Readable.from([body], { objectMode: false }),
        clickhouse_settings: insertSettings,
        abort_signal,
      });
      await text(stream);
    });

  return {
    database: settings.database,

    query<Row>(sql: string, params?: Record<string, unknown>, extra?: RequestSettings): Promise<Row[]> {
      return attempt(queryTimeoutMs, async (abort_signal) => {
        const request = prepared(sql, params, { ...querySettings, ...extra });
        const result = await client.query({ ...request, format: 'JSONEachRow', abort_signal });
        const rows = await result.json<Row>();
        refuseParts(rows.length, summaryIn(result.response_headers), endpoint);
        return rows;
      });
    },

    queryColumns(sql: string): Promise<unknown[][]> {
      return attempt(queryTimeoutMs, async (abort_signal) => {
        const request = prepared(sql, undefined, { ...querySettings, output_format_json_quote_64bit_integers: 0 });
        const { stream, response_headers } = await client.exec({
          ...request,
          query: `${request.query} FORMAT JSONCompactColumns`,
          abort_signal,
        });
        const answer = await text(stream);
        if (answer === '') refuseParts(0, Number.POSITIVE_INFINITY, endpoint);
        const columns = JSON.parse(answer) as unknown[][];
        refuseParts(columns[0]?.length ?? 0, summaryIn(response_headers), endpoint);
        return columns;
      });
    },

    scanIntegers(sql, onPiece) {
      return attempt(queryTimeoutMs, async (abort_signal) => {
        const request = prepared(sql, undefined, querySettings);
        const { stream, response_headers } = await client.exec({
          ...request,
          query: `${request.query} FORMAT RowBinary`,
          abort_signal,
        });
        const seen = await eachInteger(stream, onPiece);
        refuseParts(seen, summaryIn(response_headers), endpoint);
      });
    },

    async queryStream(sql, format) {
      refuseAllButReading(sql);
      analystClient ??= createHttpClient(settings, settings.database);
      const asked = analystClient;
      const askedSettings: RequestSettings = { ...analystSettings, default_format: format };
      return await attempt(queryTimeoutMs, async (abort_signal) => {
        const { stream } = await asked.exec({
          query: named(sql),
          clickhouse_settings: askedSettings,
          abort_signal,
        });
        return textOf(stream, endpoint);
      });
    },

    async insert(table, columns, rows) {
      if (rows.length > 0) await insertBody(table, columns, 'JSONCompactEachRow', rowsText(rows));
    },

    insertObjects: (table, columns, rows) => insertBody(table, columns, 'JSONEachRow', rows),

    async command(sql, params) {
      await attempt(queryTimeoutMs, (abort_signal) =>
        client.command({ ...prepared(sql, params, commandSettings), abort_signal }),
      );
    },

    async ping() {
      try {
        const result = await client.query({
          query: 'SELECT 1',
          format: 'TabSeparated',
          abort_signal: AbortSignal.timeout(pingTimeoutMs),
        });
        return (await result.text()).trim() === '1';
      } catch {
        return false;
      }
    },

    async close() {
      isClosed = true;
      await Promise.all([client.close(), analystClient?.close()]);
    },
  };
}

/** So many rows are one text: half the time of a call for each row, and short enough to die young. */
const rowsOfText = 128;

function rowsText(rows: readonly (readonly unknown[])[]): Buffer {
  const pieces: Buffer[] = [];
  for (let from = 0; from < rows.length; from += rowsOfText) {
    const brackets = JSON.stringify(rows.slice(from, from + rowsOfText));
    const piece = Buffer.from(brackets);
    piece[0] = newline;
    piece[piece.length - 1] = newline;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const newline = 0x0a;

/** readonly = 2 stops what changes data, but lets KILL QUERY and CREATE TEMPORARY TABLE pass. */
function refuseAllButReading(sql: string): void {
  const statement = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '');
  if (!/^(SELECT|WITH|FROM|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS|VALUES)\b/i.test(statement))
    throw new KeyholeError(
      'clickhouse_rejected',
      'only reading is allowed here: SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS',
      { retriable: false },
    );
}

/** How many rows the answer has, as the server said ahead of it; NaN where it did not. */
function summaryIn(headers: Readonly<Record<string, unknown>>): number {
  const summary: unknown = headers['x-clickhouse-summary'];
  if (typeof summary !== 'string') return Number.NaN;
  const { result_rows: rows } = JSON.parse(summary) as { readonly result_rows?: string };
  return rows === undefined ? Number.NaN : Number(rows);
}

/** A server without room on its disk answers 200 with a part of the rows, or none: it keeps the answer there until it is whole. */
function refuseParts(rows: number, expected: number, endpoint: string): void {
  if (!(rows < expected)) return;
  throw new KeyholeError(
    'clickhouse_unavailable',
    `ClickHouse is unavailable: ${endpoint} sent a part of an answer; look whether its disk is full`,
    { retriable: true },
  );
}

/** @returns how many */
async function eachInteger(stream: Readable, onPiece: (integers: Uint32Array) => void): Promise<number> {
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, piece as Buffer]) : (piece as Buffer);
    const whole = bytes.length & ~3;
    const integers = new Uint32Array(whole / 4);
    for (let i = 0; i < integers.length; i++) integers[i] = bytes.readUInt32LE(i * 4);
    onPiece(integers);
    count += integers.length;
    rest = bytes.subarray(whole);
  }
  return count;
}

async function* textOf(stream: Readable, endpoint: string): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) yield String(chunk);
  } catch (error) {
    throw toKeyholeError(error, endpoint);
  }
}
