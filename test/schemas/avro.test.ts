import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FIELD_NAMES } from '../../services/core/feeds/canonical.js';
import { FEEDS } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import { projectRoot } from '../../services/platform/root.js';

const AVRO = join(projectRoot, 'schemas', 'avro');

const Field = z.looseObject({
  name: z.string(),
  doc: z.string().min(1),
  type: z.unknown(),
  default: z.unknown().optional(),
  'keyhole.pii': z.enum(['customer_id', 'employee', 'network', 'free_text', 'none']),
  'keyhole.values': z.array(z.string()).optional(),
});
const AvroRecord = z.strictObject({
  type: z.literal('record'),
  name: z.string(),
  namespace: z.literal('keyhole.v1'),
  doc: z.string().min(1),
  fields: z.array(Field),
});

function schemaOf(feed: string): z.infer<typeof AvroRecord> {
  return AvroRecord.parse(JSON.parse(readFileSync(join(AVRO, `${feed}.avsc`), 'utf8')));
}

test('there is one Avro schema for every feed, and no other', () => {
  const files = readdirSync(AVRO).filter((name) => name.endsWith('.avsc'));
  expect(files.sort()).toEqual(FEEDS.map((feed) => `${feed}.avsc`).sort());
});

describe.each([...FEEDS])('the Avro schema of %s', (feed) => {
  const { fields } = schemaOf(feed);

  test('documents every field and says whose data it is', () => {
    expect(fields.length).toBeGreaterThan(0);
  });

  test('has the fields that validation knows', () => {
    expect(fields.map((field) => field.name).sort()).toEqual(FIELD_NAMES[feed]);
  });

  test('gives every optional field a null and a null default', () => {
    for (const field of fields.filter((each) => Array.isArray(each.type))) {
      expect([field.name, field.type]).toEqual([field.name, ['null', expect.anything()]]);
      expect([field.name, field.default]).toEqual([field.name, null]);
    }
  });

  test('writes times as timestamp-millis', () => {
    const times = fields.filter((field) => /(^|_)(at|from)$/.test(field.name));
    for (const field of times) {
      const type = Array.isArray(field.type) ? field.type[1] : field.type;
      expect([field.name, type]).toEqual([field.name, { type: 'long', logicalType: 'timestamp-millis' }]);
    }
  });

  test('lists the values that validation takes', () => {
    for (const field of fields.filter((each) => each['keyhole.values'])) {
      expect(fault(feed, field.name)).toBe(`must be one of ${field['keyhole.values']?.join(', ')}`);
    }
  });
});

/** The fault of one field, all others being as in the first example. */
function fault(feed: (typeof FEEDS)[number], name: string): string {
  const folder = join(AVRO, 'examples', feed);
  const first = z.looseObject({}).parse(JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')));
  const verdict = validateRecord(feed, { ...first, [name]: 'none of them' }, { times: 'iso' });
  return verdict.ok ? '' : verdict.error.replace(`${name}: `, '');
}
