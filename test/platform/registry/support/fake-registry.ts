// A schema registry in this process: the few calls of the Confluent API that Keyhole makes, on a port of its own, with
// counts of what was asked and faults on demand. The real one is in test/integration.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

export interface FakeRegistry {
  readonly url: string;
  /** `GET /schemas/ids/7`, in the order in which they came. */
  readonly asked: string[];
  readonly authorisations: (string | undefined)[];
  /** Puts a schema there as another producer would. */
  add(schema: object | string, schemaType?: string, subject?: string): number;
  readonly compatibility: Map<string, string>;
  /** Answers everything with this status until null. */
  failWith(status: number | null): void;
  close(): Promise<void>;
}

interface Stored {
  readonly id: number;
  readonly subject: string;
  readonly schema: string;
  readonly schemaType: string;
}

const Posted = z.object({ schema: z.string() });

export async function startFakeRegistry(): Promise<FakeRegistry> {
  const stored: Stored[] = [];
  const compatibility = new Map<string, string>();
  const asked: string[] = [];
  const authorisations: (string | undefined)[] = [];
  let failure: number | null = null;

  function add(schema: object | string, schemaType = 'AVRO', subject = ''): number {
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
    const entry = { id: stored.length + 1, subject, schema: text, schemaType };
    stored.push(entry);
    return entry.id;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const call = `${request.method} ${pathname}`;
    asked.push(call);
    authorisations.push(request.headers.authorization);
    const body = await text(request);
    if (failure !== null) return reply(response, failure, { error_code: failure, message: 'as the test wishes' });
    const byId = /^GET \/schemas\/ids\/(\d+)$/.exec(call);
    if (byId) {
      const found = stored.find((entry) => entry.id === Number(byId[1]));
      if (!found) return reply(response, 404, { error_code: 40403, message: 'Schema not found' });
      const { schema, schemaType } = found;
      return reply(response, 200, schemaType === 'AVRO' ? { schema } : { schema, schemaType });
    }
    const onSubject = /^(GET|POST) \/subjects\/([^/]+)(\/versions)?(\/latest)?$/.exec(call);
    if (onSubject) {
      const [, method, subject = '', versions, latest] = onSubject;
      const mine = stored.filter((entry) => entry.subject === subject);
      if (latest) return replyFound(response, mine.at(-1));
      const { schema } = Posted.parse(JSON.parse(body));
      const same = mine.find((entry) => entry.schema === schema);
      if (method === 'POST' && versions) {
        return reply(response, 200, { id: same?.id ?? add(schema, 'AVRO', subject) });
      }
      return replyFound(response, same);
    }
    const config = /^(GET|PUT) \/config\/([^/]+)$/.exec(call);
    if (config) {
      const [, method, subject = ''] = config;
      if (method === 'PUT') {
        const { compatibility: level } = z.object({ compatibility: z.string() }).parse(JSON.parse(body));
        compatibility.set(subject, level);
        return reply(response, 200, { compatibility: level });
      }
      const level = compatibility.get(subject);
      if (!level) return reply(response, 404, { error_code: 40408, message: 'Not configured' });
      return reply(response, 200, { compatibilityLevel: level });
    }
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html>not here</html>');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      reply(response, 500, { error_code: 500, message: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    authorisations,
    compatibility,
    add,
    failWith: (status) => {
      failure = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function replyFound(response: ServerResponse, entry: Stored | undefined): void {
  if (entry) reply(response, 200, { id: entry.id, version: 1, subject: entry.subject, schema: entry.schema });
  else reply(response, 404, { error_code: 40401, message: 'Subject not found' });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
