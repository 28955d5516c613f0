// One HTTP question on a connection of its own, closed after the answer: a connection kept alive would hold up a server's stop.

import { get } from 'node:http';

const TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 100_000;

/** Rejects when nothing answers in time. */
export function probe(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers, timeout: TIMEOUT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < MAX_ANSWER_BYTES) body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
  });
}
