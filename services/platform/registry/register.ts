// Puts the feeds' schemas into the registry, BACKWARD compatible: a consumer with the new schema reads what was written with
// the old. Decides when a schema may be registered; what the schemas say is schemas/avro.

import { Compatibility } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import { KeyholeError } from '../../core/errors.js';
import { FEEDS } from '../../core/feeds/records.js';
import type { RegistrySettings } from '../config/settings.js';
import { parseSchema, schemaText } from './avro-types.js';
import { connectRegistry, type Registry } from './client.js';

export interface RegisteredSchema {
  readonly subject: string;
  /** null: it would be registered, in a dry run. */
  readonly id: number | null;
  readonly created: boolean;
}

/** Subject `<feed>-value` for every feed. A dry run changes nothing, and finds out as much. Throws KeyholeError. */
export async function registerSchemas(
  settings: RegistrySettings,
  options: { readonly dryRun: boolean },
): Promise<RegisteredSchema[]> {
  const registry = connectRegistry(settings);
  const registered: RegisteredSchema[] = [];
  for (const feed of FEEDS) {
    const subject = `${feed}-value`;
    const text = schemaText(feed);
    registered.push(
      options.dryRun ? await plan(registry, subject, text) : await registerSchema(registry, subject, text),
    );
  }
  return registered;
}

/** Registers the schema unless the subject has it, and holds the subject to BACKWARD unless it is stricter already. */
export async function registerSchema(
  registry: Registry,
  subject: string,
  schema: string,
): Promise<{ subject: string; id: number; created: boolean }> {
  const known = await idOf(registry, subject, schema);
  if (known !== null) {
    await requireBackward(registry, subject);
    return { subject, id: known, created: false };
  }
  const exists = await refuseIncompatible(registry, subject, schema);
  // An existing subject is held to BACKWARD first, so that the registry checks too; a new one has no configuration yet.
  if (exists) await requireBackward(registry, subject);
  const id = await registry.ask((client) => client.register(subject, { schema, schemaType: 'AVRO' }, false));
  if (id === null) throw rejected(registry, `did not register ${subject}`);
  if (!exists) await requireBackward(registry, subject);
  return { subject, id, created: true };
}

async function plan(registry: Registry, subject: string, schema: string): Promise<RegisteredSchema> {
  const known = await idOf(registry, subject, schema);
  if (known !== null) return { subject, id: known, created: false };
  await refuseIncompatible(registry, subject, schema);
  return { subject, id: null, created: true };
}

async function idOf(registry: Registry, subject: string, schema: string): Promise<number | null> {
  return registry.ask((client) => client.getId(subject, { schema, schemaType: 'AVRO' }, false));
}

/** Whether the subject exists. Throws when its latest schema could not be read with the new one. */
async function refuseIncompatible(registry: Registry, subject: string, schema: string): Promise<boolean> {
  const latest = await registry.ask((client) => client.getLatestSchemaMetadata(subject));
  if (!latest) return false;
  try {
    parseSchema(schema).createResolver(parseSchema(latest.schema));
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw rejected(registry, `holds a ${subject} that the schema of this version cannot read (not BACKWARD): ${why}`);
  }
}

async function requireBackward(registry: Registry, subject: string): Promise<void> {
  const level = await registry.ask((client) => client.getCompatibility(subject));
  if (level !== null && STRICT_ENOUGH.has(level)) return;
  await registry.ask((client) => client.updateCompatibility(subject, Compatibility.BACKWARD));
}

const STRICT_ENOUGH: ReadonlySet<Compatibility> = new Set([
  Compatibility.BACKWARD,
  Compatibility.BACKWARD_TRANSITIVE,
  Compatibility.FULL,
  Compatibility.FULL_TRANSITIVE,
]);

function rejected(registry: Registry, what: string): KeyholeError {
  return new KeyholeError('registry_rejected', `the schema registry at ${registry.address} ${what}`, {
    retriable: false,
  });
}
