// A scene as inline SVG: no script, no style of its own beyond the palette.

import { visible } from '../words.js';
import { PALETTE, type Scene, type Shape } from './scene.js';

export const escaped = (text: string): string => text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);

export function svg({ title, width, height, shapes }: Scene): string {
  const drawn = shapes.map(element).join('');
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(visible(title))}">${drawn}</svg>`;
}

function element(shape: Shape): string {
  const colour = PALETTE[shape.role];
  switch (shape.shape) {
    case 'rect':
      return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" fill="${colour}"${end('rect', shape.hint)}`;
    case 'line':
      return `<line x1="${shape.x1}" y1="${shape.y1}" x2="${shape.x2}" y2="${shape.y2}" stroke="${colour}" stroke-width="0.6"/>`;
    case 'dot':
      return `<circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="${colour}"${end('circle', shape.hint)}`;
    case 'text':
      return `<text x="${shape.x}" y="${shape.y}" font-size="${shape.size}" text-anchor="${shape.anchor}" fill="${colour}">${escaped(visible(shape.text))}</text>`;
  }
}

const end = (name: string, hint: string | undefined): string =>
  hint === undefined ? '/>' : `><title>${escaped(visible(hint))}</title></${name}>`;
