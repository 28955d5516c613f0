// What set-up leaves for the tests (an environment variable, which workers inherit) and for tear-down, which jest loads apart
// from set-up, in the same process.

import type { Stack } from '../../../services/platform/stack/stack.js';

/** Not KEYHOLE_…: that would be a setting that Keyhole does not know. */
export const STACK_VARIABLE = 'INTEGRATION_STACK';

export interface KeptStack {
  readonly stack: Stack;
  readonly dataPath: string;
}

const shared: typeof globalThis & { integrationStack?: KeptStack } = globalThis;

export function keepStack(stack: KeptStack): void {
  shared.integrationStack = stack;
}

export function takeStack(): KeptStack | null {
  return shared.integrationStack ?? null;
}
