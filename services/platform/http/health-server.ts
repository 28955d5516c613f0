// /metrics, /health/live and /health/ready on 127.0.0.1. Decides status codes; what "ready" means is asked of its owner.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeyholeError } from '../../core/errors.js';

export interface HealthOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly metrics: () => Promise<string>;
  /** What stands in the way of being ready; empty when nothing does. */
  readonly notReady: () => readonly string[];
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portTaken(options.port, cause)));
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(url: string, response: ServerResponse, options: HealthOptions): Promise<void> {
  const path = url.split('?', 1)[0];
  if (path === '/metrics')
    return reply(response, 200, await options.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
  if (path === '/health/live') return reply(response, 200, 'live\n');
  if (path === '/health/ready') {
    const obstacles = options.notReady();
    return obstacles.length === 0 ? reply(response, 200, 'ready\n') : reply(response, 503, `${obstacles.join('\n')}\n`);
  }
  return reply(response, 404, 'only /metrics, /health/live and /health/ready are here\n');
}

function reply(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

function portTaken(port: number, cause: unknown): KeyholeError {
  const message = `cannot listen on 127.0.0.1:${port}: free the port or set KEYHOLE_METRICS_PORT to another (0 takes any)`;
  return new KeyholeError('configuration_invalid', message, { retriable: false, cause });
}
