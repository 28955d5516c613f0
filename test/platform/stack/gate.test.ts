// The gate before an engine that says what it was asked.

import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { type Gate, startGate } from '../../../services/platform/stack/gate.js';
import { MAX_STATEMENT_BYTES } from '../../../services/platform/stack/gate-request.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const login = { user: 'keyhole_analyst', password: 'outside', enginePassword: 'inside' };
const known = { 'X-ClickHouse-User': login.user, 'X-ClickHouse-Key': login.password };
let seen: Seen[] = [];
let engine: Server;
let gate: Gate;
let reply: (response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  reply = (response) => response.end('1\n');
  engine = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      reply(response);
    });
  });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  const engineUrl = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  gate = await startGate({ port: 0, engineUrl, logins: [login] });
});

afterEach(async () => {
  await gate.close();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

const ask = (body: string | Uint8Array<ArrayBuffer>, query = '', headers: Record<string, string> = {}) =>
  fetch(`${gate.url}/${query}`, { method: 'POST', body, headers: { ...known, ...headers } });

describe('the gate', () => {
  test('hands a statement on under the engine’s own password, as one text', async () => {
    const answer = await ask('2', '?query=SELECT%201%20%2B&max_threads=1&database=a%20b', { 'User-Agent': 'somebody' });
    expect([answer.status, await answer.text()]).toEqual([200, '1\n']);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: expect.stringMatching(/^\/\?max_threads=1&database=a\+b&query_id=[-0-9a-f]{36}$/),
      body: 'SELECT 1 +\n2',
    });
    expect(seen[0]?.headers).toMatchObject({
      'x-clickhouse-user': login.user,
      'x-clickhouse-key': login.enginePassword,
      'user-agent': 'somebody',
    });
    expect(JSON.stringify(seen)).not.toContain(login.password);
  });

  test('takes Basic authentication too, and a GET as a GET, which the engine lets read only', async () => {
    const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    const answer = await fetch(`${gate.url}/?query=SELECT%201`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: expect.stringMatching(/^\/\?query=SELECT\+1&query_id=[-0-9a-f]{36}$/),
      body: '',
    });
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  test('passes status, headers and body of the answer on as they come', async () => {
    reply = (response) => {
      response.writeHead(404, { 'X-ClickHouse-Exception-Code': '60', 'X-ClickHouse-Query-Id': 'q' });
      response.end('Code: 60. DB::Exception: no such table. (UNKNOWN_TABLE)');
    };
    const answer = await ask('SELECT 1');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-clickhouse-query-id')).toBe('q');
    expect(await answer.text()).toContain('UNKNOWN_TABLE');
  });

  test('a first row is there before the last is known', async () => {
    const waiting = new Promise<ServerResponse>((resolve) => {
      reply = (response) => {
        response.write('first\n');
        resolve(response);
      };
    });
    const answer = await ask('SELECT 1');
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first\n');
    (await waiting).end('last\n');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last\n');
  });

  test('an answer that the engine breaks off is broken off', async () => {
    reply = (response) => {
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(ask('SELECT 1').then((answer) => answer.text())).rejects.toThrow();
  });

  test('a person who leaves leaves the engine’s request too', async () => {
    const left = new Promise<void>((resolve) => {
      reply = (response) => {
        response.once('close', resolve);
        response.write('first\n');
      };
    });
    const leaving = new AbortController();
    const answer = await fetch(gate.url, { method: 'POST', body: 'SELECT 1', headers: known, signal: leaving.signal });
    expect(answer.status).toBe(200);
    leaving.abort();
    await left;
  });

  test.each([
    ['another password', { 'X-ClickHouse-Key': 'inside' }],
    ['an empty password', { 'X-ClickHouse-Key': '' }],
    ['another user', { 'X-ClickHouse-User': 'keyhole_admin' }],
    ['no user', { 'X-ClickHouse-User': '', 'X-ClickHouse-Key': '' }],
    ['a login beside the login', { Authorization: `Basic ${Buffer.from('keyhole:x').toString('base64')}` }],
  ])('refuses %s', async (_what, headers) => {
    const answer = await ask('SELECT 1', '', headers);
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516']);
    expect(await answer.text()).toMatch(/^Code: 516\. DB::Exception: .*\(AUTHENTICATION_FAILED\)\n$/);
    expect(seen).toEqual([]);
  });

  test.each([
    ['a user in the address', 'SELECT 1', '?user=default', {}],
    ['a user in the address, spelt otherwise', 'SELECT 1', '?%75ser=default', {}],
    ['another role', 'SELECT 1', '?role=x', {}],
    ['a session', 'SELECT 1', '?session_id=x', {}],
    ['a parameter said twice', 'SELECT 1', '?query=SELECT+1&query=SELECT+2', {}],
    ['a parameter of no name', 'SELECT 1', '?=1', {}],
    ['a compressed statement', 'SELECT 1', '?decompress=1', {}],
    ['an encoded statement', 'SELECT 1', '', { 'Content-Encoding': 'gzip' }],
    ['a statement in parts', 'SELECT 1', '', { 'Content-Type': 'multipart/form-data; boundary=b' }],
    ['a quota', 'SELECT 1', '', { 'X-ClickHouse-Quota': 'x' }],
    ['a certificate', 'SELECT 1', '', { 'X-ClickHouse-SSL-Certificate-Auth': 'on' }],
    ['bytes that are no text', new Uint8Array([83, 0xff]), '', {}],
    ['another page', 'SELECT 1', 'play', {}],
    ['another page, spelt otherwise', 'SELECT 1', '/', {}],
  ])('refuses %s', async (_what, body, query, headers) => {
    const answer = await ask(body, query, headers);
    expect([400, 404]).toContain(answer.status);
    expect(await answer.text()).toMatch(/^Code: 36\. DB::Exception: .*\(BAD_ARGUMENTS\)\n$/);
    expect(seen).toEqual([]);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'HEAD'])('refuses %s', async (method) => {
    expect((await fetch(gate.url, { method, headers: known })).status).toBe(405);
    expect(seen).toEqual([]);
  });

  test('refuses a statement that is too long, and a GET with a body', async () => {
    const long = await ask(`SELECT '${'x'.repeat(MAX_STATEMENT_BYTES)}'`);
    expect(long.status).toBe(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = send(`${gate.url}/?query=SELECT%201`, { method: 'GET', headers: known }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
      request.end('SELECT 2');
    });
    expect(status).toBe(400);
    expect(seen).toEqual([]);
  });

  test('refuses a statement that leads out, whether it stands in the address, in the body or across both', async () => {
    const halves: [string, string][] = [
      ["SELECT file('x')", ''],
      ['', "SELECT file('x')"],
      ['SELECT', "file('x')"],
      ["SELECT /* '", "*/ file('x')"],
      ['SELECT 1 --', "\nUNION ALL SELECT file('x')"],
    ];
    for (const [query, body] of halves) {
      const answer = await ask(body, `?query=${encodeURIComponent(query)}`);
      expect([query, answer.status]).toEqual([query, 403]);
      expect(await answer.text()).toMatch(
        /^Code: 497\. DB::Exception: keyhole_analyst: the name file .*\(ACCESS_DENIED\)/,
      );
    }
    expect(seen).toEqual([]);
  });

  test('our own client reads and inserts through it, and shows why it refuses', async () => {
    const { user, password } = login;
    const ch = connectClickHouse({ url: gate.url, user, password, database: 'a' });
    try {
      reply = (response) => response.end('{"n":1}\n');
      expect(await ch.query('SELECT {x:String} AS n', { x: 'file' })).toEqual([{ n: 1 }]);
      await ch.insert('reports_made', ['kind'], [['it’s a `file` $']]);
      expect(seen.at(-1)?.body.replace(/\n+/g, '\n').trim()).toBe(
        'INSERT INTO a.reports_made (kind) FORMAT JSONCompactEachRow\n["it’s a `file` $"]',
      );
      await expect(ch.query("SELECT file('x')")).rejects.toMatchObject({
        code: 'clickhouse_rejected',
        message: expect.stringContaining('the name file is refused on the local server'),
      });
    } finally {
      await ch.close();
    }
  });

  test('says that the engine is away, and answers again when it is back', async () => {
    const { port } = engine.address() as AddressInfo;
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
    const away = await ask('SELECT 1');
    expect([away.status, await away.text()]).toEqual([
      502,
      'Code: 210. DB::Exception: ClickHouse does not answer behind the gate. (NETWORK_ERROR)\n',
    ]);
    await new Promise<void>((resolve) => engine.listen(port, '127.0.0.1', resolve));
    expect((await ask('SELECT 1')).status).toBe(200);
  });

  test('is gone when it is closed', async () => {
    const kept = await ask('SELECT 1');
    await kept.text();
    await gate.close();
    await expect(ask('SELECT 1')).rejects.toThrow();
  });
});
