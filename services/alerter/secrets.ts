// Reads the secrets that the routing file names, once, at start, every fault named together. A secret is held here and nowhere
// else: no message, log or error carries one.

import { readFileSync } from 'node:fs';
import type { Routing, SecretSource } from '../core/alerting/routing.js';

export interface Secrets {
  get(destination: string, field: string): string | undefined;
}

const FIELDS = ['password', 'routing_key', 'url', 'key', 'token'] as const;

export function readSecrets(
  routing: Routing,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): { readonly secrets: Secrets; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const values = new Map<string, string>();
  for (const [name, destination] of Object.entries(routing.destinations)) {
    for (const field of FIELDS) {
      const source: unknown = Object.hasOwn(destination, field) ? Reflect.get(destination, field) : undefined;
      if (!isSource(source)) continue;
      const place = `destinations.${name}.${field}`;
      const value = read(source, env, readFile);
      if (value === null)
        faults.push(`${place}: ${'file' in source ? 'the file cannot be read' : 'the variable is not set'}`);
      else if (value === '') faults.push(`${place}: is empty`);
      else if (field === 'url' && !/^https?:\/\/\S+$/.test(value))
        faults.push(`${place}: does not hold an http:// or https:// address`);
      else values.set(`${name}\n${field}`, value);
    }
  }
  return { secrets: { get: (destination, field) => values.get(`${destination}\n${field}`) }, faults };
}

function isSource(value: unknown): value is SecretSource {
  return typeof value === 'object' && value !== null && ('file' in value || 'env' in value);
}

function read(
  source: SecretSource,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): string | null {
  if ('env' in source) return env[source.env]?.trim() ?? null;
  try {
    return readFile(source.file).trim();
  } catch {
    return null;
  }
}
