// The ClickHouse server process: chdb's engine started as `clickhouse local`, on a thread of its own, with the arguments
// given to this program. It serves until its standard input ends; if it has not ended by itself some seconds after the
// lifeline is cut (a long query), it is killed, which its storage survives. Knows neither users nor ports.

import { libchdbPath } from 'chdb/libchdb';
import { DataType, isNullPointer, load, open } from 'ffi-rs';
import { holdLifeline } from './lifeline.js';

const KILL_AFTER_MS = 8_000;
const library = 'chdb';
const args = ['clickhouse', ...process.argv.slice(2)];

holdLifeline(process.pid, () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), KILL_AFTER_MS);
});

async function serve(): Promise<string | null> {
  open({ library, path: libchdbPath() });
  const result = await load({
    library,
    funcName: 'chdb_query_cmdline',
    retType: DataType.External,
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [args.length, args],
    runInNewThread: true,
  });
  if (isNullPointer(result)) return 'the engine gave no result';
  const error = { library, funcName: 'chdb_result_error', paramsType: [DataType.External], paramsValue: [result] };
  if (isNullPointer(load({ ...error, retType: DataType.External }))) return null;
  return load({ ...error, retType: DataType.String });
}

serve().then(
  (fault) => {
    if (fault !== null) process.stderr.write(`${fault}\n`);
    process.exit(fault === null ? 0 : 1);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'the engine failed'}\n`);
    process.exit(1);
  },
);
