// Writes docs/metrics.md from the declarations and the rules.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../services/platform/root.js';
import { metricsPage } from './page.js';

writeFileSync(join(projectRoot, 'docs', 'metrics.md'), metricsPage());
