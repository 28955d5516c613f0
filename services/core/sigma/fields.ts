// Which names a rule may use, and what they hold: the columns of keyhole.accesses, and the names that the Elastic Common Schema
// has for the same things. Nothing else is a field; a name that nobody knows is refused, since it would match nothing for ever.

import { refuse } from './refusal.js';

export type FieldType = 'text' | 'texts' | 'number' | 'time';

interface Field {
  readonly type: FieldType;
  /** may be absent from an access */
  readonly optional: boolean;
}

const text: Field = { type: 'text', optional: false };
const optionalText: Field = { type: 'text', optional: true };

export const FIELDS = {
  event_id: text,
  occurred_at: { type: 'time', optional: false },
  actor_id: text,
  actor_kind: text,
  action: text,
  outcome: text,
  tool: text,
  marketplace: text,
  seller_id: optionalText,
  customer_ids: { type: 'texts', optional: false },
  review_id: optionalText,
  review_rating: { type: 'number', optional: true },
  record_count: { type: 'number', optional: false },
  case_id: optionalText,
  approver_id: optionalText,
  session_id: optionalText,
  source_ip: optionalText,
  country: optionalText,
  explained: text,
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;

/** What a correlation may group by beyond the fields: the clusters that the access's seller belonged to at the time. */
export type GroupName = FieldName | 'cluster_id';

const ALIASES: Readonly<Record<string, FieldName>> = {
  '@timestamp': 'occurred_at',
  'event.id': 'event_id',
  'event.action': 'action',
  'user.id': 'actor_id',
  'source.ip': 'source_ip',
  'source.geo.country_iso_code': 'country',
  'service.name': 'tool',
  customer_id: 'customer_ids',
};

const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

/** @throws Refused */
export function fieldOf(name: string): FieldName {
  if (isField(name)) return name;
  const meant = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  return (
    meant ??
    refuse(
      `the field ${name} is none of an access`,
      `use one of ${Object.keys(FIELDS).join(', ')}, or user.id and the like`,
    )
  );
}

/** @throws Refused */
export const groupOf = (name: string): GroupName => (name === 'cluster_id' ? name : fieldOf(name));

export const typeOf = (field: FieldName): FieldType => FIELDS[field].type;
export const isOptional = (field: FieldName): boolean => FIELDS[field].optional;
