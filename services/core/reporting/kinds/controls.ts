// The controls report: what is watched, what is not, and how well; for an auditor who asks for evidence that the control operates.

import { precisionOf, precisionText } from '../../detections/precision.js';
import { bars } from '../chart/bars.js';
import type { Catalogues, ControlsFacts } from '../facts-organisation.js';
import type { ReportContent, Section } from '../report.js';
import { count, day, percent, plural } from '../words.js';
import { mappingSection } from './controls-mapping.js';

const DAY_MS = 86_400_000;

export function controlsReport(facts: ControlsFacts, catalogues: Catalogues): ReportContent {
  return {
    kind: 'controls',
    title: 'Control coverage',
    subject: 'the organisation',
    from: facts.range.from,
    to: facts.range.to,
    summary: summaryOf(facts, catalogues),
    sections: [
      peopleSection(facts),
      actionSection(facts, catalogues),
      toolSection(facts),
      debtSection(facts),
      detectionSection(facts, catalogues),
      mappingSection(facts, catalogues),
    ],
    main_table: 'detections',
    names_customers: false,
  };
}

const silent = (facts: ControlsFacts): number => facts.tools.filter(({ is_silent }) => Number(is_silent) === 1).length;

/** Of actions of the log, those that no detection counts; detections that look at everything leave none uncounted by name. */
const unwatched = (
  { actions }: ControlsFacts,
  { detections }: Catalogues,
): readonly { readonly action: string; readonly accesses: number }[] => {
  const watched = new Set(detections.flatMap(({ actions: counted }) => counted ?? []));
  return actions.filter(({ action }) => !watched.has(action));
};

function summaryOf(facts: ControlsFacts, catalogues: Catalogues): string[] {
  const { people, debt, dead_letters: letters } = facts;
  const debts = debt.reduce((sum, { alerts }) => sum + alerts, 0);
  return [
    `${plural(people.active, 'person', 'people')} of ${count(people.directory)} ever in the directory used a monitored tool in the range; ${plural(people.unknown_people, 'account')} of employees in the log ${people.unknown_people === 1 ? 'is' : 'are'} not in the directory.`,
    `${plural(catalogues.detections.length, 'detection')} ${catalogues.detections.length === 1 ? 'watches' : 'watch'} ${plural(facts.actions.length, 'action')} on ${plural(new Set(facts.tools.map(({ tool }) => tool)).size, 'tool')}; ${plural(unwatched(facts, catalogues).length, 'action')} of the log ${unwatched(facts, catalogues).length === 1 ? 'is' : 'are'} counted by none.`,
    `${plural(people.unscored, 'account')} of ${count(people.entities)} could not be judged by at least one detection; ${plural(silent(facts), 'feed')} ${silent(facts) === 1 ? 'is' : 'are'} silent.`,
    `${plural(debts, 'alert')} ${debts === 1 ? 'waits' : 'wait'} for a finding; ${plural(
      letters.reduce((sum, one) => sum + one.letters, 0),
      'record',
    )} could not be read.`,
  ];
}

function peopleSection({ people, dark_marketplaces: dark, unscored }: ControlsFacts): Section {
  return {
    heading: 'People',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'directory', label: 'people ever in the directory', value: people.directory },
          { name: 'current', label: 'people who have not left', value: people.current },
          { name: 'active', label: 'of the directory seen in the log', value: people.active },
          { name: 'unknown_people', label: 'employees in the log, not in the directory', value: people.unknown_people },
          {
            name: 'services',
            label: 'service accounts',
            value: people.services,
            note: 'no peers, judged by rules alone',
          },
          { name: 'apps', label: 'sellers’ tools', value: people.apps },
          { name: 'unscored_entities', label: 'accounts not judged by some detection', value: people.unscored },
          { name: 'unscored_share', label: 'share of accounts', value: percent(people.unscored, people.entities) },
        ],
      },
      {
        kind: 'table',
        name: 'unscored',
        caption: 'Who could not be judged, and why',
        columns: [
          { name: 'detection', label: 'Detection', type: 'text', weight: 2 },
          { name: 'reason', label: 'Why', type: 'text', weight: 2 },
          { name: 'entities', label: 'Entities', type: 'number' },
        ],
        rows: unscored.map(({ detection, reason, entities }) => [detection, reason.replaceAll('_', ' '), entities]),
        empty: 'Every detection could judge everybody.',
      },
      {
        kind: 'table',
        name: 'dark_marketplaces',
        caption: 'Marketplaces with people in the directory and no access in the log',
        columns: [
          { name: 'marketplace', label: 'Marketplace', type: 'text' },
          { name: 'people', label: 'People', type: 'number' },
        ],
        rows: dark.map(({ marketplace, people: number }) => [marketplace, number]),
        empty: 'None: each marketplace that employs people appears in the log.',
      },
    ],
  };
}

function actionSection(facts: ControlsFacts, { detections, actions }: Catalogues): Section {
  const seen = new Map(facts.actions.map(({ action, accesses }) => [action, accesses]));
  const known = new Map(actions.map((one) => [one.action, one]));
  const all = [...new Set([...known.keys(), ...seen.keys()])];
  const everything = detections.filter((one) => one.actions === null).length;
  return {
    heading: 'Actions',
    blocks: [
      {
        kind: 'text',
        text: `${plural(everything, 'detection')} ${everything === 1 ? 'looks' : 'look'} at accesses whatever the action; the table counts those that name it.`,
      },
      {
        kind: 'table',
        name: 'actions',
        caption: 'Each action, and which detections count it by name',
        columns: [
          { name: 'action', label: 'Action', type: 'text', weight: 1.6 },
          { name: 'sensitivity', label: 'Sensitivity', type: 'text', weight: 1 },
          { name: 'accesses', label: 'Accesses', type: 'number', weight: 0.8 },
          { name: 'detections', label: 'Counted by', type: 'text', weight: 4 },
        ],
        rows: all.map((action) => [
          action,
          known.get(action)?.sensitivity ?? 'unclassified',
          seen.get(action) ?? 0,
          detections
            .filter((one) => one.actions?.includes(action))
            .map(({ id }) => id)
            .join(', ') || 'none',
        ]),
        empty: '',
      },
    ],
  };
}

function toolSection({
  tools,
  feeds,
  dead_letters: letters,
  conflicts,
  content_conflicts: contested,
}: ControlsFacts): Section {
  return {
    heading: 'Tools, marketplaces and feeds',
    blocks: [
      {
        kind: 'table',
        name: 'tools',
        caption: 'What the log hears of each tool on each marketplace',
        columns: [
          { name: 'tool', label: 'Tool', type: 'text', weight: 1.5 },
          { name: 'marketplace', label: 'Marketplace', type: 'text' },
          { name: 'accesses', label: 'Accesses', type: 'number' },
          { name: 'usual_per_day', label: 'Usual a day', type: 'number' },
          { name: 'last_event', label: 'Last event', type: 'time', weight: 1.3 },
          { name: 'state', label: 'State', type: 'text', weight: 0.8 },
          { name: 'gaps', label: 'Gaps in the range', type: 'text', weight: 2 },
        ],
        rows: tools.map((one) => [
          one.tool,
          one.marketplace,
          one.accesses,
          one.usual_per_day,
          one.last_event,
          Number(one.is_silent) === 1 ? 'silent' : 'heard',
          one.gaps.join(', '),
        ]),
        empty: 'The log has heard of no tool.',
      },
      {
        kind: 'table',
        name: 'feeds',
        caption: 'Context',
        columns: [
          { name: 'feed', label: 'Feed', type: 'text', weight: 1.5 },
          { name: 'usual_per_day', label: 'Usual a day', type: 'number' },
          { name: 'last_event', label: 'Last record', type: 'time', weight: 1.3 },
          { name: 'gaps', label: 'Gaps in the range', type: 'text', weight: 3 },
        ],
        rows: feeds.map((one) => [one.feed, one.records, one.last_event, one.gaps.slice(0, 5).join(', ')]),
        empty: 'No context feed has brought a record: nothing can be explained by a case, and nobody has peers.',
      },
      {
        kind: 'table',
        name: 'dead_letters',
        caption: 'Records that could not be read, all time',
        columns: [
          { name: 'topic', label: 'Topic', type: 'text' },
          { name: 'reason', label: 'Why', type: 'text' },
          { name: 'letters', label: 'Records', type: 'number' },
        ],
        rows: letters.map(({ topic, reason, letters: number }) => [topic, reason, number]),
        empty: 'Every record could be read.',
      },
      {
        kind: 'text',
        text: `${plural(conflicts, 'event id')} seen under several identities; ${plural(contested, 'record')} with several contents, of which the smallest digest counts.`,
      },
    ],
  };
}

function debtSection({ debt, exceptions, range }: ControlsFacts): Section {
  const age = (oldest: string): number =>
    Math.max(0, Math.floor((Date.parse(range.to) - Date.parse(`${oldest}T00:00:00.000Z`)) / DAY_MS));
  return {
    heading: 'Alert debt',
    blocks: [
      {
        kind: 'figures',
        items: [
          {
            name: 'alert_debt',
            label: 'alerts without a finding',
            value: debt.reduce((sum, { alerts }) => sum + alerts, 0),
          },
          { name: 'exceptions', label: 'exceptions in force', value: exceptions },
        ],
      },
      {
        kind: 'table',
        name: 'debt',
        caption: 'By level; age in days from detection to the end of the range',
        columns: [
          { name: 'level', label: 'Level', type: 'text' },
          { name: 'alerts', label: 'Alerts', type: 'number' },
          { name: 'oldest', label: 'Oldest', type: 'text' },
          { name: 'age_days', label: 'Its age in days', type: 'number' },
        ],
        rows: debt.map(({ level, alerts, oldest }) => [level, alerts, day(oldest), age(oldest)]),
        empty: 'No alert waits for a finding.',
      },
    ],
  };
}

function detectionSection({ tallies }: ControlsFacts, { detections }: Catalogues): Section {
  const found = new Map(tallies.map((one) => [one.detection, one]));
  const ids = [...new Set([...detections.map(({ id }) => id), ...found.keys()])].sort();
  const rows = ids.map((id) => {
    const tally = found.get(id) ?? { anomalies: 0, alerts: 0, confirmed: 0, benign: 0, duplicate: 0 };
    const definition = detections.find((one) => one.id === id);
    return [
      id,
      definition?.title ?? 'no longer judged',
      tally.anomalies,
      tally.alerts,
      tally.confirmed,
      tally.benign,
      tally.duplicate,
      precisionText(precisionOf(tally.confirmed, tally.benign)),
    ];
  });
  const loud = [...tallies]
    .sort((a, b) => b.alerts - a.alerts || (a.detection < b.detection ? -1 : 1))
    .filter(({ alerts }) => alerts > 0);
  return {
    heading: 'Detections, and how often they were right',
    blocks: [
      ...(loud.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: bars('Open anomalies of high or critical severity', [
                {
                  name: '',
                  bars: loud.slice(0, 12).map((one) => ({
                    name: one.detection,
                    value: one.alerts,
                    note: count(one.alerts),
                    role: 'main' as const,
                  })),
                },
              ]),
            },
          ]),
      {
        kind: 'table',
        name: 'detections',
        caption: 'What was detected in the range, and what investigators found (95 % interval by Wilson)',
        columns: [
          { name: 'detection', label: 'Detection', type: 'text', weight: 1.7 },
          { name: 'title', label: 'What it looks for', type: 'text', weight: 2.6 },
          { name: 'anomalies', label: 'Open', type: 'number', weight: 0.6 },
          { name: 'alerts', label: 'High', type: 'number', weight: 0.6 },
          { name: 'confirmed', label: 'Confirmed', type: 'number', weight: 0.9 },
          { name: 'benign', label: 'Benign', type: 'number', weight: 0.7 },
          { name: 'duplicate', label: 'Double', type: 'number', weight: 0.7 },
          { name: 'precision', label: 'Right', type: 'text', weight: 1.2 },
        ],
        rows,
        empty: '',
      },
    ],
  };
}
