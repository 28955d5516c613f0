// A receiver of alerts on 127.0.0.1 that behaves as it is told, and remembers what it took.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly key: string;
  readonly kind: string;
  readonly count: number;
  readonly anomalies: readonly { readonly anomaly_id: string; readonly action: string }[];
  readonly atMs: number;
}

/** What to do with the n-th request, before it is taken: null takes it. */
export type Behaviour = (n: number, request: IncomingMessage, response: ServerResponse) => boolean;

export interface Receiver {
  readonly url: string;
  readonly taken: Received[];
  readonly requests: number;
  close(): Promise<void>;
}

/** @param refuse returns true when it has dealt with the request itself; what it lets through is taken and answered with 200 */
export async function startReceiver(refuse: Behaviour = () => false): Promise<Receiver> {
  const taken: Received[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests++;
      if (refuse(requests, request, response)) return;
      const { key, kind, count = 0, anomalies = [] } = JSON.parse(body) as Omit<Received, 'atMs'>;
      taken.push({ key, kind, count, anomalies, atMs: Date.now() });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    taken,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
