// What leak tracing is told: customers who complained, who had read them before, and how much everybody reads anyway.
// Plain records; where they come from (a database, a sheet's frames) is not known here.

import type { Day } from '../time.js';

/** Somebody's last read of a customer before the complaint. */
export interface EarlierRead {
  readonly actorId: string;
  readonly atMs: number;
  /** In connection with which seller the customer was read. */
  readonly sellerId: string | null;
}

/** One customer who complained: the first complaint, when there were several. */
export interface Complaint {
  /** Null when it is not known: then every read counts, and how long ago it was says nothing. */
  readonly atMs: number | null;
  /** Whom the complaint is about, when it says so. */
  readonly sellerId: string | null;
  /** Of the customer's reads, such as a marketplace; those of other places are no candidates. Empty when not known. */
  readonly place: string;
  /** At most one for each actor. Services are left out, here and in volumes. */
  readonly reads: readonly EarlierRead[];
}

/** How many distinct customers an actor read on a day in a place. */
export interface Volume {
  readonly actorId: string;
  readonly day: Day;
  readonly place: string;
  readonly customers: number;
}

/** How many distinct customers of a seller an actor read, whenever; needed for sellers of complaining customers only. */
export interface SellerVolume {
  readonly actorId: string;
  readonly sellerId: string;
  readonly customers: number;
}

export interface LeakInput {
  readonly complaints: readonly Complaint[];
  readonly volumes: readonly Volume[];
  /** Without them popular sellers are told apart by place alone. */
  readonly sellerVolumes: readonly SellerVolume[];
}
