import { destinationsFor } from '../../../services/core/alerting/route.js';
import { defaultRouting, parseRouting, type Routing } from '../../../services/core/alerting/routing.js';
import { notice } from './notices.js';

const destinations = {
  oncall: { kind: 'alertmanager', url: 'http://127.0.0.1:9093' },
  team: { kind: 'slack', url: { file: '/run/secrets/slack' } },
};

function routing(value: unknown): Routing {
  const parsed = parseRouting(value);
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.routing;
}

const at = (marketplace: string | null, ...teams: string[]) => ({ marketplace, teams });

test('the first route that fits decides, unless it says and_on', () => {
  const one = routing({
    destinations,
    routes: [
      { when: { severity: ['critical'] }, to: ['oncall'], and_on: true },
      { when: { marketplace: ['FR'], team: ['agents'] }, to: ['team'] },
      { to: ['oncall'] },
    ],
  });
  expect(destinationsFor(notice({ severity: 'critical' }), at('FR', 'agents', 'support'), one)).toEqual([
    'oncall',
    'team',
  ]);
  expect(destinationsFor(notice(), at('FR', 'agents'), one)).toEqual(['team']);
  expect(destinationsFor(notice(), at('US', 'agents'), one)).toEqual(['oncall']);
  expect(destinationsFor(notice(), at(null), one)).toEqual(['oncall']);
});

test('without a file, high and above go to the addresses of the settings', () => {
  const one = defaultRouting({ alertmanager: 'http://127.0.0.1:9093', webhook: null });
  expect(destinationsFor(notice(), at(null), one)).toEqual(['alertmanager']);
  expect(destinationsFor(notice({ severity: 'medium' }), at(null), one)).toEqual([]);
});

test.each([
  ['no destination', { destinations: {}, routes: [{ to: ['x'] }] }, 'destinations'],
  ['an unknown kind', { destinations: { a: { kind: 'pigeon' } }, routes: [{ to: ['a'] }] }, 'destinations.a.kind'],
  [
    'an address with credentials',
    { destinations: { a: { kind: 'webhook', url: 'http://u:p@h/' } }, routes: [{ to: ['a'] }] },
    'destinations.a.url',
  ],
  [
    'a secret in the file itself',
    { destinations: { a: { kind: 'slack', url: 'https://hooks.example/T0' } }, routes: [{ to: ['a'] }] },
    'destinations.a.url',
  ],
  [
    'a route to nobody',
    { destinations, routes: [{ to: ['pager'] }] },
    'routes.0.to: pager is no destination of this file',
  ],
  [
    'a time zone that is none',
    {
      destinations: {
        a: { ...destinations.oncall, quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Mars/Base' } },
      },
      routes: [{ to: ['a'] }],
    },
    'quiet_hours.time_zone',
  ],
  ['an unknown key', { destinations, routes: [{ to: ['team'], unless: 1 }] }, 'routes.0'],
])('refuses %s, naming the place', (_, value, place) => {
  const parsed = parseRouting(value);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? [] : parsed.faults.join('\n')).toContain(place);
});

test('names all faults at once', () => {
  const parsed = parseRouting({
    destinations: { a: { kind: 'pigeon' }, b: { kind: 'webhook', url: 'ftp://x' } },
    routes: [],
  });
  expect(parsed.ok ? 0 : parsed.faults.length).toBe(3);
});
