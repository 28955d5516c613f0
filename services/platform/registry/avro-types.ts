// The reader's side of Avro: the schemas of schemas/avro as avsc types, one per feed. Logical types stay what they are on
// the wire: a timestamp-millis is a number of milliseconds. It knows no registry.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Schema, Type } from 'avsc';
import type { Feed } from '../../core/feeds/records.js';
import { projectRoot } from '../root.js';

const loaded = new Map<Feed, { readonly text: string; readonly type: Type }>();

/** Throws what avsc throws when the text is no Avro schema. */
export function parseSchema(text: string): Type {
  const schema: Schema = JSON.parse(text);
  return Type.forSchema(schema, { wrapUnions: false });
}

export function readerType(feed: Feed): Type {
  return load(feed).type;
}

/** The schema as it is registered: the file's JSON with its docs and PII tags, without its layout. */
export function schemaText(feed: Feed): string {
  return load(feed).text;
}

function load(feed: Feed): { readonly text: string; readonly type: Type } {
  const known = loaded.get(feed);
  if (known) return known;
  const file: unknown = JSON.parse(readFileSync(join(projectRoot, 'schemas', 'avro', `${feed}.avsc`), 'utf8'));
  const text = JSON.stringify(file);
  const entry = { text, type: parseSchema(text) };
  loaded.set(feed, entry);
  return entry;
}
