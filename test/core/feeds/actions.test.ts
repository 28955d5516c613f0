import { parseActions } from '../../../services/core/feeds/actions.js';
import { loadActions } from '../../../services/platform/files/actions.js';

const EXPORT = { kind: 'export', touches: 'seller_figures', sensitivity: 'high', summary: 'Exported.' };

describe('the catalogue of actions', () => {
  test('holds the eleven actions of the contract', () => {
    expect([...loadActions().keys()].sort()).toEqual([
      'account.reinstate',
      'account.suspend',
      'customer_contact.export',
      'customer_email.read',
      'enforcement_notes.read',
      'order_history.read',
      'order_report.export',
      'review.delete',
      'review.restore',
      'sales_metrics.export',
      'sales_metrics.read',
    ]);
  });

  test('says of each what it does to what', () => {
    expect(loadActions().get('sales_metrics.export')).toMatchObject({ kind: 'export', touches: 'seller_figures' });
    expect(loadActions().get('customer_email.read')).toMatchObject({ kind: 'read', touches: 'customer_data' });
  });

  test.each<[string, unknown]>([
    ['a kind that is none', { actions: { 'a.b': { ...EXPORT, kind: 'peek' } } }],
    ['a field too many', { actions: { 'a.b': { ...EXPORT, colour: 'red' } } }],
    ['a name without a point', { actions: { ab: EXPORT } }],
    ['no actions', {}],
  ])('is refused with %s', (_what, document) => {
    expect(() => parseActions(document)).toThrow('schemas/actions.yaml');
  });
});
