// The catalogue of actions (schemas/actions.yaml) as values: what an action does, what it touches, how sensitive it is.
// It takes the parsed document and knows no file; an action outside the catalogue is unclassified, never an error.

import { z } from 'zod';

const Action = z.strictObject({
  kind: z.enum(['read', 'export', 'delete', 'restore', 'suspend', 'reinstate']),
  touches: z.enum(['customer_data', 'seller_account', 'seller_figures', 'review', 'notes']),
  sensitivity: z.enum(['low', 'medium', 'high', 'critical']),
  summary: z.string().min(1),
});

const Catalogue = z.strictObject({ actions: z.record(z.string().regex(/^[a-z_]+\.[a-z_]+$/), Action) });

export type CatalogueAction = Readonly<z.infer<typeof Action>>;
export type ActionCatalogue = ReadonlyMap<string, CatalogueAction>;

/** Throws an Error that names each fault: a wrong catalogue is a wrong build, not a data fault. */
export function parseActions(document: unknown): ActionCatalogue {
  const parsed = Catalogue.safeParse(document);
  if (!parsed.success) throw new Error(`schemas/actions.yaml: ${z.prettifyError(parsed.error)}`);
  return new Map(Object.entries(parsed.data.actions));
}
