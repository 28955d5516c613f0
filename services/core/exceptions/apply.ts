// What exceptions do to findings: a finding that one covers stays open and visible, says so in its summary and reasoning, and is `low`, so
// that it alerts nobody. Nothing is removed, and a rule about canaries is covered only where it is named.

import { address, type Finding } from '../judge/finding.js';
import { type Day, dayText } from '../time.js';
import type { Exception, Exceptions, Scope } from './exception.js';

/** Where a finding's accesses were made; needed for exceptions of tools and marketplaces. */
export interface Place {
  readonly tools: readonly string[];
  readonly marketplaces: readonly string[];
}

export interface Applied {
  /** last day of the findings' window */
  readonly day: Day;
  /** a rule that is only excepted by name */
  readonly isCanary: boolean;
  /** by anomaly_id; a finding without one is under no exception of a tool or marketplace */
  readonly places?: ReadonlyMap<string, Place>;
}

export function applyExceptions(findings: readonly Finding[], { list }: Exceptions, applied: Applied): Finding[] {
  const valid = list.filter(({ from, until }) => from <= applied.day && applied.day <= until);
  if (valid.length === 0) return [...findings];
  return findings.map((finding) => {
    const covering = valid.filter((exception) => covers(exception, finding, applied));
    return covering.length === 0 ? finding : excepted(finding, covering);
  });
}

/** Whether any exception in force looks at tools or marketplaces, so that places must be known. */
export const needsPlaces = ({ list }: Exceptions): boolean =>
  list.some(({ tool, marketplace }) => tool !== '' || marketplace !== '');

function covers(exception: Exception, finding: Finding, { isCanary, places }: Applied): boolean {
  const { detections } = exception;
  if (detections.length === 0 ? isCanary : !detections.includes(finding.detection)) return false;
  const place = places?.get(finding.anomaly_id);
  return (
    isSame(exception, finding, 'actor_id') &&
    isSame(exception, finding, 'seller_id') &&
    isSame(exception, finding, 'cluster_id') &&
    isOnly(exception.tool, place?.tools) &&
    isOnly(exception.marketplace, place?.marketplaces)
  );
}

const isSame = (exception: Scope, finding: Finding, name: 'actor_id' | 'seller_id' | 'cluster_id'): boolean =>
  exception[name] === '' || exception[name] === finding[name];

/** All of the finding's accesses, and there are some. */
const isOnly = (wanted: string, found: readonly string[] | undefined): boolean =>
  wanted === '' || (found !== undefined && found.length > 0 && found.every((one) => one === wanted));

function excepted(finding: Finding, covering: readonly Exception[]): Finding {
  const { content: _content, ...rest } = finding;
  const [first] = [...covering].sort((a, b) => b.until - a.until || (a.exception_id < b.exception_id ? -1 : 1));
  const words =
    first === undefined
      ? ''
      : ` (excepted until ${dayText(first.until)} by ${first.decided_by}, exception ${first.exception_id})`;
  const reasoning: Record<string, unknown> = JSON.parse(finding.reasoning);
  return address({
    ...rest,
    severity: 'low',
    summary: `${finding.summary}${words}`,
    reasoning: JSON.stringify({
      ...reasoning,
      excepted: {
        severity_without: finding.severity,
        exceptions: covering.map(({ exception_id, revision, until, decided_by, why }) => ({
          exception_id,
          revision,
          until: dayText(until),
          decided_by,
          why,
        })),
      },
    }),
  });
}
