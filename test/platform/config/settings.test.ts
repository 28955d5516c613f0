// Settings as rows: what is given, what comes out; and what is refused, with every fault in one message.

import { KeyholeError } from '../../../services/core/errors.js';
import { KEYS } from '../../../services/platform/config/keys.js';
import { readSettings } from '../../../services/platform/config/settings.js';

const files: Record<string, string> = { '/ca': 'CA', '/cert': 'CERT', '/key': 'KEY', '/secret': 's3cret\n' };
const readFile = (path: string): string => {
  const found = files[path];
  if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return found;
};
const read = (env: Record<string, string>) => readSettings(env, readFile);

function faultsOf(env: Record<string, string>): string {
  try {
    read(env);
  } catch (error) {
    if (error instanceof KeyholeError && error.code === 'configuration_invalid') return error.message;
    throw error;
  }
  return '';
}

describe('settings that are understood', () => {
  const rows: readonly [string, Record<string, string>, Partial<ReturnType<typeof read>>][] = [
    [
      'nothing given means the local stack and the documented defaults',
      {},
      {
        kafka: null,
        registry: null,
        clickhouse: null,
        database: 'keyhole',
        groupId: 'keyhole-scorer',
        topicPartitions: 6,
        topicReplication: null,
        landMaxRows: 25_000,
        landLingerMs: 200,
        deadLetterLimits: { inARow: 1_000, window: 5_000, ratio: 0.5 },
        alertBudget: 2,
        sigmaRules: null,
        sealingKeyFile: null,
        retention: null,
        metricsPort: 0,
        logLevel: 'info',
      },
    ],
    [
      'an empty value is as good as none',
      { KEYHOLE_GROUP_ID: '', KEYHOLE_KAFKA_BROKERS: '' },
      { kafka: null, groupId: 'keyhole-scorer' },
    ],
    ['names outside KEYHOLE_ are nobody’s business', { PATH: '/bin', KAFKA_BROKERS: 'x' }, { kafka: null }],
    [
      'brokers are a list',
      { KEYHOLE_KAFKA_BROKERS: 'a:9092, b:9093,[::1]:9094' },
      { kafka: { brokers: ['a:9092', 'b:9093', '[::1]:9094'] } },
    ],
    [
      'TLS needs no files',
      { KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_TLS: 'true' },
      { kafka: { brokers: ['a:1'], ssl: {} } },
    ],
    [
      'TLS files are read',
      {
        KEYHOLE_KAFKA_BROKERS: 'a:1',
        KEYHOLE_KAFKA_TLS: 'true',
        KEYHOLE_KAFKA_CA_FILE: '/ca',
        KEYHOLE_KAFKA_CERT_FILE: '/cert',
        KEYHOLE_KAFKA_KEY_FILE: '/key',
      },
      { kafka: { brokers: ['a:1'], ssl: { ca: 'CA', cert: 'CERT', key: 'KEY' } } },
    ],
    [
      'a password file loses its last line end',
      {
        KEYHOLE_KAFKA_BROKERS: 'a:1',
        KEYHOLE_KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KEYHOLE_KAFKA_SASL_USERNAME: 'u',
        KEYHOLE_KAFKA_SASL_PASSWORD_FILE: '/secret',
      },
      { kafka: { brokers: ['a:1'], sasl: { mechanism: 'scram-sha-512', username: 'u', password: 's3cret' } } },
    ],
    [
      'a registry with credentials',
      {
        KEYHOLE_SCHEMA_REGISTRY_URL: 'https://r/apis',
        KEYHOLE_SCHEMA_REGISTRY_USER: 'u',
        KEYHOLE_SCHEMA_REGISTRY_PASSWORD: 'p',
      },
      { registry: { url: 'https://r/apis', user: 'u', password: 'p' } },
    ],
    [
      'ClickHouse with the default user',
      { KEYHOLE_CLICKHOUSE_URL: 'http://c:8123', KEYHOLE_CLICKHOUSE_DATABASE: 'k2' },
      { clickhouse: { url: 'http://c:8123', user: 'default', password: '', database: 'k2' }, database: 'k2' },
    ],
    [
      'numbers',
      { KEYHOLE_ALERT_BUDGET: '0.5', KEYHOLE_LAND_MAX_ROWS: '10', KEYHOLE_METRICS_PORT: '9100' },
      { alertBudget: 0.5, landMaxRows: 10, metricsPort: 9100 },
    ],
  ];
  test.each(rows)('%s', (_title, env, expected) => {
    expect(read(env)).toMatchObject(expected);
  });
});

describe('settings that are refused', () => {
  const rows: readonly [Record<string, string>, RegExp][] = [
    [{ KEYHOLE_KAFKA_BROKER: 'a:1' }, /KEYHOLE_KAFKA_BROKER is not a setting; did you mean KEYHOLE_KAFKA_BROKERS\?/],
    [{ KEYHOLE_NONSENSE: '1' }, /KEYHOLE_NONSENSE is not a setting/],
    [{ KEYHOLE_KAFKA_BROKERS: 'localhost' }, /KEYHOLE_KAFKA_BROKERS must be host:port/],
    [{ KEYHOLE_KAFKA_TLS: 'yes', KEYHOLE_KAFKA_BROKERS: 'a:1' }, /KEYHOLE_KAFKA_TLS must be one of true, false/],
    [{ KEYHOLE_KAFKA_TLS: 'true' }, /KEYHOLE_KAFKA_TLS needs KEYHOLE_KAFKA_BROKERS/],
    [
      { KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_CA_FILE: '/ca' },
      /KEYHOLE_KAFKA_CA_FILE needs KEYHOLE_KAFKA_TLS=true/,
    ],
    [
      { KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_TLS: 'true', KEYHOLE_KAFKA_CERT_FILE: '/cert' },
      /KEYHOLE_KAFKA_CERT_FILE needs KEYHOLE_KAFKA_KEY_FILE/,
    ],
    [
      { KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_TLS: 'true', KEYHOLE_KAFKA_CA_FILE: '/nowhere' },
      /KEYHOLE_KAFKA_CA_FILE names a file that cannot be read \(ENOENT\)/,
    ],
    [
      { KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_SASL_MECHANISM: 'gssapi' },
      /must be one of plain, scram-sha-256, scram-sha-512/,
    ],
    [{ KEYHOLE_KAFKA_BROKERS: 'a:1', KEYHOLE_KAFKA_SASL_MECHANISM: 'plain' }, /needs KEYHOLE_KAFKA_SASL_USERNAME and/],
    [{ KEYHOLE_KAFKA_SASL_PASSWORD: 'hunter2' }, /KEYHOLE_KAFKA_SASL_MECHANISM is missing/],
    [{ KEYHOLE_SCHEMA_REGISTRY_URL: 'r:80' }, /KEYHOLE_SCHEMA_REGISTRY_URL must be an http/],
    [{ KEYHOLE_SCHEMA_REGISTRY_URL: 'http://u:hunter2@r' }, /without credentials/],
    [
      {
        KEYHOLE_CLICKHOUSE_URL: 'http://c',
        KEYHOLE_CLICKHOUSE_PASSWORD: 'hunter2',
        KEYHOLE_CLICKHOUSE_PASSWORD_FILE: '/secret',
      },
      /are both given/,
    ],
    [{ KEYHOLE_CLICKHOUSE_USER: 'u' }, /KEYHOLE_CLICKHOUSE_USER needs KEYHOLE_CLICKHOUSE_URL/],
    [{ KEYHOLE_CLICKHOUSE_DATABASE: 'a;drop' }, /KEYHOLE_CLICKHOUSE_DATABASE must be a plain name/],
    [{ KEYHOLE_ALERT_BUDGET: '0' }, /KEYHOLE_ALERT_BUDGET must be a number above 0/],
    [{ KEYHOLE_METRICS_PORT: '70000' }, /KEYHOLE_METRICS_PORT must be a whole number from 0 to 65535/],
    [{ KEYHOLE_LAND_MAX_ROWS: '-1' }, /KEYHOLE_LAND_MAX_ROWS must be a whole number/],
  ];
  test.each(rows)('%j', (env, message) => {
    expect(faultsOf(env)).toMatch(message);
    expect(faultsOf(env)).not.toMatch(/hunter2|s3cret|a;drop/);
  });

  test('all faults are named together, in a fixed order', () => {
    const message = faultsOf({ KEYHOLE_METRICS_PORT: 'x', KEYHOLE_WHAT: '1', KEYHOLE_CLICKHOUSE_USER: 'u' });
    expect(message.split('; ').length).toBe(3);
    expect(message).toMatch(/CLICKHOUSE_USER.*METRICS_PORT.*WHAT/);
  });
});

test('a documented default, given explicitly, changes nothing', () => {
  const documented = Object.entries(KEYS)
    .filter(([, key]) => key.schema.safeParse(key.default).success && !/^(none|the )/.test(key.default))
    .map(([name, key]) => [name, key.default]);
  expect(documented.length).toBeGreaterThanOrEqual(8);
  const given = Object.fromEntries(documented.filter(([name]) => !/KAFKA_TLS|CLICKHOUSE_USER/.test(name ?? '')));
  expect(read(given)).toEqual(read({}));
});
