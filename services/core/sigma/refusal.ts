// What a Sigma document asks for and Keyhole does not do: named with the rule, the thing and a remedy. Nothing unsupported is ever
// left out in silence, because a rule that means less than it says is worse than none.

export interface Refusal {
  /** as the loader names it */
  readonly file: string;
  /** the rule's name, id or title, whichever comes first */
  readonly rule: string;
  readonly what: string;
  readonly remedy: string;
}

/** Ends the reading of one part of a document; `attempt` turns it into a refusal. */
export class Refused extends Error {
  constructor(
    readonly what: string,
    readonly remedy: string,
  ) {
    super(what);
  }
}

export function refuse(what: string, remedy: string): never {
  throw new Refused(what, remedy);
}

export type OnRefused = (refused: Refused) => void;

/** @returns undefined where the part was refused */
export function attempt<T>(onRefused: OnRefused, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    onRefused(error);
    return undefined;
  }
}

export const refusalText = ({ file, rule, what, remedy }: Refusal): string => `${file}: ${rule}: ${what}; ${remedy}`;
