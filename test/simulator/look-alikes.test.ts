// Every honest look-alike is there, measured on what was written for an organisation without offenders.

import { explain } from '../../services/core/explain/explain.js';
import type { AccessEvent, SupportCase } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import {
  type AccessLine,
  countBy,
  type EmployeeLine,
  groupBy,
  medianOf,
  simulated,
  type Written,
} from './in-memory.js';

const wanted = { seed: 7, employees: 240, days: 50, campaigns: ['none'] };

describe('an honest organisation has', () => {
  let folder: Written;
  let people: AccessLine[];
  let employees: Map<string, EmployeeLine[]>;
  let byActor: Map<string, AccessLine[]>;
  const roleOf = (actor: string): string => employees.get(actor)?.at(-1)?.role ?? '';
  const ofRole = (role: string): AccessLine[] => people.filter((access) => roleOf(access.actor_id) === role);

  beforeAll(async () => {
    folder = await simulated(wanted);
    employees = groupBy(folder.employees, (employee) => employee.employee_id);
    people = folder.accesses.filter((access) => employees.has(access.actor_id));
    byActor = groupBy(people, (access) => access.actor_id);
  });

  test('a busiest agent with many times the median', () => {
    const totals = [...countBy(ofRole('support_agent'), (access) => access.actor_id).values()];
    expect(Math.max(...totals) / medianOf(totals)).toBeGreaterThan(3);
  });

  test('days more uneven than chance', () => {
    const ratios = [...byActor.values()]
      .filter((list) => list.length > 300)
      .map((list) => {
        const counts = [...countBy(list, (access) => access.occurred_at.slice(0, 10)).values()];
        const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
        return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
      });
    expect(ratios.length).toBeGreaterThan(10);
    expect(medianOf(ratios)).toBeGreaterThan(2);
  });

  test('a surge that nearly doubles a marketplace for a day', () => {
    const team = ofRole('support_agent').filter((access) => new Date(access.occurred_at).getUTCDay() % 6 !== 0);
    const ratios = [...groupBy(team, (access) => employees.get(access.actor_id)?.[0]?.office ?? '').values()].map(
      (list) => {
        const counts = [...countBy(list, (access) => access.occurred_at.slice(0, 10)).values()];
        return Math.max(...counts) / medianOf(counts);
      },
    );
    expect(Math.max(...ratios)).toBeGreaterThan(1.5);
  });

  test('mostly explained accesses, and honest ones without, late and self-opened cases', () => {
    const agents = ofRole('support_agent')
      .filter((_, at) => at % 8 === 0)
      .flatMap((access): AccessEvent[] => {
        const verdict = validateRecord('access-log', access, { times: 'iso' });
        return verdict.ok ? [verdict.record] : [];
      });
    const cited = new Set(agents.map((access) => access.case_id));
    const versions = groupBy(
      folder.cases.flatMap((line): SupportCase[] => {
        const verdict = cited.has(line.case_id) ? validateRecord('support-cases', line, { times: 'iso' }) : null;
        return verdict?.ok ? [verdict.record] : [];
      }),
      (version) => version.case_id,
    );
    for (const list of versions.values()) list.sort((a, b) => a.updated_at - b.updated_at);
    const shares = countBy(agents, (access) => explain(access, versions.get(access.case_id ?? '') ?? [], () => true));
    const share = (value: string): number => (shares.get(value) ?? 0) / agents.length;
    expect(share('yes')).toBeGreaterThan(0.6);
    expect(share('no')).toBeGreaterThan(0.03);
    expect(share('late')).toBeGreaterThan(0.001);
    expect(share('self')).toBeGreaterThan(0.001);
  });

  test('careless people who hardly ever give a case number', () => {
    const careless = [...byActor].filter(([actor, list]) => {
      const without = list.filter((access) => access.case_id === undefined).length;
      return roleOf(actor) === 'support_agent' && list.length > 100 && without > 0.6 * list.length;
    });
    expect(careless.length).toBeGreaterThan(0);
  });

  test('authorised bulk tasks of a lead, carried out by their assignee within the limit', () => {
    const tasks = folder.cases.filter((one) => one.kind === 'bulk_task' && one.status === 'open');
    const done = groupBy(
      people.filter((access) => access.case_id !== undefined),
      (access) => access.case_id ?? '',
    );
    const honoured = tasks.filter((task) => {
      const cited = done.get(task.case_id) ?? [];
      const records = cited.reduce((sum, access) => sum + access.record_count, 0);
      const byAssignee = cited.every((access) => access.actor_id === task.assignee_id);
      return (
        records >= 30 && records <= (task.record_limit ?? 0) && byAssignee && task.approved_by !== task.assignee_id
      );
    });
    expect(honoured.length).toBeGreaterThan(0);
  });

  test('popular sellers whom many people meet', () => {
    const readers = [...groupBy(people, (access) => access.seller_id ?? '').values()].map(
      (list) => new Set(list.map((access) => access.actor_id)).size,
    );
    expect(Math.max(...readers)).toBeGreaterThan(60);
    expect(Math.max(...readers) / medianOf(readers)).toBeGreaterThan(3);
  });

  test('account managers who look at one seller on most of their days', () => {
    const devoted = [...byActor].filter(([actor, list]) => {
      const days = new Set(list.map((access) => access.occurred_at.slice(0, 10))).size;
      const perSeller = [...groupBy(list, (access) => access.seller_id ?? '').values()].map(
        (one) => new Set(one.map((access) => access.occurred_at.slice(0, 10))).size,
      );
      return roleOf(actor) === 'account_manager' && days >= 15 && Math.max(...perSeller) > 0.8 * days;
    });
    expect(devoted.length).toBeGreaterThan(0);
  });

  test('new hires who begin slowly, and nobody who works before being hired or after leaving', () => {
    const hires = [...employees.values()].filter((list) => (list[0]?.hired_at ?? '') > '2026-01-06');
    expect(hires.length).toBeGreaterThan(0);
    for (const [actor, list] of byActor) {
      const records = employees.get(actor) ?? [];
      const left = records.find((one) => one.status === 'left')?.valid_from ?? '9';
      const times = list.map((access) => access.occurred_at);
      const dayBefore = new Date(Date.parse(records[0]?.hired_at ?? '') - 86_400_000).toISOString();
      const dayAfter = left === '9' ? left : new Date(Date.parse(left) + 86_400_000).toISOString();
      expect(times.every((time) => time > dayBefore && time < dayAfter)).toBe(true);
    }
  });

  test('leavers, people on leave, and people who moved between peer groups', () => {
    const statuses = new Set(folder.employees.map((employee) => employee.status));
    expect([...statuses].sort()).toEqual(['active', 'leave', 'left', 'notice']);
    const movers = [...employees.values()].filter((list) => new Set(list.map((one) => one.peer_group)).size > 1);
    expect(movers.length).toBeGreaterThan(0);
  });

  test('night shifts in local time, and travellers in two countries', () => {
    const localHour = (access: AccessLine): number => {
      const zone = employees.get(access.actor_id)?.[0]?.time_zone ?? 'UTC';
      return Number(
        new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(
          Date.parse(access.occurred_at),
        ),
      );
    };
    const sample = people.filter((_, at) => at % 37 === 0);
    const nightly = sample.filter((access) => localHour(access) < 5).length / sample.length;
    expect(nightly).toBeGreaterThan(0.01);
    expect(nightly).toBeLessThan(0.3);
    const travellers = [...byActor.values()].filter((list) => new Set(list.map((access) => access.country)).size > 1);
    expect(travellers.length).toBeGreaterThan(0);
  });

  test('services that read much at night and seller apps that read their sellers, without employee records', () => {
    const services = folder.accesses.filter((access) => access.actor_kind === 'service');
    const apps = folder.accesses.filter((access) => access.actor_kind === 'seller_app');
    expect(services.length).toBeGreaterThan(100);
    expect(medianOf(services.map((access) => access.record_count))).toBeGreaterThan(500);
    expect(apps.length).toBeGreaterThan(100);
    expect([...services, ...apps].filter((access) => employees.has(access.actor_id))).toEqual([]);
    const served = [...groupBy(apps, (access) => access.actor_id).values()].map(
      (list) => new Set(list.map((access) => access.seller_id)).size,
    );
    expect(Math.max(...served)).toBeLessThanOrEqual(3);
  });

  test('now and then a refused access, which returns nothing, and an unknown action', () => {
    const refused = people.filter((access) => access.outcome === 'denied');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter((access) => access.customer_ids.length > 0 || access.record_count > 0)).toEqual([]);
    expect(people.some((access) => access.action === 'macro.run')).toBe(true);
  });

  test('second persons on most reinstatements and not on all, and sellers suspended again later', () => {
    const decided = people.filter((access) => access.action === 'account.reinstate');
    const seconded = decided.filter((access) => access.approver_id !== undefined);
    expect(seconded.length / decided.length).toBeGreaterThan(0.6);
    expect(seconded.length).toBeLessThan(decided.length);
    expect(seconded.filter((access) => access.approver_id === access.actor_id)).toEqual([]);
    const reopened = folder.enforcements.filter((one) => one.kind === 'reinstated');
    const again = reopened.filter((first) =>
      folder.enforcements.some(
        (one) => one.kind === 'suspended' && one.seller_id === first.seller_id && one.at > first.at,
      ),
    );
    expect(again.length).toBeGreaterThan(0);
    expect(again.length).toBeLessThan(0.5 * reopened.length);
  });

  test('deletions spread over sellers, but for attacks that several people clean up after', () => {
    const deletions = people.filter((access) => access.action === 'review.delete');
    const sellers = [...groupBy(deletions, (access) => access.seller_id ?? '').values()];
    expect(medianOf(sellers.map((list) => list.length))).toBeLessThanOrEqual(6);
    const attacked = sellers.filter(
      (list) => list.length >= 8 && new Set(list.map((access) => access.actor_id)).size >= 3,
    );
    expect(attacked.length).toBeGreaterThan(0);
  });

  test('honest deletions now and then undone by another moderator days later', () => {
    const deleted = groupBy(
      people.filter((access) => access.action === 'review.delete'),
      (access) => access.review_id ?? '',
    );
    const undone = people.filter((access) => {
      const before = access.action === 'review.restore' ? (deleted.get(access.review_id ?? '') ?? []) : [];
      return before.some((one) => one.actor_id !== access.actor_id && one.occurred_at < access.occurred_at);
    });
    expect(undone.length).toBeGreaterThan(0);
    expect(undone.length).toBeLessThan(0.2 * deleted.size);
  });

  test('complaints in the background, and canaries that nobody reads', () => {
    expect(folder.lines['customer-complaints'].length).toBeGreaterThan(20);
    const canaries = new Set(folder.lines.canaries.map((line) => String(JSON.parse(line).customer_id)));
    expect(canaries.size).toBeGreaterThan(3);
    expect(folder.accesses.some((access) => access.customer_ids.some((id) => canaries.has(id)))).toBe(false);
  });
});
