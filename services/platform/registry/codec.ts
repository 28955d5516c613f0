// Records to and from Avro in the Confluent wire format: 0x00, schema id (4 bytes, big endian), the value. Resolving ids is
// asynchronous and done ahead for a whole batch; decoding is synchronous. Decides which bytes are a record's, never whether
// the record is valid.
//
// The newer form that names a schema by GUID carries it in a message header; it is not read here.

import type { Resolver, Type } from 'avsc';
import { KeyholeError } from '../../core/errors.js';
import type { BatchBuilder, DeadLetterReason } from '../../core/feeds/batch.js';
import type { Feed, FeedRecords } from '../../core/feeds/records.js';
import { MAX_RECORD_BYTES } from '../../core/feeds/values.js';
import type { RegistrySettings } from '../config/settings.js';
import { parseSchema, readerType, schemaText } from './avro-types.js';
import { connectRegistry, type Registry } from './client.js';
import { type Extent, extentOf } from './extent.js';
import { type PlainAccesses, plainAccesses } from './plain-accesses.js';
import { registerSchema } from './register.js';

export type Decoded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: DeadLetterReason; readonly error: string };

export interface AvroCodec {
  /**
   * Resolves the schema ids of payloads that are not known yet: one request per id, however many ask. Throws KeyholeError:
   * registry_unavailable (retriable), registry_rejected (not).
   */
  prepare(payloads: readonly (Buffer | null)[]): Promise<void>;
  /** Of a payload that was prepared. Times are epoch milliseconds. */
  decode(feed: Feed, payload: Buffer | null): Decoded;
  /**
   * The quick way for accesses: adds a prepared payload's access where it is valid and plain; false where `decode` and validation have
   * to say what it is.
   */
  addPlain(payload: Buffer | null, latestMs: number, batch: BatchBuilder<'access-log'>): boolean;
  /** Registers the feed's schema under `<feed>-value` unless it is there. Throws like prepare. */
  encoder<F extends Feed>(feed: F): Promise<(record: FeedRecords[F]) => Buffer>;
}

export interface CodecOptions {
  /** How long "no such schema" is believed; 60 s unless told. */
  readonly unknownForMs?: number;
  readonly nowMs?: () => number;
}

/** What is known of a schema id. */
type Writer =
  | { readonly kind: 'unknown'; readonly until: number }
  | { readonly kind: 'unusable'; readonly error: string }
  | {
      readonly kind: 'usable';
      readonly type: Type;
      readonly extent: Extent;
      readonly readers: Map<Feed, Reader>;
      /** null: these are no accesses in the project's own layout */
      readonly plain: PlainAccesses | null;
    };

type Reader = ((payload: Buffer) => unknown) | { readonly error: string };

const HEADER_BYTES = 5;
const UNKNOWN_FOR_MS = 60_000;

export function createCodec(settings: RegistrySettings, options: CodecOptions = {}): AvroCodec {
  const registry = connectRegistry(settings);
  const { unknownForMs = UNKNOWN_FOR_MS, nowMs = Date.now } = options;
  const writers = new Map<number, Writer>();
  const flights = new Map<number, Promise<void>>();

  async function resolve(id: number): Promise<void> {
    const found = await registry.ask((client) => client.getBySubjectAndId('', id));
    writers.set(id, found ? writerOf(id, found) : { kind: 'unknown', until: nowMs() + unknownForMs });
  }

  function fly(id: number): Promise<void> {
    const flight = flights.get(id) ?? resolve(id).finally(() => flights.delete(id));
    flights.set(id, flight);
    return flight;
  }

  return {
    async prepare(payloads) {
      const wanted = new Set<number>();
      for (const payload of payloads) {
        const id = payload ? schemaIdOf(payload) : null;
        if (id === null || id <= 0) continue;
        const writer = writers.get(id);
        if (!writer || (writer.kind === 'unknown' && writer.until <= nowMs())) wanted.add(id);
      }
      await Promise.all([...wanted].map(fly));
    },

    decode(feed, payload) {
      if (!payload) return refuse('not_avro', 'the message has no value');
      if (payload.length > MAX_RECORD_BYTES) {
        return refuse('too_large', `the value has ${payload.length} bytes, more than ${MAX_RECORD_BYTES}`);
      }
      const id = schemaIdOf(payload);
      if (id === null) return refuse('not_avro', 'the value does not begin with 0x00 and a schema id');
      if (id <= 0) return refuse('unknown_schema', `the registry has no schema with id ${id}`);
      const writer = writers.get(id);
      if (!writer) throw new KeyholeError('internal', `schema id ${id} was not prepared`, { retriable: false });
      if (writer.kind === 'unknown') return refuse('unknown_schema', `the registry has no schema with id ${id}`);
      if (writer.kind === 'unusable') return refuse('wrong_schema', writer.error);
      const reader = writer.readers.get(feed) ?? readerOf(writer.type, writer.readers, feed);
      if (typeof reader !== 'function') return refuse('wrong_schema', `schema id ${id}: ${reader.error}`);
      const end = writer.extent(payload, HEADER_BYTES);
      if (typeof end !== 'number') return refuse(end.reason, end.error);
      if (end < payload.length) return refuse('not_avro', `${payload.length - end} bytes follow the record`);
      try {
        return { ok: true, value: reader(payload) };
      } catch {
        // The one thing left for avsc to refuse: a long that a number cannot hold exactly.
        return refuse('invalid', 'a number lies beyond 2^53 - 2');
      }
    },

    addPlain(payload, latestMs, batch) {
      if (!payload || payload.length > MAX_RECORD_BYTES) return false;
      const writer = writers.get(schemaIdOf(payload) ?? 0);
      return writer?.kind === 'usable' && writer.plain?.add(payload, HEADER_BYTES, latestMs, batch) === true;
    },

    encoder: (feed) => encoderOf(registry, feed),
  };
}

/** null: not the wire format. */
function schemaIdOf(payload: Buffer): number | null {
  return payload.length >= HEADER_BYTES && payload[0] === 0 ? payload.readInt32BE(1) : null;
}

function refuse(reason: DeadLetterReason, error: string): Decoded {
  return { ok: false, reason, error };
}

function writerOf(id: number, found: { readonly schema: string; readonly schemaType?: string }): Writer {
  if (found.schemaType !== undefined && found.schemaType !== 'AVRO') {
    return { kind: 'unusable', error: `schema id ${id} is no Avro schema` };
  }
  try {
    const type = parseSchema(found.schema);
    return { kind: 'usable', type, extent: extentOf(type), readers: new Map(), plain: plainAccesses(type) };
  } catch {
    return { kind: 'unusable', error: `schema id ${id} cannot be read as one Avro schema without references` };
  }
}

function readerOf(writer: Type, readers: Map<Feed, Reader>, feed: Feed): Reader {
  const reader = createReader(writer, feed);
  readers.set(feed, reader);
  return reader;
}

function createReader(writer: Type, feed: Feed): Reader {
  const type = readerType(feed);
  if (writer.name !== type.name) return { error: `its records are not ${type.name}, which ${feed} holds` };
  let resolver: Resolver;
  try {
    resolver = type.createResolver(writer);
  } catch {
    return { error: `its ${type.name} cannot be read as the ${type.name} of schemas/avro/${feed}.avsc` };
  }
  if (type.equals(writer)) return (payload) => type.decode(payload, HEADER_BYTES).value;
  return (payload) => type.decode(payload, HEADER_BYTES, resolver).value;
}

async function encoderOf<F extends Feed>(registry: Registry, feed: F): Promise<(record: FeedRecords[F]) => Buffer> {
  const { id } = await registerSchema(registry, `${feed}-value`, schemaText(feed));
  const type = readerType(feed);
  let scratch = Buffer.alloc(16_384);
  const write = (record: FeedRecords[F]): number => {
    try {
      return type.encode(record, scratch, HEADER_BYTES);
    } catch {
      // avsc's own message quotes the value.
      throw new KeyholeError('internal', `a record of ${feed} does not fit its schema`, { retriable: false });
    }
  };
  return (record) => {
    let end = write(record);
    if (end < 0) {
      scratch = Buffer.alloc(scratch.length - end);
      end = write(record);
    }
    scratch[0] = 0;
    scratch.writeInt32BE(id, 1);
    return Buffer.from(scratch.subarray(0, end));
  };
}
