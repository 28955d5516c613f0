// The key that digests are signed with: an Ed25519 key in a file that its owner alone may read, and its public half beside it. Never
// shown, never logged, never in the database.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KeyholeError } from '../../core/errors.js';

export interface SealingKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SealingKeyFiles {
  readonly privatePath: string;
  readonly publicPath: string;
}

/** @param configured path of the private key, where settings name one */
export function sealingKeyFiles(dataPath: string, configured: string | null): SealingKeyFiles {
  const privatePath = configured ?? join(dataPath, 'keys', 'sealing.pem');
  return { privatePath, publicPath: `${privatePath.replace(/\.pem$/, '')}.pub.pem` };
}

const invalid = (message: string): KeyholeError =>
  new KeyholeError('configuration_invalid', message, { retriable: false });

/** null: there is none. Throws where it is not an Ed25519 key, or others may read it. */
export function readSealingKey({ privatePath }: SealingKeyFiles): SealingKey | null {
  if (!existsSync(privatePath)) return null;
  if ((statSync(privatePath).mode & 0o077) !== 0)
    throw invalid(
      `the sealing key ${privatePath} can be read by others: chmod 600 it, or make a new one if it was seen`,
    );
  try {
    const privateKey = createPrivateKey(readFileSync(privatePath));
    if (privateKey.asymmetricKeyType === 'ed25519') return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    // Said below, without what the parser quotes.
  }
  throw invalid(`${privatePath} holds no Ed25519 private key in PEM`);
}

/** Makes a key where there is none. Whoever makes one says so: an evidence chain that changes its key has to be explained. */
export function createSealingKey(files: SealingKeyFiles): SealingKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  mkdirSync(dirname(files.privatePath), { recursive: true, mode: 0o700 });
  writeFileSync(files.privatePath, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  writeFileSync(files.publicPath, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
  return { privateKey, publicKey };
}

export function readPublicKey(path: string): KeyObject {
  try {
    const key = createPublicKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw invalid(`${path} holds no Ed25519 public key in PEM`);
}
