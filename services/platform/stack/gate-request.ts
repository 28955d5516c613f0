// What a person asks through the gate: who they are, the parameters, the statement as one text. Refuses whatever it does not understand, so that what is
// handed on is what was read. Knows neither the engine's address nor what a statement may say.

import type { IncomingMessage } from 'node:http';

/** An answer of the gate's own, in ClickHouse's words: its clients show the code and the text. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** ClickHouse's number and name of the error. */
    readonly code: readonly [number, string],
    message: string,
  ) {
    super(message);
  }
}

export const DENIED = [497, 'ACCESS_DENIED'] as const;
const UNKNOWN_LOGIN = [516, 'AUTHENTICATION_FAILED'] as const;
const NOT_UNDERSTOOD = [36, 'BAD_ARGUMENTS'] as const;
const TOO_LONG = [62, 'SYNTAX_ERROR'] as const;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Asked {
  readonly method: 'GET' | 'POST';
  /** All but `query`, each once. */
  readonly parameters: URLSearchParams;
  readonly statement: string;
  /** Those of the client's headers that the engine may see. */
  readonly headers: Readonly<Record<string, string>>;
}

export const MAX_STATEMENT_BYTES = 4_000_000;
const HANDED_ON = ['accept-encoding', 'user-agent', 'x-clickhouse-database', 'x-clickhouse-format'];
const LOGIN_HEADERS = ['x-clickhouse-user', 'x-clickhouse-key'];
/** Another login, a session that outlives the request, bodies that are not text. */
const REFUSED_PARAMETERS = new Set(
  'user password role quota_key session_id session_check session_timeout close_session compress decompress'.split(' '),
);

export function credentialsOf(request: IncomingMessage): Credentials {
  const { authorization } = request.headers;
  const [user, key] = LOGIN_HEADERS.map((name) => request.headers[name]);
  if (authorization !== undefined) {
    const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
    const decoded = Buffer.from(encoded ?? '', 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon === -1 || user !== undefined || key !== undefined) throw loginRefused();
    return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  if (typeof user !== 'string' || typeof key !== 'string') throw loginRefused();
  return { user, password: key };
}

export const loginRefused = (): Refused =>
  new Refused(
    403,
    UNKNOWN_LOGIN,
    'Authentication failed: who has a role logs in here (keyhole_analyst, keyhole_investigator, keyhole_auditor, keyhole_writer), by headers',
  );

/** Reads the body. @throws Refused */
export async function readAsked(request: IncomingMessage): Promise<Asked> {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') throw notUnderstood(405, 'only GET and POST are answered here');
  const [path, ...query] = (request.url ?? '').split('?');
  if (path !== '/') throw notUnderstood(404, 'only / is answered here');
  const headers = headersOf(request);
  const parameters = parametersOf(query.join('?'));
  const asked = parameters.get('query');
  parameters.delete('query');
  const body = await readBody(request);
  if (method === 'GET' && body !== '') throw notUnderstood(400, 'a GET has no body');
  const statement = [asked ?? '', body].filter((part) => part !== '').join('\n');
  return { method, parameters, statement, headers };
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    const isKnown = HANDED_ON.includes(name) || LOGIN_HEADERS.includes(name);
    if (name.startsWith('x-clickhouse-') && !isKnown)
      throw notUnderstood(400, 'a header of ClickHouse is not answered here');
    if (HANDED_ON.includes(name) && typeof value === 'string') headers[name] = value;
  }
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
  if (encoding !== 'identity') throw notUnderstood(400, 'requests are not compressed here');
  if (/multipart/i.test(type)) throw notUnderstood(400, 'the body is the statement here: no parts, no external tables');
  return headers;
}

function parametersOf(query: string): URLSearchParams {
  const parameters = new URLSearchParams(query);
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    if (!/^\w+$/.test(name) || REFUSED_PARAMETERS.has(name) || seen.has(name))
      throw notUnderstood(400, 'a parameter of the address is refused here: log in by headers, without a session');
    seen.add(name);
  }
  return parameters;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The connection stays, so that a refusal can be said.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_STATEMENT_BYTES)
      throw new Refused(413, TOO_LONG, `a statement ends at ${MAX_STATEMENT_BYTES} bytes here`);
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch {
    throw notUnderstood(400, 'a statement is text in UTF-8');
  }
}

function notUnderstood(status: number, message: string): Refused {
  return new Refused(status, NOT_UNDERSTOOD, message);
}
