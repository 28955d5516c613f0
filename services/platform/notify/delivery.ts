// How an attempt to deliver ended, for every kind of destination alike. An attempt whose answer was lost counts as not delivered:
// it is made again with the same key.

export type Delivery =
  | { readonly outcome: 'accepted' }
  | {
      readonly outcome: 'later';
      /** for people and for the record: a status or a kind of fault, never a body or an address */
      readonly reason: string;
      /** the destination asked to be left alone for so long */
      readonly retryAfterMs?: number;
      /** whether the destination refuses everything now, or this message alone */
      readonly scope: 'destination' | 'message';
    };

export const ACCEPTED: Delivery = { outcome: 'accepted' };
