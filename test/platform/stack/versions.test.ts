import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../../services/platform/root.js';

const compose = z
  .object({ services: z.record(z.string(), z.object({ image: z.string(), ports: z.array(z.string()) })) })
  .parse(parse(readFileSync(join(projectRoot, 'deploy/compose.yaml'), 'utf8')));

function pinned(artifact: string): string {
  const pom = readFileSync(join(projectRoot, 'deploy/local/pom.xml'), 'utf8');
  return new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>([^<]+)</version>`).exec(pom)?.[1] ?? 'missing';
}

describe('deploy/compose.yaml', () => {
  test('runs the Kafka and the registry of the local stack', () => {
    expect(compose.services['kafka']?.image).toBe(`apache/kafka:${pinned('kafka_2.13')}`);
    expect(compose.services['registry']?.image.split(':')[1]).toBe(pinned('apicurio-registry-app'));
  });

  test('opens no port to the network', () => {
    for (const { ports } of Object.values(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('package-lock.json', () => {
  test('names each platform’s packages, without which `npm ci` refuses or leaves ClickHouse out on that platform', () => {
    const lock = z
      .object({
        packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
      })
      .parse(JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')));
    const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const missing = wanted.filter(
      (name) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`)),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
