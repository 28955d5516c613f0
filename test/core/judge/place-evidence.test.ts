// How work on a place is counted: by amount, and apart what was decided doubtfully, and on how many days.

import { emptyHistory } from '../../../services/core/judge/baseline.js';
import { clumpsOf } from '../../../services/core/judge/clumps.js';
import { emptyFigures } from '../../../services/core/judge/conduct.js';
import type { EvidenceContext } from '../../../services/core/judge/evidence.js';
import { mostSurprising, type PlaceAmount, type Places } from '../../../services/core/judge/place-evidence.js';

/** Forty decisions in a month, of which everybody gives one in a thousand to this seller. */
const WHOLE: PlaceAmount = { amount: 40, unchecked: 40, doubtful: 4, visits: 34 };
const TRAFFIC = { own: 0, others: 10, othersClumped: 0, ofOthersClumped: 0 };
const TOUCHED: PlaceAmount = { amount: 20, unchecked: 20, doubtful: 3, visits: 20 };

/** Honest work on a seller is done in a day: amounts come in clumps, visits seldom. */
const AMOUNTS = clumpsOf(
  new Map([
    [1, 400],
    [2, 80],
    [3, 20],
  ]),
);
const VISITS = clumpsOf(new Map([[1, 200]]));

function weighed(place: Partial<PlaceAmount>, visits: Places['visits'] = VISITS) {
  const concentration: Places = {
    candidates: TOUCHED,
    clumps: { ...AMOUNTS, logAtLeast: () => Number.NEGATIVE_INFINITY },
    visits: visits && { ...visits, logAtLeast: () => Number.NEGATIVE_INFINITY },
    largest: [{ id: 's-1', traffic: TRAFFIC, within: null }],
    amountUnder: () => ({ place: { amount: 6, unchecked: 6, doubtful: 0, visits: 1, ...place }, whole: WHOLE }),
  };
  const context = {
    history: { ...emptyHistory(), amounts: [40] },
    othersAmount: 10_000,
    places: { concentration },
  } as unknown as EvidenceContext;
  return mostSurprising('concentration', { ...emptyFigures(), amount: WHOLE.amount }, context);
}

test('six decisions on one seller in a day are a dispute, on six days they are not', () => {
  const inADay = weighed({ visits: 1 });
  const onSixDays = weighed({ visits: 6 });
  expect(inADay.inputs).toMatchObject({ counts: 'amount' });
  expect(onSixDays.inputs).toMatchObject({ counts: 'visits', of: WHOLE.visits });
  expect(onSixDays.logP).toBeLessThan(inADay.logP - Math.LN10);
});

test('doubtful decisions that all fall on one seller say more than how many there are of it', () => {
  const spread = weighed({ doubtful: 0 });
  const together = weighed({ doubtful: 4 });
  expect(together.inputs).toMatchObject({ counts: 'doubtful', of: WHOLE.doubtful, candidates: 3 * 3 });
  expect(together.logP).toBeLessThan(spread.logP);
});

test('each way of counting is paid for, and windows of a day have no visits', () => {
  expect(weighed({}).inputs).toMatchObject({ candidates: 20 * 3 });
  expect(weighed({}, null).inputs).toMatchObject({ candidates: 20 * 2 });
});
