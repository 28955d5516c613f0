// The story: an organisation is drawn, its ground written, then shift after shift in the order in which they begin; campaigns
// join in when their days come. What has passed is written and forgotten, so memory does not grow with the period.

import type { Feed } from '../core/feeds/records.js';
import { type CampaignName, planCampaigns } from './campaigns/catalogue.js';
import type { Plan, Trace, Truth } from './campaigns/plot.js';
import { complainToday, writeGround } from './honest/background.js';
import { CaseBook } from './honest/cases.js';
import { createMachines, type Machines, runApp, runService } from './honest/machines.js';
import { workShift } from './honest/shift-work.js';
import { Suspended, type World } from './honest/world.js';
import { createOrganisation, type Organisation, type Size } from './organisation/organisation.js';
import { EARLIEST_START_MS, shiftOn } from './organisation/shifts.js';
import type { FolderWriter } from './output/folder.js';
import { type Silence, Timeline } from './output/timeline.js';
import { DAY_MS } from './time.js';

export interface Simulation extends Size {
  readonly campaigns: readonly CampaignName[];
  /** How many offenders to plant at least; each campaign is planted once at least. */
  readonly offenders: number;
  /** Tools that deliver nothing for a while. */
  readonly silences?: readonly Silence[];
  onDay?(day: number, events: number): void;
}

export interface Simulated {
  readonly counts: ReadonlyMap<Feed, number>;
  readonly truth: readonly Truth[];
}

/** Something that begins at a moment and then writes its records. */
interface Turn {
  readonly startMs: number;
  run(): void;
}

const TURNS_PER_FLUSH = 64;

/** A simulation that is known to be possible. */
export interface Prepared {
  run(folder: FolderWriter): Promise<Simulated>;
}

/** Writes the feeds and the truth. Throws UsageError when the organisation is too small for a campaign. */
export function simulate(simulation: Simulation, folder: FolderWriter): Promise<Simulated> {
  return prepare(simulation).run(folder);
}

/** Draws the organisation and plans its campaigns, writing nothing. Throws UsageError as simulate does. */
export function prepare(simulation: Simulation): Prepared {
  const organisation = createOrganisation(simulation);
  const endMs = simulation.startMs + simulation.days * DAY_MS;
  const timeline = new Timeline({ startMs: simulation.startMs, endMs }, organisation.parameters, simulation.silences);
  const world: World = { organisation, timeline, cases: new CaseBook(timeline), suspended: new Suspended(), endMs };
  const machines = createMachines(organisation);
  const plans = planCampaigns(world, machines, simulation.campaigns, simulation.offenders);
  return { run: (folder) => write(simulation, world, machines, plans, folder) };
}

async function write(
  simulation: Simulation,
  world: World,
  machines: Machines,
  plans: readonly Plan[],
  folder: FolderWriter,
): Promise<Simulated> {
  const { timeline } = world;
  const traces: Trace[] = [];
  const flush = async (frontierMs: number): Promise<void> => {
    timeline.flush(frontierMs, folder.sinks);
    await folder.drained();
  };
  writeGround(world);
  let pending: Turn[] = [];
  for (let day = 0; day < simulation.days; day++) {
    for (const plan of plans) if (Math.max(0, plan.readyDay - 1) === day) traces.push(...plan.run());
    pending = [...pending, ...turnsOf(world, machines, day)].sort((a, b) => a.startMs - b.startMs);
    const untilMs = simulation.startMs + (day + 1) * DAY_MS + EARLIEST_START_MS;
    const due = pending.findIndex((turn) => turn.startMs >= untilMs);
    const today = pending.splice(0, due < 0 ? pending.length : due);
    for (const [at, turn] of today.entries()) {
      turn.run();
      if (at % TURNS_PER_FLUSH === 0) await flush(turn.startMs);
    }
    simulation.onDay?.(day + 1, timeline.counts.get('access-log') ?? 0);
  }
  for (const turn of pending) turn.run();
  await flush(Number.POSITIVE_INFINITY);
  const truth = traces.filter((trace) => trace.happened).map((trace) => trace.truth());
  for (const row of truth) folder.truth.write(Buffer.from(`${JSON.stringify(row)}\n`));
  return { counts: timeline.counts, truth };
}

function turnsOf(world: World, machines: Machines, day: number): Turn[] {
  const { organisation } = world;
  const dayMs = organisation.size.startMs + day * DAY_MS;
  const turns: Turn[] = [
    { startMs: dayMs, run: () => complainToday(world, organisation, day) },
    ...machines.services.map((service) => ({ startMs: dayMs, run: () => runService(world, service, day) })),
    ...machines.apps.map((app) => ({ startMs: dayMs, run: () => runApp(world, app, day) })),
  ];
  return [...turns, ...shiftsOf(world, organisation, day)];
}

function shiftsOf(world: World, organisation: Organisation, day: number): Turn[] {
  return organisation.staff.people.flatMap((person) => {
    const shift = shiftOn(organisation.rota, person, day);
    return shift ? [{ startMs: shift.startMs, run: () => workShift(world, person, shift) }] : [];
  });
}
