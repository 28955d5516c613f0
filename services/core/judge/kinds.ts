// The kinds of judge by name. A new kind is an entry here, its parameters in detections/definition.ts and a file in kinds/.

import type { Definition, Judge } from '../detections/definition.js';
import type { Kind } from './kind.js';
import { borrowed } from './kinds/borrowed.js';
import { canary } from './kinds/canary.js';
import { complaints } from './kinds/complaints.js';
import { conduct } from './kinds/conduct.js';
import { errand } from './kinds/errand.js';
import { feed } from './kinds/feed.js';
import { handover } from './kinds/handover.js';
import { fairToMovers } from './kinds/moved.js';
import { regret } from './kinds/regret.js';
import { sigma } from './kinds/sigma.js';

/** A kind's detail is its own: whoever holds a sheet only hands it back to the kind that made it. */
const KINDS: Readonly<Record<Judge['kind'], unknown>> = {
  borrowed,
  canary,
  complaints,
  conduct: fairToMovers(conduct),
  errand,
  feed,
  handover,
  regret,
  sigma,
};

export const kindOf = (definition: Definition): Kind => KINDS[definition.judge.kind] as Kind;
