// Faults put in on purpose: each breaks one promise that convergence rests on, so that a property that does not notice it proves
// nothing. All of them wrap what the pipeline is given; the pipeline itself is the real one.

import { dayOf } from '../../services/core/time.js';
import { explainedAccesses, listed } from '../../services/pipeline/store/explained-accesses.js';
import { Touched } from '../../services/pipeline/touched.js';
import type { Sabotage } from './convergence.js';

/** Of two contents under one identity the one that came last counts. */
export const lastContentWins = (): Sabotage => {
  let arrival = 0;
  return {
    facts: (store) => ({
      ...store,
      insertAccesses: (accesses) =>
        store.insertAccesses(explainedAccesses(listed(accesses).map((one) => ({ ...one, rank: ++arrival })))),
    }),
  };
};

/** A repeat is another event. */
export const repeatsCountTwice = (): Sabotage => {
  const seen = new Set<string>();
  return {
    facts: (store) => ({
      ...store,
      insertAccesses: (accesses) =>
        store.insertAccesses(
          explainedAccesses(
            listed(accesses).map((one) => {
              const { actor_id, occurred_at, event_id } = one.event;
              const isRepeat = seen.has(`${actor_id} ${occurred_at} ${event_id}`);
              seen.add(`${actor_id} ${occurred_at} ${event_id}`);
              return isRepeat ? { ...one, event: { ...one.event, event_id: `${event_id}-again` } } : one;
            }),
          ),
        ),
    }),
  };
};

/** Offsets and progress are on record before the duty to judge is. */
export const commitsBeforeTheDuty = (): Sabotage => {
  /** of the process that is being made: its store comes first, then its ports */
  let newest: (() => Promise<void>)[] = [];
  return {
    facts(store) {
      const late: (() => Promise<void>)[] = [];
      newest = late;
      return {
        ...store,
        oblige: async (label, touched, touchedFrom) => {
          late.push(() => store.oblige(label, touched, touchedFrom));
        },
      };
    },
    spoil(ports) {
      const late = newest;
      return {
        ...ports,
        async commit(positions) {
          const done = await ports.commit(positions);
          for (const oblige of late.splice(0)) await oblige();
          return done;
        },
      };
    },
  };
};

/** Offsets and progress are on record before the records are. */
export const commitsBeforeLanding = (): Sabotage => ({
  spoil(ports) {
    let landings: (() => Promise<unknown>)[] = [];
    return {
      ...ports,
      async land(input) {
        landings.push(() => ports.land(input));
        return { landed: 0, deadLetters: 0 };
      },
      async commit(positions) {
        const done = await ports.commit(positions);
        const late = landings;
        landings = [];
        for (const land of late) await land();
        return done;
      },
    };
  },
});

/** The first moment of a day belongs to the day before. */
export const daysEndLate = (): Sabotage => ({ dayOf: (timeMs) => dayOf(timeMs - 1) });

/** What is late by more than a day is stored, and judges nothing anew. */
export const lateEventsAreIgnored = (): Sabotage => {
  let newest = Number.NEGATIVE_INFINITY;
  return {
    facts: (store) => ({
      ...store,
      oblige(label, touched, touchedFrom) {
        newest = Math.max(newest, ...touched.byDay.keys());
        const timely = new Touched();
        for (const [part, from] of touched.parts) timely.addPart(part, from);
        for (const [day, actors] of touched.byDay)
          if (day >= newest - 1) for (const actor of actors) timely.add(day, actor);
        return store.oblige(label, timely, touchedFrom);
      },
    }),
  };
};

/** An older judgement replaces a newer one. */
export const olderJudgementsWin = (): Sabotage => ({
  judge: (store) => ({
    ...store,
    writeJudgements: (write) =>
      store.writeJudgements({
        ...write,
        judgements: write.judgements.map((one) => ({ ...one, version: (1n << 120n) - one.version })),
      }),
  }),
});

/** A duty is marked done when it is taken up. */
export const dutiesAreDoneAtOnce = (): Sabotage => ({
  judge: (store) => ({
    ...store,
    async openDuties(query) {
      const duties = await store.openDuties(query);
      if (duties.length > 0) await store.fulfil(duties.map(({ batchId }) => batchId));
      return duties;
    },
  }),
});

/** A day's buckets are those of the day before. */
export const windowsAreOffByOne = (): Sabotage => ({
  judge: (store) => ({ ...store, readDay: (day) => store.readDay(day - 1) }),
});

/** A judge never hears of another one's work. */
export const judgesKeepOldDays = (): Sabotage => ({
  judge: (store) => ({ ...store, judges: async () => new Map() }),
});
