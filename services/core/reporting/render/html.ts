// A report as one HTML file: styles inside, charts as SVG, no script, nothing fetched, and a policy that forbids both. Text is
// escaped once, here; a name in another direction stays in its own cell.

import { PALETTE } from '../chart/scene.js';
import { escaped, svg } from '../chart/svg.js';
import { type Block, type Column, type Figure, pageRows, type Report, type Section, type Table } from '../report.js';
import { cellText, count, period, visible } from '../words.js';
import { STYLE } from './style.js';

export function renderHtml(report: Report): string {
  const { title, subject, kind, from, to, data_digest, keyhole_version, summary, sections } = report;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<title>${said(`${title}: ${subject}`)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>`,
    `<header><p class="kind">Keyhole · ${said(kind)} report</p><h1>${said(title)}</h1>`,
    `<p class="subject"><bdi>${said(subject)}</bdi></p><p class="range">${said(period(from, to))}</p></header>`,
    `<section class="summary">${summary.map((sentence) => `<p>${said(sentence)}</p>`).join('')}</section>`,
    ...sections.map(section),
    '<footer><dl>',
    `<dt>Range</dt><dd>${said(from)} to ${said(to)}, the end not included (UTC)</dd>`,
    `<dt>Data digest</dt><dd class="digest">sha256 ${said(data_digest)}</dd>`,
    `<dt>Version</dt><dd>Keyhole ${said(keyhole_version)}</dd>`,
    '</dl><p>The same data give the same bytes; the digest is printed in every format of this report.</p></footer>',
    '</main>\n</body>\n</html>\n',
  ].join('\n');
}

const said = (text: string): string => escaped(visible(text));

function section({ heading, blocks }: Section): string {
  return `<section><h2>${said(heading)}</h2>\n${blocks.map(block).join('\n')}</section>`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'text':
      return `<p>${said(one.text)}</p>`;
    case 'list':
      return `<ul>${one.items.map((item) => `<li>${said(item)}</li>`).join('')}</ul>`;
    case 'figures':
      return `<div class="figures">${one.items.map(figure).join('')}</div>`;
    case 'chart': {
      const keys = one.scene.legend.map(
        ({ name, role }) => `<span><i style="background:${PALETTE[role]}"></i>${said(name)}</span>`,
      );
      return `<figure><figcaption>${said(one.scene.title)}</figcaption>${svg(one.scene)}<p class="legend">${keys.join('')}</p></figure>`;
    }
    case 'table':
      return table(one);
  }
}

function figure({ label, value, unit, note }: Figure): string {
  const shown = value === null ? '–' : typeof value === 'number' ? count(value) : visible(value, 60);
  const small = note === undefined ? '' : `<small>${said(note)}</small>`;
  const suffix = unit === undefined ? '' : ` <em>${said(unit)}</em>`;
  return `<div><b><bdi>${escaped(shown)}</bdi>${suffix}</b><span>${said(label)}</span>${small}</div>`;
}

function table(one: Table): string {
  if (one.rows.length === 0) return `<h3>${said(one.caption)}</h3><p class="empty">${said(one.empty)}</p>`;
  const { rows, rest } = pageRows(one);
  const head = one.columns.map((column) => `<th scope="col"${cssClass(column)}>${said(column.label)}</th>`).join('');
  const classes = one.columns.map(cssClass);
  const body = rows.map(
    (row) =>
      `<tr>${one.columns.map((column, at) => `<td${classes[at]}><bdi>${breakable(escaped(cellText(row[at] ?? null, column)))}</bdi></td>`).join('')}</tr>`,
  );
  const more = rest === null ? '' : `<p class="rest">${said(rest)}</p>`;
  const total = one.columns.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const widths = one.columns.map(({ weight = 1 }) => `<col style="width:${((100 * weight) / total).toFixed(1)}%">`);
  return `<h3>${said(one.caption)}</h3><table><colgroup>${widths.join('')}</colgroup><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>${more}`;
}

/** Names of actions and detections break where a reader would. */
const breakable = (html: string): string => html.replace(/(?<=\w)([_.])(?=[a-z])/g, '$1<wbr>');

const cssClass = ({ type }: Column): string => (type === 'text' ? '' : ` class="${type}"`);
