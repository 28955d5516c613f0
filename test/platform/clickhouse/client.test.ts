import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ClickHouse, connectClickHouse } from '../../../services/platform/clickhouse/client.js';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Seen {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let seen: Seen[];
let answer: Answer;
let ch: ClickHouse;

beforeEach(async () => {
  seen = [];
  answer = (_request, response) => response.end();
  server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ url: new URL(request.url ?? '/', 'http://server'), headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ch = connectClickHouse({ url: `http://127.0.0.1:${port}`, user: 'u', password: 'p', database: 'keyhole_test' });
});

afterEach(async () => {
  await ch.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a ClickHouse connection', () => {
  test('sends an insert as one request of compact rows with its settings said', async () => {
    await ch.insert(
      'canaries',
      ['customer_id', 'planted_at'],
      [
        ['c-1', 1_772_357_400_000],
        ['c-"2', null],
      ],
    );
    expect(seen).toHaveLength(1);
    expect(seen[0]?.body.trim()).toBe('["c-1",1772357400000],["c-\\"2",null]');
    const query = seen[0]?.url.searchParams;
    expect(query?.get('query')).toBe(
      'INSERT INTO keyhole_test.canaries (customer_id, planted_at) FORMAT JSONCompactEachRow',
    );
    expect(query?.get('async_insert')).toBe('0');
    expect(query?.get('deduplicate_insert')).toBe('disable');
    expect(query?.get('input_format_parallel_parsing')).toBe('0');
    expect(query?.get('date_time_input_format')).toBe('basic');
  });

  test('logs in by ClickHouse’s headers, and by Basic authentication where a header would not carry the password', async () => {
    answer = (_request, response) => response.end('1');
    await ch.ping();
    expect(seen[0]?.headers).toMatchObject({ 'x-clickhouse-user': 'u', 'x-clickhouse-key': 'p' });
    expect(seen[0]?.headers.authorization).toBeUndefined();
    for (const password of ['pässword', ' p ']) {
      const { port } = server.address() as AddressInfo;
      const other = connectClickHouse({
        url: `http://127.0.0.1:${port}`,
        user: 'u',
        password,
        database: 'keyhole_test',
      });
      await other.ping();
      await other.close();
      const { headers } = seen.at(-1) ?? {};
      expect(headers?.['x-clickhouse-user']).toBeUndefined();
      expect(headers?.authorization).toBe(`Basic ${Buffer.from(`u:${password}`).toString('base64')}`);
    }
  });

  test('sends nothing once it is closed: the call is refused as a passing fault', async () => {
    await ch.close();
    await expect(ch.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable', retriable: true });
    expect(seen).toHaveLength(0);
  });

  test('sends nothing for no rows', async () => {
    await ch.insert('canaries', ['customer_id'], []);
    expect(seen).toEqual([]);
  });

  test.each([
    ['rows', '{"n":1}\n', () => ch.query('SELECT n')],
    ['no rows', '', () => ch.query('SELECT n')],
    ['columns', '[[1]]', () => ch.queryColumns('SELECT n')],
    ['nothing', '', () => ch.queryColumns('SELECT n')],
    ['integers', '\x01\x00\x00\x00', () => ch.scanIntegers('SELECT n', () => undefined)],
  ])('takes a part of an answer (%s) for an outage: a server with a full disk sends one', async (_what, part, ask) => {
    answer = (_request, response) => {
      response.setHeader('X-ClickHouse-Summary', '{"result_rows":"2"}');
      response.end(part);
    };
    await expect(ask()).rejects.toMatchObject({ code: 'clickhouse_unavailable', retriable: true });
  });

  test('repeats a request once when its connection breaks', async () => {
    answer = (request, response) => {
      if (seen.length === 1) request.socket.destroy();
      else response.end('{"n":"1"}\n');
    };
    await expect(ch.query('SELECT count() AS n FROM {db}.canaries')).resolves.toEqual([{ n: '1' }]);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toContain('keyhole_test.canaries');
  });

  test('gives up on a connection that breaks twice, as unavailable', async () => {
    answer = (request) => request.socket.destroy();
    await expect(ch.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable', retriable: true });
    expect(seen).toHaveLength(2);
  });

  test.each([
    ['waits for a server whose memory others have taken', '(total) memory limit exceeded: maximum: 1 GiB', 2],
    ['does not repeat a statement that is too large for itself', 'Query memory limit exceeded: maximum: 1 GiB', 1],
  ])('%s', async (_what, words, requests) => {
    answer = (_request, response) => {
      if (seen.length > 1) {
        response.end('{"n":"1"}\n');
        return;
      }
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': '241' });
      response.end(`Code: 241. DB::Exception: ${words}. (MEMORY_LIMIT_EXCEEDED)`);
    };
    const asked = ch.query('SELECT 1 AS n').catch((error: unknown) => error);
    const told = requests === 2 ? [{ n: '1' }] : expect.objectContaining({ retriable: true });
    await expect(asked).resolves.toEqual(told);
    expect(seen).toHaveLength(requests);
  });

  test('asks a person’s question read-only, with the format as a default', async () => {
    answer = (_request, response) => response.end('n\n1\n');
    let answered = '';
    for await (const chunk of await ch.queryStream('SELECT 1 AS n', 'TSVWithNames')) answered += chunk;
    expect(answered).toBe('n\n1\n');
    const query = seen[0]?.url.searchParams;
    expect(query?.get('readonly')).toBe('2');
    expect(query?.get('default_format')).toBe('TSVWithNames');
    expect(query?.get('database')).toBe('keyhole_test');
  });

  test.each([
    'INSERT INTO canaries VALUES (1)',
    'KILL QUERY WHERE 1',
    '-- SELECT\nDROP TABLE canaries',
    '/* SELECT */ CREATE TEMPORARY TABLE t (a Int8)',
    '',
  ])('sends nothing of what does not read: %s', async (sql) => {
    await expect(ch.queryStream(sql, 'TSV')).rejects.toMatchObject({ code: 'clickhouse_rejected', retriable: false });
    expect(seen).toEqual([]);
  });

  test('counts as down where it refuses the credentials', async () => {
    answer = (_request, response) => {
      response.statusCode = 403;
      response.end('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED) (version 26.7)');
    };
    await expect(ch.ping()).resolves.toBe(false);
    await expect(ch.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_rejected' });
  });

  test('refuses a database name that could leave its place in a statement', () => {
    expect(() => connectClickHouse({ url: 'http://127.0.0.1:1', user: 'u', password: '', database: 'a.b' })).toThrow(
      'KEYHOLE_CLICKHOUSE_DATABASE',
    );
  });
});
