// One POST: within a time, never following a redirect (a secret would travel on), its answer turned into a Delivery.

import { ACCEPTED, type Delivery } from './delivery.js';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const LONGEST_RETRY_AFTER_MS = 3_600_000;

export async function post({ url, body, headers = {}, timeoutMs }: Post): Promise<Delivery> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'keyhole', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return judge(response);
  } catch (error) {
    return { outcome: 'later', reason: faultOf(error), scope: 'destination' };
  }
}

function judge(response: Response): Delivery {
  const { status } = response;
  if (status >= 200 && status < 300) return ACCEPTED;
  if (status >= 300 && status < 400)
    return {
      outcome: 'later',
      reason: `answered ${status}, a redirect, which is not followed: set the address it points to`,
      scope: 'destination',
    };
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), Date.now());
  const patience = retryAfterMs === null ? {} : { retryAfterMs };
  const isOurs = status >= 400 && status < 500 && ![401, 403, 404, 407, 408, 425, 429].includes(status);
  return { outcome: 'later', reason: `answered ${status}`, scope: isOurs ? 'message' : 'destination', ...patience };
}

/** RFC 9110 §10.2.3: seconds or a date. */
export function retryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}

/** fetch throws a DOMException for a time-out, else an error whose cause has the system's code. */
function faultOf(error: unknown): string {
  const { name, cause } = fields(error);
  if (name === 'TimeoutError') return 'did not answer in time';
  const { code } = fields(cause);
  return `could not be reached${code === undefined ? '' : ` (${code})`}`;
}

function fields(error: unknown): { readonly name?: string; readonly code?: string; readonly cause?: unknown } {
  if (typeof error !== 'object' || error === null) return {};
  return {
    ...('name' in error ? { name: String(error.name) } : {}),
    ...('code' in error ? { code: String(error.code) } : {}),
    ...('cause' in error ? { cause: error.cause } : {}),
  };
}
