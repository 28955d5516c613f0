// Every command, its one line of help, and the file that knows the rest. A file is loaded when its command is asked for.

import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<(program: Command) => void>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'start the local stack: Kafka, schema registry, ClickHouse',
    load: async () => (await import('./up.js')).registerUp,
  },
  {
    name: 'down',
    summary: 'stop the local stack; its data stay',
    load: async () => (await import('./down.js')).registerDown,
  },
  {
    name: 'status',
    summary: 'what runs, where, and whether it is healthy',
    load: async () => (await import('./status.js')).registerStatus,
  },
  {
    name: 'migrate',
    summary: 'create or upgrade tables, topics, registered schemas',
    load: async () => (await import('./migrate.js')).registerMigrate,
  },
  {
    name: 'produce',
    summary: 'publish a case folder to Kafka through the registry',
    load: async () => (await import('./produce.js')).registerProduce,
  },
  {
    name: 'score',
    summary: 'the scoring consumer; any number may run',
    load: async () => (await import('./score.js')).registerScore,
  },
  {
    name: 'replay',
    summary: 'judge a case folder in an embedded database: no Kafka, no Java',
    load: async () => (await import('./replay.js')).registerReplay,
  },
  {
    name: 'alert',
    summary: 'tell people and tools about anomalies; `alert test` tries a destination',
    load: async () => (await import('./alert.js')).registerAlert,
  },
  {
    name: 'anomalies',
    summary: 'what was found, highest score first',
    load: async () => (await import('./anomalies.js')).registerAnomalies,
  },
  {
    name: 'explain',
    summary: 'the whole reasoning behind an anomaly',
    load: async () => (await import('./explain.js')).registerExplain,
  },
  {
    name: 'who-read',
    summary: 'the accesses to a customer, a seller or by an actor, newest first',
    load: async () => (await import('./who-read.js')).registerWhoRead,
  },
  {
    name: 'trace-leak',
    summary: 'whose earlier reads best account for the customers who complained',
    load: async () => (await import('./trace-leak.js')).registerTraceLeak,
  },
  {
    name: 'disposition',
    summary: 'what an investigator found about an anomaly',
    load: async () => (await import('./disposition.js')).registerDisposition,
  },
  {
    name: 'exceptions',
    summary: 'what is expected for a time: add, list, end',
    load: async () => (await import('./exceptions.js')).registerExceptions,
  },
  {
    name: 'detections',
    summary: 'the catalogue, its cases, and what a change would add and remove',
    load: async () => (await import('./detections.js')).registerDetections,
  },
  {
    name: 'sql',
    summary: 'ask the database, read-only',
    load: async () => (await import('./sql.js')).registerSql,
  },
  {
    name: 'simulate',
    summary: 'write a case folder of a synthetic organisation',
    load: async () => (await import('./simulate.js')).registerSimulate,
  },
  {
    name: 'evaluate',
    summary: 'recall, precision and days to detection against the truth',
    load: async () => (await import('./evaluate.js')).registerEvaluate,
  },
  {
    name: 'restrict',
    summary: 'recommend to access gates to observe, step up or block an employee, or take it back',
    load: async () => (await import('./restrict.js')).registerRestrict,
  },
  {
    name: 'report',
    summary: 'a compliance report as PDF, HTML, CSV or JSON',
    load: async () => (await import('./report.js')).registerReport,
  },
  {
    name: 'roles',
    summary: 'what analysts, investigators and auditors may see: make the views, print the SQL',
    load: async () => (await import('./roles.js')).registerRoles,
  },
  {
    name: 'watchers',
    summary: 'what was asked of Keyhole and whose identity was revealed, as accesses to judge',
    load: async () => (await import('./watchers.js')).registerWatchers,
  },
  {
    name: 'rescore',
    summary: 'judge a range again from the stored events, or check that nothing would change',
    load: async () => (await import('./rescore.js')).registerRescore,
  },
  {
    name: 'seal',
    summary: 'sign what is stored, hour by hour, so that nobody can change it unseen',
    load: async () => (await import('./seal.js')).registerSeal,
  },
  {
    name: 'verify',
    summary: 'find what was changed, removed or added since it was sealed; or prove one event',
    load: async () => (await import('./verify.js')).registerVerify,
  },
  {
    name: 'retention',
    summary: 'how long rows are kept: what would go, and deleting it',
    load: async () => (await import('./retention.js')).registerRetention,
  },
  {
    name: 'hold',
    summary: 'legal holds: what is about an employee or a case is not deleted',
    load: async () => (await import('./hold.js')).registerHold,
  },
  {
    name: 'erase',
    summary: 'erase one customer; counts, digests and proofs stay valid',
    load: async () => (await import('./erase.js')).registerErase,
  },
  {
    name: 'demo',
    summary: 'the main job from beginning to end on a real stack, with hidden offenders',
    load: async () => (await import('./demo.js')).registerDemo,
  },
];
