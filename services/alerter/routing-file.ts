// The routing an alerter runs with: the file given, else what the settings name. Refuses at start, every fault named at once.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DEFAULT_POLICY, type Policy, parsePolicy } from '../core/alerting/restriction.js';
import { defaultRouting, parseRouting, type Routing } from '../core/alerting/routing.js';
import { KeyholeError, UsageError } from '../core/errors.js';
import { readSecrets, type Secrets } from './secrets.js';

export interface RoutingSource {
  readonly file: string | undefined;
  readonly alertmanagerUrl: string | null;
  readonly webhookUrl: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function loadRouting({ file, alertmanagerUrl, webhookUrl, env }: RoutingSource): {
  routing: Routing;
  secrets: Secrets;
} {
  const routing = file === undefined ? fromSettings(alertmanagerUrl, webhookUrl) : fromFile(file);
  const { secrets, faults } = readSecrets(routing, env);
  if (faults.length > 0) throw refused(file ?? 'settings', faults);
  return { routing, secrets };
}

function fromSettings(alertmanager: string | null, webhook: string | null): Routing {
  if (alertmanager === null && webhook === null)
    throw new UsageError(
      'nowhere to send alerts to: give --config FILE, or set KEYHOLE_ALERTMANAGER_URL or KEYHOLE_WEBHOOK_URL',
    );
  return defaultRouting({ alertmanager, webhook });
}

/** @param file absent: everything is `observe` */
export function loadPolicy(file: string | undefined): Policy {
  if (file === undefined) return DEFAULT_POLICY;
  const parsed = parsePolicy(readYaml('--policy', file));
  if (!parsed.ok) throw refused(file, parsed.faults);
  return parsed.policy;
}

function fromFile(file: string): Routing {
  const parsed = parseRouting(readYaml('--config', file));
  if (!parsed.ok) throw refused(file, parsed.faults);
  return parsed.routing;
}

function readYaml(option: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${option} ${file}: cannot be read; docs/alerting.md has an example`);
  }
  try {
    return parse(text);
  } catch (error) {
    throw refused(file, [error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'is no YAML']);
  }
}

function refused(file: string, faults: readonly string[]): KeyholeError {
  return new KeyholeError('configuration_invalid', `${file} cannot be used:\n  ${faults.join('\n  ')}`, {
    retriable: false,
  });
}
