// What a replay does last: seals all that is stored. It alone can vouch for rows of sealed hours that it landed just now. A chain that
// does not hold stops no replay: it is said, and left to `keyhole verify`.

import { KeyholeError } from '../../core/errors.js';
import { arrivalWitness } from '../../pipeline/evidence/witnesses.js';
import { readSettings } from '../../platform/config/settings.js';
import { sealingKeyFiles } from '../../platform/files/sealing-key.js';
import { DEFAULT_DATA_PATH, type OpenDatabase } from '../../platform/stack/database.js';
import { dataFolder } from '../../platform/stack/folder.js';
import { say } from '../../platform/terminal/output.js';
import { createProgress } from '../../platform/terminal/progress.js';
import { folderAnchor, holdsDigests, keyToSeal } from './context.js';
import { sealOnce } from './seal-once.js';

export async function sealReplayed(database: OpenDatabase, data: string | undefined, beganMs: number): Promise<void> {
  const path = data ?? DEFAULT_DATA_PATH;
  const keyFiles = sealingKeyFiles(dataFolder(path).path, readSettings(process.env).sealingKeyFile);
  try {
    const isSealed = await holdsDigests(database.clickhouse);
    const key = keyToSeal({ keyFiles, database }, { isSealed, mayMake: true, say });
    const witness = arrivalWitness(database.clickhouse, beganMs);
    const progress = createProgress();
    say(
      await sealOnce(
        { database, anchor: folderAnchor(path), kafka: null, registry: null },
        { key, all: true, witness, progress },
      ),
    );
  } catch (error) {
    if (!(error instanceof KeyholeError && (error.code === 'evidence_broken' || error.code === 'evidence_busy')))
      throw error;
    say(`not sealed: ${error.message}`);
  }
}
