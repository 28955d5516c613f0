// keyhole verify: exit 0 where everything sealed is as it was, 1 with a line for each table and hour that is not. With --event: the proof
// of one access, which anybody can check with the public key alone.

import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { KeyholeError, UsageError } from '../core/errors.js';
import { parseProof, parseRowText, proofFault } from '../core/evidence/proof.js';
import { NOBODY, type Witness } from '../pipeline/evidence/differences.js';
import { proveEvent } from '../pipeline/evidence/prove.js';
import { verifyEvidence } from '../pipeline/evidence/verify.js';
import { readPublicKey, readSealingKey } from '../platform/files/sealing-key.js';
import { parseId } from '../platform/terminal/arguments.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { createProgress } from '../platform/terminal/progress.js';
import { type EvidenceContext, openEvidence } from './evidence/context.js';
import { logWitness } from './evidence/log-witness.js';

interface Flags {
  readonly event?: string;
  readonly revealCustomers?: boolean;
  readonly proof?: string;
  readonly publicKey?: string;
  readonly data?: string;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'hold what is stored against its signed digests: every changed, removed or added row, by table and hour',
    )
    .option('--event <id>', 'print the proof of this access instead, one JSON object a line for each access of that id')
    .option('--reveal-customers', 'with --event: also what shows which customers the access names')
    .option('--proof <file>', 'check a proof instead; needs the public key, and no database')
    .option('--public-key <file>', 'the sealing key’s public half (default: beside the key)')
    .option('--data <path>', 'data folder (default: settings, else .keyhole)')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  if (flags.proof !== undefined) return checkProof(flags.proof, flags.publicKey);
  if (flags.event !== undefined) return prove(flags.event, flags);
  const context = await openEvidence(flags.data);
  const progress = createProgress();
  try {
    const summary = await verifyEvidence(context.database.reader, {
      publicKey: publicKeyOf(context, flags.publicKey),
      anchor: context.anchor,
      witness: witnessOf(context),
      onProgress: (table, done, total) => progress.update(`verifying ${table}`, done, total),
    });
    progress.stop();
    process.stdout.write(
      summary.problems.map(({ table, hour, what }) => `${table} ${hour || 'all'}: ${what}\n`).join(''),
    );
    say(
      `${summary.digests} digests, ${summary.hours} hours, ${summary.rows} rows; ` +
        (summary.through === null
          ? 'nothing is sealed yet: see keyhole seal'
          : `sealed through ${summary.through.event}; ${summary.pending} rows came later and wait for the next pass; ${summary.problems.length} problems`),
    );
    if (summary.problems.length > 0)
      throw new KeyholeError('evidence_broken', 'what is stored is not what was sealed', { retriable: false });
    if (summary.through === null)
      throw new KeyholeError('not_found', 'nothing is sealed, so nothing can be verified', { retriable: false });
  } finally {
    progress.stop();
    await context.close();
  }
}

/** An embedded database is sealed by whoever writes to it: what is not sealed there was not written by Keyhole. */
const witnessOf = ({ database, kafka, registry }: EvidenceContext): Witness =>
  kafka === null || registry === null ? NOBODY : logWitness(database.clickhouse, kafka, registry);

function publicKeyOf({ keyFiles }: EvidenceContext, named: string | undefined): KeyObject {
  if (named !== undefined) return readPublicKey(named);
  if (existsSync(keyFiles.publicPath)) return readPublicKey(keyFiles.publicPath);
  const key = readSealingKey(keyFiles);
  if (key === null) throw new UsageError(`there is no public key ${keyFiles.publicPath}: name it with --public-key`);
  return key.publicKey;
}

async function prove(eventId: string, flags: Flags): Promise<void> {
  parseId('--event', eventId);
  const context = await openEvidence(flags.data);
  try {
    const publicKey = publicKeyOf(context, flags.publicKey);
    const reveal = flags.revealCustomers === true;
    const proofs = await proveEvent(context.database.reader, eventId, { publicKey, reveal });
    await writeOut(proofs.map((proof) => `${JSON.stringify(proof)}\n`));
  } finally {
    await context.close();
  }
}

function checkProof(path: string, publicKeyPath: string | undefined): void {
  if (publicKeyPath === undefined)
    throw new UsageError('--proof needs --public-key: the file of the sealing key’s public half');
  const publicKey = readPublicKey(publicKeyPath);
  const lines = readText(path)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new UsageError(`--proof ${path} is empty`);
  for (const line of lines) {
    const proof = parseProof(line);
    const fault = proof === null ? 'not of the format' : proofFault(proof, publicKey);
    if (proof === null || fault !== null)
      throw new KeyholeError('evidence_broken', `the proof does not hold: ${fault}`, { retriable: false });
    const values = parseRowText(proof.text) ?? [];
    const fields = Object.fromEntries(proof.columns.map((name, i) => [name, values[i] ?? null]));
    process.stdout.write(`${JSON.stringify({ ...fields, extra: proof.extra })}\n`);
    say(`holds: ${proof.table} ${proof.hour}, row ${proof.index + 1} of ${proof.size}, digest ${proof.digest.seq}`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`--proof ${path} cannot be read`);
  }
}
