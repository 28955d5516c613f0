// Bars beside names, in groups or alone: each group has its own scale, because its figures have their own unit. Knows numbers and labels,
// not what they mean.

import { short } from '../words.js';
import { type Role, type Scene, type Shape, tenth } from './scene.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly note: string;
  readonly role: Role;
}

export interface BarGroup {
  readonly name: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 500;
const NAME_WIDTH = 150;
const NOTE_WIDTH = 95;
const BAR_STEP = 15;
const HEAD = 16;

/** @param common one scale for all groups */
export function bars(title: string, groups: readonly BarGroup[], common = false): Scene {
  const shapes: Shape[] = [];
  const room = WIDTH - NAME_WIDTH - NOTE_WIDTH;
  const highest = Math.max(0, ...groups.flatMap((group) => group.bars.map((bar) => bar.value)));
  let y = 2;
  for (const group of groups) {
    if (group.name !== '') {
      shapes.push({
        shape: 'text',
        x: 0,
        y: y + 11,
        text: short(group.name, 80),
        anchor: 'start',
        role: 'ink',
        size: 9,
      });
      y += HEAD;
    }
    const most = common ? highest : Math.max(0, ...group.bars.map((bar) => bar.value));
    for (const bar of group.bars) {
      const width = most === 0 ? 0 : tenth(Math.max(bar.value > 0 ? 1 : 0, (room * bar.value) / most));
      const text = short(bar.name, 28);
      shapes.push({ shape: 'text', x: NAME_WIDTH - 6, y: y + 9.5, text, anchor: 'end', role: 'muted', size: 8 });
      shapes.push({ shape: 'rect', x: NAME_WIDTH, y: y + 2, width: room, height: 10, role: 'grid' });
      shapes.push({
        shape: 'rect',
        x: NAME_WIDTH,
        y: y + 2,
        width,
        height: 10,
        role: bar.role,
        hint: `${text}: ${bar.note}`,
      });
      shapes.push({
        shape: 'text',
        x: WIDTH - NOTE_WIDTH + 6,
        y: y + 9.5,
        text: short(bar.note, 24),
        anchor: 'start',
        role: 'ink',
        size: 8,
      });
      y += BAR_STEP;
    }
    y += 5;
  }
  return { title, width: WIDTH, height: Math.max(10, y), legend: [], shapes };
}
