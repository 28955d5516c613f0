import { readSecrets } from '../../services/alerter/secrets.js';
import { parseRouting, type Routing } from '../../services/core/alerting/routing.js';

function routing(destinations: object): Routing {
  const parsed = parseRouting({ destinations, routes: [{ to: Object.keys(destinations) }] });
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.routing;
}

const files: Record<string, string> = {
  '/s/slack': 'https://hooks.example/T0/B0/x\n',
  '/s/empty': '\n',
  '/s/odd': 'not an address',
};
const readFile = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error('ENOENT');
  return text;
};

test('secrets come from files and from the environment, without their line ends', () => {
  const one = routing({
    a: { kind: 'slack', url: { file: '/s/slack' } },
    b: { kind: 'pagerduty', routing_key: { env: 'PD_KEY' } },
  });
  const { secrets, faults } = readSecrets(one, { PD_KEY: 'r0' }, readFile);
  expect(faults).toEqual([]);
  expect([secrets.get('a', 'url'), secrets.get('b', 'routing_key'), secrets.get('b', 'url')]).toEqual([
    'https://hooks.example/T0/B0/x',
    'r0',
    undefined,
  ]);
});

test('every secret that is missing, empty or no address is named, and none is quoted', () => {
  const one = routing({
    a: { kind: 'slack', url: { file: '/s/none' } },
    b: { kind: 'pagerduty', routing_key: { env: 'PD_KEY' } },
    c: { kind: 'webhook', url: 'http://127.0.0.1/', key: { file: '/s/empty' } },
    d: { kind: 'teams', url: { file: '/s/odd' } },
  });
  expect(readSecrets(one, {}, readFile).faults).toEqual([
    'destinations.a.url: the file cannot be read',
    'destinations.b.routing_key: the variable is not set',
    'destinations.c.key: is empty',
    'destinations.d.url: does not hold an http:// or https:// address',
  ]);
});
