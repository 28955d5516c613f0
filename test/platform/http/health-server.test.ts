import { type HealthServer, startHealthServer } from '../../../services/platform/http/health-server.js';
import { registry } from '../../../services/platform/metrics/metrics.js';

describe('the health server', () => {
  let server: HealthServer;
  let obstacles: string[] = [];
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  beforeAll(async () => {
    server = await startHealthServer({ port: 0, metrics: () => registry.metrics(), notReady: () => obstacles });
  });
  afterAll(() => server.close());

  test('is live as long as it answers', async () => {
    expect((await get('/health/live')).status).toBe(200);
  });

  test('is ready when nothing stands in the way, else says what does', async () => {
    expect((await get('/health/ready')).status).toBe(200);
    obstacles = ['Kafka is away'];
    const refused = await get('/health/ready');
    expect([refused.status, await refused.text()]).toEqual([503, 'Kafka is away\n']);
  });

  test('knows no other path', async () => {
    expect((await get('/')).status).toBe(404);
  });

  test('shows every metric with its sentence', async () => {
    const text = await (await get('/metrics')).text();
    const own = (await registry.getMetricsAsJSON()).filter(({ name }) => !/^keyhole_(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(10);
    for (const { name, help } of own) {
      expect(help).toMatch(/^[A-Z].{20,}\.$/);
      expect(text).toContain(`# HELP ${name} ${help}`);
    }
  });

  test('a port that is taken is named with its remedy', async () => {
    const again = startHealthServer({ port: server.port, metrics: async () => '', notReady: () => [] });
    await expect(again).rejects.toThrow(`127.0.0.1:${server.port}: free the port or set KEYHOLE_METRICS_PORT`);
  });
});
