// Where people log in to the local server: an HTTP server in front of the engine that knows their passwords, while the engine knows others, which this
// process makes anew at each start and tells nobody. Decides who passes and hands on what `people-statement` lets through, answers as they come.
// Keeps, logs and counts nothing of what is asked.

import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { refusalOf } from '../clickhouse/people-statement.js';
import {
  type Asked,
  type Credentials,
  credentialsOf,
  DENIED,
  loginRefused,
  Refused,
  readAsked,
} from './gate-request.js';

export interface Login {
  readonly user: string;
  /** What the person gives. */
  readonly password: string;
  /** What the engine wants for the same user. */
  readonly enginePassword: string;
}

export interface GateOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** `http://127.0.0.1:…` */
  readonly engineUrl: string;
  readonly logins: readonly Login[];
}

export interface Gate {
  readonly url: string;
  close(): Promise<void>;
}

const AWAY = [210, 'NETWORK_ERROR'] as const;
/** About one connection, not about the answer. */
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Rejects with the system's error where the port is taken. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      refuse(response, error);
      request.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: GateOptions): Promise<void> {
  const login = loginOf(credentialsOf(request), options.logins);
  const asked = await readAsked(request);
  const reason = refusalOf(asked.statement);
  if (reason !== null) throw new Refused(403, DENIED, `${login.user}: ${reason}`);
  const given = await ask(asked, login, options.engineUrl, response);
  const headers = Object.entries(given.headers).filter(([name]) => !HOP_HEADERS.has(name));
  response.writeHead(given.statusCode ?? 502, Object.fromEntries(headers));
  await pipeline(given, response);
}

function loginOf(credentials: Credentials, logins: readonly Login[]): Login {
  const login = logins.find(({ user }) => user === credentials.user);
  const isRight = timingSafeEqual(digest(credentials.password), digest(login?.password ?? ''));
  if (login === undefined || !isRight) throw loginRefused();
  return login;
}

/** The engine's answer, once it begins. The request is given up when the person is gone. */
function ask(asked: Asked, login: Login, engineUrl: string, response: ServerResponse): Promise<IncomingMessage> {
  const { method, parameters, statement } = asked;
  if (method === 'GET') parameters.set('query', statement);
  // One that was used before would pass for the earlier question.
  parameters.set('query_id', randomUUID());
  return new Promise((resolve, reject) => {
    const handed = send(
      `${engineUrl}/?${parameters}`,
      {
        method,
        agent: false,
        headers: { ...asked.headers, 'X-ClickHouse-User': login.user, 'X-ClickHouse-Key': login.enginePassword },
      },
      resolve,
    );
    handed.on('error', () => reject(new Refused(502, AWAY, 'ClickHouse does not answer behind the gate')));
    response.once('close', () => handed.destroy());
    handed.end(method === 'POST' ? statement : undefined);
  });
}

/** Once an answer has begun there is no other way to say that it fails than to break it off. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || !(error instanceof Refused)) {
    response.destroy();
    return;
  }
  const [code, name] = error.code;
  response.writeHead(error.status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
    Connection: 'close',
  });
  response.end(`Code: ${code}. DB::Exception: ${error.message}. (${name})\n`);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
