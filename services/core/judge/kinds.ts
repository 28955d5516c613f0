// The kinds of judge by name. A new kind is an entry here, its parameters in detections/definition.ts and a file in kinds/.

import type { Definition } from '../detections/definition.js';
import type { Kind } from './kind.js';
import { canary } from './kinds/canary.js';
import { conduct } from './kinds/conduct.js';

/** A kind's detail is its own: whoever holds a sheet only hands it back. */
type AnyKind = Kind<never> & Kind<unknown>;

const KINDS = { conduct, canary } as const;

export const kindOf = (definition: Definition): AnyKind => KINDS[definition.judge.kind] as unknown as AnyKind;
