// Once closed, a publisher and an asker of offsets never connect again: a loop that was still at work when its process stopped
// would otherwise open a connection that nobody closes, and the process would not end.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createOffsets } from '../../../services/platform/kafka/offsets.js';
import { createPublisher } from '../../../services/platform/kafka/producer.js';
import { silentLogger } from '../../../services/platform/log/logger.js';

test('after close() a call is refused as a passing fault, and nothing connects', async () => {
  let connections = 0;
  const broker = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  try {
    const settings = { brokers: [`127.0.0.1:${(broker.address() as AddressInfo).port}`] };
    const publisher = createPublisher(settings);
    const offsets = createOffsets(settings, { log: silentLogger });
    await Promise.all([publisher.close(), offsets.close()]);
    const refused = { code: 'kafka_unavailable', retriable: true };
    await expect(publisher.send('anomalies', [{ key: 'a', value: null }])).rejects.toMatchObject(refused);
    await expect(offsets.clusterId()).rejects.toMatchObject(refused);
    expect(connections).toBe(0);
  } finally {
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  }
});
