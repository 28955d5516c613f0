// A seller's third-party tool that takes far more order reports than it or its like ever did; buyers are then written to, and complain.

import { exportOrders } from '../honest/machines.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.js';
import { complaintsAfter, type Wanted } from './harvest.js';
import { NobodyFree, type Plan, type Plot } from './plot.js';

export function sellerApp(plot: Plot): Plan {
  const { random, world, machines } = plot;
  const span = plot.span(3, 15);
  const app = random.sample(machines.apps, machines.apps.length).find((one) => plot.take(one.id));
  if (!app) throw new NobodyFree(plot.campaign);
  return {
    readyDay: span.fromDay,
    offenders: 1,
    run() {
      const trace = plot.trace(app.id);
      const wanted: Wanted[] = [];
      const others = Array.from({ length: random.int(0, 6) }, () =>
        world.organisation.sellers.popular(random, app.sellers[0]?.marketplace ?? 'US'),
      );
      const targets = [...app.sellers, ...others];
      const reports = Math.max(8, app.reportsPerDay * random.between(3, 8));
      for (let day = span.fromDay; day <= span.toDay; day++) {
        let atMs = world.organisation.size.startMs + day * DAY_MS + random.int(0, 8) * HOUR_MS;
        const today = Math.round(reports * random.between(0.6, 1.4));
        for (let report = 0; report < today; report++) {
          atMs += random.int(1, 20) * MINUTE_MS;
          const seller = random.pick(targets);
          const records = Math.round(Math.max(150, app.recordsPerReport * random.between(3, 12)));
          const buyers = exportOrders(world, random, app, seller, atMs, records, 60);
          trace.add(atMs, seller, buyers);
          for (const buyer of buyers) if (wanted.length < 600) wanted.push({ seller, buyer });
        }
      }
      complaintsAfter(plot, wanted, trace.firstMs + 2 * DAY_MS, random.between(0.02, 0.08));
      return [trace];
    },
  };
}
