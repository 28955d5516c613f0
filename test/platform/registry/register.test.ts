import { FEEDS } from '../../../services/core/feeds/records.js';
import { schemaText } from '../../../services/platform/registry/avro-types.js';
import { registerSchemas } from '../../../services/platform/registry/register.js';
import { type FakeRegistry, startFakeRegistry } from './support/fake-registry.js';

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startFakeRegistry();
});
afterEach(() => registry.close());

const subjects = FEEDS.map((feed) => `${feed}-value`);
const register = (dryRun: boolean) => registerSchemas({ url: registry.url }, { dryRun });

/** The access log's schema as an earlier version may have had it. */
function earlier(change: (fields: { name: string; type: unknown }[]) => unknown[]): object {
  const schema = JSON.parse(schemaText('access-log'));
  return { ...schema, fields: change(schema.fields) };
}

describe('registering the schemas', () => {
  test('puts each under its subject, held to BACKWARD', async () => {
    const registered = await register(false);
    expect(registered).toEqual(subjects.map((subject, n) => ({ subject, id: n + 1, created: true })));
    expect(Object.fromEntries(registry.compatibility)).toEqual(
      Object.fromEntries(subjects.map((subject) => [subject, 'BACKWARD'])),
    );
  });

  test('a second time changes nothing', async () => {
    await register(false);
    const writes = registry.asked.filter((call) => call.startsWith('PUT') || call.endsWith('/versions')).length;
    expect(await register(false)).toEqual(subjects.map((subject, n) => ({ subject, id: n + 1, created: false })));
    expect(registry.asked.filter((call) => call.startsWith('PUT') || call.endsWith('/versions'))).toHaveLength(writes);
  });

  test('a dry run says what it would do, and does nothing', async () => {
    expect(await register(true)).toEqual(subjects.map((subject) => ({ subject, id: null, created: true })));
    expect(registry.asked.filter((call) => call.startsWith('PUT') || call.endsWith('/versions'))).toEqual([]);
    await register(false);
    expect((await register(true)).every((schema) => !schema.created && schema.id !== null)).toBe(true);
  });

  test.each(['FULL_TRANSITIVE', 'BACKWARD_TRANSITIVE', 'FULL'])('a stricter %s stays', async (level) => {
    registry.compatibility.set('sellers-value', level);
    await register(false);
    expect(registry.compatibility.get('sellers-value')).toBe(level);
  });

  test.each(['NONE', 'FORWARD'])('a laxer %s becomes BACKWARD', async (level) => {
    registry.compatibility.set('sellers-value', level);
    await register(false);
    expect(registry.compatibility.get('sellers-value')).toBe('BACKWARD');
  });

  test('an earlier schema that the new one can read is followed by it', async () => {
    registry.add(
      earlier((fields) => fields.filter(({ name }) => name !== 'country')),
      'AVRO',
      'access-log-value',
    );
    expect((await register(false))[0]).toEqual({ subject: 'access-log-value', id: 2, created: true });
  });

  test.each([true, false])(
    'one that it cannot read is refused before anything is written (dry run: %p)',
    async (dryRun) => {
      const clash = earlier((fields) =>
        fields.map((field) => (field.name === 'tool' ? { ...field, type: 'int' } : field)),
      );
      registry.add(clash, 'AVRO', 'access-log-value');
      await expect(register(dryRun)).rejects.toMatchObject({
        code: 'registry_rejected',
        message: expect.stringContaining('not BACKWARD'),
      });
      expect(registry.asked.filter((call) => call.startsWith('PUT') || call.endsWith('/versions'))).toEqual([]);
    },
  );

  test('a registry that is gone is a retriable fault', async () => {
    const { url } = registry;
    await registry.close();
    await expect(registerSchemas({ url }, { dryRun: false })).rejects.toMatchObject({
      code: 'registry_unavailable',
      retriable: true,
    });
  });
});
