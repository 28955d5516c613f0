// Which requirement of which framework is served by what, with the figure that shows it operates in the range. A mapping is an aid for
// an auditor; whether a requirement is met is theirs to say.

import type { Catalogues, ControlsFacts } from '../facts-organisation.js';
import type { Section } from '../report.js';
import { count, percent, plural } from '../words.js';

interface Requirement {
  readonly id: string;
  readonly asks: string;
  readonly served: string;
  /** how detections name it in their `controls`, by its beginning */
  readonly named?: string;
}

export function mappingSection(facts: ControlsFacts, { detections }: Catalogues): Section {
  return {
    heading: 'Mapping to frameworks',
    blocks: [
      {
        kind: 'text',
        text: 'What in Keyhole serves a requirement, and the figure that shows it at work in the range. Whether the requirement is met is for the auditor to say.',
      },
      {
        kind: 'table',
        name: 'mapping',
        caption: 'Requirements',
        columns: [
          { name: 'requirement', label: 'Requirement', type: 'text', weight: 1.2 },
          { name: 'asks', label: 'Asks for', type: 'text', weight: 2.2 },
          { name: 'served', label: 'Served by', type: 'text', weight: 2.6 },
          { name: 'detections', label: 'Detections', type: 'text', weight: 2.2 },
        ],
        rows: requirements(facts).map(({ id, asks, served, named }) => [
          id,
          asks,
          served,
          named === undefined
            ? ''
            : detections
                .filter(({ controls }) => controls.some((one) => one.startsWith(named)))
                .map((one) => one.id)
                .join(', '),
        ]),
        empty: '',
      },
      {
        kind: 'table',
        name: 'known_gaps',
        caption: 'What the detections say they do not see',
        columns: [
          { name: 'detection', label: 'Detection', type: 'text', weight: 1 },
          { name: 'gap', label: 'Known gap', type: 'text', weight: 4 },
        ],
        rows: detections.flatMap(({ id, known_gaps: gaps }) => gaps.map((gap) => [id, gap])),
        empty: 'None is written down.',
      },
    ],
  };
}

function requirements(facts: ControlsFacts): Requirement[] {
  const { people, actions, tools, tallies, debt, feeds } = facts;
  const accesses = actions.reduce((sum, one) => sum + one.accesses, 0);
  const sum = (name: 'alerts' | 'confirmed' | 'benign' | 'duplicate'): number =>
    tallies.reduce((total, one) => total + one[name], 0);
  const reviewed = sum('confirmed') + sum('benign') + sum('duplicate');
  const owed = debt.reduce((total, one) => total + one.alerts, 0);
  return [
    {
      id: 'PCI DSS 10.2.1.1',
      asks: 'Audit logs capture all individual access to the data',
      served: `${plural(accesses, 'access', 'accesses')} in the range, each with who, what, when and from where`,
      named: 'PCI-DSS-10.2',
    },
    {
      id: 'PCI DSS 10.4.1',
      asks: 'Logs are reviewed to identify anomalies',
      served: `${plural(sum('alerts'), 'anomaly', 'anomalies')} of high or critical severity raised, ${plural(reviewed, 'finding')} of people recorded`,
      named: 'PCI-DSS-10',
    },
    {
      id: 'PCI DSS 10.4.3',
      asks: 'Exceptions and anomalies are addressed',
      served: `${plural(owed, 'alert')} without a finding; ${plural(facts.exceptions, 'exception')} in force, each with who decided and why`,
    },
    {
      id: 'PCI DSS 10.7',
      asks: 'Failures of critical controls are detected and reported',
      served: `${plural(tools.filter(({ is_silent }) => Number(is_silent) === 1).length, 'tool')} silent of ${count(tools.length)}; ${plural(feeds.length, 'context feed')} watched`,
      named: 'PCI-DSS-10.7',
    },
    {
      id: 'ISO 27001 A.8.15',
      asks: 'Logging: activities are recorded, kept and protected',
      served: `${plural(new Set(tools.map(({ tool }) => tool)).size, 'tool')} on ${plural(new Set(tools.map(({ marketplace }) => marketplace)).size, 'marketplace')} recorded`,
      named: 'ISO-27001-A.8.15',
    },
    {
      id: 'ISO 27001 A.8.16',
      asks: 'Monitoring: anomalous behaviour is detected and acted on',
      served: `${plural(people.entities, 'account')} monitored; ${percent(people.unscored, people.entities)} not judged by some detection`,
      named: 'ISO-27001-A.8.16',
    },
    {
      id: 'SOX 404',
      asks: 'Controls over decisions with financial effect operate',
      served: 'Reinstatements, suspensions and removals are weighed against cases and second persons',
      named: 'SOX-404',
    },
    {
      id: 'NIST 800-53 AU-6',
      asks: 'Audit records are reviewed, analysed and reported',
      served: `${plural(tallies.length, 'detection')} raised something in the range; this report and the access review report it`,
      named: 'NIST-AU-6',
    },
  ];
}
