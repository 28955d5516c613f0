// What sealing and verifying work with: the database, the key's files, and where digests are published. Decides which of them belong to
// a data folder, to a running stack, or to addresses in the settings.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.js';
import { type Anchor, fileAnchor, NO_ANCHOR } from '../../pipeline/evidence/anchor.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { type KafkaSettings, type RegistrySettings, readSettings } from '../../platform/config/settings.js';
import {
  createSealingKey,
  readSealingKey,
  type SealingKey,
  type SealingKeyFiles,
  sealingKeyFiles,
} from '../../platform/files/sealing-key.js';
import { DEFAULT_DATA_PATH, type OpenDatabase, openDatabase } from '../../platform/stack/database.js';
import { dataFolder } from '../../platform/stack/folder.js';
import { findStack } from '../../platform/stack/state.js';
import { topicAnchor } from './topic-anchor.js';

export interface EvidenceContext {
  readonly database: OpenDatabase;
  readonly keyFiles: SealingKeyFiles;
  readonly anchor: Anchor;
  /** null: an embedded database */
  readonly kafka: KafkaSettings | null;
  readonly registry: RegistrySettings | null;
  close(): Promise<void>;
}

export async function openEvidence(data: string | undefined): Promise<EvidenceContext> {
  const settings = readSettings(process.env);
  const isRemote = data === undefined && settings.clickhouse !== null;
  const path = data ?? DEFAULT_DATA_PATH;
  const stack = isRemote ? null : findStack(path);
  const kafka = isRemote ? settings.kafka : stack === null ? null : { brokers: stack.kafkaBrokers };
  const registry = isRemote ? settings.registry : stack === null ? null : { url: stack.registryUrl };
  if (isRemote && settings.sealingKeyFile === null)
    throw new UsageError('KEYHOLE_SEALING_KEY_FILE is not set: name the file of the sealing key');
  const keyFiles = sealingKeyFiles(dataFolder(path).path, settings.sealingKeyFile);
  const database = await openDatabase({ data, env: process.env, mustExist: true });
  const anchor =
    kafka !== null ? topicAnchor(kafka, settings.topicReplication) : isRemote ? NO_ANCHOR : folderAnchor(path);
  return { database, keyFiles, anchor, kafka, registry, close: () => database.close() };
}

/** The outside copy of an embedded database's digests. */
export function folderAnchor(path: string): Anchor {
  const folder = join(dataFolder(path).path, 'evidence');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return fileAnchor(join(folder, 'digests.ndjson'));
}

export async function holdsDigests(ch: ClickHouse): Promise<boolean> {
  const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.evidence_digests');
  return row?.n !== '0';
}

/**
 * The key, made where there is none: by request, or for a data folder of one's own in which nothing was sealed yet. Never silently in
 * the place of one that was lost.
 */
export function keyToSeal(
  { keyFiles, database }: Pick<EvidenceContext, 'keyFiles' | 'database'>,
  options: { readonly isSealed: boolean; readonly mayMake: boolean; readonly say: (line: string) => void },
): SealingKey {
  const known = readSealingKey(keyFiles);
  if (known !== null) return known;
  if (options.isSealed)
    throw new UsageError(
      `the sealing key ${keyFiles.privatePath} is missing, and digests of it are stored: put it back, or name it with KEYHOLE_SEALING_KEY_FILE`,
    );
  if (!options.mayMake && !database.exclusive)
    throw new UsageError(`there is no sealing key ${keyFiles.privatePath}: make one with keyhole seal --new-key`);
  const key = createSealingKey(keyFiles);
  options.say(`made a sealing key: ${keyFiles.privatePath}; give auditors its public half, ${keyFiles.publicPath}`);
  return key;
}
