// Proofs of accesses, made from the rows as they are now: only where their hour still amounts to what was sealed.

import type { KeyObject } from 'node:crypto';
import { KeyholeError } from '../../core/errors.js';
import { merklePath, sha256, sortLeaves } from '../../core/evidence/merkle.js';
import { PROOF_FORMAT, type Proof } from '../../core/evidence/proof.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { hourSpan, rootOf } from './differences.js';
import { chainOf, readDigests } from './digests.js';
import { CUSTOMER_SCOPE, hourSql, rowTextSql, saltSql, TOKEN_PREFIX } from './leaves-sql.js';
import { isoHour, readLeaves } from './read-rows.js';
import { ACCESSES } from './sealed-tables.js';

interface TextRow {
  readonly hour: number;
  readonly text: string;
  readonly extra: string;
  readonly customers: readonly { readonly customer_id: string; readonly salt: string }[];
}

/** One proof for each access of that id. @param reveal also opens its customers' commitments */
export async function proveEvent(
  ch: ClickHouse,
  eventId: string,
  { publicKey, reveal }: { readonly publicKey: KeyObject; readonly reveal: boolean },
): Promise<Proof[]> {
  const customers = `arrayMap(one -> CAST((one, lower(hex(${saltSql('one')}))), 'Tuple(customer_id String, salt String)'),
    arrayFilter(one -> NOT startsWith(one, '${TOKEN_PREFIX}'), customer_ids))`;
  const rows = await ch.query<TextRow>(
    `WITH ${CUSTOMER_SCOPE}
    SELECT toUnixTimestamp(${hourSql(ACCESSES)}) AS hour, ${rowTextSql(ACCESSES)} AS text, ${ACCESSES.extra} AS extra,
      ${reveal ? customers : "CAST([], 'Array(Tuple(customer_id String, salt String))')"} AS customers
    FROM ${ACCESSES.source} WHERE event_id = {event:String} ORDER BY occurred_at, actor_id`,
    { event: eventId },
  );
  if (rows.length === 0) throw new KeyholeError('not_found', `no access ${eventId} is stored`, { retriable: false });
  const chain = chainOf(await readDigests(ch), publicKey);
  const proofs: Proof[] = [];
  for (const { hour: start, text, extra, customers: opened } of rows) {
    const hour = isoHour(start);
    const sealed = chain.state.get(ACCESSES.name)?.get(hour);
    const digest = chain.digests.find(({ seq }) => seq === sealed?.seq);
    if (sealed === undefined || digest === undefined)
      throw new KeyholeError('not_found', `${ACCESSES.name} ${hour} is not sealed yet: see keyhole seal`, {
        retriable: false,
      });
    const leaves = (await readLeaves(ch, ACCESSES, hourSpan(hour))).get(hour) ?? [];
    if (rootOf(leaves) !== sealed.entry.root)
      throw new KeyholeError(
        'evidence_broken',
        `${ACCESSES.name} ${hour} is not as it was sealed: see keyhole verify`,
        {
          retriable: false,
        },
      );
    const content = sha256(text);
    const own = leaves.find((leaf) => leaf.content.equals(content) && leaf.extra === extra);
    const hashes = sortLeaves(leaves.map(({ hash }) => hash));
    const index = hashes.findIndex((hash) => own?.hash.equals(hash) === true);
    proofs.push({
      format: PROOF_FORMAT,
      table: ACCESSES.name,
      hour,
      columns: ACCESSES.columns.map(({ name }) => name),
      text,
      extra,
      index,
      size: hashes.length,
      path: merklePath(hashes, index).map((one) => one.toString('hex')),
      ...(reveal ? { customers: [...opened] } : {}),
      digest,
    });
  }
  return proofs;
}
