// A TCP proxy that stands before ClickHouse and does what networks do: delays, carries slowly, resets, and loses the answer after
// the request was carried out. Knows of HTTP only as much as to tell an insert from a question.

import type { AddressInfo } from 'node:net';
import { createServer, type Server, Socket } from 'node:net';

export interface Weather {
  /** Each chunk of an answer waits so long. */
  delayMs?: number;
  /** Bytes a second towards the server, per connection. */
  bytesPerSecond?: number;
  /** Whether this request's connection is reset before the server has seen it. */
  resets?: (request: Request) => boolean;
  /** Whether the answer to this request is lost, once the server has sent it. */
  cuts?: (request: Request) => boolean;
}

export interface Request {
  /** Of all requests, from 1. */
  readonly number: number;
  readonly isInsert: boolean;
  /** The table of an insert. */
  readonly table: string;
}

export interface TcpProxy {
  readonly url: string;
  weather: Weather;
  /** What was done to requests so far. */
  readonly counts: { requests: number; resets: number; cuts: number };
  close(): Promise<void>;
}

export async function startProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const counts = { requests: 0, resets: 0, cuts: 0 };
  const open = new Set<Socket>();
  const proxy = { url: '', weather: {} as Weather, counts, close: () => close(server, open) };

  const server = createServer((client) => {
    const upstream = new Socket();
    const both = [client, upstream];
    let current: Request | null = null;
    let losesAnswer = false;
    const end = (): void => {
      for (const socket of both) {
        socket.destroy();
        open.delete(socket);
      }
    };
    for (const socket of both) {
      open.add(socket);
      socket.on('error', end).on('close', end);
    }
    upstream.connect(Number(target.port), target.hostname);

    client.on('data', (chunk: Buffer) => {
      const request = requestOf(chunk, counts.requests + 1);
      if (request !== null) {
        counts.requests += 1;
        current = request;
        losesAnswer = proxy.weather.cuts?.(request) ?? false;
        if (proxy.weather.resets?.(request)) {
          counts.resets += 1;
          client.resetAndDestroy();
          return end();
        }
      }
      upstream.write(chunk);
      const { bytesPerSecond } = proxy.weather;
      if (bytesPerSecond !== undefined) breathe(client, (1_000 * chunk.length) / bytesPerSecond);
      else if (upstream.writableNeedDrain) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
    });
    upstream.on('data', (chunk: Buffer) => {
      if (losesAnswer && current !== null) {
        counts.cuts += 1;
        client.resetAndDestroy();
        return end();
      }
      const { delayMs } = proxy.weather;
      if (delayMs === undefined) client.write(chunk);
      else setTimeout(() => client.write(chunk), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

function breathe(socket: Socket, ms: number): void {
  socket.pause();
  setTimeout(() => socket.resume(), ms);
}

/** The request that begins with these bytes; null where they go on with one. */
function requestOf(chunk: Buffer, number: number): Request | null {
  const head = chunk.subarray(0, 2_048).toString('latin1');
  const line = /^(?:POST|GET) (\S+) HTTP\/1\.1\r\n/.exec(head);
  if (line === null) return null;
  const asked = decodeURIComponent((line[1] ?? '').replace(/\+/g, ' '));
  const table =
    /INSERT INTO [`\w]+\.(\w+)/.exec(asked)?.[1] ?? /INSERT INTO [`\w]+\.(\w+)/.exec(chunk.toString('latin1'))?.[1];
  return { number, isInsert: table !== undefined, table: table ?? '' };
}

async function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
