// The code of an error that the operating system or Node raised, such as EEXIST; undefined for any other error.

import { types } from 'node:util';

export function systemCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
