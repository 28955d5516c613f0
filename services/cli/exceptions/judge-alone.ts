// After a change of what judging reads: in an embedded database nobody else judges, so the command does; elsewhere a scorer will, and
// `keyhole status --settled` says when it has.

import { createJudge } from '../../pipeline/judge.js';
import { loadJudgingConfig } from '../../pipeline/judging-config.js';
import { clickHouseJudgeStore } from '../../pipeline/store/judge-store-clickhouse.js';
import { readSettings } from '../../platform/config/settings.js';
import type { OpenDatabase } from '../../platform/stack/database.js';
import { createProgress } from '../../platform/terminal/progress.js';

export async function judgeAlone({ clickhouse, exclusive }: OpenDatabase): Promise<void> {
  if (!exclusive) return;
  const progress = createProgress();
  try {
    const judge = createJudge(clickHouseJudgeStore(clickhouse), {
      config: loadJudgingConfig(readSettings(process.env)),
      tell: async () => {},
      onProgress: (done, total) => progress.update('judging', done, total),
    });
    let waiting = 1;
    while (waiting > 0) ({ waiting } = await judge.round(Number.POSITIVE_INFINITY));
  } finally {
    progress.stop();
  }
}
