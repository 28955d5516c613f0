// The routing file: destinations by name, and which anomalies go where. Parsed once, every fault named at its place;
// secrets are never in it, only the names of files or variables that hold them.

import { z } from 'zod';
import { SEVERITIES } from './notice.js';

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be a name of small letters, digits, - and _');
const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).refine(hasNoCredentials, {
  message: 'must not carry credentials: name a file for them',
});
/** Where a secret is: a file, or an environment variable outside KEYHOLE_. */
const secret = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
]);
export type SecretSource = z.output<typeof secret>;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00');
const zone = z.string().refine(isTimeZone, { message: 'must be an IANA time zone such as Europe/Paris' });

const limits = {
  /** messages in one hour, at most; what is over becomes one digest */
  cap_per_hour: z.number().int().min(1).max(100_000).default(30),
  /** seconds in which further anomalies of one employee are gathered into one message */
  group_seconds: z.number().int().min(0).max(86_400).default(300),
  /** seconds without further overflow after which the digest goes out; ten minutes at the latest */
  digest_seconds: z.number().int().min(1).max(600).default(30),
  timeout_ms: z.number().int().min(100).max(60_000).default(10_000),
  quiet_hours: z
    .strictObject({
      from: clock,
      to: clock,
      time_zone: zone.default('UTC'),
      except: z.array(z.enum(SEVERITIES)).default(['critical']),
    })
    .optional(),
};

const destination = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('alertmanager'),
    url,
    user: z.string().optional(),
    password: secret.optional(),
    ...limits,
  }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    url: url.default('https://events.pagerduty.com/v2/enqueue'),
    routing_key: secret,
    ...limits,
  }),
  z.strictObject({ kind: z.literal('slack'), url: secret, ...limits }),
  z.strictObject({ kind: z.literal('teams'), url: secret, ...limits }),
  z.strictObject({ kind: z.literal('webhook'), url, key: secret.optional(), ...limits }),
  z.strictObject({
    kind: z.literal('email'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).default(587),
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    user: z.string().optional(),
    password: secret.optional(),
    from: z.string().min(3),
    to: z.array(z.string().min(3)).min(1),
    ...limits,
  }),
  z.strictObject({ kind: z.literal('ocsf_http'), url, token: secret.optional(), ...limits }),
  z.strictObject({ kind: z.literal('ocsf_topic'), topic: z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/), ...limits }),
  z.strictObject({ kind: z.literal('ocsf_file'), path: z.string().min(1), ...limits }),
  z.strictObject({ kind: z.literal('splunk_hec'), url, token: secret, ...limits }),
]);
export type Destination = z.output<typeof destination>;
export type DestinationKind = Destination['kind'];

const when = z.strictObject({
  severity: z.array(z.enum(SEVERITIES)).min(1).optional(),
  detection: z.array(z.string().min(1)).min(1).optional(),
  marketplace: z.array(z.string().min(1)).min(1).optional(),
  /** a peer group or department of the employee */
  team: z.array(z.string().min(1)).min(1).optional(),
});
export type When = z.output<typeof when>;

const route = z.strictObject({
  when: when.default({}),
  to: z.array(name).min(1),
  /** also look at the routes below */
  and_on: z.boolean().default(false),
});

const escalation = z.strictObject({
  severity: z.array(z.enum(SEVERITIES)).min(1).default(['critical']),
  after_minutes: z.number().positive().max(43_200),
  to: z.array(name).min(1),
});
export type Escalation = z.output<typeof escalation>;

const routingSchema = z.strictObject({
  destinations: z
    .record(name, destination)
    .refine((all) => Object.keys(all).length > 0, { message: 'must name one at least' }),
  routes: z.array(route).min(1),
  escalations: z.array(escalation).default([]),
});

export type Routing = z.output<typeof routingSchema>;

/** @returns every fault as `path: what`, names that are used but not declared included */
export function parseRouting(value: unknown): { ok: true; routing: Routing } | { ok: false; faults: string[] } {
  const parsed = routingSchema.safeParse(value ?? {});
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.map(faultOf) };
  const faults = undeclared(parsed.data);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, routing: parsed.data };
}

/** What the settings alone ask for: everything of severity `high` or above to each address given. */
export function defaultRouting(addresses: {
  readonly alertmanager: string | null;
  readonly webhook: string | null;
}): Routing {
  const destinations: Record<string, unknown> = {};
  if (addresses.alertmanager !== null)
    destinations['alertmanager'] = { kind: 'alertmanager', url: addresses.alertmanager };
  if (addresses.webhook !== null) destinations['webhook'] = { kind: 'webhook', url: addresses.webhook };
  return routingSchema.parse({
    destinations,
    routes: [{ when: { severity: ['high', 'critical'] }, to: Object.keys(destinations) }],
  });
}

function undeclared({ destinations, routes, escalations }: Routing): string[] {
  const faults: string[] = [];
  const check = (path: string, names: readonly string[]): void => {
    for (const one of names)
      if (!Object.hasOwn(destinations, one)) faults.push(`${path}: ${one} is no destination of this file`);
  };
  for (const [i, one] of routes.entries()) check(`routes.${i}.to`, one.to);
  for (const [i, one] of escalations.entries()) check(`escalations.${i}.to`, one.to);
  return faults;
}

const faultOf = (issue: z.core.$ZodIssue): string => `${issue.path.join('.') || '(whole)'}: ${issue.message}`;

function hasNoCredentials(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}
