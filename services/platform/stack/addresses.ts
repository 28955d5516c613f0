// Where a data folder's parts were last: the same port while it is free, the same passwords always, so that what was connected
// before a restart finds its part again. Nothing else may depend on it: without the file, everything is chosen anew.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataFolder } from './folder.js';
import { freePorts, isFree } from './ports.js';

const schema = z.object({
  ports: z.record(z.string(), z.number().int().min(1).max(65_535)),
  passwords: z.record(z.string(), z.string().min(16)),
});
type Addresses = z.infer<typeof schema>;

export type PortName = 'clickhouse' | 'gate' | 'kafka' | 'registry';

/** The part's last port if nobody listens there, else a free one; remembered either way. */
export async function portOf(folder: DataFolder, name: PortName): Promise<number> {
  const last = read(folder).ports[name];
  const port = last !== undefined && (await isFree(last)) ? last : ((await freePorts(1))[0] ?? 0);
  change(folder, (addresses) => {
    addresses.ports[name] = port;
  });
  return port;
}

/** The next start takes another port. */
export function forgetPort(folder: DataFolder, name: PortName): void {
  change(folder, (addresses) => {
    delete addresses.ports[name];
  });
}

export function passwordOf(folder: DataFolder, user: string): string {
  const known = read(folder).passwords[user];
  if (known !== undefined) return known;
  const password = newPassword();
  change(folder, (addresses) => {
    addresses.passwords[user] = password;
  });
  return password;
}

export const newPassword = (): string => randomBytes(24).toString('base64url');

const fileOf = (folder: DataFolder): string => join(folder.run, 'addresses.json');

function read(folder: DataFolder): Addresses {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(fileOf(folder), 'utf8')));
    if (parsed.success) return parsed.data;
  } catch {
    // Absent at the first start; unreadable is as good as absent.
  }
  return { ports: {}, passwords: {} };
}

function change(folder: DataFolder, edit: (addresses: Addresses) => void): void {
  const addresses = read(folder);
  edit(addresses);
  const path = fileOf(folder);
  writeFileSync(`${path}.new`, JSON.stringify(addresses), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
