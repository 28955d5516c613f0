import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { post, retryAfter } from '../../../services/platform/notify/http.js';

let server: Server | null = null;

async function receiver(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server?.listening ? server.close(resolve) : resolve(null)));
  server = null;
});

const send = (url: string, timeoutMs = 10_000) =>
  post({ url, body: '{"secret":"body"}', headers: { 'x-token': 'hush' }, timeoutMs });

test('a 2xx is accepted, and the body arrives as it was', async () => {
  const bodies: string[] = [];
  const url = await receiver((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
    request.on('end', () => response.writeHead(202).end());
  });
  expect(await send(url)).toEqual({ outcome: 'accepted' });
  expect(bodies.join('')).toBe('{"secret":"body"}');
});

test.each([
  [500, {}, { reason: 'answered 500', scope: 'destination' }],
  [429, { 'retry-after': '7' }, { reason: 'answered 429', scope: 'destination', retryAfterMs: 7_000 }],
  [400, {}, { reason: 'answered 400', scope: 'message' }],
  [401, {}, { reason: 'answered 401', scope: 'destination' }],
])('a %i comes again later', async (status, headers, expected) => {
  const url = await receiver((_, response) => response.writeHead(status, headers).end('no'));
  expect(await send(url)).toEqual({ outcome: 'later', ...expected });
});

test('a redirect is not followed, so that secrets stay where they were sent', async () => {
  let requests = 0;
  const url = await receiver((_, response) => {
    requests++;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await send(url)).toMatchObject({ outcome: 'later', scope: 'destination' });
  expect(requests).toBe(1);
});

test.each<[string, RequestListener, string]>([
  ['that never answers', () => undefined, 'did not answer in time'],
  ['that drops the answer', (request) => request.socket.destroy(), 'could not be reached'],
])('a receiver %s is tried again', async (_, listener, reason) => {
  const delivery = await send(await receiver(listener), reason.includes('in time') ? 300 : 10_000);
  expect(delivery).toMatchObject({ outcome: 'later', scope: 'destination' });
  expect(JSON.stringify(delivery)).toContain(reason);
  expect(JSON.stringify(delivery)).not.toContain('hush');
});

test('nobody there is a fault that names a code, not an address', async () => {
  const url = await receiver(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  const delivery = await send(url);
  expect(delivery).toMatchObject({ outcome: 'later', reason: 'could not be reached (ECONNREFUSED)' });
});

test.each([
  ['3', 3_000],
  ['Sun, 01 Mar 2026 10:00:10 GMT', 10_000],
  ['999999', 3_600_000],
  ['soon', null],
  [null, null],
])('Retry-After %s', (header, expected) => {
  expect(retryAfter(header, Date.UTC(2026, 2, 1, 10))).toBe(expected);
});
