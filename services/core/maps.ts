// Two words for maps that are built up while reading.

/** The value at the key, made and kept when there is none. */
export function ensure<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const kept = map.get(key);
  if (kept !== undefined) return kept;
  const made = make();
  map.set(key, made);
  return made;
}

export const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  ensure(map, key, (): V[] => []).push(value);
};
