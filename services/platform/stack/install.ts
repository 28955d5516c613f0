// The part of `make setup` that fetches Kafka and the registry. A machine without Java or Maven is told what it lacks, and
// its set-up succeeds all the same: everything that needs no Kafka works there.

import { KeyholeError } from '../../core/errors.js';
import { installArtifacts } from './artifacts.js';

installArtifacts((line) => process.stderr.write(`${line}\n`)).catch((error: unknown) => {
  if (!(error instanceof KeyholeError)) throw error;
  const goesOn = error.code === 'requirement_missing';
  process.stderr.write(goesOn ? `${error.message}\n` : `error: ${error.message}\n`);
  process.exitCode = goesOn ? 0 : 1;
});
