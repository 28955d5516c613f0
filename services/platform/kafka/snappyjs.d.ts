// snappyjs 0.7 ships no types: the two functions that codecs.ts uses.

declare module 'snappyjs' {
  export function compress(data: Uint8Array): Uint8Array;
  export function uncompress(data: Uint8Array, maxLength?: number): Uint8Array;
}
