// A store, or a database client, every call of which waits for its turn.

export type GiveTurn = <T>(label: string, effect: () => T | Promise<T>) => Promise<T>;

export function inTurns<S extends object>(store: S, turn: GiveTurn): S {
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => turn(String(name), (): unknown => Reflect.apply(member, target, args));
    },
  });
}
